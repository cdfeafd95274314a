import http from "node:http";
import http2 from "node:http2";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import connect from "connect";
import type express from "express";
import request from "supertest";
import { describe, expect, it } from "vitest";
import { override, securityHeaders } from "../../src/index.js";
import { ask, ask2, CERTIFICATE, connect2, EXPRESSES, hangUp, listen, ours, PUBLIC, say, serve, serveSecurely } from "./support.js";

const site = () =>
  securityHeaders("none", {
    contentSecurityPolicy: { defaultSrc: ["self"], frameAncestors: ["none"] },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
    xFrameOptions: "DENY",
    xContentTypeOptions: true,
    referrerPolicy: "no-referrer",
    permissionsPolicy: { camera: [] },
    stripHeaders: ["X-Powered-By"],
  });

const SITE = {
  "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  "X-Frame-Options": "DENY",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": "camera=()",
};

/** What is left where Express, Connect or serve-static answers with a page of its own. */
const THEIR_PAGE = {
  "Content-Security-Policy": "default-src 'none'",
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  "X-Frame-Options": "DENY",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": "camera=()",
};

/** The same by http/2's names. */
const SITE2 = {
  "content-security-policy": "default-src 'self'; frame-ancestors 'none'",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "permissions-policy": "camera=()",
};

const PAGE = path.join(PUBLIC, "page.txt");

/** Text without end, a piece every few milliseconds. */
async function* endless(): AsyncGenerator<string> {
  for (;;) {
    yield "more\n";
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const ownErrorHandler: express.ErrorRequestHandler = (error: Error, _req, res, _next) =>
  void res.status(500).send(`Sorry: ${error.message}`);

describe.each(EXPRESSES)("$version", ({ version, express }) => {
  /** An app with the site's policy in front, whose own error pages are not printed to the log. */
  function appWith(set: (app: express.Express) => void): express.Express {
    const app = express();
    app.set("env", "test");
    app.use(site());
    set(app);
    return app;
  }

  async function answerOf(handler: express.RequestHandler, question: Parameters<typeof ask>[2] = {}) {
    return ask(await serve(appWith((app) => app.all("/page", handler))), "/page", question);
  }

  it("sends the headers with a 200", async () => {
    const answer = await answerOf((_req, res) => void res.send("A page."));
    expect([answer.status, ours(answer), answer.body]).toEqual([200, SITE, "A page."]);
  });

  it("writes the names in Title-Case, each once", async () => {
    const { names } = await answerOf((_req, res) => void res.send("A page."));
    expect(names.slice(0, 6)).toEqual([
      "Content-Security-Policy",
      "Strict-Transport-Security",
      "X-Frame-Options",
      "X-Content-Type-Options",
      "Referrer-Policy",
      "Permissions-Policy",
    ]);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  });

  it("shows the same to supertest", async () => {
    const app = appWith((one) => one.get("/", (_req, res) => void res.send("A page.")));
    const { headers } = await request(app).get("/").expect(200).expect("X-Frame-Options", "DENY");
    expect(headers).toMatchObject(SITE2);
    expect(headers).not.toHaveProperty("x-powered-by");
  });

  it("sends the headers with a 204", async () => {
    const answer = await answerOf((_req, res) => void res.sendStatus(204));
    expect([answer.status, ours(answer), answer.body]).toEqual([204, SITE, ""]);
  });

  it("sends the headers with a part of a file, 206", async () => {
    const answer = await answerOf((_req, res) => res.sendFile(PAGE, { cacheControl: false }), { headers: { Range: "bytes=0-1" } });
    expect([answer.status, ours(answer), answer.body]).toEqual([206, SITE, "A "]);
  });

  it("sends the headers with a whole file", async () => {
    const answer = await answerOf((_req, res) => res.sendFile(PAGE, { cacheControl: false }));
    expect([answer.status, ours(answer), answer.body]).toEqual([200, SITE, "A page.\n"]);
  });

  it("sends the headers with a file from a static directory", async () => {
    const app = appWith((one) => one.use(express.static(PUBLIC, { cacheControl: false })));
    const answer = await ask(await serve(app), "/page.txt");
    expect([answer.status, ours(answer), answer.body]).toEqual([200, SITE, "A page.\n"]);
  });

  it("sends the headers with the handler's own redirect, 301", async () => {
    const answer = await answerOf((_req, res) => res.redirect(301, "/elsewhere"));
    expect([answer.status, answer.headers["Location"], ours(answer)]).toEqual([301, "/elsewhere", SITE]);
  });

  it("sends the headers with a 304 of a page", async () => {
    const port = await serve(appWith((app) => app.get("/page", (_req, res) => void res.send("A page."))));
    const { headers } = await ask(port, "/page");
    const answer = await ask(port, "/page", { headers: { "If-None-Match": headers["ETag"] } });
    expect([answer.status, ours(answer), answer.body]).toEqual([304, SITE, ""]);
  });

  it("sends the headers with a 304 of a file", async () => {
    const port = await serve(appWith((app) => app.use(express.static(PUBLIC, { cacheControl: false }))));
    const { headers } = await ask(port, "/page.txt");
    const answer = await ask(port, "/page.txt", { headers: { "If-None-Match": headers["ETag"] } });
    expect([answer.status, ours(answer), answer.body]).toEqual([304, SITE, ""]);
  });

  it("sends the headers with a 403 from a middleware", async () => {
    const app = appWith((one) => {
      one.use((_req, res) => void res.status(403).send("Not for you."));
      one.get("/page", (_req, res) => void res.send("A page."));
    });
    const answer = await ask(await serve(app), "/page");
    expect([answer.status, ours(answer), answer.body]).toEqual([403, SITE, "Not for you."]);
  });

  it("sends the headers with a 404 of the site's own", async () => {
    const app = appWith((one) => one.use((_req, res) => void res.status(404).send("Not here.")));
    const answer = await ask(await serve(app), "/nowhere");
    expect([answer.status, ours(answer), answer.body]).toEqual([404, SITE, "Not here."]);
  });

  it("keeps all but the CSP with Express's own 404", async () => {
    const answer = await ask(await serve(appWith(() => undefined)), "/nowhere");
    expect([answer.status, ours(answer)]).toEqual([404, THEIR_PAGE]);
  });

  it("sends the headers with a thrown 500 that the site's own handler answers", async () => {
    const app = appWith((one) => {
      one.get("/page", () => {
        throw new Error("broken");
      });
      one.use(ownErrorHandler);
    });
    const answer = await ask(await serve(app), "/page");
    expect([answer.status, ours(answer), answer.body]).toEqual([500, SITE, "Sorry: broken"]);
  });

  it("keeps all but the CSP with Express's own 500", async () => {
    const answer = await answerOf(() => {
      throw new Error("broken");
    });
    expect([answer.status, ours(answer)]).toEqual([500, THEIR_PAGE]);
  });

  it("sends the headers with a 500 after an async rejection", async () => {
    const failing: express.RequestHandler =
      version === "Express 5"
        ? async () => Promise.reject(new Error("rejected"))
        : (_req, _res, next) => void Promise.reject(new Error("rejected")).catch(next);
    const app = appWith((one) => {
      one.get("/page", failing);
      one.use(ownErrorHandler);
    });
    const answer = await ask(await serve(app), "/page");
    expect([answer.status, ours(answer), answer.body]).toEqual([500, SITE, "Sorry: rejected"]);
  });

  it("keeps all but the CSP with Express's own 500 after an async rejection", async () => {
    const answer = await answerOf(
      version === "Express 5"
        ? async () => Promise.reject(new Error("rejected"))
        : (_req, _res, next) => void Promise.reject(new Error("rejected")).catch(next),
    );
    expect([answer.status, ours(answer)]).toEqual([500, THEIR_PAGE]);
  });

  it("keeps all but the CSP with a static directory's own 301", async () => {
    const app = appWith((one) => one.use(express.static(PUBLIC, { cacheControl: false })));
    const answer = await ask(await serve(app), "/folder");
    expect([answer.status, answer.headers["Location"], ours(answer)]).toEqual([301, "/folder/", THEIR_PAGE]);
  });

  it("keeps all but the CSP with a range that the file does not have, 416", async () => {
    const answer = await answerOf((_req, res) => res.sendFile(PAGE, { cacheControl: false }), { headers: { Range: "bytes=900-" } });
    expect([answer.status, ours(answer)]).toEqual([416, THEIR_PAGE]);
  });

  it("sends the headers with a stream", async () => {
    const answer = await answerOf((_req, res) => void Readable.from(["one, ", "two"]).pipe(res));
    expect([answer.status, ours(answer), answer.body]).toEqual([200, SITE, "one, two"]);
  });

  it("sends the headers beside those of writeHead", async () => {
    const answer = await answerOf((_req, res) => void res.writeHead(200, { "Content-Type": "text/plain", "X-Own": "1" }).end("Text."));
    expect([answer.status, ours(answer), answer.body]).toEqual([200, { ...SITE, "X-Own": "1" }, "Text."]);
  });

  it("lets writeHead have the last word on a header", async () => {
    const answer = await answerOf((_req, res) => void res.writeHead(200, { "X-Frame-Options": "SAMEORIGIN" }).end());
    expect(ours(answer)).toEqual({ ...SITE, "X-Frame-Options": "SAMEORIGIN" });
  });

  it("sends the headers to HEAD", async () => {
    const answer = await answerOf((_req, res) => void res.send("A page."), { method: "HEAD" });
    expect([answer.status, ours(answer), answer.body]).toEqual([200, SITE, ""]);
  });

  it("sends the headers with Express's own answer to OPTIONS", async () => {
    const app = appWith((one) => one.get("/page", (_req, res) => void res.send("A page.")));
    const answer = await ask(await serve(app), "/page", { method: "OPTIONS" });
    expect([answer.status, ours(answer)]).toEqual([200, SITE]);
  });

  it("sends the headers under a sub-app", async () => {
    const inner = express();
    inner.disable("x-powered-by");
    inner.get("/page", override({ xFrameOptions: "SAMEORIGIN" }), (_req, res) => void res.send("A page."));
    const answer = await ask(await serve(appWith((one) => one.use("/inner", inner))), "/inner/page");
    expect(ours(answer)).toEqual({ ...SITE, "X-Frame-Options": "SAMEORIGIN" });
  });

  it("sends the headers to a client of HTTP/1.0", async () => {
    const port = await serve(appWith((app) => app.get("/page", (_req, res) => void res.send("A page."))));
    expect(await say(port, ["GET /page HTTP/1.0"])).toContain("\r\nX-Frame-Options: DENY\r\n");
  });

  it("survives a client that hangs up midway", async () => {
    const app = appWith((one) => {
      one.get("/endless", (_req, res) => void pipeline(Readable.from(endless()), res).catch(() => undefined));
      one.get("/page", (_req, res) => void res.send("A page."));
    });
    const port = await serve(app);
    await hangUp(port, "/endless", "midway");
    const answer = await ask(port, "/page");
    expect([answer.status, ours(answer)]).toEqual([200, SITE]);
  });

  it("survives a client that hangs up before the policy is in force", async () => {
    const errors: unknown[] = [];
    let reached = 0;
    const app = express();
    app.use("/slow", (req, _res, next) => void req.socket.once("close", () => next()));
    app.use(site());
    app.use("/slow", override({ xFrameOptions: "SAMEORIGIN" }), (_req, res) => {
      reached += 1;
      res.send("To nobody.");
    });
    app.get("/page", (_req, res) => void res.send("A page."));
    app.use(((error, _req, _res, _next) => errors.push(error)) as express.ErrorRequestHandler);
    const port = await serve(app);
    await hangUp(port, "/slow", "at once");
    await expect.poll(() => reached).toBe(1);
    const answer = await ask(port, "/page");
    expect([errors, answer.status, ours(answer)]).toEqual([[], 200, SITE]);
  });

  it("keeps the headers of twenty requests at once apart", async () => {
    const app = appWith((one) => {
      one.get("/framed", override({ xFrameOptions: "SAMEORIGIN" }), (_req, res) => void setTimeout(() => res.send("A page."), 5));
      one.get("/page", (_req, res) => void setTimeout(() => res.send("A page."), 5));
    });
    const port = await serve(app);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(port, index % 2 === 0 ? "/page" : "/framed")));
    expect(answers.map(({ headers }) => headers["X-Frame-Options"])).toEqual(
      Array.from({ length: 10 }, () => ["DENY", "SAMEORIGIN"]).flat(),
    );
  });
});

describe("Connect", () => {
  const appWith = (set: (app: connect.Server) => void): connect.Server => {
    const app = connect();
    app.use(site());
    set(app);
    return app;
  };

  it("sends the headers with a 200", async () => {
    const answer = await ask(await serve(appWith((app) => app.use("/page", (_req, res) => void res.end("A page.")))), "/page");
    expect([answer.status, ours(answer), answer.body]).toEqual([200, SITE, "A page."]);
  });

  it("takes an override on a path", async () => {
    const app = appWith((one) => {
      one.use("/page", override({ xFrameOptions: false }));
      one.use("/page", (_req, res) => void res.end("A page."));
    });
    const { "X-Frame-Options": _, ...others } = SITE;
    expect(ours(await ask(await serve(app), "/page"))).toEqual(others);
  });

  it("keeps all but the CSP with Connect's own 404", async () => {
    const answer = await ask(await serve(appWith(() => undefined)), "/nowhere");
    expect([answer.status, ours(answer)]).toEqual([404, THEIR_PAGE]);
  });

  it("keeps all but the CSP with Connect's own 500", async () => {
    const app = appWith((one) =>
      one.use((_req, _res, next) => {
        next(new Error("broken"));
      }),
    );
    const answer = await ask(await serve(app), "/");
    expect([answer.status, ours(answer)]).toEqual([500, THEIR_PAGE]);
  });

  it("sends the headers with a 500 of the site's own", async () => {
    const app = appWith((one) => {
      one.use((_req, _res, next) => next(new Error("broken")));
      one.use((error: Error, _req: connect.IncomingMessage, res: http.ServerResponse, _next: connect.NextFunction) => {
        res.statusCode = 500;
        res.end(`Sorry: ${error.message}`);
      });
    });
    const answer = await ask(await serve(app), "/");
    expect([answer.status, ours(answer), answer.body]).toEqual([500, SITE, "Sorry: broken"]);
  });
});

describe("node:http", () => {
  it("sends the headers without a next", async () => {
    const protect = site();
    const port = await serve((req, res) => {
      protect(req, res);
      res.end("A page.");
    });
    const answer = await ask(port);
    expect([answer.status, ours(answer), answer.body]).toEqual([200, SITE, "A page."]);
  });

  it("calls next without an argument, once, before it returns", async () => {
    const protect = site();
    const calls: unknown[][] = [];
    const port = await serve((req, res) => {
      protect(req, res, (...args) => calls.push(args));
      calls.push(["returned"]);
      res.end("A page.");
    });
    const answer = await ask(port);
    expect([calls, ours(answer)]).toEqual([[[], ["returned"]], SITE]);
  });

  it("takes overrides without a next", async () => {
    const protect = site();
    const framed = override({ xFrameOptions: "SAMEORIGIN", referrerPolicy: false });
    const port = await serve((req, res) => {
      protect(req, res);
      framed(req, res);
      res.end("A page.");
    });
    const { "Referrer-Policy": _, ...others } = SITE;
    expect(ours(await ask(port))).toEqual({ ...others, "X-Frame-Options": "SAMEORIGIN" });
  });

  it.each([200, 204, 301, 304, 403, 404, 500])("sends the headers with a %i through writeHead", async (status) => {
    const protect = site();
    const port = await serve((req, res) => {
      protect(req, res);
      res.writeHead(status).end();
    });
    const answer = await ask(port);
    expect([answer.status, ours(answer)]).toEqual([status, SITE]);
  });

  it("sends the headers beside a list of writeHead", async () => {
    const protect = site();
    const port = await serve((req, res) => {
      protect(req, res);
      res.writeHead(200, ["X-Own", "1"]).end();
    });
    expect(ours(await ask(port))).toEqual({ ...SITE, "X-Own": "1" });
  });

  it("sends the headers over TLS", async () => {
    const protect = site();
    const port = await serveSecurely((req, res) => {
      protect(req, res);
      res.end("A page.");
    });
    expect(ours(await ask(port, "/", { secure: true }))).toEqual(SITE);
  });

  it("can be the server's listener itself, behind another that answers", async () => {
    const server = http.createServer(site());
    server.on("request", (_req, res) => res.end("A page."));
    expect(ours(await ask(await listen(server)))).toEqual(SITE);
  });

  it("survives a client that hangs up midway", async () => {
    const protect = site();
    const port = await serve((req, res) => {
      protect(req, res);
      if (req.url === "/endless") void pipeline(Readable.from(endless()), res).catch(() => undefined);
      else res.end("A page.");
    });
    await hangUp(port, "/endless", "midway");
    expect(ours(await ask(port))).toEqual(SITE);
  });
});

describe.each([
  { kind: "in the clear", secure: false },
  { kind: "over TLS", secure: true },
])("node:http2 $kind", ({ secure }) => {
  type Listener = (req: http2.Http2ServerRequest, res: http2.Http2ServerResponse) => void;
  const serve2 = (listener: Listener) => listen(secure ? http2.createSecureServer(CERTIFICATE, listener) : http2.createServer(listener));

  it("sends the headers without a next", async () => {
    const protect = site();
    const port = await serve2((req, res) => {
      protect(req, res);
      res.end("A page.");
    });
    const answer = await ask2(connect2(port, secure));
    expect([answer.status, ours(answer), answer.body]).toEqual([200, SITE2, "A page."]);
  });

  it("sends the headers with a next, beside those of writeHead", async () => {
    const protect = site();
    const port = await serve2((req, res) => {
      protect(req, res, () => void res.writeHead(404, { "x-own": "1" }).end("Not here."));
    });
    const answer = await ask2(connect2(port, secure));
    expect([answer.status, ours(answer), answer.body]).toEqual([404, { ...SITE2, "x-own": "1" }, "Not here."]);
  });

  it("takes overrides", async () => {
    const protect = site();
    const framed = override({ xFrameOptions: false, contentSecurityPolicy: { frameAncestors: ["https://partner.example"] } });
    const port = await serve2((req, res) => {
      protect(req, res);
      framed(req, res);
      res.end("A page.");
    });
    const { "x-frame-options": _, ...others } = SITE2;
    expect(ours(await ask2(connect2(port, secure)))).toEqual({
      ...others,
      "content-security-policy": "default-src 'self'; frame-ancestors https://partner.example",
    });
  });

  it("sends the headers to HEAD", async () => {
    const protect = site();
    const port = await serve2((req, res) => {
      protect(req, res);
      res.end();
    });
    expect(ours(await ask2(connect2(port, secure), { ":method": "HEAD" }))).toEqual(SITE2);
  });

  it("serves several requests of one connection", async () => {
    const protect = site();
    const port = await serve2((req, res) => {
      protect(req, res);
      res.end(req.url);
    });
    const session = connect2(port, secure);
    const answers = await Promise.all(["/a", "/b", "/c"].map((one) => ask2(session, { ":path": one })));
    expect(answers.map((answer) => [answer.body, ours(answer)])).toEqual([
      ["/a", SITE2],
      ["/b", SITE2],
      ["/c", SITE2],
    ]);
  });

  it("survives a client that hangs up midway", async () => {
    const protect = site();
    const port = await serve2((req, res) => {
      protect(req, res);
      if (req.url === "/endless") void pipeline(Readable.from(endless()), res).catch(() => undefined);
      else res.end("A page.");
    });
    const session = connect2(port, secure);
    await new Promise<void>((resolve) => {
      const stream = session.request({ ":path": "/endless" });
      stream.on("data", () => stream.close(http2.constants.NGHTTP2_CANCEL));
      stream.on("error", () => undefined);
      stream.on("close", () => resolve());
    });
    expect(ours(await ask2(session))).toEqual(SITE2);
  });

  it("survives a client that hangs up before the policy is in force", async () => {
    const protect = site();
    const framed = override({ xFrameOptions: "SAMEORIGIN" });
    const late: unknown[] = [];
    const port = await serve2((req, res) => {
      const answer = () => {
        try {
          protect(req, res);
          framed(req, res);
        } catch (error) {
          late.push(error);
        }
        late.push("done");
      };
      if (req.url === "/slow") req.stream.on("close", () => setImmediate(answer));
      else {
        protect(req, res);
        res.end("A page.");
      }
    });
    const session = connect2(port, secure);
    const stream = session.request({ ":path": "/slow" });
    stream.on("error", () => undefined);
    setTimeout(() => stream.close(http2.constants.NGHTTP2_CANCEL), 30);
    await expect.poll(() => late.at(-1)).toBe("done");
    expect([late, ours(await ask2(session))]).toEqual([["done"], SITE2]);
  });
});

it("serves a client of http/1.1 from a secure http/2 server", async () => {
  const protect = site();
  const server = http2.createSecureServer({ ...CERTIFICATE, allowHTTP1: true }, (req, res) => {
    protect(req, res);
    res.end("A page.");
  });
  expect(ours(await ask(await listen(server), "/", { secure: true }))).toEqual(SITE);
});
