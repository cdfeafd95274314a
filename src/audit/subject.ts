import * as z from "zod/mini";
import { type CspPolicy, firstPolicies, MOST_POLICIES } from "../headers/content-security-policy/wire.js";
import { byName, type HeadersInput } from "../policy/incoming.js";
import type { Policy } from "../policy/policy.js";
import { compiledOf, renderHeaders } from "../policy/render.js";
import { isLoopback } from "../values/loopback.js";
import { type OptionSchemas, readOptions } from "../values/options.js";
import { expecting, listOf, textThat } from "../values/schema.js";
import { isPerRequest, type PerRequest } from "../values/slots.js";
import { type Cookie, readCookie } from "./cookies.js";
import { policyIn, readHeaderLines } from "./input.js";
import { type Page, readPage } from "./page.js";
import { type Readable, type Reading, type Repeated, readValue, split } from "./reading.js";
import { readLines, repeatedOf } from "./repeated.js";

/** One URL on the way to the page. */
export interface Hop {
  readonly url: string;
  readonly status?: number | undefined;
  /** `"certificate"`: the TLS certificate is not valid. `"unreachable"`: no response. */
  readonly fault?: "certificate" | "unreachable" | undefined;
}

/** What is known beside the headers; what is missing here is not judged. */
export interface AuditContext {
  /** Where the response came from, an absolute URL. */
  readonly url?: string | undefined;
  /** The redirects of a request for the site over http: the first one is that URL, the last one the page. */
  readonly redirects?: readonly Hop[] | undefined;
  /** Every Set-Cookie field value; `[]` for none. */
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
  /** The name of every header, as it was written. */
  readonly names: readonly string[];
  /** What has been read, by header and text: rules and score look at the same headers. */
  readonly readings: Map<string, Reading<unknown>>;
  /** Headers whose value is not text. */
  readonly odd: readonly string[];
  /** Enforced policies, also those of the page; at most {@link MOST_POLICIES}: one that is left out can only block more. */
  readonly enforced: readonly CspPolicy[];
  readonly reportOnly: readonly CspPolicy[];
  /** Headers with more policies than that. */
  readonly unjudged: readonly string[];
  /** Undefined where they are not known. */
  readonly cookies: readonly Cookie[] | undefined;
  readonly page: Page | undefined;
  /** Whether a browser shows it as a page. */
  readonly isDocument: boolean;
  /** Whether it is known to have come over plain http, and not from this machine. */
  readonly overHttp: boolean;
  /** Whether it is known to have come over plain http from this machine: a site in development, or behind a proxy that is not there. */
  readonly onLoopback: boolean;
  readonly context: AuditContext;
  /** Present where a policy is audited: how many `perRequest` slots it has, which only a request can fill. */
  readonly policy: { readonly slots: number } | undefined;
}

const contextSchemas: OptionSchemas<AuditContext> = () => ({
  url: textThat((text) => URL.canParse(text), "an absolute URL", 'Write an absolute URL, such as "https://site.example/".'),
  redirects: listOf(
    z.looseObject({ url: z.string(expecting("a URL", 'Write a URL, such as "https://site.example/".')) }, expecting("an object", HOPS)),
    "a list of addresses",
    HOPS,
  ),
  cookies: listOf(
    z.string(expecting("a string", "Write a Set-Cookie value.")),
    "a list",
    "Write the list of Set-Cookie values; [] for none.",
  ),
  html: z.string(expecting("a string", "Write the text of the page.")),
  status: z.int(expecting("a status code", "Write a number such as 200.")),
  preloaded: z.boolean(),
});

const HOPS = 'Write a list such as [{ url: "http://site.example/", status: 301 }, { url: "https://site.example/" }].';

/** Base64 of sixteen bytes, as in a response. */
const SAMPLE_NONCE = "cG9ydGN1bGxpc3NhbXBsZQ==";

/**
 * Reads what is to be audited; broken headers are kept for the rules.
 *
 * @param name the function whose arguments these are, as errors name it.
 * @throws {PolicyError} where the arguments are of the wrong type.
 */
export function readSubject(name: string, input: Policy | HeadersInput, given: AuditContext | undefined): Subject {
  const context = readOptions<AuditContext>(name, given, contextSchemas);
  const https = context.url === undefined ? undefined : new URL(context.url).protocol === "https:";
  const loopback = context.url !== undefined && isLoopback(new URL(context.url).hostname);
  const policy = policyIn([name], input);
  const rendered = policy && render(policy, https === false);
  const { lines, odd } = readHeaderLines([name], rendered?.headers ?? input);
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
    overHttp: https === false && !loopback,
    onLoopback: https === false && loopback,
    context,
    policy: rendered && { slots: rendered.slots },
  };
}

function render(policy: Policy, plain: boolean): { headers: HeadersInput; slots: number } {
  const { secure } = compiledOf(policy);
  const parts = secure.values.flatMap((value) => (typeof value === "string" ? [] : value));
  const slots = parts.flatMap((part) => (typeof part === "string" ? [] : part.slots.filter(isPerRequest)));
  // What the functions would return for a request is not known here: the slots stay empty.
  const empty = new Map(slots.map((slot): [PerRequest, readonly string[]] => [slot, []]));
  const headers = renderHeaders(policy, { nonce: SAMPLE_NONCE, slots: empty, transport: plain ? "plain" : "secure" });
  return { headers, slots: empty.size };
}

function isDocument(type: string | undefined, status: number | undefined): boolean {
  if (status !== undefined && (status === 204 || (status >= 300 && status < 400))) return false;
  return type === undefined || /^(?:text\/html|[\w.-]+\/(?:[\w.-]+\+)?xml)\b/i.test(type);
}

/** The values that were meant to be one header each: every line, and in headers of one word every member of a list. */
export function partsOf(subject: Subject, name: string): readonly string[] {
  const lines = subject.values(name.toLowerCase());
  return lines.length > 0 && ONE_WORD.includes(repeatedOf(name)) ? split(lines) : lines;
}

const ONE_WORD: readonly Repeated[] = ["first member", "equal members", "unspecified"];

/** Reads a header as browsers do, all its lines together. */
export function readHeader<T>(subject: Subject, header: Readable<T>): Reading<T> {
  let reading = subject.readings.get(header.name) as Reading<T> | undefined;
  if (reading === undefined) {
    reading = readLines(header, subject.values(header.name.toLowerCase()), (one, text) => readOnce(subject, one, text));
    subject.readings.set(header.name, reading);
  }
  return reading;
}

/** Reads one value of a header, once for all rules. */
export function readOnce<T>({ readings }: Subject, header: Readable<T>, text: string): Reading<T> {
  const key = `${header.name}\n${text}`;
  let reading = readings.get(key) as Reading<T> | undefined;
  if (reading === undefined) {
    reading = readValue(header, text);
    readings.set(key, reading);
  }
  return reading;
}
