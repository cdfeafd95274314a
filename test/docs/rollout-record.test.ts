import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { CHROMIUM } from "../browser/support.js";
import { skipWithout } from "../peers.js";
import { pattern, shown } from "./console.js";
import { project, runLine, write } from "./run.js";
import { SHOP, serveOthers, writeBrowser } from "./shop.js";
import { snippet } from "./snippets.js";

const inRollout = (name: string) => snippet(`docs/rollout.md > ${name}`);

/** Starts the shop of a folder; it ends with the test, or before. */
async function startShop(folder: string): Promise<{ readonly port: string; stop(): Promise<void> }> {
  const child: ChildProcess = spawn(process.execPath, ["app.mjs"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  const stop = async () => {
    child.kill();
    await closed;
  };
  onTestFinished(stop);
  const [chunk] = (await Promise.race([once(child.stdout as NodeJS.ReadableStream, "data"), closed])) as [unknown];
  return { port: String(chunk).trim(), stop };
}

/** The program of the shop, with headers as a step of the guide has them. */
const withHeaders = (text: string) => (SHOP["app.mjs"] as string).replace("// headers", text);

/** The templates with the nonce, and a listener instead of `onclick`. */
function changedShop(): Readonly<Record<string, string>> {
  const files = { ...SHOP };
  for (const name of Object.keys(files).filter((one) => one.endsWith(".ejs")))
    files[name] = (files[name] as string)
      .replaceAll("<script", '<script nonce="<%= cspNonce %>"')
      .replace('onclick="add(product)"', 'id="add"');
  return { ...files, "public/cart.js": inRollout("2. Change the site > 3"), "app.mjs": withHeaders(inRollout("2. Change the site > 1")) };
}

/** Runs the commands of a block against a shop, and compares output and exit code with what is shown. */
async function compared(folder: string, name: string, port = ""): Promise<void> {
  const commands = shown(inRollout(name));
  const code = Number(commands.find(({ command }) => command === "echo $?")?.output ?? 0);
  for (const { command, output } of commands.filter((one) => one.command !== "echo $?")) {
    const line = command.replace(/^portcullis (record|prove) /, "SHOP_PASSWORD=secret portcullis $1 --browser ./chromium ");
    const ran = await runLine(folder, line.replaceAll("localhost:3000", `localhost:${port}`), undefined, 300);
    expect(`${ran.said.replaceAll(`localhost:${port}`, "localhost:3000").trim()}\n`).toMatch(pattern(output));
    expect(ran.code).toBe(code);
  }
}

describe.skipIf(skipWithout("docs/rollout.md in a browser", [CHROMIUM]))("docs/rollout.md takes a shop to strictDynamic", () => {
  it("record says what the site has to change", async () => {
    const folder = project({ ...SHOP, "walk.mjs": inRollout("1. Record > 1") });
    writeBrowser(folder, await serveOthers());
    const { port } = await startShop(folder);
    await compared(folder, "1. Record > 2", port);
  }, 400_000);

  it("the changed shop has the tags of the guide", () => {
    expect(changedShop()["views/head.ejs"]).toContain(inRollout("2. Change the site > 2"));
  });

  it("each command takes what the one before it has written, until a change of the shop fails", async () => {
    const folder = project({ ...changedShop(), "walk.mjs": inRollout("1. Record > 1") });
    writeBrowser(folder, await serveOthers());
    const changed = await startShop(folder);
    await compared(folder, "3. Record again, and prove > 1", changed.port);
    expect(readFileSync(join(folder, "policy.mjs"), "utf8").trimEnd()).toBe(inRollout("3. Record again, and prove > 2"));
    await changed.stop();

    write(folder, { "headers.mjs": inRollout("4. Enforce > 1"), "app.mjs": withHeaders(inRollout("4. Enforce > 2")) });
    const enforced = await startShop(folder);
    await compared(folder, "5. In CI > 1", enforced.port);
    const commit = "git init -q . && git add *.mjs && git -c user.name=a -c user.email=a commit -qm one";
    expect(await runLine(folder, commit)).toEqual({ code: 0, said: "" });

    const home = `${readFileSync(join(folder, "views/home.ejs"), "utf8")}<img src="https://images.example/a.svg" alt="">\n`;
    write(folder, { "views/home.ejs": home });
    await compared(folder, "5. In CI > 2", enforced.port);
    await enforced.stop();

    write(folder, { "headers.mjs": inRollout("5. In CI > 3") });
    await compared(folder, "5. In CI > 4");
  }, 900_000);

  it("the shop collects reports beside the enforced policy", async () => {
    const headers = `const onlyAdmins = (_req, _res, next) => next();\n${inRollout("6. Watch > 1")}\n${inRollout("4. Enforce > 2")}`;
    const policy = inRollout("3. Record again, and prove > 2");
    const folder = project({
      ...changedShop(),
      "policy.mjs": policy,
      "headers.mjs": inRollout("4. Enforce > 1"),
      "app.mjs": withHeaders(headers),
    });
    const { port } = await startShop(folder);
    const [page, sent] = await Promise.all([
      fetch(`http://127.0.0.1:${port}/`),
      fetch(`http://127.0.0.1:${port}/csp-report`, {
        method: "POST",
        headers: { Origin: "https://shop.example", "Content-Type": "application/csp-report" },
        body: JSON.stringify({
          "csp-report": { "document-uri": "https://shop.example/", "effective-directive": "img-src", "blocked-uri": "inline" },
        }),
      }),
    ]);
    expect([page.headers.get("content-security-policy")?.includes("report-uri /csp-report"), sent.status]).toEqual([true, 204]);
  });
});
