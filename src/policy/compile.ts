import { policyError } from "../errors.js";
import { noncePart } from "../headers/content-security-policy/index.js";
import type { Custom } from "../headers/custom.js";
import type { DynamicPart, FieldValue, Header } from "../headers/header.js";
import { registered } from "../headers/index.js";
import type { Patch } from "../headers/patch.js";
import { presetName } from "../presets/preset.js";
import { isNonce, type Slot } from "../values/slots.js";
import { isFieldValue, show, TOKEN } from "../values/text.js";
import type { Policy } from "./policy.js";
import { checkSize, limitOf, sizeOf } from "./size.js";

/** Text, and between it what differs per request. */
export type Template = readonly (string | DynamicPart)[];

/** What one kind of transport gets: the headers in order, and the names to take away. */
export interface Variant {
  readonly names: readonly string[];
  /** At the same place as its name. */
  readonly values: readonly (string | Template)[];
  /** How many bytes the slots of each value may add; 0 where it has none. */
  readonly rooms: readonly number[];
}

/** How the request came, as far as it changes what is sent. */
export type Transport = (typeof TRANSPORTS)[number];

export const TRANSPORTS = ["secure", "plain", "loopback"] as const;

/** A policy, joined and decided ahead of the first request. */
export interface CompiledPolicy {
  readonly policy: Policy;
  /** Known to be https, or unknown. */
  readonly secure: Variant;
  /** Known to have come over plain http; the very same object as `secure` where nothing differs. */
  readonly plain: Variant;
  /** Unknown, and for this very machine. */
  readonly loopback: Variant;
  /** Whether it matters how the request came, and if so, whether the Host matters too. */
  readonly looks: (typeof LOOKS)[number];
  readonly strip: readonly string[];
  /** What a sealed response does not carry, whoever wrote it: stripped, switched off by a patch, or not for this transport. */
  readonly gone: Readonly<Record<Transport, readonly string[]>>;
  /** Whether nothing in it differs per request. */
  readonly fixed: boolean;
  /** Whether a nonce stands in it. */
  readonly nonce: boolean;
  /** The headers in which it stands. */
  readonly nonced: readonly string[];
}

type Line = readonly [name: string, value: string | Template, room: number];

/** Joins all of a policy that does not depend on the request; throws PolicyError where a text is not fit for the wire. */
export function compile(policy: Policy): CompiledPolicy {
  const secureLines = linesOf(policy, (_, options) => options);
  const secure = variant(secureLines);
  const plain = sameOr(
    secure,
    linesOf(policy, (header, options) => (header.overPlainHttp ?? keep)(options)),
  );
  const loopback = sameOr(
    secure,
    linesOf(policy, (header, options) => (header.onLoopback ?? keep)(options)),
  );
  const slots = secure.values.flatMap(slotsOf);
  const strip = [...((policy.resolved["stripHeaders"] ?? []) as readonly string[])];
  const absent = [...strip, ...switchedOff(policy)];
  return {
    policy,
    secure,
    plain,
    loopback,
    looks: loopback !== secure ? "at the host" : plain !== secure ? "at the scheme" : "no",
    strip,
    gone: { secure: absent, plain: [...absent, ...missing(secure, plain)], loopback: [...absent, ...missing(secure, loopback)] },
    fixed: slots.length === 0,
    nonce: slots.some(isNonce),
    nonced: secure.names.filter((_, index) => slotsOf(secure.values[index]).some(isNonce)),
  };
}

function slotsOf(value: string | Template | undefined): readonly Slot[] {
  return typeof value === "object" ? value.flatMap((part) => (typeof part === "string" ? [] : part.slots)) : [];
}

/** Headers that a patch says `false` of; what a preset merely does not have is nobody's decision. */
function switchedOff(policy: Policy): readonly string[] {
  const patches = policy.layers.filter((layer) => presetName(layer) === undefined) as readonly Patch[] as readonly Readonly<
    Record<string, unknown>
  >[];
  return registered
    .filter(({ key }) => policy.resolved[key] === undefined && patches.some((patch) => patch[key] === false))
    .map(({ name }) => name);
}

function missing(whole: Variant, part: Variant): readonly string[] {
  return whole.names.filter((name) => !part.names.includes(name));
}

const keep = (options: unknown) => options;

// biome-ignore lint/suspicious/noExplicitAny: the registry is where headers of all types of options meet
type AnyHeader = Header<any, string, any>;

/** A header as it goes out, checked for the wire and for its size. */
function lineOf(key: string, name: string, value: FieldValue, limit: number): Line {
  const text = onWire(name, value);
  checkSize(key, name, text, limit);
  return [name, text, typeof text === "string" ? 0 : limit - sizeOf(text)];
}

function linesOf(policy: Policy, left: (header: AnyHeader, options: unknown) => unknown): readonly Line[] {
  const limit = limitOf(policy.resolved);
  const lines = registered.flatMap(({ key, name, header }): Line[] => {
    const options = policy.resolved[key];
    const remaining = options !== undefined && left(header, options);
    return remaining === false ? [] : [lineOf(key, name, header.serialize(remaining, key), limit)];
  });
  const custom = Object.entries((policy.resolved["custom"] ?? {}) as Custom).map(([name, value]) =>
    lineOf("custom", name, value as string, limit),
  );
  return [...lines, ...custom];
}

/** The one way to the wire: whatever a schema let through, a line break or a second header does not pass here. */
function onWire(name: string, value: FieldValue): string | Template {
  const text = typeof value === "string" ? value : value.map((part) => (typeof part === "string" ? part : "x")).join("");
  if (!TOKEN.test(name) || !isFieldValue(text)) {
    throw policyError("invalid-value", [name], `${show(text)} is not fit for the wire`, "Write visible ASCII on one line.");
  }
  return value;
}

// Not frozen, unlike all that users see: V8 walks frozen lists measurably slower, and these are walked for every response.
function variant(lines: readonly Line[]): Variant {
  return { names: lines.map(([name]) => name), values: lines.map(([, value]) => value), rooms: lines.map(([, , room]) => room) };
}

/** How far a policy looks at the request, the furthest first. */
export const LOOKS = ["at the host", "at the scheme", "no"] as const;

/** What has to be written, and what taken away, to get from one variant to another. */
export interface Difference {
  readonly remove: readonly string[];
  readonly set: Variant;
}

export function difference(before: Variant, after: Variant): Difference {
  const lines = after.names.map((name, index): Line => [name, after.values[index] as string | Template, after.rooms[index] as number]);
  const changed = lines.filter(([name, value]) => {
    const index = before.names.indexOf(name);
    return index < 0 || !sameValue(value, before.values[index]);
  });
  const kept = new Set(after.names.map((name) => name.toLowerCase()));
  return { remove: before.names.filter((name) => !kept.has(name.toLowerCase())), set: variant(changed) };
}

function sameOr(other: Variant, lines: readonly Line[]): Variant {
  const same =
    lines.length === other.names.length &&
    lines.every(([name, value], index) => other.names[index] === name && sameValue(value, other.values[index]));
  return same ? other : variant(lines);
}

/** Whether two values are the same for every response. */
function sameValue(one: string | Template, other: string | Template | undefined): boolean {
  if (typeof one === "string" || typeof other === "string" || other === undefined) return one === other;
  return one.length === other.length && one.every((part, index) => samePart(part, other[index]));
}

function samePart(one: string | DynamicPart, other: string | DynamicPart | undefined): boolean {
  if (typeof one === "string" || typeof other === "string" || other === undefined) return one === other;
  return (
    one.slots.length === other.slots.length &&
    one.slots.every((slot, index) => slot === other.slots[index] || (isNonce(slot) && isNonce(other.slots[index])))
  );
}

/** The text of a template; `textOf` gives what perRequest slots come to in at most so many bytes, and gets `context` handed on. */
export function fill<C>(
  template: Template,
  room: number,
  nonce: string | undefined,
  textOf: (part: DynamicPart, room: number, context: C) => string,
  context: C,
): string {
  let text = "";
  let left = room;
  for (const part of template) {
    if (typeof part === "string") text += part;
    else if (isNoncePart(part)) text += nonce;
    else {
      const given = textOf(part, left, context);
      left -= given.length;
      text += given;
    }
  }
  return text;
}

/** Also one that the package's other copy has compiled. */
function isNoncePart(part: DynamicPart): boolean {
  return part === noncePart || isNonce(part.slots[0]);
}
