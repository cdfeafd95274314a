import { inlineTextsOf } from "../hashes/html.js";
import { fingerprint } from "../reports/fingerprint.js";
import type { GroupRecord } from "../reports/group.js";
import type { Report } from "../reports/parse.js";
import { addSighting, groupOf, newRecord } from "../reports/record.js";
import { documentReader, routeOf, sightingMaker } from "../reports/sighting.js";
import type { Framing, PolicyName } from "./evidence.js";
import { codeOf, hashOf } from "./inline.js";
import { type Detail, type Framed, type PopupMessage, withoutQuery } from "./listen.js";
import type { Served } from "./network.js";
import { codeKey, LONGEST_ADDRESS, MOST, type SavedCode, type SavedRecording, type SavedSigns, type SavedSurroundings } from "./saved.js";
import { withoutSecrets, withoutVarying } from "./secrets.js";
import { readServed } from "./served.js";

/** Collects what the browser reports while the pages of one context are used in any order, several at once. */
export interface SuiteCollector {
  /** How many violations there were so far. */
  readonly violations: number;
  addServed(served: Served, load: number): void;
  /** @param load undefined for reports of other headers than the CSP, which do not name it. */
  addReport(report: Report, load: number | undefined): void;
  addDetail(detail: Detail, load: number): void;
  addPopupMessage(message: PopupMessage): void;
  addFramed(framed: Framed): void;
  addNote(note: string): void;
  /** What was seen; the recording's policy is that of `empty`. */
  saved(empty: SavedRecording): SavedRecording;
}

interface Found {
  readonly code: Omit<SavedCode, "pages" | "isServed" | "around" | "loads" | "sessions">;
  readonly pages: Set<string>;
  readonly loads: Set<number>;
}

/** A collector for one context. The load that each violation belongs to is known by the address that it is reported to. */
export function collectSuite(): SuiteCollector {
  const sightingOf = sightingMaker();
  const readDocument = documentReader(routeOf);
  const records = new Map<string, GroupRecord>();
  const found = new Map<string, Found>();
  const { readAll, ...served } = collectServed();
  const signs = collectSigns();
  const pageOfLoad = new Map<number, string>();
  const notes = new Set<string>();
  let [violations, dropped] = [0, 0];

  const codes = (): readonly SavedCode[] =>
    [...found.values()].map(({ code, pages, loads }) => ({
      ...code,
      isServed: code.hash !== undefined && served.has(code.hash),
      around: code.hash === undefined ? [] : served.around(code.hash),
      pages: [...pages].slice(0, MOST.pages),
      loads: loads.size,
      sessions: 1,
    }));

  return {
    get violations() {
      return violations;
    },

    addServed({ kind, url, html }, load) {
      if (kind !== "document") return;
      pageOfLoad.set(load, withoutVarying(url));
      signs.addOrigin(url);
      served.add(url, html);
    },

    addReport(report, load) {
      if (!signs.isAbout(report)) return;
      violations += 1;
      // The worker of a blob: URL has no address; it belongs to the page.
      const pageOfWorker = load === undefined ? "" : (pageOfLoad.get(load) ?? "");
      const document = readDocument(/^https?:/.test(report.document) ? report.document : pageOfWorker);
      if (document === undefined) return;
      signs.addName(report, withoutVarying(document.page));
      const { address, page, route } = document;
      const clean = { address, page: withoutVarying(page), route };
      const sighting = sightingOf(withoutSecretsIn(report), clean, { at: Date.now(), client: "suite" });
      const record = records.get(sighting.id) ?? newRecord(sighting);
      if (record.count === 0 && records.size >= MOST.groups) {
        dropped += 1;
        return;
      }
      records.set(sighting.id, record);
      addSighting(record, sighting);
    },

    addDetail(detail, load) {
      const page = pageOfLoad.get(load);
      if (detail.blocked !== "inline" || page === undefined) return;
      const { place, element, text, ...rest } = codeOf(detail, page);
      const code = { ...rest, place: placeWithoutVarying(place), element: withoutSecrets(element), text: withoutSecrets(text) };
      const key = codeKey(code);
      const before = found.get(key);
      const hasNonce = code.hasNonce && before?.code.hasNonce !== false;
      const one = { code: { ...(before?.code ?? code), hasNonce }, pages: before?.pages ?? new Set(), loads: before?.loads ?? new Set() };
      if (before === undefined && found.size >= MOST.inline) {
        dropped += 1;
        return;
      }
      found.set(key, one);
      one.pages.add(page);
      one.loads.add(load);
    },

    addPopupMessage: signs.addPopupMessage,
    addFramed: signs.addFramed,

    addNote(note) {
      if (notes.size < MOST.notes) notes.add(note);
    },

    saved(empty) {
      const pages = pagesOf([...pageOfLoad.values()]);
      return {
        ...empty,
        ...signs.all(readAll()),
        sessions: 1,
        pages: pages.slice(0, MOST.pages),
        groups: [...records.values()].map(groupOf),
        inline: codes(),
        violations,
        dropped: dropped + Math.max(0, pages.length - MOST.pages),
        notes: [...notes],
      };
    },
  };
}

/** The HTML of documents: which code it has, what surrounds that, and whether it loads script files. */
function collectServed() {
  const hashes = new Set<string>();
  const around = new Map<string, Map<string, SavedSurroundings>>();
  const waiting: [url: string, html: string][] = [];
  let hasScriptFile = false;

  const read = (url: string, html: string) => {
    for (const text of inlineTextsOf(html)) if (hashes.size < MOST_SERVED) hashes.add(hashOf(text));
    const page = readServed(html);
    hasScriptFile ||= page.hasScriptFile;
    const address = fingerprint(withoutQuery(url));
    for (const [text, places] of page.surroundings) {
      const hash = hashOf(text);
      if (!around.has(hash) && around.size >= MOST_SERVED) continue;
      const some = around.get(hash) ?? new Map<string, SavedSurroundings>();
      around.set(hash, some);
      for (const { near, top } of places) if (some.size < MOST.around) some.set(`${address} ${near} ${top}`, { address, near, top });
    }
  };
  /** Returns whether one of the documents loads a script file by an element without a nonce. */
  const readAll = (): boolean => {
    for (const [url, html] of waiting.splice(0)) read(url, html);
    return hasScriptFile;
  };

  return {
    add(url: string, html: string): void {
      if (html === "") return;
      waiting.push([url, html]);
      // The browser waits for the response: its HTML is read after it has gone out.
      setImmediate(readAll);
    },
    readAll,
    has: (hash: string) => hashes.has(hash),
    around: (hash: string): readonly SavedSurroundings[] => [...(around.get(hash)?.values() ?? [])],
  };
}

/** Texts of served HTML that are remembered; code beyond them counts as added by a script. */
const MOST_SERVED = 50_000;

/** What is saved beside groups, inline code and pages. */
function collectSigns() {
  const [origins, popups] = [new Set<string>(), new Set<string>()];
  const names = new Map<string, PolicyName>();
  const framedBy = new Map<string, Framing>();
  const isServed = (address: string) => URL.canParse(address) && origins.has(new URL(address).origin);
  return {
    addOrigin(address: string): void {
      if (origins.size < MOST.signs) origins.add(new URL(address).origin);
    },
    /** Frames of other origins have policies of their own, and pages of the site have this one as soon as it is enforced. */
    isAbout({ type, directive, disposition, document, blocked }: Report): boolean {
      if (type === "csp-violation") return true;
      const isOwnFrame = type === "coep" && directive === "navigation" && disposition === "report" && isServed(blocked);
      return isServed(document) && !isOwnFrame;
    },
    addName({ directive, sample: name, disposition }: Report, page: string): void {
      if (directive !== "trusted-types" || names.size >= MOST.signs) return;
      names.set(`${disposition} ${page} ${name}`, { name, disposition, page });
    },
    addPopupMessage({ document, origin }: PopupMessage): void {
      if (isServed(document) && popups.size < MOST.signs) popups.add(origin);
    },
    addFramed({ document, ancestors }: Framed): void {
      if (!isServed(document)) return;
      const { origin } = new URL(document);
      const page = withoutVarying(document);
      for (const one of ancestors) {
        const by = one === origin ? "self" : one;
        if (framedBy.size < MOST.signs) framedBy.set(`${by} ${page}`, { by, page });
      }
    },
    all: (hasScriptFile: boolean): SavedSigns => ({
      origins: [...origins],
      policyNames: [...names.values()],
      popups: [...popups],
      framedBy: [...framedBy.values()],
      hasScriptFile,
    }),
  };
}

function withoutSecretsIn(report: Report): Report {
  const { blocked, sourceFile, sample } = report;
  const isAddress = /^(?:https?|wss?):/.test(blocked);
  return {
    ...report,
    blocked: isAddress ? withoutVarying(blocked) : blocked,
    sourceFile: withoutVarying(sourceFile),
    sample: withoutSecrets(sample),
  };
}

function pagesOf(loaded: readonly string[]): SavedRecording["pages"] {
  const counts = new Map<string, number>();
  for (const page of loaded) counts.set(page, (counts.get(page) ?? 0) + 1);
  return [...counts].map(([page, loads]) => ({ page, loads, sessions: 1 }));
}

/** `https://site.example/app.js:10:5`: the address without what varies in it, and the position. */
function placeWithoutVarying(place: string): string {
  const [position = ""] = /:\d+:\d+$/.exec(place) ?? [];
  const file = withoutVarying(place.slice(0, place.length - position.length));
  // A script of any frame can name a host of any length.
  return `${file.slice(0, LONGEST_ADDRESS - position.length)}${position}`;
}
