import type {} from "fastify";
import { type PolicyError, policyError } from "../errors.js";
import { nonceOf as nonceInForce, policyOf as policyInForce } from "../middleware/in-force.js";
import { override as overrideInForce } from "../middleware/override.js";
import { isResponse } from "../middleware/pass.js";
import { enforcer, stateOf } from "../middleware/state.js";
import { declareForwarded, type Forwarded } from "../middleware/transport.js";
import type { Middleware, RequestLike, ResponseLike } from "../middleware/types.js";
import { wrongArgument, wrongCall, wrongEntry } from "../middleware/wrong-entry.js";
import type { CheckedLayers } from "../policy/check-types.js";
import { compileLayers } from "../policy/compile-layers.js";
import type { LayerInput, Policy } from "../policy/policy.js";
import { shown } from "../values/options.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Changes to the policy in force for this route: `override(…)` of `portcullis/fastify`. */
    securityHeaders?: FastifyHook | undefined;
  }
}

/** The part of Fastify's request that is used. */
export interface FastifyRequestLike extends Forwarded {
  readonly routeOptions: { readonly config: object };
}

/** The part of Fastify's reply that is used. */
export interface FastifyReplyLike {
  readonly raw: ResponseLike;
}

/** Ends a hook of Fastify. */
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
 * Puts a policy in force for the application or plugin in which it is registered, and for plugins below it; one registered there
 * replaces it. `perRequest` functions receive Fastify's request.
 *
 * A route changes it with `config: { securityHeaders: override(…) }`. This applies before any `onRequest` hook, so a 401 of such a hook
 * has it too. A header that a handler sets with `reply.header` wins on its own response.
 *
 * Responses that Fastify sends without running hooks (to a URL that cannot be decoded) do not get the headers: call the main entry's
 * middleware with `request.raw` and `reply.raw` in `frameworkErrors`.
 *
 * @param layers as for `definePolicy`. Default: `recommended`.
 * @returns a plugin for Fastify 5, to register first: `app.register(securityHeaders("strict"))`. If a `perRequest` function fails, the
 *   policy is sent without its source and the error goes to Fastify's error handler.
 * @throws {PolicyError} at the call, with all mistakes in the policy.
 */
export function securityHeaders<const L extends readonly LayerInput[]>(...layers: CheckedLayers<L>): FastifyPlugin {
  refuseInstance("securityHeaders", layers);
  const compiled = compileLayers(layers);
  const enforce = enforcer(compiled);

  const start: FastifyHook = (request, reply, done) => {
    declareForwarded(request);
    // Only slots receive the request, and Node's own is faster to read.
    const failed = enforce(compiled.isStatic ? request.raw : asRequest(request), reply.raw);
    if (failed !== undefined) return done(failed);
    const change = ofRoute(request.routeOptions);
    if (change === undefined) done();
    else if (typeof change === "function") change(request, reply, done);
    else done(noOverride(change));
  };

  const plugin: FastifyPlugin = (app, _options, done) => {
    if (!isApplication(app)) throw wrongCall("securityHeaders", "portcullis/fastify", app, _options);
    app.addHook("onRoute", (route) => {
      const change = ofRoute(route);
      if (change !== undefined && typeof change !== "function") throw noOverride(change);
    });
    app.addHook("onRequest", start);
    // If a hook that was added earlier responds, ours has not run.
    app.addHook("onSend", (request, reply, _payload, next) => {
      if (stateOf(reply.raw) !== undefined || reply.raw.headersSent) next();
      else start(request, reply, next);
    });
    done();
  };
  return Object.assign(plugin, NOT_ENCAPSULATED);
}

/** Marks that the plugin applies to the application itself and not to a child of it, as Fastify's own plugins do. */
const NOT_ENCAPSULATED = {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "portcullis",
  [Symbol.for("plugin-meta")]: { name: "portcullis", fastify: "5.x" },
};

/**
 * Adds layers to the policy in force, for one route.
 *
 * @param layers as for `securityHeaders`; a complete one replaces all below it.
 * @returns for a route's `config: { securityHeaders: override(…) }`; as a hook, `onRequest: override(…)`, it runs after the
 *   application's hooks. If no policy is in force, or the layers are not valid on top of it, the error goes to Fastify's error handler.
 * @throws {PolicyError} at the call, with all mistakes in the layers themselves.
 */
export function override<const L extends readonly LayerInput[]>(...layers: CheckedLayers<L>): FastifyHook {
  refuseInstance("override", layers);
  const apply = (overrideInForce as (...layers: readonly unknown[]) => Middleware)(...layers);
  return function override(request, reply, done) {
    if (!isReply(reply)) throw wrongCall("override", "portcullis/fastify", request, reply);
    apply(asRequest(request), reply.raw, done as (error?: unknown) => void);
  };
}

/**
 * The policy in force on Fastify's reply.
 *
 * @param reply Fastify's reply.
 * @returns undefined if none is in force.
 * @throws {PolicyError} if the argument is not a reply of Fastify.
 */
export function policyOf(reply: FastifyReplyLike): Policy | undefined {
  if (!isReply(reply)) throw wrongArgument("policyOf", "portcullis/fastify", reply);
  return policyInForce(reply.raw);
}

/**
 * The reply's nonce, for `<script nonce="…">`.
 *
 * @param reply Fastify's reply.
 * @returns 128 random bits in base64.
 * @throws {PolicyError} if the argument is not a reply of Fastify, or if the policy in force has no nonce slot.
 */
export function nonceOf(reply: FastifyReplyLike): string {
  if (!isReply(reply)) throw wrongArgument("nonceOf", "portcullis/fastify", reply);
  return nonceInForce(reply.raw);
}

/** A request of Fastify has the members that are read: `headers`, `socket`, `method`, `url`. */
function asRequest(request: FastifyRequestLike): RequestLike {
  return request as unknown as RequestLike;
}

/** Whether a value has Node's response as Fastify's reply has it; never throws. */
function isReply(value: unknown): value is FastifyReplyLike {
  try {
    return isResponse((value as Partial<FastifyReplyLike>).raw);
  } catch {
    return false;
  }
}

/** Whether a value is an application of Fastify; never throws. */
function isApplication(value: unknown): value is FastifyApp {
  try {
    return typeof (value as Partial<FastifyApp>).addHook === "function";
  } catch {
    return false;
  }
}

function ofRoute({ config }: { readonly config?: object }): unknown {
  return (config as { securityHeaders?: FastifyHook } | undefined)?.securityHeaders;
}

function noOverride(value: unknown): PolicyError {
  const hint = 'Write config: { securityHeaders: override({ … }) }, with override from "portcullis/fastify".';
  return policyError("wrong-type", ["config", "securityHeaders"], `${shown(value)} is not an override`, hint);
}

/** `app.register(securityHeaders, …)` without a call makes Fastify call the factory with an application. */
function refuseInstance(name: string, layers: readonly unknown[]): void {
  const [first, second] = layers;
  if (isApplication(first)) {
    const message = "was registered without being called, and received an application";
    throw policyError("not-called", [name], message, `Write app.register(${name}()).`);
  }
  if (isReply(second)) {
    const message = "was added as a hook without being called, and received a request";
    throw policyError("not-called", [name], message, `Write ${name}({ … }).`);
  }
  const wrong = wrongEntry(name, "portcullis/fastify", first);
  if (wrong !== undefined) throw wrong;
}
