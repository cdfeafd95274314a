import * as z from "zod/mini";
import { issueCollector, type Path, policyError, type ReportIssue } from "../errors.js";
import { didYouMean, isFieldValue, oneOf, show } from "../values/text.js";
import type { Schema, SchemaIssue } from "./header.js";

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
  const came = show(input);
  switch (issue.code) {
    case "invalid_type": {
      const expected = typeof issue.expected === "string" ? (EXPECTED[issue.expected] ?? issue.expected) : "something else";
      const said = issue.message.startsWith("Invalid input") ? expected : issue.message;
      const off = input === null ? " Leave the key out, or write false." : "";
      const members = issue.expected === "array" && typeof input === "string" ? listOf(input) : undefined;
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

/** The words of a text as a list; undefined where they are no words. */
function listOf(text: string): string | undefined {
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
