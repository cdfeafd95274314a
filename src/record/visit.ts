import type { BrowserContext, ConsoleMessage, Frame, Page, Request, Response } from "playwright-core";
import type { Flood } from "./flood.js";
import { withoutQuery } from "./listen.js";
import { type PictureStore, storeInMemory } from "./picture-store.js";
import { type Activity, watchActivity } from "./settle.js";
import { isShown } from "./uncovered.js";

/** A link to another page of the site. */
export interface Link {
  readonly href: string;
  /** What a visitor reads or hears, a line each: its text, that of its pictures, its labels, and how a script sends it. */
  readonly label: string;
}

/** What one visit of a page has shown. */
export interface PageSeen {
  /** Without its query and fragment. */
  readonly url: string;
  /** The name of the viewport: `"desktop"`. */
  readonly viewport: string;
  /** Of the document; 0 where none came. */
  readonly status: number;
  readonly title: string;
  /** The visible lines, of its frames too; read from the store each time. */
  readonly text: readonly string[];
  /** A PNG of the page, five heights of the viewport at most; undefined where pictures are left out, or the page let none be taken. */
  readonly picture: Uint8Array | undefined;
  /** Errors of the console and of scripts, without queries; those of the policy are violations and not among them. */
  readonly errors: readonly string[];
  /** Requests that failed: `"GET https://site.example/a.js: net::ERR_FAILED"`. */
  readonly failed: readonly string[];
  readonly links: readonly Link[];
  /** What went wrong with the visit itself. */
  readonly notes: readonly string[];
  /** Why the visit was ended before the page was seen: `"more than 2000 violations"`; undefined where it was not. */
  readonly cut?: string;
  /** Whether it has a field for a password. */
  readonly asksForPassword?: boolean;
}

/** How a page is visited. */
export interface VisitOptions {
  readonly viewport: string;
  /** For the page to load, and again for it to settle. */
  readonly seconds: number;
  /** Milliseconds without a request after which a page is at rest. Default: 500. */
  readonly quiet?: number | undefined;
  readonly pictures: boolean;
  /** Whether a request sends a report of a violation, by its address; default: none does. */
  readonly isReport?: ((url: string) => boolean) | undefined;
  /** Counts requests and messages of the console. */
  readonly flood?: Flood | undefined;
  /** Where pictures and texts are kept; default: in memory. */
  readonly store?: PictureStore | undefined;
  /** Whether a response has the policy, by its address and headers; default: each one has. */
  readonly isCovered?: ((url: string, headers: Readonly<Record<string, string>>) => boolean) | undefined;
  /** Called with the address of a document that was loaded without the policy, and why. */
  readonly onUncovered?: ((url: string, why: string) => void) | undefined;
}

/** Collects what a page shows until it is asked for. */
export interface PageWatch {
  /**
   * Waits until the page is quiet, scrolls through it, and returns what was seen since the last call.
   *
   * @param name is added to the address: a page may be seen several times.
   */
  seen(name?: string): Promise<PageSeen>;
  /** What is known of a page whose visit has to end now, without asking it. */
  ended(why: string): PageSeen;
  /** Whether a document of the page came from its service worker since the last call of `seen`, without the policy. */
  readonly isBypassed: boolean;
  /** Drops what was seen since the last call of `seen`: the page is loaded anew. */
  forget(): void;
}

/** Lines, errors and requests of one page that are kept, and the length of each. */
const MOST_LINES = 2_000;
const MOST_ERRORS = 200;
const LONGEST_LINE = 300;

/** The status and the text of the policy itself are in the reports. */
const POLICY_MESSAGE = /Content Security Policy|Permissions policy violation|report-only/i;

/** Watches a page, which must not have loaded anything yet. */
export function watchPage(page: Page, options: VisitOptions): PageWatch {
  let errors: string[] = [];
  let failed: string[] = [];
  let notes: string[] = [];
  let status = 0;
  // Documents from the service worker: the page may be loaded again without it.
  let bypassed = new Set<string>();
  const activity = watchActivity(page, options.isReport);
  const store = options.store ?? storeInMemory();
  const keep = (list: string[], text: string) => {
    if (list.length < MOST_ERRORS) list.push(withoutQueries(text.slice(0, 10 * LONGEST_LINE)).slice(0, LONGEST_LINE));
  };
  page.on("request", (request) => {
    if (options.isReport?.(request.url()) !== true) options.flood?.count("requests");
  });
  page.on("console", (message: ConsoleMessage) => {
    options.flood?.count("console messages");
    // A failed request has its own list.
    if (message.type() !== "error" || POLICY_MESSAGE.test(message.text()) || message.text().startsWith("Failed to load resource")) return;
    keep(errors, message.text());
  });
  page.on("pageerror", (error: Error) => keep(errors, `${error.name}: ${error.message}`));
  page.on("requestfailed", (request: Request) => {
    const why = request.failure()?.errorText ?? "failed";
    // A navigation away cancels what still loads.
    if (why !== "net::ERR_ABORTED") keep(failed, `${request.method()} ${withoutQuery(request.url())}: ${why}`);
  });
  page.on("response", (response: Response) => {
    const request = response.request();
    if (response.status() >= 400) keep(failed, `${request.method()} ${withoutQuery(response.url())}: status ${response.status()}`);
    if (!request.isNavigationRequest()) return;
    if (frameOf(request) === page.mainFrame()) status = response.status();
    if (isCovered(response, options)) return;
    if (response.fromServiceWorker()) bypassed.add(response.url());
    else options.onUncovered?.(response.url(), NOT_SEEN);
  });
  page.on("crash", () => keep(notes, "The page crashed."));
  return {
    get isBypassed() {
      return bypassed.size > 0;
    },
    forget() {
      [errors, failed, notes, bypassed] = [[], [], [], new Set()];
    },
    ended: (cut) => ({
      url: withoutQuery(page.url()),
      ...{ viewport: options.viewport, status, title: "", text: [], picture: undefined, errors, failed, links: [], notes, cut },
    }),
    async seen(name) {
      const settled = await settle(page, activity, options);
      await within(options.seconds, page.evaluate(TURN), undefined);
      await activity.reported();
      for (const url of bypassed) options.onUncovered?.(url, FROM_WORKER);
      if (!settled) keep(notes, `The page did not come to rest within ${options.seconds} s, the time of --timeout.`);
      const { title, text, links, asksForPassword, hasManifest } = await contentOf(page);
      if (hasManifest) await within(MANIFEST_SECONDS, loadManifest(page), undefined);
      const read = store(options.pictures ? await pictureOf(page) : undefined);
      const readText = store(Buffer.from(JSON.stringify(text)));
      const url = withoutQuery(page.url()) + (name === undefined ? "" : ` (${name})`);
      const seen = stored(
        { url, viewport: options.viewport, status, title, errors, failed, links, notes, asksForPassword },
        readText,
        read,
      );
      [errors, failed, notes, bypassed] = [[], [], [], new Set()];
      return seen;
    },
  };
}

/** What was seen, with its text and picture where they are kept. On its own: a getter in a watch would keep the closed page in memory. */
function stored(
  seen: Omit<PageSeen, "text" | "picture">,
  readText: () => Uint8Array | undefined,
  readPicture: () => Uint8Array | undefined,
): PageSeen {
  // A spread would call the getters.
  return Object.defineProperties(
    { ...seen },
    {
      text: { enumerable: true, get: () => JSON.parse(Buffer.from(readText() as Uint8Array).toString()) as readonly string[] },
      picture: { enumerable: true, get: readPicture },
    },
  ) as PageSeen;
}

/** Why a document does not have the policy. */
const FROM_WORKER = "it came from its service worker";
const NOT_SEEN = "its response did not pass through the network layer";

/** Watches the documents of a page's popups, from whose service worker they may come too. */
export function watchPopups(context: BrowserContext, page: Page, options: Pick<VisitOptions, "isCovered" | "onUncovered">): () => void {
  const onResponse = (response: Response) => {
    const request = response.request();
    if (!request.isNavigationRequest() || pageOf(request) === page || isCovered(response, options)) return;
    options.onUncovered?.(response.url(), response.fromServiceWorker() ? FROM_WORKER : NOT_SEEN);
  };
  context.on("response", onResponse);
  return () => context.off("response", onResponse);
}

/** Whether a response has the policy, or shows nothing. */
function isCovered(response: Response, options: Pick<VisitOptions, "isCovered">): boolean {
  const headers = response.headers();
  return !isShown(response.status(), headers["content-disposition"] ?? "") || options.isCovered?.(response.url(), headers) !== false;
}

const pageOf = (request: Request): Page | undefined => frameOf(request)?.page();

/** The frame that a request is for or from; undefined for a window that has just been opened, and for a service worker's own requests. */
export function frameOf(request: Request): Frame | undefined {
  try {
    return request.frame();
  } catch {
    return undefined;
  }
}

const QUIET = 500;

/** The part of that time that is enough once the page was at rest, and was scrolled through. */
const AGAIN = 0.3;

/** Waits until the page is quiet, scrolls through it for what loads late, and waits again. */
async function settle(page: Page, activity: Activity, { seconds, quiet = QUIET }: VisitOptions): Promise<boolean> {
  const first = await activity.quiet(seconds, quiet);
  await within(seconds, page.evaluate(SCROLL), undefined);
  return (await activity.quiet(seconds, AGAIN * quiet)) && first;
}

/** The events of violations are sent one by one: those that wait are sent before the page takes its next turn. */
const TURN = "new Promise((resolve) => setTimeout(resolve))";

const SCROLL = `(async () => {
  const step = innerHeight;
  for (let top = step; top < Math.min(document.documentElement.scrollHeight, 20 * step); top += step) {
    scrollTo(0, top);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  scrollTo(0, 0);
})()`;

interface Content {
  readonly title: string;
  readonly text: readonly string[];
  readonly links: readonly Link[];
  readonly asksForPassword: boolean;
  readonly hasManifest: boolean;
}

const CONTENT = `({
  title: document.title.slice(0, ${LONGEST_LINE}),
  text: (document.body?.innerText ?? "").split("\\n").map((line) => line.trim()).filter((line) => line !== "").slice(0, ${MOST_LINES}).map((line) => line.slice(0, ${LONGEST_LINE})),
  links: [...document.querySelectorAll("a[href], area[href]")].slice(0, 10000).filter((link) => !link.hasAttribute("download"))
    .map((link) => ({ href: String(link.href?.baseVal ?? link.href), label: [link.textContent, link.ariaLabel, link.title, link.alt,
      ...[...link.querySelectorAll("[alt], [aria-label], [title]")].slice(0, 10).flatMap((one) => [one.getAttribute("alt"), one.ariaLabel, one.getAttribute("title")]),
      ...(link.getAttribute("aria-labelledby") ?? "").split(" ").slice(0, 10).map((id) => document.getElementById(id)?.textContent),
      link.dataset?.method].map((text) => (text ?? "").trim().replace(/\\s+/g, " ").slice(0, 100)).filter((text) => text !== "").join("\\n") })),
  asksForPassword: document.querySelector("input[type=password]") !== null,
  hasManifest: document.querySelector("head > link[rel~=manifest][href]") !== null,
})`;

/** Seconds that a page may take to say what it shows, and for its picture: on a busy machine a script runs as long. */
const SLOWEST = 15;

const NOTHING: Content = { title: "", text: [], links: [], asksForPassword: false, hasManifest: false };

/** What the page and its frames show. */
async function contentOf(page: Page): Promise<Content> {
  const read = (frame: { evaluate(code: string): Promise<unknown> }) =>
    within(SLOWEST, frame.evaluate(CONTENT) as Promise<Content>, NOTHING);
  const [main = NOTHING, ...frames] = await Promise.all(page.frames().map(read));
  const text = [main, ...frames].flatMap((one) => one.text).slice(0, MOST_LINES);
  return { ...main, text };
}

/** For the manifest of a page to load. */
const MANIFEST_SECONDS = 5;

/** Loads the manifest, as a browser does that offers to install the page: without a window, Chromium leaves it out. */
async function loadManifest(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  try {
    await session.send("Page.getAppManifest");
  } finally {
    session.detach().catch(() => undefined);
  }
}

/** A picture ends after so many heights of the window. */
const MOST_HEIGHTS = 5;

/** The page from its top, below the window too. */
async function pictureOf(page: Page): Promise<Uint8Array | undefined> {
  const window = page.viewportSize();
  const read = page.evaluate("document.documentElement.scrollHeight") as Promise<number>;
  const height = window === null ? 0 : Math.min(Math.max(await within(SLOWEST, read, 0), window.height), MOST_HEIGHTS * window.height);
  const clip = window !== null && { fullPage: true, clip: { x: 0, y: 0, width: window.width, height } };
  const taken = page.screenshot({ animations: "disabled", caret: "hide", timeout: 1_000 * SLOWEST, ...clip });
  return within<Uint8Array | undefined>(SLOWEST + 2, taken, undefined);
}

/** A promise with a time limit, or what stands in for it where it fails or is late. */
export async function within<T>(seconds: number, promise: Promise<T>, instead: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(instead), 1_000 * seconds);
  });
  try {
    return await Promise.race([promise.catch(() => instead), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A text without the queries and fragments of the addresses and paths in it: they may be secrets. */
export function withoutQueries(text: string): string {
  return text.replace(ADDRESS, (address) => address.replace(/[?#].*$/s, "")).replace(PAIRS, "");
}

const ADDRESS = /(?:https?|wss?):\/\/[^\s"')]+/g;

/** A query or fragment without an address before it: `/api?token=…`. */
const PAIRS = /[?#][\w.~%+[\]-]{1,100}=[^\s"')]*/g;
