/** The directives of a serialized CSP, by name; if a name is repeated, the first counts. CSP3 §2.2.1. */
export function directivesIn(text: string): ReadonlyMap<string, string> {
  const directives = new Map<string, string>();
  for (const part of text.split(";")) {
    const [name = "", ...sources] = part.trim().split(/\s+/);
    const key = name.toLowerCase();
    if (key !== "" && !directives.has(key)) directives.set(key, sources.join(" "));
  }
  return directives;
}
