import { extname, resolve } from "node:path";
import { fieldText } from "../audit/compare/policy-side.js";
import type { AuditContext, Hop } from "../audit/index.js";
import type { ExportRoute } from "../export/index.js";
import type { HeadersInput } from "../policy/parse.js";
import { makePolicy, type Policy } from "../policy/policy.js";
import { compiledOf } from "../policy/render.js";
import { presets } from "../presets/index.js";
import { didYouMean } from "../values/text.js";
import { Failure } from "./failure.js";
import { type HeadersFile, readHeaderLines, readHeaderObject } from "./headers-file.js";
import { DEEPEST, depthOf, LONGEST, readInput } from "./input.js";
import { isPreset, type PolicyFile, readPolicyAt, readPolicyFile, refused } from "./policy.js";
import { withRevision } from "./revision.js";
import { type FetchOptions, fetchSite, isAddress, type Line } from "./site.js";

/** What a word of the command line names: a site, headers that were written down, or a policy. */
export interface Subject {
  /** How it is called in what is printed. */
  readonly name: string;
  /** What `audit`, `compare` and `explain` take. */
  readonly input: Policy | HeadersInput;
  /** Its headers as they came; of a policy with `…` in the place of a nonce. */
  readonly headers: readonly Line[];
  /** What an audit may know beside them. */
  readonly context: AuditContext;
  readonly policy?: Policy;
  readonly routes: readonly ExportRoute[];
  /** Of a site: the way to it. */
  readonly hops: readonly Hop[];
  readonly notes: readonly string[];
}

/**
 * Reads a preset, a policy file, an address, a file of headers, `-` for headers on stdin, or `rev:path` for either file as git has it.
 *
 * @throws {Failure} where it is none of them, or cannot be read.
 */
export async function readSubject(word: string, options: FetchOptions): Promise<Subject> {
  if (isPreset(word)) return policySubject(word, await readPolicyFile(word));
  if (isAddress(word)) return siteSubject(word, options);
  if (word === "-") return headersSubject("stdin", await readHeaders(await readInput("-", "stdin", LONGEST.headers), "stdin"));
  return withRevision(word, (path) => fileSubject(path ?? resolve(word), word));
}

async function siteSubject(word: string, options: FetchOptions): Promise<Subject> {
  const { url, status, headers, html, hops, redirects, notes } = await fetchSite(word, options);
  const cookies = headers.flatMap(([name, value]) => (name.toLowerCase() === "set-cookie" ? [value] : []));
  return { name: url, input: headers, headers, context: { url, status, html, cookies, redirects }, routes: [], hops, notes };
}

function headersSubject(name: string, { headers, status }: HeadersFile): Subject {
  return { name, input: headers, headers, context: status === undefined ? {} : { status }, routes: [], hops: [], notes: [] };
}

function policySubject(name: string, { layers, routes }: PolicyFile): Subject {
  const policy = refused([name], () => makePolicy(layers));
  const { names, values } = compiledOf(policy).secure;
  const headers = names.map((header, index): Line => [header, fieldText(values[index] as string)]);
  return { name, input: policy, headers, context: {}, policy, routes, hops: [], notes: [] };
}

const POLICIES = [".json", ".js", ".mjs", ".cjs", ".ts", ".mts"];

async function fileSubject(path: string, word: string): Promise<Subject> {
  const kind = extname(word);
  if (POLICIES.includes(kind) && kind !== ".json") return policySubject(word, await readPolicyAt(path, word));
  const text = await readText(path, word);
  if (kind === ".json" && !isHeaderObject(text)) return policySubject(word, await readPolicyAt(path, word));
  return headersSubject(word, await readHeaders(text, word));
}

async function readText(path: string, word: string): Promise<string> {
  try {
    return await readInput(path, word, LONGEST.headers);
  } catch (error) {
    if (error instanceof Failure) throw new Failure(error.lines, 2, hintFor(word));
    throw error;
  }
}

/** What somebody may have meant by the name of a file that is not there. */
function hintFor(word: string): string | undefined {
  if (/^[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:\/|$)/.test(word) && !POLICIES.includes(extname(word)))
    return `A site is written with its scheme: https://${word}`;
  return didYouMean(word, Object.keys(presets)) || undefined;
}

async function readHeaders(text: string, name: string): Promise<HeadersFile> {
  const found = objectIn(text);
  return found === undefined ? readHeaderLines(text, name) : readHeaderObject(found, name);
}

function objectIn(text: string): object | undefined {
  if (!/^\s*\{/.test(text) || depthOf(text) > DEEPEST) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Headers have names with dashes, and no key of a policy has one. */
function isHeaderObject(text: string): boolean {
  return Object.keys(objectIn(text) ?? {}).some((key) => key.includes("-"));
}
