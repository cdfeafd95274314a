import type { BrowserContext, Page } from "playwright-core";
import { type LinkRules, linkFilter } from "./links.js";
import { withoutQuery } from "./listen.js";
import { type PageSeen, type VisitOptions, watchPage } from "./visit.js";

/** A size of the browser's window. */
export interface Viewport {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

export const VIEWPORTS = {
  desktop: { name: "desktop", width: 1_280, height: 800 },
  phone: { name: "phone", width: 390, height: 844 },
} as const satisfies Readonly<Record<string, Viewport>>;

/** A walk of one's own: the default export of the file of `--script`. */
export type Flow = (tools: FlowTools) => unknown;

/** What a {@link Flow} gets. */
export interface FlowTools {
  /** Playwright's page. */
  readonly page: Page;
  /** Goes to an address or a path of the site, waits until the page is quiet, and keeps what it shows. */
  readonly visit: (address: string) => Promise<void>;
  /** Keeps what the page shows now, under a name of its own. */
  readonly snapshot: (name: string) => Promise<void>;
}

/** Where to walk, and how far. */
export interface WalkOptions {
  /** The first addresses; links to their origins are followed. */
  readonly starts: readonly URL[];
  /** The most pages to visit in each viewport. */
  readonly pages: number;
  /** The most links between a start address and a page. */
  readonly depth: number;
  readonly include: readonly RegExp[];
  readonly exclude: readonly RegExp[];
  readonly viewports: readonly Viewport[];
  readonly flow: Flow | undefined;
  readonly seconds: number;
  readonly pictures: boolean;
}

/** Opens what a walk needs, and hears of its progress. */
export interface WalkHost {
  /** A new context of the browser, in which violations are listened for. */
  newContext(viewport: Viewport): Promise<BrowserContext>;
  /** Called before each visit, with the address. */
  onVisit(address: string, viewport: Viewport): void;
  onSeen(seen: PageSeen): void;
  /** Whether to end early; what was seen is kept. */
  readonly signal: AbortSignal;
}

/** What a walk has seen. */
export interface Walked {
  readonly pages: readonly PageSeen[];
  /** The addresses that were visited, for the same walk again. */
  readonly addresses: readonly string[];
  /** Links that were found and not visited, since the walk was at its limit. */
  readonly left: number;
  /** What went wrong, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Visits the pages of a site, breadth first, once for each viewport.
 *
 * @param again the addresses of an earlier walk: the same ones are visited, in the same order, and no further links are followed.
 */
export async function walk(options: WalkOptions, host: WalkHost, again?: readonly string[]): Promise<Walked> {
  const pages: PageSeen[] = [];
  const notes: string[] = [];
  let addresses: readonly string[] = again ?? [];
  let left = 0;
  for (const [index, viewport] of options.viewports.entries()) {
    const context = await host.newContext(viewport);
    const keep = (seen: PageSeen) => {
      pages.push(seen);
      host.onSeen(seen);
    };
    try {
      if (index === 0 && again === undefined) {
        const found = await discover(context, viewport, options, host, keep, notes);
        [addresses, left] = [found.addresses, found.left];
      } else {
        for (const address of addresses) {
          if (host.signal.aborted) break;
          await visitOne(context, address, viewport, options, host, keep, notes);
        }
      }
      if (options.flow !== undefined && !host.signal.aborted) await runFlow(options.flow, context, viewport, options, host, keep, notes);
    } finally {
      await context.close().catch(() => undefined);
    }
  }
  return { pages, addresses, left, notes };
}

type Keep = (seen: PageSeen) => void;

/** Follows links from the start addresses. */
async function discover(
  context: BrowserContext,
  viewport: Viewport,
  { starts, include, exclude, ...options }: WalkOptions,
  host: WalkHost,
  keep: Keep,
  notes: string[],
): Promise<{ readonly addresses: readonly string[]; readonly left: number }> {
  const rules: LinkRules = { origins: new Set(starts.map(({ origin }) => origin)), include, exclude };
  const follow = linkFilter(rules);
  const waiting = starts.map(({ href }) => ({ address: href, depth: 0 }));
  for (const { href } of starts) follow({ href, label: "" });
  const addresses: string[] = [];
  while (waiting.length > 0 && addresses.length < options.pages && !host.signal.aborted) {
    const { address, depth } = waiting.shift() as { address: string; depth: number };
    addresses.push(address);
    const seen = await visitOne(context, address, viewport, { starts, include, exclude, ...options }, host, keep, notes);
    if (seen === undefined || depth >= options.depth) continue;
    for (const link of seen.links) {
      const next = follow(link);
      if (next !== undefined) waiting.push({ address: next, depth: depth + 1 });
    }
  }
  return { addresses, left: waiting.length };
}

/** Visits an address in a page that is closed afterwards; undefined where there was none to see. */
async function visitOne(
  context: BrowserContext,
  address: string,
  viewport: Viewport,
  options: WalkOptions,
  host: WalkHost,
  keep: Keep,
  notes: string[],
): Promise<PageSeen | undefined> {
  host.onVisit(address, viewport);
  const page = await openPage(context);
  try {
    const watch = watchPage(page, visitOptions(options, viewport));
    const failure = await goTo(page, address, options.seconds);
    if (failure !== undefined) notes.push(`${withoutQuery(address)}: ${failure}`);
    // The browser's own error page has an address of another scheme.
    if (!/^https?:/.test(page.url())) return undefined;
    const seen = await watch.seen();
    keep(seen);
    return seen;
  } finally {
    await page.close({ runBeforeUnload: false }).catch(() => undefined);
  }
}

const visitOptions = ({ seconds, pictures }: WalkOptions, { name }: Viewport): VisitOptions => ({ viewport: name, seconds, pictures });

/** A page whose dialogs do not wait for anybody. */
async function openPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  page.on("dialog", (dialog) => {
    // Leaving a page is always allowed; what it asks otherwise is refused.
    const answer = dialog.type() === "beforeunload" ? dialog.accept() : dialog.dismiss();
    answer.catch(() => undefined);
  });
  return page;
}

/** Goes to an address; returns why it could not. */
async function goTo(page: Page, address: string, seconds: number): Promise<string | undefined> {
  try {
    await page.goto(address, { waitUntil: "load", timeout: 1_000 * seconds });
    return undefined;
  } catch (error) {
    const [line = ""] = (error as Error).message.split("\n");
    if (line.includes("Download is starting")) return "it is a download";
    if (line.includes("Timeout")) return `it did not load within ${seconds} s`;
    return /net::\w+/.exec(line)?.[0] ?? line.slice(0, 200);
  }
}

async function runFlow(
  flow: Flow,
  context: BrowserContext,
  viewport: Viewport,
  options: WalkOptions,
  host: WalkHost,
  keep: Keep,
  notes: string[],
): Promise<void> {
  const page = await openPage(context);
  try {
    const watch = watchPage(page, visitOptions(options, viewport));
    const snapshot = async (name: string) => keep({ ...(await watch.seen()), url: `${withoutQuery(page.url())} (${name})` });
    let count = 0;
    const visit = async (address: string) => {
      const url = new URL(address, options.starts[0]);
      host.onVisit(url.href, viewport);
      const failure = await goTo(page, url.href, options.seconds);
      if (failure !== undefined) throw new Error(`${withoutQuery(url.href)}: ${failure}`);
      count += 1;
      await snapshot(`script ${count}`);
    };
    await flow({ page, visit, snapshot });
    await snapshot("script, end");
  } catch (error) {
    notes.push(`The script ended early: ${String((error as Error)?.message ?? error).split("\n")[0]}`);
  } finally {
    await page.close({ runBeforeUnload: false }).catch(() => undefined);
  }
}
