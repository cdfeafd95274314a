import { routeOf } from "../reports/sighting.js";
import { withoutQuery } from "./listen.js";
import { unsafeWord } from "./unsafe-links.js";
import type { Link } from "./visit.js";

/** Which links of a site are followed. */
export interface LinkRules {
  /** The origins of the site. */
  readonly origins: ReadonlySet<string>;
  /** A page is visited where one of these matches its path, if there are any. */
  readonly include: readonly RegExp[];
  readonly exclude: readonly RegExp[];
}

/** Decides which links are followed. */
export interface LinkFilter {
  /** Says that a start address is visited, whatever it looks like. */
  start(address: URL): void;
  /** Returns the address to visit; undefined where the link is not followed, or was before. */
  follow(link: Link): string | undefined;
  /** How many addresses were not followed since enough of their route are: a calendar, a catalogue. At most {@link MOST_KNOWN} are counted. */
  readonly left: number;
  /** Addresses without their query that were not followed since they look unsafe, and the word that does. */
  readonly unsafe: ReadonlyMap<string, string>;
}

/** Pages of one route that are visited: a calendar or a catalogue has more than anybody would walk through. */
const MOST_PER_ROUTE = 5;

/** Addresses and routes that are remembered. */
const MOST_KNOWN = 50_000;

/** Longer addresses are not followed: they hold a state, and no page's name. */
const LONGEST_ADDRESS = 2_000;

/** Makes a {@link LinkFilter}, which has seen no link yet. */
export function linkFilter({ origins, include, exclude }: LinkRules): LinkFilter {
  const known = new Set<string>();
  const left = new Set<string>();
  const routes = new Map<string, number>();
  const unsafe = new Map<string, string>();
  const keep = (url: URL) => {
    known.add(url.href);
    const route = url.origin + routeOf(url);
    routes.set(route, (routes.get(route) ?? 0) + 1);
  };
  return {
    unsafe,
    start(address) {
      const url = new URL(address);
      url.hash = "";
      if (!known.has(url.href)) keep(url);
    },
    get left() {
      return left.size;
    },
    follow({ href, label }) {
      if (href.length > LONGEST_ADDRESS || !URL.canParse(href)) return undefined;
      const url = new URL(href);
      url.hash = "";
      const path = url.pathname + url.search;
      if (!origins.has(url.origin) || known.has(url.href)) return undefined;
      if (exclude.some((pattern) => pattern.test(path)) || (include.length > 0 && !include.some((pattern) => pattern.test(path))))
        return undefined;
      const word = unsafeWord({ href: url.href, label });
      if (word !== undefined) {
        if (unsafe.size < MOST_KNOWN) unsafe.set(withoutQuery(url.href), word);
        return undefined;
      }
      const route = url.origin + routeOf(url);
      const count = routes.get(route) ?? 0;
      if (count >= MOST_PER_ROUTE || known.size >= MOST_KNOWN) {
        if (left.size < MOST_KNOWN) left.add(url.href);
        return undefined;
      }
      keep(url);
      return url.href;
    },
  };
}

/**
 * The origins that send the site's policy: those of the start addresses, and, where these have no port, the same hosts with and without
 * TLS and `www.`, since sites redirect between them.
 */
export function siteOrigins(starts: readonly URL[]): ReadonlySet<string> {
  return new Set(
    starts.flatMap(({ origin, hostname, port }) => {
      if (port !== "" || !hostname.includes(".")) return [origin];
      const bare = hostname.replace(/^www\./, "");
      return [origin, ...[bare, `www.${bare}`].flatMap((name) => [`http://${name}`, `https://${name}`])];
    }),
  );
}
