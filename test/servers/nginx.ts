import { spawnSync } from "node:child_process";
import http from "node:http";
import https from "node:https";
import { join } from "node:path";
import type { ExportOptions } from "../../src/export/index.js";
import { CERTIFICATE } from "../http/support.js";
import { exported, folderWith, found, freePort, start } from "./support.js";

/** For tests that are skipped without the program. */
export const NGINX = { name: "nginx", found: found("nginx"), get: "apt-get install nginx-light" };

const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${kind};`).join(" ");
const around = (http: string) =>
  `user root; daemon off; pid nginx.pid; error_log stderr crit; events {}\nhttp { access_log off; ${temporary}\n${http}\n}\n`;

/** Runs nginx with files, and a text in its http block, until the test is over; throws what `nginx -t` warns of, too. */
export async function startNginx(http: string, files: Readonly<Record<string, string>>, port: number): Promise<void> {
  const folder = folderWith({ "nginx.conf": around(http), ...files });
  const { stderr } = spawnSync("nginx", ["-t", "-q", "-p", folder, "-c", join(folder, "nginx.conf")], { encoding: "utf8" });
  if (stderr !== "") throw new Error(`nginx -t: ${stderr}`);
  await start(port, "nginx", "-p", folder, "-c", join(folder, "nginx.conf"));
}

/** Runs the complete server that is printed; gives back its port for https. */
export async function completeServer(options: ExportOptions & { readonly upstream: string }): Promise<number> {
  const [httpsPort, httpPort] = [await freePort(), await freePort()];
  await startNginx("include portcullis.conf;", exported("nginx", { httpsPort, httpPort, ...options }), httpsPort);
  return httpsPort;
}

/** Runs a server block that includes the printed headers, with files in `www`; gives back its port. */
export async function includingServer(options: ExportOptions, inside: string, www: Readonly<Record<string, string>>): Promise<number> {
  const port = await freePort();
  const printed = exported("nginx", options);
  const maps = Object.hasOwn(printed, "portcullis/http.conf") ? "include portcullis/http.conf;" : "";
  const server = `server { listen 127.0.0.1:${port}; root www;\ninclude portcullis/headers.conf;\n${inside}\n}`;
  const pages = Object.fromEntries(Object.entries(www).map(([path, text]) => [`www/${path}`, text]));
  await startNginx(`${maps}\n${server}`, { ...printed, ...pages }, port);
  return port;
}

/** What came for a path that is sent as it stands, without a library that would tidy it. */
export interface Raw {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly lines: readonly string[];
}

/** Asks on 127.0.0.1 with a path as it stands; over TLS unless told. */
export function get(port: number, path: string, headers: http.OutgoingHttpHeaders = {}, secure = true): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path, headers: { Host: "localhost", ...headers }, agent: false, ca: CERTIFICATE.cert };
    const request = (secure ? https : http).get({ ...options, servername: "localhost" } as https.RequestOptions, (response) => {
      const raw = response.rawHeaders;
      const lines = raw.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${raw[index + 1]}`] : []));
      response.resume().on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, lines }));
    });
    request.on("error", reject);
  });
}
