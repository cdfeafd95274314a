import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core";
import type { Policy } from "../policy/policy.js";
import { collectEvidence, type EvidenceCollector } from "./evidence.js";
import { headersWith, type Mode } from "./headers.js";
import { siteOrigins } from "./links.js";
import { type Detail, listenToDocuments } from "./listen.js";
import { type NetworkListener, watchNetwork } from "./network.js";
import { type PictureStore, storeInMemory } from "./picture-store.js";
import { watchSitePolicy } from "./site-policy.js";
import { collectUncovered, type UncoveredCollector, uncoveredText } from "./uncovered.js";
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
  /** Called with the value of each cookie that pages set: it may be a secret. */
  readonly onSecret?: ((value: string) => void) | undefined;
  /** Documents of more bytes are cut off; default: 32 million. */
  readonly documentBytes?: number;
}

/** Prepares a browser; nothing is visited yet. */
export async function newRecorder(options: RecorderOptions): Promise<Recorder> {
  let headersFor: ReturnType<typeof headersWith> = ({ headers }) => headers;
  let collector: EvidenceCollector | undefined;
  let site = watchSitePolicy(options.ignoresSitePolicy === true);
  let uncovered = collectUncovered();
  const own = siteOrigins(options.starts);
  // A blob: document has the policy of the page that made it.
  const isOwn = (url: string) => /^https?:/.test(url) && URL.canParse(url) && own.has(new URL(url).origin);
  const listener: NetworkListener = {
    headersFor(served) {
      if (served.kind === "document") collector?.addServed(served.url, served.html);
      return [...site.headersOf(served, headersFor(served)), { name: MARK, value: network.reportUri }];
    },
    onReport: (report) => collector?.addReport(report),
    onSkipped: (url, why) => uncovered.add(url, "bare", why),
    onCut: (url, why) => uncovered.add(url, "cut", why),
    isOwn,
  };
  const origins = options.starts.map(({ origin }) => origin);
  const limits = { seconds: (2 * options.seconds) / 3, bytes: options.documentBytes ?? MOST_BODY };
  const network = await watchNetwork(options.browser, listener, { origins, headers: options.headers }, limits);
  const isCovered = (url: string, headers: Readonly<Record<string, string>>) => !isOwn(url) || headers[MARK] === network.reportUri;
  let count = 0;

  return {
    async walk(policy, mode, evidence, again) {
      count += 1;
      headersFor = headersWith(policy, mode, network.reportUri);
      collector = evidence;
      site = watchSitePolicy(options.ignoresSitePolicy === true);
      uncovered = collectUncovered();
      const onDetail = (detail: Detail) => {
        evidence.addDetail(detail);
        if (!detail.policy.includes(network.reportUri)) site.addDetail(detail);
      };
      const host = hostOf(options, evidence, { mode, walk: count, onDetail, uncovered });
      const walked = await walk(options, { ...host, isCovered }, again);
      const found = uncovered.all();
      return {
        ...walked,
        uncovered: found,
        notes: [...walked.notes, ...new Set(found.map(uncoveredText)), ...site.notes()],
        site: site.seen(),
      };
    },
    store: options.store ?? storeInMemory(),
    newEvidence: () => collectEvidence(({ policy }) => policy.includes(network.reportUri)),
    close: () => network.close(),
  };
}

/** Longer documents keep their own headers, or are cut where they do not say how long they are. */
const MOST_BODY = 32_000_000;

/** On each response that got the policy, which may be without a CSP: a document from elsewhere does not have it. */
const MARK = "portcullis-recorded";

interface OneWalk {
  readonly mode: Mode;
  /** Counted from one. */
  readonly walk: number;
  readonly onDetail: (detail: Detail) => void;
  readonly uncovered: UncoveredCollector;
}

function hostOf(
  { browser, context, signal, onProgress, onSecret }: RecorderOptions,
  collector: EvidenceCollector,
  { mode, ...one }: OneWalk,
) {
  const listener = { ...collector, addDetail: one.onDetail };
  // Without enforcement, requests and frames are refused by the site's own headers only.
  const none = { addBlocked: () => undefined, addRefusedFrame: () => undefined };
  let opened: BrowserContext | undefined;
  return {
    signal,
    isAlive: () => browser.isConnected(),
    async newContext({ width, height }: Viewport) {
      const made = await browser.newContext({ ...context, viewport: { width, height }, acceptDownloads: false });
      opened = made;
      await listenToDocuments(made, mode === "enforce" ? listener : { ...listener, ...none });
      return made;
    },
    onVisit(address: string, { name }: Viewport, found: number) {
      collector.visiting(address, name);
      one.uncovered.visiting(address, name);
      onProgress({ step: "visit", address, viewport: name, walk: one.walk, found, violations: collector.violations });
    },
    onSeen() {
      collector.loaded();
      if (onSecret === undefined) return;
      // Sent before the context is closed, and answered in order: the walk does not wait for it.
      opened?.cookies().then(
        (cookies) => cookies.forEach(({ value }) => void onSecret(value)),
        () => undefined,
      );
    },
    onUncovered: (url: string, why: string) => one.uncovered.add(url, "bare", why),
  };
}
