const MARKUP: unique symbol = Symbol("markup");

/** Text that is HTML; only {@link html} makes it. */
export interface Markup {
  readonly [MARKUP]: string;
}

/** What a template may contain: text, which is escaped, markup, lists of both, or undefined. */
export type Content = string | number | Markup | false | undefined | readonly Content[];

/** A template that escapes its values, so that text from strangers never becomes markup. In attributes, write the quotes: `"${…}"`. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return { [MARKUP]: strings.map((text, index) => (index === 0 ? text : htmlText(values[index - 1]) + text)).join("") };
}

/** The HTML of a content. */
export function htmlText(content: Content): string {
  if (content === undefined || content === false) return "";
  if (typeof content === "number") return String(content);
  if (typeof content === "string") return escaped(content);
  if (MARKUP in content) return content[MARKUP];
  return content.map(htmlText).join("");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text without anything to escape, such as the data of a picture, which may have millions of characters. */
const PLAIN = /^[A-Za-z0-9+/=]*$/;

/** Control characters, and characters that change the direction of text, could make one name look like another. */
function escaped(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(/[\p{Cc}\p{Cs}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, (char) => (char === "\n" || char === "\t" ? char : "\ufffd"))
    .replace(/[&<>"']/g, (char) => ENTITIES[char] as string);
}
