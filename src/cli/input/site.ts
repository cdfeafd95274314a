import type { Hop } from "../../audit/index.js";
import type { HeaderLine } from "../../policy/incoming.js";
import { show } from "../../values/text.js";
import { Failure } from "../failure.js";
import { MOST_REDIRECTS } from "../limits.js";
import { authorizationOf, isWeb, plainAddress, readAddress, withoutPassword } from "./address.js";
import { isPrivate } from "./private-addresses.js";
import { type Answer, ask, type Limit, locationOf, type Network } from "./request.js";
import { isCertificate, reasonOf } from "./request-errors.js";

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
  /** What was not read, and why. */
  readonly notes: readonly string[];
}

export interface FetchOptions {
  /** For all requests together, redirects included. */
  readonly seconds: number;
  /** The site's address over http; default: the same host on port 80. */
  readonly http?: string | undefined;
  /** Whether a public site may redirect to a private address, which it could not reach itself. */
  readonly allowPrivate?: boolean | undefined;
  /** Which addresses are private, and how names are looked up; for tests. */
  readonly network?: Network;
}

/**
 * Requests a page, and requests it over http too for the redirects there.
 *
 * @throws {Failure} in one line if there is no page. No response makes it throw anything else.
 */
export async function fetchSite(word: string, options: FetchOptions): Promise<FetchedSite> {
  const { seconds, http: overHttp, allowPrivate = false, network = { isPrivate } } = options;
  const address = readAddress(word);
  const plain = overHttp === undefined ? plainAddress(address) : readAddress(overHttp);
  const limit: Limit = { signal: AbortSignal.timeout(1_000 * seconds), seconds, allowPrivate, network };
  const apart = plain !== undefined && plain.href !== address.href;
  const [way, wayOverHttp] = await Promise.all([follow(address, limit), apart ? follow(plain, limit) : undefined]);
  if ("failure" in way) throw new Failure([way.failure]);
  const { url, status, headers, html, note } = way.answer;
  const redirects = plain === undefined ? undefined : (wayOverHttp ?? way).hops;
  return { url, status, headers, html, hops: way.hops, redirects, notes: note === undefined ? [] : [note] };
}

type Way = { readonly hops: readonly Hop[] } & ({ readonly answer: Answer } | { readonly failure: string });

/** Follows redirects one by one, and keeps each of them. */
async function follow(from: URL, limit: Limit): Promise<Way> {
  const authorization = authorizationOf(from);
  const hops: Hop[] = [];
  // A private address may redirect to another one, as long as no public server was among the redirects.
  let confined = false;
  for (let url = from; ; ) {
    const shown = withoutPassword(url);
    let answer: Answer;
    try {
      answer = await ask(url, url.origin === from.origin ? authorization : undefined, limit, confined);
    } catch (error) {
      hops.push({ url: shown, fault: isCertificate(error) ? "certificate" : "unreachable" });
      return { hops, failure: `${shown}: ${reasonOf(error, limit.signal.aborted ? limit.seconds : undefined)}.` };
    }
    hops.push({ url: shown, status: answer.status });
    confined ||= !limit.allowPrivate && (answer.address === undefined || !limit.network.isPrivate(answer.address));
    const location = locationOf(answer);
    if (location === undefined) return { hops, answer };
    if (!URL.canParse(location, url.href))
      return { hops, failure: `${shown} redirects to ${show(location)}, which is not a valid address.` };
    url = new URL(location, url);
    if (!isWeb(url)) return { hops, failure: `${shown} redirects to ${show(location)}: only http and https addresses are fetched.` };
    if (hops.length > MOST_REDIRECTS) return { hops, failure: `${withoutPassword(from)} redirects more than ${MOST_REDIRECTS} times.` };
  }
}
