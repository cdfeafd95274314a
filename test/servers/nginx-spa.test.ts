import net from "node:net";
import { describe, expect, it } from "vitest";
import { exportPolicy } from "../../src/export/index.js";
import type { Layer } from "../../src/index.js";
import { listen, serve } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { get, includingServer, NGINX, type Raw, startNginx } from "./nginx.js";
import { exported, freePort } from "./support.js";

/** A single-page application: what is not a file is index.html, and /admin/ is stricter than the rest. */
const POLICY: readonly Layer[] = ["none", { xFrameOptions: "SAMEORIGIN", referrerPolicy: "no-referrer", stripHeaders: ["X-Powered-By"] }];
const ROUTES = [
  { path: "/admin/*", layers: [{ xFrameOptions: "DENY" }] as const },
  { path: "/embed", layers: [{ xFrameOptions: false }] as const },
];
const OPTIONS = { policy: POLICY, routes: ROUTES };

const FILES = { "index.html": "The application.", "404.html": "Not here.", "app.js": "1", "admin/app.js": "2", "docs/index.html": "Docs." };

const frames = ({ status, headers }: Raw) => `${status} ${headers["x-frame-options"]}`;

/** Status and X-Frame-Options of each path, which is sent as it stands. */
async function framesAt(port: number, paths: readonly string[], secure = false): Promise<Record<string, string>> {
  const answers = paths.map(async (path) => [path, frames(await get(port, path, {}, secure))] as const);
  return Object.fromEntries(await Promise.all(answers));
}

const SPA = `
location / { try_files $uri /index.html; }
location /files/ { try_files $uri =404; }
location /admin/files/ { try_files $uri =404; }
error_page 404 /404.html;
error_page 502 504 /404.html;
`;

describe.skipIf(skipWithout("a single-page application in nginx", [NGINX]))("nginx with the exported headers and files of its own", () => {
  it("a deep link has the headers of its own path, and not those of index.html", async () => {
    const port = await includingServer(OPTIONS, SPA, FILES);
    expect(await framesAt(port, ["/", "/index.html", "/about", "/admin/", "/admin/users", "/admin/app.js", "/app.js", "/embed"])).toEqual({
      "/": "200 SAMEORIGIN",
      "/index.html": "200 SAMEORIGIN",
      "/about": "200 SAMEORIGIN",
      "/admin/": "200 DENY",
      "/admin/users": "200 DENY",
      "/admin/app.js": "200 DENY",
      "/app.js": "200 SAMEORIGIN",
      "/embed": "200 undefined",
    });
  });

  it("a path belongs to the route that it means, however it is written", async () => {
    const port = await includingServer(OPTIONS, SPA, FILES);
    const paths = ["//admin/", "/%61dmin/", "/x/../admin/", "/./admin/users", "/admin%2fusers", "/admin/../about", "/admin/users?a=/embed"];
    expect(await framesAt(port, [...paths, "/embed%0a", "/ADMIN/", "/%65mbed"])).toEqual({
      "//admin/": "200 DENY",
      "/%61dmin/": "200 DENY",
      "/x/../admin/": "200 DENY",
      "/./admin/users": "200 DENY",
      "/admin%2fusers": "200 DENY",
      "/admin/../about": "200 SAMEORIGIN",
      "/admin/users?a=/embed": "200 DENY",
      "/embed%0a": "200 SAMEORIGIN",
      "/ADMIN/": "200 SAMEORIGIN",
      "/%65mbed": "200 undefined",
    });
  });

  it("an error page has the headers of the path that failed", async () => {
    const proxied = `${SPA}\nlocation /admin/live/ { proxy_pass http://127.0.0.1:${await freePort()}; }`;
    const port = await includingServer(OPTIONS, proxied, FILES);
    expect(await framesAt(port, ["/files/x", "/admin/files/x", "/admin/live/x"])).toEqual({
      "/files/x": "404 SAMEORIGIN",
      "/admin/files/x": "404 DENY",
      "/admin/live/x": "502 DENY",
    });
  });

  it("an error page without a file has them too", async () => {
    const inside = `location / { try_files $uri =404; } location /admin/live/ { proxy_pass http://127.0.0.1:${await freePort()}; }`;
    const port = await includingServer(OPTIONS, inside, FILES);
    expect(await framesAt(port, ["/x", "/admin/x", "/admin/live/x", "/embed"])).toEqual({
      "/x": "404 SAMEORIGIN",
      "/admin/x": "404 DENY",
      "/admin/live/x": "502 DENY",
      "/embed": "404 undefined",
    });
  });

  it("a page for what nginx refuses before it looks at the path has the headers of the page", async () => {
    const port = await includingServer(OPTIONS, "error_page 400 /400.html;", { ...FILES, "400.html": "Bad." });
    const { status, headers } = await get(port, "/admin/", { Host: "a/b" }, false);
    expect(`${status} ${headers["x-frame-options"]}`).toBe("400 SAMEORIGIN");
  });

  it("a 304 has the headers of its path", async () => {
    const port = await includingServer(OPTIONS, SPA, FILES);
    const { headers } = await get(port, "/admin/users", {}, false);
    const again = await get(port, "/admin/users", { "If-None-Match": headers.etag }, false);
    expect(frames(again)).toBe("304 DENY");
  });

  it("a redirect of nginx to a folder has the headers of its path", async () => {
    const port = await includingServer(OPTIONS, "", { ...FILES, "admin/docs/index.html": "Docs." });
    expect(await framesAt(port, ["/docs", "/admin/docs", "/admin/docs/"])).toEqual({
      "/docs": "301 SAMEORIGIN",
      "/admin/docs": "301 DENY",
      "/admin/docs/": "200 DENY",
    });
  });

  it.each([
    ["rewrite … last in a location", "location /admin/ { rewrite ^ /index.html last; }"],
    ["rewrite … last in the server", "rewrite ^/admin/users /index.html last;"],
    ["rewrite … break", "location /admin/ { rewrite ^ /index.html break; }"],
    ["a named location", "location /admin/ { try_files /nowhere @app; } location @app { rewrite ^ /index.html break; }"],
    ["a condition", "if ($uri ~ ^/admin/) { rewrite ^ /index.html last; }"],
    ["an internal location", "location /admin/ { rewrite ^ /inner/index.html last; } location /inner/ { internal; alias www/; }"],
    ["return 403 in the server with a page", "error_page 403 /404.html; if ($uri ~ ^/admin/) { return 403; }"],
    ["a forbidden place with a page", "error_page 403 /404.html; location /admin/ { deny all; } location = /404.html { allow all; }"],
    ["return 404 with a page", "error_page 404 /404.html; location /admin/ { return 404; }"],
    ["an error page that is a named location", "location /admin/ { error_page 404 = @app; } location @app { return 200 x; }"],
  ])("the route is that of the client's first request: %s", async (_, inside) => {
    const port = await includingServer(OPTIONS, inside, { ...FILES, "inner/index.html": "Inner." });
    const { headers } = await get(port, "/admin/users", {}, false);
    expect(headers["x-frame-options"]).toBe("DENY");
  });

  it("a subrequest for permission changes nothing", async () => {
    const inside = `location /admin/ { auth_request /allowed; try_files $uri /index.html; } location = /allowed { internal; return 204; }`;
    const port = await includingServer(OPTIONS, inside, FILES);
    expect(await framesAt(port, ["/admin/users"])).toEqual({ "/admin/users": "200 DENY" });
  });

  it("a location with its own add_header includes the same file", async () => {
    const inside = `${SPA}\nlocation /admin/own/ { add_header X-Own yes always; include portcullis/headers.conf; try_files $uri /index.html; }`;
    const port = await includingServer(OPTIONS, inside, { ...FILES, "admin/own/a.txt": "A." });
    const { headers } = await get(port, "/admin/own/a.txt", {}, false);
    expect([headers["x-own"], headers["x-frame-options"], headers["referrer-policy"]]).toEqual(["yes", "DENY", "no-referrer"]);
  });

  it("an application behind it sends none of the headers twice, and none that are stripped", async () => {
    const careless = await serve((_req, res) => {
      res.setHeader("X-Frame-Options", "ALLOWALL");
      res.setHeader("x-powered-by", "carelessness");
      res.end("A page.");
    });
    const port = await includingServer(OPTIONS, `location / { proxy_pass http://127.0.0.1:${careless}; }`, {});
    const found = async (path: string) => (await get(port, path, {}, false)).lines.filter((line) => /^x-(?:frame|powered)/i.test(line));
    expect([await found("/"), await found("/admin/x"), await found("/embed")]).toEqual([
      ["X-Frame-Options: SAMEORIGIN"],
      ["X-Frame-Options: DENY"],
      [],
    ]);
  });

  it("what a route alone sets is left to the application elsewhere", async () => {
    const careless = await serve((_req, res) => void res.setHeader("X-Robots-Tag", "all").end("A page."));
    const routes = [{ path: "/admin/*", layers: [{ custom: { "X-Robots-Tag": "noindex" } }] as const }];
    const inside = `location / { try_files $uri @app; } location @app { proxy_pass http://127.0.0.1:${careless}; }`;
    const port = await includingServer({ policy: POLICY, routes }, inside, FILES);
    const robots = async (path: string) => (await get(port, path, {}, false)).headers["x-robots-tag"];
    expect([await robots("/x"), await robots("/admin/x"), await robots("/app.js"), await robots("/admin/app.js")]).toEqual([
      "all",
      "noindex",
      undefined,
      "noindex",
    ]);
  });

  it("an application behind uwsgi_pass is hidden by the same lines with that word", async () => {
    const answer = "HTTP/1.1 200 OK\r\nX-Frame-Options: ALLOWALL\r\nX-Powered-By: x\r\nX-Robots-Tag: all\r\n\r\nA page.";
    const careless = await listen(net.createServer((socket) => void socket.once("data", () => socket.end(answer))));
    const routes = [...ROUTES, { path: "/robots", layers: [{ custom: { "X-Robots-Tag": "noindex" } }] as const }];
    const files = exported("nginx", { policy: POLICY, routes });
    const headers = files["portcullis/headers.conf"]?.replaceAll("proxy_hide_header", "uwsgi_hide_header") as string;
    const port = await freePort();
    const server = `server { listen 127.0.0.1:${port}; include portcullis/headers.conf; location / { uwsgi_pass 127.0.0.1:${careless}; } }`;
    await startNginx(`include portcullis/http.conf; ${server}`, { ...files, "portcullis/headers.conf": headers }, port);
    const found = async (path: string) => (await get(port, path, {}, false)).lines.filter((line) => /^x-/i.test(line));
    expect([await found("/admin/x"), await found("/robots")]).toEqual([
      ["X-Frame-Options: DENY", "X-Robots-Tag: all"],
      ["X-Frame-Options: SAMEORIGIN", "X-Robots-Tag: noindex"],
    ]);
  });

  it("two sites in one nginx keep their own headers", async () => {
    const port = await freePort();
    const sites = ["one.example", "two.example"].map((serverName, index) => {
      const layers = [{ custom: { "X-Site": `${serverName} $${index}` } }];
      const files = exported("nginx", { policy: POLICY, routes: [{ path: "/a/*", layers }], serverName });
      return { serverName, files: Object.fromEntries(Object.entries(files).map(([path, text]) => [`${serverName}/${path}`, text])) };
    });
    const maps = sites.map(({ serverName }) => `include ${serverName}/portcullis/http.conf;`).join("\n");
    const servers = sites.map(
      ({ serverName }) =>
        `server { listen 127.0.0.1:${port}; server_name ${serverName}; include ${serverName}/portcullis/headers.conf; return 200 x; }`,
    );
    await startNginx(`${maps}\n${servers.join("\n")}`, Object.assign({}, ...sites.map(({ files }) => files)), port);
    const site = async (Host: string) => (await get(port, "/a/b", { Host }, false)).headers["x-site"];
    expect([await site("one.example"), await site("two.example")]).toEqual(["one.example $0", "two.example $1"]);
  });

  it("nginx accepts long names, many routes and long values unchanged", async () => {
    const name = `X-${"Very-Long-".repeat(4)}X`;
    const routes = Array.from({ length: 10 }, (_, index) => ({
      path: `/${"a-long-folder/".repeat(4)}${index}/*`,
      layers: [{ custom: { [name]: `${'"$'.repeat(2_500)}${index}`, [`${name}-2`]: String(index), default: "x" } }],
    }));
    const port = await includingServer({ policy: POLICY, routes, serverName: "a-very-long-name.of-a-site.example" }, "return 200 x;", {});
    const { headers } = await get(port, `/${"a-long-folder/".repeat(4)}9/x`, {}, false);
    expect(headers[name.toLowerCase()]).toBe(`${'"$'.repeat(2_500)}9`);
    expect([headers[`${name}-2`.toLowerCase()], headers["default"]]).toEqual(["9", "x"]);
  });

  it("routes whose names have a meaning in a map, or differ only in case, are distinguished", async () => {
    const paths = ["/default", "/hostnames", "/include", "/volatile", "/site", "/a", "/A", "/a/*", "/a-all", "/"];
    const routes = paths.map((path) => ({ path, layers: [{ custom: { "X-Place": path } }] }));
    const port = await includingServer({ policy: POLICY, routes }, "return 200 x;", {});
    const found = paths.map(async (path) => (await get(port, path.replace("*", "x"), {}, false)).headers["x-place"]);
    expect(await Promise.all(found)).toEqual(paths);
  });
});

describe("headers that nginx cannot leave to the application on some paths alone", () => {
  it("are warnings if several lines of one may be lost", () => {
    const routes = [{ path: "/admin/*", layers: [{ custom: { "X-Robots-Tag": "noindex" } }] }];
    expect(exportPolicy("nginx", { policy: ["none"], routes }).warnings).toEqual([
      "On routes that pass on these headers of the application, nginx before 1.23 passes on only one line of each: X-Robots-Tag.",
      "Include portcullis/http.conf in the http block: the headers need it.",
    ]);
  });

  it.each(["Set-Cookie", "ETag", "X.A"])("are refused: %s", (name) => {
    const routes = [{ path: "/static/*", layers: [{ stripHeaders: [name] }] }];
    expect(() => exportPolicy("nginx", { policy: ["none"], routes })).toThrow(
      `: is passed on from the application on some paths only, which nginx cannot do. Set it on all paths, or remove it on all.`,
    );
  });
});
