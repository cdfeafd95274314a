import type { Page, Request } from "playwright-core";

/** Knows when a page is quiet. */
export interface Activity {
  /**
   * Waits until no request has started or ended for `still` milliseconds and none is under way; false where that took longer than
   * `seconds`. What never ends is not waited for: streams, a request without an answer for some seconds, the same request again and again.
   */
  quiet(seconds: number, still: number): Promise<boolean>;
  /** Waits until no report of a violation is under way, at most some seconds. */
  reported(): Promise<void>;
}

/** A request that takes longer is a long poll. */
const LONGEST_WAIT = 4_000;

/** The same address is asked for so often by a page that polls. */
const MOST_REPEATS = 20;

/** Addresses whose requests are counted. */
const MOST_COUNTED = 10_000;

/**
 * What stays open or is sent in the background, as Playwright names it; `"other"` are the scripts of shared and service workers, whose end it
 * does not see.
 */
const BACKGROUND = new Set(["other", "eventsource", "websocket", "media", "ping", "beacon"]);

/** For reports to be received: they are answered in this process. */
const REPORT_MILLISECONDS = 3_000;

/**
 * Watches the requests of a page, which must not have loaded anything yet.
 *
 * @param isReport whether an address is sent reports: Playwright calls their type `"other"` too.
 */
export function watchActivity(page: Page, isReport: (url: string) => boolean = () => false): Activity {
  const pending = new Map<Request, number>();
  const reports = new Set<Request>();
  const counts = new Map<string, number>();
  let last = Date.now();
  page.on("request", (request) => {
    if (isReport(request.url())) reports.add(request);
    if (BACKGROUND.has(request.resourceType())) return;
    const [key = ""] = `${request.method()} ${request.url()}`.split("?");
    const count = (counts.get(key) ?? 0) + 1;
    if (count > 1 || counts.size < MOST_COUNTED) counts.set(key, count);
    if (count > MOST_REPEATS) return;
    last = Date.now();
    pending.set(request, last);
  });
  const ended = (request: Request) => {
    reports.delete(request);
    if (pending.delete(request)) last = Date.now();
  };
  page.on("requestfinished", ended);
  page.on("requestfailed", ended);
  return {
    async quiet(seconds, still) {
      const begin = Date.now();
      const longest = Math.min(LONGEST_WAIT, (1_000 * seconds) / 3);
      while (Date.now() - begin < 1_000 * seconds) {
        const now = Date.now();
        const isWaiting = [...pending.values()].some((since) => now - since < longest);
        if (page.isClosed() || (now - last >= still && !isWaiting)) return true;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return false;
    },
    async reported() {
      for (const begin = Date.now(); reports.size > 0 && !page.isClosed() && Date.now() - begin < REPORT_MILLISECONDS; ) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}
