/**
 * The URL that a text is; undefined where it is not one. In Node.js 20 `URL.canParse` refuses characters beyond ASCII once V8 has
 * compiled the call, so that its answer changes while a program runs.
 *
 * @param base the URL that a relative one is resolved against.
 */
export function urlOf(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
