import type { Note } from "../limits.js";
import { pathsIn, plainFetch } from "./conditions.js";
import type { Statement } from "./words.js";

/** Lines that set or remove headers of responses. */
export const headerRules = (statements: readonly Statement[]) =>
  statements.filter(
    ({ words }) => /^http-(?:after-)?response$/.test(words[0] ?? "") && /^(?:set|add|del|replace)-(?:header|value)/.test(words[1] ?? ""),
  );

/** Notes headers that HAProxy's own responses do not have, in one note. Removed headers need no note. */
export function noteEarly(statements: readonly Statement[], note: Note): void {
  const early = headerRules(statements).filter(({ words }) => words[0] === "http-response" && words[1] !== "del-header");
  const [first, ...others] = [...new Set(early.map(({ line }) => line))].sort((one, other) => one - other);
  if (first === undefined) return;
  const more =
    others.length === 0
      ? ""
      : ` (and so ${others.length === 1 ? "line" : "lines"} ${numbersText(others.map((one) => placeOf(one, note)))})`;
  note(first, `http-response does not apply to HAProxy's own responses, such as its 503: write http-after-response${more}`);
}

const placeOf = (order: number, note: Note) => note.at(order).line;

/** Names at most ten lines. */
function numbersText(lines: readonly number[]): string {
  const shown = lines.slice(0, 10).join(", ");
  return lines.length > 10 ? `${shown} and ${lines.length - 10} more` : shown;
}

/** Notes HAProxy's own responses with their own headers. */
export function noteOwnAnswers(statements: readonly Statement[], note: Note): void {
  for (const { words, line } of statements) {
    const answers = words[0] === "http-error" || (/^http-(?:request|response)$/.test(words[0] ?? "") && ANSWERS.test(words[1] ?? ""));
    const names = words.flatMap((word, at) => (word === "hdr" ? [words[at + 1] ?? ""] : []));
    if (answers && names.length > 0) note(line, `is a response with its own headers (${names.join(", ")}): not read`);
  }
}

const ANSWERS = /^(?:return|deny|tarpit|reject)$/;

/** The normalizers that the exported configuration uses. */
const NORMALIZERS = ["percent-decode-unreserved", "path-merge-slashes", "path-strip-dot", "path-strip-dotdot"];

/** The first line that matches the path as the client sent it. Undefined if the path is normalized before. */
export function askingAsSent(statements: readonly Statement[]): Statement | undefined {
  const done = new Set<string>();
  // Named ACLs and the choice of a backend are also evaluated after all http-request rules.
  const late = statements.filter(({ words }) => words[0] === "acl" || words[0] === "use_backend");
  for (const statement of [...statements, ...late]) {
    const [keyword, action = "", value = ""] = statement.words;
    if (asksPath(statement) && !NORMALIZERS.every((one) => done.has(one))) return statement;
    if (keyword !== "http-request") continue;
    if (action === "normalize-uri" && !statement.words.includes("if") && !statement.words.includes("unless")) done.add(value);
    if (action === "set-uri") done.clear();
  }
  return undefined;
}

function asksPath(statement: Statement): boolean {
  const [, action = "", ...expression] = statement.words;
  if (action.startsWith("set-var(")) return plainFetch(expression[0] ?? "") === "path";
  return pathsIn(statement).some(({ variable }) => !variable);
}

export const AS_SENT =
  'matches the path as the client sent it: "//admin/" and "/%61dmin/" do not match /admin/. Read as if they did: put http-request normalize-uri first';
