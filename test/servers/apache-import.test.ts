import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/export/index.js";
import { renderHeaders } from "../../src/index.js";
import { listen } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { FILES, hostOf, htaccessOf, mainOf, PATHS, type Places, VALUES } from "./apache-configs.js";
import { folderWith, found, freePort, start } from "./support.js";

const apache = { name: "apache2", found: found("apache2"), get: "apt-get install apache2" };

/** How many of each kind; the environment asks for more. */
const RUNS = Number(process.env["PORTCULLIS_IMPORT_RUNS"] ?? 30);
const FIRST = Number(process.env["PORTCULLIS_IMPORT_SEED"] ?? 1);

const FOLDER = "/usr/lib/apache2/modules";
const NAMES = [
  "mpm_event",
  "authz_core",
  "alias",
  "dir",
  "headers",
  "rewrite",
  "setenvif",
  "env",
  "mime",
  "proxy",
  "proxy_http",
  "macro",
  "cgid",
];
const MODULES = NAMES.filter((name) => existsSync(`${FOLDER}/mod_${name}.so`))
  .map((name) => `LoadModule ${name}_module ${FOLDER}/mod_${name}.so\n`)
  .join("");

/** A configuration as it is imported, and the host that runs it. */
interface Case {
  readonly host: string;
  readonly text: string;
  /** Whether all that makes headers is in the text. */
  readonly isWhole?: true;
}

interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

const SENT_BY_UPSTREAM = { "X-Who": "application", "X-Frame-Options": "ALLOWALL", "X-A": "upstream" };

async function upstream(): Promise<number> {
  return listen(
    http.createServer((req, res) => {
      res.writeHead(req.url?.endsWith("missing") ? 404 : 200, { "Content-Type": "text/html", ...SENT_BY_UPSTREAM });
      res.end("upstream");
    }),
  );
}

const siteFiles = (folder: string) => Object.fromEntries(Object.entries(FILES).map(([name, text]) => [`${folder}/${name}`, text]));

/** Starts one Apache with a virtual host for each configuration. */
async function servers(count: number): Promise<{ readonly port: number; readonly cases: readonly Case[] }> {
  const seeds = Array.from({ length: count }, (_, index) => FIRST + index);
  const folder = folderWith({
    ...siteFiles("site"),
    "static/p.html": "aliased",
    "cgi/x": '#!/bin/sh\nprintf "Content-Type: text/html\\nX-Who: application\\nX-Frame-Options: ALLOWALL\\nX-A: script\\n\\nscript"\n',
    ...Object.assign({}, ...seeds.map((seed) => ({ ...siteFiles(`own${seed}`), [`own${seed}/.htaccess`]: htaccessOf(seed) }))),
  });
  const [port, port2] = [await freePort(), await upstream()];
  const places: Places = { root: join(folder, "site"), aliased: join(folder, "static"), scripts: join(folder, "cgi"), upstream: port2 };
  const whole = seeds.map((seed): Case => {
    const text = `<VirtualHost *:${port}>\nServerName h${seed}.example\nDocumentRoot "${places.root}"\n${hostOf(seed, places)}\n</VirtualHost>\n`;
    return { host: `h${seed}.example`, text };
  });
  const parts = seeds.map((seed): Case => ({ host: `p${seed}.example`, text: htaccessOf(seed) }));
  const own = seeds.map((seed) => {
    const root = join(folder, `own${seed}`);
    const about = "AllowOverride All\nOptions FollowSymLinks";
    const refused = '<Location "/private">\nRequire all denied\n</Location>';
    return `<VirtualHost *:${port}>\nServerName p${seed}.example\nDocumentRoot "${root}"\n<Directory "${root}">\n${about}\n</Directory>\n${refused}\n</VirtualHost>\n`;
  });
  const main = `${MODULES}PidFile apache.pid
ErrorLog error.log
DefaultRuntimeDir .
ScriptSock cgi.sock
KeepAliveTimeout 300
MaxKeepAliveRequests 0
Mutex file:. default
ServerName localhost
Listen 127.0.0.1:${port}
TypesConfig /dev/null
AddType text/html .html
AddType text/css .css
<Directory "${join(folder, "cgi")}">
Options ExecCGI
</Directory>
${mainOf(places.root)}${whole.map(({ text }) => text).join("")}${own.join("")}`;
  execFileSync(
    "sh",
    ["-c", `cat > "${join(folder, "apache.conf")}" && chmod -R a+rX "${folder}" && chmod 755 "${folder}" "${folder}/cgi/x"`],
    { input: main },
  );
  const user = process.getuid?.() === 0 ? ["-c", "User www-data", "-c", "Group www-data"] : [];
  const args = ["-d", folder, "-f", join(folder, "apache.conf"), ...user];
  execFileSync("apache2", [...args, "-t"], { stdio: ["ignore", "ignore", "pipe"] });
  await start(port, "apache2", ...args, "-D", "FOREGROUND").catch((error: unknown) => {
    throw new Error(`${error}\n${readFileSync(join(folder, "error.log"), "utf8")}`);
  });
  return {
    port,
    cases: [...whole.map((one) => ({ ...one, text: `${MODULES}${mainOf(places.root)}${one.text}`, isWhole: true as const })), ...parts],
  };
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });

function ask(port: number, host: string, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    http
      .get({ host: "127.0.0.1", port, path, agent, headers: { Host: host } }, (response) => {
        response.resume();
        const headers = new Map<string, string>();
        for (let index = 0; index < response.rawHeaders.length; index += 2) {
          const name = response.rawHeaders[index]?.toLowerCase() ?? "";
          const value = response.rawHeaders[index + 1] ?? "";
          headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
        }
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers }));
      })
      .on("error", (error) => reject(new Error(`${host}${path}: ${error.message}`)));
  });
}

/** Whether a route takes the path, as `exportPolicy` reads routes. */
const takes = (route: string, path: string) => (route.endsWith("/*") ? path.startsWith(route.slice(0, -1)) : route === path);

/** What the application of the tests sends of each header, and its scripts. */
const OWN = ["ALLOWALL", "upstream", "script"];

/** Names in remarks that what an application sends goes out beside what Apache sets. */
function besideIn(text: string, notes: ReturnType<typeof parseConfig>["notes"]): ReadonlySet<string> {
  const lines = text.split("\n");
  const found = notes.filter(({ differs, message }) => !differs && message.startsWith("is sent beside"));
  const orders = found.flatMap(({ line, message }) => [
    line,
    ...(/\(also lines? ([\d, ]+)/.exec(message)?.[1]?.split(", ") ?? []).map(Number),
  ]);
  return new Set(
    orders.map((order) => (/^Header (?:always |onsuccess )?\S+ ([\w-]+)/.exec(lines[order - 1] ?? "")?.[1] ?? "").toLowerCase()),
  );
}

/** Names that the notes speak of; `*` where one is about more than a line of one header. */
function noted(text: string, notes: ReturnType<typeof parseConfig>["notes"]): ReadonlyMap<string, Set<string>> {
  const lines = text.split("\n");
  const names = new Map<string, Set<string>>();
  for (const { line, message, differs } of notes) {
    if (!differs) continue;
    const others = /\(also lines? ([\d, ]+)[^)]*\)$/.exec(message)?.[1]?.split(", ") ?? [];
    const every = / more\)$/.test(message);
    for (const order of [line, ...others.map(Number)]) {
      const [, name = "*"] = /^Header (?:always |onsuccess )?\S+ ([\w-]+)/.exec(lines[order - 1] ?? "") ?? [];
      const key = /errordocument/i.test(lines[order - 1] ?? "")
        ? "errors"
        : /^redirect|\[r=/i.test(lines[order - 1] ?? "")
          ? "redirects"
          : every
            ? "*"
            : name.toLowerCase();
      names.set(key, (names.get(key) ?? new Set()).add(message.slice(0, 12)));
    }
  }
  return names;
}

const ON_ERRORS = "is not sent ";

async function mismatches(
  port: number,
  { host, text, isWhole }: Case,
): Promise<{ readonly wrong: readonly string[]; readonly read: "silent" | "errors" | "noted" }> {
  const { policy, routes, notes } = parseConfig("apache", text);
  const about = noted(text, notes);
  const beside = besideIn(text, notes);
  const wrong: string[] = [];
  const answers = await Promise.all(PATHS.map(async (path) => ({ path, ...(await ask(port, host, path)) })));
  for (const { path, status, headers } of answers) {
    const route = routes.filter((one) => takes(one.path, path)).at(-1);
    const expected = new Map(Object.entries(renderHeaders(route?.policy ?? policy)).map(([name, value]) => [name.toLowerCase(), value]));
    const own = !headers.has("x-who");
    for (const name of [...Object.keys(VALUES), ...(isWhole ? ["X-Main"] : [])].map((one) => one.toLowerCase())) {
      const [sent, wanted] = [headers.get(name), expected.get(name)];
      if (sent === wanted) continue;
      // The application's own header, where the policy leaves it alone.
      if (wanted === undefined && OWN.includes(sent ?? "")) continue;
      // And beside ours, where a remark says so.
      if (!own && beside.has(name) && OWN.some((one) => sent === `${one}, ${wanted}` || sent === `${wanted}, ${one}`)) continue;
      const why = about.get(name) ?? new Set();
      if (about.has("*") || [...why].some((one) => one !== ON_ERRORS)) continue;
      if (status >= 400 && about.has("errors")) continue;
      if (status >= 300 && status < 400 && about.has("redirects")) continue;
      if (why.has(ON_ERRORS) && own && status >= 300) continue;
      wrong.push(`${path} ${status} ${name}: sent ${sent}, read as ${wanted}`);
    }
  }
  const some = notes.filter(({ differs }) => differs);
  const read = some.length === 0 ? "silent" : some.every(({ message }) => message.startsWith(ON_ERRORS)) ? "errors" : "noted";
  return { wrong, read };
}

describe.skipIf(skipWithout("what Apache's configurations mean", [apache]))("generated configurations of Apache", () => {
  it("send what is read from them, or have a note", { timeout: 600_000 }, async () => {
    const { port, cases } = await servers(RUNS);
    const wrong: string[] = [];
    const counts = { silent: 0, errors: 0, noted: 0 };
    for (const one of cases) {
      const result = await mismatches(port, one);
      counts[result.read] += 1;
      if (result.wrong.length > 0) wrong.push(`${one.host}\n${result.wrong.join("\n")}\n${one.text.replace(MODULES, "")}`);
    }
    agent.destroy();
    if (process.env["PORTCULLIS_IMPORT_RUNS"] !== undefined) console.info(counts, `${wrong.length} wrong`);
    expect(wrong.slice(0, 5).join("\n\n")).toBe("");
  });
});
