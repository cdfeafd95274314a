import type { AddressInfo } from "node:net";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { expect, it } from "vitest";
import * as fastify from "../../src/adapters/fastify.js";
import * as fetched from "../../src/adapters/fetch.js";
import * as koa from "../../src/adapters/koa.js";
import * as main from "../../src/index.js";
import { express4 } from "../http/support.js";

/** One request to a server that is closed after it; the error that its framework was told of. */
async function errorOf(serve: (heard: (error: unknown) => void) => { listen(port: number, host: string): import("node:http").Server }) {
  let error: unknown;
  const server = serve((one) => {
    error = one;
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`).then((response) => response.text());
  server.close();
  return String(error);
}

const inExpress =
  (make: typeof express, ...handlers: unknown[]) =>
  (heard: (error: unknown) => void) => {
    const app = make();
    app.use(...(handlers as never[]));
    app.use(((_req, res) => res.end()) as express.RequestHandler);
    app.use(((error, _req, res, _next) => {
      heard(error);
      res.end();
    }) as express.ErrorRequestHandler);
    return app;
  };

const inKoa =
  (...handlers: unknown[]) =>
  (heard: (error: unknown) => void) => {
    const app = new Koa();
    app.on("error", heard);
    for (const handler of handlers) app.use(handler as never);
    return app;
  };

async function inHono(...handlers: unknown[]) {
  const app = new Hono();
  let heard: unknown;
  app.onError((error, c) => {
    heard = error;
    return c.text("error");
  });
  for (const handler of handlers) app.use(handler as never);
  app.get("/", (c) => c.text("x"));
  await app.request("http://site.example/");
  return String(heard);
}

const KOA = 'PolicyError: securityHeaders: this is Koa\'s context. Write import { securityHeaders } from "portcullis/koa".';
const HONO = 'PolicyError: securityHeaders: this is Hono\'s context. Write import { securityHeaders } from "portcullis/fetch".';
const NODE = 'PolicyError: securityHeaders: this is a request of Node. Write import { securityHeaders } from "portcullis".';

it.each<readonly [string, () => Promise<string>, string]>([
  ["the main entry's in Koa", () => errorOf(inKoa(main.securityHeaders())), KOA],
  ["portcullis/fetch's in Koa", () => errorOf(inKoa(fetched.securityHeaders())), KOA],
  ["the main entry's in Hono", () => inHono(main.securityHeaders()), HONO],
  ["portcullis/koa's in Hono", () => inHono(koa.securityHeaders()), HONO],
  ["portcullis/koa's in Express 5", () => errorOf(inExpress(express, koa.securityHeaders())), NODE],
  ["portcullis/fetch's in Express 5", () => errorOf(inExpress(express, fetched.securityHeaders())), NODE],
  ["portcullis/koa's in Express 4", () => errorOf(inExpress(express4, koa.securityHeaders())), NODE],
  ["portcullis/fetch's in Express 4", () => errorOf(inExpress(express4, fetched.securityHeaders())), NODE],
  ["portcullis/fastify's in Express", () => errorOf(inExpress(express, fastify.securityHeaders())), NODE],
  ["portcullis/fastify's in Koa", () => errorOf(inKoa(fastify.securityHeaders())), KOA],
  [
    "the main entry's override in Koa",
    () => errorOf(inKoa(koa.securityHeaders(), main.override({ xFrameOptions: false }))),
    'PolicyError: override: this is Koa\'s context. Write import { override } from "portcullis/koa".',
  ],
  [
    "portcullis/koa's override in Express",
    () => errorOf(inExpress(express, main.securityHeaders(), koa.override({ xFrameOptions: false }))),
    'PolicyError: override: this is a request of Node. Write import { override } from "portcullis".',
  ],
  [
    "httpsRedirect in Koa",
    () => errorOf(inKoa(main.httpsRedirect())),
    "PolicyError: httpsRedirect: this is Koa's context. httpsRedirect is for Express, Connect and node:http.",
  ],
  [
    "the main entry's nonceOf in Koa",
    () => errorOf(inKoa(koa.securityHeaders("strictDynamic"), (ctx: object) => main.nonceOf(ctx))),
    'PolicyError: nonceOf: this is Koa\'s context. Write import { nonceOf } from "portcullis/koa".',
  ],
  [
    "nonceOf of a request in Express",
    () => errorOf(inExpress(express, main.securityHeaders("strictDynamic"), (req: object) => main.nonceOf(req))),
    "PolicyError: nonceOf: this is a request of Node. Write nonceOf(res).",
  ],
  [
    "portcullis/koa's nonceOf in Express",
    () => errorOf(inExpress(express, main.securityHeaders("strictDynamic"), (_req: object, res: object) => koa.nonceOf(res as never))),
    'PolicyError: nonceOf: this is a response of Node. Write import { nonceOf } from "portcullis".',
  ],
  [
    "portcullis/fetch's nonceOf in Koa",
    () => errorOf(inKoa(koa.securityHeaders("strictDynamic"), (ctx: object) => fetched.nonceOf(ctx as never))),
    'PolicyError: nonceOf: this is Koa\'s context. Write import { nonceOf } from "portcullis/koa".',
  ],
])("%s names the right entry", async (_, serve, message) => {
  expect(await serve()).toBe(message);
});

it("the main entry's in Fastify names portcullis/fastify", async () => {
  await expect(Fastify().register(main.securityHeaders() as never)).rejects.toThrow(
    'securityHeaders: this is Fastify\'s application. Write import { securityHeaders } from "portcullis/fastify".',
  );
});

it.each<readonly [string, (reply: object) => unknown]>([
  ["the main entry's", main.nonceOf],
  ["portcullis/fetch's", fetched.nonceOf as (reply: object) => unknown],
])("%s nonceOf of Fastify's reply names portcullis/fastify", async (_, nonceOf) => {
  const app = Fastify();
  app.register(fastify.securityHeaders("strictDynamic"));
  app.get("/", (_request, reply) => nonceOf(reply));
  const { message } = (await app.inject("/")).json();
  expect(message).toBe('nonceOf: this is Fastify\'s reply. Write import { nonceOf } from "portcullis/fastify".');
});

it("the main entry's override in a route's config of Fastify names portcullis/fastify", async () => {
  const app = Fastify();
  app.register(fastify.securityHeaders());
  app.get("/", { config: { securityHeaders: main.override({ xFrameOptions: false }) as never } }, () => "x");
  const { message } = (await app.inject("/")).json();
  expect(message).toBe('override: this is Fastify\'s request. Write import { override } from "portcullis/fastify".');
});
