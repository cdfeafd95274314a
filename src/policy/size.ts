import { type PolicyError, policyError } from "../errors.js";
import type { DynamicPart, FieldValue, Resolved } from "../headers/header.js";
import { DEFAULT_MAX_BYTES, MOST } from "../headers/max-bytes.js";
import { isNonce } from "../values/slots.js";

/** What a drawn nonce has in base64: 16 bytes. */
const NONCE_BYTES = 24;

/** The most bytes that a value of this policy may have. */
export function limitOf(resolved: Resolved): number {
  return (resolved["maxBytes"] as number | undefined) ?? DEFAULT_MAX_BYTES;
}

/** Bytes of a value whose perRequest slots give nothing; all of it is ASCII. */
export function sizeOf(value: FieldValue): number {
  if (typeof value === "string") return value.length;
  return value.reduce((sum, part) => sum + (typeof part === "string" ? part.length : emptySize(part)), 0);
}

function emptySize(part: DynamicPart): number {
  return isNonce(part.slots[0]) ? NONCE_BYTES : part.join(part.slots.map(() => [])).length;
}

/** Throws PolicyError where a header's value is longer than the policy allows; names the largest directive of a CSP. */
export function checkSize(key: string, name: string, value: FieldValue, limit: number): void {
  const size = sizeOf(value);
  if (size <= limit) return;
  const message = `${name} has ${size} bytes, and a header has ${limit} at most${largestOf(name, value)}`;
  const hint =
    size > MOST
      ? `Shorten it: maxBytes goes no further than ${MOST}.`
      : `Shorten it, or write maxBytes: ${size} if every server and proxy on the way takes as much.`;
  throw policyError("invalid-value", [key], message, hint);
}

/** What a slot's text is refused with that does not fit beside the rest. */
export function noRoom(part: DynamicPart, text: string, room: number): PolicyError {
  const message = `from perRequest: ${text.length} bytes, and ${Math.max(0, room)} are left of what the header may have`;
  return policyError("slot-failed", part.path, message, "Return fewer sources, or write maxBytes in the policy.");
}

function largestOf(name: string, value: FieldValue): string {
  if (!name.startsWith("Content-Security-Policy")) return "";
  const text = typeof value === "string" ? value : value.map((part) => (typeof part === "string" ? part : "")).join("");
  const [largest = ""] = text.split("; ").sort((one, other) => other.length - one.length);
  return `; the largest directive is ${largest.split(" ", 1)[0]} with ${largest.length}`;
}
