import MarkdownIt, { type Token } from "markdown-it";
import type { Block, Highlight } from "./highlight.js";

/** A heading of a page. */
export interface Heading {
  readonly id: string;
  /** 2 for `##`. */
  readonly level: number;
  readonly text: string;
}

/** A link or a picture in Markdown. */
export interface LinkUse {
  readonly href: string;
  /** Of a link whose text is one word; else empty. */
  readonly text: string;
  readonly isImage: boolean;
  /** The line in the body, from 1. */
  readonly line: number;
  /** Writes another address. */
  replace(href: string): void;
  /** Writes another text, where it is one word. */
  rename(text: string): void;
}

/** A body that was read, and not yet rendered. */
export interface Parsed {
  readonly headings: readonly Heading[];
  readonly links: readonly LinkUse[];
  /** Its fenced blocks. */
  readonly blocks: readonly Block[];
  /** Its words, without fenced blocks. */
  readonly text: string;
  /** The HTML, with the links as they are now. */
  render(highlight: Highlight): string;
}

/** HTML in Markdown is text, and links are what markdown-it takes for harmless: no page can bring a script. */
const markdown = new MarkdownIt({ html: false });

/**
 * Reads Markdown (CommonMark and tables).
 *
 * @param body without the title of the page.
 * @returns its headings, links and text; headings have the ids that repository hosts give them.
 */
export function parseMarkdown(body: string): Parsed {
  const tokens = markdown.parse(body, {});
  const lines = body.split("\n");
  const headings = withIds(tokens);
  return {
    headings,
    links: tokens.flatMap((token) => linksOf(token, lines)),
    blocks: tokens.flatMap((token) => (token.type === "fence" ? [blockOf(token)] : [])),
    text: tokens.flatMap((token) => (token.type === "inline" ? [textOf(token)] : [])).join("\n"),
    render: (highlight) => rendererOf(highlight).render(tokens, markdown.options, {}),
  };
}

/** The first sentences of a body, 160 characters at most. Empty if it begins with no paragraph. */
export function descriptionOf(body: string): string {
  const tokens = markdown.parse(body, {});
  const start = tokens.findIndex((token) => token.type === "paragraph_open" && token.level === 0);
  const text = start < 0 ? "" : textOf(tokens[start + 1] as Token).replace(/\s+/g, " ");
  if (text.length <= 160) return text.replace(/:$/, ".");
  const sentences = text.slice(0, 161).lastIndexOf(". ");
  return sentences > 40 ? text.slice(0, sentences + 1) : `${text.slice(0, text.lastIndexOf(" ", 158))}…`;
}

/** The words of an inline token. */
function textOf(token: Token): string {
  const words = (token.children ?? []).map((child) => {
    if (child.type === "softbreak" || child.type === "hardbreak") return " ";
    return child.type === "image" ? textOf(child) : child.content;
  });
  return words.join("");
}

function blockOf({ info, content }: Token): Block {
  return { language: info.trim().split(/\s/)[0] ?? "", code: content.replace(/\n$/, "") };
}

/** Gives each heading its id: lower case, without punctuation, hyphens for blanks, and a number from the second on. */
function withIds(tokens: readonly Token[]): readonly Heading[] {
  const seen = new Map<string, number>();
  return tokens.flatMap((token, index) => {
    if (token.type !== "heading_open") return [];
    const text = textOf(tokens[index + 1] as Token);
    const slug = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
      .replaceAll(" ", "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    const id = count === 0 ? slug : `${slug}-${count}`;
    token.attrSet("id", id);
    return [{ id, level: Number(token.tag.slice(1)), text }];
  });
}

function linksOf(token: Token, lines: readonly string[]): readonly LinkUse[] {
  const [first, end] = token.map ?? [0, 0];
  return (token.children ?? []).flatMap((child, index, all) => {
    const name = child.type === "link_open" ? "href" : child.type === "image" ? "src" : undefined;
    if (name === undefined) return [];
    const href = String(child.attrGet(name) ?? "");
    const within = lines.slice(first, end).findIndex((line) => line.includes(decoded(href)));
    const line = first + Math.max(0, within) + 1;
    const word = name === "href" && all[index + 1]?.type === "text" && all[index + 2]?.type === "link_close" ? all[index + 1] : undefined;
    const rename = (text: string) => {
      if (word !== undefined) word.content = text;
    };
    const replace = (to: string) => child.attrSet(name, to);
    return [{ href, text: word?.content ?? "", isImage: name === "src", line, replace, rename }];
  });
}

/** An address as it was written: markdown-it encodes it. */
function decoded(href: string): string {
  try {
    return decodeURI(href);
  } catch {
    return href;
  }
}

/** A table that is wider than the page scrolls, also by keyboard. */
const TABLE = '<div class="table" role="group" aria-label="Table" tabindex="0">';

type Renderer = InstanceType<typeof MarkdownIt>["renderer"];

function rendererOf(highlight: Highlight): Renderer {
  const renderer = Object.create(markdown.renderer) as Renderer;
  const escapeHtml = markdown.utils.escapeHtml;
  const code = (token: Token) => {
    const block = blockOf(token);
    const { language } = block;
    const label = language === "" ? "" : ` data-language="${escapeHtml(language)}"`;
    return `<div class="code"${label}><pre tabindex="0"><code>${highlight(block)}</code></pre></div>\n`;
  };
  renderer.rules = {
    ...markdown.renderer.rules,
    fence: (tokens, index) => code(tokens[index] as Token),
    code_block: (tokens, index) => code(tokens[index] as Token),
    table_open: () => `${TABLE}<table>\n`,
    table_close: () => "</table></div>\n",
    heading_close: (tokens, index) => {
      const open = tokens[index - 2] as Token;
      const label = escapeHtml(`Link to “${textOf(tokens[index - 1] as Token)}”`);
      return ` <a class="anchor" href="#${escapeHtml(String(open.attrGet("id")))}" aria-label="${label}">#</a></${open.tag}>\n`;
    },
  };
  return renderer;
}
