import { nothingInForce } from "../../middleware/pass.js";
import { reapply, removeNonceHeaders, stateOf } from "../../middleware/state.js";
import type { RequestLike, ResponseLike } from "../../middleware/types.js";
import type { FetchHeaders, FetchRequest, FetchResponse, Key } from "./types.js";

/** A response that does not exist yet: headers set on it are kept only once the real response is there. */
export interface Pending extends ResponseLike {
  headersSent: boolean;
  sealed: boolean;
  headers: FetchHeaders | undefined;
  /** The names that were set on the real headers. */
  readonly names: string[];
  /** When it began, as a count of events. */
  readonly since: number;
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

/** The request as `perRequest` functions receive it; the state already knows how it came, and reads nothing else from it. */
export function asRequest(request: FetchRequest): RequestLike {
  return request as unknown as RequestLike;
}

/** Responses that have headers of ours: which names, and since when. */
const written = new WeakMap<object, { readonly names: readonly string[]; readonly at: number }>();
let turn = 0;

function count(): number {
  turn += 1;
  return turn;
}

/** The response with the headers of the policy in force now: the same object, or a copy. */
export function finished<R>(response: R, request: FetchRequest, pending: Pending): R {
  if (!isAnswer(response)) return response;
  const earlier = written.get(response);
  // An inner policy, around a request it made itself, replaced this one.
  if (earlier !== undefined && earlier.at > pending.since) return response;
  // A response without a body may be shared by many requests: one that has headers of an earlier request is not changed.
  let target = earlier === undefined ? response : copyOf(response);
  for (const name of earlier?.names ?? []) target.headers.delete(name);
  try {
    put(target, request, pending);
  } catch {
    // The headers of a response of fetch() or Response.redirect() are immutable.
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

/** Whether it is a response to write to: not undefined (Bun, after an upgrade), not an upgrade (101), not `Response.error()` (0). */
function isAnswer(response: unknown): response is FetchResponse {
  return typeof response === "object" && response !== null && (response as FetchResponse).status >= 200;
}

/** A response with the same status, text, body and Set-Cookie lines, whose headers can be changed. */
function copyOf<R extends FetchResponse>(response: R): R {
  const { body } = response as { body?: ReadableStream | null };
  return new Response(body ?? null, response as unknown as ResponseInit) as unknown as R;
}
