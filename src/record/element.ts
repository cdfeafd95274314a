import { parseFragment } from "parse5";

/** Attributes that say which element it is, and are no data of a visitor. */
const SHOWN: readonly string[] = ["id", "class", "name", "type", "src", "href", "nonce"];

/** Attributes with an address. */
const ADDRESSES: readonly string[] = ["src", "href"];

const LONGEST_VALUE = 100;

/**
 * The opening tag of an element as outputs show it: with its id, class, name, type and address, and the attribute that is blocked.
 *
 * @param html the beginning of its HTML, which may end within the tag.
 * @param code the value of the attribute that is blocked; the empty string where an element is.
 */
export function shownElement(html: string, code: string): string {
  if (html === "") return "";
  const node = [html, `${html}>`, `${html}">`]
    .map((text) => parseFragment(text).childNodes[0])
    .find((one) => one !== undefined && "attrs" in one);
  if (node === undefined || !("attrs" in node)) return "";
  const attributes = node.attrs.filter(
    ({ name, value }) => SHOWN.includes(name) || (isCode(name) && code !== "" && (value === code || code.startsWith(value))),
  );
  const text = attributes.map(({ name, value }) => ` ${name}="${shownValue(name, value)}"`).join("");
  return `<${node.tagName}${text}>${html.endsWith(`</${node.tagName}>`) ? `</${node.tagName}>` : ""}`;
}

const isCode = (name: string) => name === "style" || name.startsWith("on");

function shownValue(name: string, value: string): string {
  const shown = ADDRESSES.includes(name) ? value.replace(/[?#].*$/s, "") : value;
  return (shown.length > LONGEST_VALUE ? `${shown.slice(0, LONGEST_VALUE)}…` : shown).replaceAll('"', "&quot;");
}
