import { contains } from "../../../middleware/routes.js";
import type { RoutePath } from "../../target.js";
import type { Note } from "../limits.js";
import { keyOf, SITE } from "../paths.js";
import type { Change } from "../site.js";
import { endingsOf } from "./endings.js";
import { below, type Ending, type Walk } from "./requests.js";
import { changesAt, type Difference, differenceOf, sentBy } from "./sent.js";

/** A page: the response that the policy is read from. */
export const PAGE = { type: "text/html", status: "200" };

/** The result of requests for a path. */
export interface Reader {
  endings(path: RoutePath): readonly Ending[];
  changes(path: RoutePath): readonly Change[];
}

export function readerOf(walk: Walk): Reader {
  const found = new Map<string, readonly Ending[]>();
  const read = new Map<string, readonly Change[]>();
  const endings = (path: RoutePath): readonly Ending[] => {
    const key = keyOf(path);
    const known = found.get(key);
    if (known !== undefined) return known;
    const tooMany = () => walk.note(walk.server.line, "has too many combinations of conditions and redirects: some are not read");
    const ways = endingsOf(walk, path.below ? below(path.path) : path.path, tooMany);
    const { server } = walk;
    const nowhere: Ending = { place: server, level: server.level, state: LOST, kind: "error" };
    const all = ways.length > 0 ? ways : [nowhere];
    found.set(key, all);
    return all;
  };
  return {
    endings,
    changes: (path) => {
      const key = keyOf(path);
      const known =
        read.get(key) ?? changesAt(walk, endings(path)[0] as Ending, uriOf(path), { ...PAGE, scheme: walk.scene.scheme }, () => undefined);
      read.set(key, known);
      return known;
    },
  };
}

const LOST = {
  uri: "/",
  isOwn: false,
  set: new Map<string, string>(),
  known: new Map<string, string>(),
  hops: 0,
  error: "none",
  why: undefined,
} as const;

export const uriOf = (path: RoutePath) => (path.below ? below(path.path) : path.path);

/** The differences of a path from the narrowest folder around it. */
export function differenceFromAround(path: RoutePath, paths: readonly RoutePath[], reader: Reader, note: Note): Difference {
  return differenceOf(sentBy(reader.changes(aroundOf(path, paths, note)), note), sentBy(reader.changes(path), note), note);
}

export function aroundOf(path: RoutePath, paths: readonly RoutePath[], note: Note): RoutePath {
  note.spend("work", paths.length);
  const broad = [SITE, ...paths].filter((one) => one.below && contains(one, path) && keyOf(one) !== keyOf(path));
  return broad.sort((one, other) => other.path.length - one.path.length)[0] ?? SITE;
}
