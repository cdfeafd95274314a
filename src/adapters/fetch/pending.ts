import { nothingInForce } from "../../middleware/pass.js";
import { reapply, removeNonceHeaders, stateOf } from "../../middleware/state.js";
import type { RequestLike, ResponseLike } from "../../middleware/types.js";
import type { FetchHeaders, FetchRequest, FetchResponse, Key } from "./types.js";

/** A response that does not exist yet: headers set on it are kept only once the real response is there. */
export interface Pending extends ResponseLike {
  headersSent: boolean;
  sealed: boolean;
  /** The real headers, while they are written. */
  headers: FetchHeaders | undefined;
  /** What was set on the real headers, by name. */
  written: Map<string, string>;
  /** When it began, as a count of pending responses. */
  readonly since: number;
  /** Calls with this request that have not returned: several where the same request is passed twice at once. */
  calls: number;
  getHeader(name: string): unknown;
}

// Versioned and global, as the state is: both copies of this package find it.
const PENDING: unique symbol = Symbol.for("portcullis.fetch@1") as never;

/** The pending response of a request; undefined if there is none. */
export function pendingOn(key: Key): Pending | undefined {
  return (key as { [PENDING]?: Pending })[PENDING];
}

/** The pending response, if it is not finished: the same `Request` may be passed to a handler again. */
export function openOn(key: Key): Pending | undefined {
  const pending = pendingOn(key);
  return pending?.headersSent === false ? pending : undefined;
}

/** The pending response; throws PolicyError if there is none. */
export function required(name: string, key: Key): Pending {
  const pending = pendingOn(key);
  if (pending === undefined) throw nothingInForce(name);
  return pending;
}

/** Starts a pending response for a request. */
export function begin(key: Key, request: FetchRequest): Pending {
  const pending: Pending = {
    headersSent: false,
    sealed: false,
    headers: undefined,
    written: new Map(),
    since: count(),
    calls: 0,
    getHeader(name) {
      return this.headers?.get(name);
    },
    setHeader(name, value) {
      if (this.headers === undefined || (!this.sealed && this.headers.has(name))) return;
      this.headers.set(name, value);
      this.written.set(name, value);
    },
    removeHeader(name) {
      if (this.sealed) this.headers?.delete(name);
    },
  };
  for (const one of [key, request]) (one as { [PENDING]?: Pending })[PENDING] = pending;
  return pending;
}

/** The request as `perRequest` functions receive it; the state already knows how it came, and reads nothing else from it. */
export function asRequest(request: FetchRequest): RequestLike {
  return request as unknown as RequestLike;
}

// Versioned and global, as the state is: both copies of this package count together, and know what the other one has written.
const COUNT: unique symbol = Symbol.for("portcullis.fetch.count@1") as never;
const WRITTEN: unique symbol = Symbol.for("portcullis.fetch.written@1") as never;

/** Where globals are frozen, each copy counts for itself. */
let ownCount = 0;

function count(): number {
  const all = globalThis as { [COUNT]?: number };
  ownCount = Math.max(ownCount, all[COUNT] ?? 0) + 1;
  Reflect.set(all, COUNT, ownCount);
  return ownCount;
}

/** What a response has of ours: the headers, and for which pending response they were written. */
interface Written {
  readonly by: Pending;
  readonly headers: ReadonlyMap<string, string>;
}

/** The response with the headers of the policy in force now: the same object, or a copy. */
export function finished<R>(response: R, request: FetchRequest, pending: Pending): R {
  if (!isAnswer(response)) return response;
  const earlier = (response as { [WRITTEN]?: Written })[WRITTEN];
  if (earlier !== undefined && isFurtherIn(earlier.by, pending) && !isShareable(response)) return response;
  // What has headers of another request is not changed: that request's answer may not be sent yet.
  let target = earlier === undefined || earlier.by === pending ? response : copyOf(response);
  for (const [name, value] of earlier?.headers ?? []) if (target.headers.get(name) === value) target.headers.delete(name);
  try {
    put(target, request, pending);
  } catch {
    // The headers of a response of fetch() or Response.redirect() are immutable.
    target = copyOf(target);
    put(target, request, pending);
  }
  Reflect.set(target, WRITTEN, { by: pending, headers: pending.written } satisfies Written);
  return target;
}

/** Whether it belongs to a policy around a request that a handler made itself, which replaces the policy around that handler. */
function isFurtherIn(inner: Pending, outer: Pending): boolean {
  return inner !== outer && inner.since > outer.since;
}

/**
 * Whether handlers may return the same response for many requests: without a body it can be sent more than once. Of two requests at once
 * it is not known whether one was made for the other, so that such a response always gets the headers of the request it is returned for.
 */
function isShareable(response: object): boolean {
  return (response as { body?: unknown }).body === null;
}

function put({ headers, status }: FetchResponse, request: FetchRequest, pending: Pending): void {
  pending.headers = headers;
  pending.written = new Map();
  try {
    for (const name of stateOf(pending)?.compiled.strip ?? []) headers.delete(name);
    reapply(asRequest(request), pending, status);
  } finally {
    pending.headers = undefined;
  }
  if (status !== 304) return;
  const own = { getHeader: (name: string) => headers.get(name) ?? undefined, removeHeader: (name: string) => headers.delete(name) };
  removeNonceHeaders(own, stateOf(pending));
}

/** Whether it is a response to write to: not undefined (Bun, after an upgrade), not an upgrade (101), not `Response.error()` (0). */
function isAnswer(response: unknown): response is FetchResponse {
  return typeof response === "object" && response !== null && (response as FetchResponse).status >= 200;
}

/** A response with the same status, text, body and Set-Cookie lines, whose headers can be changed. */
function copyOf<R extends FetchResponse>(response: R): R {
  const { body } = response as { body?: ReadableStream | null };
  return new Response(body ?? null, response as unknown as ResponseInit) as unknown as R;
}
