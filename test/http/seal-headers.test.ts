import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import connect from "connect";
import type express from "express";
import session from "express-session";
import { createProxyMiddleware } from "http-proxy-middleware";
import { createProxyServer } from "httpxy";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { append, nonce, nonceOf, override, perRequest, sealHeaders, securityHeaders } from "../../src/index.js";
import { ask, ask2, connect2, EXPRESSES, listen, ours, PUBLIC, say, serve, serveSecurely, tellError } from "./support.js";

const site = () =>
  securityHeaders("none", {
    contentSecurityPolicy: { defaultSrc: ["self"] },
    strictTransportSecurity: { maxAge: 300 },
    xFrameOptions: "DENY",
    referrerPolicy: "no-referrer",
    stripHeaders: ["Server", "X-Powered-By"],
  });

const SITE = {
  "Content-Security-Policy": "default-src 'self'",
  "Strict-Transport-Security": "max-age=300",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
};

/** The same by http/2's names. */
const SITE2 = Object.fromEntries(Object.entries(SITE).map(([name, value]) => [name.toLowerCase(), value]));

/** What a careless application behind a proxy sends. */
const UPSTREAM = {
  Server: "upstream/1.0",
  "x-powered-by": "something",
  "x-frame-options": "ALLOWALL",
  "Content-Security-Policy": ["default-src *", "script-src *"],
  "STRICT-TRANSPORT-SECURITY": "max-age=1",
  "Cross-Origin-Resource-Policy": "same-site",
  "Set-Cookie": ["a=1", "b=2"],
};

const upstream = () =>
  serve((_req, res) => {
    res.writeHead(200, UPSTREAM);
    res.end("upstream");
  });

/** A port where nobody listens. */
async function deadPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** How often each name was sent, in lower case. */
function counts(names: readonly string[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const name of names.map((one) => one.toLowerCase())) counted[name] = (counted[name] ?? 0) + 1;
  return counted;
}

describe.each(EXPRESSES)("a sealed response of $version", ({ express }) => {
  function app(...handlers: readonly express.RequestHandler[]): express.Express {
    const one = express();
    one.set("env", "test");
    one.use(site(), sealHeaders(), ...handlers);
    return one;
  }

  const sent = async (handler: express.RequestHandler) => ours(await ask(await serve(app(handler))));

  it.each<[string, express.RequestHandler]>([
    ["sets another value", (_req, res) => void res.set("X-Frame-Options", "ALLOWALL").send("x")],
    ["sets another value in another casing", (_req, res) => void res.setHeader("x-frame-options", "ALLOWALL").end("x")],
    ["sets several values", (_req, res) => void res.setHeader("Referrer-Policy", ["origin", "unsafe-url"]).end("x")],
    ["appends a value", (_req, res) => void res.append("Content-Security-Policy", "script-src *").end("x")],
    [
      "removes a header",
      (_req, res) => {
        res.removeHeader("Content-Security-Policy");
        res.end("x");
      },
    ],
    ["gives an object to writeHead", (_req, res) => void res.writeHead(200, { "x-frame-options": "ALLOWALL", Server: "s" }).end("x")],
    ["gives a reason and an object to writeHead", (_req, res) => void res.writeHead(200, "Fine", { "x-frame-options": "X" }).end("x")],
    ["gives a list to writeHead", (_req, res) => void res.writeHead(200, ["x-frame-options", "A", "X-FRAME-OPTIONS", "B"]).end("x")],
    ["gives pairs to writeHead", (_req, res) => void res.writeHead(200, [["Referrer-Policy", "origin"]] as never).end("x")],
    [
      "sends a stream",
      (_req, res) => {
        res.setHeader("X-Frame-Options", "X");
        res.write("a");
        res.end("b");
      },
    ],
    [
      "flushes early",
      (_req, res) => {
        res.setHeader("X-Frame-Options", "X");
        res.flushHeaders();
        res.end("b");
      },
    ],
    ["adds a header that is to be stripped", (_req, res) => void res.set({ "X-Powered-By": "me", server: "s" }).send("x")],
  ])("is that of the policy, where a handler %s", async (_, handler) => {
    expect(await sent(handler)).toEqual(SITE);
  });

  it("keeps what came with writeHead beside the policy, lists of values and the reason too", async () => {
    const port = await serve(
      app((_req, res) => void res.writeHead(201, "Made", ["X-One", "1", "Set-Cookie", "a=1", "set-cookie", "b=2"] as never).end("x")),
    );
    const text = await say(port, ["GET / HTTP/1.1", "Host: site.example", "Connection: close"]);
    expect(text).toMatch(/^HTTP\/1.1 201 Made\r\n/);
    expect(text.match(/^(?:X-One|Set-Cookie): .*$/gim)).toEqual(["X-One: 1", "Set-Cookie: a=1", "Set-Cookie: b=2"]);
  });

  it.each<[string, Record<string, string | string[]> | undefined, string | undefined]>([
    ["an object", { "Set-Cookie": ["a=1", "b=2"] }, undefined],
    ["a reason and an object", { "Set-Cookie": ["a=1", "b=2"] }, "Fine"],
  ])("keeps several cookies of writeHead in %s", async (_, headers, reason) => {
    const port = await serve(
      app((_req, res) => void (reason === undefined ? res.writeHead(200, headers) : res.writeHead(200, reason, headers)).end("x")),
    );
    expect(counts((await ask(port)).names)["set-cookie"]).toBe(2);
  });

  it.each([
    ["a default 404", "GET", "/nowhere", 404],
    ["a thrown error without a handler", "GET", "/boom", 500],
    ["a redirect of express.static", "GET", "/static/folder", 301],
    ["a file of express.static", "GET", "/static/page.txt", 200],
    ["HEAD", "HEAD", "/static/page.txt", 200],
    ["an answer to OPTIONS", "OPTIONS", "/options", 200],
  ])("keeps the whole policy on %s", async (_, method, path, status) => {
    const one = app();
    one.use("/static", express.static(PUBLIC));
    one.get("/options", (_req, res) => void res.send("x"));
    one.get("/boom", () => {
      throw new Error("boom");
    });
    const answer = await ask(await serve(one), path, { method });
    // Theirs, and nothing the policy speaks of.
    const { "Cache-Control": __, "X-Content-Type-Options": ___, ...rest } = ours(answer);
    expect([answer.status, rest]).toEqual([status, SITE]);
  });

  it("carries what overrides mounted below it say", async () => {
    const one = app();
    one.get("/", override({ xFrameOptions: "SAMEORIGIN" }), (_req, res) => void res.writeHead(200, { "X-Frame-Options": "X" }).end());
    expect(ours(await ask(await serve(one)))).toEqual({ ...SITE, "X-Frame-Options": "SAMEORIGIN" });
  });

  it("carries no header that an override has switched off, whoever sets it later", async () => {
    const one = app();
    one.get("/", override({ xFrameOptions: false }), (_req, res) => void res.writeHead(200, { "X-Frame-Options": "DENY" }).end());
    const { "X-Frame-Options": _, ...rest } = SITE;
    expect(ours(await ask(await serve(one)))).toEqual(rest);
  });

  it("carries a header again that was switched off and then on", async () => {
    const one = app();
    one.get("/", override({ xFrameOptions: false }), override({ xFrameOptions: "DENY" }), (_req, res) => void res.end());
    expect(ours(await ask(await serve(one)))).toEqual(SITE);
  });

  it("leaves alone what the policy says nothing of", async () => {
    const headers = await sent((_req, res) => void res.set("Cross-Origin-Opener-Policy", "same-origin").send("x"));
    expect(headers).toEqual({ ...SITE, "Cross-Origin-Opener-Policy": "same-origin" });
  });

  it("carries no HSTS over known plain http, the upstream's neither", async () => {
    const trusting = app((_req, res) => void res.set("Strict-Transport-Security", "max-age=1").send("x"));
    const port = await serve(trusting.set("trust proxy", true));
    const { "Strict-Transport-Security": _, ...rest } = SITE;
    expect(ours(await ask(port, "/", { headers: { "X-Forwarded-Proto": "http" } }))).toEqual(rest);
  });

  it.each<[string, unknown]>([
    ["NaN", Number.NaN],
    ["0", 0],
    ["99", 99],
    ["1000", 1000],
    ["a text that is no number", "fine"],
    ["undefined", undefined],
  ])("leaves no header of a page behind whose status Node refuses: %s", async (_, status) => {
    const one = app((_req, res) => void res.writeHead(status as number, { "Set-Cookie": "secret=1", "X-Page": "1" }).end("x"));
    const answer = await ask(await serve(one));
    const { "X-Content-Type-Options": __, ...rest } = ours(answer);
    expect([answer.status, rest]).toEqual([500, SITE]);
  });

  it("carries the nonce that the page has", async () => {
    const one = express();
    one.disable("x-powered-by");
    one.use(securityHeaders("none", { contentSecurityPolicy: { scriptSrc: ["self", nonce] } }), sealHeaders());
    one.get("/", (_req, res) => void res.writeHead(200, { "Content-Security-Policy": "script-src *" }).end(nonceOf(res)));
    const answer = await ask(await serve(one));
    expect(ours(answer)).toEqual({ "Content-Security-Policy": `script-src 'self' 'nonce-${answer.body}'` });
  });

  it("wins against a wrapper of writeHead that was there first", async () => {
    const one = express();
    one.disable("x-powered-by");
    one.use((_req, res, next) => {
      const inner = res.writeHead;
      res.writeHead = function (this: typeof res, ...args: unknown[]) {
        this.setHeader("X-Frame-Options", "ALLOWALL");
        this.removeHeader("Referrer-Policy");
        return inner.apply(this, args as never);
      } as never;
      next();
    });
    one.use(site(), sealHeaders(), (_req, res) => void res.send("x"));
    expect(ours(await ask(await serve(one)))).toEqual(SITE);
  });

  it("lets express-session set its cookie, mounted before and after", async () => {
    const options = { secret: "s", resave: false, saveUninitialized: true };
    for (const order of [
      [session(options), site(), sealHeaders()],
      [site(), sealHeaders(), session(options)],
    ]) {
      const one = express();
      one.use(...(order as express.RequestHandler[]), (_req, res) => void res.send("x"));
      const { "Set-Cookie": cookie, ...rest } = ours(await ask(await serve(one)));
      expect([cookie?.split("=")[0], rest]).toEqual(["connect.sid", SITE]);
    }
  });

  it("is no use before securityHeaders, and says so", async () => {
    const one = express();
    one.use(sealHeaders(), site());
    one.use(tellError);
    expect(JSON.parse((await ask(await serve(one))).body)).toEqual({
      name: "PolicyError",
      code: "no-policy",
      path: "sealHeaders",
      message: "sealHeaders: there is no policy in force on this response. Write app.use(securityHeaders()) before this route.",
    });
  });

  it("is refused after the headers are sent", async () => {
    const one = express();
    const codes: unknown[] = [];
    one.use(
      site(),
      (_req, res, next) => {
        res.write("x");
        next();
      },
      sealHeaders(),
    );
    one.use(((error, _req, res, _next) => {
      codes.push(error.code);
      res.end();
    }) as express.ErrorRequestHandler);
    await ask(await serve(one));
    expect(codes).toEqual(["headers-sent"]);
  });
});

const PROXIES: [string, (target: string) => express.RequestHandler][] = [
  ["http-proxy-middleware", (target) => createProxyMiddleware({ target, logger: { info() {}, warn() {}, error() {} } }) as never],
  [
    "httpxy",
    (target) => {
      const proxy = createProxyServer({ target });
      return (req, res, next) => void proxy.web(req, res).catch(next);
    },
  ],
];

describe.each(EXPRESSES.flatMap((one) => PROXIES.map(([proxy, to]) => ({ ...one, proxy, to }))))(
  "an answer proxied by $proxy under $version",
  ({ express, to }) => {
    async function proxied(port: number, ...middleware: readonly express.RequestHandler[]) {
      const one = express();
      one.set("env", "test");
      one.use(site(), sealHeaders(), ...middleware, to(`http://127.0.0.1:${port}`));
      one.use(((_error, _req, res, _next) => void res.status(502).end("bad gateway")) as express.ErrorRequestHandler);
      return serve(one);
    }

    it("carries the policy once, without what is stripped, and all else of the upstream", async () => {
      const answer = await ask(await proxied(await upstream()));
      const headers = Object.fromEntries(Object.entries(ours(answer)).map(([name, value]) => [name.toLowerCase(), value]));
      expect(headers).toEqual({
        "set-cookie": "b=2",
        "content-security-policy": "default-src 'self'",
        "strict-transport-security": "max-age=300",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-site",
      });
      expect(answer.body).toBe("upstream");
      expect(Object.entries(counts(answer.names)).filter(([, times]) => times > 1)).toEqual([["set-cookie", 2]]);
    });

    it("does not carry what the route has switched off", async () => {
      const answer = await ask(await proxied(await upstream(), override({ xFrameOptions: false, contentSecurityPolicy: false })));
      expect(Object.keys(counts(answer.names)).filter((name) => /^(?:x-frame|content-security)/.test(name))).toEqual([]);
    });

    it("is the policy's where the proxy itself says that nobody answers", async () => {
      const answer = await ask(await proxied(await deadPort()));
      expect(answer.status).toBeGreaterThanOrEqual(500);
      expect(ours(answer)).toEqual(SITE);
    });
  },
);

it("a WebSocket through a sealed proxy opens, and its messages come back", async () => {
  const { express } = EXPRESSES[0];
  const target = http.createServer();
  new WebSocketServer({ server: target }).on("connection", (socket) => socket.on("message", (data) => socket.send(`echo ${data}`)));
  const targetPort = await listen(target);
  const proxy = createProxyMiddleware({ target: `http://127.0.0.1:${targetPort}`, ws: true });
  const one = express();
  one.use(site(), sealHeaders(), proxy as never);
  const server = http.createServer(one).on("upgrade", proxy.upgrade as never);
  const port = await listen(server);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  const told = await new Promise((resolve, reject) => {
    socket.on("open", () => socket.send("hello"));
    socket.on("message", (data) => resolve(String(data)));
    socket.on("error", reject);
  });
  socket.close();
  expect(told).toBe("echo hello");
});

describe("a sealed response", () => {
  const careless: http.RequestListener = (_req, res) => void res.writeHead(200, { "x-frame-options": "ALLOWALL", Server: "s" }).end("x");

  it("is the policy's under Connect", async () => {
    const one = connect();
    one.use(site() as never);
    one.use(sealHeaders() as never);
    one.use(careless as never);
    expect(ours(await ask(await serve(one)))).toEqual(SITE);
  });

  it("is the policy's in plain node:http, over TLS too", async () => {
    const policy = site();
    const seal = sealHeaders();
    const listener: http.RequestListener = (req, res) => {
      policy(req, res);
      seal(req, res);
      careless(req, res);
    };
    expect(ours(await ask(await serve(listener)))).toEqual(SITE);
    expect(ours(await ask(await serveSecurely(listener), "/", { secure: true }))).toEqual(SITE);
  });

  it.each<[string, (res: http2.Http2ServerResponse) => void]>([
    ["with writeHead", (res) => void res.writeHead(200, { "x-frame-options": "ALLOWALL", server: "s" }).end("x")],
    ["with writeHead and a list", (res) => void res.writeHead(200, ["x-frame-options", "ALLOWALL"] as never).end("x")],
    [
      "by end alone",
      (res) => {
        res.setHeader("x-frame-options", "ALLOWALL");
        res.end("x");
      },
    ],
    [
      "by writing",
      (res) => {
        res.setHeader("x-frame-options", "ALLOWALL");
        res.write("x");
        res.end("x");
      },
    ],
    [
      "by flushing",
      (res) => {
        res.setHeader("x-frame-options", "ALLOWALL");
        (res as unknown as http.ServerResponse).flushHeaders();
        res.end("x");
      },
    ],
  ])("is the policy's over http/2, written %s", async (_, answer) => {
    const policy = site();
    const seal = sealHeaders();
    const server = http2.createServer((req, res) => {
      policy(req, res);
      seal(req, res);
      answer(res);
    });
    const { date: __, ...headers } = (await ask2(connect2(await listen(server)))).headers;
    expect(headers).toEqual(SITE2);
  });

  it("is the policy's over http/2, where Node makes 200 of a status that is no number", async () => {
    const policy = site();
    const seal = sealHeaders();
    const server = http2.createServer((req, res) => {
      policy(req, res);
      seal(req, res);
      res.writeHead(Number.NaN, { "x-frame-options": "ALLOWALL" }).end("x");
    });
    const { status, headers } = await ask2(connect2(await listen(server)));
    const { date: __, ...rest } = headers;
    expect([status, rest]).toEqual([200, SITE2]);
  });

  it.each([99, 600, 1000])("leaves no header behind over http/2 either, where Node refuses status %d", async (status) => {
    const policy = site();
    const seal = sealHeaders();
    const server = http2.createServer((req, res) => {
      policy(req, res);
      seal(req, res);
      try {
        res.writeHead(status, { "x-page": "1" });
      } catch {
        res.statusCode = 500;
      }
      res.end("x");
    });
    const { status: sent, headers } = await ask2(connect2(await listen(server)));
    const { date: __, ...rest } = headers;
    expect([sent, rest]).toEqual([500, SITE2]);
  });

  class Own extends http.ServerResponse {
    override writeHead(status: number, ...rest: unknown[]): this {
      this.setHeader("X-Frame-Options", "ALLOWALL");
      this.removeHeader("Referrer-Policy");
      return super.writeHead(status, ...(rest as [])) as this;
    }
  }

  it.each<[string, http.RequestListener]>([
    ["end", (_req, res) => void res.end("x")],
    ["writeHead", (_req, res) => void res.writeHead(200, { "X-Frame-Options": "X" }).end("x")],
  ])("is the policy's where a class of the server's own sets headers in its writeHead, by %s", async (_, answer) => {
    const policy = site();
    const seal = sealHeaders();
    const server = http.createServer({ ServerResponse: Own as never }, (req, res) => {
      policy(req, res);
      seal(req, res);
      answer(req, res);
    });
    expect(ours(await ask(await listen(server)))).toEqual(SITE);
  });

  it("takes a perRequest source once, and keeps it", async () => {
    let calls = 0;
    const slot = perRequest(() => {
      calls += 1;
      return `https://cdn${calls}.example`;
    });
    const policy = securityHeaders(
      "none",
      { contentSecurityPolicy: { defaultSrc: ["self"] } },
      { contentSecurityPolicy: { imgSrc: append(slot) } },
    );
    const seal = sealHeaders();
    const port = await serve((req, res) => {
      policy(req, res);
      seal(req, res);
      res.writeHead(200, { "Content-Security-Policy": "img-src *" }).end();
    });
    expect([ours(await ask(port)), calls]).toEqual([
      { "Content-Security-Policy": "default-src 'self'; img-src 'self' https://cdn1.example" },
      1,
    ]);
  });

  it("needs the call: app.use(sealHeaders) is told what to write", () => {
    const res = { setHeader() {} };
    expect(() => (sealHeaders as (...args: unknown[]) => unknown)({}, res, () => undefined)).toThrow(
      expect.objectContaining({ code: "not-called", hint: "Write app.use(sealHeaders())." }),
    );
  });
});
