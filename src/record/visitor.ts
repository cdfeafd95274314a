import type { BrowserContext, Page, Request } from "playwright-core";
import { type Flood, floodText, newFlood } from "./flood.js";
import { withoutQuery } from "./listen.js";
import { frameOf, type PageSeen, type PageWatch, watchPage, watchPopups, within, withoutQueries } from "./visit.js";
import type { Flow, Viewport, WalkHost, WalkOptions } from "./walk-options.js";

/** Visits pages in one context, one after the other. */
export interface Visitor {
  /** Visits an address in a page that is closed afterwards; undefined where there is nothing to see. `found`: pages found so far. */
  visit(address: string, found: number): Promise<PageSeen | undefined>;
  /** Runs a walk of one's own in a page, and keeps what it visits. */
  run(flow: Flow, keep: (seen: PageSeen) => void): Promise<void>;
}

/** Popups that may be open; further ones are closed at once. */
const MOST_POPUPS = 5;

/** For a popup to load: what it needs is a part of the site too. */
const POPUP_SECONDS = 3;

/** For a whole walk of one's own. */
const FLOW_SECONDS = 600;

/** For the browser to open a page. */
const OPEN_SECONDS = 30;

/** For a page that hangs to close. */
const CLOSE_SECONDS = 5;

/**
 * @param context has no page open yet.
 * @param note is called with what goes wrong, a sentence at a time.
 */
export function newVisitor(
  context: BrowserContext,
  viewport: Viewport,
  options: Pick<WalkOptions, "starts" | "seconds" | "quiet" | "pictures" | "store">,
  host: WalkHost,
  note: (text: string) => void,
): Visitor {
  const { seconds, quiet, pictures, store } = options;
  const visitOptions = {
    viewport: viewport.name,
    seconds,
    quiet,
    pictures,
    store,
    isCovered: host.isCovered,
    isReport: host.isReport,
    onUncovered: host.onUncovered,
  };
  // Once a page came from a service worker, the others are loaded without it from the start.
  let withoutWorker = false;

  /** Opens a page, and closes it with its popups. */
  async function inPage<T>(flood: Flood, use: (page: Page, watch: PageWatch) => Promise<T>): Promise<T> {
    const page = await openPage(context, flood, host.signal);
    const unwatch = watchPopups(context, page, visitOptions);
    try {
      const watch = watchPage(page, { ...visitOptions, flood });
      if (withoutWorker) await bypassWorker(context, page);
      return await use(page, watch);
    } finally {
      await Promise.all(context.pages().map((one) => close(one, page)));
      unwatch();
    }
  }

  /** Goes to an address, and there again without the service worker where that has answered; returns why it could not. */
  async function goTo(page: Page, address: string, watch: PageWatch): Promise<string | undefined> {
    const failure = await load(page, address, seconds);
    if (!watch.isBypassed || withoutWorker) return failure;
    withoutWorker = true;
    note(`${withoutQuery(address)} came from its service worker, without the policy: pages are loaded without the worker.`);
    watch.forget();
    await bypassWorker(context, page);
    return load(page, address, seconds);
  }

  return {
    async visit(address, found) {
      const flood = newFlood();
      host.onVisit(address, viewport, found, flood);
      if (host.signal.aborted) return undefined;
      const look = async (page: Page, watch: PageWatch) => {
        const failure = await goTo(page, address, watch);
        if (flood.why !== undefined) return undefined;
        if (page.isClosed() || failure === REASONS["ERR_ABORTED"]) await endOf(host);
        if (host.signal.aborted) return undefined;
        if (failure !== undefined && host.isAlive() && host.redirects.refused === undefined) note(`${withoutQuery(address)}: ${failure}.`);
        // The browser's own error page has an address of another scheme.
        if (!/^https?:/.test(page.url())) return undefined;
        const seen = await watch.seen();
        for (const text of seen.notes) note(`${seen.url}: ${text}`);
        return host.signal.aborted || !host.isAlive() ? undefined : seen;
      };
      return inPage(flood, async (page, watch) => {
        const seen = await Promise.race([look(page, watch), flood.ended]);
        if (flood.why === undefined) return seen ?? undefined;
        note(`${withoutQuery(address)}: ${floodText(flood.why)}.`);
        return watch.ended(flood.why);
      });
    },

    async run(flow, keep) {
      const flood = newFlood();
      await inPage(flood, async (page, watch) => {
        let count = 0;
        let isVisiting = false;
        // Where a step of the script leads, such as a click on a link, is a load too.
        page.on("request", (request) => {
          if (!isVisiting && isNavigationOf(page, request)) host.onVisit(request.url(), viewport, 0, flood);
        });
        const snapshot = async (name: string) => {
          const seen = await watch.seen(name);
          if (!host.signal.aborted) keep(seen);
        };
        const visit = async (address: string) => {
          const url = new URL(address, options.starts[0]);
          flood.reset();
          host.onVisit(url.href, viewport, 0, flood);
          isVisiting = true;
          try {
            const failure = await goTo(page, url.href, watch);
            if (failure !== undefined) throw new Error(`${withoutQuery(url.href)}: ${failure}`);
            count += 1;
            await snapshot(`script ${count}`);
          } finally {
            isVisiting = false;
          }
        };
        page.setDefaultTimeout(1_000 * seconds);
        const failure = await runWithin(async () => flow({ page, visit, snapshot }), host.signal, flood);
        if (host.signal.aborted || !host.isAlive()) return;
        if (failure !== undefined) note(`The script ended early: ${failure.replace(/\.$/, "")}.`);
        if (flood.why !== undefined) keep(watch.ended(flood.why));
        else await snapshot("script, end");
      });
    },
  };
}

/** Whether a request is the first one of a document for the window itself; a redirect has one before it. */
function isNavigationOf(page: Page, request: Request): boolean {
  const isFirst = request.isNavigationRequest() && request.redirectedFrom() === null;
  return isFirst && /^https?:/.test(request.url()) && frameOf(request) === page.mainFrame();
}

/** Runs a flow until it or its time ends, or the walk does; returns why it ended early. */
function runWithin(run: () => Promise<unknown>, signal: AbortSignal, flood: Flood): Promise<string | undefined> {
  const ran = run().then(
    () => undefined,
    (error: unknown) => withoutQueries(String((error as Error)?.message ?? error).split("\n")[0] ?? "").slice(0, 300),
  );
  const ended = Promise.race([ran, flood.ended.then(() => flood.why)]);
  return within<string | undefined>(
    FLOW_SECONDS,
    orAborted<string | undefined>(signal, ended, "the walk was ended"),
    `it did not end within ${FLOW_SECONDS} s`,
  );
}

/** A promise, or what stands in for it where the walk has to end first. */
async function orAborted<T>(signal: AbortSignal, promise: Promise<T>, instead: T): Promise<T> {
  let end = () => {};
  const aborted = new Promise<T>((resolve) => {
    end = () => resolve(instead);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** A page whose dialogs and popups do not wait for anybody. */
async function openPage(context: BrowserContext, flood: Flood, signal: AbortSignal): Promise<Page> {
  // A context that is being closed may never answer.
  const page = await within<Page | undefined>(OPEN_SECONDS, orAborted(signal, context.newPage(), undefined), undefined);
  if (page === undefined) throw new Error("The browser has opened no page.");
  answerDialogs(page, flood);
  page.on("popup", (popup) => {
    flood.count("windows");
    answerDialogs(popup, flood);
    if (context.pages().length > 1 + MOST_POPUPS) popup.close().catch(() => undefined);
  });
  return page;
}

function answerDialogs(page: Page, flood: Flood): void {
  page.on("dialog", (dialog) => {
    flood.count("dialogs");
    // Leaving a page is always allowed; what it asks otherwise is refused.
    const answer = dialog.type() === "beforeunload" ? dialog.accept() : dialog.dismiss();
    answer.catch(() => undefined);
  });
}

/** A browser that ends aborts its loads first: waits a moment for its end. */
async function endOf(host: WalkHost): Promise<void> {
  for (let tries = 0; tries < 20 && host.isAlive() && !host.signal.aborted; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Closes a page; a popup of `main` is given the time to load what it needs. */
async function close(page: Page, main: Page): Promise<void> {
  if (page !== main) await within(POPUP_SECONDS, page.waitForLoadState("load"), undefined);
  await within(CLOSE_SECONDS, page.close({ runBeforeUnload: false }), undefined);
}

/** Loads what a page shows from the network, and not from its service worker. */
async function bypassWorker(context: BrowserContext, page: Page): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setBypassServiceWorker", { bypass: true });
}

/** Goes to an address; returns why it could not. */
async function load(page: Page, address: string, seconds: number): Promise<string | undefined> {
  try {
    await page.goto(address, { waitUntil: "load", timeout: 1_000 * seconds });
    return undefined;
  } catch (error) {
    const [line = ""] = (error as Error).message.split("\n");
    if (line.includes("Download is starting")) return "it is a download";
    if (line.includes("Timeout")) return `it did not load within ${seconds} s, the time of --timeout`;
    const [code] = /ERR_\w+/.exec(line) ?? [];
    return code === undefined ? withoutQueries(line).slice(0, 200) : reasonOf(code);
  }
}

const CLOSED = "the connection was closed before a response came";

const REASONS: Readonly<Record<string, string>> = {
  ERR_NAME_NOT_RESOLVED: "no host has this name",
  ERR_CONNECTION_REFUSED: "nothing listens there",
  ERR_CONNECTION_RESET: CLOSED,
  ERR_CONNECTION_CLOSED: CLOSED,
  ERR_EMPTY_RESPONSE: CLOSED,
  ERR_ADDRESS_UNREACHABLE: "this host cannot be reached",
  ERR_INTERNET_DISCONNECTED: "this machine has no network",
  ERR_TOO_MANY_REDIRECTS: "it redirects more than 20 times",
  ERR_SSL_PROTOCOL_ERROR: "the server does not speak TLS",
  ERR_ABORTED: "it has nothing to show",
  ERR_UNSAFE_PORT: "browsers do not load from this port",
  ERR_INVALID_RESPONSE: "the answer is not HTTP",
};

/** Why the browser could not load a page, by the name of Chromium's error. */
function reasonOf(code: string): string {
  if (code.startsWith("ERR_CERT_")) return `its certificate is not valid (${code}). --insecure accepts it`;
  return Object.hasOwn(REASONS, code) ? (REASONS[code] as string) : `the browser reports ${code}`;
}
