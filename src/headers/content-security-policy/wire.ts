import { readSource } from "../../values/sources.js";
import { trimmed } from "../../values/text.js";
import { keyOfName, nameOf, rows } from "./directives.js";

/** One policy of a Content-Security-Policy, as a browser reads it. */
export interface CspPolicy {
  readonly text: string;
  /** Each directive in lower case with its values, quoted as on the wire. */
  readonly directives: ReadonlyMap<string, readonly string[]>;
  /** The same as written. */
  readonly written: ReadonlyMap<string, readonly string[]>;
  /** Directives that are written more than once: browsers drop all but the first. */
  readonly twice: readonly string[];
}

/** The policies of one field value: a comma ends each, and a policy without a directive is ignored. CSP3 §2.2.2. */
export function cspPolicies(value: string): readonly CspPolicy[] {
  return [...eachPolicy([value])];
}

function* eachPolicy(values: readonly string[]): Generator<CspPolicy> {
  for (const value of values) for (const text of partsOf(value, ",")) if (directiveTexts(text).length > 0) yield readCsp(text);
}

/** The most policies of one response that are read; a large site sends three. */
export const MOST_POLICIES = 64;

/**
 * The policies of several field values: at most one more than {@link MOST_POLICIES}, so that a caller sees that there are more.
 *
 * @param inForce returns the part of a policy that is in force; undefined if there is none.
 */
export function firstPolicies(
  values: readonly string[],
  inForce: (policy: CspPolicy) => CspPolicy | undefined = (policy) => policy,
): readonly CspPolicy[] {
  const policies: CspPolicy[] = [];
  for (const policy of eachPolicy(values)) {
    const counts = inForce(policy);
    if (counts !== undefined) policies.push(counts);
    if (policies.length > MOST_POLICIES) break;
  }
  return policies;
}

/** The directives of one policy, as written. CSP3 §2.2.1. */
export function directiveTexts(policy: string): readonly string[] {
  return partsOf(policy, ";");
}

const partsOf = (text: string, end: string) => text.split(end).flatMap((part) => trimmed(part, "\t\n\f\r ") || []);

function readCsp(text: string): CspPolicy {
  const directives = new Map<string, readonly string[]>();
  const written = new Map<string, readonly string[]>();
  const twice: string[] = [];
  for (const directive of directiveTexts(text)) {
    const [name = "", ...values] = directive.split(WHITE_SPACE);
    const key = name.toLowerCase();
    // A directive with anything but ASCII is dropped whole.
    if (!isAscii(directive)) continue;
    if (directives.has(key)) twice.push(key);
    else {
      directives.set(key, NAMES_ENDPOINTS.includes(key) ? values : values.map(caseless));
      written.set(key, values);
    }
  }
  return { text, directives, written, twice };
}

/** ASCII white space, Infra §4.6: a vertical tab is not, and belongs to a source. */
const WHITE_SPACE = /[\t\n\f\r ]+/;

/** Whether browsers read a directive at all. CSP3 §2.2.1. */
export function isAscii(directive: string): boolean {
  return !/[^\0-\x7f]/.test(directive);
}

const NAMES_ENDPOINTS = ["report-to", "report-uri"];

/** The value as browsers compare it: in lower case, except nonces and digests. Paths are case-sensitive, but are not compared here. */
function caseless(value: string): string {
  if (!value.startsWith("'")) return value.toLowerCase();
  const read = readSource(value, "wire");
  return read.kind === "nonce" || read.kind === "hash" ? value : value.toLowerCase();
}

/** The list that governs a directive: its own, or that of the nearest directive it falls back to; undefined if there is none. */
export function effective({ directives }: CspPolicy, name: string): readonly string[] | undefined {
  for (const one of CHAINS.get(name) ?? [name]) {
    const list = directives.get(one);
    if (list !== undefined) return list;
  }
  return undefined;
}

/** The directive that governs inline scripts in the text of one policy, with its sources as written. CSP3 §6.7.3.3. */
export function governingInlineScripts(csp: string): { readonly name: string; readonly sources: readonly string[] } | undefined {
  const [policy] = cspPolicies(csp);
  const name = CHAINS.get("script-src-elem")?.find((one) => policy?.directives.has(one));
  return name === undefined ? undefined : { name, sources: policy?.written.get(name) ?? [] };
}

/** Each directive, and what it falls back to. */
const CHAINS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.keys(rows).map((key) => [nameOf(key), [key, ...(rows[key]?.fallback ?? [])].map(nameOf)]),
);

/** Whether a source is a nonce or a hash, which proves that an inline script is the page's own. */
export function isProof(source: string): boolean {
  if (!source.startsWith("'")) return false;
  const { kind } = readSource(source, "wire");
  return kind === "nonce" || kind === "hash";
}

const WEB_SCHEMES: readonly (string | undefined)[] = ["http", "https", "ftp"];

/** Whether a source allows all hosts of the web: `*`, `https:`, `https://*`. */
export function isBroad(source: string): boolean {
  if (source.startsWith("'")) return false;
  const read = readSource(source, "wire");
  if (read.kind === "scheme") return WEB_SCHEMES.includes(read.scheme);
  if (read.kind !== "host" || read.host !== "*") return false;
  const { scheme, port, path } = read;
  return [...WEB_SCHEMES, undefined].includes(scheme) && [undefined, "*"].includes(port) && [undefined, "/"].includes(path);
}

/** Whether a source is a scheme or a host: what `'strict-dynamic'` makes inert, with `'self'` and `'unsafe-inline'`. */
export function isInertUnderStrictDynamic(source: string): boolean {
  return !source.startsWith("'") || source === "'self'" || source === "'unsafe-inline'";
}

/** The policy key of a directive, such as `contentSecurityPolicy.scriptSrc`. */
export function cspPath(directive: string): string {
  const key = keyOfName.get(directive);
  return key === undefined ? "contentSecurityPolicy" : `contentSecurityPolicy.${key}`;
}
