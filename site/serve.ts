import http from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { securityHeaders } from "../src/index.js";
import type { BuiltSite } from "./build.js";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
  ".gif": "image/gif",
  ".jpg": "image/jpeg",
  ".xml": "application/xml",
  ".wasm": "application/wasm",
};

/** Files whose name changes with their content: hashed by assets.ts, and by esbuild. */
const HASHED = /^(?:assets\/\w+-[0-9a-f]{10}|playground\/\w+-[A-Z0-9]{8})\.\w+$/;

/** Ports that are tried from the first one on. */
const MOST_PORTS = 50;

/** A site that is served. */
export interface ServedSite {
  /** `http://127.0.0.1:4173/`. */
  readonly url: string;
  /** Serves another build from now on. */
  replace(site: BuiltSite): void;
  close(): Promise<void>;
}

/**
 * Serves a site on 127.0.0.1, with its own policy.
 *
 * @param site what was built.
 * @param options `port` is the first one that is tried, 0 for any; `path` is the path that the site was built for.
 * @throws {Error} if no port is free.
 */
export async function serveSite(site: BuiltSite, { port = 4173, path = "/" } = {}): Promise<ServedSite> {
  let current = { site, protect: securityHeaders(site.policy) };
  const server = http.createServer((request, response) => {
    current.protect(request, response);
    answer(request, response, current.site, path);
  });
  await listen(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    replace: (next) => {
      current = { site: next, protect: securityHeaders(next.policy) };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: http.Server, first: number): Promise<void> {
  const last = first === 0 ? 0 : Math.min(65_535, first + MOST_PORTS - 1);
  for (let port = first; port <= last; port += 1) if (await listensOn(server, port)) return;
  throw new Error(`--port: none of the ports ${first} to ${last} is free. Write another one.`);
}

/** False if the port is taken. */
function listensOn(server: http.Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? resolve(false) : reject(error));
    server.once("error", fail);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", fail);
      resolve(true);
    });
  });
}

function answer(request: http.IncomingMessage, response: http.ServerResponse, { files }: BuiltSite, path: string): void {
  if (request.method !== "GET" && request.method !== "HEAD") return void response.writeHead(405, { Allow: "GET, HEAD" }).end();
  const asked = pathOf(request.url);
  const file = asked?.startsWith(path) ? asked.slice(path.length) : undefined;
  const name = file === undefined || file === "" || file.endsWith("/") ? `${file ?? "404/"}index.html` : file;
  if (file !== undefined && !file.endsWith("/") && files.has(`${file}/index.html`)) {
    return void response.writeHead(308, { Location: `${path}${file}/` }).end();
  }
  const found = name === "_headers" ? undefined : files.get(name);
  const content = found ?? files.get("404.html") ?? "";
  const type = found === undefined ? ".html" : extname(name);
  response.writeHead(found === undefined ? 404 : 200, {
    "Content-Type": TYPES[type] ?? "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(content),
    "Cache-Control": found !== undefined && HASHED.test(name) ? "public, max-age=31536000, immutable" : "no-cache",
  });
  response.end(request.method === "HEAD" ? undefined : content);
}

function pathOf(url = "/"): string | undefined {
  try {
    return decodeURIComponent(url.split("?")[0] ?? "/");
  } catch {
    return undefined;
  }
}
