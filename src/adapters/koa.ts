import type { PolicyError } from "../errors.js";
import { onCommit } from "../middleware/commit.js";
import { nonceOf as nonceInForce, policyOf as policyInForce } from "../middleware/in-force.js";
import { override as overrideInForce } from "../middleware/override.js";
import { failCall, headersSent, isResponse, refuseRequest } from "../middleware/pass.js";
import { enforcer, reapply, stateOf } from "../middleware/state.js";
import type { Middleware, RequestLike, ResponseLike } from "../middleware/types.js";
import { wrongArgument, wrongCall, wrongEntry } from "../middleware/wrong-entry.js";
import type { CheckedLayers } from "../policy/check-types.js";
import { compileLayers } from "../policy/compile-layers.js";
import type { LayerInput, Policy } from "../policy/policy.js";

/** The part of Koa's context that is used. */
export interface KoaContext {
  readonly req: RequestLike;
  readonly res: ResponseLike;
  readonly state: object;
  readonly app?: { readonly proxy?: boolean };
}

/**
 * For `app.use`, and for a route of `@koa/router`. Errors reject, as in any Koa middleware. It takes a {@link KoaContext}; the parameter
 * is not typed as one, because Koa's types would merge it into the application's own context.
 */
export type KoaMiddleware = (ctx: object, next: () => Promise<unknown>) => Promise<unknown>;

/**
 * Puts a policy in force for the middleware that runs after it; a second one replaces the first. Templates read the nonce from
 * `ctx.state.cspNonce`, and `perRequest` functions receive `ctx`.
 *
 * Koa removes every header before it responds with an error. The headers of the policy are set again, unless the error has its own.
 *
 * @param layers as for `definePolicy`. Default: `recommended`.
 * @returns a middleware for Koa 3, to mount first. If a `perRequest` function fails, the policy is sent without its source, and the
 *   middleware rejects.
 * @throws {PolicyError} at the call, with all mistakes in the policy.
 */
export function securityHeaders<const L extends readonly LayerInput[]>(...layers: CheckedLayers<L>): KoaMiddleware {
  refuseContext("securityHeaders", layers);
  const compiled = compileLayers(layers);
  const enforce = enforcer(compiled);

  return function securityHeaders(context, next, ...rest: readonly unknown[]) {
    const ctx = context as KoaContext;
    if (!isContext(ctx)) return failOther(wrongCall("securityHeaders", "portcullis/koa", ctx), rest);
    const { req, res } = ctx;
    if (res.headersSent) return Promise.reject(headersSent("securityHeaders"));
    if (stateOf(res) === undefined) keepThroughErrors(ctx);
    // Only slots and trusted proxies need the context, and Node's request is faster to read.
    const failed = enforce(compiled.isStatic && ctx.app?.proxy !== true ? req : asRequest(ctx), res);
    provideNonce(ctx);
    return failed === undefined ? next() : Promise.reject(failed);
  };
}

/**
 * Adds layers to the policy in force, for one route or router.
 *
 * @param layers as for `securityHeaders`; a complete one replaces all below it.
 * @returns a middleware that rejects if no policy is in force, if the headers are already sent, and if the layers are not valid on
 *   top of the policy in force.
 * @throws {PolicyError} at the call, with all mistakes in the layers themselves.
 */
export function override<const L extends readonly LayerInput[]>(...layers: CheckedLayers<L>): KoaMiddleware {
  refuseContext("override", layers);
  const apply = (overrideInForce as (...layers: readonly unknown[]) => Middleware)(...layers);

  const run = async (ctx: KoaContext, next: () => Promise<unknown>) => {
    try {
      apply(asRequest(ctx), ctx.res);
    } finally {
      provideNonce(ctx);
    }
    return next();
  };

  return function override(context, next, ...rest: readonly unknown[]) {
    const ctx = context as KoaContext;
    if (!isContext(ctx)) return failOther(wrongCall("override", "portcullis/koa", ctx), rest);
    return run(ctx, next);
  };
}

/**
 * The policy in force on Koa's response.
 *
 * @param ctx Koa's context.
 * @returns undefined if none is in force.
 * @throws {PolicyError} if the argument is not a context of Koa.
 */
export function policyOf(ctx: KoaContext): Policy | undefined {
  if (!isContext(ctx)) throw wrongArgument("policyOf", "portcullis/koa", ctx);
  return policyInForce(ctx.res);
}

/**
 * The response's nonce, for `<script nonce="…">`; also `ctx.state.cspNonce`.
 *
 * @param ctx Koa's context.
 * @returns 128 random bits in base64.
 * @throws {PolicyError} if the argument is not a context of Koa, or if the policy in force has no nonce slot.
 */
export function nonceOf(ctx: KoaContext): string {
  if (!isContext(ctx)) throw wrongArgument("nonceOf", "portcullis/koa", ctx);
  return nonceInForce(ctx.res);
}

/** A context has the members of a request that are read: `headers`, `socket`, `method`, `url`. */
function asRequest(ctx: KoaContext): RequestLike {
  return ctx as unknown as RequestLike;
}

/** `app.use(securityHeaders)` without a call makes Koa call the factory with a context. */
function refuseContext(name: string, layers: readonly unknown[]): void {
  const [first, second] = layers;
  if (typeof second === "function" && isContext(first)) refuseRequest(name, [first, first.res]);
  const wrong = wrongEntry(name, "portcullis/koa", first);
  if (wrong !== undefined) throw wrong;
}

/** Fails the call of another framework; it waits for no promise once its callback has the error. */
function failOther(error: PolicyError, rest: readonly unknown[]): Promise<never> {
  failCall(error, rest);
  return undefined as never;
}

/** Whether a value has Node's request and response as Koa's context has them; never throws. */
function isContext(value: unknown): value is KoaContext {
  try {
    const { req, res } = value as Partial<KoaContext>;
    return isResponse(res) && typeof req === "object" && req !== null;
  } catch {
    return false;
  }
}

/** Templates get the nonce only while the policy in force allows it: the scripts of a page would be blocked otherwise. */
function provideNonce({ res, state: templates }: KoaContext): void {
  const state = stateOf(res);
  if (state?.nonce === undefined) return;
  const locals = templates as { cspNonce?: string };
  if (state.compiled.hasNonce) locals.cspNonce = state.nonce;
  else if (locals.cspNonce === state.nonce) delete locals.cspNonce;
}

type Answering = ResponseLike & { getHeader(name: string): unknown };

/** Koa's error handler removes all headers and ends the response at once: the policy's headers are set again just before they are sent. */
function keepThroughErrors(ctx: KoaContext): void {
  const koa = ctx as unknown as { onerror: (this: unknown, error: unknown) => unknown };
  const { onerror } = koa;
  koa.onerror = function (error) {
    const res = ctx.res as Answering;
    if (error != null && !res.headersSent) onCommit(res, (status) => reapply(asRequest(ctx), onlyMissing(res), status));
    return onerror.call(this, error);
  };
}

/** The same response, but headers that are already set, such as `error.headers`, are kept. */
function onlyMissing(res: Answering): Answering {
  return Object.assign(Object.create(res) as Answering, {
    getHeader: (name: string) => res.getHeader(name),
    setHeader: (name: string, value: string) => res.getHeader(name) ?? res.setHeader(name, value),
    removeHeader: () => undefined,
  });
}
