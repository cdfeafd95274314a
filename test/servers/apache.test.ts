import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "vitest";
import { skipWithout } from "../peers.js";
import { describeServer, expectIncluded, exported, folderWith, found, freePort, INCLUDED, start } from "./support.js";

const apache = { name: "apache2", found: found("apache2"), get: "apt-get install apache2" };

const FOLDER = "/usr/lib/apache2/modules";
const MODULES = [
  "mpm_event",
  "authz_core",
  "alias",
  "dir",
  "headers",
  "rewrite",
  "socache_shmcb",
  "ssl",
  "proxy",
  "proxy_http",
  "proxy_wstunnel",
]
  .filter((name) => existsSync(`${FOLDER}/mod_${name}.so`))
  .map((name) => `LoadModule ${name}_module ${FOLDER}/mod_${name}.so\n`);

const MAIN = `${MODULES.join("")}PidFile apache.pid
ErrorLog error.log
DefaultRuntimeDir .
Mutex file:. default
ServerName localhost
`;

async function run(files: Readonly<Record<string, string>>, port: number): Promise<void> {
  const folder = folderWith(files);
  // Started by root it gives that up, and then has to find its files.
  const user = process.getuid?.() === 0 ? ["-c", "User www-data", "-c", "Group www-data"] : [];
  if (user.length > 0) execFileSync("chmod", ["755", folder]);
  const args = ["-d", folder, "-f", join(folder, "apache.conf"), ...user];
  execFileSync("apache2", [...args, "-t"], { stdio: ["ignore", "ignore", "pipe"] });
  await start(port, "apache2", ...args, "-D", "FOREGROUND");
}

describeServer("apache", apache, (files, port) => run({ "apache.conf": `${MAIN}Include portcullis.conf\n`, ...files }, port), {
  down: 503,
});

describe.skipIf(skipWithout("headers included by Apache", [apache]))("headers included in an Apache of one's own", () => {
  it("go out with its files, its 304 and its errors", async () => {
    const port = await freePort();
    const own = `${MAIN}Listen ${port}\nDocumentRoot public\nDirectoryIndex index.html\nInclude portcullis/headers.conf\n`;
    await run({ "apache.conf": own, "public/index.html": "x", "public/embed": "x", ...exported("apache", INCLUDED) }, port);
    await expectIncluded(port);
  });
});
