import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Answer, ask, type Question } from "../http/support.js";
import { folderWith, found, start } from "./support.js";

export const apache = { name: "apache2", found: found("apache2"), get: "apt-get install apache2" };

const FOLDER = "/usr/lib/apache2/modules";

/** Modules as `LoadModule` lines, as far as they are not built in. */
export function load(...names: readonly string[]): string {
  return names
    .filter((name) => existsSync(`${FOLDER}/mod_${name}.so`))
    .map((name) => `LoadModule ${name}_module ${FOLDER}/mod_${name}.so\n`)
    .join("");
}

/** Modules that Debian's Apache has without being asked. */
export const DEFAULT = ["mpm_event", "authz_core", "authz_user", "authn_core", "authn_file", "auth_basic", "alias", "dir", "setenvif"];

/** What every configuration of the tests begins with. */
export function main(...modules: readonly string[]): string {
  return `${load(...DEFAULT, ...modules)}PidFile apache.pid
ErrorLog error.log
DefaultRuntimeDir .
Mutex file:. default
ServerName localhost
`;
}

/** Starts Apache with `apache.conf` of these files, once it has passed its own check; there, `${root}` is their folder. */
export async function run(files: Readonly<Record<string, string>>, port: number): Promise<void> {
  const folder = folderWith(files);
  // Started by root it gives that up, and then has to find its files.
  const user = process.getuid?.() === 0 ? ["-c", "User www-data", "-c", "Group www-data"] : [];
  if (user.length > 0) execFileSync("chmod", ["755", folder]);
  const args = ["-d", folder, "-C", `Define root ${folder}`, "-f", join(folder, "apache.conf"), ...user];
  execFileSync("apache2", [...args, "-t"], { stdio: ["ignore", "ignore", "pipe"] });
  await start(port, "apache2", ...args, "-D", "FOREGROUND");
}

/** The status, and all values of X-Place that came with it. */
export async function place(port: number, path: string, question: Question = {}): Promise<string> {
  const answer = await ask(port, path, { ...question, headers: { Host: "localhost", ...question.headers } });
  return `${answer.status} ${valuesOf(answer)}`;
}

function valuesOf({ headers, names }: Answer): string {
  const sent = names.filter((name) => name.toLowerCase() === "x-place");
  return sent.length === 0 ? "nothing" : sent.length > 1 ? `${sent.length} times` : (headers[sent[0] as string] ?? "");
}
