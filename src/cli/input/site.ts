import type { Hop } from "../../audit/index.js";
import type { HeaderLine } from "../../policy/incoming.js";
import { show } from "../../values/text.js";
import { Failure } from "../failure.js";
import { MOST_REDIRECTS } from "../limits.js";
import { addressesOf, authorizationOf, isAddress, isBareAddress, isWeb, plainAddress, readAddress, withoutPassword } from "./address.js";
import { isPrivate } from "./private-addresses.js";
import { type Answer, ask, type Limit, locationOf, type Network, type Question } from "./request.js";
import { hintOf, isCertificate, isUnknownHost, reasonOf, reasonOfCertificate } from "./request-errors.js";

/** What a site answers, at the end of its redirects. */
export interface FetchedSite {
  readonly url: string;
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  /** The page, or the part of it that was read; undefined if the response is not a page. */
  readonly html: string | undefined;
  /** From the address that was asked for to the page. */
  readonly hops: readonly Hop[];
  /** The same for a request over http; undefined where its address is not known. */
  readonly redirects: readonly Hop[] | undefined;
  /** What was not read or not valid, and why. */
  readonly notes: readonly string[];
  /** The scheme that was chosen for an address without one. */
  readonly chosen: "https" | "http" | undefined;
}

export interface FetchOptions {
  /** For all requests together, redirects included. */
  readonly seconds: number;
  /** The site's address over http; default: the same host on port 80. */
  readonly http?: string | undefined;
  /** Whether a public site may redirect to a private address, which it could not reach itself. */
  readonly allowPrivate?: boolean | undefined;
  /** Whether certificates that are not valid are accepted. */
  readonly insecure?: boolean | undefined;
  /** By names in lower case; sent to the origin of the address only. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Which addresses are private, and how names are looked up; for tests. */
  readonly network?: Network;
}

/** Limits of all requests to one site. */
export function limitOf({ seconds, allowPrivate = false, insecure = false, network = { isPrivate } }: FetchOptions): Limit {
  return { signal: AbortSignal.timeout(1_000 * seconds), seconds, allowPrivate, insecure, network };
}

/**
 * Requests a page, and requests it over http too for the redirects there.
 *
 * @param word an address, also one without its scheme.
 * @throws {Failure} in one line if there is no page. No response makes it throw anything else.
 */
export async function fetchSite(word: string, options: FetchOptions): Promise<FetchedSite> {
  const candidates = addressesOf(word);
  const limit = limitOf(options);
  const { address, way, overHttp } = await firstUsable(candidates, (one) => waysOf(one, options, limit));
  if ("failure" in way) throw failureOf(way, word, limit);
  const { url, status, headers, html, note } = way.answer;
  const notes = [...(note === undefined ? [] : [note]), ...way.faults];
  const chosen = isAddress(word) ? undefined : address.protocol === "https:" ? "https" : "http";
  return { url, status, headers, html, hops: way.hops, redirects: overHttp?.hops, notes, chosen };
}

interface Ways {
  readonly address: URL;
  readonly way: Way;
  /** Undefined where the address over http is not known. */
  readonly overHttp: Way | undefined;
}

/** Of the addresses that a word may mean, the first that answers as a site; where none does, the first. */
export async function firstUsable<Found extends { readonly way: Way }>(
  candidates: readonly [URL, ...URL[]],
  request: (address: URL) => Promise<Found>,
): Promise<Found> {
  const [first, ...others] = candidates;
  const ways = await request(first);
  if (others.length === 0 || isUsable(ways.way)) return ways;
  for (const other of others) {
    const found = await request(other);
    if (isUsable(found.way)) return found;
  }
  return ways;
}

/** A server that speaks TLS answers plain http with 400, or not at all; one with a certificate of its own speaks TLS. */
function isUsable(way: Way): boolean {
  if ("failure" in way) return isCertificate(way.error);
  return way.hops[0]?.status !== 400;
}

async function waysOf(address: URL, options: FetchOptions, limit: Limit): Promise<Ways> {
  const plain = options.http === undefined ? plainAddress(address) : readHttp(options.http);
  const isSame = plain === undefined || plain.href === address.href;
  const [way, apart] = await Promise.all([follow(address, limit, options.headers), isSame ? undefined : follow(plain, limit)]);
  return { address, way, overHttp: plain === undefined ? undefined : (apart ?? way) };
}

/** The address of --http, which says the scheme where the word has none. */
const readHttp = (word: string) => readAddress(isBareAddress(word) ? `http://${word}` : word);

function failureOf({ failure, error }: Failed, word: string, { signal }: Limit): Failure {
  if (error === undefined || signal.aborted) return new Failure([failure]);
  // Of this machine, both schemes were requested.
  const hasBoth = addressesOf(word).length > 1;
  return new Failure([failure], 1, hintOf(error) ?? (isAddress(word) || hasBoth ? undefined : hintForBare(word, error)));
}

function hintForBare(word: string, error: unknown): string {
  if (isUnknownHost(error)) return "There is no file of this name either.";
  return `No scheme was written. For http, write http://${word}`;
}

interface Failed {
  readonly failure: string;
  /** Of the request that failed. */
  readonly error?: unknown;
}

/** Where redirects lead, and the notes on certificates that are not valid. */
export type Way = { readonly hops: readonly Hop[]; readonly faults: readonly string[] } & ({ readonly answer: Answer } | Failed);

/**
 * Follows redirects one by one, and keeps each of them.
 *
 * @param headers sent to the origin of the address only.
 * @param question which bodies are read.
 */
export async function follow(
  from: URL,
  limit: Limit,
  headers: Question["headers"] = {},
  question: Pick<Question, "reads" | "bytes" | "encodings"> = {},
): Promise<Way> {
  const authorization = authorizationOf(from);
  const own = { ...(authorization !== undefined && { authorization }), ...headers };
  const hops: Hop[] = [];
  const faults: string[] = [];
  const fails = (failure: string, error?: unknown): Way => ({ hops, faults, failure, error });
  // A private address may redirect to another one, as long as no public server was among the redirects.
  let confined = false;
  for (let url = from; ; ) {
    const shown = withoutPassword(url);
    let answer: Answer;
    try {
      answer = await ask(url, { ...question, headers: url.origin === from.origin ? own : {}, confined }, limit);
    } catch (error) {
      hops.push({ url: shown, fault: isCertificate(error) ? "certificate" : "unreachable" });
      return fails(`${shown}: ${reasonOf(error, limit.signal.aborted ? limit.seconds : undefined)}.`, error);
    }
    const { status, certificate } = answer;
    hops.push({ url: shown, status, ...(certificate !== undefined && { fault: "certificate" as const }) });
    if (certificate !== undefined)
      faults.push(`${shown}: the certificate is not valid: ${reasonOfCertificate(certificate)}. --insecure accepted it.`);
    confined ||= !limit.allowPrivate && (answer.address === undefined || !limit.network.isPrivate(answer.address));
    const location = locationOf(answer);
    if (location === undefined) return { hops, faults, answer };
    if (!URL.canParse(location, url.href)) return fails(`${shown} redirects to ${show(location)}, which is not a valid address.`);
    url = new URL(location, url);
    if (!isWeb(url)) return fails(`${shown} redirects to ${show(location)}: only http and https addresses are fetched.`);
    if (hops.length > MOST_REDIRECTS) return fails(`${withoutPassword(from)} redirects more than ${MOST_REDIRECTS} times.`);
  }
}
