import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ask, CERTIFICATE, serve } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { CADDIES, caddy } from "./caddies.js";
import { CERTIFICATE_FILES, exported, folderWith, found, freePort, start } from "./support.js";

const haproxy = { name: "haproxy", found: found("haproxy"), get: "apt-get install haproxy" };

/** What answers at a path: the application with its page, or the server itself. */
const bodyAt = async (port: number, path: string) => (await ask(port, path, { headers: { Host: "localhost" }, secure: true })).body;

const siteOf = async (target: "caddy" | "haproxy") => {
  const [httpsPort, httpPort, app] = [await freePort(), await freePort(), await serve((_req, res) => void res.end("application"))];
  const policy = ["none", { xFrameOptions: "DENY" }] as const;
  const routes = [{ path: "/admin/*", layers: [{ xFrameOptions: "SAMEORIGIN" }] }] as const;
  return { httpsPort, files: exported(target, { policy, routes, upstream: `http://127.0.0.1:${app}`, httpsPort, httpPort }) };
};

describe.skipIf(skipWithout("the health path of Caddy", [caddy])).each(CADDIES)("the health path, %s", (_, program) => {
  it("is that path alone", async () => {
    const { httpsPort, files } = await siteOf("caddy");
    const folder = folderWith({ Caddyfile: "{\n\tadmin off\n\tauto_https disable_redirects\n}\nimport portcullis.caddy\n", ...files });
    const args = ["run", "--config", join(folder, "Caddyfile"), "--adapter", "caddyfile"];
    await start(httpsPort, "env", `XDG_CONFIG_HOME=${folder}`, `XDG_DATA_HOME=${folder}`, program, ...args);
    expect([await bodyAt(httpsPort, "/health"), await bodyAt(httpsPort, "/healthy"), await bodyAt(httpsPort, "/health/x")]).toEqual([
      "healthy\n",
      "application",
      "application",
    ]);
  });
});

describe.skipIf(skipWithout("the health path of HAProxy", [haproxy]))("the health path of HAProxy with routes", () => {
  it.each(["/health", "//health", "/%68ealth", "/x/../health"])("is found however it is written: %s", async (path) => {
    const { httpsPort, files } = await siteOf("haproxy");
    const both = `${CERTIFICATE.cert}${CERTIFICATE.key}`;
    const folder = folderWith({ "both.pem": both });
    const text = (files["portcullis.cfg"] ?? "").replaceAll(CERTIFICATE_FILES.certificate, join(folder, "both.pem"));
    const config = join(folderWith({ "haproxy.cfg": text }), "haproxy.cfg");
    execFileSync("haproxy", ["-c", "-f", config], { stdio: ["ignore", "ignore", "pipe"] });
    await start(httpsPort, "haproxy", "-db", "-f", config);
    expect([await bodyAt(httpsPort, path), await bodyAt(httpsPort, "/healthy")]).toEqual(["healthy\n", "application"]);
  });
});
