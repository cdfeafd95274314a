// What a whole request costs in Koa and in Fastify, beside their own helmet packages.
import { deepStrictEqual } from "node:assert";
import { ServerResponse } from "node:http";
import fastifyHelmet from "@fastify/helmet";
import Fastify from "fastify";
import Koa from "koa";
import koaHelmet from "koa-helmet";
import { securityHeaders as forFastify } from "portcullis/fastify";
import { fromHelmet } from "portcullis/helmet";
import { securityHeaders as forKoa } from "portcullis/koa";
import { median, realPair } from "../measure.js";

// No HSTS: helmet sends it over plain http too, and does not look.
const options = {
  strictTransportSecurity: false,
  contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
};

const koa = (middleware) =>
  new Koa()
    .use(middleware)
    .use((ctx) => {
      ctx.body = "A page.";
    })
    .callback();

async function fastify(plugin, pluginOptions) {
  const app = Fastify();
  await app.register(plugin, pluginOptions);
  app.get("/", (_request, reply) => reply.send("A page."));
  await app.ready();
  return app.routing;
}

export async function koaAdapter({ rounds }) {
  return ratioOf(koa(forKoa(fromHelmet(options))), koa(koaHelmet(options)), rounds);
}

export async function fastifyAdapter({ rounds }) {
  return ratioOf(await fastify(forFastify(fromHelmet(options))), await fastify(fastifyHelmet, options), rounds);
}

/** A response that nobody is connected to, and that says when it has ended. */
class Unconnected extends ServerResponse {
  ended = new Promise((resolve) => {
    this.resolve = resolve;
  });

  end(...args) {
    super.end(...args);
    this.resolve();
    return this;
  }
}

function pair() {
  const [req] = realPair();
  return [req, new Unconnected(req)];
}

async function headersOf(server) {
  const [req, res] = pair();
  server(req, res);
  await res.ended;
  const lines = Object.entries(res.getHeaders()).filter(([name]) => name !== "date");
  return Object.fromEntries(lines.map(([name, value]) => [name, String(value).replaceAll(/; ?/g, ";")]));
}

const BATCH = 64;
const BATCHES = 20;

async function timeOf(server) {
  const pairs = Array.from({ length: BATCH }, pair);
  const start = process.hrtime.bigint();
  for (const [req, res] of pairs) {
    server(req, res);
    await res.ended;
  }
  return Number(process.hrtime.bigint() - start);
}

/** The typical batch of one server over that of the other. */
async function roundOf(ours, theirs) {
  globalThis.gc?.({ type: "minor" });
  const times = new Map([ours, theirs].map((server) => [server, []]));
  for (let batch = 0; batch < BATCHES; batch += 1) {
    for (const server of batch % 2 === 0 ? [ours, theirs] : [theirs, ours]) times.get(server).push(await timeOf(server));
  }
  return median(times.get(ours)) / median(times.get(theirs));
}

async function ratioOf(ours, theirs, rounds) {
  deepStrictEqual(await headersOf(ours), await headersOf(theirs));
  for (let round = 0; round < 15; round += 1) await roundOf(ours, theirs);
  const ratios = [];
  for (let round = 0; round < rounds; round += 1) ratios.push(await roundOf(ours, theirs));
  return ratios;
}
