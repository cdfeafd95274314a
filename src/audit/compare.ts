import { policyError } from "../errors.js";
import type { Directives } from "../headers/content-security-policy/index.js";
import type { Item } from "../headers/content-security-policy/values.js";
import { cspPolicies } from "../headers/content-security-policy/wire.js";
import { type Registered, registered } from "../headers/index.js";
import { byName, type HeaderLine, type HeadersInput, incomingHeaders } from "../policy/incoming.js";
import { isPolicy, type Policy } from "../policy/policy.js";
import { compiledOf } from "../policy/render.js";
import { deepFreeze } from "../values/freeze.js";
import { bare, own } from "../values/own.js";
import { show } from "../values/text.js";
import { asSent, compareDirectives, directivesOf, fieldText } from "./compare/content-security-policy.js";
import { GAINS, isUnknownWord } from "./compare/headers.js";
import { compareFeatures } from "./compare/permissions-policy.js";
import {
  type Compared,
  type Difference,
  type DirectiveComparison,
  differ,
  type Gain,
  REPORTS_ONLY,
  sentences,
  type Verdict,
  verdictOf,
  verdictOfAll,
} from "./compare/verdict.js";
import { ignoredTwice, readLines } from "./reading.js";

export type { DirectiveComparison, Verdict } from "./compare/verdict.js";

/** One header of two policies. */
export interface HeaderComparison {
  /** The name on the wire. */
  readonly header: string;
  readonly verdict: Verdict;
  /** The field value, `…` in the place of a nonce; undefined where the header is absent. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Of a Content-Security-Policy its directives, of a Permissions-Policy its features. */
  readonly directives?: readonly DirectiveComparison[];
  /** Why, with an example of what is allowed on one side only. */
  readonly message: string;
}

/** What a comparison comes to. */
export interface Comparison {
  /** `"same"` or `"stronger"`: nothing is allowed that was not allowed before, by any header. */
  readonly verdict: Verdict;
  /** Every header that stands on either side, in the order in which they go out. */
  readonly headers: readonly HeaderComparison[];
}

/** A header as one side has it. */
interface Field {
  readonly text: string;
  /** As its header reads it, of a Content-Security-Policy every policy; undefined where browsers ignore it, or nobody knows it. */
  readonly value: unknown;
  /** Why browsers go on as if it were not there. */
  readonly ignored?: string;
  /** Why nobody knows here what browsers make of it. */
  readonly fault?: string;
}

interface Side {
  /** Absent where the header is. */
  readonly field: (one: Registered) => Field | undefined;
  /** A header that has no key. */
  readonly other: (name: string) => string | undefined;
  readonly custom: readonly string[];
  readonly strip: readonly string[];
  /** Whether a header by this name is sure not to go out. */
  readonly lacks: (name: string) => boolean;
}

/**
 * Says of every header and directive whether `after` is the same as `before`, stronger, weaker, or neither, by what it allows and
 * not by how it is written: what a source list matches (CSP3 §6.7), which directive stands in for which, what makes what inert.
 *
 * It holds for whatever origin the page has, over http and over https. A `nonce` equals any nonce, a `perRequest` slot only itself.
 * What only reports counts as the same. Headers are read as browsers read them: what these ignore counts for nothing, and of several
 * policies each has to allow. Where there is no order, or something is not known here, the verdict is `"incomparable"`.
 *
 * @param before a policy, or the headers of a response: what `parseHeaders` takes. Of headers, those that have no key in a policy are
 *   passed over, unless the other side is a policy that names them under `custom` or `stripHeaders`.
 * @param after what is to take its place.
 * @returns frozen plain data.
 * @throws {PolicyError} where an argument is neither. Nothing that stands in a header makes it throw.
 */
export function compare(before: Policy | HeadersInput, after: Policy | HeadersInput): Comparison {
  const sides = [sideOf(before, "before"), sideOf(after, "after")] as const;
  const headers = [...registered.flatMap((one) => compareHeader(one, ...sides) ?? []), ...compareOthers(...sides)];
  return deepFreeze({ verdict: verdictOfAll(headers.map(({ verdict }) => verdict)), headers });
}

function sideOf(input: unknown, name: string): Side {
  return isPolicy(input) ? policySide(input) : headersSide(read(input, name));
}

function policySide(policy: Policy): Side {
  const { names, values } = compiledOf(policy).secure;
  const texts = new Map(names.map((name, index) => [name.toLowerCase(), fieldText(values[index] as string)]));
  const other = (name: string) => texts.get(name.toLowerCase());
  const strip = (policy.resolved["stripHeaders"] ?? []) as readonly string[];
  return {
    field: ({ key, name }) => {
      const value = policy.resolved[key];
      if (value === undefined) return undefined;
      return { text: other(name) ?? "", value: key === "contentSecurityPolicy" ? [asSent(value as Directives)] : value };
    },
    other,
    custom: Object.keys((policy.resolved["custom"] ?? {}) as object),
    strip,
    lacks: (name) => strip.some((one) => sameName(one, name)),
  };
}

function headersSide(lines: readonly HeaderLine[]): Side {
  const values = byName(lines);
  const other = (name: string) => values.get(name.toLowerCase())?.join(", ");
  const fields = new Map<string, Field | undefined>();
  return {
    field: (one) => {
      if (!fields.has(one.key)) fields.set(one.key, readField(one, values.get(one.name.toLowerCase()) ?? []));
      return fields.get(one.key);
    },
    other,
    custom: [],
    strip: [],
    lacks: (name) => !values.has(name.toLowerCase()),
  };
}

/** More policies than any site sends: comparing each with each takes too long beyond. */
const MOST_POLICIES = 16;

function readField({ key, header }: Registered, texts: readonly string[]): Field | undefined {
  const text = texts.join(", ");
  if (key.startsWith("contentSecurityPolicy")) return readPolicies(texts);
  const reading = readLines<unknown>(header, texts);
  if (reading.kind === "absent") return undefined;
  if (reading.kind === "read") return { text, value: reading.value };
  if (reading.inForce !== undefined) return { text, value: reading.inForce };
  const why = texts.length > 1 ? `it is sent ${texts.length} times` : (reading.issues[0]?.message ?? "");
  const unknown = ignoredTwice(header.name, texts, () => true) === undefined && isUnknownWord(key, texts[0] as string);
  return { text, value: undefined, ...(unknown ? { fault: why } : { ignored: why }) };
}

function readPolicies(texts: readonly string[]): Field | undefined {
  if (texts.length === 0) return undefined;
  const text = texts.join(", ");
  const policies = [...new Map(texts.flatMap(cspPolicies).map((one) => [one.text, one])).values()];
  if (policies.length > MOST_POLICIES) return { text, value: undefined, fault: `it holds ${policies.length} policies` };
  return { text, value: policies.map(directivesOf) };
}

function read(input: unknown, name: string): readonly HeaderLine[] {
  try {
    const { lines, odd } = incomingHeaders(input);
    if (odd.length > 0) throw new TypeError(`the value of ${show(odd[0])} is not a string`);
    return lines;
  } catch (cause) {
    const hint = "Give a policy, a Headers, pairs, or an object of strings.";
    throw policyError("wrong-type", ["compare", name], `${show(input)} is not a policy or a set of headers`, hint, cause);
  }
}

const faultOf = (field: Field | undefined) => own(field, "fault") as string | undefined;

function compareHeader(one: Registered, before: Side, after: Side): HeaderComparison | undefined {
  const [was, is] = [before.field(one), after.field(one)];
  if (was === undefined && is === undefined) return undefined;
  const base = { header: one.name, before: was?.text, after: is?.text };
  if (one.reportOnly) return { ...base, verdict: "same", message: "Only reports; it blocks nothing." };
  if (one.key === "reportingEndpoints") return { ...base, verdict: "same", message: REPORTS_ONLY };
  const fault = faultOf(was) ?? faultOf(is);
  if (fault !== undefined && !(faultOf(was) !== undefined && was?.text === is?.text)) {
    return { ...base, verdict: "incomparable", message: `Cannot be compared: ${fault}.` };
  }
  if (fault !== undefined) return { ...base, verdict: "same", message: `The same text, though it cannot be read: ${fault}.` };
  const { difference, directives, note } = bare(differenceOf(one, was, is, before, after));
  const same = note ?? (base.before === base.after ? "Unchanged." : "Written differently, means the same.");
  const lead = ignoredText(was, "before") + ignoredText(is, "now");
  return { ...base, verdict: verdictOf(difference), ...(directives && { directives }), message: lead + sentences(difference, same) };
}

function ignoredText(field: Field | undefined, when: string): string {
  return field?.ignored === undefined ? "" : `Browsers ignore the header ${when}: ${field.ignored}. `;
}

const NO_DIFFERENCE: Difference = { gain: undefined, loss: undefined };

function differenceOf(
  { key }: Registered,
  was: Field | undefined,
  is: Field | undefined,
  before: Side,
  after: Side,
): Partial<Compared> & { readonly difference: Difference; readonly note?: string } {
  if (key === "contentSecurityPolicy") {
    return compareDirectives(
      { policies: policiesOf(was), frameOptions: frameOptionsOf(before) },
      { policies: policiesOf(is), frameOptions: frameOptionsOf(after) },
    );
  }
  if (key === "permissionsPolicy") return compareFeatures(was?.value as never, is?.value as never);
  if (key === "xFrameOptions" && [before, after].some(hasFrameAncestors)) {
    return { difference: NO_DIFFERENCE, note: "frame-ancestors overrules it where it stands: see there." };
  }
  const gain = GAINS[key];
  if (gain !== undefined) return { difference: differ(gain as Gain<unknown>, was?.value, is?.value) };
  const [old, fresh] = [was, is].map((field) => (field?.ignored === undefined ? field?.text : undefined));
  return { difference: old === fresh ? NO_DIFFERENCE : { gain: shown(fresh), loss: shown(old) } };
}

const policiesOf = (field: Field | undefined) => (field?.value ?? []) as readonly Directives[];

function shown(text: string | undefined): string {
  return text === undefined ? "what is so without it" : `what ${show(text)} means`;
}

function fieldOf(side: Side, key: string): Field | undefined {
  const one = registered.find((candidate) => candidate.key === key);
  return one && side.field(one);
}

function hasFrameAncestors(side: Side): boolean {
  return policiesOf(fieldOf(side, "contentSecurityPolicy")).some((one) => one["frameAncestors"] !== undefined);
}

/**
 * The frame-ancestors that X-Frame-Options stands for, HTML §7.1.6. SAMEORIGIN is 'self': that 'self' of a page over http also takes
 * the same host over https is no weakness.
 */
function frameOptionsOf(side: Side): readonly Item[] | undefined {
  const value = fieldOf(side, "xFrameOptions")?.value;
  if (value === undefined) return undefined;
  return value === "DENY" ? ["none"] : ["self"];
}

function compareOthers(before: Side, after: Side): readonly HeaderComparison[] {
  const named = (names: readonly string[]) => [...new Map(names.map((name) => [name.toLowerCase(), name])).values()];
  const custom = named([...before.custom, ...after.custom]).map((header): HeaderComparison => {
    const [was, is] = [before.other(header), after.other(header)];
    const same = was === is;
    const message = same ? "Unchanged." : "Its values have no known order.";
    return { header, verdict: same ? "same" : "incomparable", before: was, after: is, message };
  });
  const stripped = named([...before.strip, ...after.strip]).filter((name) => !custom.some(({ header }) => sameName(header, name)));
  return [...custom, ...stripped.map((header) => compareStripped(header, before, after))];
}

const sameName = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

function compareStripped(header: string, before: Side, after: Side): HeaderComparison {
  const stays = (from: Side, to: Side) => (from.lacks(header) && !to.lacks(header) ? `${header}, where something writes it` : undefined);
  const difference = differ(stays, before, after);
  const texts = { before: before.other(header), after: after.other(header) };
  return { header, verdict: verdictOf(difference), ...texts, message: sentences(difference, "Unchanged.") };
}
