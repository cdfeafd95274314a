import { createHash } from "node:crypto";
import { inlineTextsOf } from "../hashes/html.js";
import type { Group, GroupRecord } from "../reports/group.js";
import type { Report } from "../reports/parse.js";
import { addSighting, groupOf, newRecord } from "../reports/record.js";
import { documentReader, routeOf, sightingMaker } from "../reports/sighting.js";
import { type Detail, withoutQuery } from "./listen.js";

/** What inline code is: the content of an element, or an attribute. */
export type InlineKind = "script" | "style" | "event handler" | "style attribute" | "javascript: URL";

/** A piece of inline code that the policy blocks, wherever it stands. */
export interface InlineCode {
  readonly kind: InlineKind;
  /** The effective directive: `script-src-elem`. */
  readonly directive: string;
  readonly text: string;
  /** Its hash as a policy spells it. */
  readonly hash: `'sha256-${string}'`;
  /** The beginning of the element. */
  readonly element: string;
  /** Whether the server's HTML has it, rather than a script that added it. */
  readonly isServed: boolean;
  /** Where it is, or what added it: `https://site.example/app.js:10:5`. */
  readonly place: string;
  /** The pages it was on. */
  readonly pages: readonly string[];
  /** Whether every load of these pages had it, text for text. */
  readonly isStable: boolean;
}

/** What the walks gathered. */
export interface Evidence {
  /** Violations by directive, source and route, as a report store counts them. */
  readonly groups: readonly Group[];
  readonly inline: readonly InlineCode[];
  /** The pages that were loaded. */
  readonly pages: readonly string[];
  /** How many violations there were, each place of each load counted once. */
  readonly violations: number;
  /** Pieces of inline code beyond those that are kept. */
  readonly dropped: number;
}

/** Collects what the browser reports while pages are visited one after the other. */
export interface EvidenceCollector {
  /** Says which page is visited from now on, in which viewport; reports of workers do not name it. */
  visiting(address: string, viewport: string): void;
  /** How many violations there were so far. */
  readonly violations: number;
  addServed(html: string): void;
  addReport(report: Report): void;
  addDetail(detail: Detail): void;
  evidence(): Evidence;
}

/** Distinct pieces of inline code that are kept: a policy has room for far fewer. */
const MOST_INLINE = 2_000;

/** Groups of violations that are kept. */
const MOST_GROUPS = 5_000;

interface Found {
  readonly code: Omit<InlineCode, "pages" | "isServed" | "isStable">;
  readonly pages: Set<string>;
  /** The loads that had it, of each page in each viewport. */
  readonly loads: Map<string, Set<number>>;
}

/**
 * @param isOwn whether a detail is about the policy of the recording, and not the site's own.
 */
export function collectEvidence(isOwn: (detail: Detail) => boolean): EvidenceCollector {
  const sightingOf = sightingMaker();
  const readDocument = documentReader(routeOf);
  const records = new Map<string, GroupRecord>();
  const found = new Map<string, Found>();
  const loads = new Map<string, number>();
  const visited = new Set<string>();
  const served = new Set<string>();
  let [page, loaded, load, violations, dropped] = ["", "", 0, 0, 0];

  return {
    visiting(address, viewport) {
      page = withoutQuery(address);
      loaded = `${viewport} ${address}`;
      load = (loads.get(loaded) ?? 0) + 1;
      loads.set(loaded, load);
      visited.add(page);
    },

    get violations() {
      return violations;
    },

    addServed(html) {
      for (const text of inlineTextsOf(html)) served.add(hashOf(text));
    },

    addReport(report) {
      violations += 1;
      // The worker of a blob: URL has no address; it belongs to the page.
      const document = readDocument(/^https?:/.test(report.document) ? report.document : page);
      if (document === undefined) return;
      const sighting = sightingOf(report, document, { at: Date.now(), client: "walk" });
      const record = records.get(sighting.id) ?? newRecord(sighting);
      if (record.count === 0) {
        if (records.size >= MOST_GROUPS) return;
        records.set(sighting.id, record);
      }
      addSighting(record, sighting);
    },

    addDetail(detail) {
      if (detail.blocked !== "inline" || detail.text === "" || !isOwn(detail)) return;
      const { directive, text, element, attribute, sourceFile, line, column } = detail;
      const kind = kindOf(directive, attribute);
      const hash = hashOf(text);
      const key = `${kind} ${hash}`;
      if (!found.has(key)) {
        if (found.size >= MOST_INLINE) {
          dropped += 1;
          return;
        }
        const place = `${withoutQuery(sourceFile) || detail.document}${line > 0 ? `:${line}:${column}` : ""}`;
        found.set(key, { code: { kind, directive, text, hash, element, place }, pages: new Set(), loads: new Map() });
      }
      const one = found.get(key) as Found;
      one.pages.add(page);
      one.loads.set(loaded, (one.loads.get(loaded) ?? new Set()).add(load));
    },

    evidence: () => ({
      groups: [...records.values()].map(groupOf),
      inline: [...found.values()].map(({ code, ...seen }) => ({
        ...code,
        isServed: served.has(code.hash),
        pages: [...seen.pages],
        isStable: [...seen.loads].every(([name, some]) => some.size === loads.get(name)),
      })),
      pages: [...visited],
      violations,
      dropped,
    }),
  };
}

function kindOf(directive: string, attribute: string): InlineKind {
  if (directive === "style-src-attr") return "style attribute";
  if (directive === "script-src-attr") return attribute === "" ? "javascript: URL" : "event handler";
  return directive.startsWith("style-src") ? "style" : "script";
}

/** The source that allows a text. CSP3 §6.7.3.3. */
export function hashOf(text: string): `'sha256-${string}'` {
  return `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
}
