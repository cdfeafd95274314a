import { isPromise, show, shown, trimmed } from "../values/text.js";

/** Headers that came in: a Fetch `Headers`, pairs, Node's `res.getHeaders()`, or Node's flat `rawHeaders`. */
export type HeadersInput =
  | Iterable<readonly [name: string, value: string]>
  | readonly string[]
  | Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** Header lines in the order in which they came. */
export interface IncomingHeaders {
  /** A line for each occurrence of a header; values without spaces and tabs around them. */
  readonly lines: readonly HeaderLine[];
  /** Names of headers whose value is neither a string nor a number. */
  readonly odd: readonly string[];
}

export type HeaderLine = readonly [name: string, value: string];

/** More than any server or client accepts. */
const MOST_LINES = 10_000;

/**
 * Reads headers in every form that platforms have. Values are not checked.
 *
 * @throws {TypeError} for anything else, and for more than 10,000 lines ({@link isRefusal} recognises this error); an error thrown by a getter is not caught.
 */
export function incomingHeaders(input: unknown): IncomingHeaders {
  const lines: HeaderLine[] = [];
  const odd: string[] = [];
  for (const entry of entriesOf(input)) {
    if (!Array.isArray(entry)) throw refusal(`${shown(entry)} is not a pair of a name and a value`);
    const [name, value] = entry as readonly unknown[];
    for (const one of Array.isArray(value) ? value : [value]) {
      if (lines.length >= MOST_LINES) throw refusal(`there are more than ${MOST_LINES} header lines`);
      if (typeof one === "string" || typeof one === "number") lines.push([String(name), trimmed(String(one))]);
      else if (one !== undefined) odd.push(String(name));
    }
  }
  return { lines, odd };
}

const refusals = new WeakSet<object>();

function refusal(message: string): TypeError {
  const error = new TypeError(message);
  refusals.add(error);
  return error;
}

/** Whether {@link incomingHeaders} threw this error to refuse its argument; false for an error thrown by a getter. */
export function isRefusal(error: unknown): error is TypeError {
  return typeof error === "object" && error !== null && refusals.has(error);
}

function entriesOf(input: unknown): Iterable<unknown> {
  if (typeof input !== "object" || input === null) throw refusal(`${show(input)} is not a set of headers`);
  if (isPromise(input)) throw refusal("a promise is not a set of headers: write await before it");
  if (Array.isArray(input) && input.length % 2 === 0 && input.every((one) => typeof one === "string")) return pairsOf(input);
  return Symbol.iterator in input ? (input as Iterable<unknown>) : Object.entries(input);
}

/** Node's `rawHeaders`: name, value, name, value. */
function pairsOf(raw: readonly string[]): readonly (readonly string[])[] {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] as string]] : []));
}

/** The values of each header, by its name in lower case. */
export function byName(lines: readonly HeaderLine[]): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    const list = values.get(key);
    if (list === undefined) values.set(key, [value]);
    else list.push(value);
  }
  return values;
}
