import { inlineTextsOf } from "../hashes/html.js";
import type { GroupRecord } from "../reports/group.js";
import type { Report } from "../reports/parse.js";
import { addSighting, groupOf, newRecord } from "../reports/record.js";
import { documentReader, routeOf, sightingMaker } from "../reports/sighting.js";
import { codeOf, hashOf } from "./inline.js";
import type { Detail } from "./listen.js";
import type { Served } from "./network.js";
import { MOST, type SavedCode, type SavedRecording } from "./saved.js";
import { withoutSecrets, withoutVarying } from "./secrets.js";

/** Collects what the browser reports while the pages of one context are used in any order, several at once. */
export interface SuiteCollector {
  /** How many violations there were so far. */
  readonly violations: number;
  addServed(served: Served, load: number): void;
  addReport(report: Report, load: number): void;
  addDetail(detail: Detail, load: number): void;
  addNote(note: string): void;
  /** What was seen; the recording's policy is that of `empty`. */
  saved(empty: SavedRecording): SavedRecording;
}

interface Found {
  readonly code: Omit<SavedCode, "pages" | "isServed" | "loads" | "sessions">;
  readonly pages: Set<string>;
  readonly loads: Set<number>;
}

/** A collector for one context. The load that each violation belongs to is known by the address that it is reported to. */
export function collectSuite(): SuiteCollector {
  const sightingOf = sightingMaker();
  const readDocument = documentReader(routeOf);
  const records = new Map<string, GroupRecord>();
  const found = new Map<string, Found>();
  const served = new Set<string>();
  const pageOfLoad = new Map<number, string>();
  const notes = new Set<string>();
  let [violations, dropped] = [0, 0];

  const codes = (): readonly SavedCode[] =>
    [...found.values()].map(({ code, pages, loads }) => ({
      ...code,
      isServed: served.has(code.hash),
      pages: [...pages],
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
      for (const text of inlineTextsOf(html)) served.add(hashOf(text));
    },

    addReport(report, load) {
      violations += 1;
      // The worker of a blob: URL has no address; it belongs to the page.
      const document = readDocument(/^https?:/.test(report.document) ? report.document : (pageOfLoad.get(load) ?? ""));
      if (document === undefined) return;
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
      const { kind, directive, text, hash, element, place } = codeOf(detail, page);
      // Without the whole text there is no hash; the violation itself is among the groups.
      if (hash === undefined) return;
      const key = `${kind} ${hash}`;
      const code = {
        kind,
        directive,
        hash,
        place: placeWithoutVarying(place),
        element: withoutSecrets(element),
        text: withoutSecrets(text),
      };
      const one = found.get(key) ?? { code, pages: new Set(), loads: new Set() };
      if (!found.has(key) && found.size >= MOST.inline) {
        dropped += 1;
        return;
      }
      found.set(key, one);
      one.pages.add(page);
      one.loads.add(load);
    },

    addNote(note) {
      if (notes.size < MOST.notes) notes.add(note);
    },

    saved: (empty) => ({
      ...empty,
      sessions: 1,
      pages: pagesOf([...pageOfLoad.values()]).slice(0, MOST.pages),
      groups: [...records.values()].map(groupOf),
      inline: codes(),
      violations,
      dropped,
      notes: [...notes],
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
  return `${withoutVarying(place.slice(0, place.length - position.length))}${position}`;
}
