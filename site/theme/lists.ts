import { type Content, html, type Markup } from "../../src/reports/page/html.js";
import type { Heading } from "../markdown.js";
import { type Group, inOrder, REFERENCE } from "../navigation.js";
import { addressOf, labelOf, type SitePage } from "../site.js";
import type { Frame } from "./frame.js";

/**
 * The navigation at the left; on a phone a popover.
 *
 * Groups of the reference list their pages on their own pages only: with all of them, each page would have hundreds of links.
 */
export function navigationOf({ groups, areas, path }: Pick<Frame, "groups" | "areas" | "path">, current: SitePage): Markup {
  const isReference = current.group[0] === REFERENCE;
  const link = (page: SitePage, text = labelOf(page)) =>
    html`<a href="${addressOf(path, page.path)}"${page.path === current.path && html` aria-current="page"`}>${text}</a>`;
  const within = (group: Group) => group.overview?.path === current.path || inOrder([group]).some((page) => page.path === current.path);

  const listOf = (group: Group, overview: Content): Content => {
    const pages = group.pages.map((page) => html`<li>${link(page)}</li>`);
    return html`<ul>${overview}${pages}${group.groups.map((inner) => html`<li>${innerOf(inner)}</li>`)}</ul>`;
  };
  const innerOf = (group: Group): Content => {
    if (group.overview === undefined) return folding(group, within(group));
    return html`${link(group.overview, group.name)}${within(group) && listOf(group, undefined)}`;
  };
  const overviewOf = ({ name, overview }: Group): Content =>
    overview && html`<li>${link(overview, labelOf(overview) === name ? "Overview" : labelOf(overview))}</li>`;
  const folding = (group: Group, open: boolean): Content =>
    html`<details${open && html` open`}><summary>${group.name}</summary>${listOf(group, overviewOf(group))}</details>`;

  // The part that one reads comes first, unfolded.
  const isCurrent = (group: Group) => (group.name === REFERENCE) === isReference;
  const outer = [...groups.filter(isCurrent), ...groups.filter((group) => !isCurrent(group))].map((group) =>
    folding(group, isCurrent(group)),
  );
  // Where the navigation is a popover, the links of the header are in it too.
  const header = html`<ul class="areas-short">${areas.map(([name, page]) => html`<li><a href="${addressOf(path, page)}">${name}</a></li>`)}</ul>`;
  return html`<nav id="navigation" class="navigation" aria-label="Documentation" popover>${header}${outer}</nav>`;
}

/** The table of contents: folded above the text on a phone (`"short"`), beside it on a desktop (`"long"`). None for a page without sections. */
export function contentsOf(headings: readonly Heading[], form: "short" | "long"): Content {
  const shown = headings.filter(({ level }) => level === 2 || level === 3);
  if (shown.length < 2) return undefined;
  const items = shown.map(({ id, level, text }) => html`<li class="level-${level}"><a href="#${id}">${text}</a></li>`);
  const list = html`<ul>${items}</ul>`;
  if (form === "short") return html`<details class="contents-short"><summary>On this page</summary>${list}</details>`;
  return html`<nav class="contents" aria-labelledby="contents-title"><p id="contents-title">On this page</p>${list}</nav>`;
}
