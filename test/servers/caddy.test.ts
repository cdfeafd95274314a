import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "vitest";
import { skipWithout } from "../peers.js";
import { describeServer, expectIncluded, exported, folderWith, found, freePort, INCLUDED, start } from "./support.js";

const caddy = { name: "caddy", found: found("caddy"), get: "apt-get install caddy" };

const MAIN = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n";

async function run(site: string, files: Readonly<Record<string, string>>, port: number): Promise<void> {
  const folder = folderWith({ Caddyfile: MAIN + site, "public/index.html": "x", "public/embed": "x", ...files });
  const args = ["--config", join(folder, "Caddyfile"), "--adapter", "caddyfile"];
  execFileSync("caddy", ["adapt", ...args], { stdio: ["ignore", "ignore", "pipe"] });
  // What it keeps goes with the test too.
  const environment = [`XDG_CONFIG_HOME=${folder}`, `XDG_DATA_HOME=${folder}`, `PUBLIC=${join(folder, "public")}`];
  await start(port, "env", ...environment, "caddy", "run", ...args);
}

describeServer("caddy", caddy, (files, port) => run("import portcullis.caddy\n", files, port), {
  spelling: { "X-DNS-Prefetch-Control": "X-Dns-Prefetch-Control", "X-XSS-Protection": "X-Xss-Protection", NEL: "Nel" },
});

describe.skipIf(skipWithout("headers imported by Caddy", [caddy]))("headers imported into a Caddyfile of one's own", () => {
  it("go out with its files, its 304 and its errors", async () => {
    const port = await freePort();
    const site = `http://localhost:${port} {\n\timport portcullis/headers.caddy\n\troot * {env.PUBLIC}\n\tfile_server\n}\n`;
    await run(site, exported("caddy", INCLUDED), port);
    await expectIncluded(port);
  });
});
