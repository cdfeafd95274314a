import * as z from "zod/mini";
import type { Path, ReportIssue } from "../../errors.js";
import { checked, readStructured, strictly } from "../../values/schema.js";
import { readSource } from "../../values/sources.js";
import {
  type BareItem,
  type InnerList,
  type Item,
  innerList,
  isInnerList,
  isToken,
  parseDictionary,
  serializeDictionary,
  textOf,
  token,
} from "../../values/structured.js";
import { didYouMean, kebabCase, show, trimmed } from "../../values/text.js";
import type { Header, Schema, WithDefaults, WithReportOnly } from "../header.js";
import { checkEndpoint } from "../reporting-endpoints.js";
import { endpointName } from "../reporting-word.js";
import { type Feature, features } from "./features.js";

/** Who may use a feature: `"*"` everybody, `[]` nobody, `["self", "https://a.example"]` these origins. */
export type Allowlist = "*" | readonly ("self" | `${string}://${string}`)[];

/** An allowlist, and the endpoint that hears of violations. */
export interface ReportedAllowlist {
  readonly allow: Allowlist;
  /** The name of an endpoint in Reporting-Endpoints; `reporting` fills it in. */
  readonly reportTo?: string | undefined;
}

type FromTable = { readonly [F in keyof typeof features]?: Allowlist | ReportedAllowlist | undefined };

/** The features of a Permissions-Policy. */
export interface PermissionsPolicy extends FromTable {}

type Allowlists = Readonly<Record<string, Allowlist | ReportedAllowlist>>;

const rows: Readonly<Record<string, Feature>> = features;

/** Every powerful feature that browsers know, allowed for nobody: what strict presets write. */
export function noPowerfulFeatures(): PermissionsPolicy {
  return Object.fromEntries(Object.entries(rows).flatMap(([key, row]) => (row.powerful && !row.warnedOf ? [[key, []]] : [])));
}

/** `Permissions-Policy`: which features this page and its frames may use; a dictionary, RFC 9651 §3.2. Permissions Policy §5.2. */
export const permissionsPolicy: Header<PermissionsPolicy, "Permissions-Policy", Allowlists> &
  WithDefaults<PermissionsPolicy> &
  WithReportOnly = {
  name: "Permissions-Policy",
  hasReportOnly: true,
  falseIsAValue: true,
  fieldNoun: "feature",
  defaults: { geolocation: [], microphone: [], camera: [] },
  fields: () => Object.fromEntries(Object.keys(rows).map((key) => [key, allowlist])),

  otherField(name, report) {
    const key = keyOf(name.toLowerCase());
    if (key !== undefined)
      report({ path: [name], code: "unknown-name", message: "features are written in camelCase", hint: `Write ${key}.` });
    return undefined;
  },

  check(options, { policy, report }) {
    for (const [key, value] of Object.entries(options)) {
      const { reportTo } = full(value);
      if (reportTo !== undefined) checkEndpoint(reportTo, [key, "reportTo"], policy, report);
    }
  },

  withReporting: (options, { endpoint }) =>
    Object.fromEntries(
      Object.entries(options).map(([key, value]) => {
        const { allow, reportTo = endpoint } = full(value);
        return [key, { allow, reportTo }];
      }),
    ),

  serialize: (options) =>
    serializeDictionary(new Map(Object.entries(options).map(([key, value]) => [kebabCase(key), serializeAllowlist(full(value))]))),

  parse: strictly(read),
  read,
};

/** A feature that is not known keeps its wire name: some browser may know it. */
function read(text: string, report: ReportIssue): Allowlists {
  return Object.fromEntries(
    [...readStructured(text, parseDictionary)].map(([name, member]) => {
      const key = keyOf(name);
      if (key === undefined) {
        const hint = didYouMean(name, Object.keys(rows).map(kebabCase)) || "Take it out.";
        report({ path: [], code: "unknown-name", message: `${show(name)} is not a feature`, hint });
      }
      return [key ?? name, readAllowlist(key ?? name, member, report)];
    }),
  );
}

/** Whether a browser is known to have a feature, by its key. */
export function isFeature(key: string): boolean {
  return Object.hasOwn(rows, key);
}

let keysByName: ReadonlyMap<string, string> | undefined;

function keyOf(name: string): string | undefined {
  keysByName ??= new Map(Object.keys(rows).map((key) => [kebabCase(key), key]));
  return keysByName.get(name);
}

function full(value: Allowlist | ReportedAllowlist): ReportedAllowlist {
  return typeof value === "string" || Array.isArray(value)
    ? { allow: value as Allowlist, reportTo: undefined }
    : (value as ReportedAllowlist);
}

function serializeAllowlist({ allow, reportTo }: ReportedAllowlist): Item | InnerList {
  const parameters = new Map<string, BareItem>(reportTo === undefined ? [] : [["report-to", reportTo]]);
  if (allow === "*") return [token("*")[0], parameters];
  return innerList(
    allow.map((origin): Item => (origin === "self" ? token("self") : [origin, new Map()])),
    parameters,
  );
}

/**
 * Browsers drop members that are no origins, one by one. Permissions Policy §9.1. Chromium, the only one that reads the header, takes a
 * string as it takes a source of a CSP, if it has a scheme; it is told, and not left out.
 */
function readAllowlist(key: string, member: Item | InnerList, report: ReportIssue): Allowlist | ReportedAllowlist {
  const [value, parameters] = member;
  const items = isInnerList(member) ? member[0].map(([item]) => item) : [value as BareItem];
  const origins = items.flatMap((item, index) => {
    const text = textOf(item);
    const isWord = text === "self" || text === "*";
    if (text !== undefined && isToken(item) && isWord) return [text];
    const sent = text === undefined || isToken(item) ? undefined : originSent(text);
    const read = sent === undefined ? "" : `, and Chromium takes it for ${sent}`;
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

function originProblem(text: string): readonly [string, string] | undefined {
  if (text === "self") return undefined;
  const word = text.replace(/^'|'$/g, "");
  if (text !== word && word === "self") return ["is spelt as in Feature-Policy", 'Write "self".'];
  if (word === "none") return ["is spelt as in Feature-Policy", "Write [] for nobody."];
  if (word === "*") return ["stands in a list", 'Write "*" instead of the list.'];
  if (word === "src") return ["belongs to the allow attribute of a frame", 'Write "self", or origins.'];
  const wildcard = text.replace("://*.", "://wildcard.");
  if (URL.canParse(wildcard) && new URL(wildcard).origin === wildcard) return undefined;
  return ["is not an origin", originHint(wildcard)];
}

function originHint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.origin === "null") return 'Write "self", or scheme://host.';
  return `Write ${show(url.origin.replace("://wildcard.", "://*."))}.`;
}

const EXPECTED = 'a list such as ["self"], [] for nobody, or "*"';

/** Of all features, built when the first list is read. */
let origins: Schema | undefined;
const originList = (): Schema => (origins ??= z.array(checked('"self" or an origin', originProblem)));

/** Told apart by hand: a union's errors would speak of all its branches. */
const allowlist: Schema = {
  safeParse(value) {
    if (value === "*") return { success: true };
    if (typeof value === "string") return failed(featurePolicyProblem(value));
    if (Array.isArray(value)) return originList().safeParse(value);
    if (typeof value === "object" && value !== null) return reported(value);
    return failed([`${show(value)} is not an allowlist`, `Write ${EXPECTED}.`]);
  },
};

function failed([message, hint]: readonly [string, string], path: Path = []) {
  return { success: false, error: { issues: [{ code: "custom", path, message, params: { message, hint } }] } };
}

function reported(value: object) {
  const { allow, reportTo, ...rest } = value as { allow?: unknown; reportTo?: unknown };
  const [extra] = Object.keys(rest);
  if (extra !== undefined)
    return failed(["unknown option", didYouMean(extra, ["allow", "reportTo"]) || "It takes allow and reportTo."], [extra]);
  const schemas: [string, Schema, unknown][] = [
    ["allow", allow !== undefined && typeof allow === "object" && !Array.isArray(allow) ? never : allowlist, allow],
  ];
  if (reportTo !== undefined) schemas.push(["reportTo", endpointName(), reportTo]);
  const issues = schemas.flatMap(([name, schema, part]) =>
    (schema.safeParse(part).error?.issues ?? []).map((issue) => ({ ...issue, path: [name, ...issue.path] })),
  );
  return { success: issues.length === 0, error: { issues } };
}

const never: Schema = { safeParse: (value) => failed([`${show(value)} is not an allowlist`, `Write ${EXPECTED}.`]) };

function featurePolicyProblem(text: string): readonly [string, string] {
  const words = text.split(/\s+/).filter(Boolean);
  if (/^'?none'?$|^\(\)$/.test(text))
    return [`${show(text)} is spelt as in ${text.startsWith("(") ? "the header" : "Feature-Policy"}`, "Write [] for nobody."];
  const list = words.map((word) => trimmed(word, "'\"()")).filter((word) => word === "self" || word.includes("://"));
  return [
    `${show(text)} is not an allowlist`,
    list.length === words.length && list.length > 0 ? `Write [${list.map(show).join(", ")}].` : `Write ${EXPECTED}.`,
  ];
}
