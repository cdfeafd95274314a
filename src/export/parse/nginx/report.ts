import type { Note } from "../limits.js";
import { LOOSE } from "../paths.js";
import type { Place } from "./places.js";
import type { Why } from "./requests.js";
import type { Difference } from "./sent.js";

/** Collects the responses with other headers, and notes them once per place. */
export interface Report {
  /** Some requests end in a place with other headers. */
  elsewhere(place: Place, line: number, why: Why, difference: Difference): void;
  /** A place that does not inherit the outer headers. */
  dropped(place: Place): void;
  /** A kind of response with other headers than pages. */
  response(kind: Kind, difference: Difference, lines: readonly string[]): void;
  /** Writes the notes. */
  flush(): void;
}

/** Kinds of responses other than pages. */
export type Kind = "error" | "charset" | "types" | "scheme";

/** Headers for caches and files, which are not security headers. */
const FOR_CACHES = /^(?:cache-control|expires|pragma|vary|etag|last-modified|x-cache.*|x-accel-.*|accept-ranges|surrogate-control)$/i;

const REASONS: Readonly<Record<Why, string>> = {
  pattern: "paths that match it, which no route can express,",
  begins: LOOSE,
  case: "paths that match it in other letter case, as /API does with /api,",
  some: "some requests that end here",
  files: "files that exist, which end here,",
  directories: "directories, whose index page ends here,",
  errors: "error pages, which end here,",
  condition: "requests for which the if holds",
  rewrite: "requests that are rewritten to this",
};

/** Reasons, each noted once per place. The simplest is last. */
const RANKS: readonly Why[] = ["directories", "files", "some", "rewrite", "case", "pattern"];

export function reportOf(line: number, note: Note): Report {
  const places = new Map<string, { place: Place; line: number; why: Why; found: Collected }>();
  const kinds = new Map<Kind, Collected & { readonly lines: Set<string> }>();
  const dropping: Place[] = [];
  return {
    elsewhere(place, line, why, difference) {
      const key = `${line} ${RANKS.includes(why) ? "" : why}`;
      const before = places.get(key) ?? { place, line, why, found: collected() };
      // Of several reasons, the simplest is noted.
      const one = RANKS.indexOf(why) > RANKS.indexOf(before.why) ? { ...before, why } : before;
      places.set(key, one);
      collect(one.found, difference);
    },
    dropped: (place) => void dropping.push(place),
    response(kind, difference, lines) {
      const one = kinds.get(kind) ?? { ...collected(), lines: new Set<string>() };
      kinds.set(kind, one);
      collect(one, difference);
      for (const each of lines) one.lines.add(each);
    },
    flush() {
      for (const one of places.values()) notePlace(one.place, one.line, one.why, one.found, note);
      const noted = new Set([...places.values()].flatMap(({ place, found }) => (isDropping(place, found) ? [place] : [])));
      for (const place of dropping) if (!noted.has(place)) remarkOnDropped(place, note);
      for (const [kind, found] of kinds) NOTE_OF[kind](found, [...found.lines], line, note);
    },
  };
}

interface Collected {
  readonly lost: Set<string>;
  readonly other: Set<string>;
  readonly more: Set<string>;
}

const collected = (): Collected => ({ lost: new Set(), other: new Set(), more: new Set() });

function collect(into: Collected, { lost, other, more }: Difference): void {
  for (const name of lost) into.lost.add(name);
  for (const name of other) into.other.add(name);
  for (const name of more) into.more.add(name);
}

const list = (names: ReadonlySet<string>) => {
  const shown = [...names].slice(0, 12).join(", ");
  return names.size > 12 ? `${shown} and ${names.size - 12} more` : shown;
};

const isDropping = ({ level }: Place, { lost }: Pick<Collected, "lost">) => level.dropped.some((name) => lost.has(name));

/** The policy has no such header there either: only whoever wrote the configuration knows whether that is meant. */
function remarkOnDropped({ title, sign, level }: Place, note: Note): void {
  const names = new Set(level.dropped.filter((name) => !FOR_CACHES.test(name)));
  if (names.size === 0) return;
  // Merged, a header of both blocks would be sent twice.
  const merge = level.replaces ? "" : ", or write add_header_inherit merge (nginx 1.29.3 and newer)";
  note.remark(
    level.line,
    `responses of ${sign === "server" ? "this server" : title} have no ${list(names)}: its own add_header drops those of the blocks around it. To send them, repeat them here${merge}`,
  );
}

function notePlace(place: Place, line: number, why: Why, { lost, other, more }: Collected, note: Note): void {
  const isHarmless = [...lost, ...other, ...more].every((name) => FOR_CACHES.test(name));
  const dropped = isDropping(place, { lost }) ? " (its own add_header drops those around it: repeat them here)" : "";
  const parts = [
    ...(lost.size > 0 ? [`without ${list(lost)}${dropped}`] : []),
    ...(other.size > 0 ? [`with another ${list(other)}`] : []),
    ...(more.size > 0 ? [`with ${list(more)}`] : []),
  ];
  const message = `${REASONS[why]}${why === "begins" ? ":" : " are sent"} ${parts.join(", ")}`;
  if (isHarmless) note.remark(line, message);
  else note(line, why === "begins" ? LOOSE : message);
}

type NoteKind = (found: Collected, lines: readonly string[], line: number, note: Note) => void;

const NOTE_OF: Readonly<Record<Kind, NoteKind>> = {
  error: ({ lost, other, more }, lines, line, note) => {
    if (lost.size > 0) note(line, `without always nginx does not send these with errors (4xx, 5xx): ${list(lost)} (${linesText(lines)})`);
    const others = new Set([...other, ...more]);
    if (others.size > 0) note(line, `errors (4xx, 5xx) are sent with another ${list(others)}`);
  },
  charset: (found, _lines, line, note) => {
    note(line, `${list(all(found))} is sent with some HTML only, by its charset: match "~^text/html" in the map`);
  },
  types: ({ lost, other, more }, _lines, line, note) => {
    if (lost.size > 0)
      note(line, `sent with HTML only (scripts, styles, JSON and images have none), and read as sent with all types: ${list(lost)}`);
    const others = new Set([...other, ...more]);
    if (others.size > 0) note(line, `differs by the type of the response, and is read as for HTML: ${list(others)}`);
  },
  scheme: (found, _lines, line, note) => {
    note(line, `differs between http and https, and is read as for https: ${list(all(found))}`);
  },
};

const all = ({ lost, other, more }: Collected) => new Set([...lost, ...other, ...more]);

const MOST_LINES = 12;

/** `lines 3, 6`; with names of files `line 13 of nginx.conf and line 2 of headers.conf`. */
function linesText(lines: readonly string[]): string {
  const shown = lines.slice(0, MOST_LINES);
  const more = lines.length > shown.length ? ", …" : "";
  if (shown.length === 1) return `line ${shown[0]}`;
  if (!shown.some((line) => line.includes(" of "))) return `lines ${shown.join(", ")}${more}`;
  const each = shown.map((line) => `line ${line}`);
  return more === "" ? `${each.slice(0, -1).join(", ")} and ${each.at(-1)}` : `${each.join(", ")}${more}`;
}
