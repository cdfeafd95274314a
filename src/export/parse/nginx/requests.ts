import { type Note, STEPS_OF_A_COPY } from "../limits.js";
import { dynamic } from "../site.js";
import type { Level } from "./levels.js";
import type { Place } from "./places.js";
import type { Scene, Values } from "./scene.js";
import type { Tables } from "./tables.js";
import { expanded } from "./variables.js";

/** The state of a request. */
export interface RequestState {
  /** See `Scene`. */
  readonly uri: string;
  readonly isOwn: boolean;
  readonly set: ReadonlyMap<string, string>;
  readonly known: ReadonlyMap<string, string>;
  /** Number of internal redirects so far. */
  readonly hops: number;
  /** Whether it is at an error page, and whether the status of the error is sent. */
  readonly error: "none" | "sent" | "replaced";
  /** The reason why only some requests get here. Undefined for the requests that the policy is read from. */
  readonly why: Why | undefined;
}

/** The reason why some requests take another way. */
export type Why = "pattern" | "begins" | "case" | "some" | "files" | "directories" | "errors" | "condition" | "rewrite";

/** Where a request is. */
export interface Position {
  readonly place: Place;
  /** The level of the place, or of an `if` in it. */
  readonly level: Level;
  readonly state: RequestState;
}

/** The end of a request. */
export interface Ending extends Position {
  readonly kind: "page" | "redirect" | "closed" | "error";
}

/** A server, as requests pass through it. */
export interface Walk {
  readonly server: Place;
  readonly tables: Tables;
  readonly note: Note;
  readonly scene: Pick<Scene, "scheme" | "names" | "settable">;
  /** The module of most locations. Without an application there are no headers to hide, so its list applies. */
  readonly usual: string | undefined;
}

/** The search for the ends of all ways for one path. */
export interface Search extends Walk {
  /** The requested path. */
  readonly asked: string;
  /** How many more ways are followed. */
  left: number;
  /** How many conditions and rewrites are being followed now. */
  depth: number;
  /** Called when `left` is 0. */
  readonly tooMany: () => void;
  /** Continues with the rewrites and locations of the server. */
  readonly arrive: (state: RequestState) => readonly Ending[];
  /** Continues at a path or a named location. */
  readonly redirect: (state: RequestState, target: string) => readonly Ending[];
}

/** nginx's limit of internal redirects. */
export const MOST_HOPS = 10;

/** Counts another way. Returns whether it is followed. */
export function countWay(search: Search): boolean {
  search.left -= 1;
  if (search.left === 0) search.tooMany();
  return search.left > 0;
}

/** The known values of a request before there is a response. */
export function valuesOf({ uri, isOwn, set, known }: RequestState, { note, scene, tables, asked }: Search): Values {
  note.spend("work", STEPS_OF_A_COPY * known.size);
  const now: Scene = { ...scene, uri, isOwn, asked, set, known: new Map(known), type: "", status: "", doubt: () => undefined };
  return { tables, scene: now, note };
}

/** A path with its variables, without the query. */
export function pathWithValues(text: string, state: RequestState, search: Search): string {
  return expanded(text, valuesOf(state, search)).split("?", 1)[0] ?? "";
}

/** The position, for some of its requests only. */
export function forSome(at: Position, why: Why): Position {
  return { ...at, state: { ...at.state, why: at.state.why ?? why } };
}

/** The unknown part of a path below this one. */
export const below = (path: string) => `${path}${dynamic("$uri")}`;
