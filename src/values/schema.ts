import * as z from "zod/mini";
import { issueCollector, type Path, policyError, type ReportIssue } from "../errors.js";
import { didYouMean, isFieldValue, oneOf, show } from "./text.js";

/** One check of a value, as the schema library makes them; named here so that none of its types is in a public declaration. */
export interface Schema {
  safeParse(value: unknown): { readonly success: boolean; readonly error?: { readonly issues: readonly SchemaIssue[] } | undefined };
}

/** What a schema found wrong, in the schema library's words. */
export interface SchemaIssue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: unknown;
  readonly values?: readonly unknown[];
  readonly keys?: readonly string[];
  readonly input?: unknown;
  /** Of a check of our own: both sentences are ready. */
  readonly params?: { readonly message?: string; readonly hint?: string } | undefined;
}

/**
 * The words of a schema's error, to be given to any schema or check: `z.int(expecting("a port"))`.
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

/** The list where the value is one, else the other: the errors are those of the one that was meant. */
export function eitherOf(other: z.ZodMiniType, list: z.ZodMiniType) {
  return z.unknown().check((context) => {
    const meant = Array.isArray(context.value) || typeof context.value !== "function" ? list : other;
    const { error } = meant.safeParse(context.value);
    for (const issue of error?.issues ?? []) context.issues.push({ ...issue, input: context.value } as never);
  });
}

/** A string with a check of its own: `problem` says what is wrong with it and what to write, or undefined. */
export function checked(expected: string, problem: (text: string) => readonly [message: string, hint: string] | undefined) {
  return z.string({ error: expected }).check((context) => {
    const found = problem(context.value);
    if (found === undefined) return;
    const [message, hint] = found;
    const params = { message: `${show(context.value)} ${message}`, hint };
    context.issues.push({ code: "custom", input: context.value, params });
  });
}

/** A string that any header may carry. */
export function fieldText() {
  return checked("a string", (text) =>
    isFieldValue(text) ? undefined : ["is not a field value", "Write visible ASCII on one line, without blanks around it."],
  );
}

/** Runs a schema and reports what it finds in this project's words: what came, and what to write. */
export function checkShape(schema: Schema, value: unknown, path: Path, report: ReportIssue): void {
  const result = schema.safeParse(value);
  for (const issue of result.error?.issues ?? []) {
    const steps = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
    report({ path: [...path, ...steps], ...explain(issue, at(value, steps)) });
  }
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, step) => (inner as Record<PropertyKey, unknown> | undefined)?.[step], value);
}

function explain(issue: SchemaIssue, input: unknown) {
  const came = input instanceof Promise ? "a promise" : Array.isArray(input) && input.length === 0 ? "an empty list" : show(input);
  const [expected, hint] = issue.message.split("\n");
  if (hint !== undefined) {
    const code = CODES_OF_TYPE.includes(issue.code) ? ("wrong-type" as const) : ("invalid-value" as const);
    return { code, message: `${came} is not ${expected}`, hint: input instanceof Promise ? "Write await before it." : hint };
  }
  switch (issue.code) {
    case "invalid_type": {
      const expected = typeof issue.expected === "string" ? (EXPECTED[issue.expected] ?? issue.expected) : "something else";
      const said = issue.message.startsWith("Invalid input") ? expected : issue.message;
      const off = input === null ? " Leave the key out, or write false." : "";
      const members = issue.expected === "array" && typeof input === "string" ? wordsAsList(input) : undefined;
      return { code: "wrong-type" as const, message: `${came} is not ${said}`, hint: `Write ${members ?? said}.${off}` };
    }
    case "invalid_value": {
      const values = issue.values ?? [];
      const near =
        typeof input === "string"
          ? didYouMean(
              input,
              values.filter((value) => typeof value === "string"),
            )
          : "";
      const code = typeof input === "string" ? ("invalid-value" as const) : ("wrong-type" as const);
      return { code, message: `${came} is not one of its values`, hint: near || `Write ${oneOf(values)}.` };
    }
    case "unrecognized_keys":
      return { code: "unknown-name" as const, message: `unknown option ${oneOf(issue.keys ?? [])}`, hint: "Take it out." };
    case "too_small":
      if (Array.isArray(input)) return { message: "an empty list says nothing", hint: "Write at least one, or false for no header." };
      return { message: `${came} is negative`, hint: "Write 0 or more." };
    case "too_big":
      return { message: `${came} is too large`, hint: "Write a smaller number." };
    default:
      return {
        message: issue.params?.message ?? `${came} is not valid`,
        hint: issue.params?.hint ?? "See the documentation of this key.",
      };
  }
}

const CODES_OF_TYPE = ["invalid_type", "invalid_union"];

/** The words of a text as a list; undefined where they are no words. */
function wordsAsList(text: string): string | undefined {
  if (!/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(text) || /[;,]/.test(text) || text.length > 200) return undefined;
  return `[${text.split(" ").map(show).join(", ")}]`;
}

const EXPECTED: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a whole number",
  object: "an object",
  string: "a string",
};

/** The strict reading: what `read` reports is thrown. */
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

/** Reads a structured field (RFC 9651), and says in a PolicyError where it is broken. */
export function readStructured<T>(text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (cause) {
    throw policyError("invalid-value", [], `${show(text)} is not a structured field`, "See RFC 9651.", cause);
  }
}
