import { type PolicyError, policyError } from "../errors.js";
import { nonceOf as nonceInForce, policyOf as policyInForce } from "../middleware/in-force.js";
import { override as overrideInForce } from "../middleware/override.js";
import { failCall, nothingInForce } from "../middleware/pass.js";
import { applyChange, type PolicyChange, stateOf } from "../middleware/state.js";
import { look, type Seen } from "../middleware/transport.js";
import type { Middleware } from "../middleware/types.js";
import { wrongArgument, wrongCall, wrongEntry } from "../middleware/wrong-entry.js";
import type { CheckedLayers } from "../policy/check-types.js";
import type { CompiledPolicy } from "../policy/compile.js";
import { compileLayers } from "../policy/compile-layers.js";
import type { LayerInput, Policy } from "../policy/policy.js";
import { silentForm } from "../policy/sample.js";
import { asRequest, begin, finished, openOn, type Pending, pendingOn, required } from "./fetch/pending.js";
import {
  type FetchMiddleware,
  type FetchRequest,
  type FetchResponse,
  type HonoContext,
  isHono,
  isRequest,
  type Key,
} from "./fetch/types.js";

export type { FetchHandler, FetchMiddleware, FetchRequest, FetchResponse, HonoContext } from "./fetch/types.js";

/**
 * Puts a policy in force for the handler it wraps, or in Hono for the handlers mounted below it; one further in replaces it.
 * `perRequest` functions receive the `Request`.
 *
 * The headers are set on the `Response` that the handler returns. A header that it already has is kept, unless `sealHeaders` is used;
 * names under `stripHeaders` are removed. A response whose headers are immutable (of `fetch()`, `Response.redirect()`) is copied; a
 * WebSocket upgrade is left unchanged. If the handler throws, the runtime's error page is sent without the headers.
 *
 * @param layers as for `definePolicy`. Default: `recommended`.
 * @returns a function for both ways of calling, see {@link FetchMiddleware}. If a `perRequest` function fails, it rejects; in Hono the
 *   response of `onError` then has the policy without its source.
 * @throws {PolicyError} at the call, with all mistakes in the policy.
 */
export function securityHeaders<const L extends readonly LayerInput[]>(...layers: CheckedLayers<L>): FetchMiddleware {
  refuseCall("securityHeaders", layers);
  const compiled = compileLayers(layers);
  const whole = changeTo(compiled);
  const { sample = 1, policyOf } = compiled;
  const silent = sample === 1 ? whole : changeTo(silentForm(policyOf(), policyOf));

  return middleware("securityHeaders", async (key, request, next) => {
    const outer = openOn(key);
    const pending = outer ?? begin(key, request);
    const change = sample === 1 || Math.random() < sample ? whole : silent;
    const before = stateOf(pending) ?? { compiled: change.compiled, seen: seenOf(request), nonce: undefined, slotResults: undefined };
    const failed = applyChange(asRequest(request), pending, before, change);
    if (outer !== undefined && failed !== undefined) throw failed;
    return finish(failed, key, request, pending, next);
  });
}

/**
 * The response, with the headers of the policy in force by then. Also for a middleware further in: whether it is one, or the same request
 * was passed twice at once, is not known.
 */
async function finish<R>(
  failed: PolicyError | undefined,
  key: Key,
  request: FetchRequest,
  pending: Pending,
  next: () => Promise<R>,
): Promise<R> {
  pending.calls += 1;
  try {
    if (failed === undefined) return finished(await next(), request, pending);
    // Headers of Hono's unfinished response are added to the response of onError.
    if (isHono(key)) finished(key.res, request, pending);
    throw failed;
  } finally {
    pending.calls -= 1;
    pending.headersSent = pending.calls === 0;
  }
}

/**
 * Adds layers to the policy in force: `app.get("/embed", override({ … }), handler)` in Hono, `override({ … })(handler)` inside a handler
 * that `securityHeaders` wraps.
 *
 * @param layers as for `securityHeaders`; a complete one replaces all below it.
 * @returns a function for both ways of calling. It rejects if no policy is in force on the same `Request`, and if the layers are not
 *   valid on top of the policy in force.
 * @throws {PolicyError} at the call, with all mistakes in the layers themselves.
 */
export function override<const L extends readonly LayerInput[]>(...layers: CheckedLayers<L>): FetchMiddleware {
  refuseCall("override", layers);
  const apply = (overrideInForce as (...layers: readonly unknown[]) => Middleware)(...layers);
  return middleware("override", async (key, request, next) => {
    apply(asRequest(request), required("override", key));
    return next();
  });
}

/**
 * Makes the policy in force win over the response's own headers: a header of an upstream `Response` under a name of the policy is
 * replaced, and headers that a patch has switched off are removed.
 *
 * @returns a function for both ways of calling, to be used inside `securityHeaders`. It rejects if no policy is in force on the same
 *   `Request`.
 * @throws {PolicyError} if it is mounted without being called.
 */
export function sealHeaders(...none: readonly []): FetchMiddleware {
  refuseCall("sealHeaders", none);
  return middleware("sealHeaders", async (key, _request, next) => {
    required("sealHeaders", key).sealed = true;
    return next();
  });
}

/**
 * The policy in force for a `Request`, or for Hono's context.
 *
 * @param request the `Request` that the handler received, or Hono's context.
 * @returns undefined if none is in force.
 * @throws {PolicyError} if the argument is neither.
 */
export function policyOf(request: FetchRequest | HonoContext): Policy | undefined {
  const pending = pendingFor("policyOf", request);
  return pending && policyInForce(pending);
}

/**
 * The nonce of the response that is being prepared, for `<script nonce="…">`.
 *
 * @param request the `Request` that the handler received, or Hono's context.
 * @returns 128 random bits in base64.
 * @throws {PolicyError} if the argument is neither, or if the policy in force has no nonce slot.
 */
export function nonceOf(request: FetchRequest | HonoContext): string {
  const pending = pendingFor("nonceOf", request);
  if (pending === undefined) throw nothingInForce("nonceOf");
  return nonceInForce(pending);
}

function pendingFor(name: string, key: unknown): Pending | undefined {
  if (!isRequest(key) && !isHono(key)) throw wrongArgument(name, "portcullis/fetch", key);
  return pendingOn(key);
}

/** The one middleware behind both ways of calling; `next` returns the response, and in Hono replaces it. */
type Step = <R>(key: Key, request: FetchRequest, next: () => Promise<R>) => Promise<R>;

function middleware(name: string, step: Step): FetchMiddleware {
  // Deno passes the request only to functions that declare a parameter, judged by their length.
  const around =
    <R>(handler: (request: FetchRequest, ...rest: unknown[]) => R | Promise<R>) =>
    (request: FetchRequest, ...rest: unknown[]) => {
      if (!isRequest(request)) throw wrongCall(name, "portcullis/fetch", request, ...rest);
      return step(request, request, async () => handler(request, ...rest));
    };

  const inHono = async (c: HonoContext, next: () => Promise<void>) => {
    const response = await step(c, c.req.raw, async () => {
      await next();
      return c.res;
    });
    if (response === c.res) return;
    // Hono would add the headers of the earlier response to the new one.
    const context = c as { res: FetchResponse | undefined };
    context.res = undefined;
    context.res = response;
  };
  return ((first: unknown, next: () => Promise<void>, ...rest: readonly unknown[]) => {
    if (typeof first === "function") return around(first as () => unknown);
    return isHono(first) ? inHono(first, next) : failCall(wrongCall(name, "portcullis/fetch", first), rest);
  }) as FetchMiddleware;
}

/** The same change from every policy: all headers of this one, since none is written before the response is there. */
function changeTo(compiled: CompiledPolicy): PolicyChange {
  const { secure, plain, loopback, dependsOn, strip } = compiled;
  return {
    compiled,
    dependsOn,
    secure: { remove: strip, ...secure },
    plain: { remove: strip, ...plain },
    loopback: { remove: strip, ...loopback },
  };
}

/**
 * How the request came, determined completely at once: nothing is read later that a `Request` does not have. Behind a proxy a server
 * makes request URLs with http, so only https is conclusive; there is no setting that says whether to trust X-Forwarded-Proto.
 */
function seenOf({ url }: FetchRequest): Seen {
  const { protocol, host } = new URL(url);
  return look("unseen", "host", { headers: { host }, socket: { encrypted: protocol === "https:" } });
}

/** `app.use(securityHeaders)` without a call makes Hono call the factory with a context; `securityHeaders(handler)` passes a handler. */
function refuseCall(name: string, layers: readonly unknown[]): void {
  const wrong = wrongEntry(name, "portcullis/fetch", layers[0]);
  if (wrong !== undefined) throw wrong;
  if (!layers.some((layer) => typeof layer === "function")) return;
  const hint = `Write ${name}()(handler), or in Hono app.use(${name}()).`;
  throw policyError("not-called", [name], "received a function, and a layer is never a function", hint);
}
