import * as z from "zod/mini";
import { policyError } from "../errors.js";
import type { DynamicPart } from "../headers/header.js";
import type { HeaderName } from "../headers/patch.js";
import { type OptionSchemas, readOptions } from "../values/options.js";
import { expecting } from "../values/schema.js";
import type { PerRequest, Slot, SlotValue } from "../values/slots.js";
import { show } from "../values/text.js";
import { type CompiledPolicy, compile, TRANSPORTS, type Transport } from "./compile.js";
import { fill } from "./fill.js";
import { isPolicy, type Policy } from "./policy.js";
import { noRoom } from "./size.js";

/** Headers by their wire names, in the order in which they are sent. */
export type HeaderSet = { readonly [Name in HeaderName]?: string } & { readonly [name: string]: string };

/** The values of a policy's slots in one rendering, and how the request came. */
export interface RenderOptions {
  /** The nonce in base64, without `'nonce-`; required where the policy has a nonce slot. */
  readonly nonce?: string | undefined;
  /** The value of each `perRequest` slot; required for every one in the policy. */
  readonly slots?: ReadonlyMap<PerRequest, SlotValue> | undefined;
  /**
   * `"secure"` (the default): every header. `"plain"`: for http, without HSTS and upgrade-insecure-requests.
   * `"loopback"`: for this machine, without upgrade-insecure-requests.
   */
  readonly transport?: Transport | undefined;
}

const compiled = new WeakMap<Policy, CompiledPolicy>();

/** The compiled form of a policy, made once. */
export function compiledOf(policy: Policy): CompiledPolicy {
  let one = compiled.get(policy);
  if (one === undefined) {
    one = compile(policy);
    compiled.set(policy, one);
  }
  return one;
}

const NONCE = /^[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * The headers of a policy, for any server and for tests.
 *
 * @param policy made by `definePolicy`.
 * @param options values for its slots, and how the request came.
 * @returns wire names and values, in the order in which they are sent.
 * @throws {PolicyError} where a slot has no value, or a value that its directive does not allow.
 */
export function renderHeaders(policy: Policy, options: RenderOptions = {}): HeaderSet {
  if (!isPolicy(policy)) {
    throw policyError("wrong-type", ["renderHeaders"], `${show(policy)} is not a policy`, "Wrap it: renderHeaders(definePolicy(…)).");
  }
  const { transport = "secure", nonce: written, slots } = readOptions<RenderOptions>("renderHeaders", options, OPTIONS);
  const one = compiledOf(policy);
  const { names, values, rooms } = one[transport];
  const nonce = one.hasNonce ? checkedNonce(written) : undefined;
  const lines = values.map((value, index) => {
    const text = typeof value === "string" ? value : fill(value, rooms[index] as number, nonce, partText, slots);
    return [names[index] as string, text] as const;
  });
  return Object.fromEntries(lines) as HeaderSet;
}

/** The nonce is checked where the policy has a slot for it: its error is more specific. */
const OPTIONS: OptionSchemas<RenderOptions> = () => ({
  nonce: z.unknown(),
  slots: z.custom((value) => value instanceof Map, expecting("a Map", "Write new Map([[slot, value]]).")),
  transport: z.literal(TRANSPORTS),
});

function checkedNonce(nonce: unknown): string {
  if (nonce === undefined)
    throw policyError(
      "slot-empty",
      ["nonce"],
      "the policy has a nonce slot, and there is no nonce",
      'Write renderHeaders(policy, { nonce: "…" }).',
    );
  if (typeof nonce === "string" && NONCE.test(nonce)) return nonce;
  throw policyError("invalid-value", ["nonce"], `${show(nonce)} is not a nonce`, "Write base64, without 'nonce-.");
}

function partText(part: DynamicPart, room: number, slots: RenderOptions["slots"]): string {
  const lists = part.slots.map((slot) => valuesOf(slot, slots));
  const text = part.join(lists);
  if (text.length > room && lists.some((list) => list.length > 0)) throw noRoom(part, text, room);
  return text;
}

function valuesOf(slot: Slot, slots: RenderOptions["slots"]): readonly unknown[] {
  const value = slots?.get(slot as PerRequest);
  if (value === undefined)
    throw policyError(
      "slot-empty",
      ["slots"],
      "the policy has a perRequest slot, and there is no value for it",
      "Write renderHeaders(policy, { slots: new Map([[slot, value]]) }).",
    );
  return Array.isArray(value) ? value : [value];
}
