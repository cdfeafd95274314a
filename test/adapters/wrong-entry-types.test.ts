import { describe, expect, it } from "vitest";
import { check } from "./fixtures/decorators/compile.js";

const HEAD = `
  import type http from "node:http"; import type express from "express"; import type { FastifyReply, FastifyRequest } from "fastify"; import type { Context } from "hono"; import type Koa from "koa";
  import * as fastify from "src/adapters/fastify.js"; import * as fetched from "src/adapters/fetch.js"; import * as koa from "src/adapters/koa.js"; import * as main from "src/index.js";
  declare const nodeRequest: http.IncomingMessage, nodeResponse: http.ServerResponse, expressRequest: express.Request, expressResponse: express.Response;
  declare const fastifyRequest: FastifyRequest, fastifyReply: FastifyReply, koaContext: Koa.Context, honoContext: Context, request: Request, response: Response;
`.trim();

const VALUES = [
  "nodeRequest",
  "nodeResponse",
  "expressRequest",
  "expressResponse",
  "fastifyRequest",
  "fastifyReply",
  "koaContext",
  "honoContext",
  "request",
  "response",
] as const;

/** What nonceOf and policyOf of each entry take; every other value is a type error. */
const TAKEN: Readonly<Record<string, readonly (typeof VALUES)[number][]>> = {
  main: ["nodeResponse", "expressResponse"],
  fastify: ["fastifyReply"],
  koa: ["koaContext"],
  fetched: ["honoContext", "request"],
};

describe.each(["5.9", "5.4"] as const)("TypeScript %s", (ts) => {
  const calls = Object.keys(TAKEN).flatMap((entry) =>
    ["nonceOf", "policyOf"].flatMap((name) => VALUES.map((value) => ({ entry, name, value, text: `${entry}.${name}(${value});` }))),
  );
  const lines = HEAD.split("\n").length;
  const found = check(ts, false, [HEAD, ...calls.map(({ text }) => text)].join("\n"));
  const wrong = new Set(found.map(({ line }) => line));

  it("compiles the imports and declarations of this test", () => {
    expect(found.filter(({ line }) => line <= lines)).toEqual([]);
  });

  it.each(Object.keys(TAKEN).flatMap((entry) => ["nonceOf", "policyOf"].map((name) => [name, entry] as const)))(
    "%s of %s takes only what its framework has",
    (name, entry) => {
      const accepted = calls.flatMap((call, index) =>
        call.entry === entry && call.name === name && !wrong.has(lines + 1 + index) ? [call.value] : [],
      );
      expect(accepted).toEqual(TAKEN[entry]);
    },
  );
});
