import { onCommit } from "../middleware/commit.js";
import { nonceOf as nonceInForce, policyOf as policyInForce } from "../middleware/in-force.js";
import { override as overrideInForce } from "../middleware/override.js";
import { headersSent, refuseRequest } from "../middleware/pass.js";
import { enforcer, reapply, stateOf } from "../middleware/state.js";
import type { Middleware, RequestLike, ResponseLike } from "../middleware/types.js";
import { wrongEntry } from "../middleware/wrong-entry.js";
import type { CheckedLayers } from "../policy/check-types.js";
import { compileLayers } from "../policy/compile-layers.js";
import type { Layer, Policy } from "../policy/policy.js";

/** Koa's context, as far as it is used. */
export interface KoaContext {
  readonly req: RequestLike;
  readonly res: ResponseLike;
  readonly state: object;
  readonly app?: { readonly proxy?: boolean };
}

/**
 * For `app.use`, and for a route of `@koa/router`. What goes wrong rejects, as in any Koa middleware. It takes a {@link KoaContext};
 * Koa's types would make all that is said of it here a part of the application's own context.
 */
export type KoaMiddleware = (ctx: object, next: () => Promise<unknown>) => Promise<unknown>;

/**
 * Puts a policy in force for all that runs after it; a second one replaces the first whole. Templates find the nonce in
 * `ctx.state.cspNonce`, and `perRequest` functions get `ctx`.
 *
 * Koa takes every header away before it answers with an error. Those of the policy come back, except where the error has its own.
 *
 * @param layers as for `definePolicy`; without any, `recommended`.
 * @returns a middleware for Koa 3, to mount first. Where a `perRequest` function fails, the policy goes out without its
 *   source, and the middleware rejects.
 * @throws {PolicyError} at once, with all that is wrong with the policy.
 */
export function securityHeaders<const L extends readonly Layer[]>(...layers: CheckedLayers<L>): KoaMiddleware {
  refuseContext("securityHeaders", layers);
  const compiled = compileLayers(layers);
  const enforce = enforcer(compiled);

  return function securityHeaders(context, next) {
    const ctx = context as KoaContext;
    const { req, res } = ctx;
    // Thrown: Express 4 sees no rejection.
    if (res?.headersSent !== false || req === undefined) refuseOther("securityHeaders", ctx);
    if (res.headersSent) return Promise.reject(headersSent("securityHeaders"));
    if (stateOf(res) === undefined) keepThroughErrors(ctx);
    // Only slots and proxies need the context, and what is Node's is quicker to look at.
    const failed = enforce(compiled.isStatic && ctx.app?.proxy !== true ? req : asRequest(ctx), res);
    provideNonce(ctx);
    return failed === undefined ? next() : Promise.reject(failed);
  };
}

/**
 * Lengthens the policy in force by these layers, for one route or router.
 *
 * @param layers as for `securityHeaders`; a complete one replaces all below it.
 * @returns a middleware that rejects where nothing is in force, where the headers are sent, and where the layers do not
 *   fit the policy in force.
 * @throws {PolicyError} at once, with all that is wrong with the layers themselves.
 */
export function override<const L extends readonly Layer[]>(...layers: CheckedLayers<L>): KoaMiddleware {
  refuseContext("override", layers);
  const apply = (overrideInForce as (...layers: readonly unknown[]) => Middleware)(...layers);

  return async function override(context, next) {
    const ctx = context as KoaContext;
    if (ctx.res === undefined || ctx.req === undefined) refuseOther("override", ctx);
    try {
      apply(asRequest(ctx), ctx.res);
    } finally {
      provideNonce(ctx);
    }
    return next();
  };
}

/**
 * The policy in force on Koa's response.
 *
 * @returns undefined where nothing is in force.
 */
export function policyOf(ctx: KoaContext): Policy | undefined {
  return policyInForce(ctx.res);
}

/**
 * The response's nonce, for `<script nonce="…">`; also `ctx.state.cspNonce`.
 *
 * @returns 128 random bits in base64.
 * @throws {PolicyError} where no nonce slot stands in the policy in force.
 */
export function nonceOf(ctx: KoaContext): string {
  if (ctx.res === undefined || ctx.req === undefined) refuseOther("nonceOf", ctx);
  return nonceInForce(ctx.res);
}

/** A context has what is looked at of a request: `headers`, `socket`, `method`, `url`. */
function asRequest(ctx: KoaContext): RequestLike {
  return ctx as unknown as RequestLike;
}

/** `app.use(securityHeaders)` calls the factory with a context. */
function refuseContext(name: string, layers: readonly unknown[]): void {
  const [first, second] = layers;
  if (typeof second === "function") refuseRequest(name, [first, (first as Partial<KoaContext> | null)?.res]);
}

/** Throws where another framework handed this over. */
function refuseOther(name: string, ctx: unknown): void {
  const wrong = wrongEntry(name, "portcullis/koa", ctx);
  if (wrong !== undefined) throw wrong;
}

/** A page stamped with a nonce that nothing allows would be blank. */
function provideNonce({ res, state: templates }: KoaContext): void {
  const state = stateOf(res);
  if (state?.nonce === undefined) return;
  const locals = templates as { cspNonce?: string };
  if (state.compiled.hasNonce) locals.cspNonce = state.nonce;
  else if (locals.cspNonce === state.nonce) delete locals.cspNonce;
}

type Answering = ResponseLike & { getHeader(name: string): unknown };

/** Koa's answer to an error removes all headers and ends the response in one go: at the last moment ours are put back. */
function keepThroughErrors(ctx: KoaContext): void {
  const koa = ctx as unknown as { onerror: (this: unknown, error: unknown) => unknown };
  const { onerror } = koa;
  koa.onerror = function (error) {
    const res = ctx.res as Answering;
    if (error != null && !res.headersSent) onCommit(res, (status) => reapply(asRequest(ctx), onlyMissing(res), status));
    return onerror.call(this, error);
  };
}

/** The same response; what stands there already, such as `error.headers`, stays. */
function onlyMissing(res: Answering): Answering {
  return Object.assign(Object.create(res) as Answering, {
    getHeader: (name: string) => res.getHeader(name),
    setHeader: (name: string, value: string) => res.getHeader(name) ?? res.setHeader(name, value),
    removeHeader: () => undefined,
  });
}
