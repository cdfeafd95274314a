import { bundlePlayground, pathOf } from "./playground/bundle.js";
import { markup } from "./playground/markup.js";

/**
 * Makes the playground: a page that runs the library in the browser.
 *
 * @returns its `<main>` element, which loads the script and the style, and its files by their paths below the root of the site.
 */
export async function playgroundPage(): Promise<{ html: string; files: ReadonlyMap<string, Uint8Array> }> {
  const { script, style, files } = await bundlePlayground();
  return { html: markup(pathOf(script), pathOf(style)), files };
}
