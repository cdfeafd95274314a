import type { AuditContext, Hop } from "../audit/index.js";
import type { ExportRoute } from "../export/index.js";
import { fieldText } from "../policy/field-text.js";
import type { HeaderLine, HeadersInput } from "../policy/incoming.js";
import { makePolicy, type Policy } from "../policy/policy.js";
import { compiledOf } from "../policy/render.js";
import { unreachable } from "../values/never.js";
import { type InputOf, readInput } from "./input/index.js";
import type { FetchOptions } from "./input/site.js";
import { inFile } from "./policies.js";

/** What `check`, `compare` and `explain` look at: a site, written headers, or a policy. */
export interface Subject {
  /** How it is called in what is printed. */
  readonly name: string;
  /** What `audit`, `compare` and `explain` take. */
  readonly input: Policy | HeadersInput;
  /** Its header lines; of a policy with `…` in the place of a nonce. */
  readonly headers: readonly HeaderLine[];
  /** Input of an audit besides the headers. */
  readonly context: AuditContext;
  /** Undefined for headers and sites. */
  readonly policy?: Policy;
  /** Of a policy file. */
  readonly routes: readonly ExportRoute[];
  /** Of a site: its redirects. */
  readonly hops: readonly Hop[];
  /** What was not read, and why. */
  readonly notes: readonly string[];
  /** Of a site: the scheme that was chosen for an address without one. */
  readonly chosen?: "https" | "http" | undefined;
}

const NOTHING_MORE = { routes: [], hops: [], notes: [] };

/**
 * Reads a preset, a policy file, an address, a file of headers, or `-` for headers on stdin.
 *
 * @throws {Failure} if the argument is not one of them, or cannot be read.
 */
export async function readSubject(word: string, options: FetchOptions): Promise<Subject> {
  const input = await readInput(word, ["policy", "headers", "site"], options);
  switch (input.kind) {
    case "policy":
      return policySubject(input);
    case "headers": {
      const { name, headers, status, html } = input;
      const context = { ...(status !== undefined && { status }), ...(html !== undefined && { html }) };
      return { ...NOTHING_MORE, name, input: headers, headers, context };
    }
    case "site":
      return siteSubject(input);
    default:
      return unreachable(input);
  }
}

function policySubject({ name, layers, routes }: InputOf<"policy">): Subject {
  const policy = inFile([name], () => makePolicy(layers));
  const { names, values } = compiledOf(policy).secure;
  const headers = names.map((header, index): HeaderLine => [header, fieldText(values[index] as string)]);
  return { ...NOTHING_MORE, name, input: policy, headers, context: {}, policy, routes };
}

function siteSubject({ name, url, status, headers, html, hops, redirects, notes, chosen }: InputOf<"site">): Subject {
  const cookies = headers.flatMap(([header, value]) => (header.toLowerCase() === "set-cookie" ? [value] : []));
  // A certificate with an answer behind it is one that --insecure accepted: the notes say so, and it is no finding.
  const accepted = redirects?.map(({ fault, ...hop }) => (fault === undefined || hop.status !== undefined ? hop : { ...hop, fault }));
  const context = { url, status, html, cookies, redirects: accepted };
  return { name, input: headers, headers, context, routes: [], hops, notes, chosen };
}
