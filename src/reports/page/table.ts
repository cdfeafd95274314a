import { html, type Markup } from "./html.js";

/** Columns that are aligned to the right. */
const NUMBERS = new Set(["Reports", "Clients", "First seen", "Last seen"]);

/** A table with a caption for screen readers and these column headings. */
export function table(caption: string, heads: readonly string[], rows: readonly Markup[]): Markup {
  const head = heads.map((text) => html`<th scope="col"${NUMBERS.has(text) && html` class="count"`}>${text}</th>`);
  return html`<div class="wide" role="region" aria-label="${caption}" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** Links to the pages of a list; nothing where there is one page. `addressOf` returns the address of a page. */
export function pager(page: number, pages: number, addressOf: (page: number) => string): Markup | false {
  if (pages === 1) return false;
  return html`<nav class="pager" aria-label="Pages">${page > 1 && html`<a rel="prev" href="${addressOf(page - 1)}">Previous</a> `}<span>Page ${page} of ${pages}</span>${page < pages && html` <a rel="next" href="${addressOf(page + 1)}">Next</a>`}</nav>`;
}
