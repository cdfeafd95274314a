import { type Content, html, htmlText, type Markup } from "../../src/reports/page/html.js";
import type { Heading } from "../markdown.js";
import { addressOf, labelOf, NAME, REPOSITORY, type SitePage } from "../site.js";
import type { Frame } from "./frame.js";
import { ICONS } from "./icons.js";
import { contentsOf, navigationOf } from "./lists.js";

/** A page that is ready for its frame. */
export interface View {
  readonly page: SitePage;
  /** HTML. */
  readonly content: string;
  readonly headings: readonly Heading[];
  readonly previous?: SitePage | undefined;
  readonly next?: SitePage | undefined;
}

/** HTML that code of this repository has made. */
function trusted(text: string): Markup {
  return html(Object.assign([text], { raw: [text] }));
}

/** The document of a page. */
export function layout(view: View, frame: Frame): string {
  const { page } = view;
  const kind = page.layout ?? "guide";
  const body = html`<body class="${kind}${page.isOverview && " overview"}">
<a class="skip" href="#content">Skip to the content</a>
${header(frame, page)}
<div class="columns">
${navigationOf(frame, page)}
<main id="content" tabindex="-1">
${page.content === undefined && (page.hero ?? html`${crumbs(page)}<h1>${page.title}</h1>`)}
${kind === "guide" && contentsOf(view.headings, "short")}
${trusted(view.content)}
${footer(view, frame)}
</main>
${kind === "guide" && contentsOf(view.headings, "long")}
</div>
${search(frame)}
<p id="announcements" class="visually-hidden" role="status"></p>
</body>
</html>
`;
  return `<!doctype html>\n<html lang="en">\n${htmlText(head(page, frame))}\n${htmlText(body)}`;
}

function head(page: SitePage, { path, base, assets, inline }: Frame): Markup {
  const title = page.path === "" ? `${NAME}: ${page.title}` : `${page.title} · ${NAME}`;
  return html`<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<meta name="description" content="${page.description}">
${base !== undefined && page.path !== "404" && html`<link rel="canonical" href="${base}${addressOf(path, page.path)}">\n`}<meta name="color-scheme" content="light dark">
<link rel="icon" href="${assets.icon}" type="image/svg+xml">
<script>${trusted(inline)}</script>
<link rel="stylesheet" href="${assets.style}">
<script type="module" src="${assets.script}"></script>
</head>`;
}

function header({ path, areas }: Frame, page: SitePage): Markup {
  const current = (to: string) => (page.path === to ? "page" : page.path.startsWith(`${to}/`) && "true");
  return html`<header class="top">
<button type="button" class="icon menu" popovertarget="navigation" aria-label="Navigation">${ICONS.menu}</button>
<a class="brand" href="${path}">${ICONS.logo} <span>${NAME}</span></a>
<nav class="areas" aria-label="Areas">${areas.map(([name, to]) => {
    const state = current(to);
    return html`<a href="${addressOf(path, to)}"${state && html` aria-current="${state}"`}>${name}</a>`;
  })}</nav>
<button type="button" class="search-button needs-script" data-opens="search" aria-keyshortcuts="/ Control+K">${ICONS.search} <span>Search</span> <kbd>/</kbd></button>
<button type="button" class="icon needs-script" id="theme" aria-label="Dark theme" aria-pressed="false">${ICONS.sun}${ICONS.moon}</button>
</header>`;
}

function crumbs({ group }: SitePage): Content {
  return group.length > 0 && html`<p class="crumbs">${group.join(" › ")}</p>\n`;
}

function footer({ page, previous, next }: View, { path }: Frame): Markup {
  const link = (label: string, name: string, to: SitePage | undefined) =>
    to !== undefined && html`<a class="${name}" rel="${name}" href="${addressOf(path, to.path)}"><span>${label}</span> ${labelOf(to)}</a>`;
  const neighbours = [link("Previous", "prev", previous), link("Next", "next", next)].filter((one) => one !== false);
  const source = page.source && html`<p class="source"><a href="${REPOSITORY}/${page.source.file}">Source of this page</a></p>\n`;
  const around = neighbours.length > 0 && html`<nav class="neighbours" aria-label="Previous and next page">${neighbours}</nav>\n`;
  return html`<footer>
${around}${source}<p>MIT. This site is served with a policy of its own: <code>strict</code>, with Trusted Types.</p>
</footer>`;
}

function search({ assets }: Frame): Markup {
  return html`<dialog id="search" class="search" aria-label="Search" data-index="${assets.index}">
<div class="query">${ICONS.search}<input type="text" role="combobox" aria-label="Search the documentation" aria-expanded="false" aria-controls="results" aria-autocomplete="list" autocomplete="off" autocapitalize="off" spellcheck="false" placeholder="Search the documentation" maxlength="100">
<button type="button" data-closes="search">Close</button></div>
<ul id="results" role="listbox" aria-label="Results" hidden></ul>
<p role="status"></p>
</dialog>`;
}
