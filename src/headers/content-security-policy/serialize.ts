import { policyError } from "../../errors.js";
import { isNonce, isPerRequest, nonce, type Slot } from "../../values/slots.js";
import { isNarrow } from "../../values/sources.js";
import { show } from "../../values/text.js";
import type { DynamicPart, FieldValue } from "../header.js";
import { nameOf, takesOf } from "./directives.js";
import { misplaced } from "./source-list.js";
import { type Directives, type DirectiveValue, readItem, wireText } from "./values.js";
import { wireWord } from "./words.js";

/** A policy as a field value; `header` is its key, for the errors of slots. */
export function serializePolicy(options: Directives, header: string): FieldValue {
  const parts: (string | DynamicPart)[] = [];
  for (const [key, value] of Object.entries(options)) {
    if (parts.length > 0) parts.push("; ");
    parts.push(nameOf(key), ...serializeDirective(header, key, value));
  }
  return joinText(parts);
}

function serializeDirective(header: string, key: string, value: DirectiveValue): (string | DynamicPart)[] {
  if (value === true) return [];
  if (typeof value === "string") return [` ${wireWord(key, value)}`];
  const allDynamic = value.length > 0 && value.every(isPerRequest);
  if (allDynamic) return [dynamicPart(header, key, value as readonly Slot[], " 'none'")];
  return value.flatMap((item) => {
    if (isNonce(item)) return [" 'nonce-", noncePart, "'"];
    if (isPerRequest(item)) return dynamicPart(header, key, [item], "");
    return ` ${takesOf(key) === undefined ? wireWord(key, item as string) : wireText(item)}`;
  });
}

/** The nonce: one and the same object in every list, by which `fill` recognises it. */
export const noncePart: DynamicPart = { slots: [nonce], path: ["nonce"], join: ([values]) => String(values?.[0]) };

/** The slots of one directive; `whenEmpty` is written if none of them returns a source. */
function dynamicPart(header: string, key: string, slots: readonly Slot[], whenEmpty: string): DynamicPart {
  return {
    slots,
    path: [header, key],
    join(values) {
      const texts = values.flatMap((list) => list.map((item) => slotText(header, key, item)));
      return texts.length === 0 ? whenEmpty : ` ${texts.join(" ")}`;
    },
  };
}

/** Checks what a perRequest function returned like a source in a policy; plain text may come from the request. */
function slotText(header: string, key: string, item: unknown): string {
  const takes = takesOf(key);
  const given = readItem(item);
  const fail = (message: string, hint: string): never => {
    throw policyError("slot-failed", [header, key], `from perRequest: ${message}`, hint);
  };
  if (given === undefined || takes === undefined)
    return fail(`${show(item)} is not a source`, "Return a source, a list of sources, or [].");
  if (given.kind === "fault") return fail(given.message, given.hint);
  const problem = misplaced(given, takes, key);
  if (problem !== undefined) return fail(problem[0], problem[1]);
  if (given.kind === "keyword" && (given.keyword === "none" || given.keyword === "strict-dynamic")) {
    return fail(`${show(given.keyword)} changes what the whole list means`, "Return [] for nothing; write keywords in the policy.");
  }
  if (typeof item === "string" && !isNarrow(given)) {
    const hint = `Return hosts, "self" or hashes; if you mean it, source(${show(item)}).`;
    return fail(`${show(item)} allows more than a host, and might be the text of a request`, hint);
  }
  return given.text;
}

/** Joins neighbouring texts. */
function joinText(parts: readonly (string | DynamicPart)[]): FieldValue {
  const joined: (string | DynamicPart)[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === "string" && typeof last === "string") joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  return joined.length === 1 && typeof joined[0] === "string" ? joined[0] : joined;
}
