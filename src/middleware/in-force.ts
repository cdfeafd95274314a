import { policyError } from "../errors.js";
import type { Policy } from "../policy/policy.js";
import { isResponse, nothingInForce } from "./pass.js";
import { type State, stateOf } from "./state.js";
import type { ResponseLike } from "./types.js";
import { wrongArgument } from "./wrong-entry.js";

/**
 * The policy in force on a response.
 *
 * @param res a response of Express, Connect, `node:http` or `node:http2`.
 * @returns the policy of `securityHeaders`, with all overrides so far; undefined if none is in force.
 * @throws {PolicyError} if the argument is not a response.
 */
export function policyOf(res: ResponseLike): Policy | undefined {
  return stateOn("policyOf", res)?.compiled.policyOf();
}

/**
 * The response's nonce, for `<script nonce="…">`; in Express also `res.locals.cspNonce`.
 *
 * @param res a response of Express, Connect, `node:http` or `node:http2`.
 * @returns 128 random bits in base64.
 * @throws {PolicyError} if the argument is not a response, if no policy is in force on it, or if that policy has no nonce slot.
 */
export function nonceOf(res: ResponseLike): string {
  const state = stateOn("nonceOf", res);
  if (state === undefined) throw nothingInForce("nonceOf");
  const { compiled, nonce } = state;
  if (!compiled.hasNonce || nonce === undefined) {
    const hint = 'Write contentSecurityPolicy: { scriptSrc: append(nonce) }, with nonce from "portcullis".';
    throw policyError("no-policy", ["nonceOf"], "the policy in force has no nonce, and would block the page's scripts", hint);
  }
  return nonce;
}

function stateOn(name: string, res: unknown): State | undefined {
  if (!isResponse(res)) throw wrongArgument(name, "portcullis", res);
  return stateOf(res);
}
