import parseContentSecurityPolicy from "content-security-policy-parser";
import { issueCollector, type Path, policyError, type ReportIssue } from "../../errors.js";
import type { Edit } from "../../values/edits.js";
import { plain } from "../../values/own.js";
import { checkShape } from "../../values/schema.js";
import { isNonce, isPerRequest, type Nonce, nonce, type PerRequest, type Slot } from "../../values/slots.js";
import { isNarrow, readSource, type Source, trustedSource } from "../../values/sources.js";
import { didYouMean, isFieldValue, show, trimmed } from "../../values/text.js";
import type { CheckContext, DynamicPart, FieldValue, Header, ReportTarget, WithDefaults, WithReportOnly } from "../header.js";
import { checkEndpoint } from "../reporting-endpoints.js";
import {
  deprecated,
  type directives,
  keyOfName,
  nameOf,
  rows,
  type SANDBOX_TOKENS,
  type SourceListName,
  type SourceTexts,
  takesOf,
} from "./directives.js";
import { type Directives, resolveDirectives } from "./fallbacks.js";
import { type DirectiveValue, directiveSchema, directiveSchemas, type Item, misplaced, readItem, wireText } from "./values.js";

export type { Directives } from "./fallbacks.js";

type InlineSlot<List> = List extends "basic" | "connect" ? never : Nonce;

/** What one source list takes: its own keywords, hosts, schemes, and where inline content counts nonces and hashes. */
export type SourcesOf<List extends SourceListName> = SourceTexts<List> | InlineSlot<List> | PerRequest | Source;

/** A list, an edit of it, `false` to fall back, `true` for what stands or the default. */
type List<S> = readonly S[] | Edit<S> | boolean;

/** Anything that some directive takes, for `append` and `remove`. */
export type AnySource = { [L in SourceListName]: SourcesOf<L> }[SourceListName] | SandboxToken;

export type SandboxToken = (typeof SANDBOX_TOKENS)[number];
type TrustedTypesName = "none" | "allow-duplicates" | "*" | (string & {});

interface OwnGrammars {
  readonly sandbox: List<SandboxToken>;
  readonly trustedTypes: readonly TrustedTypesName[] | boolean;
  readonly trustedTypesFor: readonly "script"[] | boolean;
  readonly urls: readonly string[] | boolean;
  readonly endpoint: string | false;
  readonly webrtc: "allow" | "block" | false;
  readonly flag: boolean;
}

type OptionOf<Takes> = Takes extends SourceListName ? List<SourcesOf<Takes>> : Takes extends keyof OwnGrammars ? OwnGrammars[Takes] : never;

type FromTable = { readonly [D in keyof typeof directives]?: OptionOf<(typeof directives)[D]["takes"]> | undefined };

/** The directives of a Content-Security-Policy. A plain value replaces, `append` and `remove` edit, `false` falls back. */
export interface ContentSecurityPolicy extends FromTable {}

/** What `true` stands for: a server-rendered site that serves its own files works on the first try. */
const DEFAULTS: Directives = plain<Directives>({
  defaultSrc: ["self"],
  baseUri: ["self"],
  fontSrc: ["self", "data:"],
  formAction: ["self"],
  frameAncestors: ["self"],
  imgSrc: ["self", "data:"],
  objectSrc: ["none"],
  scriptSrc: ["self"],
  scriptSrcAttr: ["none"],
  styleSrc: ["self", "unsafe-inline"],
});

/** `Content-Security-Policy`: what a page may load, run, frame and send. CSP3. */
export const contentSecurityPolicy: Header<ContentSecurityPolicy | string, "Content-Security-Policy", Directives> &
  WithDefaults<ContentSecurityPolicy | string> &
  WithReportOnly = {
  name: "Content-Security-Policy",
  hasReportOnly: true,
  reportsTo: "csp",
  takesText: true,
  defaults: DEFAULTS as ContentSecurityPolicy,
  fieldNoun: "directive",
  fields: directiveSchemas,
  otherField: explainUnknown,

  resolve(fields, { report }) {
    const resolved = resolveDirectives(fields, DEFAULTS, report);
    return Object.keys(resolved).length === 0 ? undefined : resolved;
  },

  check(options, context) {
    checkStrictDynamic(options, context.report);
    checkScripts(options, context.report);
    checkReporting(options, context);
    if (context.reportOnly) checkReportOnly(options, context.report);
  },

  // A page that came over http would have its own files fetched over an https that nobody serves.
  overPlainHttp: (options) => withoutUpgrade(options),
  onLoopback: (options) => withoutUpgrade(options),
  observable: (options) => without(options, (key) => rows[key]?.enforcedOnly === true),

  withReporting(options, { endpoint, url }: ReportTarget) {
    return { ...options, reportUri: options.reportUri ?? [url], reportTo: options.reportTo ?? endpoint };
  },

  serialize(options, header) {
    const parts: (string | DynamicPart)[] = [];
    for (const [key, value] of Object.entries(options)) {
      if (parts.length > 0) parts.push("; ");
      parts.push(nameOf(key), ...serializeDirective(header, key, value));
    }
    return joinText(parts);
  },

  parse: parsePolicy,
};

const fromHelmet = 'wrap helmet options in fromHelmet() from "portcullis/helmet".';

/** What helmet has beside the directives. */
const OF_HELMET: ReadonlyMap<string, string> = new Map([
  ["directives", `Directives are written directly: contentSecurityPolicy: { scriptSrc: ["self"] }. Or ${fromHelmet}`],
  ["useDefaults", `This is a helmet option: take it out, or ${fromHelmet}`],
  ["reportOnly", "Write the directives under contentSecurityPolicyReportOnly."],
]);

/** Says why a key is no directive: helmet's, written as on the wire, given up by browsers, or misspelt. */
function explainUnknown(name: string, report: ReportIssue): undefined {
  const key = keyOfName.get(name.toLowerCase());
  const wire = nameOf(name);
  const gone = deprecated.get(wire);
  const hint = OF_HELMET.get(name);
  if (hint !== undefined) report({ path: [name], code: "unknown-name", message: "unknown directive", hint });
  else if (key !== undefined && key !== name)
    report({ path: [name], code: "unknown-name", message: "directives are written in camelCase", hint: `Write ${key}.` });
  else if (gone !== undefined) report({ path: [name], code: "unknown-name", message: "this directive is deprecated", hint: gone });
  return undefined;
}

/** The directives that are not dropped: the same object where all are left, false where none is. */
function without(options: Directives, drop: (key: string) => boolean): Directives | false {
  const entries = Object.entries(options);
  const left = entries.filter(([key]) => !drop(key));
  if (left.length === entries.length) return options;
  return left.length > 0 && Object.fromEntries(left);
}

const withoutUpgrade = (options: Directives) => without(options, (key) => key === "upgradeInsecureRequests");

function listOf(options: Directives, key: string): readonly Item[] | undefined {
  const value = options[key];
  return typeof value === "object" && takesOf(key) !== undefined ? value : undefined;
}

function sourceLists(options: Directives): [key: string, list: readonly Item[]][] {
  return Object.keys(options).flatMap((key) => {
    const list = listOf(options, key);
    return list === undefined ? [] : [[key, list] as [string, readonly Item[]]];
  });
}

const INLINE_PROOF = /^'(?:sha(?:256|384|512)|nonce)-/;

function checkStrictDynamic(options: Directives, report: ReportIssue): void {
  for (const [key, list] of sourceLists(options)) {
    const strict = list.indexOf("strict-dynamic");
    const proven = list.some((item) => isNonce(item) || isPerRequest(item) || INLINE_PROOF.test(wireText(item) ?? ""));
    if (strict < 0 || proven) continue;
    const hint = 'Add nonce (import { nonce } from "portcullis") or a hash, or take "strict-dynamic" out.';
    report({
      path: [key, strict],
      code: "conflict",
      message: '"strict-dynamic" stands without a nonce or a hash, so that no script runs',
      hint,
    });
  }
}

function checkScripts(options: Directives, report: ReportIssue): void {
  if (options.scriptSrc !== undefined || options.defaultSrc !== undefined) return;
  const fetches = Object.keys(options).find((key) => rows[key]?.fallback !== undefined);
  if (fetches === undefined) return;
  const hint = 'Write scriptSrc or defaultSrc, for example defaultSrc: ["self"].';
  report({ path: ["scriptSrc"], code: "missing", message: `${fetches} is limited, but scripts may come from anywhere`, hint });
}

function checkReporting(options: Directives, { policy, report }: CheckContext): void {
  const { reportTo } = options;
  if (typeof reportTo === "string") checkEndpoint(reportTo, ["reportTo"], policy, report);
  for (const [key, list] of sourceLists(options)) {
    const index = list.findIndex((item) => typeof item === "string" && item.startsWith("report-sha"));
    if (index < 0 || reportTo !== undefined) continue;
    report({
      path: [key, index],
      code: "missing",
      message: `${show(list[index])} has nowhere to report to`,
      hint: 'Write reporting: "/csp-report", or reportTo.',
    });
  }
}

function checkReportOnly(options: Directives, report: ReportIssue): void {
  for (const key of Object.keys(options)) {
    if (rows[key]?.enforcedOnly === undefined) continue;
    report({
      path: [key],
      code: "conflict",
      message: `browsers ignore ${nameOf(key)} in a Report-Only policy`,
      hint: "Write it under contentSecurityPolicy.",
    });
  }
}

/** Words that go over the wire in single quotes, outside the source lists. */
const QUOTED_WORDS: Readonly<Record<string, readonly string[]>> = plain({
  trustedTypes: ["none", "allow-duplicates"],
  trustedTypesFor: ["script"],
  webrtc: ["allow", "block"],
});

/** A word of a directive that is no source list, as it goes over the wire: `'script'` for `script`. */
export function wireWord(key: string, word: string): string {
  return QUOTED_WORDS[rows[key]?.takes ?? ""]?.includes(word) ? `'${word}'` : word;
}

function serializeDirective(header: string, key: string, value: DirectiveValue): (string | DynamicPart)[] {
  if (value === true) return [];
  if (typeof value === "string") return [` ${wireWord(key, value)}`];
  const allDynamic = value.length > 0 && value.every(isPerRequest);
  if (allDynamic) return [dynamicPart(header, key, value as readonly Slot[], " 'none'")];
  return value.flatMap((item) => {
    if (isNonce(item)) return [" 'nonce-", noncePart, "'"];
    if (isPerRequest(item)) return dynamicPart(header, key, [item], "");
    return ` ${takesOf(key) === undefined ? wireWord(key, item as string) : wireText(item)}`;
  });
}

/** The nonce itself, the same wherever it stands, and alone: `fill` knows it by that. */
export const noncePart: DynamicPart = { slots: [nonce], path: ["nonce"], join: ([values]) => String(values?.[0]) };

/** Slots of one directive; `whenEmpty` is what stands there if they give nothing at all. */
function dynamicPart(header: string, key: string, slots: readonly Slot[], whenEmpty: string): DynamicPart {
  return {
    slots,
    path: [header, key],
    join(values) {
      const texts = values.flatMap((list) => list.map((item) => slotText(header, key, item)));
      return texts.length === 0 ? whenEmpty : ` ${texts.join(" ")}`;
    },
  };
}

/** A source that a perRequest function gave, checked like one that was written; plain text may come from the request. */
function slotText(header: string, key: string, item: unknown): string {
  const takes = takesOf(key);
  const given = readItem(item);
  const fail = (message: string, hint: string): never => {
    throw policyError("slot-failed", [header, key], `from perRequest: ${message}`, hint);
  };
  if (given === undefined || takes === undefined)
    return fail(`${show(item)} is not a source`, "Return a source, a list of sources, or [].");
  if (given.kind === "fault") return fail(given.message, given.hint);
  const problem = misplaced(given, takes, key);
  if (problem !== undefined) return fail(problem[0], problem[1]);
  if (given.kind === "keyword" && (given.keyword === "none" || given.keyword === "strict-dynamic")) {
    return fail(`${show(given.keyword)} changes what the whole list means`, "Return [] for nothing; write keywords in the policy.");
  }
  if (typeof item === "string" && !isNarrow(given)) {
    const hint = `Return hosts, "self" or hashes; if this is meant, source(${show(item)}).`;
    return fail(`${show(item)} opens more than a host, and might be the text of a request`, hint);
  }
  return given.text;
}

/** Neighbouring texts as one. */
function joinText(parts: readonly (string | DynamicPart)[]): FieldValue {
  const joined: (string | DynamicPart)[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === "string" && typeof last === "string") joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  return joined.length === 1 && typeof joined[0] === "string" ? joined[0] : joined;
}

function fail(path: Path, message: string, hint: string): never {
  throw policyError("invalid-value", path, message, hint);
}

function parsePolicy(text: string, written = false): Directives {
  if (!isFieldValue(trimmed(text, " "))) fail([], `${show(text)} is not a policy`, "Write visible ASCII on one line.");
  if (text.includes(",")) fail([], `${show(text)} holds a ',', which begins another policy`, "Write one policy; in a path, %2C.");
  const parsed = parseContentSecurityPolicy(text.trim().replace(/\s+/g, " "));
  const parts = text.split(";").filter((part) => part.trim() !== "");
  if (parts.length > parsed.size) {
    const names = parts.map((part) => (part.trim().split(/\s/)[0] ?? "").toLowerCase());
    const seen = new Set<string>();
    const twice = names.find((name) => seen.size === seen.add(name).size);
    fail([], `${show(twice)} is written twice, and browsers drop the second`, "Write one list.");
  }
  if (parsed.size === 0) fail([], `${show(text)} holds no directive`, "Write a directive, or false for no header.");
  const { report, throwIfAny } = issueCollector();
  const directives = [...parsed].flatMap(([name, values]) => parseDirective(name, values, written, report));
  throwIfAny();
  return Object.fromEntries(directives);
}

/** One entry, or none where the name is no directive. Everything that is wrong is reported, source by source. */
function parseDirective(
  name: string,
  values: readonly string[],
  written: boolean,
  report: ReportIssue,
): [key: string, value: DirectiveValue][] {
  const key = keyOfName.get(name);
  if (key === undefined) {
    const gone = deprecated.get(name);
    const message = gone === undefined ? `${show(name)} is not a directive` : `${show(name)} is deprecated`;
    report({ path: [], code: "unknown-name", message, hint: gone ?? (didYouMean(name, [...keyOfName.keys()]) || "Take it out.") });
    return [];
  }
  // Where each member stood, as those that are broken leave gaps.
  const places: number[] = [];
  const reportPlaced: ReportIssue = (issue) => {
    const [index, ...rest] = issue.path;
    report({ ...issue, path: [key, ...(typeof index === "number" ? [places[index] ?? index] : issue.path.slice(0, 1)), ...rest] });
  };
  const members = values.flatMap((value, index) => {
    const member = takesOf(key) === undefined ? parseWord(key, value, index, report) : parseSource(key, value, index, written, report);
    if (member !== undefined) places.push(index);
    return member ?? [];
  });
  if (members.length === 0 && values.length > 0) return [];
  const value = valueOfMembers(key, members, written);
  checkShape(directiveSchema(key), value, [], reportPlaced);
  return [[key, value]];
}

function valueOfMembers(key: string, members: readonly Item[], written: boolean): DirectiveValue {
  const takes = rows[key]?.takes ?? "";
  if (takes === "flag" && members.length === 0) return true;
  // On the wire a list without a member allows nothing; in a policy somebody writes it is a slip.
  if (members.length === 0 && !written && (takesOf(key) !== undefined || takes === "trustedTypes")) return ["none"];
  return (takes === "webrtc" || takes === "endpoint") && members.length === 1 ? (members[0] as string) : members;
}

function parseWord(key: string, value: string, index: number, report: ReportIssue): string | undefined {
  const quoted = QUOTED_WORDS[rows[key]?.takes ?? ""] ?? [];
  if (quoted.includes(value.toLowerCase())) {
    report({ path: [key, index], message: `${show(value)} is unquoted, which browsers read otherwise`, hint: `Write '${value}'.` });
    return undefined;
  }
  return quoted.find((word) => `'${word}'` === value.toLowerCase()) ?? value;
}

function parseSource(key: string, value: string, index: number, written: boolean, report: ReportIssue): Item | undefined {
  const read = readSource(value, "wire");
  const refuse = (message: string, hint: string): undefined => {
    report({ path: [key, index], message, hint });
  };
  if (read.kind === "fault") return refuse(read.message, read.hint);
  if (read.kind === "keyword") return read.keyword;
  if (read.kind === "nonce") {
    if (written) {
      return refuse(`${show(value)} is a nonce written as text`, "Write the directives as an object, with the slot nonce in the list.");
    }
    // A nonce that was sent once is a place for the next one.
    return nonce;
  }
  // Text that somebody writes is no source(): what is on trial has to be meant.
  const asWritten = readSource(value, "policy");
  if (written && read.kind === "trial" && asWritten.kind === "fault") return refuse(asWritten.message, asWritten.hint);
  return asWritten.kind === "fault" ? trustedSource(read.text) : read.text;
}
