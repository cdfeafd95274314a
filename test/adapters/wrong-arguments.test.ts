import { describe, expect, it } from "vitest";
import * as decorators from "../../src/adapters/decorators.js";
import * as fastify from "../../src/adapters/fastify.js";
import * as fetched from "../../src/adapters/fetch.js";
import * as helmet from "../../src/adapters/helmet.js";
import * as koa from "../../src/adapters/koa.js";
import * as nest from "../../src/adapters/nest.js";
import * as next from "../../src/adapters/next.js";
import * as hashes from "../../src/hashes/index.js";
import * as main from "../../src/index.js";
import { PolicyError } from "../../src/index.js";
import * as proxy from "../../src/proxy/index.js";
import * as testing from "../../src/testing/index.js";
import { WRONG } from "../wrong-arguments.js";

/** What a condition that does not hold leaves of a layer: `isDev && { … }`. */
const LAYERS = ["false", "an empty string"];
/** Headers, if not of a policy. */
const HEADERS = [
  "an empty list",
  "a list in a list",
  "a key of Object.prototype",
  "an own __proto__",
  "an unknown key",
  "an error",
  "an instance of a class",
];
const target = "http://127.0.0.1:8501";

/** A call with a wrong value, and the values that it takes. */
type Call = readonly [name: string, call: (value: never) => unknown, takes?: readonly string[]];

const CALLS: readonly Call[] = [
  ["policyOf", main.policyOf],
  ["nonceOf", main.nonceOf],
  ["httpsRedirect", main.httpsRedirect, ["a promise"]],
  ["secureCookies", main.secureCookies, ["a promise"]],
  ["koa: securityHeaders", koa.securityHeaders, LAYERS],
  ["koa: override", koa.override, LAYERS],
  ["koa: policyOf", koa.policyOf],
  ["koa: nonceOf", koa.nonceOf],
  ["koa: the middleware", (value) => koa.securityHeaders()(value, async () => undefined)],
  ["koa: the override's middleware", (value) => koa.override({ xFrameOptions: false })(value, async () => undefined)],
  ["fetch: securityHeaders", fetched.securityHeaders, LAYERS],
  ["fetch: override", fetched.override, LAYERS],
  ["fetch: policyOf", fetched.policyOf],
  ["fetch: nonceOf", fetched.nonceOf],
  ["fetch: the middleware", (value) => fetched.securityHeaders()(value, async () => undefined), ["a function", "a class"]],
  ["fetch: the wrapped handler", (value) => fetched.securityHeaders()(() => new Response())(value)],
  ["fastify: securityHeaders", fastify.securityHeaders, LAYERS],
  ["fastify: override", fastify.override, LAYERS],
  ["fastify: policyOf", fastify.policyOf],
  ["fastify: nonceOf", fastify.nonceOf],
  ["fastify: the plugin", (value) => fastify.securityHeaders()(value, {}, () => undefined)],
  ["fastify: the override's hook", (value) => fastify.override({ xFrameOptions: false })({} as never, value, () => undefined)],
  ["nest: secureNest", nest.secureNest],
  ["nest: canActivate", (value) => new nest.SecurityHeadersGuard().canActivate(value)],
  ["next: nextHeaders", (value) => next.nextHeaders(next.noInlineScripts, value), LAYERS],
  ["next: override", next.override],
  ["decorators: SecurityHeaders", decorators.SecurityHeaders, LAYERS],
  ["decorators: what it returns", (value) => decorators.SecurityHeaders("strict")(value, undefined as never), ["a class", "a function"]],
  ["decorators: overridesFor", decorators.overridesFor, ["a class"]],
  [
    "decorators: overridesFor's method",
    (value) => decorators.overridesFor(class {}, value),
    ["an empty string", "a string", "a string with line breaks", "a long string", "a symbol"],
  ],
  ["helmet: fromHelmet", helmet.fromHelmet],
  ["testing: secured", testing.secured],
  ["testing: secured's options", (value) => testing.secured("strict", value), ["a promise"]],
  ["testing: secured's check", (value) => testing.secured("strict")(value), HEADERS],
  ["testing: toBeSecured", (value) => testing.toBeSecured({}, value)],
  ["testing: toBeSecured's response", (value) => testing.toBeSecured(value, "strict"), HEADERS],
  ["testing: collectViolations", testing.collectViolations],
  ["proxy: createProxy", proxy.createProxy],
  ["proxy: target", (value) => proxy.createProxy({ target: value })],
  ["proxy: policy", (value) => proxy.createProxy({ target, policy: value }), ["an empty list", "a sparse list"]],
  ["proxy: routes", (value) => proxy.createProxy({ target, routes: value }), ["an empty list"]],
  ["proxy: a route", (value) => proxy.createProxy({ target, routes: [value] })],
  [
    "proxy: the layers of a route",
    (value) => proxy.createProxy({ target, routes: [{ path: "/a", layers: value }] }),
    ["an empty list", "a sparse list"],
  ],
  ["proxy: listen", (value) => proxy.createProxy({ target }).listen(value)],
  ["proxy: close", (value) => proxy.createProxy({ target }).close(value), ["0", "a number"]],
  ["hashes: hashesOf", hashes.hashesOf],
  ["hashes: hashesOf's options", (value) => hashes.hashesOf("nothing/*.html", value)],
  ["hashes: hashInlineScripts", hashes.hashInlineScripts, ["an empty string", "a string", "a string with line breaks", "a long string"]],
  ["hashes: hashInlineScripts' options", (value) => hashes.hashInlineScripts("", value), ["a promise"]],
  ["hashes: hashInlineStyles", hashes.hashInlineStyles, ["an empty string", "a string", "a string with line breaks", "a long string"]],
];

describe.each(CALLS.map(([name, call, takes = []]) => ({ name, call, takes })))("$name", ({ call, takes }) => {
  it.each(WRONG.filter(([what]) => !takes.includes(what)))("refuses %s with a PolicyError", async (_what, make) => {
    let thrown: unknown;
    try {
      await call(make() as never);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(PolicyError);
  });
});
