import type { Group, GroupRecord } from "../reports/group.js";
import type { Report } from "../reports/parse.js";
import { addSighting, groupOf, newRecord } from "../reports/record.js";
import { documentReader, routeOf, sightingMaker } from "../reports/sighting.js";
import { collectInline, type InlineCode, type Load } from "./inline.js";
import { type BlockedRequest, type Detail, type DocumentListener, withoutQuery } from "./listen.js";
import { collectVisits, mergeVisits, type Visits } from "./visited.js";

export type { InlineCode } from "./inline.js";

/** What the walks gathered. */
export interface Evidence {
  /** Violations by directive, source and route, as a report store counts them. */
  readonly groups: readonly Group[];
  readonly inline: readonly InlineCode[];
  /** The pages that were loaded, without their queries. */
  readonly pages: readonly string[];
  /** The pages by their whole addresses, and what they had; without pages where only the texts above are known. */
  readonly visits: Visits;
  /** The origins that the policy was put on. */
  readonly origins: readonly string[];
  /** The Trusted Types policies that scripts create and the policy does not list. */
  readonly policyNames: readonly PolicyName[];
  /** Origins of windows that have sent messages to the pages which opened them. */
  readonly popups: readonly string[];
  /** Who frames pages of the site. */
  readonly framedBy: readonly Framing[];
  /** Pages that X-Frame-Options kept out of frames. */
  readonly refusedFrames: readonly string[];
  /** Whether the HTML of a page loads a script file by an element without a nonce. */
  readonly hasScriptFile: boolean;
  /** How many violations there were, each place of each load counted once. */
  readonly violations: number;
  /** Pieces of inline code beyond those that are kept. */
  readonly dropped: number;
}

/** A page of the site within a frame. */
export interface Framing {
  /** Who frames it, as a policy spells it: `"self"`, an origin. */
  readonly by: string;
  /** Without its query. */
  readonly page: string;
}

/** The name of a Trusted Types policy, on one page. */
export interface PolicyName {
  /** At most 40 characters of it: browsers cut it. */
  readonly name: string;
  readonly page: string;
  readonly disposition: Report["disposition"];
}

/** Collects what the browser reports while pages are visited one after the other. */
export interface EvidenceCollector extends DocumentListener {
  /** Says which page is visited from now on, in which viewport, and the number of this load; reports of workers do not name it. */
  visiting(address: string, viewport: string, number?: number): void;
  /** Says that the page was loaded and seen. A load that fails or is interrupted says nothing of what the page does not have. */
  loaded(): void;
  /** @param number of the load that it is about, which may be an earlier one; default: the last. */
  addReport(report: Report, number?: number): void;
  /** @param number as for `addReport`. */
  addDetail(detail: Detail, number?: number): void;
  /** How many violations there were so far. */
  readonly violations: number;
  /** Adds a document that gets the policy. */
  addServed(address: string, html: string): void;
  evidence(): Evidence;
}

/** Groups of violations, names, origins and requests that are kept of each kind. */
const MOST_GROUPS = 5_000;

/**
 * @param isOwn whether a detail is about the policy of the recording, and not the site's own.
 */
export function collectEvidence(isOwn: (detail: Detail) => boolean): EvidenceCollector {
  const groups = collectGroups();
  const inline = collectInline();
  const complete = new Map<string, Set<Load>>();
  const visited = new Set<string>();
  const [origins, popups, refused] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const framedBy = new Map<string, Framing>();
  const names = new Map<string, PolicyName>();
  const blocked = new Map<string, BlockedRequest & { readonly load: Load }>();
  const visits = collectVisits<Load>();
  let load: Load = { page: "", address: "", name: "" };
  const loads = new Map<number, Load>();
  let violations = 0;
  // A load that is not known is of another walk, with another policy.
  const loadOf = (number: number | undefined) => (number === undefined ? load : loads.get(number));

  const waiting: [address: string, html: string, load: Load][] = [];
  const readServed = () => {
    for (const [address, html, at] of waiting.splice(0)) {
      if (visits.isPage(address, at)) visits.addPage(address, html);
      inline.addServed(html, visits.idOf(at) ?? "");
    }
  };
  const addGroup = (report: Report, at: Load) => {
    const id = groups.add(report, at.page);
    if (id !== undefined) visits.addGroup(id, at);
  };
  const isServed = (address: string) => URL.canParse(address) && origins.has(new URL(address).origin);
  const unreported = () => [...blocked.values()].filter(({ url }) => !groups.hasBlocked(url));

  return {
    visiting(address, viewport, number) {
      load = { page: withoutQuery(address), address, name: `${viewport} ${address}` };
      if (number !== undefined) loads.set(number, load);
      visited.add(load.page);
    },

    loaded() {
      complete.set(load.name, (complete.get(load.name) ?? new Set()).add(load));
    },

    get violations() {
      return violations;
    },

    addServed(address, html) {
      origins.add(new URL(address).origin);
      if (html === "") return;
      visits.begin(address, load);
      waiting.push([address, html, load]);
      // The browser waits for the response: its HTML is read after it has gone out.
      setImmediate(readServed);
    },

    addReport(report, number) {
      const about = loadOf(number);
      if (about === undefined) return;
      const isCsp = report.type === "csp-violation";
      // Frames of other origins have policies of their own, and pages of the site have this one as soon as it is enforced.
      if (!isCsp && !isServed(report.document)) return;
      if (report.type === "coep" && report.directive === "navigation" && report.disposition === "report" && isServed(report.blocked))
        return;
      violations += 1;
      if (report.directive === "trusted-types" && names.size < MOST_GROUPS) {
        const { sample: name, disposition } = report;
        names.set(`${disposition} ${about.page} ${name}`, { name, disposition, page: about.page });
      }
      addGroup(withScheme(report), about);
    },

    addDetail(detail, number) {
      const about = loadOf(number);
      if (about !== undefined && detail.blocked === "inline" && isOwn(detail)) inline.addDetail(detail, about);
    },

    addLogged: (code, place) => inline.addLogged(code, place),

    addPopupMessage({ document, origin }) {
      if (isServed(document) && popups.size < MOST_GROUPS) popups.add(origin);
    },

    addFramed({ document, ancestors }) {
      if (!isServed(document)) return;
      const { origin } = new URL(document);
      const page = withoutQuery(document);
      for (const one of ancestors) {
        const by = one === origin ? "self" : one;
        if (framedBy.size < MOST_GROUPS) framedBy.set(`${by} ${page}`, { by, page });
      }
    },

    addRefusedFrame(address) {
      violations += 1;
      if (refused.size < MOST_GROUPS) refused.add(withoutQuery(address));
    },

    addBlocked(request) {
      // A frame of another origin has a policy of its own.
      if (!isServed(request.document)) return;
      if (blocked.size < MOST_GROUPS) blocked.set(request.url, { ...request, load });
    },

    evidence() {
      readServed();
      const others = unreported();
      for (const { load: at, ...request } of others) addGroup(reportOf(request, at.page), at);
      violations += others.length;
      blocked.clear();
      return {
        groups: groups.all(),
        inline: inline.codes(complete),
        pages: [...visited],
        visits: visits.visits(inline.texts),
        origins: [...origins],
        policyNames: [...names.values()],
        popups: [...popups],
        framedBy: [...framedBy.values()],
        refusedFrames: [...refused],
        hasScriptFile: inline.hasScriptFile,
        violations,
        dropped: inline.dropped,
      };
    },
  };
}

/** Groups reports as a store does. */
function collectGroups() {
  const sightingOf = sightingMaker();
  const readDocument = documentReader(routeOf);
  const records = new Map<string, GroupRecord>();
  const hosts = new Set<string>();
  return {
    /** Returns the id of the report's group; undefined where it is not kept. */
    add(report: Report, page: string): string | undefined {
      // The worker of a blob: URL has no address; it belongs to the page.
      const document = readDocument(/^https?:/.test(report.document) ? report.document : page);
      if (document === undefined) return undefined;
      const sighting = sightingOf(report, document, { at: Date.now(), client: "walk" });
      const record = records.get(sighting.id) ?? newRecord(sighting);
      if (record.count === 0) {
        if (records.size >= MOST_GROUPS) return undefined;
        records.set(sighting.id, record);
      }
      if (URL.canParse(report.blocked)) hosts.add(new URL(report.blocked).host);
      else hosts.add(report.blocked);
      addSighting(record, sighting);
      return sighting.id;
    },
    /** Whether a report is about an address, or about another of its host. */
    hasBlocked: (address: string) => hosts.has(new URL(address).host) || hosts.has(new URL(address).protocol.slice(0, -1)),
    all: () => [...records.values()].map(groupOf),
  };
}

/** Chromium does not name the data: URL of a frame. */
function withScheme(report: Report): Report {
  return report.type === "csp-violation" && report.directive === "frame-src" && report.blocked === ""
    ? { ...report, blocked: "data" }
    : report;
}

/** The directives that govern requests by Playwright's type. Other types have reports. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  script: "script-src-elem",
  stylesheet: "style-src-elem",
  image: "img-src",
  font: "font-src",
  media: "media-src",
  fetch: "connect-src",
  xhr: "connect-src",
  eventsource: "connect-src",
  websocket: "connect-src",
  manifest: "manifest-src",
  document: "frame-src",
};

/** What Chromium does not report: the imports of module workers are blocked without an event. */
function reportOf({ url, resourceType }: BlockedRequest, page: string): Report {
  const directive = DIRECTIVES[resourceType] ?? "default-src";
  const unknown = { policy: "", sourceFile: "", position: "", sample: "", userAgent: "" };
  return { type: "csp-violation", disposition: "enforce", directive, blocked: url, document: page, ...unknown };
}

/**
 * The evidence of walks without enforcement, and what only a walk with it has shown. Inline code that only the latter had differs between
 * loads.
 */
export function mergeEvidence(one: Evidence, other: Evidence): Evidence {
  const groups = new Map([...one.groups, ...other.groups].map((group) => [group.id, group]));
  const known = new Set(one.inline.map(({ hash }) => hash));
  const all = <T>(read: (evidence: Evidence) => readonly T[]) => [...new Set([...read(one), ...read(other)])];
  return {
    groups: [...groups.values()],
    inline: [
      ...one.inline,
      ...other.inline.filter(({ hash }) => !known.has(hash)).map((code) => ({ ...code, isStable: false, isOnce: false })),
    ],
    pages: one.pages,
    visits: mergeVisits(one.visits, other.visits),
    origins: all(({ origins }) => origins),
    policyNames: [...one.policyNames, ...other.policyNames],
    popups: all(({ popups }) => popups),
    framedBy: [...one.framedBy, ...other.framedBy],
    refusedFrames: all(({ refusedFrames }) => refusedFrames),
    hasScriptFile: one.hasScriptFile || other.hasScriptFile,
    violations: one.violations + other.violations,
    dropped: one.dropped + other.dropped,
  };
}
