import { isSlot, type Slot } from "../../values/slots.js";
import { readSource, type Source, type SourceExpression, type SourceFault, sourceText } from "../../values/sources.js";

/** The value of a directive. */
export type DirectiveValue = readonly Item[] | string | true;

/** One member of a list, checked: text as in a policy, a checked source, or a slot. */
export type Item = string | Source | Slot;

/** A member as it goes over the wire; undefined for a slot. */
export function wireText(item: Item): string | undefined {
  if (isSlot(item)) return undefined;
  if (typeof item !== "string") return sourceText(item);
  const read = readSource(item, "policy");
  return read.kind === "fault" ? item : read.text;
}

/** Reads a member of a source list; undefined for a slot and for what is not a source. */
export function readItem(item: unknown): SourceExpression | SourceFault | undefined {
  if (typeof item === "string") return readSource(item, "policy");
  const text = sourceText(item);
  return text === undefined ? undefined : readSource(text, "wire");
}

/** The directives of a policy with every edit applied, in the order first written. */
export type Directives = Readonly<Record<string, DirectiveValue>>;

/** Whether a member lets an inline script run by proof: a nonce, a hash, or a slot that may return one. */
export function provesInline(item: Item): boolean {
  if (isSlot(item)) return true;
  const kind = readItem(item)?.kind;
  return kind === "hash" || kind === "nonce";
}
