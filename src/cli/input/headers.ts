import type { AuditContext } from "../../audit/index.js";
import { type HeaderLine, incomingHeaders } from "../../policy/incoming.js";
import { show } from "../../values/text.js";
import { Failure } from "../failure.js";
import { LONGEST_HEADERS, MOST_LINES, MOST_MISTAKES } from "../limits.js";
import { objectIn } from "./json.js";

/** Headers that were written down, such as the output of `curl -I`. */
export interface WrittenHeaders {
  readonly headers: readonly HeaderLine[];
  /** Of the status line; undefined without one. */
  readonly status: number | undefined;
  /** The page behind them, as `curl -i` prints it; undefined without one. */
  readonly html: string | undefined;
}

/** What an audit takes besides the headers: a response with its status line is whole, and has no cookies but those. */
export function contextOf({ headers, status, html }: WrittenHeaders): AuditContext {
  return { ...(status !== undefined && { status, cookies: cookiesOf(headers) }), ...(html !== undefined && { html }) };
}

/** Every Set-Cookie field value. */
export const cookiesOf = (headers: readonly HeaderLine[]): readonly string[] =>
  headers.flatMap(([name, value]) => (name.toLowerCase() === "set-cookie" ? [value] : []));

/**
 * Reads headers: lines as `curl -I` and `curl -i` print them, or a JSON object of names and values.
 *
 * @param name the file, as errors name it.
 * @throws {Failure} with every line that is not a header.
 */
export function readHeaders(text: string, name: string): WrittenHeaders {
  const found = objectIn(text);
  if (found === undefined ? /^\s*\[/.test(text) : !isHeaderObject(text))
    throw new Failure([`${name} has JSON without the names of headers. ${WRITE_LINES}`], 1, JSON_FORMS);
  return found === undefined ? readHeaderLines(text, name) : readHeaderObject(found, name);
}

/** Whether a text is a JSON object of headers: their names have dashes, and the keys of a policy do not. */
export function isHeaderObject(text: string): boolean {
  return Object.keys(objectIn(text) ?? {}).some((key) => key.includes("-"));
}

const STATUS = /^HTTP\/\d(?:\.\d)? (\d{3})(?: .*)?$/i;
const HEADER = /^([!#$%&'*+\-.^_`|~\w]+):(.*)$/s;
const WRITE_LINES = "Write lines such as X-Frame-Options: DENY, as curl -I prints them.";

/** What JSON may be here. */
const JSON_FORMS = 'In JSON, headers are an object such as { "X-Frame-Options": "DENY" }; a file with a policy has the extension .json.';

const BLANK = /^\s*$/;

/** Of several responses, as `curl -IL` prints them, the last. */
function readHeaderLines(text: string, name: string): WrittenHeaders {
  let headers: [string, string][] = [];
  let status: number | undefined;
  let ended = true;
  const wrong: string[] = [];
  const lines = text.split(/\r?\n/);
  const end = bodyStart(lines) ?? lines.length;
  for (const [index, line] of lines.slice(0, end).entries()) {
    const [whole, code] = STATUS.exec(line) ?? [];
    const [, key, value = ""] = HEADER.exec(line) ?? [];
    if (line.trim() === "") ended = true;
    else if (whole !== undefined || key !== undefined) {
      if (ended || whole !== undefined) [headers, status] = [[], undefined];
      ended = false;
      if (key === undefined) status = Number(code);
      else headers.push([key, value.trim()]);
    } else if (/^[ \t]/.test(line) && headers.length > 0 && !ended) {
      // A folded line continues the one before, RFC 9112 §5.2.
      const last = headers.at(-1) as [string, string];
      last[1] = `${last[1]} ${line.trim()}`.trim();
    } else wrong.push(`${name}:${index + 1}: ${show(line)} is not a header.`);
  }
  if (wrong.length > 0) throw new Failure(wrong.slice(0, MOST_MISTAKES), 1, WRITE_LINES);
  if (headers.length === 0) throw new Failure([`${name} has no headers. ${WRITE_LINES}`]);
  return { headers: checkSize(headers, name), status, html: pageIn(headers, lines.slice(end)) };
}

/**
 * The index of the first line of a body: what follows the blank line after a response with a status line, and is not the next response, as after
 * a redirect or 100 Continue. Undefined where there is none.
 */
export function bodyStart(lines: readonly string[]): number | undefined {
  let place: "before" | "headers" | "between" = "before";
  for (const [index, line] of lines.entries()) {
    if (BLANK.test(line)) place = place === "before" ? place : "between";
    else if (place === "headers") continue;
    else if (STATUS.test(line)) place = "headers";
    else return place === "between" ? index : undefined;
  }
  return undefined;
}

/** The body, where its type is that of a page. */
function pageIn(headers: readonly HeaderLine[], body: readonly string[]): string | undefined {
  const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  return body.length > 0 && /^(?:text\/html|application\/xhtml\+xml)\b/i.test(type) ? body.join("\n") : undefined;
}

/** A header that is sent several times is a list. */
function readHeaderObject(found: object, name: string): WrittenHeaders {
  if (sizeOf(found) > MOST_LINES) throw tooMany(name);
  const { lines, odd } = incomingHeaders(Object.entries(found));
  if (odd.length > 0) {
    const message = (key: string) => `${name}: ${show(key)} has a value that is neither a string nor a number.`;
    throw new Failure([...new Set(odd)].slice(0, MOST_MISTAKES).map(message));
  }
  return { headers: checkSize(lines, name), status: undefined, html: undefined };
}

const sizeOf = (found: object) => Object.values(found).reduce((sum, value) => sum + (Array.isArray(value) ? value.length : 1), 0);

const tooMany = (name: string) => new Failure([`${name} has more than ${MOST_LINES} header lines.`]);

/** The limits of a response that is fetched. */
function checkSize(headers: readonly HeaderLine[], name: string): readonly HeaderLine[] {
  if (bytesOf(headers) > LONGEST_HEADERS) throw new Failure([`${name}: its headers are longer than 64 kB.`]);
  if (headers.length > MOST_LINES) throw tooMany(name);
  return headers;
}

/** Bytes of header lines on the wire, with `: ` and the line break. */
export function bytesOf(headers: readonly HeaderLine[]): number {
  return headers.reduce((sum, [key, value]) => sum + key.length + value.length + 4, 0);
}
