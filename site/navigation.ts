import type { SitePage } from "./site.js";

/** A group of the navigation. */
export interface Group {
  readonly name: string;
  /** The page that lists the group, if there is one. */
  readonly overview: SitePage | undefined;
  /** Without the overview. */
  readonly pages: readonly SitePage[];
  readonly groups: readonly Group[];
}

/** The group of generated pages: each group in it has an overview. */
export const REFERENCE = "Reference";

/**
 * The pages as a tree.
 *
 * @param pages in the order of the navigation; groups are in the order of their first page.
 * @returns the outermost groups.
 */
export function navigationOf(pages: readonly SitePage[]): readonly Group[] {
  return groupsAt(pages, 0);
}

function groupsAt(pages: readonly SitePage[], depth: number): readonly Group[] {
  const names = new Set(pages.flatMap(({ group }) => group[depth] ?? []));
  return [...names].map((name) => {
    const within = pages.filter(({ group }) => group[depth] === name);
    const own = within.filter(({ group }) => group.length === depth + 1);
    const overview = own.find(({ path }) => path === folderOf(within));
    return { name, overview, pages: own.filter((page) => page !== overview), groups: groupsAt(within, depth + 1) };
  });
}

/** The folder that all pages are in, or are: `reference/headers`. */
function folderOf(pages: readonly SitePage[]): string {
  const paths = pages.map(({ path }) => path.split("/"));
  const [first = []] = paths;
  const length = first.findIndex((part, index) => paths.some((path) => path[index] !== part));
  return (length < 0 ? first : first.slice(0, length)).join("/");
}

/**
 * A page for each group of the reference that has none: it lists the pages with their descriptions.
 *
 * @returns the given pages, each overview before the first page of its group.
 */
export function withOverviews(pages: readonly SitePage[]): readonly SitePage[] {
  const added = navigationOf(pages).flatMap((group) => (group.name === REFERENCE ? overviewsOf(group, [group.name], pages) : []));
  const isIn = (page: SitePage, group: readonly string[]) => group.every((name, depth) => page.group[depth] === name);
  return pages.flatMap((page, index) => {
    const first = added.filter(({ group }) => isIn(page, group) && !pages.slice(0, index).some((earlier) => isIn(earlier, group)));
    return [...first, page];
  });
}

function overviewsOf(group: Group, path: readonly string[], pages: readonly SitePage[]): readonly SitePage[] {
  const below = group.groups.flatMap((inner) => overviewsOf(inner, [...path, inner.name], pages));
  return group.overview === undefined ? [overviewOf(group, path, below, pages), ...below] : below;
}

function overviewOf(group: Group, path: readonly string[], below: readonly SitePage[], pages: readonly SitePage[]): SitePage {
  const within = pages.filter((page) => path.every((name, depth) => page.group[depth] === name));
  // One part for each group around it, also where a group has a single group in it.
  const folder = folderOf(within).split("/").slice(0, path.length).join("/");
  const title = group.name;
  const inner = group.groups.map(
    ({ name, overview }) => overview ?? below.find((page) => page.group.at(-1) === name && page.group.length === path.length + 1),
  );
  const entries = [...inner.flatMap((page) => page ?? []), ...group.pages];
  const count = within.length;
  const description =
    path.length === 1 ? "Every header, directive, option and command, generated from the code." : `${title}: ${count} pages.`;
  return { path: folder, title, description, body: `${entries.map(entryOf).join("\n")}\n`, group: path, isOverview: true };
}

/** The Markdown of a page in a list of pages. */
export function entryOf({ title, path, description }: SitePage): string {
  return `- [${escaped(title)}](/${path})${description === "" ? "" : `\\\n  ${escaped(description)}`}`;
}

/** Text for Markdown: its punctuation is not markup. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>]/g, "\\$&");
}

/** All pages of groups, in the order of the navigation. */
export function inOrder(groups: readonly Group[]): readonly SitePage[] {
  return groups.flatMap(({ overview, pages, groups: inner }) => [
    ...(overview === undefined ? [] : [overview]),
    ...pages,
    ...inOrder(inner),
  ]);
}
