import { trimmed } from "./text.js";

/** One Set-Cookie, taken apart as browsers do. RFC 6265bis §5.6. */
export interface SetCookie {
  /** Empty where the pair has no `=`. */
  readonly name: string;
  /** The whole pair where it has no `=`. */
  readonly value: string;
  /** By their names in lower case; of one that is repeated the last counts. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** Of an attribute's value, in octets: a longer one is ignored. RFC 6265bis §5.6. */
const LONGEST_ATTRIBUTE = 1024;

/**
 * Reads the text of a Set-Cookie. Blanks are space and tab: to a browser any other white space is a part of the name.
 *
 * @param line never makes it throw.
 */
export function readSetCookie(line: string): SetCookie {
  const [pair = "", ...rest] = line.split(";");
  const equals = pair.indexOf("=");
  const attributes = new Map(rest.map(readAttribute).filter(([, value]) => value.length <= LONGEST_ATTRIBUTE));
  return { name: trimmed(pair.slice(0, Math.max(0, equals))), value: trimmed(pair.slice(equals + 1)), attributes };
}

function readAttribute(text: string): readonly [name: string, value: string] {
  const equals = text.indexOf("=");
  return equals < 0 ? [trimmed(text).toLowerCase(), ""] : [trimmed(text.slice(0, equals)).toLowerCase(), trimmed(text.slice(equals + 1))];
}

/** Whether browsers recognise this SameSite value, case-insensitively. RFC 6265bis §5.6.7. */
export function isKnownSameSite(value: string): boolean {
  return ["strict", "lax", "none"].includes(value.toLowerCase());
}
