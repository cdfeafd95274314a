import {
  type BareItem,
  type InnerList,
  type Item,
  type Parameters,
  parseDictionary,
  parseItem,
  parseList,
  serializeDictionary,
  serializeItem,
  Token,
} from "structured-headers";

export type { BareItem, InnerList, Item, Parameters };
export { parseDictionary, parseItem, parseList, serializeDictionary, serializeItem };

/** `name`, as an item without quotes. RFC 9651 §3.3.4. */
export function token(name: string): Item {
  return [new Token(name), new Map()];
}

/** `(a b)`. RFC 9651 §3.1.1. */
export function innerList(items: readonly Item[], parameters: Parameters = new Map()): InnerList {
  return [[...items], parameters];
}

export function isInnerList(member: Item | InnerList): member is InnerList {
  return Array.isArray(member[0]);
}

/** A token's or a string's text; undefined for numbers, dates and the rest. */
export function textOf(value: BareItem): string | undefined {
  if (value instanceof Token) return value.toString();
  return typeof value === "string" ? value : undefined;
}

export function isToken(value: BareItem): boolean {
  return value instanceof Token;
}

/** `key`: what a dictionary's members and parameters may be called. RFC 9651 §3.1.2. */
export const KEY = /^[a-z*][a-z0-9_\-.*]*$/;
