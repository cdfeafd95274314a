import { show } from "../values/text.js";
import { Failure } from "./failure.js";
import { LONGEST_HEADERS, MOST_LINES } from "./limits.js";
import type { Line } from "./site.js";

/** What `curl -I` printed. */
export interface HeadersFile {
  readonly headers: readonly Line[];
  /** Of the status line, where there is one. */
  readonly status: number | undefined;
}

const STATUS = /^HTTP\/\d(?:\.\d)? (\d{3})(?: .*)?$/i;
const HEADER = /^([!#$%&'*+\-.^_`|~\w]+):(.*)$/s;

/**
 * Reads header lines, as `curl -I` prints them: of several answers, as `curl -IL` has them, the last.
 *
 * @param name how the file is called in an error.
 * @throws {Failure} with every line that is no header.
 */
export function readHeaderLines(text: string, name: string): HeadersFile {
  let headers: [string, string][] = [];
  let status: number | undefined;
  let over = true;
  const wrong: string[] = [];
  for (const [index, line] of text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    const [whole, code] = STATUS.exec(line) ?? [];
    const [, key, value = ""] = HEADER.exec(line) ?? [];
    if (line.trim() === "") over = true;
    else if (whole !== undefined || key !== undefined) {
      if (over || whole !== undefined) [headers, status] = [[], undefined];
      over = false;
      if (key === undefined) status = Number(code);
      else headers.push([key, value.trim()]);
    } else if (/^[ \t]/.test(line) && headers.length > 0 && !over) {
      // The rest of the line before, RFC 9112 §5.2.
      const last = headers.at(-1) as [string, string];
      last[1] = `${last[1]} ${line.trim()}`.trim();
    } else wrong.push(`${name}:${index + 1}: ${show(line)} is no header.`);
  }
  if (wrong.length > 0) throw new Failure(wrong.slice(0, 5), 1, "Write lines such as X-Frame-Options: DENY, as curl -I prints them.");
  if (headers.length === 0)
    throw new Failure([`${name} has no headers. Write lines such as X-Frame-Options: DENY, as curl -I prints them.`]);
  return { headers: within(headers, name), status };
}

/** Reads an object of names and values; what stands twice is a list. */
export function readHeaderObject(found: object, name: string): HeadersFile {
  const entries = Object.entries(found);
  const wrong = entries.filter(([, value]) => ![value].flat().every((one) => typeof one === "string" || typeof one === "number"));
  if (wrong.length > 0)
    throw new Failure(wrong.slice(0, 5).map(([key, value]) => `${name}: ${show(key)} is ${show(value)}, no header's value.`));
  const headers = entries.flatMap(([key, value]) => [value].flat().map((one): Line => [key, String(one)]));
  return { headers: within(headers, name), status: undefined };
}

/** As many as an answer may have that is fetched. */
function within(headers: readonly Line[], name: string): readonly Line[] {
  const size = headers.reduce((sum, [key, value]) => sum + key.length + value.length + 4, 0);
  if (size > LONGEST_HEADERS) throw new Failure([`${name}: its headers are longer than 64 kB.`]);
  if (headers.length > MOST_LINES) throw new Failure([`${name} has more than ${MOST_LINES} lines of headers.`]);
  return headers;
}
