import type { Browser, BrowserContextOptions } from "playwright-core";
import type { Policy } from "../policy/policy.js";
import { collectEvidence, type EvidenceCollector } from "./evidence.js";
import type { Flood } from "./flood.js";
import { headersWith, type Mode } from "./headers.js";
import { siteOrigins } from "./links.js";
import { type Detail, listenToDocuments, type PopupMessage, withoutQuery } from "./listen.js";
import { type NetworkListener, watchNetwork } from "./network.js";
import { watchOpeners } from "./openers.js";
import { type PictureStore, storeInMemory } from "./picture-store.js";
import { redirectGuard } from "./redirects.js";
import { type CookieWatch, watchCookies } from "./set-cookies.js";
import { watchSitePolicy } from "./site-policy.js";
import { collectUncovered, type UncoveredCollector, uncoveredText } from "./uncovered.js";
import type { PageSeen } from "./visit.js";
import { type Viewport, type Walked, type WalkOptions, walk } from "./walk.js";

/** What happens during a recording, for a progress display. */
export type Progress = (event: {
  readonly step: "visit";
  readonly address: string;
  readonly viewport: string;
  readonly walk: number;
  /** Pages that were found so far; 0 where that is not known. */
  readonly found: number;
  readonly violations: number;
}) => void;

/** One browser in which a site is walked through, several times. */
export interface Recorder {
  /** Walks with a policy, and adds what is blocked to `evidence`; visits the addresses of an earlier walk where they are given. */
  walk(policy: Policy, mode: Mode, evidence: EvidenceCollector, again?: readonly string[]): Promise<Walked>;
  /** A collector for one walk, or for several of the same policy. */
  newEvidence(): EvidenceCollector;
  /** Where pictures and texts are kept. */
  readonly store: PictureStore;
  close(): Promise<void>;
}

/** What a {@link Recorder} is made of. */
export interface RecorderOptions extends WalkOptions {
  readonly browser: Browser;
  /** For each context, beside its viewport: a storage state, HTTPS errors. */
  readonly context: BrowserContextOptions;
  /** Sent with requests to the origins of the start addresses only. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onProgress: Progress;
  /** Whether the site's own Content-Security-Policy headers are removed, enforced and report-only. */
  readonly ignoresSitePolicy?: boolean;
  /** Called with the value of each cookie that responses and pages set: it may be a secret. */
  readonly onSecret?: ((value: string) => void) | undefined;
  /** Documents of more bytes are cut off; default: 32 million. */
  readonly documentBytes?: number;
}

/** Prepares a browser; nothing is visited yet. */
export async function newRecorder(options: RecorderOptions): Promise<Recorder> {
  let headersFor: ReturnType<typeof headersWith> = ({ headers }) => headers;
  let collector: EvidenceCollector | undefined;
  let mode: Mode = "observe";
  let site = watchSitePolicy(options.ignoresSitePolicy === true);
  let uncovered = collectUncovered();
  let documents = new Set<string>();
  const own = siteOrigins(options.starts);
  const redirects = redirectGuard(options.starts);
  // Each load reports to another address: a report may come when the next page is visited already.
  let [load, flood]: [number, Flood | undefined] = [0, undefined];
  const addressOf = (number: number) => `${network.reportUri}${number}/`;
  const loadOf = (text: string) => Number(text.split(network.reportUri)[1]?.match(/^\d+/)?.[0]);
  const counted = (number: number) => {
    if (number === load) flood?.count("violations");
    return number;
  };
  // A blob: document has the policy of the page that made it.
  const isOwn = (url: string) => /^https?:/.test(url) && URL.canParse(url) && own.has(new URL(url).origin);
  const listener: NetworkListener = {
    headersFor(served, frame) {
      if (served.kind === "subresource") return headersFor(served);
      if (documents.size < MOST_DOCUMENTS) documents.add(withoutQuery(served.url));
      if (served.kind === "document") redirects.loads(frame);
      // What an error page needs is no evidence of what the page needs.
      if (served.kind === "document" && served.status >= 400 && mode === "observe")
        return [...served.headers, { name: MARK, value: network.reportUri }];
      if (served.kind === "document") collector?.addServed(served.url, served.html);
      // The site's own headers stay the same objects.
      const entries = headersFor(served).map((one) =>
        one.value.includes(network.reportUri) ? { ...one, value: one.value.replaceAll(network.reportUri, addressOf(load)) } : one,
      );
      return [...site.headersOf(served, entries), { name: MARK, value: network.reportUri }];
    },
    onReport: (report, address) => collector?.addReport(report, counted(loadOf(address))),
    onSkipped: (url, why) => uncovered.add(url, "bare", why),
    onCut: (url, why) => uncovered.add(url, "cut", why),
    refusesRedirect: redirects.refuses,
    isOwn,
  };
  const origins = options.starts.map(({ origin }) => origin);
  const limits = { seconds: (2 * options.seconds) / 3, bytes: options.documentBytes ?? MOST_BODY };
  const network = await watchNetwork(options.browser, listener, { origins, headers: options.headers }, limits);
  const openers = await watchOpeners(options.browser, network.originOf);
  const isCovered = (url: string, headers: Readonly<Record<string, string>>) => !isOwn(url) || headers[MARK] === network.reportUri;
  const isReport = (url: string) => url.startsWith(network.reportUri);
  let count = 0;

  return {
    async walk(policy, how, evidence, again) {
      count += 1;
      mode = how;
      headersFor = headersWith(policy, mode, network.reportUri);
      // Only an enforced header changes what a page loads: walks without enforcement stay cheap.
      await network.watchSubresources(mode === "enforce" ? [...own] : []).catch((error: unknown) => {
        // The walk itself says that the browser has ended.
        if (!options.signal.aborted && options.browser.isConnected()) throw error;
      });
      collector = evidence;
      site = watchSitePolicy(options.ignoresSitePolicy === true);
      uncovered = collectUncovered();
      documents = new Set();
      const onDetail = (detail: Detail) => {
        if (detail.policy.includes(network.reportUri)) evidence.addDetail(detail, counted(loadOf(detail.policy)));
        else if (isOwn(detail.document)) site.addDetail(detail);
      };
      const onVisit = (visit: Flood) => {
        load += 1;
        flood = visit;
        return load;
      };
      const addPopupMessage = (message: PopupMessage) => {
        // What a foreign frame opens is no need of the site.
        if (!openers.isForeign(message.origin, (origin) => own.has(origin))) evidence.addPopupMessage(message);
      };
      const host = hostOf(options, evidence, { mode, walk: count, onDetail, addPopupMessage, onVisit, uncovered });
      const walked = await walk(options, { ...host, isCovered, isReport, redirects }, again);
      await host.ended();
      const found = uncovered.all();
      return {
        ...walked,
        uncovered: found,
        documents: [...documents],
        notes: [
          ...walked.notes,
          ...new Set(found.map(uncoveredText)),
          ...(documents.size < MOST_DOCUMENTS ? [] : [`The walk loaded ${MOST_DOCUMENTS} documents or more: those beyond are not known.`]),
          ...site.notes(),
        ],
        site: site.seen(),
      };
    },
    store: options.store ?? storeInMemory(),
    newEvidence: () => collectEvidence(({ policy }) => policy.includes(network.reportUri)),
    close: async () => {
      await openers.close();
      await network.close();
    },
  };
}

/** Longer documents keep their own headers, or are cut where they do not say how long they are. */
const MOST_BODY = 32_000_000;

/** Addresses of documents and workers that are kept of a walk. */
const MOST_DOCUMENTS = 10_000;

/** On each response that got the policy, which may be without a CSP: a document from elsewhere does not have it. */
const MARK = "portcullis-recorded";

interface OneWalk {
  readonly mode: Mode;
  /** Counted from one. */
  readonly walk: number;
  readonly onDetail: (detail: Detail) => void;
  readonly addPopupMessage: (message: PopupMessage) => void;
  /** Returns the number of the load that begins. */
  readonly onVisit: (flood: Flood) => number;
  readonly uncovered: UncoveredCollector;
}

function hostOf(
  { browser, context, signal, onProgress, onSecret }: RecorderOptions,
  collector: EvidenceCollector,
  { mode, ...one }: OneWalk,
) {
  const listener = { ...collector, addDetail: one.onDetail, addPopupMessage: one.addPopupMessage };
  // Without enforcement, requests and frames are refused by the site's own headers only.
  const none = { addBlocked: () => undefined, addRefusedFrame: () => undefined };
  const watches: CookieWatch[] = [];
  return {
    signal,
    ended: async () => void (await Promise.all(watches.map((watch) => watch.end()))),
    isAlive: () => browser.isConnected(),
    async newContext({ width, height }: Viewport) {
      const made = await browser.newContext({ ...context, viewport: { width, height }, acceptDownloads: false });
      if (onSecret !== undefined) watches.push(watchCookies(made, onSecret));
      await listenToDocuments(made, mode === "enforce" ? listener : { ...listener, ...none });
      return made;
    },
    onVisit(address: string, { name }: Viewport, found: number, flood: Flood) {
      collector.visiting(address, name, one.onVisit(flood));
      one.uncovered.visiting(address, name);
      onProgress({ step: "visit", address, viewport: name, walk: one.walk, found, violations: collector.violations });
    },
    onSeen({ cut, status }: PageSeen) {
      if (cut === undefined && status < 400) collector.loaded();
      // Sent before the context is closed, and answered in order: the walk does not wait for it.
      watches.at(-1)?.read();
    },
    onUncovered: (url: string, why: string) => one.uncovered.add(url, "bare", why),
  };
}
