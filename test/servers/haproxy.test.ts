import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "vitest";
import { CERTIFICATE } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { CERTIFICATE_FILES, describeServer, expectIncluded, exported, folderWith, found, freePort, INCLUDED, start } from "./support.js";

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
  await run([files["portcullis.cfg"]?.replace(CERTIFICATE_FILES.certificate, both)], port);
};

describeServer("haproxy", haproxy, launch, { down: 503, withErrors: ["Cache-Control: no-cache"] });

describe.skipIf(skipWithout("headers in a frontend of HAProxy", [haproxy]))("headers in a frontend of one's own", () => {
  it("go out with what HAProxy answers itself", async () => {
    const port = await freePort();
    const { "portcullis/global.cfg": global, "portcullis/headers.cfg": headers } = exported("haproxy", INCLUDED);
    const frontend = `frontend own
mode http
timeout client 60s
bind :${port}
option h1-case-adjust-bogus-client
${headers}
http-request return status 200 content-type text/plain string x if { path / /embed }
http-request return status 404 content-type text/plain string x
`;
    await run([global, frontend], port);
    await expectIncluded(port);
  });
});
