import * as z from "zod/mini";
import { applySchema, checked, expecting } from "../../values/schema.js";
import { didYouMean, show, trimmed } from "../../values/text.js";
import { urlOf } from "../../values/url.js";
import type { Schema } from "../header.js";
import { endpointName } from "../reporting-word.js";

/** Who may use a feature. */
export type Origin = "self" | `${string}://${string}`;

/** The origins that may use a feature: `"*"` all, `[]` none, `["self", "https://a.example"]` these. */
export type Allowlist = "*" | readonly Origin[];

/** An allowlist, and the endpoint that gets reports of violations. */
export interface ReportedAllowlist {
  readonly allow: Allowlist;
  /** The name of an endpoint in Reporting-Endpoints; `reporting` fills it in. */
  readonly reportTo?: string | undefined;
}

/** An allowlist in its long form. */
export function reportedForm(value: Allowlist | ReportedAllowlist): ReportedAllowlist {
  return typeof value === "string" || Array.isArray(value)
    ? { allow: value as Allowlist, reportTo: undefined }
    : (value as ReportedAllowlist);
}

type Problem = readonly [message: string, hint: string];

/** What is wrong with a member of an allowlist; undefined for `self` and for an origin, also with a wildcard for its subdomains. */
export function originProblem(text: string): Problem | undefined {
  if (text === "self") return undefined;
  const word = trimmed(text, "'\"()");
  if (text !== word && word === "self") return ["is spelt as in Feature-Policy", 'Write "self".'];
  if (word === "none") return ["is spelt as in Feature-Policy", "Write [] for nobody."];
  if (text === "()") return ["is spelt as in the header", "Write [] for nobody."];
  if (word === "*") return ["cannot be a member of a list", 'Write "*" instead of the list.'];
  if (word === "src") return ["belongs to the allow attribute of a frame", 'Write "self", or origins.'];
  const wildcard = text.replace("://*.", "://wildcard.");
  if (urlOf(wildcard)?.origin === wildcard) return undefined;
  return ["is not an origin", originHint(text, word)];
}

function originHint(text: string, word: string): string {
  const words = text.split(/\s+/);
  if (words.length > 1) return `Write one origin per string: ${words.map((one) => show(trimmed(one, "'\"()"))).join(", ")}.`;
  const origin = originOf(word) ?? (/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(word) ? originOf(`https://${word}`) : undefined);
  return origin === undefined ? 'Write "self", or scheme://host.' : `Write ${show(origin)}.`;
}

/** The origin of a URL, whose host may begin with a wildcard. */
function originOf(text: string): string | undefined {
  const url = urlOf(text.replace("://*.", "://wildcard."));
  return url === undefined || url.origin === "null" ? undefined : url.origin.replace("://wildcard.", "://*.");
}

const EXPECTED = 'a list such as ["self"], [] for nobody, or "*"';

let schema: Schema | undefined;

/** The schema of every feature, built when the first policy writes one. */
export function allowlistSchema(): Schema {
  schema ??= allowlistOrReported();
  return schema;
}

function allowlistOrReported() {
  const origins = z.array(checked("an origin", originProblem, 'Write "self", or "https://a.example".'));
  const allowlist = z.union([z.literal("*"), origins], { error: ({ input }) => (Array.isArray(input) ? undefined : wordsFor(input)) });
  const endpoint = endpointName();
  return z.unknown().check(({ value, issues }) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return applySchema(allowlist, value, [], issues);
    const { allow, reportTo, ...others } = value as Readonly<Record<string, unknown>>;
    applySchema(allowlist, allow, ["allow"], issues);
    if (reportTo !== undefined) applySchema(endpoint, reportTo, ["reportTo"], issues);
    for (const key of Object.keys(others)) {
      const hint = didYouMean(key, ["allow", "reportTo"]) || "It takes allow and reportTo.";
      issues.push({ code: "custom", input: value, path: [key], params: { message: "unknown option", hint } });
    }
  });
}

/** The words of an error for a value that is neither a list nor an object. */
function wordsFor(value: unknown): string {
  const [expected, hint] = typeof value === "string" ? textProblem(value) : ["an allowlist", HINTS.get(value) ?? `Write ${EXPECTED}.`];
  return expecting(expected, hint);
}

const HINTS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [false, "Write [] for nobody."],
  [true, 'Write ["self"] for this site, or "*" for every site.'],
  [null, "Leave the key out, or write [] for nobody."],
]);

/** The likely intended allowlist for a text that is neither `"*"` nor an allowlist. */
function textProblem(text: string): Problem {
  const words = text.split(/\s+/).filter(Boolean);
  if (/^'?none'?$|^\(\)$/.test(text)) return ["an allowlist", "Write [] for nobody."];
  const list = words.map((word) => trimmed(word, "'\"()")).filter((word) => word === "self" || word.includes("://"));
  return ["an allowlist", list.length === words.length && list.length > 0 ? `Write [${list.map(show).join(", ")}].` : `Write ${EXPECTED}.`];
}
