import { patternText, type RoutePath } from "../../target.js";
import { keyOf, SITE } from "../paths.js";
import { type Change, isSite } from "../site.js";
import { leavesOf } from "./conditions.js";
import type { GroupedNote, Operation } from "./operations.js";
import type { Turn, Turns } from "./redirects.js";

/** The changes if `first` is requested and the request ends in `last`. */
export type Answer = (first: RoutePath, last: RoutePath, note: GroupedNote) => readonly Change[];

/** The parts of a server that depend on paths. */
export interface AnswerSource {
  readonly answer: Answer;
  /** All paths in conditions. */
  readonly named: readonly RoutePath[];
  readonly turns: Turns;
  readonly operations: readonly Operation[];
  /** Whether a path is served from files, not from an upstream. */
  isFile(path: RoutePath): boolean;
  readonly note: GroupedNote;
}

/** The changes on each path. After an internal redirect, a request has the sections of the path in which it ends. */
export function answersOf(site: AnswerSource): ReadonlyMap<string, { readonly path: RoutePath; readonly changes: readonly Change[] }> {
  const places = [...new Map([SITE, ...site.named, ...foldersOf(site)].map((path) => [keyOf(path), path])).values()];
  const texts = new Map<string, string>();
  // Numbers represent values, which may be long and occur on many paths.
  const numbers = new Map<string, number>();
  const numberOf = (value: string) => {
    const number = numbers.get(value) ?? numbers.size;
    numbers.set(value, number);
    return number;
  };
  const silent: GroupedNote = Object.assign(() => {}, { ...site.note, remark: () => {} });
  const answerText = (first: RoutePath, last: RoutePath): string => {
    const key = `${keyOf(first)} ${keyOf(last)}`;
    const known =
      texts.get(key) ?? JSON.stringify(site.answer(first, last, silent).map(({ kind, name, value }) => [kind, name, numberOf(value)]));
    texts.set(key, known);
    return known;
  };
  for (const turn of site.turns.inside) noteTurn(turn, places, answerText, site);
  noteEarlyRedirects(site);
  const found = places.map((path) => {
    const last = endOf(path, site);
    if (keyOf(last) !== keyOf(path) && answerText(path, path) !== answerText(path, last)) noteEnd(path, last, site);
    return [keyOf(path), { path, changes: site.answer(path, last, site.note) }] as const;
  });
  return new Map(found);
}

/** Folders whose index file is named in a condition. */
function foldersOf({ named, turns }: AnswerSource): readonly RoutePath[] {
  return named.flatMap(({ path, below }) => {
    const name = turns.indexes.find((one) => path.endsWith(`/${one.replace(/^\//, "")}`));
    return below || name === undefined ? [] : [{ path: path.slice(0, path.length - name.replace(/^\//, "").length), below: false }];
  });
}

function endOf(path: RoutePath, { named, turns, isFile }: AnswerSource): RoutePath {
  if (!isFile(path)) return path;
  if (isSite(path)) return turns.inside.find((turn) => turn.fallback && !turn.fileOnly && turn.target !== undefined)?.target ?? path;
  if (path.below || !path.path.endsWith("/")) return path;
  const ends = turns.indexes.map((name) => ({ path: name.startsWith("/") ? name : `${path.path}${name}`, below: false }));
  return ends.find((one) => named.some((other) => keyOf(other) === keyOf(one))) ?? ends[0] ?? path;
}

function noteEnd(path: RoutePath, last: RoutePath, { operations, note }: AnswerSource): void {
  const naming = (one: RoutePath) =>
    operations.find(({ when }) =>
      leavesOf(when).some((part) => part.kind === "paths" && part.paths.some((other) => keyOf(other) === keyOf(one))),
    );
  const own = naming(path);
  const message = `${patternText(path)} is internally redirected to ${patternText(last)} and gets its headers`;
  if (own !== undefined) note(own.line, message);
  else if (isSite(path)) note(naming(last)?.line ?? 1, `${message}: existing files do not`);
  else note.remark(naming(last)?.line ?? 1, message);
}

/** Maximum number of paths in a note. */
const MOST_NAMED = 3;

function noteTurn(
  turn: Turn,
  places: readonly RoutePath[],
  answerText: (first: RoutePath, last: RoutePath) => string,
  site: AnswerSource,
): void {
  const { line, target, fileOnly } = turn;
  const isNamed = (least: number, most: number) =>
    site.operations.some(
      ({ when, rank }) => rank >= least && rank < most && leavesOf(when).some((part) => part.kind === "paths" && !part.first),
    );
  if (fileOnly) {
    if (isNamed(100, 400)) site.note(line, "leads to another file, whose folder has its own sections: check their headers");
  } else if (target === undefined) {
    if (isNamed(0, 1_000)) site.note(line, "is an internal redirect to a path with its own sections: check their headers");
  } else {
    const moved = places.filter(
      (path) => !(turn.fallback && isSite(path)) && keyOf(path) !== keyOf(target) && answerText(path, path) !== answerText(path, target),
    );
    if (moved.length === 0) return;
    const named = moved.slice(0, MOST_NAMED).map(patternText).join(", ");
    const more = moved.length > MOST_NAMED ? ", …" : "";
    site.note(
      line,
      `requests that are redirected to ${patternText(target)} get its headers instead of those of ${named}${more}: set them for ${patternText(target)} too`,
    );
  }
}

/** Redirects of the server are sent before Apache evaluates `<Directory>` sections. */
function noteEarlyRedirects({ turns, operations, note }: AnswerSource): void {
  const later = operations.some(
    ({ rank, table, action }) => table === "always" && action !== "unset" && ((rank >= 100 && rank < 400) || rank >= 500),
  );
  if (!later) return;
  for (const line of turns.early) note(line, "is sent without the headers of <Directory>, <Files> and <If>: set them for the whole server");
}
