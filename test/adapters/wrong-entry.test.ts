import http, { type Server } from "node:http";
import type { AddressInfo } from "node:net";
import connect from "connect";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { describe, expect, it } from "vitest";
import * as fastify from "../../src/adapters/fastify.js";
import * as fetched from "../../src/adapters/fetch.js";
import * as koa from "../../src/adapters/koa.js";
import * as main from "../../src/index.js";
import { express4 } from "../http/support.js";

type Entry = "portcullis" | "portcullis/fastify" | "portcullis/fetch" | "portcullis/koa";
type Name = "securityHeaders" | "override" | "nonceOf" | "policyOf";
/** Takes whatever a framework passes, as a program without types does. */
type Anything = (...args: unknown[]) => unknown;

const ENTRIES: readonly (readonly [Entry, Readonly<Record<Name, Anything>>])[] = [
  ["portcullis", main as never],
  ["portcullis/fastify", fastify as never],
  ["portcullis/fetch", fetched as never],
  ["portcullis/koa", koa as never],
];

/** How an application runs a middleware, and a function in a handler; each returns the error that the application sees. */
interface Framework {
  readonly name: string;
  /** Its own entry. */
  readonly entry: Entry;
  /** What a middleware receives first, and what a handler has: as errors name them. */
  readonly first: string;
  readonly inHandler: string;
  readonly mount: (middleware: Anything) => Promise<unknown>;
  readonly call: (use: Anything) => Promise<unknown>;
}

/** One request to a server that is closed after it; the error that its framework received. */
async function errorOf(serve: (heard: (error: unknown) => void) => Server): Promise<unknown> {
  let error: unknown;
  const server = serve((one) => {
    error = one;
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`).then((response) => response.text());
  server.close();
  return error;
}

const CONNECT_LIKE: readonly (readonly [string, () => { use: Anything }])[] = [
  ["Express 5", express as never],
  ["Express 4", express4 as never],
  ["Connect", connect as never],
];

const connectLike = (make: () => { use: Anything }, ...handlers: Anything[]) =>
  errorOf((heard) => {
    const app = make();
    for (const handler of handlers) app.use(handler);
    app.use((_req: unknown, res: http.ServerResponse) => res.end());
    app.use((error: unknown, _req: unknown, res: http.ServerResponse, _next: unknown) => {
      heard(error);
      res.end();
    });
    return http.createServer(app as never);
  });

const inNode = (handle: Anything) =>
  errorOf((heard) =>
    http.createServer((req, res) => {
      try {
        handle(req, res);
      } catch (error) {
        heard(error);
      }
      res.end();
    }),
  );

const inKoa = (...handlers: Anything[]) =>
  errorOf((heard) => {
    const app = new Koa();
    app.on("error", heard);
    for (const handler of handlers) app.use(handler as never);
    return http.createServer(app.callback());
  });

async function inHono(...handlers: Anything[]): Promise<unknown> {
  const app = new Hono();
  let heard: unknown;
  app.onError((error, c) => {
    heard = error;
    return c.text("error");
  });
  for (const handler of handlers) app.use(handler as never);
  app.get("/", (c) => c.text("x"));
  await app.request("http://site.example/");
  return heard;
}

async function inFastify(prepare: (app: ReturnType<typeof Fastify>) => unknown): Promise<unknown> {
  const app = Fastify();
  let heard: unknown;
  app.setErrorHandler((error, _request, reply) => {
    heard = error;
    return reply.send("error");
  });
  try {
    await prepare(app);
    await app.inject("/");
  } catch (error) {
    return error;
  }
  return heard;
}

async function inWorker(handle: Anything): Promise<unknown> {
  try {
    await handle(new Request("https://site.example/"));
    return undefined;
  } catch (error) {
    return error;
  }
}

function errorFrom(call: () => unknown): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}

const REQUEST = "a Node.js request";
const RESPONSE = "a Node.js response";

const FRAMEWORKS: readonly Framework[] = [
  ...CONNECT_LIKE.map(
    ([name, make]): Framework => ({
      name,
      entry: "portcullis",
      first: REQUEST,
      inHandler: RESPONSE,
      mount: (middleware) => connectLike(make, middleware),
      call: (use) => connectLike(make, (_req, res) => use(res)),
    }),
  ),
  {
    name: "node:http",
    entry: "portcullis",
    first: REQUEST,
    inHandler: RESPONSE,
    mount: inNode,
    call: (use) => inNode((_req, res) => use(res)),
  },
  {
    name: "Koa",
    entry: "portcullis/koa",
    first: "Koa's context",
    inHandler: "Koa's context",
    mount: inKoa,
    call: (use) => inKoa((ctx) => use(ctx)),
  },
  {
    name: "Hono",
    entry: "portcullis/fetch",
    first: "Hono's context",
    inHandler: "Hono's context",
    mount: inHono,
    call: (use) => inHono((c) => use(c)),
  },
  {
    name: "Fastify, as a hook",
    entry: "portcullis/fastify",
    first: "Fastify's request",
    inHandler: "Fastify's reply",
    mount: (middleware) => inFastify((app) => app.addHook("onRequest", middleware as never).get("/", () => "x")),
    call: (use) => inFastify((app) => app.get("/", (_request: unknown, reply: unknown) => use(reply))),
  },
  {
    name: "a handler of Fetch",
    entry: "portcullis/fetch",
    first: "a Fetch Request",
    inHandler: "a Fetch Request",
    mount: inWorker,
    call: inWorker,
  },
];

describe.each(FRAMEWORKS)("in $name", ({ entry: right, first, inHandler, mount, call }) => {
  const others = ENTRIES.filter(([entry]) => entry !== right);
  it.each(others)("securityHeaders of %s names the right entry", async (_, entry) => {
    const error = await mount(entry.securityHeaders() as Anything);
    expect(String(error)).toBe(`PolicyError: securityHeaders: this is ${first}. Write import { securityHeaders } from "${right}".`);
  });

  it.each(others)("override of %s names the right entry", async (_, entry) => {
    const error = await mount(entry.override({ xFrameOptions: false }) as Anything);
    expect(String(error)).toBe(`PolicyError: override: this is ${first}. Write import { override } from "${right}".`);
  });

  it.each(others)("nonceOf of %s names the right entry", async (_, entry) => {
    const error = await call(entry.nonceOf);
    expect(String(error)).toBe(`PolicyError: nonceOf: this is ${inHandler}. Write import { nonceOf } from "${right}".`);
  });

  it.each(others)("policyOf of %s names the right entry", async (_, entry) => {
    const error = await call(entry.policyOf);
    expect(String(error)).toBe(`PolicyError: policyOf: this is ${inHandler}. Write import { policyOf } from "${right}".`);
  });
});

describe("registered as a plugin of Fastify", () => {
  it.each(ENTRIES.filter(([entry]) => entry !== "portcullis/fastify"))("securityHeaders of %s names the right entry", async (_, entry) => {
    const error = await inFastify((app) => app.register(entry.securityHeaders() as never));
    expect(String(error)).toBe(
      'PolicyError: securityHeaders: this is Fastify\'s application. Write import { securityHeaders } from "portcullis/fastify".',
    );
  });

  it.each(ENTRIES.filter(([entry]) => entry !== "portcullis/fastify"))("override of %s in a route's config names it", async (_, entry) => {
    const error = await inFastify(async (app) => {
      await app.register(fastify.securityHeaders());
      app.get("/", { config: { securityHeaders: entry.override({ xFrameOptions: false }) as never } }, () => "x");
    });
    expect(String(error)).toBe('PolicyError: override: this is Fastify\'s request. Write import { override } from "portcullis/fastify".');
  });
});

describe("mounted without being called", () => {
  it("securityHeaders of the main entry in Koa names portcullis/koa", async () => {
    const error = await inKoa(main.securityHeaders as Anything);
    expect(String(error)).toBe(
      'PolicyError: securityHeaders: this is Koa\'s context. Write import { securityHeaders } from "portcullis/koa".',
    );
  });

  it("securityHeaders of portcullis/fetch in Express names the main entry", async () => {
    const error = await connectLike(express as never, fetched.securityHeaders as Anything);
    expect(String(error)).toBe(
      'PolicyError: securityHeaders: this is a Node.js request. Write import { securityHeaders } from "portcullis".',
    );
  });
});

it.each<readonly [string, () => Promise<unknown>, string]>([
  [
    "securityHeaders of the main entry around a Fetch handler",
    async () => errorFrom(() => (main.securityHeaders() as Anything)(() => new Response("x"))),
    'PolicyError: securityHeaders: the middleware was called with a function. Write app.use(securityHeaders(…)). Around a Fetch handler, import { securityHeaders } from "portcullis/fetch".',
  ],
  [
    "override of the main entry around a Fetch handler",
    async () => errorFrom(() => (main.override({ xFrameOptions: false }) as Anything)(() => new Response("x"))),
    'PolicyError: override: the middleware was called with a function. Write app.use(override(…)). Around a Fetch handler, import { override } from "portcullis/fetch".',
  ],
  [
    "sealHeaders of the main entry with a Fetch Request",
    () => inWorker(main.sealHeaders() as Anything),
    'PolicyError: sealHeaders: this is a Fetch Request. Write import { sealHeaders } from "portcullis/fetch".',
  ],
  [
    "secureCookies with a Fetch Request",
    () => inWorker(main.secureCookies() as Anything),
    "PolicyError: secureCookies: this is a Fetch Request. secureCookies is for Express, Connect and node:http.",
  ],
  [
    "httpsRedirect with a Fetch Request",
    () => inWorker(main.httpsRedirect() as Anything),
    "PolicyError: httpsRedirect: this is a Fetch Request. httpsRedirect is for Express, Connect and node:http.",
  ],
  [
    "httpsRedirect around a Fetch handler",
    async () => errorFrom(() => (main.httpsRedirect() as Anything)(() => new Response("x"))),
    "PolicyError: httpsRedirect: the middleware was called with a function. Write app.use(httpsRedirect(…)).",
  ],
  [
    "httpsRedirect in Koa",
    () => inKoa(main.httpsRedirect() as Anything),
    "PolicyError: httpsRedirect: this is Koa's context. httpsRedirect is for Express, Connect and node:http.",
  ],
  [
    "nonceOf of a request in Express",
    () => connectLike(express as never, (req) => (main.nonceOf as Anything)(req)),
    "PolicyError: nonceOf: this is a Node.js request. Write nonceOf(res).",
  ],
  [
    "nonceOf of a request in Fastify",
    () => inFastify((app) => app.get("/", (request: unknown) => (fastify.nonceOf as Anything)(request))),
    "PolicyError: nonceOf: this is Fastify's request. Write nonceOf(reply).",
  ],
  [
    "nonceOf of a response of Fetch",
    () => inWorker(() => (fetched.nonceOf as Anything)(new Response("A page."))),
    "PolicyError: nonceOf: this is a Fetch Response. Write nonceOf(request), or nonceOf(c) in Hono.",
  ],
  [
    "policyOf of Hono's request",
    () => inHono((c) => (fetched.policyOf as Anything)((c as { req: unknown }).req)),
    "PolicyError: policyOf: this is Hono's request. Write policyOf(request), or policyOf(c) in Hono.",
  ],
])("%s says what to write", async (_, serve, message) => {
  expect(String(await serve())).toBe(message);
});
