import { type Registered, registered } from "../headers/index.js";
import type { HeadersInput } from "../policy/incoming.js";
import type { Policy } from "../policy/policy.js";
import { deepFreeze } from "../values/freeze.js";
import { bare } from "../values/own.js";
import {
  type Compared,
  type DirectiveComparison,
  differ,
  differenceText,
  NO_DIFFERENCE,
  notKnown,
  type Verdict,
  verdictOf,
  verdictOfAll,
} from "./compare/difference.js";
import { byField, compareFraming } from "./compare/framing.js";
import { type ComparedField, type HeadersSide, sideOf } from "./compare/headers-side.js";
import { readCookie } from "./cookies.js";
import { headerKnowledge } from "./headers/index.js";
import type { HeaderKnowledge } from "./headers/knowledge.js";

export type { DirectiveComparison, Verdict } from "./compare/difference.js";

/** One header of two policies. */
export interface HeaderComparison {
  /** The name on the wire. */
  readonly header: string;
  readonly verdict: Verdict;
  /** The field value, with `…` in place of a nonce; undefined where the header is absent. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** The directives of a Content-Security-Policy, the features of a Permissions-Policy. */
  readonly directives?: readonly DirectiveComparison[];
  /** Why, with an example of what is allowed on one side only. */
  readonly message: string;
}

/** The result of a comparison. */
export interface Comparison {
  /** `"same"` or `"stronger"`: nothing is allowed that was not allowed before, by any header. */
  readonly verdict: Verdict;
  /** Every header that is present on either side, in the order in which they are sent. */
  readonly headers: readonly HeaderComparison[];
}

/**
 * Says of every header and directive whether `after` is the same as `before`, stronger, weaker, or neither, by what it allows and
 * not by how it is written: what a source list matches (CSP3 §6.7), what a directive falls back to, what makes what inert.
 *
 * The result holds for every origin of the page, over http and over https. A `nonce` equals any nonce, a `perRequest` slot only itself.
 * What only reports counts as the same. Headers are read as browsers read them: what they ignore does not count, and of several
 * policies each has to allow. Where there is no order, or something is not known here, the verdict is `"incomparable"`.
 *
 * @param before a policy, or the headers of a response: what `parseHeaders` takes. Headers without a key in a policy are left out,
 *   unless the other side is a policy that names them under `custom` or `stripHeaders`; of two responses, CORS, `Timing-Allow-Origin`,
 *   `Connection-Allowlist` and the attributes of cookies are compared, and are incomparable where they differ.
 * @param after what is to replace it.
 * @returns frozen plain data.
 * @throws {PolicyError} where an argument is neither. No content of a header makes it throw.
 */
export function compare(before: Policy | HeadersInput, after: Policy | HeadersInput): Comparison {
  const sides = [sideOf(before, "before"), sideOf(after, "after")] as const;
  const headers = [...registered.flatMap((one) => compareHeader(one, ...sides) ?? []), ...compareOthers(...sides)];
  return deepFreeze({ verdict: verdictOfAll(headers.map(({ verdict }) => verdict)), headers });
}

function compareHeader(one: Registered, before: HeadersSide, after: HeadersSide): HeaderComparison | undefined {
  const [was, is] = [before.field(one), after.field(one)];
  if (was === undefined && is === undefined) return undefined;
  const base = { header: one.name, before: was?.text, after: is?.text };
  if (one.reportOnly) return { ...base, verdict: "same", message: "Only reports; it blocks nothing." };
  const fault = was?.fault ?? is?.fault;
  if (fault !== undefined) {
    const isSame = was?.fault !== undefined && was.text === is?.text;
    if (!isSame) return { ...base, verdict: "incomparable", message: `Cannot be compared: ${fault}.` };
    return { ...base, verdict: "same", message: `The same text, though it cannot be read: ${fault}.` };
  }
  const { difference, directives, note } = bare(comparedFields(one, was, is, before, after));
  const same = note ?? (base.before === base.after ? "Unchanged." : "Written differently, means the same.");
  const message = ignoredText(was, "before") + ignoredText(is, "now") + differenceText(difference, same);
  return { ...base, verdict: verdictOf(difference), ...(directives && { directives }), message };
}

function comparedFields(
  { key, name }: Registered,
  was: ComparedField | undefined,
  is: ComparedField | undefined,
  before: HeadersSide,
  after: HeadersSide,
): Compared {
  const knowledge: HeaderKnowledge | undefined = headerKnowledge(key);
  if (knowledge === undefined) return { difference: was?.text === is?.text ? NO_DIFFERENCE : notKnown(name) };
  const compared = compareFraming(key, before, after) ?? knowledge.compare(byField(key, was, before), byField(key, is, after));
  const odd = oddMember(knowledge, was?.text, is?.text);
  return odd === undefined ? compared : { ...compared, difference: { ...compared.difference, uncertain: notKnown(odd).uncertain } };
}

/** A member of unknown effect that only one side has. */
function oddMember({ unknownMembers }: HeaderKnowledge, before: string | undefined, after: string | undefined): string | undefined {
  if (unknownMembers === undefined || before === after) return undefined;
  const [old, fresh] = [before, after].map((text = "") => unknownMembers(text)) as [readonly string[], readonly string[]];
  return fresh.find((one) => !old.includes(one)) ?? old.find((one) => !fresh.includes(one));
}

function ignoredText(field: ComparedField | undefined, when: string): string {
  return field?.ignored === undefined ? "" : `Browsers ignore the header ${when}: ${field.ignored}. `;
}

/** Headers without a key: those that a policy names under `custom` or `stripHeaders`. */
function compareOthers(before: HeadersSide, after: HeadersSide): readonly HeaderComparison[] {
  const custom = distinct([...before.custom, ...after.custom]);
  const isCustom = (name: string) => custom.some((header) => header.toLowerCase() === name.toLowerCase());
  const stripped = distinct([...before.strip, ...after.strip]).filter((name) => !isCustom(name));
  const named = new Set([...custom, ...stripped].map((name) => name.toLowerCase()));
  return [
    ...custom.map((header) => compareCustom(header, before, after)),
    ...stripped.map((one) => compareStripped(one, before, after)),
    ...RELEVANT.filter((header) => !named.has(header.toLowerCase())).flatMap((header) => compareRelevant(header, before, after)),
  ];
}

/** Headers without a key that decide who may read a response, or what it may load. */
const RELEVANT = [
  "Access-Control-Allow-Origin",
  "Access-Control-Allow-Credentials",
  "Access-Control-Allow-Methods",
  "Access-Control-Allow-Headers",
  "Access-Control-Expose-Headers",
  "Timing-Allow-Origin",
  "Connection-Allowlist",
  "Set-Cookie",
];

/** Of two responses: a policy that does not name the header leaves it to the application. */
function compareRelevant(header: string, before: HeadersSide, after: HeadersSide): readonly HeaderComparison[] {
  if (!before.isResponse || !after.isResponse) return [];
  const text = (side: HeadersSide) =>
    header === "Set-Cookie" ? cookieText(side.lines(header)) : side.lines(header).join(", ") || undefined;
  const [was, is] = [text(before), text(after)];
  if (was === is) return [];
  return [{ header, verdict: "incomparable", before: was, after: is, message: "Its values have no known order." }];
}

/** The names of cookies with the attributes that protect them: values differ with each visitor. */
function cookieText(lines: readonly string[]): string | undefined {
  const texts = lines.map((line) => {
    const { name, secure, httpOnly, partitioned, sameSite, domain } = readCookie(line);
    const attributes = [
      ...(domain === undefined || domain === "" ? [] : [`Domain=${domain.toLowerCase()}`]),
      ...(secure ? ["Secure"] : []),
      ...(httpOnly ? ["HttpOnly"] : []),
      ...(sameSite === undefined ? [] : [`SameSite=${sameSite}`]),
      ...(partitioned ? ["Partitioned"] : []),
    ];
    return [`${name}=…`, ...attributes].join("; ");
  });
  return texts.length === 0 ? undefined : [...new Set(texts)].sort().join(", ");
}

const distinct = (names: readonly string[]) => [...new Map(names.map((name) => [name.toLowerCase(), name])).values()];

function compareCustom(header: string, before: HeadersSide, after: HeadersSide): HeaderComparison {
  const [was, is] = [before.other(header), after.other(header)];
  const isSame = was === is;
  const message = isSame ? "Unchanged." : "Its values have no known order.";
  return { header, verdict: isSame ? "same" : "incomparable", before: was, after: is, message };
}

function compareStripped(header: string, before: HeadersSide, after: HeadersSide): HeaderComparison {
  const kept = (from: HeadersSide, to: HeadersSide) =>
    from.lacks(header) && !to.lacks(header) ? `${header}, where something writes it` : undefined;
  const difference = differ(kept, before, after);
  const texts = { before: before.other(header), after: after.other(header) };
  return { header, verdict: verdictOf(difference), ...texts, message: differenceText(difference, "Unchanged.") };
}
