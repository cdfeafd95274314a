import type { BrowserContext, Response } from "playwright-core";
import { policyError } from "../errors.js";
import type { Policy } from "../policy/policy.js";
import type { Report } from "../reports/parse.js";
import { type WatchedContext, watchContext } from "./contexts.js";
import { headersWith, type Mode } from "./headers.js";
import { hideIn } from "./hide-in.js";
import { type DocumentListener, listenToDocuments } from "./listen.js";
import { newSaved } from "./saved.js";
import { type SavedPlace, saveRecording } from "./saved-file.js";
import { hiderOf, withoutVarying } from "./secrets.js";
import { watchCookies } from "./set-cookies.js";
import { walkSecrets } from "./site-secrets.js";
import { collectSuite, type SuiteCollector } from "./suite-evidence.js";

/** A context that is recorded. */
export interface SuiteRecording {
  readonly violations: number;
  /** Ends the recording, and adds it to its file. */
  save(): Promise<void>;
}

/** What one context of a suite is recorded for. */
export interface SuiteOptions {
  /** The function of the user, as errors name it. */
  readonly name: string;
  readonly policy: Policy;
}

/** What a suite does not record: X-Frame-Options and blocked requests are of the site's own headers while a policy is observed. */
const UNUSED: Pick<DocumentListener, "addLogged" | "addBlocked" | "addRefusedFrame"> = {
  addLogged: () => undefined,
  addBlocked: () => undefined,
  addRefusedFrame: () => undefined,
};

/** Observes a policy on all that a context loads from now on. */
export async function recordContext(
  context: BrowserContext,
  { name, policy, place }: SuiteOptions & { readonly place: SavedPlace },
): Promise<SuiteRecording> {
  const collector = collectSuite();
  const empty = newSaved(policy);
  const watched = await watch(context, name, policy, "observe", collector);
  const listening = listenToDocuments(context, {
    ...UNUSED,
    addDetail(detail) {
      const load = watched.loadOf(detail.policy);
      if (load !== undefined) collector.addDetail(detail, load);
    },
    addReport: (report) => collector.addReport(report, undefined),
    addPopupMessage: collector.addPopupMessage,
    addFramed: collector.addFramed,
  });
  await listening.catch(async (error: unknown) => {
    await watched.close();
    throw error;
  });
  const secrets = walkSecrets([]);
  const cookies = watchCookies(context, secrets.add);
  return {
    get violations() {
      return collector.violations;
    },
    async save() {
      await quiet(() => collector.violations);
      await watched.close();
      cookies.read();
      await cookies.end();
      const note = secrets.note();
      if (note !== undefined) collector.addNote(note);
      await saveRecording(place, hideIn(collector.saved(empty), hiderOf(secrets.all)));
    },
  };
}

/** A context in which a policy is enforced. */
export interface SuiteProof {
  /** What the policy blocked, each report once. */
  readonly reports: readonly Report[];
  /** What was loaded without the policy, a sentence each. */
  readonly notes: readonly string[];
  /** Waits until no more reports come. */
  settle(): Promise<void>;
  /** Ends the enforcement. */
  close(): Promise<void>;
}

/** Reports that are kept. */
const MOST_REPORTS = 1_000;

/** Enforces a policy on all that a context loads from now on. */
export async function proveContext(context: BrowserContext, { name, policy }: SuiteOptions): Promise<SuiteProof> {
  const reports = new Map<string, Report>();
  const notes = new Set<string>();
  let count = 0;
  const watched = await watch(context, name, policy, "enforce", {
    addServed: () => undefined,
    addReport(report) {
      count += 1;
      const { directive, blocked, document, sourceFile, position, sample } = report;
      if (reports.size < MOST_REPORTS) reports.set(JSON.stringify([directive, blocked, document, sourceFile, position, sample]), report);
    },
    addNote: (note) => void notes.add(note),
  });
  return {
    get reports() {
      return [...reports.values()];
    },
    get notes() {
      return [...notes];
    },
    settle: () => quiet(() => count),
    close: () => watched.close(),
  };
}

type Collector = Pick<SuiteCollector, "addServed" | "addReport" | "addNote">;

async function watch(context: BrowserContext, name: string, policy: Policy, mode: Mode, collector: Collector): Promise<WatchedContext> {
  const browser = context.browser();
  const kind = browser?.browserType().name() ?? "unknown";
  const refused = (message: string, cause?: unknown) => {
    const hint = "Run these tests in Chromium: only its DevTools protocol puts headers on responses.";
    return policyError("wrong-type", [name], message, hint, cause);
  };
  if (browser === null || kind !== "chromium") throw refused(`the browser is ${kind}, not chromium`);
  // Each load reports to another address: the headers are made once, and the address is put into them.
  const placeholder = "https://load.invalid/";
  const headersFor = headersWith(policy, mode, placeholder);
  const known = new Set<string>();
  const stopNoting = noteRouted(context, known, collector);
  try {
    const watched = await watchContext(browser, context, {
      headersFor(served, load, reportUri) {
        known.add(served.url);
        collector.addServed(served, load);
        return headersFor(served).map((entry) => ({ ...entry, value: entry.value.replaceAll(placeholder, reportUri) }));
      },
      onReport: (report, load) => collector.addReport(report, load),
      onSkipped(url, why) {
        known.add(url);
        collector.addNote(`${withoutVarying(url)} was loaded without the policy: ${why}.`);
      },
    });
    const close = () => {
      stopNoting();
      return watched.close();
    };
    return { ...watched, close };
  } catch (cause) {
    stopNoting();
    throw refused("the browser has no DevTools session for the whole browser", cause);
  }
}

/** Addresses that are remembered: no suite opens as many in one context. */
const MOST_KNOWN = 50_000;

/**
 * Notes pages that a route of the suite itself has answered: their responses never reach the network layer, where the policy is put on.
 * Returns what ends that.
 */
function noteRouted(context: BrowserContext, known: ReadonlySet<string>, { addNote }: Collector): () => void {
  const onResponse = (response: Response) => {
    const url = response.url().replace(/#.*$/s, "");
    if (response.request().resourceType() !== "document" || !/^https?:/.test(url)) return;
    if (known.has(url) || known.size > MOST_KNOWN || response.fromServiceWorker()) return;
    const status = response.status();
    const isPage =
      (status < 300 || status >= 400) && /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(response.headers()["content-type"] ?? "");
    if (isPage) addNote(`${withoutVarying(url)} was loaded without the policy: page.route() or context.route() has answered it.`);
  };
  context.on("response", onResponse);
  return () => void context.off("response", onResponse);
}

/** Reports come at once, each as a request of its own: waits until none has come for a while. */
async function quiet(count: () => number): Promise<void> {
  for (let rounds = 0; rounds < 10; rounds += 1) {
    const before = count();
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (count() === before) return;
  }
}
