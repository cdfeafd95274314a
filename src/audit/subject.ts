import { PolicyError, type PolicyIssue, policyError } from "../errors.js";
import { type Option, readOptions, SWITCH } from "../middleware/options.js";
import type { HeadersInput } from "../policy/parse.js";
import { isPolicy, type Policy } from "../policy/policy.js";
import { compiledOf, renderHeaders } from "../policy/render.js";
import { isPerRequest, type PerRequest } from "../values/slots.js";
import { show } from "../values/text.js";
import { type Cookie, readCookie } from "./cookies.js";
import { type CspPolicy, cspPolicies } from "./csp.js";
import { type Page, readPage } from "./page.js";

/** One address on the way to the page. */
export interface Hop {
  readonly url: string;
  readonly status?: number | undefined;
  /** `"certificate"`: TLS failed there. `"unreachable"`: nothing answered. */
  readonly fault?: "certificate" | "unreachable" | undefined;
}

/** What is known beside the headers; what is not given is not judged. */
export interface AuditContext {
  /** Where the response came from, an absolute URL. */
  readonly url?: string | undefined;
  /** The way of a request for the site over http: the first one that address, the last one the page. */
  readonly redirects?: readonly Hop[] | undefined;
  /** Every Set-Cookie field value; `[]` says that there is none. */
  readonly cookies?: readonly string[] | undefined;
  /** The text of the page. */
  readonly html?: string | undefined;
  /** The status of the response. */
  readonly status?: number | undefined;
  /** Whether the host is on browsers' HSTS preload list. */
  readonly preloaded?: boolean | undefined;
}

/** A header, read by its own grammar. */
export type Reading<T> =
  | { readonly kind: "absent" }
  | { readonly kind: "broken"; readonly issues: readonly PolicyIssue[] }
  | { readonly kind: "read"; readonly value: T };

/** What the rules and the score look at. */
export interface Subject {
  /** The field values of a header, one per line, trimmed; `name` in lower case. */
  readonly values: (name: string) => readonly string[];
  /** Every header there is, as it was written. */
  readonly names: readonly string[];
  /** What was read already, by header and text: rules and score look at the same headers. */
  readonly readings: Map<string, Reading<unknown>>;
  /** Headers whose value is no text. */
  readonly odd: readonly string[];
  /** Enforced policies, also those of the page. */
  readonly enforced: readonly CspPolicy[];
  readonly reportOnly: readonly CspPolicy[];
  /** Undefined where nobody said. */
  readonly cookies: readonly Cookie[] | undefined;
  readonly page: Page | undefined;
  /** Whether a browser shows it as a page. */
  readonly isDocument: boolean;
  /** Whether it is known to have come over plain http, and not from this very machine. */
  readonly overHttp: boolean;
  readonly context: AuditContext;
  /** Present where a policy is audited: `perRequest` slots, which only a request can fill. */
  readonly policy: { readonly slots: number } | undefined;
}

const TEXT: Option["fits"] = (value) => typeof value === "string";

const CONTEXT: Readonly<Record<keyof AuditContext, Option>> = {
  url: { fits: (value) => TEXT(value) && URL.canParse(value as string), hint: 'Write an absolute URL, "https://site.example/".' },
  redirects: {
    fits: (value) => Array.isArray(value) && value.every((hop) => typeof hop === "object" && hop !== null && TEXT(hop.url)),
    hint: 'Write a list such as [{ url: "http://site.example/", status: 301 }, { url: "https://site.example/" }].',
  },
  cookies: { fits: (value) => Array.isArray(value) && value.every(TEXT), hint: "Write the list of Set-Cookie values; [] for none." },
  html: { fits: TEXT, hint: "Write the text of the page." },
  status: { fits: (value) => Number.isInteger(value), hint: "Write a number such as 200." },
  preloaded: SWITCH,
};

/** Base64 of sixteen bytes, as a response would carry. */
const SAMPLE_NONCE = "cG9ydGN1bGxpc3NhbXBsZQ==";

/** Reads what is to be audited; broken headers are kept for the rules. Throws PolicyError where the arguments are of the wrong type. */
export function readSubject(input: Policy | HeadersInput, given: AuditContext | undefined): Subject {
  const context = readOptions<AuditContext>("audit", given, CONTEXT);
  const https = context.url === undefined ? undefined : new URL(context.url).protocol === "https:";
  const rendered = isPolicy(input) ? render(input, https === false) : undefined;
  const { lines, odd } = linesOf(rendered?.headers ?? input);
  const byName = new Map<string, string[]>();
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    const values = byName.get(key);
    if (values === undefined) byName.set(key, [value]);
    else values.push(value);
  }
  const values = (name: string) => byName.get(name) ?? [];
  const page = context.html === undefined ? undefined : readPage(context.html, context.url);
  const cookies = context.cookies ?? (byName.has("set-cookie") ? values("set-cookie") : undefined);
  return {
    values,
    names: [...new Set(lines.map(([name]) => name))],
    readings: new Map(),
    odd,
    enforced: [...values("content-security-policy").flatMap(cspPolicies), ...(page?.policies ?? [])],
    reportOnly: values("content-security-policy-report-only").flatMap(cspPolicies),
    cookies: cookies?.map(readCookie),
    page,
    isDocument: isDocument(values("content-type")[0], context.status),
    overHttp: https === false && !isLoopback(context.url as string),
    context,
    policy: rendered && { slots: rendered.slots },
  };
}

function render(policy: Policy, plain: boolean): { headers: HeadersInput; slots: number } {
  const { secure } = compiledOf(policy);
  const parts = secure.values.flatMap((value) => (typeof value === "string" ? [] : value));
  const slots = parts.flatMap((part) => (typeof part === "string" ? [] : part.slots.filter(isPerRequest)));
  // What a request would give is not known here: nothing stands for it.
  const empty = new Map(slots.map((slot): [PerRequest, readonly string[]] => [slot, []]));
  const headers = renderHeaders(policy, { nonce: SAMPLE_NONCE, slots: empty, transport: plain ? "plain" : "secure" });
  return { headers, slots: empty.size };
}

function linesOf(input: unknown): { lines: readonly (readonly [string, string])[]; odd: readonly string[] } {
  const lines: [string, string][] = [];
  const odd: string[] = [];
  try {
    if (typeof input !== "object" || input === null) throw new TypeError(`${show(input)} is not a set of headers`);
    const entries = Symbol.iterator in input ? [...(input as Iterable<readonly [unknown, unknown]>)] : Object.entries(input);
    for (const [name, value] of entries) {
      if (value === undefined) continue;
      for (const one of Array.isArray(value) ? value : [value]) {
        if (typeof one === "string" || typeof one === "number") lines.push([String(name), String(one).trim()]);
        else odd.push(String(name));
      }
    }
  } catch (cause) {
    const message = `reading the headers threw ${cause instanceof Error ? show(cause.message) : show(cause)}`;
    throw policyError("unreadable", ["audit"], message, "Give a policy, a Headers, pairs, or an object of strings.", cause);
  }
  return { lines, odd };
}

function isDocument(type: string | undefined, status: number | undefined): boolean {
  if (status !== undefined && (status === 204 || (status >= 300 && status < 400))) return false;
  return type === undefined || /^(?:text\/html|[\w.-]+\/(?:[\w.-]+\+)?xml)\b/i.test(type);
}

function isLoopback(url: string): boolean {
  return /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}

/** Headers of one value each: a second one, or a comma, is a mistake. */
const SINGLE = new Set([
  "strict-transport-security",
  "x-frame-options",
  "x-content-type-options",
  "cross-origin-opener-policy",
  "cross-origin-opener-policy-report-only",
  "cross-origin-embedder-policy",
  "cross-origin-embedder-policy-report-only",
  "cross-origin-resource-policy",
  "document-isolation-policy",
  "document-isolation-policy-report-only",
  "origin-agent-cluster",
  "x-dns-prefetch-control",
  "x-download-options",
  "x-permitted-cross-domain-policies",
  "x-xss-protection",
]);

export function takesOneValue(name: string): boolean {
  return SINGLE.has(name.toLowerCase());
}

/** The values that somebody meant to be one header each: every line, and every part between commas. */
export function partsOf(subject: Subject, name: string): readonly string[] {
  const lines = subject.values(name.toLowerCase());
  if (lines.length === 0) return lines;
  return takesOneValue(name) ? lines.flatMap((line) => line.split(",").map((part) => part.trim())) : lines;
}

/** A header of the registry, as far as reading goes. */
interface Readable<T> {
  readonly name: string;
  readonly parse: (text: string) => T;
}

/** Reads a header as browsers do: of equal values one counts, of different ones none. */
export function readHeader<T>(subject: Subject, header: Readable<T>): Reading<T> {
  const name = header.name.toLowerCase();
  const lines = subject.values(name);
  if (lines.length === 0) return { kind: "absent" };
  const distinct = [...new Set(takesOneValue(name) ? partsOf(subject, name) : lines)];
  // Only the first one counts, RFC 6797 §8.1.
  return readOnce(subject, header, name === "strict-transport-security" ? (lines[0] as string) : distinct.join(", "));
}

/** The same for one value, read once however many rules ask. */
export function readOnce<T>({ readings }: Subject, header: Readable<T>, text: string): Reading<T> {
  const key = `${header.name}\n${text}`;
  let reading = readings.get(key) as Reading<T> | undefined;
  if (reading === undefined) {
    reading = readValue(header, text);
    readings.set(key, reading);
  }
  return reading;
}

export function readValue<T>({ parse }: Pick<Readable<T>, "parse">, text: string): Reading<T> {
  try {
    return { kind: "read", value: parse(text) };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { kind: "broken", issues: error.issues };
  }
}
