import { guide } from "./guides.js";

/** A code span, also for text with backticks. RFC 7763, CommonMark §6.1. */
export function code(text: string): string {
  if (text === "") return "";
  const line = text.replace(/\s+/g, " ");
  if (!line.includes("`")) return `\`${line}\``;
  const longest = Math.max(...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence} ${line} ${fence}`;
}

/** Several code spans. */
export const codes = (texts: readonly string[], between = ", "): string => texts.map(code).join(between);

/** A fenced block. */
export function fence(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}${language}\n${text.replace(/\n+$/, "")}\n${ticks}`;
}

const ESCAPED = /[\\<*[\]`]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;

/**
 * Plain text or a doc comment as prose: code spans stay, tags become code, `docs/name.md` a link to the guide, and everything else that
 * markdown would read is escaped.
 */
export function prose(text: string): string {
  const parts = text.replaceAll(/\{@link ([^}]+)\}/g, "`$1`").split(/(`[^`]*`|<\/?[a-z][^<>`]*>)/);
  return parts.map((part, index) => (index % 2 === 0 ? withGuides(part) : part.startsWith("<") ? code(part) : part)).join("");
}

function withGuides(text: string): string {
  const parts = text.split(/\bdocs\/([a-z-]+)\.md/);
  return parts.map((part, index) => (index % 2 === 0 ? part.replace(ESCAPED, "\\$&") : guide(part, part))).join("");
}

/** A link to a page of the site, or to another site. */
export const link = (text: string, to: string): string => `[${text}](${to})`;

/** A table; a table without rows is an empty text. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replace(/\n+/g, " ").replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

/** A bullet list. */
export const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join("\n");

/** A second-level section; without a body there is none. */
export const section = (title: string, ...body: readonly string[]): string => {
  const text = blocks(...body);
  return text === "" ? "" : `## ${title}\n\n${text}`;
};

/** Blocks with an empty line between them; empty ones are left out. */
export const blocks = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join("\n\n");

/** The first sentence of prose, as plain text for a description. */
export function plain(text: string): string {
  return text
    .replace(/`/g, "")
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\\(?=[\\<*[\]_])/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
