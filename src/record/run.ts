import type { Browser, BrowserContextOptions } from "playwright-core";
import type { Policy } from "../policy/policy.js";
import { collectEvidence, type EvidenceCollector } from "./evidence.js";
import { headersWith, type Mode } from "./headers.js";
import { listenToDocuments, withoutQuery } from "./listen.js";
import { type NetworkListener, type Served, watchNetwork } from "./network.js";
import type { PageSeen } from "./visit.js";
import { type Viewport, type Walked, type WalkOptions, walk } from "./walk.js";

/** What happens during a recording, for a progress display. */
export type Progress = (event: {
  readonly step: "visit";
  readonly address: string;
  readonly viewport: string;
  readonly walk: number;
  readonly violations: number;
}) => void;

/** One browser in which a site is walked through, several times. */
export interface Recorder {
  /** Walks with a policy, and adds what is blocked to `evidence`; visits the addresses of an earlier walk where they are given. */
  walk(policy: Policy, mode: Mode, evidence: EvidenceCollector, again?: readonly string[]): Promise<Walked>;
  /** A collector for one walk, or for several of the same policy. */
  newEvidence(): EvidenceCollector;
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
}

/** Prepares a browser; nothing is visited yet. */
export async function newRecorder(options: RecorderOptions): Promise<Recorder> {
  let headersFor: ReturnType<typeof headersWith> = ({ headers }) => headers;
  let collector: EvidenceCollector | undefined;
  let notes: string[] = [];
  const listener: NetworkListener = {
    headersFor(served) {
      if (!isOwn(served)) return served.headers;
      if (served.kind === "document") collector?.addServed(served.url, served.html);
      return headersFor(served);
    },
    onReport: (report) => collector?.addReport(report),
    onSkipped: (url, why) => void notes.push(`${withoutQuery(url)} was loaded without the policy: ${why}.`),
  };
  const origins = options.starts.map(({ origin }) => origin);
  // A start address may redirect to another origin. The frames and popups of others have policies of their own.
  const own = new Set(origins);
  let isFirst = false;
  const isOwn = ({ url, kind }: Served) => {
    const { origin } = new URL(url);
    if (isFirst && kind === "document") own.add(origin);
    if (kind === "document") isFirst = false;
    return own.has(origin);
  };
  const onVisit = () => {
    isFirst = true;
  };
  const network = await watchNetwork(options.browser, listener, { origins, headers: options.headers });
  let count = 0;

  return {
    async walk(policy, mode, evidence, again) {
      count += 1;
      headersFor = headersWith(policy, mode, network.reportUri);
      collector = evidence;
      notes = [];
      const walked = await walk(options, hostOf(options, evidence, { mode, walk: count, onVisit }), again);
      return { ...walked, notes: [...walked.notes, ...notes] };
    },
    newEvidence: () => collectEvidence(({ policy }) => policy.includes(network.reportUri)),
    close: () => network.close(),
  };
}

interface OneWalk {
  readonly mode: Mode;
  /** Counted from one. */
  readonly walk: number;
  readonly onVisit: () => void;
}

function hostOf({ browser, context, signal, onProgress }: RecorderOptions, collector: EvidenceCollector, { mode, ...one }: OneWalk) {
  // Without enforcement, requests and frames are refused by the site's own headers only.
  const none = { addBlocked: () => undefined, addRefusedFrame: () => undefined };
  return {
    signal,
    async newContext({ width, height }: Viewport) {
      const made = await browser.newContext({ ...context, viewport: { width, height }, acceptDownloads: false });
      await listenToDocuments(made, mode === "enforce" ? collector : { ...collector, ...none });
      return made;
    },
    onVisit(address: string, { name }: Viewport) {
      collector.visiting(address, name);
      one.onVisit();
      onProgress({ step: "visit", address, viewport: name, walk: one.walk, violations: collector.violations });
    },
    onSeen: (_: PageSeen) => undefined,
  };
}
