import { type PolicyError, policyError } from "../errors.js";
import type { DynamicPart, FieldValue, Resolved } from "../headers/header.js";
import { DEFAULT_MAX_BYTES, MOST } from "../headers/max-bytes.js";
import { isNonce } from "../values/slots.js";

/** A nonce: 16 random bytes in base64. */
const NONCE_BYTES = 24;

/** The most bytes that one header of this policy may have: its `maxBytes`, or the default. */
export function limitOf(resolved: Resolved): number {
  return (resolved["maxBytes"] as number | undefined) ?? DEFAULT_MAX_BYTES;
}

/** The bytes of a value, all of it ASCII, whose perRequest slots return no source. */
export function sizeOf(value: FieldValue): number {
  if (typeof value === "string") return value.length;
  return value.reduce((sum, part) => sum + (typeof part === "string" ? part.length : emptySize(part)), 0);
}

function emptySize(part: DynamicPart): number {
  return isNonce(part.slots[0]) ? NONCE_BYTES : part.join(part.slots.map(() => [])).length;
}

/**
 * Checks that a value is no longer than the policy allows.
 *
 * @throws {PolicyError} with the size, and the largest directive of a CSP.
 */
export function checkSize(key: string, name: string, value: FieldValue, limit: number): void {
  const size = sizeOf(value);
  if (size <= limit) return;
  const message = `${name} has ${size} bytes, and a header has ${limit} at most${largestOf(name, value)}`;
  const hint =
    size > MOST
      ? `Shorten it: maxBytes is ${MOST} at most.`
      : `Shorten it, or write maxBytes: ${size} if every server and proxy on the way accepts it.`;
  throw policyError("invalid-value", [key], message, hint);
}

/** The error of a slot whose text does not fit into the header; `room` in bytes. */
export function noRoom(part: DynamicPart, text: string, room: number): PolicyError {
  const message = `perRequest returned ${text.length} bytes, and the header has room for ${Math.max(0, room)}`;
  return policyError("slot-failed", part.path, message, "Return fewer sources, or raise maxBytes in the policy.");
}

function largestOf(name: string, value: FieldValue): string {
  if (!name.startsWith("Content-Security-Policy")) return "";
  const text =
    typeof value === "string" ? value : value.map((part) => (typeof part === "string" ? part : "x".repeat(emptySize(part)))).join("");
  const [largest = ""] = text.split("; ").sort((one, other) => other.length - one.length);
  return `; the largest directive is ${largest.split(" ", 1)[0]} with ${largest.length}`;
}
