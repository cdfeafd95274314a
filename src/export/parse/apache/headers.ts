import type { RoutePath } from "../../target.js";
import { LIMITS, type Note } from "../limits.js";
import { LOOSE } from "../paths.js";
import { type Change, dynamic, type Written } from "../site.js";
import type { Applications } from "./applications.js";
import { all, type Condition, holdsAt, leavesOf, NEVER, replaced, sizeOf, type Variables } from "./conditions.js";
import { headerCondition } from "./expressions.js";

/** Takes notes that many lines can have, each of which is noted once with all its lines. */
export interface GroupedNote extends Pick<Note, "spend" | "cap" | "refuse"> {
  (line: number, message: string): void;
  remark(line: number, message: string): void;
}

/** One `Header` line with its condition. */
export interface Operation {
  readonly when: Condition;
  /** Operations run in this order, in which Apache merges sections. */
  readonly rank: number;
  readonly table: "always" | "plain";
  readonly action: Action;
  readonly name: string;
  readonly value: string;
  /** The replacement of `edit`. */
  readonly replacement: string;
  readonly line: number;
}

const ACTIONS = ["set", "append", "merge", "add", "unset", "setifempty", "edit", "edit*"] as const;
type Action = (typeof ACTIONS)[number];

/** The condition and the rank of a section. */
export interface SectionScope {
  readonly when: Condition;
  readonly rank: number;
}

/**
 * Reads the arguments of `Header`: a table, an action, a name, values, and a condition. Undefined if the line does not change a known
 * header. Apache, "mod_headers".
 */
export function operationOf(
  args: readonly string[],
  line: number,
  place: SectionScope,
  variables: Variables,
  secure: boolean,
  note: GroupedNote,
): Operation | undefined {
  const table = /^(?:always|onsuccess)$/i.test(args[0] ?? "") ? args[0]?.toLowerCase() : undefined;
  const [written = "", given = "", ...rest] = table === undefined ? args : args.slice(1);
  const action = ACTIONS.find((one) => one === written.toLowerCase());
  const name = given.replace(/:$/, "");
  if (/^note$/i.test(written)) return undefined;
  if (action === undefined) {
    note(line, `Header ${written} sends a value of the request: not read`);
    return undefined;
  }
  const takes = action === "unset" ? 0 : action.startsWith("edit") ? 2 : 1;
  const [format = "", replacement = ""] = rest.slice(0, takes);
  const [condition, ...more] = rest.slice(takes);
  if (name === "" || more.length > 0 || rest.length < takes || (condition !== undefined && !/^(?:early$|env=|expr=)/i.test(condition))) {
    note(line, "Apache takes a name, one value (quoted if it has spaces) and one condition: not read");
    return undefined;
  }
  const early = condition?.toLowerCase() === "early";
  if (early && table !== "always") note(line, 'is set before the response is made, which may drop it: remove "early"');
  const own = condition === undefined || early ? undefined : headerCondition(condition, variables);
  const whole = own === undefined ? place.when : all(place.when, own);
  note.spend("work", sizeOf(whole));
  const when = settled(whole, { name, line, secure, note });
  if (when.kind === "never") return undefined;
  const value = takes === 2 ? format : /^expr=/i.test(format) ? workedOut(format) : formatted(format);
  return {
    when,
    rank: early ? -1 : place.rank,
    table: table === "always" ? "always" : "plain",
    action,
    name,
    value,
    replacement: formatted(replacement),
    line,
  };
}

interface About {
  readonly name: string;
  readonly line: number;
  /** Whether the server uses https only. */
  readonly secure: boolean;
  readonly note: GroupedNote;
}

/** Maximum length of a condition in a note. */
const LONGEST_SHOWN = 200;

/** The condition on paths only. Notes the other parts. */
function settled(condition: Condition, { name, line, secure, note }: About): Condition {
  const when = replaced(condition, (part) => (part.kind === "https" && secure ? { kind: "always" } : part));
  const parts = leavesOf(when);
  const unknown = parts.find(({ kind }) => kind === "unknown");
  const known = replaced(when, (part) => (part.kind === "unknown" ? NEVER : part));
  if (unknown?.kind === "unknown") {
    const text = unknown.text.slice(0, LONGEST_SHOWN);
    // A condition that is met unless an unknown part is met is read as met.
    note(
      line,
      known.kind === "never" ? `applies under a condition (${text}): not read` : `does not apply where (${text}): read as if it did`,
    );
  }
  if (parts.some(({ kind }) => kind === "html")) note(line, "applies to HTML only: read as for all responses");
  // Portcullis does not send this header over plain http.
  if (parts.some(({ kind }) => kind === "https") && name.toLowerCase() !== "strict-transport-security") {
    note(line, "is sent over https only: read as always sent");
  }
  if (parts.some((part) => part.kind === "paths" && part.loose)) note(line, LOOSE);
  return replaced(known, (part) => (part.kind === "html" || part.kind === "https" ? { kind: "always" } : part));
}

/** A format of mod_headers: `%%`, values of the request, and escapes. */
function formatted(format: string): string {
  return format.replace(/%%|%(?:\{[^{}]*\})?[A-Za-z]|\\[\\rnt]/g, (part) => {
    if (part === "%%") return "%";
    if (part.startsWith("%")) return dynamic(part);
    return ESCAPES[part] ?? "\\";
  });
}

/** A string expression. Without variables and functions it is literal. */
function workedOut(format: string): string {
  const text = format.slice("expr=".length);
  return /^(?:[^\\%$]|\\[\s\S])*$/.test(text) ? text.replace(/\\([\s\S])/g, "$1") : dynamic(format);
}

const ESCAPES: Readonly<Record<string, string>> = { "\\r": "\r", "\\n": "\n", "\\t": "\t" };

/** One header in Apache's two tables. Apache's own errors have `always` only, other responses both. */
interface Entry {
  readonly name: string;
  readonly always: readonly Written[];
  readonly plain: readonly Written[];
  /** Whether this server has set it in `always`, so that unsetting it there does not remove that of the application. */
  readonly own: boolean;
  readonly removed: { readonly always?: number; readonly plain?: number };
  /** Whether the application's header in a table is replaced or removed. */
  readonly replaced: { readonly always?: true; readonly plain?: true };
}

/** The changes of headers on a path. */
export function changesAt(
  operations: readonly Operation[],
  { first, last }: { readonly first: RoutePath; readonly last: RoutePath },
  applications: Applications,
  note: GroupedNote,
): readonly Change[] {
  const entries = new Map<string, Entry>();
  for (const operation of operations) {
    if (!holdsAt(operation.when, first, last)) continue;
    const key = operation.name.toLowerCase();
    const before = entries.get(key) ?? { name: operation.name, always: [], plain: [], own: false, removed: {}, replaced: {} };
    entries.set(key, entryAfter(before, operation, applications, note));
  }
  const spared = new Set(
    operations.filter(({ action, table }) => action === "unset" && table === "plain").map(({ name }) => name.toLowerCase()),
  );
  return [...entries].flatMap(([key, entry]) => sentOf(entry, spared.has(key), applications, note));
}

function entryAfter(entry: Entry, operation: Operation, applications: Applications, note: GroupedNote): Entry {
  const { table, action, name, line } = operation;
  const before = entry[table];
  const replaced = action === "set" || action === "unset" ? { ...entry.replaced, [table]: true } : entry.replaced;
  if (action === "unset") {
    const removed = table === "always" && entry.own ? entry.removed : { ...entry.removed, [table]: line };
    return { ...entry, [table]: [], removed, replaced };
  }
  const after = valuesOf(before, operation, applications[table] !== "no" && !entry.replaced[table], note);
  return {
    ...entry,
    name: after.length > 0 ? name : entry.name,
    [table]: after,
    replaced,
    own: entry.own || (table === "always" && after.length > 0),
  };
}

/** The lines of a header in one table after an operation. */
function valuesOf(before: readonly Written[], operation: Operation, fromOthers: boolean, note: GroupedNote): readonly Written[] {
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

const ERRORS = "is not sent with Apache's own errors and redirects, where Portcullis sends it: write Header always set";
const BESIDE = "is sent beside the application's own header, if it sends one: add Header onsuccess unset for the same name";
const BESIDE_CGI = "is sent beside that of a CGI or FastCGI application, if it sends one: write Header always set";
const NOT_REMOVED = "does not remove what the proxied application sends: write Header onsuccess unset";
const NOT_REMOVED_CGI = "does not remove what a CGI or FastCGI application sends: write Header always unset";

function sentOf(
  { name, always, plain, own, removed, replaced }: Entry,
  spared: boolean,
  applications: Applications,
  note: GroupedNote,
): readonly Change[] {
  for (const { line } of plain) note(line, ERRORS);
  const values = [...always, ...plain];
  const [first] = values;
  if (first === undefined) {
    // Without a value, the application's header is removed from both tables, unless one table keeps it.
    const line = removed.plain ?? (spared ? undefined : removed.always);
    if (line === undefined) return [];
    if (applications.plain === "yes" && removed.plain === undefined && !own) note(line, NOT_REMOVED);
    if (applications.always === "yes" && removed.always === undefined) note(line, NOT_REMOVED_CGI);
    return [{ kind: "remove", name, value: "", line }];
  }
  if (applications.plain === "yes" && !replaced.plain) note.remark(first.line, BESIDE);
  if (applications.always === "yes" && !replaced.always) note.remark(first.line, BESIDE_CGI);
  return values.map(({ value, line }, index) => ({ kind: index === 0 ? "set" : "add", name, value, line }));
}
