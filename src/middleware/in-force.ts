import { policyError } from "../errors.js";
import type { Policy } from "../policy/policy.js";
import { stateOf } from "./state.js";
import { wrongEntry } from "./wrong-entry.js";

/**
 * The policy in force on a response.
 *
 * @returns what `securityHeaders` put there and overrides have made of it; undefined where nothing is in force.
 */
export function policyOf(res: object): Policy | undefined {
  return stateOf(res)?.compiled.policyOf();
}

/**
 * The response's nonce, for `<script nonce="…">`; in Express also `res.locals.cspNonce`.
 *
 * @returns 128 random bits in base64.
 * @throws {PolicyError} where no nonce slot stands in the policy in force: a page stamped with it would stay blank.
 */
export function nonceOf(res: object): string {
  const state = stateOf(res);
  if (state === undefined) {
    const hint = "Write app.use(securityHeaders(…)) before this route.";
    throw (
      wrongEntry("nonceOf", "portcullis", res) ??
      policyError("no-policy", ["nonceOf"], "there is no policy in force on this response", hint)
    );
  }
  const { compiled, nonce } = state;
  if (!compiled.hasNonce || nonce === undefined) {
    const hint = 'Write contentSecurityPolicy: { scriptSrc: append(nonce) }, with nonce from "portcullis".';
    throw policyError("no-policy", ["nonceOf"], "no nonce stands in the policy in force, so that a page would wait for one in vain", hint);
  }
  return nonce;
}
