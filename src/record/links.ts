import { routeOf } from "../reports/sighting.js";
import type { Link } from "./visit.js";

/** Which links of a site are followed. */
export interface LinkRules {
  /** The origins of the start addresses. */
  readonly origins: ReadonlySet<string>;
  /** A page is visited where one of these matches its path, if there are any. */
  readonly include: readonly RegExp[];
  readonly exclude: readonly RegExp[];
}

/** Words in an address or label of what changes something: such links are never followed. */
const UNSAFE =
  /(?:^|[^a-z])(?:log-?_?out|log-?_?off|sign-?_?out|sign-?_?off|delete|remove|destroy|unsubscribe|deactivate|revoke|cancel|disable|reset|purge|clear|uninstall|shutdown|restart|kill)(?:[^a-z]|$)/i;

/** Pages of one route that are visited: a calendar or a catalogue has more than anybody would walk through. */
const MOST_PER_ROUTE = 5;

/**
 * Decides which links are followed.
 *
 * @returns a function that takes a link and returns the address to visit; undefined where the link is not followed, or was before.
 */
export function linkFilter({ origins, include, exclude }: LinkRules): (link: Link) => string | undefined {
  const known = new Set<string>();
  const routes = new Map<string, number>();
  return ({ href, label }) => {
    if (!URL.canParse(href)) return undefined;
    const url = new URL(href);
    url.hash = "";
    const path = url.pathname + url.search;
    if (!origins.has(url.origin) || known.has(url.href) || UNSAFE.test(decoded(path)) || UNSAFE.test(label)) return undefined;
    if (exclude.some((pattern) => pattern.test(path)) || (include.length > 0 && !include.some((pattern) => pattern.test(path))))
      return undefined;
    const route = url.origin + routeOf(url);
    const count = routes.get(route) ?? 0;
    if (count >= MOST_PER_ROUTE) return undefined;
    known.add(url.href);
    routes.set(route, count + 1);
    return url.href;
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
