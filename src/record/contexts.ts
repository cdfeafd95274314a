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
  /** The contexts by the protocol's ids. */
  readonly ids: Map<string, BrowserContext>;
  /** Lets the pages of a context ask other origins of this machine and its network, by the protocol's id. */
  allowLocal(contextId: string): Promise<void>;
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
  const joining = Promise.all([used.opening, idOf(context)]);
  const [{ network, entries, ids, allowLocal, close }, contextId] = await joining.catch(async (error: unknown) => {
    if (leave()) await used.opening.then((one) => one.close()).catch(() => undefined);
    throw error;
  });
  const id = nextId;
  nextId += 1;
  entries.set(context, { ...listener, id });
  ids.set(contextId, context);
  await allowLocal(contextId);
  const address = `${network.reportUri}${id}/`;
  return {
    loadOf: (policy) => (policy.includes(address) ? Number(policy.split(address)[1]?.match(/^\d+/)?.[0]) : undefined),
    async close() {
      ids.delete(contextId);
      if (entries.delete(context) && leave()) await close();
    },
  };
}

let nextId = 1;

async function openShared(browser: Browser): Promise<Shared> {
  const entries = new Map<BrowserContext, Entry>();
  const session = await browser.newBrowserCDPSession();
  const ids = new Map<string, BrowserContext>();
  const contextOf = contextFinder(browser, session, ids);
  let loads = 0;
  const network = await watchNetwork(
    browser,
    {
      async headersFor(served, frame) {
        const context = await contextOf(frame);
        const entry = context === undefined || context === "another" ? undefined : entries.get(context);
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
    ids,
    async allowLocal(browserContextId) {
      // A response that is passed on has no address: Chromium would take its page for one of a public network. It names these two since 142;
      // before, it has no such permission. BrowserContext.grantPermissions would refuse all others.
      for (const name of ["loopback-network", "local-network"]) {
        await session.send("Browser.setPermission", { permission: { name }, setting: "granted", browserContextId }).catch(() => undefined);
      }
    },
    async close() {
      await network.close();
      await session.detach().catch(() => undefined);
    },
  };
}

/** The protocol's id of a context, which Playwright keeps to itself: each page names it. Asked before a page navigates, when it answers at once. */
async function idOf(context: BrowserContext): Promise<string> {
  const [page] = context.pages();
  const asked = page ?? (await context.newPage());
  const session = await context.newCDPSession(asked);
  const { targetInfo } = await session.send("Target.getTargetInfo");
  await session.detach();
  if (page === undefined) await asked.close();
  if (targetInfo.browserContextId === undefined) throw new Error("The browser does not name the context of a page.");
  return targetInfo.browserContextId;
}

/** Frames whose context is remembered. */
const MOST_FRAMES = 10_000;

/** For a page to name its frames: it answers at once, unless it is loading itself. */
const ANSWER_MILLISECONDS = 5_000;

/**
 * Returns a function that finds the context of a frame by its id; `"another"` where it is none of these. A page, a frame of another site
 * and a service worker are targets of the protocol, which name their context. All other frames are in the frame trees of the pages.
 */
function contextFinder(
  browser: Browser,
  session: CDPSession,
  ids: ReadonlyMap<string, BrowserContext>,
): (frame: string) => Promise<BrowserContext | "another" | undefined> {
  const frames = new Map<string, BrowserContext>();

  return async (frame) => {
    try {
      const [only, ...others] = browser.contexts();
      if (only !== undefined && others.length === 0) return only;
      const known = frames.get(frame);
      if (known !== undefined) return known;
      const { targetInfos } = await session.send("Target.getTargets");
      const target = targetInfos.find(({ targetId }) => targetId === frame);
      const found =
        target === undefined ? await searchFrames([...ids.values()], frame) : (ids.get(target.browserContextId ?? "") ?? "another");
      if (found !== undefined && found !== "another") {
        if (frames.size >= MOST_FRAMES) frames.clear();
        frames.set(frame, found);
      }
      return found;
    } catch {
      return undefined;
    }
  };
}

interface FrameTree {
  readonly frame: { readonly id: string };
  readonly childFrames?: readonly FrameTree[];
}

const contains = ({ frame, childFrames = [] }: FrameTree, id: string): boolean =>
  frame.id === id || childFrames.some((child) => contains(child, id));

/** Looks for a frame in all frame trees; a frame of another site has a tree of its own. Undefined where one of them did not answer. */
async function searchFrames(contexts: readonly BrowserContext[], frame: string): Promise<BrowserContext | "another" | undefined> {
  const asked = contexts.flatMap((context) =>
    context.pages().flatMap((page) =>
      [page, ...page.frames().filter((one) => one !== page.mainFrame())].map(async (one) => {
        const tree = await frameTreeOf(context, one);
        if (tree === undefined || tree === "none" || !contains(tree, frame)) throw tree;
        return context;
      }),
    ),
  );
  try {
    return await Promise.any(asked);
  } catch (error) {
    return (error as AggregateError).errors.includes(undefined) ? undefined : "another";
  }
}

/** The frames of a page or a frame; `"none"` where it is closed or in the tree of another, undefined where it does not answer. */
async function frameTreeOf(context: BrowserContext, of: Page | Frame): Promise<FrameTree | "none" | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ANSWER_MILLISECONDS);
  });
  const ask = async (): Promise<FrameTree | "none"> => {
    const session = await context.newCDPSession(of);
    try {
      return (await session.send("Page.getFrameTree")).frameTree;
    } finally {
      session.detach().catch(() => undefined);
    }
  };
  try {
    return await Promise.race([ask().catch(() => "none" as const), late]);
  } finally {
    clearTimeout(timer);
  }
}
