// One row for each framework: how it starts an application with a policy. What every application must do is in matrix.test.ts.
// A new adapter is one file in src/adapters, which the build finds there, and one row in ROWS.
import "reflect-metadata";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { Controller, Get, type INestApplication, Module, Req, Res } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import connect from "connect";
import express from "express";
import Fastify, { type FastifyReply } from "fastify";
import { type Context, Hono } from "hono";
import Koa from "koa";
import * as forFastify from "../../src/adapters/fastify.js";
import * as forFetch from "../../src/adapters/fetch.js";
import * as forKoa from "../../src/adapters/koa.js";
import { SecurityHeaders, secureNest } from "../../src/adapters/nest.js";
import { nonceOf, override, type Patch, type Policy, policyOf, renderHeaders, securityHeaders } from "../../src/index.js";
import { express4 } from "../http/support.js";

/** What a handler asks of its adapter. */
interface InForce {
  readonly nonceOf: () => string;
  readonly policyOf: () => Policy | undefined;
}

interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Readable;
}

const page = (body: Page["body"], headers = {}, status = 200): Page => ({ status, headers, body });

/** The pages of every application, by path. On "/embed" alone there is an override. */
const PAGES: Readonly<Record<string, (inForce: InForce) => Page>> = {
  "/page": () => page("A page."),
  "/embed": () => page("A page."),
  "/nonce": (inForce) => page(inForce.nonceOf()),
  "/policy": (inForce) => page(JSON.stringify(renderHeaders(inForce.policyOf() as Policy))),
  "/moved": () => page("", { Location: "/elsewhere" }, 302),
  "/stream": () => page(Readable.from(["A ", "streamed ", "page."].map((text) => Buffer.from(text)))),
  "/own": () => page("A page.", { "X-Frame-Options": "SAMEORIGIN" }),
  "/boom": () => {
    throw new Error("boom");
  },
};

/** An application that listens on 127.0.0.1. */
export interface Running {
  readonly port: number;
  readonly stop: () => Promise<unknown>;
}

/** A case in which the adapter sends other headers than the site's, as it documents. */
export interface Difference {
  readonly reason: string;
  readonly headers: (site: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
}

export interface Row {
  readonly framework: string;
  /** The file of src/adapters; undefined for the main entry. */
  readonly adapter: string | undefined;
  /** Starts an application that trusts its proxy, if the framework has a setting for it. */
  readonly start: (site: Policy, route: Patch) => Promise<Running>;
  readonly differs?: { readonly [C in "unknown route" | "thrown error" | "plain http"]?: Difference };
}

/** Listens on a free port. */
async function listening(server: http.Server): Promise<Running> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = async () => {
    server.closeAllConnections();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, stop };
}

/** A handler over Node's response. */
const writes = (path: string) => (_req: unknown, res: http.ServerResponse) => {
  const { status, headers, body } = (PAGES[path] as (inForce: InForce) => Page)({
    nonceOf: () => nonceOf(res),
    policyOf: () => policyOf(res),
  });
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.statusCode = status;
  if (typeof body === "string") res.end(body);
  else body.pipe(res);
};

type Mount = { use(path: string, ...handlers: unknown[]): unknown };

/** Express and Connect. */
function connectLike(make: () => unknown): Row["start"] {
  return (site, route) => {
    const app = make() as Mount & { use(middleware: unknown): unknown };
    app.use(securityHeaders(site));
    app.use("/embed", override(route));
    for (const path of Object.keys(PAGES)) app.use(path, writes(path));
    return listening(http.createServer(app as never));
  };
}

function trusting(make: typeof express) {
  return () => {
    const app = make();
    app.set("trust proxy", true);
    // Express prints errors elsewhere.
    app.set("env", "test");
    return app;
  };
}

const startNode: Row["start"] = (site, route) => {
  const secure = securityHeaders(site);
  const change = override(route);
  const server = http.createServer((req, res) => {
    secure(req, res);
    const path = req.url as string;
    if (path === "/embed") change(req, res);
    try {
      if (path in PAGES) writes(path)(req, res);
      else res.writeHead(404).end();
    } catch {
      res.writeHead(500).end();
    }
  });
  return listening(server);
};

const startKoa: Row["start"] = (site, route) => {
  const app = new Koa();
  app.proxy = true;
  app.silent = true;
  app.use(forKoa.securityHeaders(site));
  const change = forKoa.override(route);
  app.use((ctx, next) => (ctx.path === "/embed" ? change(ctx, next) : next()));
  app.use((ctx) => {
    const made = PAGES[ctx.path]?.({ nonceOf: () => forKoa.nonceOf(ctx), policyOf: () => forKoa.policyOf(ctx) });
    if (made === undefined) return;
    ctx.set(made.headers);
    ctx.status = made.status;
    ctx.body = made.body;
  });
  return listening(http.createServer(app.callback()));
};

const startFastify: Row["start"] = async (site, route) => {
  const app = Fastify({ trustProxy: true });
  await app.register(forFastify.securityHeaders(site));
  for (const [path, make] of Object.entries(PAGES)) {
    const config = path === "/embed" ? { securityHeaders: forFastify.override(route) } : {};
    app.get(path, { config }, (_request, reply) => {
      const inForce = { nonceOf: () => forFastify.nonceOf(reply), policyOf: () => forFastify.policyOf(reply) };
      return sendFastify(make(inForce), reply);
    });
  }
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { port: (app.server.address() as AddressInfo).port, stop: () => app.close() };
};

function sendFastify({ status, headers, body }: Page, reply: FastifyReply): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

/** What a handler of Fetch returns; in Hono its key is the context. */
function responseOf(path: string, key: Request | Context): Response {
  const inForce = { nonceOf: () => forFetch.nonceOf(key), policyOf: () => forFetch.policyOf(key) };
  const { status, headers, body } = (PAGES[path] as (inForce: InForce) => Page)(inForce);
  return new Response(typeof body === "string" ? body : (Readable.toWeb(body) as ReadableStream), { status, headers });
}

type Handler = (request: Request) => Response | Promise<Response>;

/** A runtime of Fetch handlers: it sends the response of the handler, and an error page of its own if that throws. */
function serveFetch(handler: Handler): Promise<Running> {
  const answer = async (req: http.IncomingMessage, res: http.ServerResponse) => {
    const headers = req.headers as Record<string, string>;
    const response = await handler(new Request(`http://${headers["host"]}${req.url}`, { method: req.method as string, headers }));
    res.writeHead(response.status, Object.fromEntries(response.headers));
    res.end(Buffer.from(await response.arrayBuffer()));
  };
  return listening(http.createServer((req, res) => void answer(req, res).catch(() => res.writeHead(500).end())));
}

const startHono: Row["start"] = (site, route) => {
  const app = new Hono();
  app.onError((_error, c) => c.text("Internal Server Error", 500));
  app.use(forFetch.securityHeaders(site));
  app.use("/embed", forFetch.override(route));
  for (const path of Object.keys(PAGES)) app.get(path, (c) => responseOf(path, c));
  return serveFetch((request) => app.fetch(request));
};

const startHandler: Row["start"] = (site, route) => {
  const embed = forFetch.override(route)((request: Request) => responseOf("/embed", request));
  const secured = forFetch.securityHeaders(site)((request: Request) => {
    const path = new URL(request.url).pathname;
    if (path === "/embed") return embed(request);
    return path in PAGES ? responseOf(path, request) : new Response("", { status: 404 });
  });
  return serveFetch(secured);
};

/** As Next calls `export const GET = securityHeaders(…)(handler)`: with a context; an unknown route never reaches a handler. */
const startNext: Row["start"] = (site, route) => {
  const secure = forFetch.securityHeaders(site);
  const change = forFetch.override(route);
  const routes = Object.keys(PAGES).map((path) => {
    const handler = async (request: Request, context: { params: Promise<object> }) => {
      await context.params;
      return responseOf(path, request);
    };
    return [path, path === "/embed" ? secure(change(handler)) : secure(handler)] as const;
  });
  const table = new Map(routes);
  return serveFetch((request) => {
    const GET = table.get(new URL(request.url).pathname);
    return GET === undefined ? new Response("", { status: 404 }) : GET(request, { params: Promise.resolve({}) });
  });
};

type Raw = { readonly raw?: http.ServerResponse };

/** A controller with a method for each page; its decorators are applied by hand, because the runner compiles none. */
function controllerOf(route: Patch) {
  class Pages {}
  for (const [path, make] of Object.entries(PAGES)) {
    const value = (_req: unknown, res: http.ServerResponse | FastifyReply) => {
      const raw = (res as Raw).raw ?? (res as http.ServerResponse);
      const made = make({ nonceOf: () => nonceOf(raw), policyOf: () => policyOf(raw) });
      if ("raw" in res) return void sendFastify(made, res);
      const { status, headers, body } = made;
      (res as express.Response).status(status).set(headers);
      if (typeof body === "string") res.end(body);
      else body.pipe(res);
    };
    const name = path.slice(1);
    const descriptor = { value, writable: true, configurable: true };
    Object.defineProperty(Pages.prototype, name, descriptor);
    Req()(Pages.prototype, name, 0);
    Res()(Pages.prototype, name, 1);
    Get(path)(Pages.prototype, name, descriptor);
    if (path === "/embed") SecurityHeaders(route)(Pages.prototype, name, descriptor);
  }
  Controller()(Pages);
  return Pages;
}

function startNest(adapter: () => ExpressAdapter | FastifyAdapter, trust: (app: INestApplication) => void): Row["start"] {
  return async (site, route) => {
    class AppModule {}
    Module({ controllers: [controllerOf(route)] })(AppModule);
    const app = await NestFactory.create(AppModule, adapter() as never, { logger: false });
    trust(app);
    secureNest(app, site);
    await app.listen(0, "127.0.0.1");
    return { port: (app.getHttpServer().address() as AddressInfo).port, stop: () => app.close() };
  };
}

/** finalhandler answers for Express and Connect, with a Content-Security-Policy of its own. */
const ERROR_PAGE: Difference = {
  reason: "the error page of the framework sets its own Content-Security-Policy",
  headers: (site) => ({ ...site, "content-security-policy": "default-src 'none'" }),
};
const NO_TRUST: Difference = { reason: "there is no setting that trusts X-Forwarded-Proto", headers: (site) => site };
const UNREACHED = (reason: string): Difference => ({ reason, headers: () => ({}) });
const RUNTIME = UNREACHED("the handler threw, and the runtime responds without it");

export const ROWS: readonly Row[] = [
  {
    framework: "Express 5",
    adapter: undefined,
    start: connectLike(trusting(express)),
    differs: { "unknown route": ERROR_PAGE, "thrown error": ERROR_PAGE },
  },
  {
    framework: "Express 4",
    adapter: undefined,
    start: connectLike(trusting(express4)),
    differs: { "unknown route": ERROR_PAGE, "thrown error": ERROR_PAGE },
  },
  {
    framework: "Connect",
    adapter: undefined,
    start: connectLike(connect),
    differs: { "unknown route": ERROR_PAGE, "thrown error": ERROR_PAGE, "plain http": NO_TRUST },
  },
  { framework: "node:http", adapter: undefined, start: startNode, differs: { "plain http": NO_TRUST } },
  { framework: "Koa", adapter: "koa", start: startKoa },
  { framework: "Fastify", adapter: "fastify", start: startFastify },
  { framework: "Hono", adapter: "fetch", start: startHono, differs: { "plain http": NO_TRUST } },
  {
    framework: "a Fetch handler",
    adapter: "fetch",
    start: startHandler,
    differs: { "thrown error": RUNTIME, "plain http": NO_TRUST },
  },
  {
    framework: "a route handler of Next",
    adapter: "fetch",
    start: startNext,
    differs: {
      "unknown route": UNREACHED("Next responds before any route handler"),
      "thrown error": RUNTIME,
      "plain http": NO_TRUST,
    },
  },
  {
    framework: "Nest on Express",
    adapter: "nest",
    start: startNest(
      () => new ExpressAdapter(),
      (app) => void (app.getHttpAdapter().getInstance() as express.Express).set("trust proxy", true),
    ),
  },
  {
    framework: "Nest on Fastify",
    adapter: "nest",
    start: startNest(
      () => new FastifyAdapter({ trustProxy: true }),
      () => undefined,
    ),
  },
];
