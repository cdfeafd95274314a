import type { Hide } from "./known-secrets.js";

/** Members of a recording whose values are words of the output itself, or sent to every visitor. */
const PUBLIC: ReadonlySet<string> = new Set([
  ...["viewport", "kind", "directive", "disposition", "type", "id", "policyHash", "consent", "item", "hash", "source", "preset"],
  ...["policy", "headers", "portcullis", "writer", "address", "near", "top", "patch", "pictures"],
]);

/**
 * Data with its strings hidden, never its keys; one object that is there twice is one object in the result too.
 *
 * @param shown the names of members that are left as they are. Default: those of a recording.
 */
export function hideIn<T>(data: T, hide: Hide, shown = PUBLIC): T {
  const known = new Map<object, unknown>();
  const hidden = (value: unknown): unknown => {
    if (typeof value === "string") return hide(value);
    if (typeof value !== "object" || value === null) return value;
    if (known.has(value)) return known.get(value);
    const made: Record<string, unknown> | unknown[] = Array.isArray(value)
      ? value.map(hidden)
      : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shown.has(key) ? one : hidden(one)]));
    known.set(value, made);
    return made;
  };
  return hidden(data) as T;
}
