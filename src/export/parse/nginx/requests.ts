import type { Note } from "../limits.js";
import { STEPS_OF_A_COPY } from "../limits.js";
import { dynamic, dynamicPart } from "../site.js";
import type { Directive } from "./grammar.js";
import type { ErrorPage, Level } from "./levels.js";
import { type PathRegex, pathRegexOf } from "./patterns.js";
import { type Place, placesIn } from "./places.js";
import { expanded, ifMatch, pathMatch, type Scene, type Tables } from "./variables.js";

/** The state of a request. */
export interface State {
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

/** The end of a request. */
export interface Ending {
  readonly place: Place;
  /** The level of the place, or of an `if` in it. */
  readonly level: Level;
  readonly state: State;
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

/** nginx's limit of internal redirects. */
const MOST_HOPS = 10;

/** Maximum number of ways for one path. A dozen unknown conditions allow thousands. */
const MOST_ENDINGS = 300;

/** Maximum number of conditions, rewrites and locations for one request. The reader recurses for each. */
const DEEPEST = 500;

/** One directive of the rewrite module, with its variables. */
const STEPS_OF_A_REWRITE = 100;

/** The ends of all ways for a path. The policy is read from the first. Beyond the limit, `tooMany` is set. */
export function endingsOf(walk: Walk, uri: string, tooMany: () => void): readonly Ending[] {
  let rest = MOST_ENDINGS;
  let depth = 0;
  const nothing = new Map<string, string>();
  const begin: State = { uri, isOwn: true, set: nothing, known: nothing, hops: 0, error: "none", why: undefined };
  return arrive(begin);

  function sceneOf(state: State): Scene & { readonly known: Map<string, string> } {
    walk.note.spend("work", STEPS_OF_A_COPY * state.known.size);
    const { uri: now, isOwn, set } = state;
    return { ...walk.scene, uri: now, isOwn, asked: uri, set, known: new Map(state.known), type: "", status: "", doubt: () => undefined };
  }

  /** The server's own rewrites, then its locations. */
  function arrive(state: State): readonly Ending[] {
    if (state.hops > MOST_HOPS) return [];
    return run(walk.server, walk.server.level, rewritesIn(walk.server.block), 0, state, (_, moved) => located(moved));
  }

  function located(state: State): readonly Ending[] {
    const others: Ending[] = [];
    const maybe = (place: Place, why: Why): void => {
      if (!isTaken()) others.push(...entered(place, { ...state, why: state.why ?? why }));
    };
    const { place, redirects } = locate(walk.server.inner, state, maybe);
    if (place === undefined) return [...content(walk.server, walk.server.level, state), ...others];
    if (redirects) return [{ place, level: place.level, state, kind: "redirect" }, ...others];
    return [...entered(place, state), ...others];
  }

  function locate(places: readonly Place[], state: State, maybe: (place: Place, why: Why) => void): Located {
    const { uri } = state;
    const known = uri.split("\0", 1)[0] ?? "";
    const isExact = known === uri;
    walk.note.spend("work", 5 + 4 * places.length);
    const inside = (place: Place): Place => locate(place.inner, state, maybe).place ?? place;
    let longest: Place | undefined;
    for (const place of places) {
      const { sign, path } = place;
      const isPrefix = sign === "" || sign === "^~";
      if (sign === "=") {
        if (isExact && path === uri) return { place, isFinal: true };
        if (!isExact && !state.isOwn && mayBe(uri, path)) maybe(place, "some");
      } else if (isPrefix && known.startsWith(path)) {
        if (longest === undefined || path.length > longest.path.length) longest = place;
      } else if (isPrefix && !isExact && !state.isOwn && path.startsWith(known)) maybe(inside(place), "some");
    }
    const redirecting = isExact ? places.find((place) => isRedirecting(place, uri)) : undefined;
    if (redirecting !== undefined) return { place: redirecting, isFinal: true, redirects: true };
    const nested = longest === undefined ? undefined : locate(longest.inner, state, maybe);
    if (nested?.isFinal) return nested;
    for (const place of longest?.sign === "^~" ? [] : places) {
      if (place.pattern === undefined) continue;
      const match = pathMatch(place.pattern, uri, state, walk.note);
      if (match === "yes") return { place: inside(place), isFinal: true };
      if (match === "maybe") maybe(inside(place), whyOf(place.pattern));
    }
    return { place: nested?.place ?? longest, isFinal: false };
  }

  function entered(place: Place, state: State): readonly Ending[] {
    return run(place, place.level, rewritesIn(place.block), 0, state, (level, then, moved) =>
      moved ? arriveAgain(then) : content(place, level, then),
    );
  }

  function arriveAgain(state: State): readonly Ending[] {
    return state.hops >= MOST_HOPS ? [] : located({ ...state, hops: state.hops + 1 });
  }

  /** Internal redirects start again with the server's rewrites. */
  function redirected(state: State, target: string, why: Why | undefined = state.why): readonly Ending[] {
    const next = { ...state, why, hops: state.hops + 1 };
    const named = target.startsWith("@") ? placesIn(walk.server).find((one) => one.path === target) : undefined;
    if (named !== undefined) return next.hops > MOST_HOPS ? [] : entered(named, next);
    const path = expanded(target, walk.tables, sceneOf(state), walk.note).split("?", 1)[0] ?? "";
    return arrive({ ...next, uri: path, isOwn: false });
  }

  /**
   * The directives of the rewrite module, in order.
   *
   * @param then continues after the list, with the current level, and whether the path has changed.
   * @param stop continues after a directive that ends the rewriting.
   */
  function run(...args: Parameters<typeof follow>): readonly Ending[] {
    depth += 1;
    if (depth > DEEPEST) {
      const [{ line }] = args;
      walk.note.refuse(line, `more than ${DEEPEST} conditions and rewrites apply to one request`, "Pass the part that sets headers.");
    }
    const endings = follow(...args);
    depth -= 1;
    return endings;
  }

  function follow(
    place: Place,
    level: Level,
    list: readonly Directive[],
    index: number,
    begin: State,
    then: Then,
    moved = false,
    stop: Then = then,
  ): readonly Ending[] {
    const others: Ending[] = [];
    const end = (main: readonly Ending[]): readonly Ending[] => [...main, ...others];
    let state = begin;
    for (let at = index; at < list.length; at++) {
      const directive = list[at] as Directive;
      const { name, args, block = [] } = directive;
      walk.note.spend("work", STEPS_OF_A_REWRITE);
      if (name === "break") return end(stop(level, state, moved));
      if (name === "return") return end(returned(place, level, state, args[0] ?? ""));
      const scene = sceneOf(state);
      if (name === "set") {
        const set = new Map(state.set).set((args[0] ?? "").slice(1), expanded(args[1] ?? "", walk.tables, scene, walk.note));
        walk.note.spend("work", STEPS_OF_A_COPY * set.size);
        state = { ...state, set, known: scene.known };
        continue;
      }
      const match =
        name === "if"
          ? ifMatch(args, walk.tables, scene, walk.note)
          : pathMatch(pathRegexOf(args[0] ?? "", false), state.uri, state, walk.note);
      state = { ...state, known: scene.known };
      if (match === "no") continue;
      const goOn: Then = (last, next, isMoved) => run(place, last, list, at + 1, next, then, isMoved, stop);
      const own = place.sign === "server" ? level : (place.conditions.get(directive) ?? level);
      const taken = (next: State): readonly Ending[] =>
        name === "if"
          ? run(place, own, rewritesIn(block), 0, next, goOn, moved, stop)
          : rewritten(place, level, directive, next, goOn, stop);
      if (match === "yes") return end(taken(state));
      const why = name === "if" ? "condition" : (state.why ?? "rewrite");
      if (!isTaken()) others.push(...taken({ ...state, why }));
    }
    return end(then(level, state, moved));
  }

  function rewritten(place: Place, level: Level, { args }: Directive, state: State, then: Then, stop: Then): readonly Ending[] {
    const [, replacement = "", flag] = args;
    if (/^(?:https?:\/\/|\$scheme)/.test(replacement) || flag === "redirect" || flag === "permanent") {
      return [{ place, level, state, kind: "redirect" }];
    }
    const uri = expanded(replacement, walk.tables, sceneOf(state), walk.note).split("?", 1)[0] ?? "";
    const to = { ...state, uri, isOwn: false };
    if (flag === "break") return stop(level, to, false);
    return flag === "last" ? stop(level, to, true) : then(level, to, true);
  }

  function returned(place: Place, level: Level, state: State, code: string): readonly Ending[] {
    if (code === "444") return [{ place, level, state, kind: "closed" }];
    if (/^30\d$/.test(code) || !/^\d+$/.test(code)) return [{ place, level, state, kind: "redirect" }];
    return /^[45]/.test(code)
      ? failed(place, level, state, code)
      : [{ place, level, state, kind: state.error === "sent" ? "error" : "page" }];
  }

  /** An error that nginx responds with to all requests here. */
  function failed(place: Place, level: Level, state: State, code: string): readonly Ending[] {
    const page = state.error === "none" ? level.errors.find(({ codes }) => codes.includes(code)) : undefined;
    const shown = page === undefined ? [] : errorPage(page, state, state.why);
    return shown.length > 0 ? shown : [{ place, level, state, kind: "error" }];
  }

  function errorPage({ target, status }: ErrorPage, state: State, why: Why | undefined): readonly Ending[] {
    if (/^https?:/.test(target)) return [];
    return redirected({ ...state, error: status === undefined ? "sent" : "replaced" }, target, why);
  }

  /** A response from here, and from the error pages. */
  function ended(place: Place, level: Level, state: State): readonly Ending[] {
    const end: Ending = { place, level, state, kind: state.error === "sent" ? "error" : "page" };
    if (state.error !== "none") return [end];
    // A 404 of the application is passed on. Other errors may be nginx's.
    const isKept = place.handler !== undefined && level.intercepts.get(place.handler) === false;
    const errors = isKept ? level.errors.filter(({ codes }) => codes.some((code) => code !== "404")) : level.errors;
    const pages = errors.flatMap((page) => (isTaken() ? [] : errorPage(page, state, "errors")));
    return [end, ...pages];
  }

  function content(place: Place, level: Level, state: State): readonly Ending[] {
    // nginx ignores try_files in an `if` block.
    const tried = level === place.level ? place.block.find(({ name }) => name === "try_files") : undefined;
    if (tried === undefined) return answered(place, level, state);
    const items = tried.args.slice(0, -1);
    const last = tried.args.at(-1) ?? "";
    const [, code] = /^=(\d+)$/.exec(last) ?? [];
    const folders = items.some((item) => item.endsWith("/"));
    const isFolder = dynamicPart(state.uri) === undefined && state.uri.endsWith("/");
    const some = (why: Why): State => ({ ...state, why: state.why ?? why });
    const inFolder = (next: State) => (folders && isFolder ? answered(place, level, next) : folders ? indexed(level, next) : []);
    if (code !== undefined) {
      if (isFolder && folders) return inFolder(state);
      return [
        ...(isFolder && !folders ? failed(place, level, state, code) : []),
        ...answered(place, level, state),
        ...failed(place, level, some("errors"), code),
        ...inFolder(some("directories")),
      ];
    }
    // A single-page application ends here again, with an existing file.
    const again =
      state.hops > 0 && !last.startsWith("@") && expanded(last, walk.tables, sceneOf(state), walk.note).split("?", 1)[0] === state.uri;
    if (again) return answered(place, level, state);
    const files = (next: State) => (isFolder ? [] : answered(place, level, next));
    const fallback = (next: State) => redirected(next, last);
    if (isFolder && folders) return [...inFolder(state), ...fallback(some("some"))];
    const isForFiles = place.path !== "/" && !last.startsWith("@") && level.addsItself && !isFolder;
    if (isForFiles) return [...files(state), ...fallback(some("some")), ...inFolder(some("directories"))];
    return [...fallback(state), ...files(some("files")), ...inFolder(some("directories"))];
  }

  function answered(place: Place, level: Level, state: State): readonly Ending[] {
    if (place.handler !== undefined) return ended(place, level, state);
    const isExact = dynamicPart(state.uri) === undefined;
    if (isExact && state.uri.endsWith("/")) {
      const pages = level.index.flatMap((name, index) =>
        indexPage(name, { ...state, why: index === 0 ? state.why : (state.why ?? "directories") }),
      );
      return pages.length > 0 ? pages : ended(place, level, state);
    }
    return [...ended(place, level, state), ...(isExact ? [] : indexed(level, { ...state, why: state.why ?? "directories" }))];
  }

  /** Folders below and their index pages, whose paths also match. */
  function indexed(level: Level, state: State): readonly Ending[] {
    if (isTaken() || !state.uri.endsWith("\0")) return [];
    return level.index.flatMap((name) => indexPage(name, { ...state, uri: `${state.uri}/` }));
  }

  function indexPage(name: string, state: State): readonly Ending[] {
    if (name.includes("$") || /^(?:on|off)$/.test(name)) return [];
    if (name.startsWith("/")) return redirected(state, name);
    const isExact = dynamicPart(state.uri) === undefined;
    const hops = state.hops + 1;
    return arrive({
      ...state,
      hops,
      uri: `${state.uri.endsWith("//") ? state.uri.slice(0, -1) : state.uri}${name}`,
      isOwn: state.isOwn && !isExact,
    });
  }

  function isTaken(): boolean {
    rest -= 1;
    if (rest === 0) tooMany();
    return rest <= 0;
  }
}

type Then = (level: Level, state: State, moved: boolean) => readonly Ending[];

interface Located {
  readonly place: Place | undefined;
  /** Whether the search for a location ends here. */
  readonly isFinal: boolean;
  readonly redirects?: true;
}

/** Why an expression may match: it is not literal, matches longer paths, or ignores letter case. */
const whyOf = ({ paths, isLoose }: PathRegex): Why => (paths === undefined ? "pattern" : isLoose ? "begins" : "case");

const rewrites = new WeakMap<readonly Directive[], readonly Directive[]>();

/** The directives of the rewrite module in a block. */
function rewritesIn(block: readonly Directive[]): readonly Directive[] {
  const found = rewrites.get(block) ?? block.filter(({ name }) => REWRITES.has(name));
  rewrites.set(block, found);
  return found;
}

const REWRITES: ReadonlySet<string> = new Set(["set", "if", "rewrite", "return", "break"]);

function isRedirecting({ sign, path, handler }: Place, uri: string): boolean {
  return (sign === "" || sign === "^~") && path === `${uri}/` && handler !== undefined && handler !== "own";
}

/** Whether a text with unknown parts may equal another one. */
function mayBe(text: string, path: string): boolean {
  const parts = text.split(/\0[^\0]*\0/);
  return path.length >= parts.join("").length && path.startsWith(parts[0] ?? "") && path.endsWith(parts.at(-1) ?? "");
}

/** The unknown part of a path below this one. */
export const below = (path: string) => `${path}${dynamic("$uri")}`;
