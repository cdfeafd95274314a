import { PolicyError, type ReportIssue, reportUnder } from "../../errors.js";
import { nameOf, rows, takesOf } from "../../headers/content-security-policy/directives.js";
import { contentSecurityPolicy } from "../../headers/content-security-policy/index.js";
import { isSlot, type PerRequest, type PerRequestInput, perRequest } from "../../values/slots.js";
import { isNarrow, readSource, trustedSource } from "../../values/sources.js";
import { show } from "../../values/text.js";
import { stepsOf } from "./policy-path.js";
import type { DirectiveFunction, HelmetResponse } from "./types.js";

/** Reads the value of one directive into what a patch has for it. */
export function readDirective(key: string, value: unknown, report: ReportIssue): unknown {
  const members = typeof value === "string" ? [value] : isIterable(value) ? [...value] : undefined;
  const { takes } = rows[key] ?? {};
  if (members === undefined) {
    const hint = `Write a list${key === "defaultSrc" ? ", or helmet's dangerouslyDisableDefaultSrc" : ", or null to leave it out"}.`;
    return report({ path: [], code: "wrong-type", message: `${show(value)} is not a list`, hint });
  }
  if (takes === "endpoint") {
    const hint = 'Write securityHeaders(fromHelmet({ … }), { reporting: "/csp-report" }) instead, which sends the endpoint too.';
    return report({
      path: [],
      code: "unknown-endpoint",
      message: "helmet sends no Reporting-Endpoints, so browsers would report nothing",
      hint,
    });
  }
  const words = members.flatMap((member) => (typeof member === "string" ? wordsOf(member) : [member]));
  if (words.length === 0 && takes !== "flag" && takes !== "sandbox") {
    const hint = takes === "urls" ? "Write an address, or null to leave it out." : "Write [\"'none'\"], or null to leave it out.";
    return report({ path: [], message: "an empty list says nothing", hint });
  }
  return takesOf(key) === undefined
    ? readWords(key, words, report)
    : words.map((word, index) => readMember(word, reportUnder([index], report)));
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof (value as { [Symbol.iterator]?: unknown } | null | undefined)?.[Symbol.iterator] === "function";
}

/** The sources in a string: helmet accepts several, separated by spaces. */
function wordsOf(text: string): string[] {
  return text.split(/[ \t]+/).filter((word) => word !== "");
}

/** A member of a source list, as in the header: keywords are quoted, and a host may be a single label. */
function readMember(member: unknown, report: ReportIssue): unknown {
  if (typeof member === "function") return slotOf(member as DirectiveFunction["bivariant"]);
  if (isSlot(member)) return member;
  if (typeof member !== "string") {
    return report({
      path: [],
      code: "wrong-type",
      message: `${show(member)} is not a source`,
      hint: "Write a string, or a function that returns one.",
    });
  }
  const read = readSource(member, "wire");
  if (read.kind === "fault") return report({ path: [], message: read.message, hint: read.hint });
  if (read.kind === "keyword") return read.keyword;
  return readSource(read.text, "policy").kind === "fault" ? trustedSource(read.text) : read.text;
}

/** A new slot for each use: helmet calls a function once for each time that it is listed. */
function slotOf(fn: DirectiveFunction["bivariant"]): PerRequest {
  return perRequest((req: PerRequestInput, res: HelmetResponse) => {
    const given: unknown = fn(req, res);
    if (typeof given !== "string") return given as string;
    return wordsOf(given).map((word) => {
      const read = readSource(word, "wire");
      if (read.kind === "fault") throw new TypeError(`${read.message}. ${read.hint}`);
      // The application's own functions are trusted to return keywords and schemes too, as in helmet.
      return isNarrow(read) ? read.text : trustedSource(read.text);
    });
  });
}

/** Reads a directive that is not a source list, with the parser of headers. */
function readWords(key: string, words: readonly unknown[], report: ReportIssue): unknown {
  const wrong = words.findIndex((word) => typeof word !== "string" || /[;,]/.test(word));
  if (wrong >= 0) {
    const message = `${show(words[wrong])} is not allowed in ${nameOf(key)}`;
    return report({ path: [wrong], code: "wrong-type", message, hint: "Write text without ';' and ','." });
  }
  if (rows[key]?.takes === "flag" && words.length > 0) {
    return report({ path: [], message: `${nameOf(key)} takes no value`, hint: `Write ${key}: [].` });
  }
  try {
    return contentSecurityPolicy.parse([nameOf(key), ...words].join(" "), true)[key];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    for (const { code, path, message, hint } of error.issues) {
      const { index } = stepsOf(path);
      report({ code, path: index === undefined ? [] : [index], message, hint });
    }
  }
}
