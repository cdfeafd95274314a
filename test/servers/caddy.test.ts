import { execFileSync } from "node:child_process";
import http from "node:http";
import net from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ask, listen, serve } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { CADDIES, caddy } from "./caddies.js";
import { describeServer, expectIncluded, exported, folderWith, freePort, INCLUDED, seen, start } from "./support.js";

const MAIN = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n";

async function run(program: string, site: string, files: Readonly<Record<string, string>>, port: number): Promise<void> {
  const folder = folderWith({ Caddyfile: MAIN + site, "public/index.html": "x", "public/embed": "x", ...files });
  const args = ["--config", join(folder, "Caddyfile"), "--adapter", "caddyfile"];
  execFileSync(program, ["adapt", ...args], { stdio: ["ignore", "ignore", "pipe"] });
  // What it keeps goes with the test too.
  const environment = [`XDG_CONFIG_HOME=${folder}`, `XDG_DATA_HOME=${folder}`, `PUBLIC=${join(folder, "public")}`];
  await start(port, "env", ...environment, program, "run", ...args);
}

/** The first line of the answer to a path that no client of Node's sends as it stands. */
function raw(port: number, path: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let said = "";
    const socket = net.connect(port, "127.0.0.1", () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
    );
    socket.on("data", (chunk) => (said += String(chunk))).on("error", reject);
    socket.on("close", () => resolve(said.split("\r\n")[0]));
  });
}

for (const [name, program] of CADDIES) {
  describeServer("caddy", { ...caddy, name }, (files, port) => run(program, "import portcullis.caddy\n", files, port), {
    spelling: { "X-DNS-Prefetch-Control": "X-Dns-Prefetch-Control", "X-XSS-Protection": "X-Xss-Protection", NEL: "Nel" },
  });
}

const versions = describe.skipIf(skipWithout("what Caddy does with exported headers", [caddy])).each(CADDIES);

versions("headers imported into a Caddyfile of one's own, %s", (_, program) => {
  it("go out with its files, its 304 and its errors", async () => {
    const port = await freePort();
    const site = `http://localhost:${port} {\n\timport portcullis/headers.caddy\n\troot * {env.PUBLIC}\n\tfile_server\n}\n`;
    await run(program, site, exported("caddy", INCLUDED), port);
    await expectIncluded(port);
  });

  /** A site of one's own: headers for all, others below /admin/ and for /embed. */
  const own = async (lines: string) => {
    const port = await freePort();
    const policy = ["none", { xFrameOptions: "DENY" }] as const;
    const routes = [
      { path: "/admin/*", layers: [{ referrerPolicy: "no-referrer" }] },
      { path: "/embed", layers: [{ xFrameOptions: false }] },
    ] as const;
    const site = `http://localhost:${port} {\n\timport portcullis/headers.caddy\n\troot * {env.PUBLIC}\n${lines}\n}\n`;
    await run(program, site, { ...exported("caddy", { policy, routes }), "public/404.html": "none" }, port);
    return async (path: string) => (await seen(port, path)).lines;
  };
  const ADMIN = ["Referrer-Policy: no-referrer", "X-Frame-Options: DENY"];

  it.each([
    ["a single-page application by try_files", "try_files {path} /index.html\nfile_server"],
    ["a rewrite of all", "rewrite * /index.html\nfile_server"],
    ["pages of its own for errors", "file_server\nhandle_errors {\n\trewrite * /404.html\n\tfile_server\n}"],
    ["errors without a page", "file_server\nhandle_errors {\n\trewrite * /gone.html\n\tfile_server\n}"],
    ["a rewrite in a handle", "handle {\n\trewrite * /index.html\n\tfile_server\n}"],
  ])("are those of the path that was asked for, behind %s", async (_, lines) => {
    const at = await own(lines);
    expect(await at("/admin/x")).toEqual(ADMIN);
    expect(await at("/else")).toEqual(["X-Frame-Options: DENY"]);
    expect(await at("/embed")).toEqual([]);
  });

  it.each(["//admin/x", "/%61dmin/x", "/x/../admin/x", "/./admin/x"])("are those of the path as Caddy reads it: %s", async (path) => {
    const at = await own("file_server");
    expect(await at(path)).toEqual(ADMIN);
  });

  it("are case-sensitive", async () => {
    expect(await (await own("file_server"))("/ADMIN/x")).toEqual(["X-Frame-Options: DENY"]);
  });
});

/** An encoded slash beside dots, in the ways that it can be written. */
const AMBIGUOUS = [
  "/admin/..%2Fembed",
  "/admin/..%2fembed",
  "/admin/%2e%2E%2fembed",
  "//admin//..%2f/embed",
  "/admin/x%2fy/../../embed",
  "/admin%2f..%2fembed",
  "/admin/.%2e%5cembed",
  "/embed/..\\admin",
  "/admin/..%2Fembed?x=y",
];

versions("a path that an application may read otherwise, %s", (_, program) => {
  const policy = ["none", { xFrameOptions: "DENY" }] as const;
  const routes = [{ path: "/embed", layers: [{ xFrameOptions: false, referrerPolicy: "origin" }] }] as const;
  const site = async (lines: string) => {
    const port = await freePort();
    await run(program, `http://localhost:${port} {\n${lines}\n}\n`, exported("caddy", { policy, routes }), port);
    return port;
  };
  const SITES = [
    ["behind reverse_proxy", (upstream: number) => `import portcullis/headers.caddy\nreverse_proxy 127.0.0.1:${upstream}`],
    [
      "in handle blocks",
      (upstream: number) =>
        `import portcullis/headers.caddy\nhandle /embed {\nreverse_proxy 127.0.0.1:${upstream}\n}\nhandle {\nreverse_proxy 127.0.0.1:${upstream}\n}`,
    ],
    ["behind a rewrite", (upstream: number) => `import portcullis/headers.caddy\nrewrite * /x\nreverse_proxy 127.0.0.1:${upstream}`],
  ] as const;

  it.each(SITES)("is refused before the application sees it, %s", async (_, lines) => {
    const asked: (string | undefined)[] = [];
    const upstream = await serve((req, res) => {
      asked.push(req.url);
      res.end();
    });
    const port = await site(lines(upstream));
    for (const path of AMBIGUOUS) expect([path, await raw(port, path)]).toEqual([path, "HTTP/1.1 400 Bad Request"]);
    expect(asked).toEqual([]);
  });

  it("is refused with the headers of the route that Caddy finds", async () => {
    const port = await site("import portcullis/headers.caddy\nrespond ok");
    expect(await seen(port, "/admin/..%2Fembed")).toEqual({ status: 400, lines: ["Location: /", "Referrer-Policy: origin"] });
  });

  it.each(["/admin/a%2Fb", "/embed/../x", "/compare/v1...feature%2fx", "/a?b=/..%2f", "/admin/..%252fembed"])(
    "is no other one: %s",
    async (path) => {
      const port = await site("import portcullis/headers.caddy\nrespond ok");
      expect(await raw(port, path)).toBe("HTTP/1.1 200 OK");
    },
  );

  it("is refused by the complete site", async () => {
    const [httpsPort, httpPort] = [await freePort(), await freePort()];
    const upstream = `http://127.0.0.1:${await serve((_req, res) => res.end())}`;
    await run(program, "import portcullis.caddy\n", exported("caddy", { policy, routes, upstream, httpsPort, httpPort }), httpsPort);
    expect((await seen(httpsPort, "/admin/..%2Fembed", {}, true)).status).toBe(400);
  });
});

versions("the complete site, %s", (_, program) => {
  const complete = async (upstream: number, options: object) => {
    const [httpsPort, httpPort] = [await freePort(), await freePort()];
    const site = { policy: ["none", { xFrameOptions: "DENY" }], upstream: `http://127.0.0.1:${upstream}`, httpsPort, httpPort, ...options };
    await run(program, "import portcullis.caddy\n", exported("caddy", site as never), httpsPort);
    return { httpsPort, httpPort };
  };
  const at = (port: number, path: string) => ask(port, path, { headers: { Host: `localhost:${port}` }, secure: true });

  it("sends the same headers for nested routes as Express", async () => {
    const routes = [
      { path: "/api/*", layers: [{ referrerPolicy: "origin" }] },
      { path: "/api/v1/*", layers: [{ xContentTypeOptions: true }] },
      { path: "/health", layers: [{ referrerPolicy: "no-referrer" }] },
    ];
    const { httpsPort } = await complete(await serve((_req, res) => res.end()), { routes });
    const lines = async (path: string) => (await seen(httpsPort, path, {}, true)).lines;
    expect(await lines("/api/v1")).toEqual(["Referrer-Policy: origin", "X-Frame-Options: DENY"]);
    expect(await lines("/api/v1/x")).toEqual(["Referrer-Policy: origin", "X-Content-Type-Options: nosniff", "X-Frame-Options: DENY"]);
    expect(await lines("/api")).toEqual(["X-Frame-Options: DENY"]);
    expect(await lines("/health")).toEqual(["Referrer-Policy: no-referrer", "X-Frame-Options: DENY"]);
  });

  it.each(["}", "{}", "\\{x\\}", "a\\}", "\\\\{", "\\`", "\\\\"])(
    "sends a value with braces and backslashes as it stands: %s",
    async (value) => {
      const { httpsPort } = await complete(await freePort(), { policy: ["none", { custom: { "X-Value": value } }] });
      expect((await seen(httpsPort, "/health", {}, true)).lines).toEqual([`X-Value: ${value}`]);
    },
  );

  it("sends the headers of a route for all paths with the health check", async () => {
    const { httpsPort } = await complete(await freePort(), { routes: [{ path: "/*", layers: [{ referrerPolicy: "origin" }] }] });
    expect(await seen(httpsPort, "/health", {}, true)).toEqual({
      status: 200,
      lines: ["Referrer-Policy: origin", "X-Frame-Options: DENY"],
    });
  });

  it("passes Host on with its port", async () => {
    const { httpsPort } = await complete(await serve((req, res) => res.end(req.headers.host)), {});
    expect((await at(httpsPort, "/")).body).toBe(`localhost:${httpsPort}`);
  });

  it("passes on what an application streams at once", async () => {
    let end = () => {};
    const upstream = await serve((_req, res) => {
      res.setHeader("Content-Type", "text/event-stream");
      res.write("data: 1\n\n");
      end = () => res.end();
    });
    const { httpsPort } = await complete(upstream, {});
    const https = await import("node:https");
    const first = await new Promise((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port: httpsPort,
        rejectUnauthorized: false,
        servername: "localhost",
        headers: { Host: "localhost" },
      };
      https.get(options, (response) => response.once("data", (chunk) => resolve(String(chunk)))).on("error", reject);
    });
    end();
    expect(first).toBe("data: 1\n\n");
  });

  it("answers 504 where an answer does not begin in time", async () => {
    const silent = http.createServer(() => undefined);
    const { httpsPort } = await complete(await listen(silent), { readTimeout: 1 });
    expect((await at(httpsPort, "/")).status).toBe(504);
  });

  it("listens on the addresses of --listen, and on no other", async () => {
    const { httpsPort, httpPort } = await complete(await freePort(), { listen: ["127.0.0.1"] });
    const refused = (port: number) =>
      new Promise((resolve) => http.get({ host: "127.0.0.2", port }, () => resolve("answered")).on("error", () => resolve("refused")));
    expect([await refused(httpsPort), await refused(httpPort)]).toEqual(["refused", "refused"]);
  });

  it("strips Server and Via, whichever server sets them, also from its errors", async () => {
    const policy = ["none", { stripHeaders: ["Server", "Via"] }];
    const upstream = await serve((_req, res) => res.setHeader("Server", "theirs").setHeader("Via", "theirs").end());
    const { httpsPort } = await complete(upstream, { policy });
    const { httpsPort: broken } = await complete(await freePort(), { policy });
    const names = async (port: number) => (await at(port, "/")).names.filter((name) => /^(?:server|via)$/i.test(name));
    expect([await names(httpsPort), await names(broken)]).toEqual([[], []]);
  });

  it("sends a Server of the policy instead of its own", async () => {
    const { httpsPort } = await complete(await serve((_req, res) => res.end()), { policy: ["none", { custom: { Server: "mine" } }] });
    expect((await at(httpsPort, "/")).headers["Server"]).toBe("mine");
  });
});
