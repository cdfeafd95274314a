import * as z from "zod/mini";
import { issueCollector, type Path, policyError, type ReportIssue } from "../errors.js";
import { bare, record } from "./own.js";
import { awaited, didYouMean, isFieldValue, oneOf, show, shown } from "./text.js";

/** A schema, without the types of the schema library: none of them is in a public declaration. */
export interface Schema {
  safeParse(value: unknown): { readonly success: boolean; readonly error?: { readonly issues: readonly SchemaIssue[] } | undefined };
}

/** What a schema found wrong, as the schema library describes it. */
export interface SchemaIssue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: unknown;
  readonly values?: readonly unknown[];
  readonly keys?: readonly string[];
  readonly input?: unknown;
  /** Of a union: the issues of each member. */
  readonly errors?: readonly (readonly SchemaIssue[])[];
  /** Of a check written here: both sentences, complete. */
  readonly params?: { readonly message?: string; readonly hint?: string } | undefined;
}

/**
 * The error message of a schema, to be passed to any schema or check: `z.int(expecting("a port"))`.
 *
 * @param expected completes "… is not", for example `"a whole number from 1 to 65535"`.
 * @param hint what to write; default: `Write ${expected}.`
 */
export function expecting(expected: string, hint = `Write ${expected}.`): string {
  return `${expected}\n${hint}`;
}

/** A whole number from `least` to `most`. `what` completes "Write", for example `"the port, from 1 to 65535"`. */
export function wholeNumber(least: number, most: number, what?: string) {
  const range = most >= Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  const words = expecting(`a whole number ${range}`, what && `Write ${what}.`);
  return z.int(words).check(z.gte(least, words), z.lte(most, words));
}

/** An object whose own members fit: a schema of the library alone reads inherited ones too. */
export function ownObject(shape: z.core.$ZodLooseShape, words: string) {
  const schema = z.object(shape, words);
  return z.unknown().check(({ value, issues }) => {
    applySchema(schema, typeof value === "object" && value !== null && !Array.isArray(value) ? bare(value) : value, [], issues);
  });
}

/** A function. `hint` is a whole sentence. */
export function callable(hint: string) {
  return z.custom<(...args: never[]) => unknown>((value) => typeof value === "function", expecting("a function", hint));
}

/** A string that passes a test. */
export function textThat(test: (text: string) => boolean, expected: string, hint?: string) {
  const words = expecting(expected, hint);
  return z.string(words).check(z.refine(test, words));
}

/** A list of at least `least` members; errors name the members that do not fit. */
export function listOf<T extends z.ZodMiniType>(member: T, expected: string, hint?: string, least = 0) {
  const words = expecting(expected, hint);
  return z.array(member, words).check(z.minLength(least, words));
}

/** The list schema if the value is a list, else the other one, so that errors come from the matching form. */
export function eitherOf(other: z.ZodMiniType, list: z.ZodMiniType) {
  return z.unknown().check((context) => {
    applySchema(Array.isArray(context.value) || typeof context.value !== "function" ? list : other, context.value, [], context.issues);
  });
}

/** Adds to the issues of a check those that a schema finds in a value, or in the member of it at `path`. */
export function applySchema(schema: Schema, value: unknown, path: readonly string[], issues: unknown[]): void {
  for (const issue of schema.safeParse(value).error?.issues ?? []) issues.push({ ...issue, path: [...path, ...issue.path], input: value });
}

/**
 * A string with an additional check.
 *
 * @param expected completes "… is not".
 * @param problem returns what is wrong with the text and what to write, or undefined.
 * @param hint for a value that is not a string; default: `Write ${expected}.`
 */
export function checked(
  expected: string,
  problem: (text: string) => readonly [message: string, hint: string] | undefined,
  hint?: string | ((value: unknown) => string),
) {
  const error = ({ input }: { input?: unknown }) => expecting(expected, typeof hint === "function" ? hint(input) : hint);
  return z.string({ error }).check((context) => {
    const found = problem(context.value);
    if (found === undefined) return;
    const [message, said] = found;
    const params = { message: `${show(context.value)} ${message}`, hint: said };
    context.issues.push({ code: "custom", input: context.value, params });
  });
}

/** A string that any header may carry. */
export function fieldText() {
  return checked(
    "a string",
    (text) => (isFieldValue(text) ? undefined : ["is not a field value", "Write visible ASCII on one line, without blanks around it."]),
    (value) => {
      if (Array.isArray(value) && value.every((one) => typeof one === "string")) return `Write ${show(value.join(", "))}.`;
      return typeof value === "number" ? `Write "${value}", in quotes.` : "Write a string.";
    },
  );
}

/** Runs a schema and reports what it finds in this project's words: what came, and what to write. */
export function checkShape(schema: Schema, value: unknown, path: Path, report: ReportIssue): void {
  const result = schema.safeParse(value);
  for (const issue of (result.error?.issues ?? []).flatMap(meantIssues)) {
    const steps = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
    report({ path: [...path, ...steps], ...explain(issue, at(value, steps)) });
  }
}

/** For a union without an error message: the issues of the member that matches the type of the value. */
function meantIssues(issue: SchemaIssue): readonly SchemaIssue[] {
  if (issue.code !== "invalid_union" || issue.message.includes("\n") || issue.errors === undefined) return [issue];
  const hasRoot = (member: readonly SchemaIssue[], codes: readonly string[]) =>
    member.some(({ code, path }) => path.length === 0 && codes.includes(code));
  const meant =
    issue.errors.find((member) => !hasRoot(member, ["invalid_type", "invalid_value", "invalid_union"])) ??
    issue.errors.find((member) => !hasRoot(member, ["invalid_type"])) ??
    issue.errors[0];
  return (meant ?? []).flatMap((inner) => meantIssues({ ...inner, path: [...issue.path, ...inner.path] }));
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, step) => (inner as Record<PropertyKey, unknown> | undefined)?.[step], value);
}

type Explained = Pick<Parameters<ReportIssue>[0], "code" | "message" | "hint">;

const OFF = "Leave the key out, or write false.";

function explain(issue: SchemaIssue, input: unknown): Explained {
  // A schema's own words are in every issue of its checks too.
  if (issue.params?.message !== undefined) return { message: issue.params.message, hint: issue.params.hint ?? "" };
  const came = Array.isArray(input) && input.length === 0 ? "an empty list" : shown(input);
  const [expected, hint] = issue.message.split("\n");
  if (hint !== undefined) {
    const code = CODES_OF_TYPE.includes(issue.code) ? "wrong-type" : "invalid-value";
    return { code, message: `${came} is not ${expected}`, hint: awaited(input, hint) };
  }
  switch (issue.code) {
    case "invalid_type":
      return explainType(issue, came, input);
    case "invalid_value":
      return explainChoice(issue.values ?? [], came, input);
    case "unrecognized_keys":
      return { code: "unknown-name", message: `unknown option ${oneOf(issue.keys ?? [])}`, hint: "Take it out." };
    case "too_small":
      if (Array.isArray(input)) return { message: "an empty list says nothing", hint: "Write at least one, or false for no header." };
      return { message: `${came} is negative`, hint: "Write 0 or more." };
    case "too_big":
      return { message: `${came} is too large`, hint: "Write a smaller number." };
    default:
      return {
        message: `${came} is not valid`,
        hint: "See the documentation of this key.",
      };
  }
}

const CODES_OF_TYPE = ["invalid_type", "invalid_union"];

function explainType(issue: SchemaIssue, came: string, input: unknown): Explained {
  const expected = typeof issue.expected === "string" ? (EXPECTED[issue.expected] ?? issue.expected) : "something else";
  const said = issue.message.startsWith("Invalid input") ? expected : issue.message;
  const hint = input === null ? OFF : (meantValue(issue.expected, input) ?? `Write ${said}.`);
  return { code: "wrong-type", message: `${came} is not ${said}`, hint: awaited(input, hint) };
}

/** The value that a string represents, where another type is expected. */
function meantValue(expected: unknown, input: unknown): string | undefined {
  if (typeof input !== "string") return undefined;
  if (expected === "array") return wordsAsList(input);
  if (expected === "boolean") return BOOLEANS[input] && `Write ${BOOLEANS[input]}.`;
  return (expected === "int" || expected === "number") && /^\d{1,15}$/.test(input) ? `Write ${input}, without quotes.` : undefined;
}

const BOOLEANS: Readonly<Record<string, string>> = record([
  ["true", "true, without quotes"],
  ["false", "false, without quotes"],
  ["?1", "true"],
  ["?0", "false"],
]);

/** What is wrong with a value that has to be one of a few. */
function explainChoice(values: readonly unknown[], came: string, input: unknown): Explained {
  const words = values.filter((value) => typeof value === "string");
  const message = `${came} is not one of its values`;
  if (typeof input === "string") return { code: "invalid-value", message, hint: didYouMean(input, words) || `Write ${oneOf(values)}.` };
  const meant = typeof input === "object" ? soleMember(input) : typeof input === "number" ? String(input) : undefined;
  const word = words.find((one) => typeof meant === "string" && one.toLowerCase() === meant.toLowerCase());
  const hint = input === null ? OFF : word !== undefined ? `Write ${show(word)}.` : `Write ${oneOf(values)}.`;
  return { code: "wrong-type", message, hint: awaited(input, hint) };
}

/** The only member of a list or of an object, such as helmet's `{ policy: "same-origin" }`. */
export function soleMember(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const members = Object.values(value);
  return members.length === 1 ? members[0] : undefined;
}

/** The hint for words in one string, where a list is expected; undefined where the text is not words. */
function wordsAsList(text: string): string | undefined {
  if (!/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(text) || /[;,]/.test(text) || text.length > 200) return undefined;
  return `Write [${text.split(" ").map(show).join(", ")}].`;
}

const EXPECTED: Readonly<Record<string, string>> = record([
  ["array", "a list"],
  ["boolean", "true or false"],
  ["int", "a whole number"],
  ["number", "a number"],
  ["object", "an object"],
  ["string", "a string"],
]);

/** A strict reader: throws what `read` reports. */
export function strictly<T>(read: (text: string, report: ReportIssue) => T): (text: string) => T {
  return (text) => {
    const { report, throwIfAny } = issueCollector();
    try {
      return read(text, report);
    } finally {
      throwIfAny();
    }
  };
}

/** Parses a structured field (RFC 9651); throws PolicyError where it is broken. */
export function readStructured<T>(text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (cause) {
    throw policyError("invalid-value", [], `${show(text)} is not a structured field`, "See RFC 9651.", cause);
  }
}
