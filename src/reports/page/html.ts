const MARKUP: unique symbol = Symbol("markup");

/** Text that is HTML already; only {@link html} makes it. */
export interface Markup {
  readonly [MARKUP]: string;
}

/** What may stand in a template: text, which is escaped, markup, lists of both, and nothing at all. */
export type Content = string | number | Markup | false | undefined | readonly Content[];

/** A template whose values are escaped, so that nothing a stranger wrote becomes markup. In attributes, write the quotes: `"${…}"`. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return { [MARKUP]: strings.map((text, index) => (index === 0 ? text : textOf(values[index - 1]) + text)).join("") };
}

/** The finished text. */
export function textOf(content: Content): string {
  if (content === undefined || content === false) return "";
  if (typeof content === "number") return String(content);
  if (typeof content === "string") return escaped(content);
  if (MARKUP in content) return content[MARKUP];
  return content.map(textOf).join("");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Control characters and those that turn the direction of text around would make one name look like another. */
function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, (char) => (char === "\n" || char === "\t" ? char : "\ufffd"))
    .replace(/[&<>"']/g, (char) => ENTITIES[char] as string);
}
