import { issueCollector, type Path, PolicyError, type PolicyIssue, type ReportIssue, reportUnder } from "../errors.js";
import { deprecated, keyOfName, nameOf, rows, takesOf } from "../headers/content-security-policy/directives.js";
import { contentSecurityPolicy } from "../headers/content-security-policy/index.js";
import type { Patch } from "../headers/patch.js";
import { makePolicy, type Policy } from "../policy/policy.js";
import { none } from "../presets/index.js";
import { reading } from "../values/options.js";
import { bare } from "../values/own.js";
import { isSlot, type Nonce, type PerRequest, type PerRequestInput, perRequest } from "../values/slots.js";
import { isNarrow, KEYWORDS, readSource, trustedSource } from "../values/sources.js";
import { didYouMean, show } from "../values/text.js";

/** The response as helmet's functions see it: any of Node's, with Express's `locals` where there are some. */
export interface HelmetResponse {
  readonly headersSent: boolean;
  readonly locals?: Readonly<Record<string, unknown>>;
}

/** A method, so that functions may ask for more of the request and the response than is said here, such as Express's. */
interface DirectiveFunction {
  bivariant(req: PerRequestInput, res: HelmetResponse): string;
}

/** One member of a directive; `nonce` and `perRequest(…)` of Portcullis may stand there too. */
export type HelmetSource = string | DirectiveFunction["bivariant"] | Nonce | PerRequest;

/** What helmet's `contentSecurityPolicy` takes. */
export interface HelmetContentSecurityPolicy {
  /** `true`, the default: the directives lie on helmet's own, and `null` takes one away. */
  readonly useDefaults?: boolean | undefined;
  /** By name, in camelCase or as on the wire. A symbol stands for `dangerouslyDisableDefaultSrc`. */
  readonly directives?: Readonly<Record<string, null | Iterable<HelmetSource> | symbol>> | undefined;
  readonly reportOnly?: boolean | undefined;
}

/** What helmet's `strictTransportSecurity` takes. */
export interface HelmetStrictTransportSecurity {
  /** Seconds, a year by default; fractions are cut off. */
  readonly maxAge?: number | undefined;
  /** `true` by default. */
  readonly includeSubDomains?: boolean | undefined;
  readonly preload?: boolean | undefined;
}

type Referrer = Extract<Patch["referrerPolicy"], string>;

/** The options of helmet 8. Those after "also" are two names of one option, of which one may be there. */
export interface HelmetOptions {
  readonly contentSecurityPolicy?: HelmetContentSecurityPolicy | boolean | undefined;
  /** The only one that is off by default. */
  readonly crossOriginEmbedderPolicy?:
    | { readonly policy?: "require-corp" | "credentialless" | "unsafe-none" | undefined }
    | boolean
    | undefined;
  readonly crossOriginOpenerPolicy?:
    | { readonly policy?: "same-origin" | "same-origin-allow-popups" | "noopener-allow-popups" | "unsafe-none" | undefined }
    | boolean
    | undefined;
  readonly crossOriginResourcePolicy?: { readonly policy?: "same-origin" | "same-site" | "cross-origin" | undefined } | boolean | undefined;
  readonly originAgentCluster?: boolean | undefined;
  /** The empty word stands in helmet's type, and is refused here. */
  readonly referrerPolicy?: { readonly policy?: Referrer | "" | readonly (Referrer | "")[] | undefined } | boolean | undefined;
  /** Also `hsts`. */
  readonly strictTransportSecurity?: HelmetStrictTransportSecurity | boolean | undefined;
  readonly hsts?: HelmetStrictTransportSecurity | boolean | undefined;
  /** Also `noSniff`. */
  readonly xContentTypeOptions?: boolean | undefined;
  readonly noSniff?: boolean | undefined;
  /** Also `dnsPrefetchControl`. */
  readonly xDnsPrefetchControl?: { readonly allow?: boolean | undefined } | boolean | undefined;
  readonly dnsPrefetchControl?: { readonly allow?: boolean | undefined } | boolean | undefined;
  /** Also `ieNoOpen`. */
  readonly xDownloadOptions?: boolean | undefined;
  readonly ieNoOpen?: boolean | undefined;
  /** Also `frameguard`. */
  readonly xFrameOptions?: { readonly action?: "deny" | "sameorigin" | "DENY" | "SAMEORIGIN" | undefined } | boolean | undefined;
  readonly frameguard?: { readonly action?: "deny" | "sameorigin" | "DENY" | "SAMEORIGIN" | undefined } | boolean | undefined;
  /** Also `permittedCrossDomainPolicies`. */
  readonly xPermittedCrossDomainPolicies?: { readonly permittedPolicies?: CrossDomain | undefined } | boolean | undefined;
  readonly permittedCrossDomainPolicies?: { readonly permittedPolicies?: CrossDomain | undefined } | boolean | undefined;
  /** Also `hidePoweredBy`. */
  readonly xPoweredBy?: boolean | undefined;
  readonly hidePoweredBy?: boolean | undefined;
  /** Also `xssFilter`. */
  readonly xXssProtection?: boolean | undefined;
  readonly xssFilter?: boolean | undefined;
}

type CrossDomain = "none" | "master-only" | "by-content-type" | "all";

/**
 * The policy that helmet's options stand for: the same headers with the same meaning, complete, so that nothing of
 * `recommended` is in it. `securityHeaders(fromHelmet(options))` takes the place of `helmet(options)`.
 *
 * Helmet's text, and ours: directives are parted by `; ` and not by `;`, tokens of Referrer-Policy by `, ` and not by `,`, sources
 * by one blank; keywords come out in lower case. What browsers ignore goes out no more: HSTS over plain http, and
 * `upgrade-insecure-requests` and `sandbox` in a Report-Only policy; nor does `upgrade-insecure-requests` over plain http, or to this
 * very machine. A function stands for `perRequest`: where it fails, the policy goes out without its source, and not without CSP.
 *
 * Helmet takes, and this refuses: options, directives and `null`s that it passes over; what options inherit; directives that browsers do not know or
 * have given up; `reportTo`, since helmet writes no endpoint for it; sources that are none, are in the wrong directive, or stand
 * beside `'none'`; a nonce written as text; `'strict-dynamic'` without nonce or hash; an empty list, and an empty word in
 * `referrerPolicy`; limits without script-src and default-src; functions outside source lists; addresses for reports that are neither
 * path nor URL; `preload` that the lists refuse; a `maxAge` beyond whole numbers; values of other types than helmet declares.
 *
 * @param options helmet 8's, aliases too; without any, helmet's defaults.
 * @returns a policy for `securityHeaders`, `override` and `definePolicy`; layers on top of it change it.
 * @throws {PolicyError} with all that is wrong, by helmet's names: `contentSecurityPolicy.directives.scriptSrc[1]`, counted source by source.
 */
export function fromHelmet(options: HelmetOptions = {}): Policy {
  const { report, throwIfAny } = issueCollector();
  const given = recordOf(options, [], "fromHelmet({ … })", report) ?? {};
  for (const name of Object.keys(given)) if (rowNamed(name) === undefined) reportUnknown(name, report);
  const patch: Given = Object.assign({}, ...OPTIONS.map((row) => readRow(row, given, report)));
  let policy: Policy | undefined;
  try {
    policy = makePolicy([none, patch], false);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    for (const issue of error.issues) report(asWritten(given, issue));
  }
  throwIfAny();
  return policy as Policy;
}

type Given = Readonly<Record<string, unknown>>;

/** One option of helmet, and what it comes to in a policy. */
interface Row {
  readonly name: string;
  readonly alias?: string;
  /** Not sent unless asked for. */
  readonly off?: true;
  /** What its object holds; without them it is a switch. */
  readonly fields?: readonly [string, ...string[]];
  readonly read: (fields: Given, report: ReportIssue) => Given;
}

const ONE_YEAR = 31_536_000;

const OPTIONS: readonly Row[] = [
  { name: "contentSecurityPolicy", fields: ["directives", "useDefaults", "reportOnly"], read: readContentSecurityPolicy },
  {
    name: "crossOriginEmbedderPolicy",
    off: true,
    fields: ["policy"],
    read: (fields, report) => ({ crossOriginEmbedderPolicy: { policy: wordOf(fields, "policy", "require-corp", report) } }),
  },
  {
    name: "crossOriginOpenerPolicy",
    fields: ["policy"],
    read: (fields, report) => ({ crossOriginOpenerPolicy: { policy: wordOf(fields, "policy", "same-origin", report) } }),
  },
  {
    name: "crossOriginResourcePolicy",
    fields: ["policy"],
    read: (fields, report) => ({ crossOriginResourcePolicy: wordOf(fields, "policy", "same-origin", report) }),
  },
  { name: "originAgentCluster", read: () => ({ originAgentCluster: true }) },
  { name: "referrerPolicy", fields: ["policy"], read: readReferrerPolicy },
  {
    name: "strictTransportSecurity",
    alias: "hsts",
    fields: ["maxAge", "includeSubDomains", "preload"],
    read: ({ maxAge = ONE_YEAR, includeSubDomains = true, preload }) => ({
      strictTransportSecurity: { maxAge: typeof maxAge === "number" ? Math.floor(maxAge) : maxAge, includeSubDomains, preload },
    }),
  },
  { name: "xContentTypeOptions", alias: "noSniff", read: () => ({ xContentTypeOptions: true }) },
  {
    name: "xDnsPrefetchControl",
    alias: "dnsPrefetchControl",
    fields: ["allow"],
    read: (fields, report) => ({ xDnsPrefetchControl: switched(fields, "allow", false, report) ? "on" : "off" }),
  },
  { name: "xDownloadOptions", alias: "ieNoOpen", read: () => ({ xDownloadOptions: true }) },
  {
    name: "xFrameOptions",
    alias: "frameguard",
    fields: ["action"],
    read: readFrameOptions,
  },
  {
    name: "xPermittedCrossDomainPolicies",
    alias: "permittedCrossDomainPolicies",
    fields: ["permittedPolicies"],
    read: (fields, report) => ({ xPermittedCrossDomainPolicies: wordOf(fields, "permittedPolicies", "none", report) }),
  },
  { name: "xPoweredBy", alias: "hidePoweredBy", read: () => ({ stripHeaders: ["X-Powered-By"] }) },
  { name: "xXssProtection", alias: "xssFilter", read: () => ({ xXssProtection: true }) },
];

const FRAME_ACTIONS: ReadonlyMap<unknown, string> = new Map([
  ["DENY", "DENY"],
  ["SAMEORIGIN", "SAMEORIGIN"],
  ["SAME-ORIGIN", "SAMEORIGIN"],
]);

function readFrameOptions(fields: Given, report: ReportIssue): Given {
  const action = wordOf(fields, "action", "sameorigin", report);
  return { xFrameOptions: (typeof action === "string" && FRAME_ACTIONS.get(action.toUpperCase())) || action };
}

function rowNamed(name: string): Row | undefined {
  return OPTIONS.find((row) => row.name === name || row.alias === name);
}

/** Options of older versions of helmet, and what became of them. */
const FORMER: ReadonlyMap<string, readonly [message: string, hint: string]> = new Map([
  ["expectCt", ["helmet 7 took this option out: browsers have given Expect-CT up", "Take it out."]],
  ["hpkp", ["helmet 4 took this option out: browsers have given Public-Key-Pins up", "Take it out."]],
  ["featurePolicy", ["helmet 4 took this option out: Permissions-Policy has taken its place", layerOf("permissionsPolicy: { … }")]],
  ["noCache", ["helmet 4 took this option out", layerOf('cacheControl: "no-store"')]],
]);

function layerOf(patch: string): string {
  return `Write it in a layer of its own: securityHeaders(fromHelmet({ … }), { ${patch} }).`;
}

function reportUnknown(name: string, report: ReportIssue): void {
  const names = OPTIONS.flatMap(({ name: newer, alias = newer }) => [newer, alias]);
  const elsewhere = "Write what helmet does not have in a layer of its own: securityHeaders(fromHelmet({ … }), { … }).";
  const unknown = ["helmet has no such option", didYouMean(name, names) || elsewhere] as const;
  const [message, hint] = FORMER.get(name) ?? unknown;
  report({ path: [name], code: "unknown-name", message, hint });
}

/** What one option adds to the policy; nothing where it is off or wrong. */
function readRow(row: Row, options: Given, report: ReportIssue): Given {
  const { name, alias = name } = row;
  const fields: readonly string[] = row.fields ?? [];
  const written = alias in options ? alias : name;
  if (alias !== name && name in options && alias in options) {
    report({ path: [alias], code: "conflict", message: `it is ${name} by its older name`, hint: "Write one of the two." });
    return {};
  }
  const { [written]: value = row.off === undefined } = options;
  if (value === false) return {};
  const shape = `${written}: ${fields.length === 0 ? "true or false" : `{ ${fields[0]}: … }, true or false`}`;
  const object =
    value === true ? EMPTY : fields.length === 0 ? refuseType(value, [written], shape, report) : recordOf(value, [written], shape, report);
  if (object === undefined) return {};
  const unknown = Object.keys(object).filter((field) => !fields.includes(field));
  for (const field of unknown) {
    const hint = didYouMean(field, fields) || `It takes ${fields.join(", ")}.`;
    report({ path: [written, field], code: "unknown-name", message: "unknown option", hint });
  }
  return row.read(object, reportUnder([written], report));
}

/** As of an object without fields: not even those of `Object.prototype`. */
const EMPTY: Given = bare({});

/** The own fields of an object, so that nothing is read from `Object.prototype`; what a getter throws is reported. */
function recordOf(value: unknown, path: Path, shape: string, report: ReportIssue): Given | undefined {
  return reading(path.length === 0 ? ["fromHelmet"] : path, report, () => {
    if (!isRecord(value)) return refuseType(value, path, shape, report);
    for (const key of Object.keys(Object.getPrototypeOf(value) ?? {})) {
      // Keys that some code added to Object.prototype are not meant as options.
      if (Object.hasOwn(Object.prototype, key)) continue;
      const message = "is inherited, and only an object's own fields count";
      report({ path: [...path, key], code: "wrong-type", message, hint: "Write it into the object itself." });
    }
    return bare(value as Given);
  });
}

/** Whether it holds fields by name: a Map, a Date or a boxed boolean holds none that anybody wrote. A module's namespace has no prototype. */
function isRecord(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return Object.getPrototypeOf(value) === null || Object.prototype.toString.call(value) === "[object Object]";
}

function refuseType(value: unknown, path: Path, shape: string, report: ReportIssue): undefined {
  report({
    path: path.length === 0 ? ["fromHelmet"] : path,
    code: "wrong-type",
    message: `${show(value)} does not fit`,
    hint: `Write ${shape}.`,
  });
}

/** The word of an option; helmet refuses true and false there, and a policy would take them for a switch. */
function wordOf(fields: Given, name: string, otherwise: string, report: ReportIssue): unknown {
  const { [name]: value = otherwise } = fields;
  return typeof value === "boolean" ? refuseType(value, [name], `${show(otherwise)}, or another of its words`, report) : value;
}

function switched(fields: Given, name: string, otherwise: boolean, report: ReportIssue): boolean {
  const { [name]: value = otherwise } = fields;
  if (typeof value !== "boolean") refuseType(value, [name], "true or false", report);
  return value === true;
}

function readReferrerPolicy(fields: Given, report: ReportIssue): Given {
  const policy = wordOf(fields, "policy", "no-referrer", report);
  const tokens: readonly unknown[] = Array.isArray(policy) ? policy : [];
  const twice = tokens.findIndex((token, index) => tokens.indexOf(token) !== index);
  if (twice >= 0) report({ path: ["policy", twice], message: `${show(tokens[twice])} stands there twice`, hint: "Take one out." });
  return { referrerPolicy: policy };
}

/** What `useDefaults` stands for. */
const DEFAULT_DIRECTIVES: Given = {
  defaultSrc: ["'self'"],
  baseUri: ["'self'"],
  fontSrc: ["'self'", "https:", "data:"],
  formAction: ["'self'"],
  frameAncestors: ["'self'"],
  imgSrc: ["'self'", "data:"],
  objectSrc: ["'none'"],
  scriptSrc: ["'self'"],
  scriptSrcAttr: ["'none'"],
  styleSrc: ["'self'", "https:", "'unsafe-inline'"],
  upgradeInsecureRequests: [],
};

function readContentSecurityPolicy(fields: Given, report: ReportIssue): Given {
  const reportOnly = switched(fields, "reportOnly", false, report);
  const useDefaults = switched(fields, "useDefaults", true, report);
  const shape = `directives: { defaultSrc: ["'self'"] }`;
  const { directives: given = {} } = fields;
  const directives = recordOf(given, ["directives"], shape, report) ?? {};
  let wrong = false;
  const read = readDirectives(directives, useDefaults, (issue) => {
    wrong = true;
    report({ ...issue, path: ["directives", ...issue.path] });
  });
  if (wrong) return {};
  // Browsers ignore these in a Report-Only policy; helmet's defaults have one of them.
  const kept = [...read].filter(([key]) => !reportOnly || rows[key]?.enforcedOnly === undefined);
  return kept.length === 0 ? {} : { [reportOnly ? "contentSecurityPolicyReportOnly" : "contentSecurityPolicy"]: Object.fromEntries(kept) };
}

/** The directives by key, in helmet's order: its defaults first, each at its place when it is written again. */
function readDirectives(directives: Given, useDefaults: boolean, report: ReportIssue): Map<string, unknown> {
  const read = new Map(Object.entries(useDefaults ? DEFAULT_DIRECTIVES : {}).map(([key, list]) => [key, readDirective(key, list, report)]));
  const seen = new Set<string>();
  let disabled = false;
  for (const [name, value] of Object.entries(directives)) {
    const key = keyOf(name);
    const reportHere = reportUnder([name], report);
    if (key === undefined) reportDirective(name, reportHere);
    else if (seen.has(key)) reportHere({ path: [], code: "conflict", message: `${show(key)} is written twice`, hint: "Write it once." });
    else if (key === "defaultSrc" && isDisabling(value)) {
      disabled = true;
      read.delete(key);
    } else if (key !== "defaultSrc" && value === null) read.delete(key);
    else read.set(key, readDirective(key, value, reportHere));
    if (key !== undefined) seen.add(key);
  }
  if (!read.has("defaultSrc") && !disabled) {
    const hint = "Write defaultSrc: [\"'self'\"], or helmet's dangerouslyDisableDefaultSrc.";
    report({ path: ["defaultSrc"], code: "missing", message: "is missing", hint });
  } else if (read.size === 0) {
    report({ path: [], code: "missing", message: "no directive is left", hint: "Write one, or contentSecurityPolicy: false." });
  }
  return read;
}

function keyOf(name: string): string | undefined {
  return keyOfName.get(nameOf(name));
}

function reportDirective(name: string, report: ReportIssue): void {
  const gone = deprecated.has(nameOf(name));
  const hint = gone
    ? "Take it out."
    : didYouMean(name, [...keyOfName.values()]) || didYouMean(name, [...keyOfName.keys()]) || "Take it out.";
  report({ path: [], code: "unknown-name", message: gone ? "browsers have given this directive up" : "unknown directive", hint });
}

/** helmet's own symbol, known by its description: helmet is not imported here. */
function isDisabling(value: unknown): boolean {
  return typeof value === "symbol" && value.description === "dangerouslyDisableDefaultSrc";
}

/** A directive as a patch has it. */
function readDirective(key: string, value: unknown, report: ReportIssue): unknown {
  const members = typeof value === "string" ? [value] : isIterable(value) ? [...value] : undefined;
  const { takes } = rows[key] ?? {};
  if (members === undefined) {
    const hint = `Write a list${key === "defaultSrc" ? ", or helmet's dangerouslyDisableDefaultSrc" : ", or null to leave it out"}.`;
    return report({ path: [], code: "wrong-type", message: `${show(value)} is not a list`, hint });
  }
  if (takes === "endpoint") {
    const hint = 'Leave it to securityHeaders(fromHelmet({ … }), { reporting: "/csp-report" }), which writes the endpoint too.';
    return report({
      path: [],
      code: "unknown-endpoint",
      message: "helmet writes no Reporting-Endpoints, so that nothing is reported",
      hint,
    });
  }
  const words = members.flatMap((member) => (typeof member === "string" ? wordsOf(member) : [member]));
  if (words.length === 0 && takes !== "flag" && takes !== "sandbox") {
    const hint = takes === "urls" ? "Write an address, or null to leave it out." : "Write [\"'none'\"], or null to leave it out.";
    return report({ path: [], message: "an empty list says nothing", hint });
  }
  return takesOf(key) === undefined
    ? readWords(key, words, report)
    : words.map((word, index) => readMember(word, reportUnder([index], report)));
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof (value as { [Symbol.iterator]?: unknown } | null | undefined)?.[Symbol.iterator] === "function";
}

/** The sources in a text: helmet takes several in one. */
function wordsOf(text: string): string[] {
  return text.split(/[ \t]+/).filter((word) => word !== "");
}

/** A member of a source list, spelled as on the wire: keywords are quoted, a host may be a single label. */
function readMember(member: unknown, report: ReportIssue): unknown {
  if (typeof member === "function") return slotOf(member as DirectiveFunction["bivariant"]);
  if (isSlot(member)) return member;
  if (typeof member !== "string") {
    return report({
      path: [],
      code: "wrong-type",
      message: `${show(member)} is not a source`,
      hint: "Write a string, or a function that gives one.",
    });
  }
  const read = readSource(member, "wire");
  if (read.kind === "fault") return report({ path: [], message: read.message, hint: read.hint });
  if (read.kind === "keyword") return read.keyword;
  return readSource(read.text, "policy").kind === "fault" ? trustedSource(read.text) : read.text;
}

/** A slot of its own for every place: helmet calls a function as often as it stands there. */
function slotOf(fn: DirectiveFunction["bivariant"]): PerRequest {
  return perRequest((req: PerRequestInput, res: HelmetResponse) => {
    const given: unknown = fn(req, res);
    if (typeof given !== "string") return given as string;
    return wordsOf(given).map((word) => {
      const read = readSource(word, "wire");
      if (read.kind === "fault") throw new TypeError(`${read.message}. ${read.hint}`);
      // What a function of the application says, it means: keywords and schemes too, as helmet has it.
      return isNarrow(read) ? read.text : trustedSource(read.text);
    });
  });
}

/** A directive with a grammar of its own, read as from a header. */
function readWords(key: string, words: readonly unknown[], report: ReportIssue): unknown {
  const wrong = words.findIndex((word) => typeof word !== "string" || /[;,]/.test(word));
  if (wrong >= 0) {
    const message = `${show(words[wrong])} has no place in ${nameOf(key)}`;
    return report({ path: [wrong], code: "wrong-type", message, hint: "Write text without ';' and ','." });
  }
  if (rows[key]?.takes === "flag" && words.length > 0) {
    return report({ path: [], message: `${nameOf(key)} takes no value`, hint: `Write ${key}: [].` });
  }
  try {
    return contentSecurityPolicy.parse([nameOf(key), ...words].join(" "), true)[key];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    for (const { code, path, message, hint } of error.issues) {
      const { index } = stepsOf(path);
      report({ code, path: index === undefined ? [] : [index], message, hint });
    }
  }
}

function stepsOf(path: string): { key: string; field: string | undefined; index: number | undefined } {
  const [, key = "", field, index] = /^(\w*)(?:\.(\w+))?(?:\[(\d+)\])?/.exec(path) ?? [];
  return { key, field, index: index === undefined ? undefined : Number(index) };
}

/** Words that helmet's directives have in single quotes, and a policy without. */
const BARE_WORD = new RegExp(`"(${[...KEYWORDS, "script", "allow-duplicates"].join("|")})"`, "g");

/** An issue of our policy as one of helmet's options: its path and, in a CSP, its words in their quotes. */
function asWritten(options: Given, { code, path, message, hint }: PolicyIssue): Parameters<ReportIssue>[0] {
  const written = (text: string) => (path.startsWith("contentSecurityPolicy") ? text.replace(BARE_WORD, `"'$1'"`) : text);
  return { code, path: pathIn(options, path), message: written(message), hint: written(hint) };
}

/** Where something stands in helmet's options that stands at this path of our policy. */
function pathIn(options: Given, path: string): Path {
  const { key, field, index } = stepsOf(path);
  const end = index === undefined ? [] : [index];
  if (key.startsWith("contentSecurityPolicy")) {
    const { directives = {} } = options["contentSecurityPolicy"] as HelmetContentSecurityPolicy;
    const written = Object.keys(directives).find((name) => keyOf(name) === field);
    return ["contentSecurityPolicy", "directives", ...[written ?? field ?? []].flat(), ...end];
  }
  const { name = key, alias = name, fields = [] } = rowNamed(key) ?? {};
  return [alias in options ? alias : name, ...[field ?? fields[0] ?? []].flat(), ...end];
}
