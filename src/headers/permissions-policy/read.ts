import type { ReportIssue } from "../../errors.js";
import { readStructured } from "../../values/schema.js";
import { readSource } from "../../values/sources.js";
import { type BareItem, type InnerList, type Item, isInnerList, isToken, parseDictionary, textOf } from "../../values/structured.js";
import { didYouMean, kebabCase, show } from "../../values/text.js";
import { type Allowlist, originProblem, type ReportedAllowlist } from "./allowlist.js";
import { type Feature, features } from "./features.js";

/** Allowlists by feature; a feature that is not known has its wire name. */
export type Allowlists = Readonly<Record<string, Allowlist | ReportedAllowlist>>;

const rows: Readonly<Record<string, Feature>> = features;

let keysByName: ReadonlyMap<string, string> | undefined;

/** The key of a feature's wire name, such as `pictureInPicture`. */
export function featureNamed(name: string): string | undefined {
  keysByName ??= new Map(Object.keys(rows).map((key) => [kebabCase(key), key]));
  return keysByName.get(name);
}

/** Reads a field value as browsers do. An unknown feature is reported and keeps its wire name: some browser may support it. */
export function readPermissionsPolicy(text: string, report: ReportIssue): Allowlists {
  return Object.fromEntries(
    [...readStructured(text, parseDictionary)].map(([name, member]) => {
      const key = featureNamed(name);
      if (key === undefined) {
        const hint = didYouMean(name, Object.keys(rows).map(kebabCase)) || "Take it out.";
        report({ path: [], code: "unknown-name", message: `${show(name)} is not a feature`, hint });
      }
      return [key ?? name, readAllowlist(key ?? name, member, report)];
    }),
  );
}

/**
 * Browsers drop each member that is not an origin. Permissions Policy §9.1. Chromium, the only browser that implements the header, reads a
 * string with a scheme like a source of a CSP: such a member is reported, and kept as Chromium reads it.
 */
function readAllowlist(key: string, member: Item | InnerList, report: ReportIssue): Allowlist | ReportedAllowlist {
  const [value, parameters] = member;
  const items = isInnerList(member) ? member[0].map(([item]) => item) : [value as BareItem];
  const origins = items.flatMap((item, index) => {
    const text = textOf(item);
    const isWord = text === "self" || text === "*";
    if (text !== undefined && isToken(item) && isWord) return [text];
    const sent = text === undefined || isToken(item) ? undefined : originSent(text);
    const read = sent === undefined ? "" : `, and Chromium reads it as ${sent}`;
    if (text === undefined || isToken(item) || isWord) {
      const message = `${show(text ?? String(item))} is not an origin${read}`;
      report({ path: [key], message, hint: "Write self, or an origin in double quotes." });
      return sent ?? [];
    }
    const problem = originProblem(text);
    if (problem === undefined) return [text];
    report({ path: [key, index], message: `${show(text)} ${problem[0]}${read}`, hint: problem[1] });
    return sent ?? [];
  });
  const allow = (origins.includes("*") ? "*" : origins) as Allowlist;
  const reportTo = parameters.get("report-to");
  return typeof reportTo === "string" ? { allow, reportTo } : allow;
}

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** What Chromium reads in a string: a source with a scheme, up to its path; undefined where it drops the member. */
function originSent(text: string): string | undefined {
  if (text === "*") return text;
  if (text.toLowerCase() === "'self'") return "self";
  const [source = ""] = /^[^/]*(?:\/\/[^/]*)?/.exec(text) ?? [];
  if (!SCHEME.test(source) || readSource(source, "wire").kind === "fault") return undefined;
  return URL.canParse(source) && new URL(source).origin !== "null" ? new URL(source).origin : source.toLowerCase();
}
