import type { Allowlist, ReportedAllowlist } from "../../../headers/permissions-policy/index.js";
import { own } from "../../../values/own.js";
import { kebabCase } from "../../../values/text.js";
import { type Compared, comparedDirective, differ, joined } from "../../compare/difference.js";
import { addressGained } from "../../sources/examples.js";
import { NO_SOCKET } from "../../sources/schemes.js";
import { readSourceList } from "../../sources/source-list.js";
import { standard } from "../../standard.js";
import { adviseStructured, type HeaderKnowledge } from "../knowledge.js";
import { and, BROKEN, ignoredParts } from "../sentences.js";
import { type FeatureKnowledge, featureKnowledge } from "./features.js";

/** Allowlists by the key of their feature, or by its wire name where it is not known. */
type Allowlists = Readonly<Record<string, Allowlist | ReportedAllowlist>>;

/** Its features are in `features.ts`. */
export const permissionsPolicy: HeaderKnowledge<Allowlists> = {
  repeated: "list",
  standard: standard("A05", "CWE-359", "https://www.w3.org/TR/permissions-policy/"),
  advise: adviseStructured('Write each feature with = and a list in parentheses: camera=(), geolocation=(self "https://maps.example").'),

  explain(reading) {
    if (reading.kind !== "read") return BROKEN;
    const said = explainFeatures(reading.value);
    // Of features that are not known, each one has a sentence.
    const ignored = ignoredParts(reading.issues.filter(({ code }) => code !== "unknown-name"));
    return said.length === 0 ? `It names no feature.${ignored}` : said.join(" ") + ignored;
  },

  compare: (before, after) => compareFeatures(before.value, after.value),
};

function explainFeatures(policy: Allowlists): readonly string[] {
  const keys = Object.keys(policy);
  const known = keys.filter((key) => featureKnowledge(key) !== undefined);
  const nobodys = known.filter((key) => allowlistText(policy, key) === "()");
  const blocked = and(nobodys.filter((key) => !isHint(key)).map(kebabCase));
  const unsent = and(nobodys.filter(isHint).map(kebabCase));
  const allowed = known.flatMap((key) => {
    const allow = allowlistOf(policy, key);
    if (allow === undefined || allow.length === 0) return [];
    return [`${kebabCase(key)}: ${allow === "*" ? unlimitedText(key) : limitedText(key, allow)}.`];
  });
  const unknown = keys.filter((key) => !known.includes(key)).map((key) => `${kebabCase(key)}: not known here.`);
  const none = [blocked && `Blocked: ${blocked}.`, unsent && `No request of the page carries ${unsent}.`];
  return [...none.filter((text) => text !== ""), ...allowed, ...unknown];
}

const isHint = (key: string) => featureKnowledge(key)?.clientHint === true;

/** The end of a sentence about a feature that the header allows to everybody. */
function unlimitedText(key: string): string {
  if (isHint(key)) return "requests to every origin may carry it";
  const name = kebabCase(key);
  return featureKnowledge(key)?.defaultAllowlist === "*"
    ? "allowed to this page and every frame"
    : `allowed to this page and every frame with allow="${name}"`;
}

/** The end of a sentence about a feature that the header allows to some. */
function limitedText(key: string, allow: readonly string[]): string {
  const origins = and(allow.map((origin) => (origin === "self" ? "this site" : origin)));
  return isHint(key) ? `requests to ${origins} may carry it` : `allowed to ${origins}`;
}

function allowlistOf(policy: Allowlists | undefined, feature: string): Allowlist | undefined {
  const value = own(policy, feature);
  return (own(value, "allow") ?? value) as Allowlist | undefined;
}

/**
 * A feature for an origin that did not have it. Permissions Policy §9.7.
 *
 * The header only limits. Where it does not name a feature, the page has it and any frame can have it, as with `*`: a frame of another
 * site at once or with an `allow` attribute, whatever the feature's default allowlist is. A client hint is different: which requests may
 * carry one that the header does not name, its default allowlist says.
 */
function featureGained(feature: string, from: Allowlist | undefined, to: Allowlist | undefined): string | undefined {
  const name = kebabCase(feature);
  const knowledge = featureKnowledge(feature);
  if (knowledge === undefined && (from === undefined) !== (to === undefined)) return `what ${name} allows in browsers that know it`;
  const unnamed: Allowlist = knowledge?.clientHint && knowledge.defaultAllowlist === "self" ? ["self"] : "*";
  const [held = unnamed, given = unnamed] = [from, to];
  if (held === "*") return undefined;
  if (given === "*") return `${name} ${everywhere(name, knowledge)}`;
  const origin = addressGained(readSourceList([...held]).addresses, readSourceList([...given]).addresses, NO_SOCKET);
  if (origin !== undefined) return `${name} ${knowledge?.clientHint ? "in requests to" : "for"} ${origin}`;
  return to === undefined && from !== undefined ? `${name} ${forFrames(name)}` : undefined;
}

const forFrames = (name: string) => `for every frame with allow="${name}"`;

function everywhere(name: string, knowledge: FeatureKnowledge | undefined): string {
  if (knowledge === undefined) return "for every origin";
  if (knowledge.clientHint) return "in requests to every origin";
  return knowledge.defaultAllowlist === "*" ? "for every frame, with an allow attribute or without" : forFrames(name);
}

/** Feature by feature, in the order in which they are written. */
function compareFeatures(before: Allowlists = {}, after: Allowlists = {}): Compared {
  const compared = [...new Set([...Object.keys(before), ...Object.keys(after)])].map((feature) => {
    const gain = (from: Allowlists, to: Allowlists) => featureGained(feature, allowlistOf(from, feature), allowlistOf(to, feature));
    const difference = differ(gain, before, after);
    const texts = [allowlistText(before, feature), allowlistText(after, feature)] as const;
    const name = kebabCase(feature);
    const same = texts.includes(undefined) ? { same: `Allows the same as without ${name} in the header.` } : {};
    return { difference, directive: comparedDirective(name, texts, difference, same) };
  });
  return { directives: compared.map(({ directive }) => directive), difference: joined(compared.map(({ difference }) => difference)) };
}

function allowlistText(policy: Allowlists, feature: string): string | undefined {
  const allow = allowlistOf(policy, feature);
  if (allow === undefined || allow === "*") return allow;
  return `(${allow.map((origin) => (origin === "self" ? origin : JSON.stringify(origin))).join(" ")})`;
}
