import type { AuditContext, Hop } from "../audit/index.js";
import type { ExportRoute } from "../export/index.js";
import { fieldText } from "../policy/field-text.js";
import type { HeaderLine, HeadersInput } from "../policy/incoming.js";
import { isPolicy, makePolicy, type Policy } from "../policy/policy.js";
import { compiledOf } from "../policy/render.js";
import { unreachable } from "../values/never.js";
import { placesOfOne } from "./compare-routes.js";
import { contextOf, cookiesOf } from "./input/headers.js";
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
      const { name, headers } = input;
      return { ...NOTHING_MORE, name, input: headers, headers, context: contextOf(input) };
    }
    case "site":
      return siteSubject(input);
    default:
      return unreachable(input);
  }
}

function policySubject({ name, layers, routes }: InputOf<"policy">): Subject {
  const policy = inFile([name], () => makePolicy(layers));
  return { ...ofPolicy(name, policy), routes };
}

function ofPolicy(name: string, policy: Policy): Subject {
  const { names, values } = compiledOf(policy).secure;
  const headers = names.map((header, index): HeaderLine => [header, fieldText(values[index] as string)]);
  return { ...NOTHING_MORE, name, input: policy, headers, context: {}, policy };
}

/** What a policy sends on the path of a route. */
export interface RouteSubject extends Subject {
  /** As it is written: `"/embed"`, `"/api/*"`. */
  readonly path: string;
}

/**
 * The routes of a policy file as subjects of their own, the broadest first.
 *
 * @throws {PolicyError} {Failure} where a path or the layers of a route are not valid, or there are too many.
 */
export function routeSubjects(subject: Subject): readonly RouteSubject[] {
  if (subject.routes.length === 0) return [];
  const places = inFile([subject.name], () => placesOfOne(subject));
  return places.flatMap(({ path, sent }) => (isPolicy(sent) ? [{ ...ofPolicy(`${subject.name}, route ${path}`, sent), path }] : []));
}

function siteSubject({ name, url, status, headers, html, hops, redirects, notes, chosen }: InputOf<"site">): Subject {
  // A certificate with an answer behind it is one that --insecure accepted: the notes say so, and it is no finding.
  const accepted = redirects?.map(({ fault, ...hop }) => (fault === undefined || hop.status !== undefined ? hop : { ...hop, fault }));
  const context = { url, status, html, cookies: cookiesOf(headers), redirects: accepted };
  return { name, input: headers, headers, context, routes: [], hops, notes, chosen };
}
