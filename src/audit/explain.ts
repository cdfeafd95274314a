import { cspPolicies, MOST_POLICIES } from "../headers/content-security-policy/wire.js";
import { headerNamed, type Registered } from "../headers/index.js";
import type { HeadersInput } from "../policy/parse.js";
import type { Policy } from "../policy/policy.js";
import { deepFreeze } from "../values/freeze.js";
import { explainPolicy } from "./explain-policy.js";
import { ENFORCED } from "./headers/content-security-policy/index.js";
import { knowledgeOf, unregisteredKnowledge } from "./headers/index.js";
import type { HeaderKnowledge } from "./headers/knowledge.js";
import { conflictIn, ignoredTwice, readLines } from "./repeated.js";
import { overruledBy } from "./rules/frame-options-overruled.js";
import { readHeader, readOnce, readSubject, type Subject } from "./subject.js";

/** A header, and what browsers do with it. */
export interface Explained {
  /** As it was written, in any case. */
  readonly header: string;
  readonly value: string;
  /** One or more plain sentences; of a CSP, what the header does. */
  readonly text: string;
  /** The directives of a CSP, in the order in which they are written. */
  readonly directives: readonly { readonly directive: string; readonly text: string }[];
}

/**
 * Says in plain sentences what each header does, and each directive of a CSP.
 *
 * @param subject a policy, or the headers of a response: an object as Node has it, pairs, or a Fetch `Headers`.
 * @returns frozen plain data, one entry for every value; headers that do not concern security, such as `Date`, have none.
 * @throws {PolicyError} where the subject is of the wrong type; a broken header is explained as broken.
 */
export function explain(subject: Policy | HeadersInput): readonly Explained[] {
  const read = readSubject("explain", subject, undefined);
  // Names in different spelling are one header.
  const names = new Map<string, string>();
  for (const name of read.names) if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
  return deepFreeze([...names.values()].flatMap((header) => explainHeader(header, read)));
}

const NOT_KNOWN = "What this header does is not known here.";
const REPORT_ONLY = " Report-only: nothing is blocked.";

function explainHeader(header: string, subject: Subject): readonly Explained[] {
  const lines = subject.values(header.toLowerCase());
  const row = (value: string, text: string): Explained => ({ header, value, text, directives: [] });
  const registered = headerNamed(header);
  if (registered === undefined) {
    const say = unregisteredKnowledge(header)?.explain;
    const note = header.toLowerCase().endsWith("-report-only") ? REPORT_ONLY : "";
    return say === undefined ? [] : lines.map((value) => row(value, say(value) + note));
  }
  const knowledge = knowledgeOf(header);
  if (knowledge === undefined) return lines.map((value) => row(value, NOT_KNOWN));
  if (knowledge.repeated === "policies") return lines.flatMap((value) => explainPolicies(header, value, registered, subject));
  const note = registered.reportOnly ? REPORT_ONLY : "";
  return lines.map((value, line) => {
    if (knowledge.repeated === "list" && line > 0) return row(value, "Part of one list with the first line: see there.");
    return row(value, explainLine(line, registered, knowledge, subject) + note);
  });
}

function explainLine(line: number, { name, header }: Registered, knowledge: HeaderKnowledge, subject: Subject): string {
  const lines = subject.values(name.toLowerCase());
  const together = explainTogether(line, name, header, knowledge, subject);
  if (together !== undefined) return together;
  const text = knowledge.repeated === "list" ? lines.join(", ") : (lines[line] as string);
  return knowledge.explain(
    readLines<unknown>(header, [text], (one, value) => readOnce(subject, one, value)),
    text,
  );
}

/** What several lines, or values, of one header do together, where each alone would be explained differently. */
function explainTogether(
  line: number,
  name: string,
  header: Registered["header"],
  { repeated }: HeaderKnowledge,
  subject: Subject,
): string | undefined {
  const lines = subject.values(name.toLowerCase());
  const ancestors = name === "X-Frame-Options" ? overruledBy(subject) : undefined;
  if (ancestors !== undefined) return `Ignored: browsers use frame-ancestors ${ancestors} instead.`;
  const reading = readHeader<unknown>(subject, header.name === name ? header : { ...header, name });
  const ignored = ignoredTwice(name, lines, () => reading.kind === "broken");
  if (ignored !== undefined) return `${ignored.charAt(0).toUpperCase()}${ignored.slice(1)}`;
  const conflict = conflictIn(name, lines);
  if (conflict !== undefined) return `The values differ, and ${conflict.effect}.`;
  const firstCounts = repeated === "first line" || repeated === "first member";
  return firstCounts && line > 0 ? "Ignored: browsers read only the first line." : undefined;
}

/** One line of a Content-Security-Policy: a row for each of its policies. */
function explainPolicies(header: string, value: string, { name, reportOnly }: Registered, subject: Subject): readonly Explained[] {
  const text = countText(name, reportOnly, subject) + (reportOnly ? "Violations are reported; nothing is blocked." : ENFORCED);
  const policies = cspPolicies(value);
  const texts = policies.length < 2 ? [value] : policies.map((policy) => policy.text);
  return texts.map((one) => ({ header, value: one, text, directives: explainPolicy(one, reportOnly) }));
}

function countText(name: string, reportOnly: boolean, { enforced, unjudged }: Subject): string {
  if (reportOnly || enforced.length < 2) return "";
  const count = unjudged.includes(name) ? `more than ${MOST_POLICIES}` : enforced.length;
  return `One of ${count} policies, all of which have to allow a request. `;
}
