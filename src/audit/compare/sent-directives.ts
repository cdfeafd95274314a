import { keyOfName, rows, takesOf } from "../../headers/content-security-policy/directives.js";
import { type Directives, wireWord } from "../../headers/content-security-policy/index.js";
import type { DirectiveValue, Item } from "../../headers/content-security-policy/values.js";
import type { CspPolicy } from "../../headers/content-security-policy/wire.js";
import { unreachable } from "../../values/never.js";
import { nonce } from "../../values/slots.js";
import { readSource, trustedSource } from "../../values/sources.js";
import { sourcePart } from "../sources/source-part.js";

/** `directive-name`, CSP3 §2.3: browsers drop a directive with any other name. */
const DIRECTIVE_NAME = /^[a-z0-9-]+$/;

/**
 * A policy that was sent, in the form of one that somebody writes, without what browsers ignore. CSP3 §2.2.1, §2.3.1. A directive that
 * is not known here keeps its wire name, which is no key of another.
 */
export function directivesOf({ written }: CspPolicy): Directives {
  return Object.fromEntries(
    [...written].flatMap(([name, values]) => {
      const key = keyOfName.get(name);
      if (key !== undefined) return [[key, directiveValue(key, values)] as const];
      return DIRECTIVE_NAME.test(name) ? [[name, values] as const] : [];
    }),
  );
}

function directiveValue(key: string, values: readonly string[]): DirectiveValue {
  if (takesOf(key) !== undefined) {
    const items = values.flatMap(itemsOf);
    // Beside other sources 'none' matches nothing.
    const some = items.length > 1 ? items.filter((item) => item !== "none") : items;
    return some.length === 0 ? ["none"] : some;
  }
  switch (rows[key]?.takes) {
    case "flag":
      return true;
    case "webrtc":
      return values.join(" ");
    case "endpoint":
      return values[0] ?? "";
    case "sandbox":
      return values.map((word) => word.toLowerCase());
    case "trustedTypes":
      return values.map((value) => (/^'[a-z-]+'$/i.test(value) ? value.toLowerCase() : value));
    default:
      return values;
  }
}

function itemsOf(value: string): readonly Item[] {
  const text = sourcePart(value);
  const source = readSource(text, "wire");
  switch (source.kind) {
    case "fault":
      return source.unknownKind ? [trustedSource(text)] : [];
    case "keyword":
      return [source.keyword];
    case "nonce":
      return [nonce];
    case "hash":
    case "host":
    case "scheme":
    case "trial":
      return [trustedSource(source.text)];
    default:
      return unreachable(source);
  }
}

/** A policy that somebody wrote, with quotes around the words that have them on the wire: without, they are names. */
export function asSent(written: Directives): Directives {
  return Object.fromEntries(
    Object.entries(written).map(([key, value]) => [key, takesOf(key) === undefined ? quotedIn(key, value) : value]),
  );
}

function quotedIn(key: string, value: DirectiveValue): DirectiveValue {
  if (value === true) return value;
  return typeof value === "string" ? wireWord(key, value) : value.map((word) => wireWord(key, word as string));
}
