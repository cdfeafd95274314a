import https from "node:https";
import { describe, expect, it } from "vitest";
import { ask, CERTIFICATE } from "../http/support.js";
import { project, runLine, runModule, type Servers, serveModule, write } from "./run.js";
import { snippet } from "./snippets.js";

const inRollout = (name: string) => snippet(`docs/rollout.md > ${name}`);

/** The shop of the guide: an image of a CDN, a beacon, an inline script; http goes to https. */
const SHOP = `
app.get("/", (_req, res) => res.send('<!doctype html><title>Shop</title><img src="https://images.example/a.png" alt=""><script>fetch("https://stats.example/beacon")</script>'));
`;

const EXPRESS = `
import express from "express";
const app = express();
const onlyAdmins = (_req, _res, next) => next();
`;

const HSTS = `strictTransportSecurity: { maxAge: 300, includeSubDomains: false },\n  reporting: "/csp-report",`;

/** `policy.mjs` in the steps of the guide. */
const WATCHED = inRollout("2. Watch > 1");
const LEARNED = `import { append, definePolicy } from "portcullis";\n${inRollout("4. Apply the patch > 1").replace("  …", `  ${HSTS}`)}\n`;
const NONCED = `import { append, definePolicy } from "portcullis";\n${inRollout("6. Nonces, and strictDynamic > 1").split("\napp.")[0]}\n`;

const ENFORCED = `${EXPRESS}
import { securityHeaders } from "portcullis";
import { policy } from "./policy.mjs";
${inRollout("5. Enforce > 1")}
${SHOP}`;

/** What a console block shows: each command with its output, where "…" stands for anything. */
function shown(name: string): { readonly command: string; readonly output: string }[] {
  return inRollout(name)
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [command = "", ...lines] = text.split("\n");
      return { command, output: lines.join("\n").trim() };
    });
}

function pattern(output: string): RegExp {
  const escaped = output.split("…").map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  return new RegExp(`^${escaped.join("[\\s\\S]*?")}$`);
}

/** Runs the commands of a block, addresses put in, and compares what they print with what is shown. */
async function compared(folder: string, name: string, { https = 0, http = 0 }: Partial<Servers> = {}, code = 0): Promise<void> {
  const ports = (text: string) => text.replaceAll("localhost:8443", `localhost:${https}`).replaceAll("localhost:8080", `localhost:${http}`);
  for (const { command, output } of shown(name)) {
    if (command === "echo $?") expect(output).toBe(String(code));
    else {
      const ran = await runLine(folder, ports(command));
      if (output !== "") expect(ran.said.trim()).toMatch(pattern(ports(output)));
      expect(ran.code).toBe(command.startsWith("portcullis explain") ? 0 : code);
    }
  }
}

/** Three sights each, from four addresses, of what `strict` blocks on the shop. */
async function reported(port: number): Promise<void> {
  const blocked = [
    ["img-src", "https://images.example"],
    ["connect-src", "https://stats.example"],
    ["script-src-elem", "inline"],
  ] as const;
  const { headers } = await ask(port, "/", { secure: true });
  const policy = headers["Content-Security-Policy-Report-Only"] as string;
  const browsers = ["Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", CHROME] as const;
  for (const client of [2, 3, 4, 5])
    for (const userAgent of [...browsers, browsers[0]])
      for (const [directive, uri] of blocked)
        expect(
          await report(port, `127.0.0.${client}`, userAgent, {
            ...REPORT,
            "effective-directive": directive,
            "blocked-uri": uri,
            "original-policy": policy,
          }),
        ).toBe(204);
}

const CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

const REPORT = { "document-uri": "https://shop.example/", disposition: "report" };

function report(port: number, localAddress: string, userAgent: string, body: object): Promise<number | undefined> {
  const headers = {
    Host: "shop.example",
    Origin: "https://shop.example",
    "Content-Type": "application/csp-report",
    "User-Agent": userAgent,
  };
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      path: "/csp-report",
      method: "POST",
      localAddress,
      headers,
      ca: CERTIFICATE.cert,
      agent: false,
    };
    const request = https.request({ ...options, servername: "localhost" }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    });
    request.on("error", reject).end(JSON.stringify({ "csp-report": body }));
  });
}

async function repository(before: string, after: string): Promise<string> {
  const folder = project({ "policy.mjs": before });
  const commit = "git init -q . && git add policy.mjs && git -c user.name=a -c user.email=a commit -qm one";
  expect(await runLine(folder, commit)).toEqual({ code: 0, said: "" });
  write(folder, { "policy.mjs": after });
  return folder;
}

describe("docs/rollout.md shows what is printed", () => {
  it("where the site stands", async () => {
    const folder = project();
    await compared(folder, "1. Where the site stands > 1", await serveModule(folder, `${EXPRESS}${SHOP}`));
  });

  it("learn, of what four visitors' browsers reported to the site of step 2", async () => {
    const folder = project({ "policy.mjs": WATCHED });
    const servers = await serveModule(folder, `${EXPRESS}${inRollout("2. Watch > 2")}${SHOP}`);
    await reported(servers.https);
    await servers.stop();
    await compared(folder, "3. Learn > 1");
  });

  it("compare, of the patch that was laid on", async () => {
    await compared(await repository(WATCHED, LEARNED), "4. Apply the patch > 2", {}, 1);
  });

  it("check, of the enforced policy", async () => {
    const folder = project({ "policy.mjs": LEARNED });
    await compared(folder, "5. Enforce > 2", await serveModule(folder, ENFORCED));
  });

  it("compare, of strictDynamic with the one before, and explain", async () => {
    await compared(await repository(LEARNED, NONCED), "6. Nonces, and strictDynamic > 2");
  });

  it("check --compliance, every quarter", async () => {
    const folder = project({ "policy.mjs": LEARNED });
    await compared(folder, "8. Every quarter > 1", await serveModule(folder, ENFORCED));
  });
});

describe("docs/rollout.md, step 6", () => {
  it("gives the page the nonce of its policy", async () => {
    const folder = project({ "policy.mjs": NONCED });
    const route = inRollout("6. Nonces, and strictDynamic > 1").split("\n").at(-1);
    const { said } = await runModule(
      folder,
      `import { ask, print } from "./probe.mjs";\n${EXPRESS}
       import { nonceOf, securityHeaders } from "portcullis";
       import { policy } from "./policy.mjs";
       app.use(securityHeaders(policy));
       ${route}
       const { headers, body } = await ask(app);
       print(headers["cache-control"], headers["content-security-policy"].includes("'nonce-" + /nonce="([^"]{24})"/.exec(body)[1] + "'"));
       process.exit();`,
    );
    expect(said).toBe("no-store\ntrue\n");
  });
});
