import * as z from "zod/mini";
import { unreachable } from "../values/never.js";
import { DIGEST_LENGTHS } from "../values/source-faults.js";
import { readSource } from "../values/sources.js";
import { trimmed } from "../values/text.js";
import { type Disposition, LEGACY_KIND, REPORT_KINDS, type ReportKind, type ReportType } from "./report-types.js";

/** One report, whichever way the browser sent it. Every text is cut to a length, and still comes from strangers. */
export interface Report {
  readonly type: ReportType;
  readonly disposition: Disposition;
  /** The effective directive, the feature, or what else the type is about. */
  readonly directive: string;
  /** A URL, a keyword such as `inline`, a bare scheme, or the empty string. */
  readonly blocked: string;
  readonly document: string;
  readonly policy: string;
  readonly sourceFile: string;
  /** `line:column`, `line`, or the empty string. */
  readonly position: string;
  readonly sample: string;
  readonly userAgent: string;
}

/** Longer than any URL that is worth keeping; groups cut the path again. */
const URL_LENGTH = 2_048;
const POLICY_LENGTH = 16_384;
const AGENT_LENGTH = 512;
const SAMPLE_LENGTH = 40;
const HASH_LENGTH = 128;

/** Directives, features, ids of deprecations, `tcp.timed_out`. */
const NAME = /^[\w.-]{1,64}$/;

/** The entries of a body with any content type: a list, Safari's single object, and one of `report-uri`. */
export function entriesOf(body: unknown): readonly unknown[] | undefined {
  if (Array.isArray(body)) return body;
  return isObject(body) ? [body] : undefined;
}

/**
 * Reads one report. Never throws.
 *
 * @param entry of the Reporting API, `{ type, url, body }`, or of `report-uri`, `{ "csp-report": … }`.
 * @param userAgent of the request, for entries that have none.
 * @returns the report, or why the entry is not counted.
 */
export function parseReport(entry: unknown, userAgent: string): Report | "no-report" | "unknown-type" {
  if (!isObject(entry)) return "no-report";
  const [legacy, type] = [own(entry, "csp-report"), own(entry, "type")];
  const body = legacy ?? own(entry, "body");
  if (!isObject(body)) return "no-report";
  const kind = legacy === undefined ? REPORT_KINDS.get(type) : LEGACY_KIND;
  if (kind === undefined) return typeof type === "string" ? "unknown-type" : "no-report";
  const directive = (kind.fixedDirective ?? firstText(body, kind.directive, URL_LENGTH)).split(" ", 1)[0] as string;
  const document = firstText(body, DOCUMENT, URL_LENGTH) || safeText(own(entry, "url"), URL_LENGTH);
  const sample = kind.hash === undefined ? firstText(body, SAMPLE, SAMPLE_LENGTH) : firstText(body, kind.hash, HASH_LENGTH);
  if (!isReport(kind, directive, document, sample)) return "no-report";
  return {
    type: kind.type,
    disposition: dispositionOf(kind, body),
    directive: kind.type === "csp-violation" ? directive.toLowerCase() : directive,
    blocked: kind.blocked === undefined ? "" : firstText(body, kind.blocked, URL_LENGTH),
    document,
    policy: kind.policy === undefined ? "" : rawText(body, kind.policy, POLICY_LENGTH),
    sourceFile: firstText(body, SOURCE_FILE, URL_LENGTH),
    position: positionOf(body),
    sample,
    userAgent: safeText(own(entry, "user_agent"), AGENT_LENGTH) || userAgent.slice(0, AGENT_LENGTH),
  };
}

const DOCUMENT = ["documentURL", "document-uri"];
const SOURCE_FILE = ["sourceFile", "source-file"];
const SAMPLE = ["sample", "script-sample"];

/** What makes a body a report. Its other members may be anything: they count where they are texts and numbers. */
const REQUIRED = {
  directive: z.string().check(z.regex(NAME)),
  /** Of a crash, which need not have a reason. */
  optionalDirective: z.string().check(z.regex(/^[\w.-]{0,64}$/)),
  document: z.string().check(z.minLength(1)),
  hash: z.string().check(z.refine(isHashOrEmpty)),
};

/** Whether a body has what its kind requires. One schema for each member: an object of them takes four times as long. */
function isReport(kind: ReportKind, directive: string, document: string, sample: string): boolean {
  const name = kind.optionalDirective ? REQUIRED.optionalDirective : REQUIRED.directive;
  const isComplete = name.safeParse(directive).success && REQUIRED.document.safeParse(document).success;
  return isComplete && (kind.hash === undefined || REQUIRED.hash.safeParse(sample).success);
}

/** An own member of a body; inherited ones are not part of it. */
function own(body: object, name: string): unknown {
  return Object.hasOwn(body, name) ? (body as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** The first member of these that is a text and not empty. */
function firstText(body: object, names: readonly string[], length: number): string {
  for (const name of names) {
    const text = safeText(own(body, name), length);
    if (text !== "") return text;
  }
  return "";
}

/** The same as it came, for the policy: its hash is made of it. What is kept of the text is made safe. */
function rawText(body: object, names: readonly string[], length: number): string {
  const text = names.map((name) => own(body, name)).find((value) => typeof value === "string");
  return typeof text === "string" ? text.slice(0, length) : "";
}

/** Control characters, line separators and unpaired surrogates, which break a line, a log or a store. */
const UNSAFE = /[\p{Cc}\p{Cs}\u2028\u2029]/gu;

/** Finds all of these, and paired surrogates too; ten times as fast as the pattern that distinguishes them. */
const MAYBE_UNSAFE = /[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]/;

/** At most so many characters of a text, with U+FFFD for unsafe ones; the empty string for any other value. */
export function safeText(value: unknown, length: number): string {
  if (typeof value !== "string") return "";
  const cut = value.length > length ? value.slice(0, length) : value;
  return MAYBE_UNSAFE.test(cut) ? cut.replace(UNSAFE, "\ufffd") : cut;
}

/** `line:column`, or the parts of it that the body has. */
function positionOf(body: object): string {
  const line = numberOf(body, LINE);
  const column = numberOf(body, COLUMN);
  if (line === undefined) return "";
  return column === undefined ? String(line) : `${line}:${column}`;
}

const LINE = ["lineNumber", "line-number"];
const COLUMN = ["columnNumber", "column-number"];

/** The first member of these that is a position; some browsers write numbers as text. */
function numberOf(body: object, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = own(body, name);
    const number = typeof value === "string" && value !== "" ? Number(value) : value;
    if (typeof number === "number" && Number.isInteger(number) && number >= 0 && number < 1e9) return number;
  }
  return undefined;
}

/** Without CORS, a script of another origin has no hash. */
function isHashOrEmpty(text: string): boolean {
  if (text === "") return true;
  const read = text.length > HASH_LENGTH ? undefined : readSource(`'${text}'`, "wire");
  return read?.kind === "hash" && trimmed(read.digest, "=").length === DIGEST_LENGTHS[read.algorithm];
}

function dispositionOf({ disposition }: ReportKind, body: object): Disposition {
  switch (disposition) {
    case "stated":
      // Old browsers send none; their report-only policies were rare.
      return ["report", "reporting"].includes(own(body, "disposition") as string) ? "report" : "enforce";
    case "reportOnly":
      return own(body, "reportOnly") === true ? "report" : "enforce";
    case "none":
      return "none";
    default:
      return unreachable(disposition);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
