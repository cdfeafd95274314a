import type {} from "fastify";
import { type PolicyError, policyError } from "../errors.js";
import { nonceOf as nonceInForce, policyOf as policyInForce } from "../middleware/in-force.js";
import { override as overrideInForce } from "../middleware/override.js";
import { enforcer, stateOf } from "../middleware/state.js";
import { declareForwarded, type Forwarded } from "../middleware/transport.js";
import type { Middleware, RequestLike, ResponseLike } from "../middleware/types.js";
import { wrongEntry } from "../middleware/wrong-entry.js";
import type { CheckedLayers } from "../policy/check-types.js";
import { compileLayers } from "../policy/compile-layers.js";
import type { Layer, Policy } from "../policy/policy.js";
import { show } from "../values/text.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What this route changes of the policy in force: `override(…)` of `portcullis/fastify`. */
    securityHeaders?: FastifyHook | undefined;
  }
}

/** Fastify's request, as far as it is used. */
export interface FastifyRequestLike extends Forwarded {
  readonly routeOptions: { readonly config: object };
}

/** Fastify's reply, as far as it is used. */
export interface FastifyReplyLike {
  readonly raw: ResponseLike;
}

/** How a hook of Fastify goes on. */
type Done = (error?: Error) => void;

/** An `onRequest` hook, for a route's `onRequest` and its `config.securityHeaders`. */
export type FastifyHook = (request: FastifyRequestLike, reply: FastifyReplyLike, done: Done) => void;

/** A plugin, for `app.register`. */
export type FastifyPlugin = (app: object, options: object, done: Done) => void;

interface FastifyApp {
  addHook(name: "onRoute", hook: (route: { readonly config?: object }) => void): unknown;
  addHook(name: "onRequest", hook: FastifyHook): unknown;
  addHook(name: "onSend", hook: (request: FastifyRequestLike, reply: FastifyReplyLike, payload: unknown, done: Done) => void): unknown;
}

/**
 * Puts a policy in force for the application or plugin in which it is registered, and all below it; one further in
 * replaces it whole. `perRequest` functions get Fastify's request.
 *
 * A route changes it with `config: { securityHeaders: override(…) }`, which counts from the start, so that also the 401 of
 * an `onRequest` hook has it. What a handler sets with `reply.header` wins on its own response.
 *
 * What Fastify answers past its hooks (a URL that cannot be decoded) has no headers: call the main entry's middleware with
 * `request.raw` and `reply.raw` in `frameworkErrors`.
 *
 * @param layers as for `definePolicy`; without any, `recommended`.
 * @returns a plugin for Fastify 5, to register first: `app.register(securityHeaders("strict"))`. Where a `perRequest`
 *   function fails, the policy goes out without its source and the error goes to Fastify's error handler.
 * @throws {PolicyError} at once, with all that is wrong with the policy.
 */
export function securityHeaders<const L extends readonly Layer[]>(...layers: CheckedLayers<L>): FastifyPlugin {
  refuseInstance("securityHeaders", layers);
  const compiled = compileLayers(layers);
  const enforce = enforcer(compiled);

  const start: FastifyHook = (request, reply, done) => {
    declareForwarded(request);
    // Only slots see what is handed over, and what is Node's is quicker to look at.
    const failed = enforce(compiled.isStatic ? request.raw : asRequest(request), reply.raw);
    if (failed !== undefined) return done(failed);
    const change = ofRoute(request.routeOptions);
    if (change === undefined) done();
    else if (typeof change === "function") change(request, reply, done);
    else done(noOverride(change));
  };

  const plugin: FastifyPlugin = (app, _options, done) => {
    const fastify = app as FastifyApp;
    if (fastify.addHook === undefined) refuseOther("securityHeaders", app);
    fastify.addHook("onRoute", (route) => {
      const change = ofRoute(route);
      if (change !== undefined && typeof change !== "function") throw noOverride(change);
    });
    fastify.addHook("onRequest", start);
    // Where a hook that was there before answers, ours was never reached.
    fastify.addHook("onSend", (request, reply, _payload, next) => {
      if (stateOf(reply.raw) !== undefined || reply.raw.headersSent) next();
      else start(request, reply, next);
    });
    done();
  };
  return Object.assign(plugin, NOT_ENCAPSULATED);
}

/** For the application itself and not for a child of it, as Fastify's own plugins say so. */
const NOT_ENCAPSULATED = {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "portcullis",
  [Symbol.for("plugin-meta")]: { name: "portcullis", fastify: "5.x" },
};

/**
 * Lengthens the policy in force by these layers, for one route.
 *
 * @param layers as for `securityHeaders`; a complete one replaces all below it.
 * @returns for a route's `config: { securityHeaders: override(…) }`; as a hook, `onRequest: override(…)`, it runs after the
 *   application's hooks. Where nothing is in force, and where the layers do not fit the policy in force, the error goes to
 *   Fastify's error handler.
 * @throws {PolicyError} at once, with all that is wrong with the layers themselves.
 */
export function override<const L extends readonly Layer[]>(...layers: CheckedLayers<L>): FastifyHook {
  const apply = (overrideInForce as (...layers: readonly unknown[]) => Middleware)(...layers);
  return function override(request, reply, done) {
    if (reply.raw === undefined) refuseOther("override", request, reply);
    apply(asRequest(request), reply.raw, done as (error?: unknown) => void);
  };
}

/**
 * The policy in force on Fastify's reply.
 *
 * @returns undefined where nothing is in force.
 */
export function policyOf(reply: FastifyReplyLike): Policy | undefined {
  return policyInForce(reply.raw);
}

/**
 * The reply's nonce, for `<script nonce="…">`.
 *
 * @returns 128 random bits in base64.
 * @throws {PolicyError} where no nonce slot stands in the policy in force.
 */
export function nonceOf(reply: FastifyReplyLike): string {
  if (reply.raw === undefined) refuseOther("nonceOf", reply);
  return nonceInForce(reply.raw);
}

/** A request of Fastify's has what is looked at: `headers`, `socket`, `method`, `url`. */
function asRequest(request: FastifyRequestLike): RequestLike {
  return request as unknown as RequestLike;
}

/** Throws where another framework handed this over. */
function refuseOther(name: string, ...given: readonly unknown[]): void {
  const wrong = wrongEntry(name, "portcullis/fastify", ...given);
  if (wrong !== undefined) throw wrong;
}

function ofRoute({ config }: { readonly config?: object }): unknown {
  return (config as { securityHeaders?: FastifyHook } | undefined)?.securityHeaders;
}

function noOverride(value: unknown): PolicyError {
  const hint = 'Write config: { securityHeaders: override({ … }) }, with override from "portcullis/fastify".';
  return policyError("wrong-type", ["config", "securityHeaders"], `${show(value)} is no override`, hint);
}

/** `app.register(securityHeaders, …)` calls the factory with an application. */
function refuseInstance(name: string, layers: readonly unknown[]): void {
  const [first] = layers;
  if (typeof (first as Partial<FastifyApp> | null | undefined)?.addHook !== "function") return;
  throw policyError("not-called", [name], "was registered without the call, and got an application", `Write app.register(${name}()).`);
}
