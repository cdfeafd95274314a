import { policyError } from "../errors.js";
import { type IncomingHeaders, incomingHeaders, isRefusal } from "../policy/incoming.js";
import { isPolicy, type Policy } from "../policy/policy.js";
import { awaited, shown } from "../values/options.js";
import { isPromise, show } from "../values/text.js";

const HINT = "Write a policy, a Headers, pairs, or an object of strings.";

/**
 * The argument of a function of this room, where it is a policy; undefined where it is anything else.
 *
 * @param path the function, and its argument where it has several, as errors name them.
 * @throws {PolicyError} where looking at it throws, as with a revoked proxy.
 */
export function policyIn(path: readonly string[], input: unknown): Policy | undefined {
  return readable(path, () => (isPolicy(input) ? input : undefined));
}

/**
 * The same, where it is a set of headers.
 *
 * @throws {PolicyError} where it is not a set of headers, or cannot be read.
 */
export function readHeaderLines(path: readonly string[], input: unknown): IncomingHeaders {
  if (typeof input !== "object" || input === null || isPromise(input)) {
    const hint = typeof input === "string" ? `Write definePolicy(${show(input)}) for a preset, or an object of headers.` : HINT;
    throw policyError("wrong-type", path, `${shown(input)} is not a policy or a set of headers`, awaited(input, hint));
  }
  return readable(path, () => incomingHeaders(input));
}

function readable<T>(path: readonly string[], read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const why = isRefusal(cause) ? cause.message : show(cause instanceof Error ? cause.message : cause);
    throw policyError("unreadable", path, `the headers cannot be read: ${why}`, HINT, cause);
  }
}
