import { noncePart } from "../headers/content-security-policy/index.js";
import type { DynamicPart } from "../headers/header.js";
import { isNonce } from "../values/slots.js";
import type { Template } from "./compile.js";

/**
 * The text of a template.
 *
 * @param room how many bytes the slots may add.
 * @param nonce needed where the template has the nonce in it.
 * @param partText returns the text of a part with perRequest slots, of at most so many bytes; receives `context` unchanged.
 */
export function fill<C>(
  template: Template,
  room: number,
  nonce: string | undefined,
  partText: (part: DynamicPart, room: number, context: C) => string,
  context: C,
): string {
  let text = "";
  let left = room;
  for (const part of template) {
    if (typeof part === "string") text += part;
    else if (isNoncePart(part)) text += nonce;
    else {
      const added = partText(part, left, context);
      left -= added.length;
      text += added;
    }
  }
  return text;
}

/** Whether the nonce is the whole part; also in a policy that the package's other module format has compiled. */
export function isNoncePart(part: DynamicPart): boolean {
  return part === noncePart || isNonce(part.slots[0]);
}
