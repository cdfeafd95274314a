import type { Note } from "../limits.js";
import { type PathRegex, pathMatch } from "./patterns.js";
import type { Place } from "./places.js";
import type { RequestState, Why } from "./requests.js";

/** The location of a request. */
export interface Located {
  /** Undefined for the server itself. */
  readonly place: Place | undefined;
  /** Whether the search for a location ends here. */
  readonly isFinal: boolean;
  /** Whether nginx adds a slash to the path by a redirect. */
  readonly redirects?: true;
}

/** Called with a location where some of the requests end. */
type Maybe = (place: Place, why: Why) => void;

/**
 * Finds the location of a request: an exact one, else the longest prefix and those in it, else the first pattern that matches.
 * ngx_http_core_find_location.
 */
export function locate(places: readonly Place[], state: RequestState, note: Note, maybe: Maybe): Located {
  const { uri } = state;
  const known = uri.split("\0", 1)[0] ?? "";
  note.spend("work", 5 + 4 * places.length);
  const inside = (place: Place): Place => locate(place.inner, state, note, maybe).place ?? place;
  if (known === uri) {
    const exact = places.find(({ sign, path }) => sign === "=" && path === uri);
    if (exact !== undefined) return { place: exact, isFinal: true };
    const redirecting = places.find((place) => isRedirecting(place, uri));
    if (redirecting !== undefined) return { place: redirecting, isFinal: true, redirects: true };
  } else if (!state.isOwn) {
    for (const place of places) {
      if (place.sign === "=" && mayBe(uri, place.path)) maybe(place, "some");
      if (isPrefix(place) && !known.startsWith(place.path) && place.path.startsWith(known)) maybe(inside(place), "some");
    }
  }
  const longest = longestPrefix(places, known);
  const nested = longest === undefined ? undefined : locate(longest.inner, state, note, maybe);
  if (nested?.isFinal) return nested;
  for (const place of longest?.sign === "^~" ? [] : places) {
    if (place.pattern === undefined) continue;
    const match = pathMatch(place.pattern, uri, state, note);
    if (match === "yes") return { place: inside(place), isFinal: true };
    if (match === "maybe") maybe(inside(place), whyOf(place.pattern));
  }
  return { place: nested?.place ?? longest, isFinal: false };
}

const isPrefix = ({ sign }: Place) => sign === "" || sign === "^~";

/** The longest prefix of a text; of several equal ones the first. */
function longestPrefix(places: readonly Place[], text: string): Place | undefined {
  let longest: Place | undefined;
  for (const place of places) {
    if (!isPrefix(place) || !text.startsWith(place.path)) continue;
    if (longest === undefined || place.path.length > longest.path.length) longest = place;
  }
  return longest;
}

/** Why an expression may match: it is not literal, matches longer paths, or ignores letter case. */
const whyOf = ({ paths, isLoose }: PathRegex): Why => (paths === undefined ? "pattern" : isLoose ? "begins" : "case");

function isRedirecting(place: Place, uri: string): boolean {
  return isPrefix(place) && place.path === `${uri}/` && place.handler !== undefined && place.handler !== "own";
}

/** Whether a text with unknown parts may equal another one. */
function mayBe(text: string, path: string): boolean {
  const parts = text.split(/\0[^\0]*\0/);
  return path.length >= parts.join("").length && path.startsWith(parts[0] ?? "") && path.endsWith(parts.at(-1) ?? "");
}
