import { type PolicyError, policyError } from "../errors.js";
import { nonceOf as nonceInForce, policyOf as policyInForce } from "../middleware/in-force.js";
import { override as overrideInForce } from "../middleware/override.js";
import { nothingInForce } from "../middleware/pass.js";
import { applyChange, type PolicyChange, reapply, removeNonceHeaders, stateOf } from "../middleware/state.js";
import { look, type Seen } from "../middleware/transport.js";
import type { Middleware, RequestLike, ResponseLike } from "../middleware/types.js";
import { wrongEntry } from "../middleware/wrong-entry.js";
import type { CheckedLayers } from "../policy/check-types.js";
import type { CompiledPolicy } from "../policy/compile.js";
import { compileLayers } from "../policy/compile-layers.js";
import type { Layer, Policy } from "../policy/policy.js";

/** A `Request`, as far as it is looked at. */
export interface FetchRequest {
  readonly url: string;
  readonly headers: { get(name: string): string | null };
}

/** A `Response`, as far as it is written to. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: FetchHeaders;
}

interface FetchHeaders {
  get(name: string): string | null;
  has(name: string): boolean;
  set(name: string, value: string): void;
  delete(name: string): void;
}

/** Hono's context, as far as it is used. */
export interface HonoContext {
  readonly req: { readonly raw: FetchRequest };
  readonly res: FetchResponse;
}

/** What answers a request: the `fetch` of a Worker, of Deno and of Bun, a route handler of Next. */
export type FetchHandler<A extends readonly [request: FetchRequest, ...rest: unknown[]], R> = (...args: A) => R | Promise<R>;

/** Around a handler, `securityHeaders()(handler)`, and as it is a middleware of Hono, `app.use(securityHeaders())`. */
export interface FetchMiddleware {
  <A extends readonly [request: FetchRequest, ...rest: unknown[]], R>(handler: FetchHandler<A, R>): (...args: A) => Promise<R>;
  (c: HonoContext, next: () => Promise<void>): Promise<void>;
}

/**
 * Puts a policy in force for the handler it is wrapped around, or in Hono for all that is mounted below; one further in
 * replaces it whole. `perRequest` functions get the `Request`.
 *
 * The headers go onto the `Response` once it is there. What it has already stays, as with any last writer, unless `sealHeaders` says
 * otherwise; names under `stripHeaders` are taken away. A response that cannot be changed (of `fetch()`, `Response.redirect()`)
 * is copied; a WebSocket upgrade is left alone. Whoever throws instead of answering gets the runtime's error page, without headers.
 *
 * @param layers as for `definePolicy`; without any, `recommended`.
 * @returns for both ways of calling, see {@link FetchMiddleware}. Where a `perRequest` function fails, it rejects; in Hono the
 *   answer of `onError` then has the policy without its source.
 * @throws {PolicyError} at once, with all that is wrong with the policy.
 */
export function securityHeaders<const L extends readonly Layer[]>(...layers: CheckedLayers<L>): FetchMiddleware {
  refuseCall("securityHeaders", layers);
  const compiled = compileLayers(layers);
  const whole = changeTo(compiled);

  return middleware("securityHeaders", async (key, request, next) => {
    const outer = openOn(key);
    const pending = outer ?? begin(key, request);
    const before = stateOf(pending) ?? { compiled, seen: seenOf(request), nonce: undefined, slotResults: undefined };
    const failed = applyChange(asRequest(request), pending, before, whole);
    if (outer === undefined) return finish(failed, key, request, pending, next);
    if (failed !== undefined) throw failed;
    return next();
  });
}

/** What the outermost one does: the response, once it is there, with the headers of what is in force by then. */
async function finish<R>(
  failed: PolicyError | undefined,
  key: Key,
  request: FetchRequest,
  pending: Pending,
  next: () => Promise<R>,
): Promise<R> {
  try {
    if (failed === undefined) return finished(await next(), request, pending);
    // What stands on Hono's unfinished response comes with what onError answers.
    if (isHono(key)) finished(key.res, request, pending);
    throw failed;
  } finally {
    pending.headersSent = true;
  }
}

/**
 * Lengthens the policy in force by these layers: `app.get("/embed", override({ … }), handler)` in Hono,
 * `override({ … })(handler)` inside a handler that `securityHeaders` is wrapped around.
 *
 * @param layers as for `securityHeaders`; a complete one replaces all below it.
 * @returns for both ways of calling. It rejects where nothing is in force on this very `Request`, and where the layers do not fit
 *   the policy in force.
 * @throws {PolicyError} at once, with all that is wrong with the layers themselves.
 */
export function override<const L extends readonly Layer[]>(...layers: CheckedLayers<L>): FetchMiddleware {
  refuseCall("override", layers);
  const apply = (overrideInForce as (...layers: readonly unknown[]) => Middleware)(...layers);
  return middleware("override", async (key, request, next) => {
    apply(asRequest(request), required("override", key));
    return next();
  });
}

/**
 * Makes what is in force win against the response's own headers: what a `Response` of an upstream has under a name of the
 * policy is replaced, and what a patch has switched off is taken away.
 *
 * @returns for both ways of calling, to be put inside `securityHeaders`. It rejects where nothing is in force on this very `Request`.
 */
export function sealHeaders(...none: readonly []): FetchMiddleware {
  refuseCall("sealHeaders", none);
  return middleware("sealHeaders", async (key, _request, next) => {
    required("sealHeaders", key).sealed = true;
    return next();
  });
}

/**
 * The policy in force for a `Request`, or a context of Hono's.
 *
 * @returns undefined where nothing is in force.
 */
export function policyOf(request: FetchRequest | HonoContext): Policy | undefined {
  return policyInForce(pendingOn(request) ?? {});
}

/**
 * The nonce of the response that is to come, for `<script nonce="…">`.
 *
 * @param request the `Request` that the handler got, or Hono's context.
 * @returns 128 random bits in base64.
 * @throws {PolicyError} where no nonce slot stands in the policy in force.
 */
export function nonceOf(request: FetchRequest | HonoContext): string {
  const pending = pendingOn(request);
  if (pending === undefined) refuseOther("nonceOf", request);
  return nonceInForce(pending ?? {});
}

type Key = FetchRequest | HonoContext;

/** The one middleware behind both ways of calling; `next` gives the response, and in Hono replaces it. */
type Step = <R>(key: Key, request: FetchRequest, next: () => Promise<R>) => Promise<R>;

function middleware(name: string, step: Step): FetchMiddleware {
  // Deno gives the request only to functions that name a parameter, by their length.
  const around =
    <R>(handler: (request: FetchRequest, ...rest: unknown[]) => R | Promise<R>) =>
    (request: FetchRequest, ...rest: unknown[]) =>
      step(request, request, async () => handler(request, ...rest));

  const inHono = async (c: HonoContext, next: () => Promise<void>) => {
    const response = await step(c, c.req.raw, async () => {
      await next();
      return c.res;
    });
    if (response === c.res) return;
    // Hono would lay the headers of a response that is there already over the new one.
    const context = c as { res: FetchResponse | undefined };
    context.res = undefined;
    context.res = response;
  };
  return ((first: unknown, next: () => Promise<void>) => {
    if (typeof first === "function") return around(first as () => unknown);
    const c = first as HonoContext;
    // Thrown: Express 4 sees no rejection.
    if (c.req?.raw === undefined) refuseOther(name, c);
    return inHono(c, next);
  }) as FetchMiddleware;
}

/** Throws where another framework handed this over. */
function refuseOther(name: string, given: unknown): void {
  const wrong = wrongEntry(name, "portcullis/fetch", given);
  if (wrong !== undefined) throw wrong;
}

function isHono(key: Key): key is HonoContext {
  return "req" in key;
}

/** A response that is not there yet: it takes nothing until the real one comes. */
interface Pending extends ResponseLike {
  headersSent: boolean;
  sealed: boolean;
  headers: FetchHeaders | undefined;
  /** What was written to them. */
  readonly names: string[];
  /** When it began, by our own count. */
  readonly since: number;
  getHeader(name: string): unknown;
}

// Versioned and global, as the state is: both copies of this package find it.
const PENDING: unique symbol = Symbol.for("portcullis.fetch@1") as never;

function pendingOn(key: Key): Pending | undefined {
  return (key as { [PENDING]?: Pending })[PENDING];
}

/** The same, where its response is still to come: a `Request` may be answered again. */
function openOn(key: Key): Pending | undefined {
  const pending = pendingOn(key);
  return pending?.headersSent === false ? pending : undefined;
}

function required(name: string, key: Key): Pending {
  const pending = pendingOn(key);
  if (pending === undefined) throw nothingInForce(name);
  return pending;
}

function begin(key: Key, request: FetchRequest): Pending {
  const pending: Pending = {
    headersSent: false,
    sealed: false,
    headers: undefined,
    names: [],
    since: count(),
    getHeader(name) {
      return this.headers?.get(name);
    },
    setHeader(name, value) {
      if (this.headers === undefined || (!this.sealed && this.headers.has(name))) return;
      this.headers.set(name, value);
      this.names.push(name);
    },
    removeHeader(name) {
      if (this.sealed) this.headers?.delete(name);
    },
  };
  for (const one of [key, request]) (one as { [PENDING]?: Pending })[PENDING] = pending;
  return pending;
}

/** The same difference from every policy: all of this one, since nothing is written before the response is there. */
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
 * How the request came, all of it at once: later on nothing is asked that a `Request` does not have. Behind a proxy a server makes its
 * URLs with http, so that only https is known; nobody says here whether a proxy's X-Forwarded-Proto is to be believed.
 */
function seenOf({ url }: FetchRequest): Seen {
  const { protocol, host } = new URL(url);
  return look("unseen", "host", { headers: { host }, socket: { encrypted: protocol === "https:" } });
}

/** For what perRequest functions get; the state knows the transport already, and looks at nothing. */
function asRequest(request: FetchRequest): RequestLike {
  return request as unknown as RequestLike;
}

/** Responses that have our headers: which, and since when. */
const written = new WeakMap<object, { readonly names: readonly string[]; readonly at: number }>();
let turn = 0;

function count(): number {
  turn += 1;
  return turn;
}

/** The response with the headers of what is in force now, itself or a copy. */
function finished<R>(response: R, request: FetchRequest, pending: Pending): R {
  if (!isAnswer(response)) return response;
  const earlier = written.get(response);
  // A policy further in, around a request of its own, has replaced this one.
  if (earlier !== undefined && earlier.at > pending.since) return response;
  // One without a body may be given to many requests, and the one before us is not ours to change.
  let target = earlier === undefined ? response : copyOf(response);
  for (const name of earlier?.names ?? []) target.headers.delete(name);
  try {
    put(target, request, pending);
  } catch {
    // It came from fetch() or Response.redirect(), whose headers cannot be changed.
    target = copyOf(response);
    put(target, request, pending);
  }
  written.set(target, { names: pending.names, at: count() });
  return target;
}

function put({ headers, status }: FetchResponse, request: FetchRequest, pending: Pending): void {
  pending.headers = headers;
  for (const name of stateOf(pending)?.compiled.strip ?? []) headers.delete(name);
  reapply(asRequest(request), pending, status);
  if (status !== 304) return;
  const own = { getHeader: (name: string) => headers.get(name) ?? undefined, removeHeader: (name: string) => headers.delete(name) };
  removeNonceHeaders(own, stateOf(pending));
}

/** Neither nothing (Bun, after an upgrade), nor an upgrade itself (101), nor `Response.error()` (0). */
function isAnswer(response: unknown): response is FetchResponse {
  return typeof response === "object" && response !== null && (response as FetchResponse).status >= 200;
}

/** Status, text, body and every single Set-Cookie of it, in a response whose headers can be changed. */
function copyOf<R extends FetchResponse>(response: R): R {
  const { body } = response as { body?: ReadableStream | null };
  return new Response(body ?? null, response as unknown as ResponseInit) as unknown as R;
}

/** `app.use(securityHeaders)` calls the factory with a context, `securityHeaders(handler)` with a handler. */
function refuseCall(name: string, layers: readonly unknown[]): void {
  if (!layers.some((layer) => typeof layer === "function")) return;
  throw policyError(
    "not-called",
    [name],
    "got a function, and no layer is one",
    `Write ${name}()(handler), or in Hono app.use(${name}()).`,
  );
}
