import { type ReportIssue, reportUnder } from "../../errors.js";
import { didYouMean, show } from "../../values/text.js";
import { readContentSecurityPolicy } from "./content-security-policy.js";
import { EMPTY, recordOf, refuseType, switched, wordOf } from "./fields.js";
import type { Fields } from "./types.js";

/** One option of helmet, and what it adds to a policy. */
interface Row {
  readonly name: string;
  readonly alias?: string;
  /** Off by default. */
  readonly off?: true;
  /** The fields of its object; an option without fields takes only true and false. */
  readonly fields?: readonly [string, ...string[]];
  readonly read: (fields: Fields, report: ReportIssue) => Fields;
}

const ONE_YEAR = 31_536_000;

export const OPTIONS: readonly Row[] = [
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

function readFrameOptions(fields: Fields, report: ReportIssue): Fields {
  const action = wordOf(fields, "action", "sameorigin", report);
  return { xFrameOptions: (typeof action === "string" && FRAME_ACTIONS.get(action.toUpperCase())) || action };
}

function readReferrerPolicy(fields: Fields, report: ReportIssue): Fields {
  const policy = wordOf(fields, "policy", "no-referrer", report);
  const tokens: readonly unknown[] = Array.isArray(policy) ? policy : [];
  const twice = tokens.findIndex((token, index) => tokens.indexOf(token) !== index);
  if (twice >= 0) report({ path: ["policy", twice], message: `${show(tokens[twice])} is listed twice`, hint: "Take one out." });
  return { referrerPolicy: policy };
}

export function rowNamed(name: string): Row | undefined {
  return OPTIONS.find((row) => row.name === name || row.alias === name);
}

/** Options of older versions of helmet: why they were removed, and what to write. */
const FORMER: ReadonlyMap<string, readonly [message: string, hint: string]> = new Map([
  ["expectCt", ["helmet 7 removed this option: browsers have removed Expect-CT", "Take it out."]],
  ["hpkp", ["helmet 4 removed this option: browsers have removed Public-Key-Pins", "Take it out."]],
  ["featurePolicy", ["helmet 4 removed this option: Permissions-Policy replaces Feature-Policy", layerOf("permissionsPolicy: { … }")]],
  ["noCache", ["helmet 4 removed this option", layerOf('cacheControl: "no-store"')]],
]);

function layerOf(patch: string): string {
  return `Add a second layer: securityHeaders(fromHelmet({ … }), { ${patch} }).`;
}

export function reportUnknown(name: string, report: ReportIssue): void {
  const names = OPTIONS.flatMap(({ name: newer, alias = newer }) => [newer, alias]);
  const elsewhere = "Set what helmet has no option for in a second layer: securityHeaders(fromHelmet({ … }), { … }).";
  const unknown = ["helmet has no such option", didYouMean(name, names) || elsewhere] as const;
  const [message, hint] = FORMER.get(name) ?? unknown;
  report({ path: [name], code: "unknown-name", message, hint });
}

/** What one option adds to the policy; nothing if it is off or wrong. */
export function readRow(row: Row, options: Fields, report: ReportIssue): Fields {
  const { name, alias = name } = row;
  const fields: readonly string[] = row.fields ?? [];
  const written = alias in options ? alias : name;
  if (alias !== name && name in options && alias in options) {
    report({ path: [alias], code: "conflict", message: `is the older name of ${name}, and both are set`, hint: "Write only one of them." });
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
