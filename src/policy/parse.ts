import { issueCollector, PolicyError, type ReportIssue } from "../errors.js";
import { registered } from "../headers/index.js";
import type { Patch } from "../headers/patch.js";
import { show } from "../values/text.js";
import { definePolicy, type Policy } from "./policy.js";

/** Headers as they come: a Fetch `Headers`, pairs, or Node's `res.getHeaders()`. */
export type HeadersInput =
  | Iterable<readonly [name: string, value: string]>
  | Readonly<Record<string, string | number | readonly string[] | undefined>>;

/**
 * Reads the security headers of an existing response, strictly. Other headers are passed over.
 * A nonce in a Content-Security-Policy becomes the nonce slot: the next response has another.
 *
 * @param headers names in any case; pairs, a record, or a Fetch `Headers`.
 * @returns a policy of these headers and nothing else.
 * @throws {PolicyError} for a header that stands twice, two policies in one field, a broken field, and what `definePolicy` refuses.
 */
export function parseHeaders(headers: HeadersInput): Policy {
  const { report, throwIfAny } = issueCollector();
  const lines = linesOf(headers, report);
  const found = registered.flatMap((one) => {
    const values = lines.filter(([name]) => name.toLowerCase() === one.name.toLowerCase()).map(([, value]) => value);
    if (values.length > 1) report({ path: [one.name], code: "conflict", message: `stands ${values.length} times`, hint: "Send it once." });
    return values.length === 1 ? [[one.key, () => one.header.parse(values[0] as string), one.name] as const] : [];
  });
  const patch = Object.fromEntries(
    found.map(([key, parse, name]) => {
      try {
        return [key, parse()];
      } catch (error) {
        if (!(error instanceof PolicyError)) throw error;
        for (const issue of error.issues) report({ ...issue, path: issue.path === "" ? [name] : [name, issue.path] });
        return [key, undefined];
      }
    }),
  );
  throwIfAny();
  return definePolicy("none", patch as Patch);
}

function linesOf(headers: unknown, report: ReportIssue): readonly (readonly [name: string, value: string])[] {
  const lines: (readonly [string, string])[] = [];
  try {
    for (const [name, value] of entriesOf(headers)) {
      if (value === undefined) continue;
      for (const one of Array.isArray(value) ? value : [value]) lines.push([name, typeof one === "number" ? String(one) : one]);
    }
  } catch (cause) {
    const message = `reading them threw ${cause instanceof Error ? show(cause.message) : show(cause)}`;
    report({ path: ["parseHeaders"], code: "unreadable", message, hint: "Give a Headers, pairs, or an object of strings." });
  }
  const odd = lines.find(([name, value]) => typeof name !== "string" || typeof value !== "string");
  if (odd === undefined) return lines;
  report({
    path: ["parseHeaders"],
    code: "wrong-type",
    message: `${show(odd[1])} is not a header's value`,
    hint: "Give a Headers, pairs, or an object of strings.",
  });
  return [];
}

function entriesOf(headers: unknown): Iterable<readonly [string, unknown]> {
  if (typeof headers !== "object" || headers === null) throw new TypeError(`${show(headers)} is not a set of headers`);
  if (headers instanceof Promise) throw new TypeError("a promise is not a set of headers: write await before it");
  if (Symbol.iterator in headers) return headers as Iterable<readonly [string, unknown]>;
  return Object.entries(headers);
}
