/** The URL of a text; undefined where it is not one. */
export function addressOf(text: string): URL | undefined {
  if (text === "") return undefined;
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
