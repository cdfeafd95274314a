import * as z from "zod/mini";
import { policyError } from "../errors.js";
import { TRANSPORTS, type Transport } from "../policy/compile.js";
import { byName, incomingHeaders } from "../policy/incoming.js";
import { makePolicy, type Policy } from "../policy/policy.js";
import { type RenderOptions, renderHeaders } from "../policy/render.js";
import type { Preset, PresetName } from "../presets/index.js";
import { awaited, type OptionSchemas, readOptions, shown } from "../values/options.js";
import { expecting } from "../values/schema.js";
import { isPromise } from "../values/text.js";
import { describeDifferences } from "./describe-differences.js";
import { differences, type Received, UNKNOWN_NONCE } from "./differences.js";

declare global {
  // Jest's own place for matchers, which Vitest reads too.
  namespace jest {
    interface Matchers<R, T> {
      /** Whether a response has the headers of a policy, and no other security headers; see `toBeSecured` of portcullis/testing. */
      toBeSecured(this: Matchers<R, T>, policy: SecuredPolicy, options?: SecuredOptions): R;
    }
  }
}

// That of Jest's `expect` where it is imported, from "@jest/globals" or "expect"; without the package there is nothing to add to.
// biome-ignore lint/suspicious/noTsIgnore: an error is expected here, and none where the package is installed.
/** @ts-ignore */
declare module "expect" {
  interface Matchers<R extends void | Promise<void>, T = unknown> {
    /** Whether a response has the headers of a policy, and no other security headers; see `toBeSecured` of portcullis/testing. */
    toBeSecured(this: Matchers<R, T>, policy: SecuredPolicy, options?: SecuredOptions): R;
  }
}

/** The policy that a response is compared with. */
export type SecuredPolicy = Policy | Preset | PresetName;

/** As for `renderHeaders`, but the nonce is optional. */
export interface SecuredOptions extends RenderOptions {
  /** The expected nonce. Default: any, if it is the same everywhere in the policy. */
  readonly nonce?: string | undefined;
  /**
   * How the request came. Default: over https, with or without `upgrade-insecure-requests`, which is not sent to a test that requests
   * localhost over http. Pass `"plain"` if the request has `X-Forwarded-Proto: http` and the framework trusts the proxy.
   */
  readonly transport?: Transport | undefined;
}

/** Takes a response of supertest, fetch, Playwright or `inject`, or headers alone; throws an Error that lists the differences. */
export type SecuredCheck = (response: object) => void;

/**
 * A check that a response has the headers of a policy, and no other security headers: `request(app).get("/").expect(secured("strict"))`.
 *
 * In a CSP the order of directives and of sources does not matter. Cache-Control matters only if the policy sets it.
 *
 * @param policy the policy of this route: of `definePolicy` or `policyOf(res)`, or a preset.
 * @param options the values of `perRequest` slots, how the request came, and the nonce if it is known.
 * @throws {PolicyError} at the call, if the policy or an option is wrong, or a `perRequest` slot has no value; the check throws one if
 *   its argument is not a response.
 */
export function secured(policy: SecuredPolicy, options: SecuredOptions = {}): SecuredCheck {
  const difference = differenceFrom("secured", policy, options);
  return (response) => {
    const text = difference(response);
    if (text !== undefined) throw new Error(text);
  };
}

/**
 * The same as a matcher of Vitest and Jest: `expect.extend({ toBeSecured })`, then `expect(response).toBeSecured("strict")`.
 *
 * @param received as for what `secured` returns.
 * @throws {PolicyError} as `secured` does.
 */
export function toBeSecured(received: unknown, policy: SecuredPolicy, options: SecuredOptions = {}) {
  const text = differenceFrom("toBeSecured", policy, options)(received);
  return { pass: text === undefined, message: () => text ?? "The response has all headers of the policy, and no other security headers." };
}

const OPTIONS: OptionSchemas<SecuredOptions> = () => ({
  nonce: z.string(expecting("a nonce", "Write base64, without 'nonce-.")),
  slots: z.custom((value) => value instanceof Map, expecting("a Map of slots and their values", "Write new Map([[slot, value]]).")),
  transport: z.literal([...TRANSPORTS]),
});

/** Returns a function that describes how a response differs from a policy, or returns undefined if it does not. */
function differenceFrom(name: string, given: SecuredPolicy, options: SecuredOptions): (received: unknown) => string | undefined {
  // A falsy layer would be skipped, and the policy would be `recommended`.
  if (!given) throw policyError("wrong-type", [name], `${shown(given)} is not a policy`, `Write ${name}("strict"), or a policy.`);
  const policy = makePolicy([given]);
  const { transport, ...known } = readOptions<SecuredOptions>(name, options, OPTIONS);
  renderHeaders(policy, { nonce: UNKNOWN_NONCE, ...known });

  return (received) => {
    const headers = headersOf(name, received);
    const against = (one: Transport) => differences(policy, headers, one, known);
    const [first, second] = transport === undefined ? [against("secure"), against("loopback")] : [against(transport)];
    const fewest = second !== undefined && second.length < first.length ? second : first;
    if (fewest.length === 0) return undefined;
    return describeDifferences(fewest, headers, transport === undefined && against("plain").length === 0);
  };
}

function headersOf(name: string, received: unknown): Received {
  const hint = awaited(received, "Pass a response, or its headers.");
  if (typeof received !== "object" || received === null || isPromise(received)) {
    throw policyError("wrong-type", [name], `${shown(received)} is not a response`, hint);
  }
  try {
    const { headers } = received as { headers?: unknown };
    const own: unknown = typeof headers === "function" ? headers.call(received) : headers;
    const { lines, odd } = incomingHeaders(typeof own === "object" && own !== null ? own : received);
    if (odd[0] !== undefined) throw new TypeError(`the value of ${odd[0]} is neither a string nor a number`);
    return new Map([...byName(lines)].map(([key, values]) => [key, values.join(", ")]));
  } catch (cause) {
    const message = `its headers cannot be read: ${cause instanceof Error ? cause.message : shown(cause)}`;
    throw policyError("wrong-type", [name], message, hint, cause);
  }
}
