import { policyError } from "../errors.js";
import type { Custom } from "../headers/custom.js";
import type { DynamicPart, FieldValue } from "../headers/header.js";
import { registered } from "../headers/index.js";
import type { Patch } from "../headers/patch.js";
import { sampleOf } from "../headers/reporting.js";
import { presetName } from "../presets/preset.js";
import { isNonce, isPerRequest, type Slot } from "../values/slots.js";
import { isFieldValue, show, TOKEN } from "../values/text.js";
import { checkSize, limitOf, sizeOf } from "./size.js";
import type { Policy } from "./types.js";

/** Text, and between it the parts that differ per request. */
export type Template = readonly (string | DynamicPart)[];

/** A value that is the same for every response, or a template to fill for each. */
export type HeaderValue = string | Template;

/** The headers for one kind of transport, in the order in which they are sent. */
export interface Variant {
  readonly names: readonly string[];
  /** The names in lower case, in which Node finds a header faster. */
  readonly keys: readonly string[];
  /** Each at the index of its name. */
  readonly values: readonly HeaderValue[];
  /** How many bytes the slots of each value may add; 0 for a value without slots. */
  readonly rooms: readonly number[];
}

/** The transport of the request, if it changes what is sent. */
export type Transport = (typeof TRANSPORTS)[number];

export const TRANSPORTS = ["secure", "plain", "loopback"] as const;

/** What a compiled policy depends on in the request. Each member includes those after it. */
export type DependsOn = (typeof DEPENDENCIES)[number];

export const DEPENDENCIES = ["host", "scheme", "nothing"] as const;

/** A policy whose field values are joined before the first request. */
export interface CompiledPolicy {
  /** The policy; a precompiled preset creates it on first access. */
  readonly policyOf: () => Policy;
  /** For https, and where the scheme is unknown. */
  readonly secure: Variant;
  /** For http; the same object as `secure` if they do not differ. */
  readonly plain: Variant;
  /** For a request to this machine whose scheme is unknown; the same object as `secure` if they do not differ. */
  readonly loopback: Variant;
  readonly dependsOn: DependsOn;
  readonly strip: readonly string[];
  /** The same in lower case. */
  readonly stripKeys: readonly string[];
  /** Names that a sealed response does not have: stripped, switched off by a patch, or not sent on this variant. */
  readonly removed: Readonly<Record<Transport, readonly string[]>>;
  /** The same in lower case. */
  readonly removedKeys: Readonly<Record<Transport, readonly string[]>>;
  /** Whether all headers are the same for every request. */
  readonly isStatic: boolean;
  readonly hasNonce: boolean;
  readonly hasPerRequest: boolean;
  /** The names of the headers that have the nonce in them. */
  readonly nonceHeaders: readonly string[];
  /** The share of the responses that ask for reports; undefined where all do. */
  readonly sample: number | undefined;
  /** Whether this is the form of the policy for the other responses. */
  readonly isSilent: boolean;
}

/** One header as it is sent; `room` as in {@link Variant}. */
export type HeaderLine = readonly [name: string, value: HeaderValue, room: number];

/** One header of a preset: its value for `secure`, and for the other transports where they differ; `false` where it is not sent. */
export interface PresetLine {
  readonly name: string;
  readonly secure: HeaderValue;
  readonly plain?: HeaderValue | false;
  readonly loopback?: HeaderValue | false;
}

/** A complete, precompiled preset. */
export interface CompiledPreset {
  readonly strip: readonly string[];
  readonly lines: readonly PresetLine[];
}

/**
 * Joins every part of a policy that does not depend on the request.
 *
 * @param policyOf what the compiled policy returns its policy with; default: it keeps the policy.
 * @throws {PolicyError} where a value has characters that a header cannot carry, or is longer than `maxBytes`.
 */
export function compile(policy: Policy, policyOf: () => Policy = () => policy): CompiledPolicy {
  const strip = (policy.resolved["stripHeaders"] ?? []) as readonly string[];
  return { ...compiledFrom(linesOf(policy), [...strip], switchedOff(policy), policyOf), sample: sampleOf(policy.resolved) };
}

/**
 * Makes the compiled policy of lines that are joined already.
 *
 * @param strip names to remove from every response.
 * @param off names that a patch has switched off.
 * @param policyOf returns the policy.
 */
export function compiledFrom(
  lines: Readonly<Record<Transport, readonly HeaderLine[]>>,
  strip: readonly string[],
  off: readonly string[],
  policyOf: () => Policy,
): CompiledPolicy {
  const secure = variant(lines.secure);
  const plain = sameOr(secure, lines.plain);
  const loopback = sameOr(secure, lines.loopback);
  const namesRemoved = (sent: Variant) => [...strip, ...off, ...secure.names.filter((name) => !sent.names.includes(name))];
  const removed = { secure: namesRemoved(secure), plain: namesRemoved(plain), loopback: namesRemoved(loopback) };
  const slots = secure.values.flatMap(slotsOf);
  const nonceHeaders = secure.names.filter((_, index) => slotsOf(secure.values[index]).some(isNonce));
  return {
    policyOf,
    secure,
    plain,
    loopback,
    dependsOn: loopback !== secure ? "host" : plain !== secure ? "scheme" : "nothing",
    strip,
    stripKeys: lowerCase(strip),
    removed,
    removedKeys: { secure: lowerCase(removed.secure), plain: lowerCase(removed.plain), loopback: lowerCase(removed.loopback) },
    isStatic: slots.length === 0,
    hasNonce: nonceHeaders.length > 0,
    hasPerRequest: slots.some(isPerRequest),
    nonceHeaders,
    sample: undefined,
    isSilent: false,
  };
}

function slotsOf(value: HeaderValue | undefined): readonly Slot[] {
  return typeof value === "object" ? value.flatMap((part) => (typeof part === "string" ? [] : part.slots)) : [];
}

/** Headers that a patch sets to `false`; headers that a preset only omits are not among them. */
function switchedOff(policy: Policy): readonly string[] {
  const patches = policy.layers.filter((layer) => presetName(layer) === undefined) as readonly Patch[] as readonly Readonly<
    Record<string, unknown>
  >[];
  return registered
    .filter(({ key }) => policy.resolved[key] === undefined && patches.some((patch) => patch[key] === false))
    .map(({ name }) => name);
}

/** A header as it is sent, checked for its characters and its size. */
function checkedLine(key: string, name: string, value: FieldValue, limit: number): HeaderLine {
  checkCharacters(name, value);
  checkSize(key, name, value, limit);
  return lineOf(name, value, limit);
}

/** A header as it is sent, of at most `limit` bytes. */
export function lineOf(name: string, value: HeaderValue, limit: number): HeaderLine {
  return [name, value, typeof value === "string" ? 0 : limit - sizeOf(value)];
}

/** The headers of each variant; what is the same on every variant is joined once. */
function linesOf(policy: Policy): Readonly<Record<Transport, readonly HeaderLine[]>> {
  const lines: Record<Transport, HeaderLine[]> = { secure: [], plain: [], loopback: [] };
  const limit = limitOf(policy.resolved);
  for (const { key, name, header } of registered) {
    const options = policy.resolved[key];
    if (options === undefined) continue;
    const line = checkedLine(key, name, header.serialize(options, key), limit);
    const add = (transport: Transport, remaining: unknown) => {
      if (remaining === options) lines[transport].push(line);
      else if (remaining !== false) lines[transport].push(checkedLine(key, name, header.serialize(remaining, key), limit));
    };
    add("secure", options);
    add("plain", header.overPlainHttp === undefined ? options : header.overPlainHttp(options));
    add("loopback", header.onLoopback === undefined ? options : header.onLoopback(options));
  }
  for (const [name, value] of Object.entries((policy.resolved["custom"] ?? {}) as Custom)) {
    const line = checkedLine("custom", name, value as string, limit);
    for (const transport of TRANSPORTS) lines[transport].push(line);
  }
  return lines;
}

/** The last check, independent of the schemas: refuses line breaks and other characters that a header cannot contain. */
function checkCharacters(name: string, value: FieldValue): void {
  const text = typeof value === "string" ? value : value.map((part) => (typeof part === "string" ? part : "x")).join("");
  if (TOKEN.test(name) && isFieldValue(text)) return;
  throw policyError("invalid-value", [name], `${show(text)} has characters that a header cannot carry`, "Write visible ASCII on one line.");
}

// Not frozen, unlike all that users see: V8 walks frozen lists measurably slower, and these are walked for every response.
function variant(lines: readonly HeaderLine[]): Variant {
  const names = lines.map(([name]) => name);
  return { names, keys: lowerCase(names), values: lines.map(([, value]) => value), rooms: lines.map(([, , room]) => room) };
}

function lowerCase(names: readonly string[]): readonly string[] {
  return names.length === 0 ? NO_NAMES : names.map((name) => name.toLowerCase());
}

/** One shared object, since it is read for every response. */
const NO_NAMES: readonly string[] = [];

/** The lines that differ from another variant, and the names to remove from it. */
export interface VariantChange extends Variant {
  /** In lower case. */
  readonly remove: readonly string[];
}

/** Compares two variants line by line; names in `strip` are removed too. */
export function variantChange(before: Variant, after: Variant, strip: readonly string[]): VariantChange {
  const lines = after.names.map((name, index): HeaderLine => [name, after.values[index] as HeaderValue, after.rooms[index] as number]);
  const changed = lines.filter(([name, value]) => {
    const index = before.names.indexOf(name);
    return index < 0 || !isSameValue(value, before.values[index]);
  });
  const absent = before.keys.filter((key) => !after.keys.includes(key));
  return { remove: lowerCase([...absent, ...strip]), ...variant(changed) };
}

function sameOr(other: Variant, lines: readonly HeaderLine[]): Variant {
  const same =
    lines.length === other.names.length &&
    lines.every(([name, value], index) => other.names[index] === name && isSameValue(value, other.values[index]));
  return same ? other : variant(lines);
}

/** Whether two values are the same for every response. */
function isSameValue(one: HeaderValue, other: HeaderValue | undefined): boolean {
  if (typeof one === "string" || typeof other === "string" || other === undefined) return one === other;
  return one.length === other.length && one.every((part, index) => isSamePart(part, other[index]));
}

function isSamePart(one: string | DynamicPart, other: string | DynamicPart | undefined): boolean {
  if (typeof one === "string" || typeof other === "string" || other === undefined) return one === other;
  return (
    one.slots.length === other.slots.length &&
    one.slots.every((slot, index) => slot === other.slots[index] || (isNonce(slot) && isNonce(other.slots[index])))
  );
}
