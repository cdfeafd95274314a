import type { Markup } from "../src/reports/page/html.js";
import type { Page } from "./page.js";

/** The name of the site, in its header and in every title. */
export const NAME = "Portcullis";

/** What it is, in one line. */
export const TAGLINE =
  "Checked when the server starts, changed per route, printed for every server and CDN, and proven in a browser before it is enforced.";

/** Where files of the repository are shown, without a slash at the end. The maintainer sets it. */
export const REPOSITORY = "https://repository.example/portcullis/blob/main";

/** A page, with what the frame knows about it. */
export interface SitePage extends Page {
  /** The Markdown file it is made of, if it is one of the repository: links are relative to it. */
  readonly source?: Source;
  /** `"start"` is the front page; `"wide"` has no lists beside it. */
  readonly layout?: "start" | "wide";
  /** Its name in the navigation, if it is shorter than the title. */
  readonly label?: string;
  /** Whether it only lists other pages. */
  readonly isOverview?: true;
  /** HTML above the Markdown of the front page, made by code of this repository. */
  readonly hero?: Markup;
  /** HTML instead of Markdown, with its own title, made by code of this repository. */
  readonly content?: string;
}

/** A Markdown file. */
export interface Source {
  /** From the root of the repository, with slashes: `docs/nonces.md`. */
  readonly file: string;
  /** How many lines of the file come before the body of its page. */
  readonly skipped: number;
}

/** How a site is built. */
export interface SiteOptions {
  /** The root of the repository. Default: the working directory. */
  readonly root?: string | undefined;
  /** The path that the site is served under, such as `/portcullis/`. Default: `/`. */
  readonly path?: string | undefined;
  /** The address of the site without its path, such as `https://docs.example`, for the sitemap and canonical addresses. */
  readonly base?: string | undefined;
  /** A file that keeps highlighted code for the next build. Default: none. */
  readonly cache?: string | undefined;
}

/** A file of the built site, by its path without a leading slash. */
export type SiteFiles = ReadonlyMap<string, string | Uint8Array>;

/** The address of a page below the path of the site: `/portcullis/guides/nonces/`. */
export function addressOf(path: string, page: string): string {
  return page === "" ? path : `${path}${page}/`;
}

/** The file of a page. */
export function fileOf(page: string): string {
  return page === "" ? "index.html" : `${page}/index.html`;
}

/** The name of a page in the navigation: of a generated page without what its group says, such as `script-src (Content-Security-Policy)`. */
export function labelOf({ label, title, group }: SitePage): string {
  return label ?? (group.length > 1 ? title.replace(/ \([^()]*\)$/, "") : title);
}
