import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { ExportOptions } from "../../src/export/index.js";
import { ask, CERTIFICATE, listen, say, serve } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { apache, main, place, run } from "./apache-support.js";
import { exported, freePort } from "./support.js";

const MAIN = main("headers", "rewrite", "socache_shmcb", "ssl", "proxy", "proxy_http");

/** Changes lines of what was printed, to be faster than its timers. */
type Edit = (text: string) => string;

async function hostFor(upstream: number, options: Partial<ExportOptions> = {}, edit: Edit = (text) => text) {
  const [httpsPort, httpPort] = [await freePort(), await freePort()];
  const policy = ["none" as const, { custom: { "X-Place": "site" } }];
  const files = exported("apache", { policy, upstream: `http://127.0.0.1:${upstream}`, httpsPort, httpPort, ...options });
  const text = edit(files["portcullis.conf"] as string);
  await run(
    { "apache.conf": `${MAIN}Include portcullis.conf\n`, "portcullis.conf": text, "public/errors/page.html": "an error" },
    httpsPort,
  );
  return { httpsPort, httpPort };
}

/** Says what came. */
const mirror = () => serve((req, res) => void res.end(JSON.stringify({ url: req.url, version: req.httpVersion, headers: req.headers })));

async function mirrored(port: number, path: string, headers: Record<string, string> = {}) {
  const { body } = await ask(port, path, { secure: true, headers: { Host: `localhost:${port}`, ...headers } });
  return JSON.parse(body) as { url: string; version: string; headers: Record<string, string> };
}

/** A WebSocket that says where it was asked for, and answers what it is told. */
function talking(): Promise<number> {
  const server = http.createServer();
  new WebSocketServer({ server }).on("connection", (socket, { url, headers }) => {
    socket.send(`${url} ${headers.host} ${headers["x-forwarded-proto"]}`);
    socket.on("message", (data) => socket.send(`echo ${data}`));
  });
  return listen(server);
}

const open = (port: number, path: string) => new WebSocket(`wss://localhost:${port}${path}`, { ca: CERTIFICATE.cert });

async function told(socket: WebSocket): Promise<string> {
  const [data] = await once(socket, "message");
  return String(data);
}

const AWKWARD_PATH = "/q%2Fa%20b/%C3%A4%25%3F/%5Bc%5D?x=%20%41+b%26%2F&y=/z?";

describe.skipIf(skipWithout("the virtual host of Apache", [apache]))("an application behind Apache's virtual host", () => {
  it("sees the host with its port, and how it was asked for", async () => {
    const { httpsPort } = await hostFor(await mirror());
    const { headers } = await mirrored(httpsPort, "/");
    expect(headers).toMatchObject({
      host: `localhost:${httpsPort}`,
      "x-forwarded-host": `localhost:${httpsPort}`,
      "x-forwarded-port": String(httpsPort),
      "x-forwarded-proto": "https",
      "x-forwarded-for": "127.0.0.1",
    });
  });

  it("does not see what a client says of host, port and protocol", async () => {
    const { httpsPort } = await hostFor(await mirror());
    const lies = { "X-Forwarded-Host": "evil.example", "X-Forwarded-Port": "1", "X-Forwarded-Proto": "http" };
    const { headers } = await mirrored(httpsPort, "/", lies);
    expect(headers).toMatchObject({ "x-forwarded-host": `localhost:${httpsPort}`, "x-forwarded-port": String(httpsPort) });
    expect(headers["x-forwarded-proto"]).toBe("https");
  });

  it("sees path and query as they came, over HTTP/1.1", async () => {
    const { httpsPort } = await hostFor(await mirror());
    expect(await mirrored(httpsPort, AWKWARD_PATH)).toMatchObject({ url: AWKWARD_PATH, version: "1.1" });
  });

  it("has Apache's Server header in place of its own where that is stripped", async () => {
    const named = await serve((_req, res) => void res.setHeader("Server", "gunicorn/1").end("x"));
    const { httpsPort } = await hostFor(named, { policy: ["none", { stripHeaders: ["Server"] }] });
    expect((await ask(httpsPort, "/", { secure: true })).headers["Server"]).toBe("Apache");
  });

  it("streams: the first event is there while the answer goes on", async () => {
    let end = () => {};
    const events = await serve((_req, res) => {
      res.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: first\n\n");
      end = () => void res.end("data: last\n\n");
    });
    const { httpsPort } = await hostFor(events);
    const request = https.get({ host: "localhost", port: httpsPort, ca: CERTIFICATE.cert });
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    const [first] = await once(response, "data");
    expect(String(first)).toBe("data: first\n\n");
    end();
    const [last] = await once(response, "data");
    expect(String(last)).toBe("data: last\n\n");
  });

  it("opens a WebSocket at the path and query that were asked for", async () => {
    const { httpsPort } = await hostFor(await talking());
    const socket = open(httpsPort, AWKWARD_PATH);
    expect(await told(socket)).toBe(`${AWKWARD_PATH} localhost:${httpsPort} https`);
    socket.close();
    await once(socket, "close");
  });

  it("may leave a WebSocket silent for longer than an answer may take", async () => {
    const { httpsPort } = await hostFor(await talking(), { readTimeout: 1 });
    const socket = open(httpsPort, "/");
    expect(await told(socket)).toBe(`/ localhost:${httpsPort} https`);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    socket.send("hello");
    expect(await told(socket)).toBe("echo hello");
    socket.close();
    await once(socket, "close");
  });

  it("loses a WebSocket that is silent for longer than both timers", async () => {
    const { httpsPort } = await hostFor(await talking(), { readTimeout: 1 }, (text) => text.replace("Timeout 3600", "Timeout 2"));
    const socket = open(httpsPort, "/");
    await once(socket, "close");
    expect(socket.readyState).toBe(WebSocket.CLOSED);
  });

  it("is aborted if its response does not begin within the read timeout", async () => {
    const { httpsPort } = await hostFor(await serve(() => {}), { readTimeout: 1 });
    expect(await place(httpsPort, "/", { secure: true })).toBe("502 site");
  });

  it("listens on the addresses of --listen, of IPv4 and of IPv6", async () => {
    const { httpsPort, httpPort } = await hostFor(await mirror(), { listen: ["127.0.0.1", "::1"] });
    const status = (host: string) =>
      new Promise((resolve, reject) => {
        const options = { host, port: httpsPort, ca: CERTIFICATE.cert, servername: "localhost", headers: { Host: "localhost" } };
        https.get(options, (response) => resolve(response.resume().statusCode)).on("error", reject);
      });
    expect([await status("127.0.0.1"), await status("::1")]).toEqual([200, 200]);
    await expect(status("127.0.0.2")).rejects.toThrow("ECONNREFUSED");
    expect((await ask(httpPort, "/")).status).toBe(301);
  });
});

describe.skipIf(skipWithout("error pages in the virtual host of Apache", [apache]))(
  "error pages of one's own in Apache's virtual host",
  () => {
    const named = (path: string) => ({ path, layers: [{ custom: { "X-Place": path } }] });
    const pages = (text: string) =>
      text.replace(
        '    ProxyPass "/" ',
        `    DocumentRoot "\${root}/public"
    ErrorDocument 404 /errors/page.html
    ErrorDocument 502 /errors/page.html
    ProxyErrorOverride On
    ProxyPass "/errors/" "!"
    ProxyPass "/" `,
      );

    it.each([
      ["/nowhere", "404 site"],
      ["/admin/nowhere", "404 /admin/*"],
      ["/admin/hangs-up", "502 /admin/*"],
    ])("have the headers of the path that was asked for: %s", async (path, expected) => {
      const upstream = await serve((req, res) => (req.url?.endsWith("up") ? void req.socket.destroy() : void res.writeHead(404).end()));
      const { httpsPort } = await hostFor(upstream, { routes: [named("/errors/*"), named("/admin/*")] }, pages);
      const { body } = await ask(httpsPort, path, { secure: true });
      expect(body).toBe("an error");
      expect(await place(httpsPort, path, { secure: true })).toBe(expected);
    });
  },
);

describe.skipIf(skipWithout("encoded slashes in Apache's virtual host", [apache]))("an encoded slash in Apache's virtual host", () => {
  const named = (path: string) => ({ path, layers: [{ custom: { "X-Place": path } }] });
  const routes = [named("/admin/*"), named("/admin/v1.0/*"), named("/embed"), named("/open/*")];

  it("is refused where an application that decodes it finds the page of another place", async () => {
    const { httpsPort } = await hostFor(await mirror(), { routes });
    const refused = [
      "/open/..%2fadmin/index.html",
      "/admin%2findex.html",
      "/%2fadmin/index.html",
      "/.%2fadmin/index.html",
      "/x%2f..%2fadmin/",
      "/x%2F%2e%2E/admin/",
      "/admin%2fx/../index.html",
      "/x/%2e%2e%2fadmin/",
      "/x/..%5cadmin/",
      "/admin%5cx",
      "/admin\\x",
      "/%61dmin%2Fx",
      "//admin%2F/x",
      "/admin/v1.0%2Fx",
      "/admin%2Fv1.0/x",
      "/%2Fembed",
      "/x%2f..",
      "/x%2f..?a",
      "/admin%2fx?/y",
    ];
    const seen = await Promise.all(refused.map(async (path) => [path, await place(httpsPort, path, { secure: true })]));
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(refused.map((path) => [path, "400 site"])));
  });

  it("is passed on where it decides nothing", async () => {
    const { httpsPort } = await hostFor(await mirror(), { routes });
    const passed = {
      "/a%2Fb": "200 site",
      "/open/a%2fb": "200 /open/*",
      "/admin/v1.0/a%5cb": "200 /admin/v1.0/*",
      "/admin%252fx": "200 site",
      "/embed%2f": "200 site",
      "/open/..a%2f.b": "200 /open/*",
      "/x?a=/..%2fadmin/": "200 site",
      "/x/../admin/y": "200 /admin/*",
    };
    const seen = await Promise.all(Object.keys(passed).map(async (path) => [path, await place(httpsPort, path, { secure: true })]));
    expect(Object.fromEntries(seen)).toEqual(passed);
  });

  it.each([
    ["a bad escape", "/admin%2fx%zz", "400 site"],
    ["a NUL", "/admin%2fx%00", "404 site"],
    ["a host in the request line", "https://localhost/open/..%2fadmin/", "400 site"],
  ])("is no way around with %s", async (_, path, expected) => {
    const { httpsPort } = await hostFor(await mirror(), { routes });
    expect(await place(httpsPort, path, { secure: true })).toBe(expected);
  });

  it("is passed on where there are no routes", async () => {
    const { httpsPort } = await hostFor(await mirror());
    expect(await place(httpsPort, "/a/..%2fb", { secure: true })).toBe("200 site");
  });
});

describe.skipIf(skipWithout("two sites of Apache", [apache]))("two exported virtual hosts", () => {
  it.each([[undefined], [["127.0.0.1", "::1"]]])("start together on the same ports: %s", async (listen) => {
    const [httpsPort, httpPort] = [await freePort(), await freePort()];
    const site = (serverName: string) => {
      const policy = ["none" as const, { custom: { "X-Place": serverName } }];
      const options = { policy, upstream: "http://127.0.0.1:1", serverName, httpsPort, httpPort, ...(listen && { listen }) };
      return exported("apache", options)["portcullis.conf"] as string;
    };
    await run(
      { "apache.conf": `${MAIN}Include a.conf\nInclude b.conf\n`, "a.conf": site("localhost"), "b.conf": site("b.example") },
      httpsPort,
    );
    expect(await place(httpsPort, "/", { secure: true })).toBe("503 localhost");
    expect((await ask(httpPort, "/x", { headers: { Host: "b.example" } })).headers["Location"]).toBe(`https://b.example:${httpsPort}/x`);
  });
});

describe.skipIf(skipWithout("the health path of Apache", [apache]))("the health path of Apache's virtual host", () => {
  const named = (path: string) => ({ path, layers: [{ custom: { "X-Place": path } }] });

  it.each([
    ["no route", [], "200 site"],
    ["a route for it", [named("/health")], "200 /health"],
    ["a route for all", [named("/*")], "200 /*"],
    ["both", [named("/*"), named("/health")], "200 /health"],
  ])("has the headers of its place: %s", async (_, routes, expected) => {
    const { httpsPort } = await hostFor(await freePort(), { routes });
    expect(await place(httpsPort, "/health", { secure: true })).toBe(expected);
    expect((await ask(httpsPort, "/health", { secure: true })).body).toBe("healthy\n");
  });

  it("leaves longer paths to the application", async () => {
    const { httpsPort } = await hostFor(await mirror());
    expect((await mirrored(httpsPort, "/healthy")).url).toBe("/healthy");
  });
});

describe.skipIf(skipWithout("port 80 of Apache", [apache]))("port 80 of Apache's virtual host", () => {
  it.each(["/", "/a%2Fb", "/a%2fb?c=%2f%20d+e", "/a%20b", "/%C3%A4%25", "/a%3Fb?c?d", "//a//b", "/x/../y", "/a?b=http://c//d"])(
    "redirects to https with path and query as they came: %s",
    async (path) => {
      const { httpsPort, httpPort } = await hostFor(await freePort());
      const { status, headers } = await ask(httpPort, path);
      expect([status, headers["Location"]]).toEqual([301, `https://localhost:${httpsPort}${path}`]);
    },
  );

  it.each([
    ["GET http://evil.example/a%2Fb?c HTTP/1.1", "/a%2Fb?c"],
    ["GET http://evil.example HTTP/1.1", ""],
    ["GET //evil.example/a HTTP/1.1", "//evil.example/a"],
  ])("redirects to its own host: %s", async (line, path) => {
    const { httpsPort, httpPort } = await hostFor(await freePort());
    const answer = await say(httpPort, [line, "Host: evil.example", "Connection: close"]);
    expect(/^Location: (.*)\r$/m.exec(answer)?.[1]).toBe(`https://localhost:${httpsPort}${path}`);
  });
});
