import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Policy } from "../src/index.js";
import { apiPages } from "./api.js";
import { bundleScripts, bundleStyle, hashedName } from "./assets.js";
import { guidePages, guidesOverview } from "./guides.js";
import { highlightBlocks } from "./highlight.js";
import { type ParsedPage, resolveLinks } from "./links.js";
import { parseMarkdown } from "./markdown.js";
import { inOrder, navigationOf, REFERENCE, withOverviews } from "./navigation.js";
import { playgroundPage } from "./playground.js";
import { headersFile, sitePolicy } from "./policy.js";
import { referencePages } from "./reference/index.js";
import { searchIndex } from "./search-index.js";
import { addressOf, fileOf, labelOf, type SiteFiles, type SiteOptions, type SitePage } from "./site.js";
import { startPage } from "./start.js";
import type { Frame } from "./theme/frame.js";
import { FAVICON } from "./theme/icons.js";
import { layout, type View } from "./theme/layout.js";

/** A site, not yet written. */
export interface BuiltSite {
  readonly files: SiteFiles;
  readonly policy: Policy;
  /** The pages, in the order of the navigation. */
  readonly pages: readonly SitePage[];
}

/** What {@link buildPages} needs besides the pages. */
interface Extras {
  /** Files of the playground, by their path. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
}

/**
 * Builds the documentation of this repository.
 *
 * @param options see {@link SiteOptions}.
 * @returns all files of the site, and its policy.
 * @throws {Error} with every link that leads nowhere, or for a page that cannot be made.
 */
export async function buildSite(options: SiteOptions = {}): Promise<BuiltSite> {
  const root = options.root ?? process.cwd();
  const guides = guidePages(root);
  const playground = await playgroundPage();
  const pages = [await startPage(), guidesOverview(guides), ...guides, ...(await referencePages()), ...(await apiPages())];
  const play = playground === undefined ? [] : [playgroundOf(playground.html, options.path ?? "/")];
  return buildPages([...pages, ...play], options, playground ?? {});
}

/** The playground brings its own `<main>`: the frame has one already. */
function playgroundOf(html: string, path: string): SitePage {
  const description = "Build a policy, audit headers, compare two policies and print them for a server: in the browser, without a server.";
  const content = html
    .replace(/^<main\b/, "<div")
    .replace(/<\/main>\s*$/, "</div>\n")
    .replaceAll('="/playground/', `="${path}playground/`);
  return { path: "playground", title: "Playground", description, body: "", group: [], layout: "wide", content };
}

/** The page of addresses that lead nowhere; no page of the navigation. */
function notFound(pages: readonly SitePage[]): SitePage {
  const description = "There is no page at this address.";
  const links = ["", "guides", "reference"].flatMap((path) => pages.find((page) => page.path === path) ?? []);
  const body = `${description} Use the search, or one of these:\n\n${links.map((page) => `- [${labelOf(page)}](/${page.path})`).join("\n")}\n`;
  return { path: NOT_FOUND, title: "Page not found", description, body, group: [], layout: "wide" };
}

/** The path of that page. Its file is 404.html, where servers of static files look for it. */
const NOT_FOUND = "404";

/**
 * Builds a site of any pages.
 *
 * @param given the pages; groups of the reference without an overview get one.
 * @param options see {@link SiteOptions}.
 */
export async function buildPages(given: readonly SitePage[], options: SiteOptions, extras: Extras = {}): Promise<BuiltSite> {
  const { root = process.cwd(), path = "/", base, cache } = options;
  const groups = navigationOf(withOverviews(given));
  const listed = inOrder(groups);
  const parsed = withoutTwins([...listed, ...given.filter(({ group }) => group.length === 0), notFound(listed)]).map((page) => ({
    page,
    parsed: parseMarkdown(page.body),
  }));
  const images = resolveLinks(parsed, root, path);
  const blocks = parsed.flatMap((one) => one.parsed.blocks);
  const { highlight, css } = await highlightBlocks(blocks, cache);
  const contents = parsed.map((one) => one.page.content ?? one.parsed.render(highlight));

  const files = new Map<string, string | Uint8Array>(extras.files);
  const found = parsed.filter(({ page }) => page.path !== NOT_FOUND);
  const [scripts, style] = await Promise.all([bundleScripts(root), bundleStyle(root, css)]);
  const add = (name: string, extension: string, content: string): string => {
    const file = hashedName(name, extension, content);
    files.set(file, content);
    return path + file;
  };
  const assets = {
    style: add("style", "css", style),
    script: add("site", "js", scripts.main),
    index: add("search", "json", searchIndex(found, path)),
    icon: add("icon", "svg", FAVICON),
  };
  const frame: Frame = { path, base, groups, assets, inline: scripts.inline, areas: areasOf(given, listed) };
  const documents = new Map(
    parsed.map((one, index) => [
      one.page.path === NOT_FOUND ? "404.html" : fileOf(one.page.path),
      layout(viewOf(one, contents[index] ?? "", listed), frame),
    ]),
  );
  for (const [file, html] of documents) files.set(file, html);
  for (const [file, copy] of images) files.set(copy, readFileSync(join(root, file)));
  const policy = await sitePolicy(documents);
  files.set("_headers", headersFile(policy));
  if (base !== undefined) files.set("sitemap.xml", sitemap(found, base, path));
  return { files, policy, pages: found.map(({ page }) => page) };
}

/** The pages that the header links to, as far as they exist. */
function areasOf(...pages: readonly (readonly SitePage[])[]): Frame["areas"] {
  const areas = ["guides", "reference", "playground"];
  return areas.flatMap((path) => pages.flat().find((page) => page.path === path) ?? []).map(({ title, path }) => [title, path]);
}

function withoutTwins(pages: readonly SitePage[]): readonly SitePage[] {
  const twins = pages.filter((page, index) => pages.some((other, at) => at < index && other.path === page.path));
  if (twins.length === 0) return pages;
  throw new Error(`${twins.map(({ path, title }) => `/${path} (${title})`).join(", ")}: another page has this path.`);
}

/** With its neighbours: in the whole navigation for a guide, within the reference for its pages. */
function viewOf({ page, parsed }: ParsedPage, content: string, listed: readonly SitePage[]): View {
  const area = listed.filter(({ group }) => (group[0] === REFERENCE) === (page.group[0] === REFERENCE));
  const index = area.indexOf(page);
  const neighbours = index < 0 ? {} : { previous: area[index - 1], next: area[index + 1] };
  return { page, content, headings: parsed.headings, ...neighbours };
}

function sitemap(pages: readonly ParsedPage[], base: string, path: string): string {
  const rows = pages.map(({ page }) => `<url><loc>${base}${addressOf(path, page.path)}</loc></url>\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${rows.join("")}</urlset>\n`;
}

/** Files that every site has, and few other folders. They are written first: a build that was interrupted can be replaced too. */
const MARKS = ["404.html", "_headers"];

/**
 * Writes a site into a folder, which it replaces.
 *
 * @throws {Error} for a folder with other files in it.
 */
export function writeSite({ files }: BuiltSite, folder: string): void {
  const present = existsSync(folder) ? readdirSync(folder) : [];
  if (present.length > 0 && (present.includes("package.json") || !MARKS.every((name) => present.includes(name)))) {
    throw new Error(`${folder}: the folder has other files in it, and the site would replace them. Write an empty or a new folder.`);
  }
  rmSync(folder, { recursive: true, force: true });
  for (const file of new Set([...MARKS, ...files.keys()])) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, files.get(file) ?? "");
  }
}
