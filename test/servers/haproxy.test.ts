import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ask, CERTIFICATE, serve } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { describeNeeds } from "./needs.js";
import {
  CERTIFICATE_FILES,
  describeServer,
  expectIncluded,
  exported,
  folderWith,
  found,
  freePort,
  INCLUDED,
  seen,
  start,
} from "./support.js";

const haproxy = { name: "haproxy", found: found("haproxy"), get: "apt-get install haproxy" };

async function run(texts: readonly (string | undefined)[], port: number): Promise<void> {
  const files = Object.fromEntries(texts.map((text, index) => [`${index}.cfg`, text ?? ""]));
  const folder = folderWith(files);
  const args = Object.keys(files).flatMap((name) => ["-f", join(folder, name)]);
  execFileSync("haproxy", ["-c", ...args], { stdio: ["ignore", "ignore", "pipe"] });
  await start(port, "haproxy", "-db", ...args);
}

const launch = async (files: Readonly<Record<string, string>>, port: number) => {
  // Certificate and key in one file, as HAProxy wants them.
  const both = join(folderWith({ "both.pem": `${CERTIFICATE.cert}${CERTIFICATE.key}` }), "both.pem");
  await run([files["portcullis.cfg"]?.replaceAll(CERTIFICATE_FILES.certificate, both)], port);
};

describeServer("haproxy", haproxy, launch, { down: 503, withErrors: ["Cache-Control: no-cache"] });

describeNeeds("haproxy", haproxy, launch);

describe.skipIf(skipWithout("paths that HAProxy cannot read", [haproxy]))("a path that is not what it seems", () => {
  const site = async () => {
    const [httpsPort, httpPort, upstream] = [await freePort(), await freePort(), await serve((_req, res) => void res.end("x"))];
    const routes = [{ path: "/admin/*", layers: [{ xFrameOptions: "SAMEORIGIN" as const }] }];
    const policy = ["none", { xFrameOptions: "DENY" }] as const;
    await launch(exported("haproxy", { policy, routes, upstream: `http://127.0.0.1:${upstream}`, httpsPort, httpPort }), httpsPort);
    return async (path: string) => {
      const { status, headers } = await ask(httpsPort, path, { headers: { Host: "localhost" }, secure: true });
      return [status, headers["X-Frame-Options"]];
    };
  };

  it("is refused with an encoded slash beside dots: one application would find another page there than the next", async () => {
    const at = await site();
    expect(await Promise.all(["/x%2F..%2Fadmin/", "/admin/..%2Fx", "/admin%2f%2e%2e/x"].map(at))).toEqual([
      [400, "DENY"],
      [400, "DENY"],
      [400, "DENY"],
    ]);
  });

  it("is refused so where a bad escape hides the dots from a decoder", async () => {
    expect(await (await site())("/admin/%zz%2f..%2f..%2fembed")).toEqual([400, "DENY"]);
  });

  it("is refused with a NUL, at which HAProxy stops to compare", async () => {
    expect(await (await site())("/embed%00x")).toEqual([400, "DENY"]);
  });

  it("is taken with dots that are part of a name", async () => {
    expect(await Promise.all(["/a..b%2Fc", "/a%2F..b", "/a%2Fb?x=../"].map(await site()))).toEqual([
      [200, "DENY"],
      [200, "DENY"],
      [200, "DENY"],
    ]);
  });

  it("keeps the headers of its route where it cannot be decoded", async () => {
    expect(await (await site())("/admin/%zz")).toEqual([200, "SAMEORIGIN"]);
  });
});

const ownFrontend = (port: number, lines: string) => `frontend own
mode http
timeout client 60s
bind :${port}
option h1-case-adjust-bogus-client
${lines}
`;

describe.skipIf(skipWithout("headers in a frontend of HAProxy", [haproxy]))("headers in a frontend of one's own", () => {
  it("go out with what HAProxy answers itself", async () => {
    const port = await freePort();
    const { "portcullis/global.cfg": global, "portcullis/headers.cfg": headers } = exported("haproxy", INCLUDED);
    const answers = `http-request return status 200 content-type text/plain string x if { path / /embed }
http-request return status 404 content-type text/plain string x`;
    const frontend = ownFrontend(port, `${headers}${answers}`);
    await run([global, frontend], port);
    await expectIncluded(port);
  });

  it("are those of the path that was asked for, above rules that answer or rewrite", async () => {
    const port = await freePort();
    const { "portcullis/global.cfg": global, "portcullis/headers.cfg": headers } = exported("haproxy", INCLUDED);
    const rules = "http-request set-path /other\nhttp-request deny deny_status 403";
    await run([global, ownFrontend(port, `${headers}${rules}`)], port);
    expect((await seen(port, "/embed")).lines).toContain("Referrer-Policy: origin");
  });

  it("need the lines for global first, or HAProxy does not start", async () => {
    const { "portcullis/global.cfg": global, "portcullis/headers.cfg": headers } = exported("haproxy", INCLUDED);
    await expect(run([ownFrontend(await freePort(), headers ?? ""), global], 1)).rejects.toThrow("experimental");
  });
});
