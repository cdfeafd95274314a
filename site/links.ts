import { existsSync } from "node:fs";
import { extname, join, posix } from "node:path";
import { didYouMean } from "../src/values/text.js";
import type { LinkUse, Parsed } from "./markdown.js";
import { addressOf, labelOf, REPOSITORY, type SitePage } from "./site.js";

/** A page with its body read. */
export interface ParsedPage {
  readonly page: SitePage;
  readonly parsed: Parsed;
}

/** Where links may lead. */
interface Places {
  readonly root: string;
  /** The path of the site. */
  readonly path: string;
  /** Ids of headings by the path of a page. */
  readonly pages: ReadonlyMap<string, readonly string[]>;
  readonly titles: ReadonlyMap<string, string>;
  /** Paths of pages by their Markdown file. */
  readonly sources: ReadonlyMap<string, string>;
  /** Pictures by their file, with the address that each has on the site. */
  readonly images: Map<string, string>;
}

/** The new address, or what is wrong and what to write. */
type Resolved = { readonly to: string; readonly page?: string } | { readonly wrong: string };

/** Formats of pictures that are copied to the site. */
const IMAGES: readonly string[] = [".png", ".svg", ".webp", ".gif", ".jpg"];

/**
 * Writes addresses of the site into all links: between Markdown files, to files of the repository, and from page to page.
 *
 * @param path the path of the site.
 * @returns the pictures: the file in the repository, and its file on the site.
 * @throws {Error} with every link that leads nowhere: file, line, link, and what to write.
 */
export function resolveLinks(pages: readonly ParsedPage[], root: string, path: string): ReadonlyMap<string, string> {
  const places: Places = {
    root,
    path,
    pages: new Map(pages.map(({ page, parsed }) => [page.path, parsed.headings.map(({ id }) => id)])),
    sources: new Map(pages.flatMap(({ page }) => (page.source === undefined ? [] : [[page.source.file, page.path]]))),
    titles: new Map(pages.map(({ page }) => [page.path, labelOf(page)])),
    images: new Map(),
  };
  const wrong = pages.flatMap(({ page, parsed }) => parsed.links.flatMap((link) => resolveLink(link, page, places)));
  if (wrong.length === 0) return places.images;
  const count = wrong.length === 1 ? "A link leads" : `${wrong.length} links lead`;
  throw new Error(`${count} nowhere:\n${wrong.map((line) => `  ${line}\n`).join("")}`);
}

/** Replaces the address, or returns the line of an error. */
function resolveLink(link: LinkUse, page: SitePage, places: Places): readonly string[] {
  const resolved = link.isImage ? resolveImage(link.href, page, places) : resolve(link.href, page, places);
  if ("to" in resolved) {
    link.replace(resolved.to);
    const title = resolved.page === undefined ? undefined : places.titles.get(resolved.page);
    // A file is named by its title where readers of the site never see the file.
    if (title !== undefined && /^[\w/.-]+\.md$/.test(link.text)) link.rename(title);
    return [];
  }
  const place = page.source === undefined ? `/${page.path}:${link.line}` : `${page.source.file}:${link.line + page.source.skipped}`;
  return [`${place}: ${JSON.stringify(link.href)}: ${resolved.wrong}`];
}

function resolve(href: string, page: SitePage, places: Places): Resolved {
  if (/^(?:https?|mailto):/.test(href)) return { to: href };
  const [target = "", anchor] = href.split("#", 2);
  if (target === "") return withAnchor(page.path, anchor, href, places, "");
  if (target.startsWith("/")) return toPage(target.slice(1).replace(/\/$/, ""), anchor, places);
  if (page.source !== undefined) return toFile(target, anchor, page.source.file, places);
  return { wrong: 'a page that is generated has no files beside it. Write the path of a page, such as "/guides/nonces".' };
}

function toPage(path: string, anchor: string | undefined, places: Places): Resolved {
  if (places.pages.has(path)) return withAnchor(path, anchor, addressOf(places.path, path), places, addressOf(places.path, path));
  const hint = didYouMean(
    `/${path}`,
    [...places.pages.keys()].map((known) => `/${known}`),
  );
  return { wrong: `there is no page /${path}. ${hint || "Write the path of a page."}` };
}

function toFile(target: string, anchor: string | undefined, from: string, places: Places): Resolved {
  const file = posix.join(posix.dirname(from), decodeURI(target)).replace(/\/$/, "");
  const path = places.sources.get(file) ?? places.sources.get(`${file}/README.md`);
  if (path !== undefined) return { ...toPage(path, anchor, places), page: path };
  if (!file.startsWith("..") && existsSync(join(places.root, file))) {
    return { to: `${REPOSITORY}/${file}${anchor === undefined ? "" : `#${anchor}`}` };
  }
  const beside = [...places.sources.keys()].map((known) => posix.relative(posix.dirname(from), known));
  return { wrong: `there is no file ${file}. ${didYouMean(target, beside) || "Write the path of a file, relative to this one."}` };
}

function withAnchor(path: string, anchor: string | undefined, href: string, places: Places, address: string): Resolved {
  if (anchor === undefined) return { to: href };
  const ids = places.pages.get(path) ?? [];
  if (ids.includes(decodeURIComponent(anchor))) return { to: `${address}#${anchor}` };
  const known =
    didYouMean(anchor, ids) || (ids.length > 0 ? `Its headings: ${ids.map((id) => `#${id}`).join(" ")}.` : "It has no headings.");
  return { wrong: `/${path} has no heading with the anchor #${anchor}. ${known}` };
}

function resolveImage(src: string, page: SitePage, places: Places): Resolved {
  const file = page.source === undefined ? undefined : posix.join(posix.dirname(page.source.file), decodeURI(src));
  if (file === undefined || file.startsWith("..") || !IMAGES.includes(extname(file)) || !existsSync(join(places.root, file))) {
    return { wrong: `there is no such picture. Write the path of a file (${IMAGES.join(", ")}), relative to this one.` };
  }
  const copy = `assets/${file.replaceAll("/", "-")}`;
  places.images.set(file, copy);
  return { to: `${places.path}${copy}` };
}
