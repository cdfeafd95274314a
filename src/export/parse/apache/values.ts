import { LIMITS } from "../limits.js";
import type { Written } from "../site.js";
import type { GroupedNote, Operation } from "./operations.js";

/** The lines of a header in one table after an operation. */
export function valuesOf(before: readonly Written[], operation: Operation, fromOthers: boolean, note: GroupedNote): readonly Written[] {
  const { action, value, line } = operation;
  const [first, ...others] = before;
  if (action === "set") return [{ value, line }];
  if (action === "add") {
    note.cap("headers", before.length + 1);
    return [...before, { value, line }];
  }
  if (action.startsWith("edit")) {
    return before.length === 0 ? editOfOthers(operation, fromOthers, note) : before.map((one) => edited(one, operation, note));
  }
  if (first === undefined) {
    if (fromOthers) note(line, OF_OTHERS[action] ?? "");
    return [{ value, line }];
  }
  if (action === "setifempty") return before;
  room(first.value.length + 2 + value.length, operation, note);
  if (action === "merge" && listMembers(first.value).includes(value)) return before;
  return [{ value: `${first.value}, ${value}`, line }, ...others];
}

/**
 * Counts a value before it is made, because each edit may double it.
 *
 * @throws {PolicyError} if it is too long, or all values together are.
 */
function room(length: number, { name, line }: Operation, note: GroupedNote): void {
  if (length > LIMITS.value) {
    note.refuse(line, `makes ${name} longer than ${LIMITS.value} characters, which no server sends`, "Set the resulting value.");
  }
  note.spend("characters", length);
}

const APPENDS = "appends to what the application sends: read as the whole value";
const OF_OTHERS: Readonly<Record<string, string>> = {
  append: APPENDS,
  merge: APPENDS,
  setifempty: "keeps what the application sends: read as replacing it",
};

/** The members of a list, as `merge` splits it: not at quoted commas. */
function listMembers(value: string): readonly string[] {
  return (value.match(/(?:"[^"]*(?:"|$)|[^",])+/g) ?? []).map((one) => one.trimStart());
}

function editOfOthers({ name, line }: Operation, fromOthers: boolean, note: GroupedNote): readonly Written[] {
  if (fromOthers) note(line, `edits the ${name} of the application: not read`);
  return [];
}

/** Supports patterns of literal text and those that match a whole value. Other regular expressions are noted. */
function edited(before: Written, operation: Operation, note: GroupedNote): Written {
  const { action, value: pattern, replacement, line, name } = operation;
  const whole = action === "edit" && /^\^?\(?\.[*+]\)?\$?$/.test(pattern);
  const [, start, text, end] = /^(\^?)((?:[\w \-;:=,'/@!~]|\\[^A-Za-z0-9])*)(\$?)$/.exec(pattern) ?? [];
  if (/[\0\\&]|\$[^1]|\$$/.test(replacement) || (!whole && (text === undefined || replacement.includes("$")))) {
    note(line, `edits ${name} by a regular expression: not read. Set the resulting value`);
    return before;
  }
  const sought = whole ? "$1" : (text ?? "").replace(/\\(.)/g, "$1");
  const [within, by] = whole ? [replacement, pattern.includes("(") ? before.value : ""] : [before.value, replacement];
  const times = whole || action === "edit*" ? timesIn(within, sought) : 1;
  room(within.length + times * Math.max(by.length - sought.length, 0), operation, note);
  if (whole) return { value: within.split(sought).join(by), line };
  return { value: withReplaced(within, sought, by, { start, end, every: action === "edit*" }), line };
}

function timesIn(text: string, sought: string): number {
  return sought === "" ? 0 : text.split(sought).length - 1;
}

interface Anchors {
  readonly start: string | undefined;
  readonly end: string | undefined;
  readonly every: boolean;
}

function withReplaced(value: string, text: string, replacement: string, { start, end, every }: Anchors): string {
  if (start === "^" && end === "$") return value === text ? replacement : value;
  if (start === "^") {
    // Apache searches the rest for another match, and "^" matches its start.
    let times = 0;
    for (let at = 0; value.startsWith(text, at) && (times === 0 || (every && text !== "")); at += text.length) times += 1;
    return `${replacement.repeat(times)}${value.slice(times * text.length)}`;
  }
  if (end === "$") return value.endsWith(text) ? `${value.slice(0, value.length - text.length)}${replacement}` : value;
  if (text === "") return every ? value : `${replacement}${value}`;
  return every ? value.split(text).join(replacement) : value.replace(text, () => replacement);
}
