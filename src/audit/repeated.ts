import type { PolicyIssue } from "../errors.js";
import { unreachable } from "../values/never.js";
import { show } from "../values/text.js";
import { knowledgeOf } from "./headers/index.js";
import { type Readable, type Reading, type Repeated, readValue, split } from "./reading.js";

/**
 * Reads all lines of a header as browsers do.
 *
 * @param readOne reads one text; it may remember what it has read.
 */
export function readLines<T>(
  header: Readable<T>,
  lines: readonly string[],
  readOne: (header: Readable<T>, text: string) => Reading<T> = readValue,
): Reading<T> {
  if (lines.length === 0) return { kind: "absent" };
  const conflict = conflictIn(header.name, lines);
  if (conflict === undefined) return readOne(header, textInForce(repeatedOf(header.name), lines));
  const message = `${show(lines.join(", "))} contains different values, and ${conflict.effect}`;
  const issue: PolicyIssue = { code: "conflict", path: "", message, hint: "Send one of them." };
  return { kind: "broken", issues: [issue], inForce: conflict.inForce as T };
}

/** How browsers read a header that is sent several times, by its name; as a list where the header is not known here. */
export function repeatedOf(name: string): Repeated {
  return knowledgeOf(name)?.repeated ?? "list";
}

/** What a header's different values do together; undefined where browsers do not treat them specially. */
export function conflictIn(name: string, lines: readonly string[]) {
  const conflict = knowledgeOf(name)?.conflict;
  if (conflict === undefined || (lines.length === 1 && !lines[0]?.includes(","))) return undefined;
  const members = new Set(split(lines).map((part) => part.toLowerCase()));
  return members.size > 1 && conflict.words.some((word) => members.has(word)) ? conflict : undefined;
}

function textInForce(repeated: Repeated, lines: readonly string[]): string {
  switch (repeated) {
    case "first line":
      return lines[0] as string;
    case "first member":
      return split(lines)[0] as string;
    case "equal members":
      return [...new Set(split(lines).map((part) => part.toLowerCase()))].join(", ");
    case "list":
    case "one":
    case "policies":
    case "unspecified":
      return lines.length === 1 ? (lines[0] as string) : lines.join(", ");
    default:
      return unreachable(repeated);
  }
}

/** Why browsers ignore a header that is sent more than once, as the end of a sentence; undefined where they do not. */
export function ignoredTwice(name: string, lines: readonly string[], isBroken: () => boolean): string | undefined {
  if (repeatedOf(name) !== "one") return undefined;
  if (lines.length > 1) return `sent ${lines.length} times: browsers join the values, cannot read the result, and ignore the header.`;
  const several = lines[0]?.includes(",") === true && isBroken();
  return several ? "sent with several values, separated by commas: browsers cannot read it, and ignore the header." : undefined;
}
