import type { FieldValue } from "../headers/header.js";
import { isNonce } from "../values/slots.js";

/** A field value with `…` in place of a nonce, and `(per request)` in place of a `perRequest` slot. */
export function fieldText(value: FieldValue): string {
  if (typeof value === "string") return value;
  return value.map((part) => (typeof part === "string" ? part : part.slots.some(isNonce) ? "…" : " (per request)")).join("");
}
