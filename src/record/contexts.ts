import type { Browser, BrowserContext, CDPSession, Frame, Page } from "playwright-core";
import type { Report } from "../reports/parse.js";
import { type HeaderEntry, type Network, type Served, watchNetwork } from "./network.js";

/** What is put on the responses of one context, and who gets the violations. None of the functions may throw. */
export interface ContextListener {
  /** Returns the headers of one load: its violations are reported to `reportUri`, which no other load has. */
  headersFor(served: Served, load: number, reportUri: string): readonly HeaderEntry[];
  onReport(report: Report, load: number): void;
  onSkipped(url: string, why: string): void;
}

/** A context whose responses get headers. */
export interface WatchedContext {
  /** The load that a policy was put on, by its text as browsers have it; undefined for a policy of somebody else. */
  loadOf(policy: string): number | undefined;
  close(): Promise<void>;
}

interface Entry extends ContextListener {
  readonly id: number;
}

/** The network layer of a browser. All contexts share it: two of them would put headers on each other's responses. */
interface Shared {
  readonly network: Network;
  readonly entries: Map<BrowserContext, Entry>;
  close(): Promise<void>;
}

/** By browser, and how many contexts use it. */
const shared = new WeakMap<Browser, { readonly opening: Promise<Shared>; users: number }>();

/**
 * Puts headers on the documents and workers of one context of a browser, and on no other's.
 *
 * The DevTools protocol pauses the responses of all contexts, and names the frame of each, but not its context: see {@link contextFinder}.
 */
export async function watchContext(browser: Browser, context: BrowserContext, listener: ContextListener): Promise<WatchedContext> {
  const used = shared.get(browser) ?? { opening: openShared(browser), users: 0 };
  shared.set(browser, used);
  used.users += 1;
  const leave = () => {
    used.users -= 1;
    if (used.users === 0) shared.delete(browser);
    return used.users === 0;
  };
  const { network, entries, close } = await used.opening.catch((error: unknown) => {
    leave();
    throw error;
  });
  const id = nextId;
  nextId += 1;
  entries.set(context, { ...listener, id });
  const address = `${network.reportUri}${id}/`;
  return {
    loadOf: (policy) => (policy.includes(address) ? Number(policy.split(address)[1]?.match(/^\d+/)?.[0]) : undefined),
    async close() {
      if (entries.delete(context) && leave()) await close();
    },
  };
}

let nextId = 1;

async function openShared(browser: Browser): Promise<Shared> {
  const entries = new Map<BrowserContext, Entry>();
  const session = await browser.newBrowserCDPSession();
  const contextOf = contextFinder(browser, session);
  let loads = 0;
  const network = await watchNetwork(
    browser,
    {
      async headersFor(served, frame) {
        const context = await contextOf(frame);
        const entry = context && entries.get(context);
        if (context === undefined) {
          for (const { onSkipped } of entries.values()) onSkipped(served.url, "the browser did not say which context asked for it");
        }
        if (entry === undefined) return served.headers;
        loads += 1;
        return entry.headersFor(served, loads, `${network.reportUri}${entry.id}/${loads}`);
      },
      onReport(report, address) {
        const [id, load] = address.slice(network.reportUri.length).split("/").map(Number);
        const entry = [...entries.values()].find((one) => one.id === id);
        if (load !== undefined && load > 0 && load <= loads) entry?.onReport(report, load);
      },
      onSkipped(url, why) {
        for (const { onSkipped } of entries.values()) onSkipped(url, why);
      },
    },
    { origins: [], headers: {} },
  );
  return {
    network,
    entries,
    async close() {
      await network.close();
      await session.detach().catch(() => undefined);
    },
  };
}

/** Frames whose context is remembered. */
const MOST_FRAMES = 10_000;

/**
 * Returns a function that finds the context of a frame by its id. A page, a frame of another site and a service worker are targets of
 * the protocol, which name their context by an id that Playwright keeps to itself: the target of any page of a context has it. All other
 * frames are in the frame trees of the pages.
 */
function contextFinder(browser: Browser, session: CDPSession): (frame: string) => Promise<BrowserContext | undefined> {
  const frames = new Map<string, BrowserContext>();
  const ids = new Map<string, BrowserContext>();

  const ofTarget = async (frame: string): Promise<BrowserContext | undefined> => {
    const { targetInfos } = await session.send("Target.getTargets");
    const id = targetInfos.find(({ targetId }) => targetId === frame)?.browserContextId;
    if (id === undefined) return undefined;
    if (!ids.has(id)) await readIds(browser.contexts(), ids);
    return ids.get(id);
  };

  const find = async (frame: string): Promise<BrowserContext | undefined> => {
    const [only, ...others] = browser.contexts();
    if (others.length === 0) return only;
    if (!frames.has(frame)) {
      if (frames.size > MOST_FRAMES) frames.clear();
      const found = await ofTarget(frame);
      if (found !== undefined) frames.set(frame, found);
      else await readFrames(browser.contexts(), frames);
    }
    return frames.get(frame);
  };
  return (frame) => find(frame).catch(() => undefined);
}

/** Notes the protocol's id of each context that has a page. */
async function readIds(contexts: readonly BrowserContext[], ids: Map<string, BrowserContext>): Promise<void> {
  const known = new Set(ids.values());
  for (const context of contexts) {
    const [page] = context.pages();
    if (page === undefined || known.has(context)) continue;
    const info = await ask(context, page, (session) => session.send("Target.getTargetInfo"));
    if (info?.targetInfo.browserContextId !== undefined) ids.set(info.targetInfo.browserContextId, context);
  }
}

interface FrameTree {
  readonly frame: { readonly id: string };
  readonly childFrames?: readonly FrameTree[];
}

/** Notes the context of every frame; a frame of another site has a tree of its own. */
async function readFrames(contexts: readonly BrowserContext[], frames: Map<string, BrowserContext>): Promise<void> {
  const add = ({ frame, childFrames = [] }: FrameTree, context: BrowserContext): void => {
    frames.set(frame.id, context);
    for (const child of childFrames) add(child, context);
  };
  for (const context of contexts) {
    for (const page of context.pages()) {
      for (const one of [page, ...page.frames().filter((frame) => frame !== page.mainFrame())]) {
        const tree = await ask(context, one, (session) => session.send("Page.getFrameTree"));
        if (tree !== undefined) add(tree.frameTree, context);
      }
    }
  }
}

/** Asks a page or a frame; undefined where it is closed, or has no session of its own. */
async function ask<T>(context: BrowserContext, of: Page | Frame, question: (session: CDPSession) => Promise<T>): Promise<T | undefined> {
  try {
    const session = await context.newCDPSession(of);
    try {
      return await question(session);
    } finally {
      await session.detach().catch(() => undefined);
    }
  } catch {
    return undefined;
  }
}
