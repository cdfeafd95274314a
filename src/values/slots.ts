import { policyError } from "../errors.js";
import { own } from "./own.js";
import type { Source } from "./sources.js";
import { show } from "./text.js";

// Global and versioned, so that a slot from the CommonJS copy of this package is one in the ESM copy too.
const SLOT: unique symbol = Symbol.for("portcullis.slot@1") as never;

/** The place of the response's nonce in a source list. */
export interface Nonce {
  readonly [SLOT]: "nonce";
}

/**
 * What a {@link perRequest} function returns: one source, or several, or none (`[]`). Text may come from the request, and names hosts,
 * `"self"` or hashes; any other source is written `source("…")`.
 */
export type SlotValue = string | Source | readonly (string | Source)[];

/** The place of sources that are known only when the request is there. */
export interface PerRequest {
  readonly [SLOT]: "perRequest";
  readonly fn: (req: never, res: never) => SlotValue;
}

/** All that may differ from one response to the next. */
export type Slot = Nonce | PerRequest;

/**
 * A placeholder in a source list for `'nonce-…'`: 128 fresh random bits for every response, the same in all its headers.
 * Read it with `nonceOf(res)` or `res.locals.cspNonce`. CSP3 §2.3.1, §7.1.
 */
export const nonce: Nonce = Object.freeze({ [SLOT]: "nonce" as const });

/** The request type of a {@link perRequest} function that does not declare a more specific one, such as Express's `Request`. */
export interface PerRequestInput {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * A placeholder in a source list for sources that depend on the request.
 *
 * @param fn called once a response, synchronously, as `fn(req, res)`; returns a source, a list, or `[]` for none. Text counts only
 *   as a host (`https://a.example`, `*.a.example`), `"self"` or a hash; what opens more, such as `"unsafe-inline"`, `"*"` or `"https:"`,
 *   is `source("…")`, so that the text of a request never is.
 *   If it throws, or returns anything else, the policy is sent without this source and the error is passed to `next(err)`.
 * @throws {PolicyError} when `fn` is not a function.
 */
export function perRequest<Req = PerRequestInput, Res = unknown>(fn: (req: Req, res: Res) => SlotValue): PerRequest {
  if (typeof fn !== "function") {
    const hint = 'Write perRequest((req) => "https://tenant.example").';
    throw policyError("wrong-type", ["perRequest"], `${show(fn)} is not a function`, hint);
  }
  return Object.freeze({ [SLOT]: "perRequest" as const, fn: fn as PerRequest["fn"] });
}

export function isNonce(value: unknown): value is Nonce {
  return own(value, SLOT) === "nonce";
}

export function isPerRequest(value: unknown): value is PerRequest {
  return own(value, SLOT) === "perRequest";
}

export function isSlot(value: unknown): value is Slot {
  return isNonce(value) || isPerRequest(value);
}
