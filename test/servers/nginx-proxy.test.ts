import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import tls from "node:tls";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { type ExportOptions, exportPolicy } from "../../src/export/index.js";
import { CERTIFICATE, listen, serve, serveSecurely } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { completeServer, get, NGINX, startNginx } from "./nginx.js";
import { exported, freePort } from "./support.js";

const POLICY = ["none", { xFrameOptions: "DENY" }] as const;

/** An application that tells what it was asked. */
const telling = () => serve((req, res) => void res.setHeader("X-Asked", JSON.stringify(req.headers)).end());

const asked = (headers: http.IncomingHttpHeaders) => JSON.parse(String(headers["x-asked"])) as Record<string, string>;

const serverFor = (upstream: number, options: Partial<ExportOptions> = {}) =>
  completeServer({ policy: POLICY, ...options, upstream: `http://127.0.0.1:${upstream}` });

interface Handshake {
  readonly origin: string;
  readonly req: http.IncomingMessage;
}

/** Bytes over TLS, until the server closes the connection. */
function rawly(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = tls.connect({ host: "127.0.0.1", port, servername: "localhost", ca: CERTIFICATE.cert }, () => socket.write(text));
    socket.on("data", (chunk) => (answer += chunk));
    socket.on("end", () => resolve(answer)).on("error", reject);
  });
}

describe.skipIf(skipWithout("an application behind nginx", [NGINX]))("an application behind the complete server", () => {
  it("sees the host with its port, and what the client's connection was like", async () => {
    const port = await serverFor(await telling());
    const { host, ...others } = asked((await get(port, "/", { Host: `localhost:${port}` })).headers);
    const forwarded = Object.entries(others).filter(([name]) => name.startsWith("x-"));
    expect([host, Object.fromEntries(forwarded)]).toEqual([
      `localhost:${port}`,
      {
        "x-real-ip": "127.0.0.1",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "https",
        "x-forwarded-host": `localhost:${port}`,
        "x-forwarded-port": String(port),
      },
    ]);
  });

  it("sees none of these as a client has forged them", async () => {
    const port = await serverFor(await telling());
    const forged = { "X-Forwarded-Host": "evil.example", "X-Forwarded-Port": "1", "X-Forwarded-Proto": "http", "X-Real-IP": "1.1.1.1" };
    const seen = asked((await get(port, "/", forged)).headers);
    expect([seen["x-forwarded-host"], seen["x-forwarded-port"], seen["x-forwarded-proto"], seen["x-real-ip"]]).toEqual([
      "localhost",
      String(port),
      "https",
      "127.0.0.1",
    ]);
  });

  it("sees the name of the server where a client of HTTP/1.0 names no host", async () => {
    const port = await serverFor(await telling());
    const answer = await rawly(port, "GET / HTTP/1.0\r\n\r\n");
    expect(answer).toContain("200 OK");
    expect(answer).toContain('"host":"localhost"');
  });

  it("sees the host with its port over HTTP/2 too, where that is switched on", async () => {
    const [httpsPort, httpPort, upstream] = [await freePort(), await freePort(), await telling()];
    const files = exported("nginx", { policy: POLICY, upstream: `http://127.0.0.1:${upstream}`, httpsPort, httpPort });
    const text = files["portcullis.conf"]?.replace(" ssl;", " ssl http2;") as string;
    await startNginx("include portcullis.conf;", { "portcullis.conf": text }, httpsPort);
    const session = http2.connect(`https://localhost:${httpsPort}`, { ca: CERTIFICATE.cert });
    const headers = await new Promise<http2.IncomingHttpHeaders>((resolve, reject) => {
      session.on("error", reject);
      session.request({ ":path": "/" }).on("response", resolve).on("error", reject).end();
    });
    await new Promise<void>((resolve) => session.close(resolve));
    expect(asked(headers as http.IncomingHttpHeaders)["host"]).toBe(`localhost:${httpsPort}`);
  });

  it("receives its own name in the TLS handshake, if it uses TLS", async () => {
    const named = await serveSecurely((req, res) => void res.setHeader("X-Name", String((req.socket as tls.TLSSocket).servername)).end());
    const port = await completeServer({ policy: POLICY, upstream: `https://localhost:${named}` });
    expect((await get(port, "/")).headers["x-name"]).toBe("localhost");
  });

  it("sends an event while its answer goes on", async () => {
    let finish = () => {};
    const events = await serve((_req, res) => {
      res.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: first\n\n");
      finish = () => void res.end("data: last\n\n");
    });
    const port = await serverFor(events);
    const text = await new Promise<string>((resolve, reject) => {
      const headers = { Host: "localhost" };
      https
        .get({ host: "127.0.0.1", port, servername: "localhost", headers, ca: CERTIFICATE.cert, agent: false }, (response) => {
          let text = "";
          // Without the first event this would wait for ever: the application ends the answer only then.
          response.once("data", () => finish());
          response.on("data", (chunk) => (text += chunk)).on("end", () => resolve(text));
        })
        .on("error", reject);
    });
    expect(text).toBe("data: first\n\ndata: last\n\n");
  });

  it("reads an upload while it goes on", async () => {
    let began = () => {};
    const beginning = new Promise<void>((resolve) => (began = resolve));
    const reading = await serve(async (req, res) => {
      let size = 0;
      for await (const chunk of req) {
        size += chunk.length;
        began();
      }
      res.end(String(size));
    });
    const port = await serverFor(reading);
    const size = await new Promise<string>((resolve, reject) => {
      const options = { method: "POST", host: "127.0.0.1", port, servername: "localhost", ca: CERTIFICATE.cert, agent: false };
      const request = https.request({ ...options, headers: { Host: "localhost" } }, async (response) => {
        let text = "";
        for await (const chunk of response) text += chunk;
        resolve(text);
      });
      request.on("error", reject);
      request.write(Buffer.alloc(3_000_000, "x"));
      // Stored by nginx first, nothing would arrive before the end.
      void beginning.then(() => request.end(Buffer.alloc(2_000_000, "y")));
    });
    expect(size).toBe("5000000");
  });

  it("takes a WebSocket whose Origin has to be the host, port included", async () => {
    const server = http.createServer();
    const sockets = new WebSocketServer({ server, verifyClient: ({ origin, req }: Handshake) => origin === `https://${req.headers.host}` });
    sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(`echo ${data}`)));
    const port = await serverFor(await listen(server));
    const socket = new WebSocket(`wss://localhost:${port}/`, { ca: CERTIFICATE.cert, origin: `https://localhost:${port}` });
    const told = await new Promise((resolve, reject) => {
      socket.on("open", () => socket.send("hello"));
      socket.on("message", (data) => resolve(String(data)));
      socket.on("error", reject);
    });
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.close();
    await closed;
    expect(told).toBe("echo hello");
  });

  it("keeps all lines of a header that its place leaves to it, and has others hidden", async () => {
    const links = await serve((_req, res) => void res.setHeader("X-Robots-Tag", ["a", "b"]).end());
    const routes = [
      { path: "/admin/*", layers: [{ custom: { "X-Robots-Tag": "noindex" } }] as const },
      { path: "/bare", layers: [{ stripHeaders: ["X-Robots-Tag"] }] as const },
    ];
    const port = await serverFor(links, { routes });
    const robots = async (path: string) => (await get(port, path)).lines.filter((line) => line.startsWith("X-Robots"));
    expect([await robots("/"), await robots("/admin"), await robots("/admin/x"), await robots("/bare")]).toEqual([
      ["X-Robots-Tag: a", "X-Robots-Tag: b"],
      ["X-Robots-Tag: a", "X-Robots-Tag: b"],
      ["X-Robots-Tag: noindex"],
      [],
    ]);
  });

  it("keeps its cookies where a route alone strips them", async () => {
    const cookies = await serve((_req, res) => void res.setHeader("Set-Cookie", ["a=1", "b=2"]).end());
    const port = await serverFor(cookies, { routes: [{ path: "/static/*", layers: [{ stripHeaders: ["Set-Cookie"] }] as const }] });
    const found = async (path: string) => (await get(port, path)).headers["set-cookie"];
    expect([await found("/"), await found("/static/x")]).toEqual([["a=1", "b=2"], undefined]);
  });

  it("has the headers of the first path with what it hands to another by X-Accel-Redirect", async () => {
    const handing = await serve((req, res) => {
      if (req.url === "/admin/file") res.setHeader("X-Accel-Redirect", "/file");
      res.end("A page.");
    });
    const port = await serverFor(handing, { routes: [{ path: "/admin/*", layers: [{ xFrameOptions: "SAMEORIGIN" }] as const }] });
    expect((await get(port, "/admin/file")).headers["x-frame-options"]).toBe("SAMEORIGIN");
  });

  it.each([
    ["a request that is none", "garbage\r\n\r\n", "400 SAMEORIGIN"],
    ["a broken escape", "GET /admin/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", "400 SAMEORIGIN"],
    ["no host", "GET /admin/ HTTP/1.1\r\n\r\n", "400 DENY"],
    ["an address that is too long", `GET /admin/${"x".repeat(40_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, "414 SAMEORIGIN"],
    ["a header that is too long", `GET /admin/ HTTP/1.1\r\nX: ${"x".repeat(40_000)}\r\n\r\n`, "400 DENY"],
    ["TRACE", "TRACE /admin/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "405 DENY"],
    ["OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "400 SAMEORIGIN"],
    ["a coding that nginx does not know", "POST /admin/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: x\r\n\r\n", "501 DENY"],
  ])("is spared what nginx refuses itself, with the headers of the path as far as it was read: %s", async (_, text, expected) => {
    const routes = [{ path: "/admin/*", layers: [{ xFrameOptions: "DENY" }] as const }];
    const port = await serverFor(await telling(), { policy: ["none", { xFrameOptions: "SAMEORIGIN" }], routes });
    const [, status, frames] = /^HTTP\/1\.1 (\d+) .*X-Frame-Options: (\w+)/s.exec(await rawly(port, text)) ?? [];
    expect(`${status} ${frames}`).toBe(expected);
  });

  it("is spared plain http on the port for https, with the headers", async () => {
    const port = await serverFor(await telling());
    const { status, headers } = await get(port, "/", {}, false);
    expect([status, headers["x-frame-options"]]).toEqual([400, "DENY"]);
  });

  it("is reached on the addresses that are listened on alone", async () => {
    const [httpsPort, httpPort, upstream] = [await freePort(), await freePort(), await telling()];
    const options = { policy: POLICY, upstream: `http://127.0.0.1:${upstream}`, httpsPort, httpPort, listen: ["127.0.0.2"] };
    const files = exported("nginx", options);
    await startNginx(`include portcullis.conf; server { listen 127.0.0.1:${httpsPort}; return 418; }`, files, httpsPort);
    const response = await fetch(`http://127.0.0.1:${httpsPort}/`);
    expect(response.status).toBe(418);
  });
});

const printed = (options: Partial<ExportOptions>) =>
  exportPolicy("nginx", { policy: POLICY, upstream: "http://127.0.0.1:8501", ...options });
const linesOf = (options: Partial<ExportOptions>, word: string) =>
  (printed(options).files[0]?.text ?? "").split("\n").flatMap((line) => (line.trim().startsWith(word) ? [line.trim()] : []));

describe("the printed server", () => {
  it("listens on all addresses of IPv4, or on those of --listen", () => {
    expect(linesOf({}, "listen")).toEqual(["listen 80;", "listen 443 ssl;"]);
    expect(linesOf({ listen: ["127.0.0.1", "::1"], httpsPort: 8443 }, "listen")).toEqual([
      "listen 127.0.0.1:80;",
      "listen [::1]:80;",
      "listen 127.0.0.1:8443 ssl;",
      "listen [::1]:8443 ssl;",
    ]);
  });

  it("waits for an hour, which a WebSocket may be silent, or for longer where an answer may take longer", () => {
    expect(linesOf({}, "proxy_read_timeout")).toEqual(["proxy_read_timeout 3600s;"]);
    expect(linesOf({ readTimeout: 7_200 }, "proxy_read_timeout")).toEqual(["proxy_read_timeout 7200s;"]);
    expect(printed({ readTimeout: 7_200 }).warnings).toEqual([]);
  });

  it("waits for a shorter --read-timeout, and warns that this closes WebSockets too", () => {
    expect(linesOf({ readTimeout: 60 }, "proxy_read_timeout")).toEqual(["proxy_read_timeout 60s;"]);
    expect(printed({ readTimeout: 60 }).warnings).toEqual([
      "nginx has one timer for responses and WebSockets: WebSockets that are idle for 60 s are closed too.",
    ]);
  });
});
