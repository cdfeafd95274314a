const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * A copy of a text, for values that outlive their request. In V8 a part of a string, made by `slice`, `split` or a regular expression,
 * keeps the whole string in memory: 40 characters of a report would keep the whole body.
 *
 * @param text an unpaired surrogate in it becomes U+FFFD.
 */
export function flat(text: string): string {
  return decoder.decode(encoder.encode(text));
}
