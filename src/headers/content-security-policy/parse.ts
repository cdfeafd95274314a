import parseContentSecurityPolicy from "content-security-policy-parser";
import { issueCollector, type Path, policyError, type ReportIssue } from "../../errors.js";
import { checkShape } from "../../values/schema.js";
import { nonce } from "../../values/slots.js";
import { readSource, trustedSource } from "../../values/sources.js";
import { didYouMean, isFieldValue, show, trimmed } from "../../values/text.js";
import { directiveSchema } from "./directive-schemas.js";
import { deprecated, keyOfName, rows, takesOf } from "./directives.js";
import type { Directives, DirectiveValue, Item } from "./values.js";
import { quotedWords } from "./words.js";

function fail(path: Path, message: string, hint: string): never {
  throw policyError("invalid-value", path, message, hint);
}

/**
 * Reads a field value.
 *
 * @param written whether the text is part of a policy: then a list without a source, a nonce and what is on trial are refused.
 * @throws {PolicyError} with all that is wrong, source by source.
 */
export function parsePolicy(text: string, written = false): Directives {
  if (!isFieldValue(trimmed(text, " ")))
    fail([], `${show(text)} is not a policy`, text.trim() === "" ? SOME : "Write visible ASCII on one line.");
  if (text.includes(",")) {
    fail([], `${show(text)} contains a ',', which begins another policy`, "End a directive with ';'; in a path, write %2C.");
  }
  const parsed = parseContentSecurityPolicy(text.trim().replace(/\s+/g, " "));
  const parts = text.split(";").filter((part) => part.trim() !== "");
  if (parts.length > parsed.size) {
    const names = parts.map((part) => (part.trim().split(/\s/)[0] ?? "").toLowerCase());
    const seen = new Set<string>();
    const twice = names.find((name) => seen.size === seen.add(name).size);
    fail([], `${show(twice)} is written twice, and browsers drop the second`, "Write one list.");
  }
  if (parsed.size === 0) fail([], `${show(text)} contains no directive`, SOME);
  const { report, throwIfAny } = issueCollector();
  const directives = [...parsed].flatMap(([name, values]) => parseDirective(name, values, written, report));
  throwIfAny();
  return Object.fromEntries(directives);
}

const SOME = "Write a directive such as default-src 'self', or false for no header.";

/** What to write for a name that is not a directive. */
function hintForName(name: string, written: boolean): string {
  if (name.startsWith("content-security-policy")) return "Leave out the header's name.";
  return deprecated.get(name) ?? (didYouMean(name, [...keyOfName.keys()]) || (written ? SOME : "Take it out."));
}

/** One entry, or none where the name is not a directive. Reports all that is wrong, source by source. */
function parseDirective(
  name: string,
  values: readonly string[],
  written: boolean,
  report: ReportIssue,
): [key: string, value: DirectiveValue][] {
  const key = keyOfName.get(name);
  if (key === undefined) {
    const message = deprecated.has(name) ? `${show(name)} is deprecated` : `${show(name)} is not a directive`;
    report({ path: [], code: "unknown-name", message, hint: hintForName(name, written) });
    return [];
  }
  // The index of each member in the text: broken members are left out of the list.
  const places: number[] = [];
  const reportPlaced: ReportIssue = (issue) => {
    const [index, ...rest] = issue.path;
    report({ ...issue, path: [key, ...(typeof index === "number" ? [places[index] ?? index] : issue.path.slice(0, 1)), ...rest] });
  };
  const members = values.flatMap((value, index) => {
    const member = takesOf(key) === undefined ? parseWord(key, value, index, report) : parseSource(key, value, index, written, report);
    if (member !== undefined) places.push(index);
    return member ?? [];
  });
  if (members.length === 0 && values.length > 0) return [];
  const value = valueOfMembers(key, members, written);
  checkShape(directiveSchema(key), value, [], reportPlaced);
  return [[key, value]];
}

function valueOfMembers(key: string, members: readonly Item[], written: boolean): DirectiveValue {
  const takes = rows[key]?.takes ?? "";
  if (takes === "flag" && members.length === 0) return true;
  // An empty list in a header allows nothing; in a policy it is an error.
  if (members.length === 0 && !written && (takesOf(key) !== undefined || takes === "trustedTypes")) return ["none"];
  return (takes === "webrtc" || takes === "endpoint") && members.length === 1 ? (members[0] as string) : members;
}

function parseWord(key: string, value: string, index: number, report: ReportIssue): string | undefined {
  const quoted = quotedWords(key);
  if (quoted.includes(value.toLowerCase())) {
    report({
      path: [key, index],
      message: `${show(value)} is not quoted, and browsers read it as something else`,
      hint: `Write '${value}'.`,
    });
    return undefined;
  }
  return quoted.find((word) => `'${word}'` === value.toLowerCase()) ?? value;
}

function parseSource(key: string, value: string, index: number, written: boolean, report: ReportIssue): Item | undefined {
  const read = readSource(value, "wire");
  const refuse = (message: string, hint: string): undefined => {
    report({ path: [key, index], message, hint });
  };
  if (read.kind === "fault") return refuse(read.message, read.hint);
  if (read.kind === "keyword") return read.keyword;
  if (read.kind === "nonce") {
    if (written) {
      return refuse(`${show(value)} is a nonce written as text`, "Write the directives as an object, with the slot nonce in the list.");
    }
    // A nonce of one response becomes the slot: the next response has another.
    return nonce;
  }
  const asWritten = readSource(value, "policy");
  // Text in a policy has to be right, and a source on trial written on purpose; what a server already sends is only read.
  if (written && (read.kind === "trial" || read.kind === "hash") && asWritten.kind === "fault")
    return refuse(asWritten.message, asWritten.hint);
  return asWritten.kind === "fault" ? trustedSource(read.text) : read.text;
}
