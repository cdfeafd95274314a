import { issueCollector, PolicyError, type PolicyIssue, type ReportIssue } from "../errors.js";
import { plain } from "../values/own.js";
import { trimmed } from "../values/text.js";

/** A header of the registry, as far as reading goes. */
export interface Readable<T> {
  readonly name: string;
  readonly parse: (text: string) => T;
  readonly read?: (text: string, report: ReportIssue) => T;
}

/** A header, as browsers read it. */
export type Reading<T> =
  | { readonly kind: "absent" }
  /** `inForce`: what browsers do all the same; undefined where they go on as if the header were not there. */
  | { readonly kind: "broken"; readonly issues: readonly PolicyIssue[]; readonly inForce?: T }
  /** `issues`: members that browsers ignore. */
  | { readonly kind: "read"; readonly value: T; readonly issues: readonly PolicyIssue[] };

/** Reads one text. */
export function readValue<T>({ parse, read }: Pick<Readable<T>, "parse" | "read">, text: string): Reading<T> {
  const { issues, report } = issueCollector();
  try {
    const value = read === undefined ? parse(text) : read(text, report);
    return { kind: "read", value: plain(value), issues };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { kind: "broken", issues: error.issues };
  }
}

/**
 * How browsers read a header that is sent several times:
 * - `"list"`: the lines are one list or dictionary, joined with a comma. RFC 9110 §5.2.
 * - `"one"`: the same, but the result cannot be read, not even where all values are equal, and the header is ignored. RFC 9651 §4.2.
 * - `"first line"`: the other lines are ignored.
 * - `"first member"`: so are the members behind a comma.
 * - `"equal members"`: equal values count as one, and different ones as an error.
 * - `"policies"`: every line, and every member, is a policy of its own. CSP3 §2.2.2.
 * - `"unspecified"`: no specification says; the joined value is read.
 */
export type Repeated = "list" | "one" | "first line" | "first member" | "equal members" | "policies" | "unspecified";

/** Splits at commas: "get, decode, and split" of Fetch §2.2.2, for values without quotes. */
export const split = (lines: readonly string[]) => lines.flatMap((line) => line.split(",").map((part) => trimmed(part)));
