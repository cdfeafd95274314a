import { isNonce, nonce } from "../../values/slots.js";
import { readSource } from "../../values/sources.js";
import { takesOf } from "./directives.js";
import { misplaced } from "./source-list.js";
import { type Item, wireText } from "./values.js";
import { wordsInQuotes } from "./words.js";

/** A member of a list, a keyword without quotes, so that `"self"` and `"'self'"` are one source. */
export function canonicalItem(item: Item): Item {
  return typeof item === "string" ? bareWord(item) : item;
}

/** A keyword, or a word that has quotes on the wire, without them. */
export function bareWord<T extends string | true>(text: T): T | string {
  if (typeof text !== "string" || !text.startsWith("'")) return text;
  const read = readSource(text, "policy");
  if (read.kind === "keyword") return read.keyword;
  const word = text.slice(1, -1);
  return wordsInQuotes.has(word) ? word : text;
}

/** Whether a directive takes a member of the list of another. */
export function keeps(item: Item, key: string): boolean {
  const takes = takesOf(key);
  if (takes === undefined) return true;
  if (isNonce(item)) return takes.inline;
  const text = wireText(item);
  const read = text === undefined ? undefined : readSource(text, "wire");
  return read === undefined || read.kind === "fault" || misplaced(read, takes, key) === undefined;
}

/** Equal for two items that are the same source. */
export function identityOf(item: Item): unknown {
  return wireText(item) ?? (isNonce(item) ? nonce : item);
}
