import { dynamicPart } from "../site.js";
import type { Directive } from "./grammar.js";
import type { ErrorPage } from "./levels.js";
import { countWay, type Ending, forSome, type Position, pathWithValues, type RequestState, type Search, type Why } from "./requests.js";

/** The responses of a place after its rewrites: files, or those of its application. */
export function content(at: Position, search: Search): readonly Ending[] {
  const { place, level } = at;
  // nginx ignores try_files in an `if` block.
  const tried = level === place.level ? place.block.find(({ name }) => name === "try_files") : undefined;
  return tried === undefined ? answered(at, search) : triedFiles(at, tried, search);
}

/** `try_files $uri $uri/ =404`, `try_files $uri $uri/ /index.html`. */
function triedFiles(at: Position, { args }: Directive, search: Search): readonly Ending[] {
  const last = args.at(-1) ?? "";
  const folders = args.slice(0, -1).some((item) => item.endsWith("/"));
  const isFolder = isExact(at.state) && at.state.uri.endsWith("/");
  const [, code] = /^=(\d+)$/.exec(last) ?? [];
  if (code === undefined && isAgain(at, last, search)) return answered(at, search);
  if (isFolder && folders) {
    const own = answered(at, search);
    return code === undefined ? [...own, ...search.redirect(forSome(at, "some").state, last)] : own;
  }
  const inFolder = () => (folders ? indexed(forSome(at, "directories"), search) : []);
  if (code !== undefined) {
    return [
      ...(isFolder ? failed(at, code, search) : []),
      ...answered(at, search),
      ...failed(forSome(at, "errors"), code, search),
      ...inFolder(),
    ];
  }
  const files = (from: Position) => (isFolder ? [] : answered(from, search));
  const isForFiles = at.place.path !== "/" && !last.startsWith("@") && at.level.addsItself && !isFolder;
  return isForFiles
    ? [...files(at), ...search.redirect(forSome(at, "some").state, last), ...inFolder()]
    : [...search.redirect(at.state, last), ...files(forSome(at, "files")), ...inFolder()];
}

/** A single-page application ends at its fallback again, with an existing file. */
function isAgain({ state }: Position, last: string, search: Search): boolean {
  if (state.hops === 0 || last.startsWith("@")) return false;
  return pathWithValues(last, state, search) === state.uri;
}

/** Without `try_files`: the application, or a file, or the index page of a folder. */
function answered(at: Position, search: Search): readonly Ending[] {
  const { place, level, state } = at;
  if (place.handler !== undefined) return ended(at, search);
  if (!isExact(state)) return [...ended(at, search), ...indexed(forSome(at, "directories"), search)];
  if (!state.uri.endsWith("/")) return ended(at, search);
  const pages = level.index.flatMap((name, index) => indexPage(name, index === 0 ? state : forSome(at, "directories").state, search));
  return pages.length > 0 ? pages : ended(at, search);
}

/** Folders below and their index pages, whose paths also match. */
function indexed({ level, state }: Position, search: Search): readonly Ending[] {
  if (!countWay(search) || !state.uri.endsWith("\0")) return [];
  return level.index.flatMap((name) => indexPage(name, { ...state, uri: `${state.uri}/` }, search));
}

function indexPage(name: string, state: RequestState, search: Search): readonly Ending[] {
  if (name.includes("$") || /^(?:on|off)$/.test(name)) return [];
  if (name.startsWith("/")) return search.redirect(state, name);
  const folder = state.uri.endsWith("//") ? state.uri.slice(0, -1) : state.uri;
  return search.arrive({ ...state, hops: state.hops + 1, uri: `${folder}${name}`, isOwn: state.isOwn && !isExact(state) });
}

const isExact = ({ uri }: RequestState) => dynamicPart(uri) === undefined;

/** A response from here, and from the error pages. */
function ended(at: Position, search: Search): readonly Ending[] {
  const { place, level, state } = at;
  const end: Ending = { ...at, kind: state.error === "sent" ? "error" : "page" };
  if (state.error !== "none") return [end];
  // A 404 of the application is passed on. Other errors may be nginx's.
  const isKept = place.handler !== undefined && level.intercepts.get(place.handler) === false;
  const errors = isKept ? level.errors.filter(({ codes }) => codes.some((code) => code !== "404")) : level.errors;
  return [end, ...errors.flatMap((page) => (countWay(search) ? errorPage(page, state, "errors", search) : []))];
}

/** An error that nginx responds with to all requests here. */
export function failed(at: Position, code: string, search: Search): readonly Ending[] {
  const { level, state } = at;
  const page = state.error === "none" ? level.errors.find(({ codes }) => codes.includes(code)) : undefined;
  const shown = page === undefined ? [] : errorPage(page, state, state.why, search);
  return shown.length > 0 ? shown : [{ ...at, kind: "error" }];
}

function errorPage({ target, status }: ErrorPage, state: RequestState, why: Why | undefined, search: Search): readonly Ending[] {
  if (/^https?:/.test(target)) return [];
  return search.redirect({ ...state, error: status === undefined ? "sent" : "replaced", why }, target);
}
