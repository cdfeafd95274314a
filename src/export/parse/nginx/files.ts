import type { Note } from "../limits.js";
import type { Source } from "../sources.js";

/** The files of one configuration. */
export interface Files {
  readonly main: Source;
  /** The files of an `include` on this line. Undefined if they are not read, which is noted. */
  include(pattern: string, line: number): readonly Source[] | undefined;
  /** Notes the files that are not included. */
  noteUnread(): void;
}

/** The line that `nginx -T` prints above each file. */
const HEADING = /^# configuration file (.+):\r?$/;

/** The output of `nginx -t`, which comes first if stdout and stderr are joined. */
const SAID = /^\s*$|^nginx: |^\d{4}\/\d\d\/\d\d [\d:]+ \[/;

/** Files without response headers. */
const NO_HEADERS = /(?:^|\/)(?:mime\.types|(?:fastcgi|uwsgi|scgi|proxy)_params|fastcgi\.conf|koi-(?:utf|win)|win-utf)$|modules/;

/** The text as one file, or as the files of an `nginx -T` output. */
export function filesOf(source: Source, note: Note): Files {
  const printed = printedFiles(source, note);
  const [main] = printed;
  if (main === undefined)
    return { main: source, include: (pattern, line) => fromOutside(pattern, line, note), noteUnread: () => undefined };
  // nginx prints a file once, even if it is included several times.
  const used = new Set([main]);
  const folder = (main.path ?? "").slice(0, (main.path ?? "").lastIndexOf("/") + 1);
  return {
    main,
    include: (pattern, line) => {
      const whole = plainPath(pattern.startsWith("/") ? pattern : `${folder}${pattern}`);
      note.spend("work", printed.length * (10 + whole.length));
      const found = printed.filter(({ path }) => isMeant(whole, plainPath(path ?? "")));
      for (const one of found) used.add(one);
      const inOrder = [...found].sort((one, other) => ((one.path ?? "") < (other.path ?? "") ? -1 : 1));
      if (found.length === 0 && !/[*?[]/.test(pattern) && !NO_HEADERS.test(pattern)) note(line, `${pattern} is not in this text: not read`);
      return inOrder.filter(({ path }) => !NO_HEADERS.test(path ?? ""));
    },
    noteUnread: () => {
      for (const one of printed) if (!used.has(one)) note(one.first, `${one.path} is not included: not read`);
    },
  };
}

function fromOutside(pattern: string, line: number, note: Note): readonly Source[] | undefined {
  if (NO_HEADERS.test(pattern)) return [];
  const found = note.include(pattern, line);
  if (found === undefined) note(line, "includes another file: read that file too, or pass the output of nginx -T");
  return found;
}

function printedFiles(source: Source, note: Note): readonly Source[] {
  const lines = source.text.split("\n");
  const begin = lines.findIndex((line) => !SAID.test(line));
  if (begin < 0 || !HEADING.test(lines[begin] ?? "")) return [];
  const files: Source[] = [];
  let path: string | undefined;
  let from = begin;
  const close = (to: number): void => {
    if (path === undefined) return;
    const first = source.first + from;
    note.heading(first, path);
    files.push({ path, text: lines.slice(from, to).join("\n"), first });
  };
  lines.forEach((line, index) => {
    const [, heading] = index < begin ? [] : (HEADING.exec(line) ?? []);
    if (heading === undefined) return;
    close(index);
    path = heading;
    from = index + 1;
  });
  close(lines.length);
  return files;
}

/** `/etc/nginx/../x` and `/etc//x` name `/etc/x`. */
function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** As in a shell, a star does not match a slash, or a dot at the beginning of a name. */
function isMeant(pattern: string, path: string): boolean {
  const some = pattern.split("/");
  const parts = path.split("/");
  return some.length === parts.length && some.every((one, index) => isMeantName(one, parts[index] ?? ""));
}

function isMeantName(pattern: string, name: string): boolean {
  if (!/[*?[]/.test(pattern)) return pattern === name;
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  const pieces = pattern.match(/\*|\?|\[!?[^[\]]{1,100}\]|\\?[\s\S]/g) ?? [];
  // The positions in the name where each piece may end. The time is at most the product of both lengths.
  let ends = new Set([0]);
  for (const piece of pieces) {
    const next = new Set<number>();
    for (const at of ends) {
      if (piece === "*") for (let end = at; end <= name.length; end++) next.add(end);
      else if (at < name.length && fits(piece, name[at] ?? "")) next.add(at + 1);
    }
    ends = next;
  }
  return ends.has(name.length);
}

function fits(piece: string, char: string): boolean {
  if (piece === "?") return true;
  const [, not, set] = /^\[(!?)([^\]]+)\]$/.exec(piece) ?? [];
  if (set === undefined) return piece.replace(/^\\(?=.)/, "") === char;
  const ranges = set.match(/[\s\S]-[\s\S]|[\s\S]/g) ?? [];
  return ranges.some((one) => (one.length === 3 ? char >= (one[0] ?? "") && char <= (one[2] ?? "") : one === char)) === (not === "");
}
