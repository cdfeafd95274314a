import { policyError } from "../errors.js";
import type { DynamicPart } from "../headers/header.js";
import type { HeaderName } from "../headers/patch.js";
import { bare } from "../values/own.js";
import type { PerRequest, Slot, SlotValue } from "../values/slots.js";
import { didYouMean, oneOf, show } from "../values/text.js";
import { type CompiledPolicy, compile, TRANSPORTS, type Transport } from "./compile.js";
import { fill } from "./fill.js";
import { isPolicy, type Policy } from "./policy.js";
import { noRoom } from "./size.js";

/** Headers by their wire names, in the order in which they go out. */
export type HeaderSet = { readonly [Name in HeaderName]?: string } & { readonly [name: string]: string };

/** What a policy's slots stand for in one rendering. */
export interface RenderOptions {
  /** The nonce in base64, without `'nonce-`; needed where the slot stands. */
  readonly nonce?: string | undefined;
  /** What each `perRequest` slot gives; needed for every one that stands in the policy. */
  readonly slots?: ReadonlyMap<PerRequest, SlotValue> | undefined;
  /**
   * `"secure"` (the default): all of it. `"plain"`: known to be plain http, without HSTS and upgrade-insecure-requests.
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
 * @param options values for the slots that stand in it, and how the request came.
 * @returns wire names and values, in the order in which they go out.
 * @throws {PolicyError} where a slot has no value, or one that its directive does not take.
 */
export function renderHeaders(policy: Policy, options: RenderOptions = {}): HeaderSet {
  if (!isPolicy(policy)) {
    throw policyError("wrong-type", ["renderHeaders"], `${show(policy)} is not a policy`, "Wrap it: renderHeaders(definePolicy(…)).");
  }
  for (const name of Object.keys(options)) if (!OPTIONS.includes(name)) unknownOption(name);
  const { transport = "secure", nonce: given, slots } = bare(options);
  const one = compiledOf(policy);
  const { names, values, rooms } = TRANSPORTS.includes(transport) ? one[transport] : unknownTransport(transport);
  const nonce = one.hasNonce ? checkedNonce(given) : undefined;
  const lines = values.map((value, index) => {
    const text = typeof value === "string" ? value : fill(value, rooms[index] as number, nonce, givenText, slots);
    return [names[index] as string, text] as const;
  });
  return Object.fromEntries(lines) as HeaderSet;
}

const OPTIONS = ["nonce", "slots", "transport"];

function unknownOption(name: string): never {
  throw policyError("unknown-name", ["renderHeaders", name], "unknown option", didYouMean(name, OPTIONS) || `Write ${oneOf(OPTIONS)}.`);
}

function unknownTransport(transport: unknown): never {
  throw policyError("unknown-name", ["transport"], `${show(transport)} is no transport`, 'Write "secure", "plain" or "loopback".');
}

function checkedNonce(nonce: unknown): string {
  if (nonce === undefined)
    throw policyError(
      "slot-empty",
      ["nonce"],
      "the policy has a nonce slot, and no nonce came",
      'Write renderHeaders(policy, { nonce: "…" }).',
    );
  if (typeof nonce === "string" && NONCE.test(nonce)) return nonce;
  throw policyError("invalid-value", ["nonce"], `${show(nonce)} is not a nonce`, "Give base64, without 'nonce-.");
}

function givenText(part: DynamicPart, room: number, slots: RenderOptions["slots"]): string {
  const lists = part.slots.map((slot) => givenFor(slot, slots));
  const text = part.join(lists);
  if (text.length > room && lists.some((list) => list.length > 0)) throw noRoom(part, text, room);
  return text;
}

function givenFor(slot: Slot, slots: RenderOptions["slots"]): readonly unknown[] {
  const value = slots?.get(slot as PerRequest);
  if (value === undefined)
    throw policyError(
      "slot-empty",
      ["slots"],
      "the policy has a perRequest slot, and no value came",
      "Write renderHeaders(policy, { slots: new Map([[slot, value]]) }).",
    );
  return Array.isArray(value) ? value : [value];
}
