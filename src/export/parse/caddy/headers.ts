import type { Note } from "../limits.js";
import type { Change } from "../site.js";
import type { Statement } from "./statements.js";

/** The changes of one `header` directive. */
export interface Handler {
  /** In Caddy's order: add, set, delete. Values are as written. */
  readonly changes: readonly Change[];
  /** Whether it is deferred until the response is sent. */
  readonly deferred: boolean;
  /** Names that must all be absent by then: with several `?` in a block, all names apply to each. */
  readonly unless: readonly string[];
}

interface Field {
  readonly words: readonly string[];
  readonly line: number;
}

/** `field value`, or a block of such lines. */
export function fieldsIn({ line, block }: Statement, words: readonly string[]): readonly Field[] {
  return [...(words.length > 0 ? [{ words, line }] : []), ...(block ?? [])];
}

/** The handlers that Caddy makes of one `header`: those with `?` form a separate handler inside the other. */
export function handlersOf(statement: Statement, words: readonly string[], note: Note): readonly Handler[] {
  const fields = fieldsIn(statement, words);
  if (fields.some(({ words: [first] }) => first === "match")) {
    const names = fields.flatMap(({ words: [first = ""] }) => (/^(?:match|defer)$/.test(first) ? [] : [first]));
    note(statement.line, `applies to some responses only (match): not read: ${names.join(", ")}`);
    return [];
  }
  const inBlock = words.length === 0;
  const isDefault = ({ words: [first = ""] }: Field) => first.startsWith("?");
  return [fields.filter((one) => !isDefault(one)), fields.filter(isDefault)]
    .filter(({ length }) => length > 0)
    .map((some) => handlerOf(some, inBlock, note));
}

function handlerOf(fields: readonly Field[], inBlock: boolean, note: Note): Handler {
  const changes = fields.flatMap((field) => changeOf(field, inBlock, note));
  const always = fields.some(({ words: [first = ""] }) => first === "defer" || /^[->?]/.test(first));
  const edit = fields.find(({ words }) => words.length > 2);
  if (edit !== undefined && !always && changes.length > 0) {
    const names = changes.map(({ name }) => name).join(", ");
    note(edit.line, `defers ${names} since Caddy 2.7, and not before: put the edit into a header of its own`);
  }
  const waits = always || edit !== undefined;
  const unless = changes.filter(({ kind }) => kind === "default").map(({ name }) => name.toLowerCase());
  return {
    changes: ["add", "set", "default", "remove"].flatMap((kind) => changes.filter((one) => one.kind === kind)),
    deferred: waits,
    unless,
  };
}

const KINDS: Readonly<Record<string, Change["kind"]>> = { "+": "add", "-": "remove", "?": "default", ">": "set", "": "set" };

/** The change of one line; a note if it is unknown. */
export function changeOf({ words, line }: Field, inBlock: boolean, note: Note): readonly Change[] {
  const [field = "", written, ...more] = words;
  if (field === "defer") return [];
  const [, sign = "", name = ""] = /^([+\-?>]?)(.*)$/s.exec(inBlock ? field.replace(/:$/, "") : field) ?? [];
  const kind = KINDS[sign] ?? "set";
  if (sign === ">") note(line, `Caddy before 2.7 does not send ${name} with a leading >: write defer in a block. Read as sent`);
  // Headers that the configuration has set are removed; which others exist is unknown.
  const wild = kind === "remove" && /^\*?[^*]*\*?$/.test(name);
  if (wild && name.includes("*")) note(line, `${field} matches several names: write each that the application sends`);
  if (wild) return [{ kind, name, value: "", line }];
  if (name.includes("*")) note(line, `${field} matches several names: write each of them. Not read`);
  else if (/[{}]/.test(name)) note(line, `${field} is a name that differs per response: not read`);
  else if (/:$/.test(name)) note(line, `${field} ends with a colon, which Caddy does not send: write the name without it. Not read`);
  else if (more.length > 0) note(line, "edits an existing header, or has a value without quotes: not read");
  else if (kind !== "remove" && (written === undefined || written === "")) note(line, `${name} has no value: not read`);
  else return [{ kind, name, value: written ?? "", line }];
  return [];
}

/** Names of changes that match the name to be removed: `X-*`, `*-Policy`, `*`. */
export function meantBy(pattern: string, changes: readonly Change[]): readonly string[] {
  const [own, all] = [pattern.toLowerCase(), changes.map(({ name }) => name.toLowerCase())];
  const text = own.replace(/^\*|\*$/g, "");
  const [open, end] = [own.startsWith("*"), own.endsWith("*")];
  if (!open && !end) return [pattern];
  const found = all.filter((name) => (open && end ? name.includes(text) : open ? name.endsWith(text) : name.startsWith(text)));
  return [...new Set(found)];
}
