import { execFileSync } from "node:child_process";
import http from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/export/index.js";
import { renderHeaders } from "../../src/index.js";
import { ask, listen } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { type GeneratedConfig, makeConfig, PATHS } from "./nginx-configs.js";
import { folderWith, found, freePort, start } from "./support.js";

const nginx = { name: "nginx", found: found("nginx"), get: "apt-get install nginx-light" };

const PAGES = ["index.html", "404.html", "50x.html", "a.css", "app.js", "page.html", "index.php", "docs/index.html", "docs/page.html"];
const FILES = [...PAGES, "docs/x.css", "static/a.css", "static/page.html"];
const TYPES = "types { text/html html php; text/css css; application/javascript js; }";
const FOLDERS = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${kind};`).join(" ");

/** An application that has each kind of answer. */
const application = () =>
  listen(
    http.createServer((req, res) => {
      if (req.url?.includes("hang")) return void req.socket.destroy();
      res.statusCode = req.url?.includes("missing") ? 404 : req.url?.includes("fails") ? 500 : 200;
      res.setHeader("Content-Type", "text/html").end("x");
    }),
  );

const serverText = ({ http, server }: GeneratedConfig, port: number) =>
  `${http}\nserver {\nlisten 127.0.0.1:${port};\nserver_name a.example;\n${server}\n}\n`;

/** All headers that the configurations set. */
const OURS = /^(?:x-(?:frame-options|content-type-options|a)|referrer-policy|content-security-policy|permissions-policy)$/i;

const ours = (headers: Readonly<Record<string, string>>) =>
  new Map(Object.entries(headers).flatMap(([name, value]) => (OURS.test(name) ? [[name.toLowerCase(), value] as const] : [])));

/** Headers that nginx sends otherwise than the policy that was read has them, and that no note names. */
async function unnoted(text: string, port: number): Promise<{ readonly silent: readonly string[]; readonly isClean: boolean }> {
  const { policy, routes, notes } = parseConfig("nginx", `http {\n${text}}`);
  const said = notes.map(({ message, text }) => `${message} ${text}`.toLowerCase());
  const differing = notes.filter(({ differs }) => differs).map(({ message, text }) => `${message} ${text}`.toLowerCase());
  const silent: string[] = [];
  for (const path of PATHS) {
    const { status, headers } = await ask(port, path, { headers: { Host: "a.example" } });
    const plain = path.split("?")[0] ?? "";
    const route = routes.findLast((one) => (one.path.endsWith("/*") ? plain.startsWith(one.path.slice(0, -1)) : one.path === plain));
    const [read, sent] = [ours(renderHeaders(route?.policy ?? policy)), ours(headers)];
    const isHtml = (headers["Content-Type"] ?? "").startsWith("text/html");
    for (const name of new Set([...read.keys(), ...sent.keys()])) {
      if (read.get(name) === sent.get(name)) continue;
      const isTold = differing.some((one) => one.includes(name) || one.includes("only begin with it"));
      const isForHtml = !isHtml && !sent.has(name) && said.some((one) => one.startsWith("sent with html only") && one.includes(name));
      if (!isTold && !isForHtml) silent.push(`${path} (${status}) ${name}: sent ${sent.get(name)}, read ${read.get(name)}`);
    }
  }
  return { silent, isClean: differing.length === 0 };
}

describe.skipIf(skipWithout("what nginx drops, and what a remark says of it", [nginx]))("a location with an add_header of its own", () => {
  it("is sent without the headers that the remark names, and they are sent around it", async () => {
    const port = await freePort();
    const server = `server {
listen 127.0.0.1:${port};
add_header X-Frame-Options DENY always;
add_header Referrer-Policy no-referrer always;
location / { return 200 site; }
location /static/ { add_header X-A 1 always; return 200 static; }
}`;
    const [remark] = parseConfig("nginx", server).notes;
    expect([remark?.line, remark?.differs, remark?.message]).toEqual([
      6,
      false,
      "responses of location /static/ have no X-Frame-Options, Referrer-Policy: its own add_header drops those of the blocks around it. To send them, repeat them here, or write add_header_inherit merge (nginx 1.29.3 and newer)",
    ]);
    const main = `user root; daemon off; pid pid; error_log stderr emerg; events { }\nhttp { access_log off; ${FOLDERS}\n${server}\n}\n`;
    const folder = folderWith({ "nginx.conf": main });
    await start(port, "nginx", "-p", folder, "-c", join(folder, "nginx.conf"));
    const sent = async (path: string) => Object.fromEntries(ours((await ask(port, path)).headers));
    expect(await sent("/")).toEqual({ "x-frame-options": "DENY", "referrer-policy": "no-referrer" });
    expect(await sent("/static/")).toEqual({ "x-a": "1" });
  });
});

describe.skipIf(skipWithout("what nginx sends, and what is read of it", [nginx]))("nginx configurations made at random", () => {
  it("are read as nginx sends them, or a note names each header that differs", { timeout: 120_000 }, async () => {
    const folder = folderWith({ ...Object.fromEntries(FILES.map((name) => [`www/${name}`, name])) });
    const upstream = await application();
    const servers: { readonly seed: number; readonly port: number; readonly text: string }[] = [];
    const ports = new Set<number>();
    for (let tries = 0; ports.size < 60 && tries < 600; tries++) ports.add(await freePort());
    for (const [index, port] of [...ports].entries()) {
      const seed = index + 1;
      servers.push({ seed, port, text: serverText(makeConfig(seed, `http://127.0.0.1:${upstream}`, join(folder, "www")), port) });
    }
    const main = `user root; daemon off; pid pid; error_log stderr emerg; events { worker_connections 400; }\nhttp { access_log off; ${TYPES} ${FOLDERS}\n`;
    const file = folderWith({ "nginx.conf": `${main}${servers.map(({ text }) => text).join("")}}\n` });
    execFileSync("nginx", ["-t", "-q", "-p", file, "-c", join(file, "nginx.conf")]);
    await start(servers.at(-1)?.port ?? 0, "nginx", "-p", file, "-c", join(file, "nginx.conf"));
    let clean = 0;
    for (const { seed, port, text } of servers) {
      const { silent, isClean } = await unnoted(text, port);
      if (isClean) clean += 1;
      expect([seed, text, silent]).toEqual([seed, text, []]);
    }
    // It is no proof where everything is noted.
    expect(clean).toBeGreaterThan(15);
  });
});
