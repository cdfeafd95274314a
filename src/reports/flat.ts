const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The same text in memory of its own. In V8 a part of a text, cut out by `slice`, `split` or a regular expression, keeps the whole of it:
 * 40 characters of a report would keep all that was sent with them. For whatever outlives the request that it came with.
 *
 * @param text half of a surrogate pair becomes U+FFFD.
 */
export function flat(text: string): string {
  return decoder.decode(encoder.encode(text));
}
