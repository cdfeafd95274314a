import http from "node:http";
import http2 from "node:http2";
import connect from "connect";
import type express from "express";
import session from "express-session";
import { describe, expect, it } from "vitest";
import {
  append,
  type Middleware,
  nonce,
  nonceOf,
  observe,
  override,
  perRequest,
  sealHeaders,
  secureCookies,
  securityHeaders,
} from "../../src/index.js";
import { ask, ask2, connect2, EXPRESSES, listen, ours, PUBLIC, serve } from "./support.js";

const site = () => securityHeaders("none", { contentSecurityPolicy: { scriptSrc: ["self", nonce] }, xFrameOptions: "DENY" });

/** What is left of that policy on a 304: a cached page keeps the nonce with which its scripts were stamped. */
const LEFT = { "X-Frame-Options": "DENY" };

type Handler = (req: http.IncomingMessage, res: http.ServerResponse) => void;

/** What a plain node:http server sends with its 304. */
async function sent(chain: readonly (Middleware | Handler)[]): Promise<Record<string, string>> {
  const port = await serve((req, res) => {
    for (const step of chain) (step as Handler)(req, res);
  });
  const answer = await ask(port);
  expect(answer.status).toBe(304);
  return ours(answer);
}

const end: Handler = (_req, res) => {
  res.statusCode = 304;
  res.end();
};

describe("a 304 carries no header with a nonce", () => {
  it.each<[string, Handler]>([
    ["res.statusCode and res.end", end],
    ["res.writeHead", (_req, res) => void res.writeHead(304).end()],
    ["res.writeHead with the status as a text", (_req, res) => void res.writeHead("304" as never).end()],
    ["res.writeHead with a reason", (_req, res) => void res.writeHead(304, "Still the same").end()],
    [
      "res.writeHead with the headers that stand already",
      (_req, res) => void res.writeHead(304, { "Content-Security-Policy": res.getHeader("Content-Security-Policy") }).end(),
    ],
    [
      "res.writeHead with a list of them",
      (_req, res) => void res.writeHead(304, ["content-security-policy", String(res.getHeader("Content-Security-Policy"))]).end(),
    ],
    [
      "res.flushHeaders",
      (_req, res) => {
        res.statusCode = 304;
        res.flushHeaders();
        res.end();
      },
    ],
    [
      "a CSP of the handler's own with the nonce in it",
      (_req, res) => {
        res.setHeader("Content-Security-Policy", ["default-src 'none'", `script-src 'nonce-${nonceOf(res)}'`]);
        end(_req, res);
      },
    ],
  ])("by %s", async (_, handler) => {
    expect(await sent([site(), handler])).toEqual(LEFT);
  });

  it("keeps what comes with writeHead beside it, the reason too", async () => {
    const policy = site();
    const port = await serve((req, res) => {
      policy(req, res);
      res.writeHead(304, "Still the same", { "X-One": "1" }).end();
    });
    const text = await new Promise<string>((resolve) => {
      http.get({ port, agent: false }, (response) => resolve(`${response.statusMessage} ${response.headers["x-one"]}`));
    });
    expect(text).toBe("Still the same 1");
  });

  it("keeps a CSP of the handler's own that has no nonce", async () => {
    const own: Handler = (_req, res) => res.setHeader("Content-Security-Policy", "default-src 'none'");
    expect(await sent([site(), own, end])).toEqual({ ...LEFT, "Content-Security-Policy": "default-src 'none'" });
  });

  it("keeps a report-only CSP that has no nonce beside the one that has", async () => {
    const policy = securityHeaders(
      "none",
      { contentSecurityPolicy: { scriptSrc: [nonce] } },
      observe("none", { contentSecurityPolicy: { scriptSrc: ["self"] } }),
    );
    expect(await sent([policy, end])).toEqual({ "Content-Security-Policy-Report-Only": "script-src 'self'" });
  });

  it("leaves out a report-only CSP that has the nonce", async () => {
    const policy = securityHeaders(
      "none",
      { contentSecurityPolicy: { scriptSrc: ["self"] } },
      observe("none", { contentSecurityPolicy: { scriptSrc: [nonce] } }),
    );
    expect(await sent([policy, end])).toEqual({ "Content-Security-Policy": "script-src 'self'" });
  });

  it("keeps what a perRequest function gave", async () => {
    const policy = securityHeaders("none", { contentSecurityPolicy: { scriptSrc: [perRequest(() => "https://a.example")] } });
    expect(await sent([policy, end])).toEqual({ "Content-Security-Policy": "script-src https://a.example" });
  });

  it("keeps the whole policy where an override has taken the nonce away", async () => {
    const none = override({ contentSecurityPolicy: { scriptSrc: ["self"] } });
    expect(await sent([site(), none, end])).toEqual({ ...LEFT, "Content-Security-Policy": "script-src 'self'" });
  });

  it("leaves out the nonce that an override has brought", async () => {
    const plain = securityHeaders("none", { contentSecurityPolicy: { scriptSrc: ["self"] }, xFrameOptions: "DENY" });
    expect(await sent([plain, override({ contentSecurityPolicy: { scriptSrc: append(nonce) } }), end])).toEqual(LEFT);
  });

  it("leaves out the nonce that a second policy has brought", async () => {
    expect(await sent([securityHeaders("none", { referrerPolicy: "origin" }), site(), end])).toEqual(LEFT);
  });

  it("leaves out the nonce of a policy that was put in force twice", async () => {
    expect(await sent([site(), site(), end])).toEqual(LEFT);
  });
});

describe("a 304 carries no header with a nonce, whatever else looks at the response", () => {
  /** As on-headers does it. */
  const foreign: Handler = (_req, res) => {
    const inner = res.writeHead;
    res.writeHead = function (this: http.ServerResponse, ...args: unknown[]) {
      this.setHeader("X-Foreign", "1");
      return inner.apply(this, args as never);
    } as never;
  };
  const cookie: Handler = (_req, res) => res.setHeader("Set-Cookie", "a=1; Secure; HttpOnly; SameSite=Lax");
  const resets: Handler = (_req, res) => res.setHeader("Content-Security-Policy", "script-src *");

  it.each<[string, () => readonly (Middleware | Handler)[], Record<string, string>]>([
    ["sealed", () => [site(), sealHeaders()], {}],
    ["sealed against a CSP of the handler's own", () => [site(), sealHeaders(), resets], {}],
    [
      "sealed before an override brings the nonce",
      () => [
        securityHeaders("none", { xFrameOptions: "DENY" }),
        sealHeaders(),
        override({ contentSecurityPolicy: { scriptSrc: [nonce] } }),
      ],
      {},
    ],
    ["behind secureCookies", () => [secureCookies(), site(), cookie], { "Set-Cookie": "a=1; Secure; HttpOnly; SameSite=Lax" }],
    ["before secureCookies", () => [site(), secureCookies(), cookie], { "Set-Cookie": "a=1; Secure; HttpOnly; SameSite=Lax" }],
    ["behind secureCookies and sealed", () => [secureCookies(), site(), sealHeaders()], {}],
    ["behind another wrapper of writeHead", () => [foreign, site()], { "X-Foreign": "1" }],
    ["before another wrapper of writeHead", () => [site(), foreign], { "X-Foreign": "1" }],
    ["behind another wrapper of writeHead and sealed", () => [foreign, site(), sealHeaders()], { "X-Foreign": "1" }],
    ["before another wrapper of writeHead and sealed", () => [site(), foreign, sealHeaders()], { "X-Foreign": "1" }],
    ["sealed, and then another wrapper of writeHead", () => [site(), sealHeaders(), foreign], { "X-Foreign": "1" }],
  ])("%s", async (_, chain, more) => {
    expect(await sent([...chain(), end])).toEqual({ ...LEFT, ...more });
  });
});

it("any other answer carries the nonce, however it is written", async () => {
  const policy = site();
  const port = await serve((req, res) => {
    policy(req, res);
    res.writeHead(req.url === "/204" ? 204 : 200, { "X-One": "1" }).end(req.url === "/204" ? "" : nonceOf(res));
  });
  const { body, headers } = await ask(port);
  expect(headers).toMatchObject({ "Content-Security-Policy": `script-src 'self' 'nonce-${body}'`, "X-One": "1" });
  expect(ours(await ask(port, "/204"))["Content-Security-Policy"]).toMatch(/^script-src 'self' 'nonce-[^']+'$/);
});

describe.each(EXPRESSES)("$version leaves the nonce out of a 304", ({ express }) => {
  async function revalidated(path: string, ...chain: readonly express.RequestHandler[]) {
    const app = express();
    app.disable("x-powered-by");
    app.use(...chain);
    app.use("/static", express.static(PUBLIC, { cacheControl: false }));
    app.get("/", (_req, res) => void res.send("A page."));
    const port = await serve(app);
    const first = await ask(port, path);
    expect(first.headers["Content-Security-Policy"]).toMatch(/^script-src 'self' 'nonce-/);
    const second = await ask(port, path, { headers: { "If-None-Match": first.headers["ETag"] } });
    expect(second.status).toBe(304);
    return ours(second);
  }

  it.each([
    ["that res.send found fresh", "/"],
    ["of express.static", "/static/page.txt"],
  ])("%s", async (_, path) => {
    expect(await revalidated(path, site())).toEqual(LEFT);
  });

  it.each([
    ["that res.send found fresh", "/"],
    ["of express.static", "/static/page.txt"],
  ])("%s, sealed", async (_, path) => {
    expect(await revalidated(path, site(), sealHeaders())).toEqual(LEFT);
  });

  it("beside express-session", async () => {
    const store = session({ secret: "s", resave: false, saveUninitialized: true });
    const { "Set-Cookie": _, ...rest } = await revalidated("/", store as express.RequestHandler, site());
    expect(rest).toEqual(LEFT);
  });
});

it("Connect leaves the nonce out of a 304", async () => {
  const app = connect();
  app.use(site() as never);
  app.use(end as never);
  expect(ours(await ask(await serve(app)))).toEqual(LEFT);
});

describe("http/2 leaves the nonce out of a 304", () => {
  it.each<[string, (res: http2.Http2ServerResponse) => void]>([
    ["by end", (res) => void Object.assign(res, { statusCode: 304 }).end()],
    ["by writeHead", (res) => void res.writeHead(304).end()],
    ["by writeHead with headers", (res) => void res.writeHead(304, res.getHeaders() as never).end()],
  ])("%s", async (_, answer) => {
    for (const chain of [[site()], [site(), sealHeaders()]]) {
      const server = http2.createServer((req, res) => {
        for (const step of chain) step(req, res);
        answer(res);
      });
      const { status, headers } = await ask2(connect2(await listen(server)));
      const { date: __, ...rest } = headers;
      expect([status, rest]).toEqual([304, { "x-frame-options": "DENY" }]);
    }
  });
});
