import { locate } from "./locations.js";
import { type Place, placesIn } from "./places.js";
import { countWay, type Ending, MOST_HOPS, pathWithValues, type RequestState, type Search, type Walk, type Why } from "./requests.js";
import { content } from "./responses.js";
import { afterRewrites } from "./rewrites.js";

/** Maximum number of ways for one path. A dozen unknown conditions allow thousands. */
const MOST_ENDINGS = 300;

/** The ends of all ways for a path. The policy is read from the first. Beyond the limit, `tooMany` is called. */
export function endingsOf(walk: Walk, uri: string, tooMany: () => void): readonly Ending[] {
  const search: Search = {
    ...walk,
    asked: uri,
    left: MOST_ENDINGS,
    depth: 0,
    tooMany,
    arrive: (state) => arrive(state, search),
    redirect: (state, target) => redirected(state, target, search),
  };
  return arrive({ uri, isOwn: true, set: new Map(), known: new Map(), hops: 0, error: "none", why: undefined }, search);
}

/** The server's own rewrites, then its locations. */
function arrive(state: RequestState, search: Search): readonly Ending[] {
  if (state.hops > MOST_HOPS) return [];
  const { server } = search;
  return afterRewrites(server.block, { place: server, level: server.level, state }, search, (at) => located(at.state, search));
}

function located(state: RequestState, search: Search): readonly Ending[] {
  const others: Ending[] = [];
  const maybe = (place: Place, why: Why): void => {
    if (countWay(search)) others.push(...entered(place, { ...state, why: state.why ?? why }, search));
  };
  const { server, note } = search;
  const { place, redirects } = locate(server.inner, state, note, maybe);
  if (place === undefined) return [...content({ place: server, level: server.level, state }, search), ...others];
  if (redirects) return [{ place, level: place.level, state, kind: "redirect" }, ...others];
  return [...entered(place, state, search), ...others];
}

/** The rewrites of a location, then its content. A changed path is located again. */
function entered(place: Place, state: RequestState, search: Search): readonly Ending[] {
  return afterRewrites(place.block, { place, level: place.level, state }, search, (at, moved) => {
    if (!moved) return content(at, search);
    return at.state.hops >= MOST_HOPS ? [] : located({ ...at.state, hops: at.state.hops + 1 }, search);
  });
}

/** Internal redirects start again with the server's rewrites, except those to named locations. */
function redirected(state: RequestState, target: string, search: Search): readonly Ending[] {
  const next = { ...state, hops: state.hops + 1 };
  const named = target.startsWith("@") ? placesIn(search.server).find((one) => one.path === target) : undefined;
  if (named !== undefined) return next.hops > MOST_HOPS ? [] : entered(named, next, search);
  return arrive({ ...next, uri: pathWithValues(target, next, search), isOwn: false }, search);
}
