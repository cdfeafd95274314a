import type { Page, Request } from "playwright-core";

/** Tells when a page has come to rest. */
export interface Quiet {
  /** Waits until no request has been under way for a time, in milliseconds; false where that does not come within the limit. */
  settled(quiet: number, limit: number): Promise<boolean>;
}

/**
 * Requests that may stay open for as long as the page does; `"other"` are the scripts of shared and service workers, whose end Playwright
 * does not see.
 */
const ENDLESS: readonly string[] = ["eventsource", "websocket", "other"];

/** Watches the requests of a page, of its workers and popups. The page must not have loaded anything yet. */
export function watchQuiet(page: Page): Quiet {
  const open = new Set<Request>();
  let changed = Date.now();
  const end = (request: Request) => {
    if (open.delete(request)) changed = Date.now();
  };
  const context = page.context();
  const begin = (request: Request) => {
    if (ENDLESS.includes(request.resourceType())) return;
    open.add(request);
    changed = Date.now();
  };
  context.on("request", begin).on("requestfinished", end).on("requestfailed", end);
  page.once("close", () => context.off("request", begin).off("requestfinished", end).off("requestfailed", end));
  return {
    async settled(quiet, limit) {
      const start = Date.now();
      const isQuiet = () => open.size === 0 && Date.now() - Math.max(start, changed) >= quiet;
      while (!isQuiet()) {
        if (Date.now() - start > limit || page.isClosed()) return false;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      return true;
    },
  };
}
