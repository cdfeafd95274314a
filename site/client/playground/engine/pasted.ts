import type { AuditContext } from "../../../../src/audit/index.js";
import { Failure } from "../../../../src/cli/failure.js";
import { bodyStart, contextOf, isHeaderObject, readHeaders } from "../../../../src/cli/input/headers.js";
import { isPreset } from "../../../../src/cli/input/presets.js";
import { errorNote } from "../../../../src/cli/way-text.js";
import { nameOf, rows } from "../../../../src/headers/content-security-policy/directives.js";
import { headerNamed } from "../../../../src/headers/index.js";
import type { HeaderLine, HeadersInput } from "../../../../src/policy/incoming.js";
import type { Policy } from "../../../../src/policy/policy.js";
import { MOST_DIRECTIVES, MOST_WORDS } from "../limits.js";
import { linesOf, type Read, readPolicy } from "./policy.js";

/** What a pasted text is: what `audit`, `explain` and `compare` take. */
export interface Pasted {
  readonly kind: "headers" | "csp" | "policy";
  readonly input: Policy | HeadersInput;
  /** Its header lines; of a policy with `…` in place of a nonce. */
  readonly headers: readonly HeaderLine[];
  readonly status: number | undefined;
  /** What is audited besides the headers. */
  readonly context: AuditContext;
  /** Of a policy file: what it adds on some paths. */
  readonly routes: Read["routes"];
  /** What of the text was left out, as sentences. */
  readonly notes: readonly string[];
}

/** What the text is called in messages. */
const NAME = "text";

const NAMES: ReadonlySet<string> = new Set(Object.keys(rows).map(nameOf));

/**
 * Recognises a pasted text: a preset's name or a policy in JSON, a Content-Security-Policy alone, or headers as curl, a browser or a JSON
 * object has them.
 *
 * @throws {PolicyError} {Failure} where the text is none of these.
 */
export function readPasted(text: string): Pasted {
  const pasted = readKind(text);
  checkSize(pasted.headers);
  return pasted;
}

/**
 * Refuses headers that would stop the page for seconds.
 *
 * @throws {Failure}
 */
export function checkSize(headers: readonly HeaderLine[]): void {
  const values = headers.map(([, value]) => value).join("\n");
  const counts = [
    [values.split(";").length, MOST_DIRECTIVES, "directives"],
    [values.split(/[\s,]+/).length, MOST_WORDS, "words"],
  ] as const;
  for (const [count, most, what] of counts) {
    if (count > most)
      throw new Failure([`The headers have ${count} ${what}, and at most ${most} are read here.`], 1, "The command line reads more.");
  }
}

function readKind(text: string): Pasted {
  const word = text.trim();
  if (isPreset(word) || (/^[{["]/.test(word) && !isHeaderObject(word))) {
    const { policy, routes } = readPolicy(text);
    return { kind: "policy", input: policy, headers: linesOf(policy), status: undefined, context: {}, routes, notes: [] };
  }
  const csp = cspIn(word);
  if (csp !== undefined) {
    const headers: readonly HeaderLine[] = [["Content-Security-Policy", csp]];
    return { kind: "csp", input: headers, headers, status: undefined, context: {}, routes: [], notes: [] };
  }
  const { lines, notes } = withoutBody(text);
  const read = readHeaders(pairedLines(lines).join("\n"), NAME);
  const { headers, status } = read;
  const context = contextOf(read);
  const note = errorNote({ name: "The server", context });
  return { kind: "headers", input: headers, headers, status, context, routes: [], notes: note === undefined ? notes : [note, ...notes] };
}

/** The policy of a text that begins with a directive; of several lines, as one. */
function cspIn(text: string): string | undefined {
  const [first = ""] = /^[^\s;:]*/.exec(text) ?? [];
  return NAMES.has(first.toLowerCase()) || /^[a-z]+-src$/i.test(first) ? joined(text) : undefined;
}

/** Lines as one, with one space between two words of different lines. */
function joined(text: string): string {
  return text
    .split(/[\r\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");
}

const HEADER = /^[!#$%&'*+\-.^_`|~\w]+:/;
const STATUS = /^HTTP\/\d/i;

/** What `curl -i` prints below the headers is no header. */
function withoutBody(text: string): { readonly lines: readonly string[]; readonly notes: readonly string[] } {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const end = bodyStart(lines);
  if (end === undefined) {
    const isResponse = STATUS.test(lines.find((line) => line.trim() !== "") ?? "");
    return { lines: isResponse ? lines : lines.filter((line) => !PSEUDO.test(line)), notes: [] };
  }
  const left = lines.slice(end).filter((line) => line.trim() !== "").length;
  return { lines: lines.slice(0, end), notes: [`The body below the headers is left out (${left} ${left === 1 ? "line" : "lines"}).`] };
}

/** `:status: 200`, as some developer tools show it. */
const PSEUDO = /^:\w+(?::|$)/;

/** Developer tools that copy a name and its value as two lines: the pairs as headers. */
function pairedLines(lines: readonly string[]): readonly string[] {
  const written = lines.filter((line) => line.trim() !== "");
  const isPaired =
    written.length > 1 &&
    written.length % 2 === 0 &&
    written.every((line, index) => index % 2 === 1 || /^[\w-]+:?$/.test(line.trim())) &&
    written.some((line, index) => index % 2 === 0 && headerNamed(line.trim().replace(/:$/, "")) !== undefined);
  if (!isPaired || written.every((line) => HEADER.test(line) && !/:$/.test(line.trim()))) return lines;
  return written.flatMap((line, index) =>
    index % 2 === 0 ? [`${line.trim().replace(/:$/, "")}: ${(written[index + 1] as string).trim()}`] : [],
  );
}
