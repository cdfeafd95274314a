import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { type BuiltSite, buildPages } from "../../site/build.js";
import type { SiteOptions, SitePage } from "../../site/site.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** How a window is: a phone's and a desktop's, in light and dark. */
export const WINDOWS = [
  { width: 360, colorScheme: "light" },
  { width: 360, colorScheme: "dark" },
  { width: 1280, colorScheme: "light" },
  { width: 1280, colorScheme: "dark" },
] as const;

/** The serious and critical findings of axe-core on a page as it is now: `"color-contrast <a …>"`. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(AXE);
  return (await page.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => id + " " + nodes[0].html.slice(0, 200)))`)) as string[];
}

/** A page of a site of a test. */
export function testPage(path: string, body: string, more: Partial<SitePage> = {}): SitePage {
  return { path, title: path || "Start", description: "", body, group: ["Start"], ...more };
}

/** A site of a few pages. */
export function build(pages: readonly SitePage[], options: SiteOptions = {}): Promise<BuiltSite> {
  return buildPages(pages, options);
}

/** The HTML files of a site. */
export function documentsOf({ files }: BuiltSite): readonly (readonly [file: string, html: string])[] {
  return [...files].flatMap(([file, content]) => (file.endsWith(".html") ? [[file, String(content)] as const] : []));
}

/** Every link, script, style sheet and picture of a site that leads nowhere, read from its files: `"guides/nonces/index.html: /x/"`. */
export function deadLinks(site: BuiltSite, path: string): readonly string[] {
  const documents = documentsOf(site);
  const ids = new Map(documents.map(([file, html]) => [file, new Set([...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id))]));
  return documents.flatMap(([file, html]) => {
    const markup = html.replace(/<code>[\s\S]*?<\/code>/g, "");
    const links = new Set(
      [...markup.matchAll(/ (?:href|src|data-index)="([^"]*)"/g)].map(([, link = ""]) => link.replaceAll("&amp;", "&")),
    );
    return [...links].filter((link) => !leadsSomewhere(link, file)).map((link) => `${file}: ${link}`);
  });

  function leadsSomewhere(link: string, file: string): boolean {
    if (/^(?:https:\/\/|mailto:)/.test(link)) return true;
    const [address = "", anchor] = link.split("#");
    if (address !== "" && !address.startsWith(path)) return false;
    const name = address.slice(path.length);
    const target = address === "" ? file : name === "" || name.endsWith("/") ? `${name}index.html` : name;
    return site.files.has(target) && (anchor === undefined || ids.get(target)?.has(decodeURIComponent(anchor)) === true);
  }
}
