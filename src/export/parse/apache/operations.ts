import type { Note } from "../limits.js";
import { LOOSE } from "../paths.js";
import { dynamic } from "../site.js";
import { all, type Condition, leavesOf, NEVER, replaced, sizeOf, type Variables } from "./conditions.js";
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
