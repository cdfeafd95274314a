/** The part of a source that browsers read: they ignore the query and the fragment of a URL. */
export function sourcePart(value: string): string {
  return value.startsWith("'") ? value : value.replace(/[?#].*/, "");
}
