import { policyError } from "../errors.js";
import { type CspPolicy, firstPolicies, MOST_POLICIES } from "../headers/content-security-policy/wire.js";
import { byName, type HeadersInput, type IncomingHeaders, incomingHeaders } from "../policy/incoming.js";
import { isPolicy, type Policy } from "../policy/policy.js";
import { compiledOf, renderHeaders } from "../policy/render.js";
import { type Option, readOptions, SWITCH } from "../values/legacy-options.js";
import { isLoopback } from "../values/loopback.js";
import { isPerRequest, type PerRequest } from "../values/slots.js";
import { show } from "../values/text.js";
import { type Cookie, readCookie } from "./cookies.js";
import { type Page, readPage } from "./page.js";
import { type Readable, type Reading, readLines, readValue, split } from "./reading.js";

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

/** What the rules and the score look at. */
export interface Subject {
  /** The field values of a header, one per line, without the blanks around them; `name` in lower case. */
  readonly values: (name: string) => readonly string[];
  /** Every header there is, as it was written. */
  readonly names: readonly string[];
  /** What was read already, by header and text: rules and score look at the same headers. */
  readonly readings: Map<string, Reading<unknown>>;
  /** Headers whose value is no text. */
  readonly odd: readonly string[];
  /** Enforced policies, also those of the page; no more than {@link MOST_POLICIES}, as one that is left out can only forbid more. */
  readonly enforced: readonly CspPolicy[];
  readonly reportOnly: readonly CspPolicy[];
  /** Headers that have more policies than that. */
  readonly unjudged: readonly string[];
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
  const { lines, odd } = read(rendered?.headers ?? input);
  const named = byName(lines);
  const values = (name: string) => named.get(name) ?? [];
  const page = context.html === undefined ? undefined : readPage(context.html, context.url);
  const enforced = [...firstPolicies(values("content-security-policy")), ...(page?.policies ?? [])];
  const reportOnly = firstPolicies(values("content-security-policy-report-only"));
  const cookies = context.cookies ?? (named.has("set-cookie") ? values("set-cookie") : undefined);
  return {
    values,
    names: [...new Set(lines.map(([name]) => name))],
    readings: new Map(),
    odd,
    enforced: enforced.slice(0, MOST_POLICIES),
    reportOnly: reportOnly.slice(0, MOST_POLICIES),
    unjudged: [
      ...(enforced.length > MOST_POLICIES ? ["Content-Security-Policy"] : []),
      ...(reportOnly.length > MOST_POLICIES ? ["Content-Security-Policy-Report-Only"] : []),
    ],
    cookies: cookies?.map(readCookie),
    page,
    isDocument: isDocument(values("content-type")[0], context.status),
    overHttp: https === false && !isLoopback(new URL(context.url as string).hostname),
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

function read(input: unknown): IncomingHeaders {
  try {
    return incomingHeaders(input);
  } catch (cause) {
    const message = `reading the headers threw ${cause instanceof Error ? show(cause.message) : show(cause)}`;
    throw policyError("unreadable", ["audit"], message, "Give a policy, a Headers, pairs, or an object of strings.", cause);
  }
}

function isDocument(type: string | undefined, status: number | undefined): boolean {
  if (status !== undefined && (status === 204 || (status >= 300 && status < 400))) return false;
  return type === undefined || /^(?:text\/html|[\w.-]+\/(?:[\w.-]+\+)?xml)\b/i.test(type);
}

/** Headers of one word each: a comma begins a second one. */
const WORDS = new Set([
  "x-frame-options",
  "x-content-type-options",
  "x-dns-prefetch-control",
  "x-download-options",
  "x-permitted-cross-domain-policies",
  "x-xss-protection",
]);

/** The values that somebody meant to be one header each: every line, and every word between commas. */
export function partsOf(subject: Subject, name: string): readonly string[] {
  const lines = subject.values(name.toLowerCase());
  return lines.length > 0 && WORDS.has(name.toLowerCase()) ? split(lines) : lines;
}

/** Reads a header as browsers do, see {@link readLines}. */
export function readHeader<T>(subject: Subject, header: Readable<T>): Reading<T> {
  let reading = subject.readings.get(header.name) as Reading<T> | undefined;
  if (reading === undefined) {
    reading = readLines(header, subject.values(header.name.toLowerCase()), (one, text) => readOnce(subject, one, text));
    subject.readings.set(header.name, reading);
  }
  return reading;
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
