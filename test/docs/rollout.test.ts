import https from "node:https";
import { describe, expect, it } from "vitest";
import { ask, CERTIFICATE } from "../http/support.js";
import { pattern, shown } from "./console.js";
import { project, runLine, type Servers, serveModule } from "./run.js";
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
const WATCHED = inRollout("Collect > 1");
const LEARNED = `import { append, definePolicy } from "portcullis";\n${inRollout("Apply the patch > 1").replace("  …", `  ${HSTS}`)}\n`;

const ENFORCED = `${EXPRESS}
import { securityHeaders } from "portcullis";
import { policy } from "./policy.mjs";
app.use(securityHeaders(policy));
${SHOP}`;

/** Runs the commands of a block, addresses put in, and compares what they print with what is shown. */
async function compared(folder: string, name: string, { https = 0, http = 0 }: Partial<Servers> = {}, code = 0): Promise<void> {
  const ports = (text: string) => text.replaceAll("localhost:8443", `localhost:${https}`).replaceAll("localhost:8080", `localhost:${http}`);
  for (const { command, output } of shown(inRollout(name))) {
    if (command === "echo $?") expect(output).toBe(String(code));
    else {
      const ran = await runLine(folder, ports(command));
      if (output !== "") expect(`${ran.said.trim()}\n`).toMatch(pattern(ports(output)));
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

describe("docs/rollout.md shows what is printed", () => {
  it("learn, of what four visitors' browsers reported to the site that observes", async () => {
    const folder = project({ "policy.mjs": WATCHED });
    const servers = await serveModule(folder, `${EXPRESS}${inRollout("Collect > 2")}${SHOP}`);
    await reported(servers.https);
    await servers.stop();
    await compared(folder, "Learn > 1");
  });

  it("check --compliance, every quarter", async () => {
    const folder = project({ "policy.mjs": LEARNED });
    await compared(folder, "8. Every quarter > 1", await serveModule(folder, ENFORCED));
  });
});
