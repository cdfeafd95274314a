import { bare } from "../values/own.js";
import { fingerprint, policyHash, remembering } from "./fingerprint.js";
import { flat } from "./flat.js";
import type { Report } from "./parse.js";
import type { Disposition, ReportType } from "./report-types.js";

/** What reports of one group have in common. */
export interface GroupKey {
  readonly type: ReportType;
  /** See `policyHash`; of reports without a policy the empty text. */
  readonly policyHash: string;
  readonly disposition: Disposition;
  /** The effective directive, the feature, or what else the type is about. */
  readonly directive: string;
  /**
   * An origin, `self` for the document's own, a keyword such as `inline` or `eval`, a bare scheme such as `data`, or nothing; of a
   * `csp-hash` the file, without query and fragment.
   */
  readonly blocked: string;
  /** The document's path, what varies in it replaced: `/users/*`; of a `csp-hash`, which is the same on every page, `*`. */
  readonly route: string;
}

/** How often something came. */
export interface Counted {
  readonly value: string;
  readonly count: number;
}

/** Reports of one kind, counted. Whatever is text in it was written by strangers: escape it. */
export interface Group extends GroupKey {
  /** Of the key alone: the same in every process. */
  readonly id: string;
  readonly count: number;
  /** Milliseconds since 1970, by the clock of who collected. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Distinct addresses, as far as 50. */
  readonly clients: number;
  /** The first 10 documents, without query and fragment. All lists begin with the most frequent. */
  readonly pages: readonly Counted[];
  /** The first 20 browsers: `Firefox 145`. */
  readonly browsers: readonly Counted[];
  /** The first 10 blocked addresses, without query and fragment. */
  readonly urls: readonly Counted[];
  /** The first 10 places in scripts and styles: `https://site.example/app.js:10:5`. */
  readonly files: readonly Counted[];
  /** The first 5 beginnings of what was blocked; only with `'report-sample'`. Of a `csp-hash` the file's hashes. */
  readonly samples: readonly Counted[];
  /** The last 92 days with reports, in UTC and in order: `2026-11-21`. */
  readonly days: readonly Counted[];
}

/** How many different values of each a group keeps. */
export const TALLIES = { pages: 10, browsers: 20, urls: 10, files: 10, samples: 5, days: 92, clients: 50 } as const;

export type TallyName = keyof typeof TALLIES;
export const TALLY_NAMES = Object.keys(TALLIES) as TallyName[];

/** Days roll on; of all else the first stay. */
export const ROLLING = "days" satisfies TallyName;

/** A group as stores keep it, and as what is to be added to one. */
export interface GroupRecord extends GroupKey {
  readonly id: string;
  count: number;
  firstSeen: number;
  lastSeen: number;
  readonly tallies: Readonly<Record<TallyName, Map<string, number>>>;
}

/** What one report adds, before it lies in a record. */
export interface Sighting {
  readonly key: GroupKey;
  readonly id: string;
  readonly at: number;
  readonly seen: Readonly<Record<TallyName, string>>;
}

/** A document, and what groups keep of it. */
export interface Document {
  readonly address: URL;
  readonly page: string;
  readonly route: string;
}

/** What {@link sightingMaker} has to know. */
export interface Surroundings {
  readonly at: number;
  readonly client: string;
}

const PATH_LENGTH = 200;

/** @param route names what a document belongs to. @returns undefined where the text is no address. */
export function documentReader(route: (document: URL) => string): (text: string) => Document | undefined {
  return (text) => {
    const address = addressOf(text);
    return address && { address, page: flat(withoutQuery(address)), route: flat(route(address)) };
  };
}

/** Finds where a report belongs, and what it adds there. */
export function sightingMaker(): (report: Report, document: Document, surroundings: Surroundings) => Sighting {
  const [hashOf, browser, file] = [remembering(policyHash), remembering(browserOf), remembering(fileOf)];
  return (report, { address, page, route }, { at, client }) => {
    const { type, disposition, directive } = report;
    const { blocked, url } = blockedOf(report.blocked, address);
    const common = { type, policyHash: hashOf(report.policy), disposition, directive };
    // A hash belongs to a file, on whatever page.
    const key: GroupKey = type === "csp-hash" ? { ...common, blocked: url || blocked, route: "*" } : { ...common, blocked, route };
    const where = file(report.sourceFile);
    return {
      key,
      id: fingerprint(`${type}\n${key.policyHash}\n${disposition}\n${directive}\n${key.blocked}\n${key.route}`),
      at,
      seen: {
        pages: page,
        browsers: browser(report.userAgent),
        urls: url,
        files: where === "" || report.position === "" ? where : `${where}:${report.position}`,
        samples: report.sample,
        days: dayOf(at),
        clients: client,
      },
    };
  };
}

function fileOf(text: string): string {
  const address = addressOf(text);
  return address === undefined ? "" : withoutQuery(address);
}

export function newRecord({ id, key, at }: Sighting): GroupRecord {
  const tallies = Object.fromEntries(TALLY_NAMES.map((name) => [name, new Map()])) as Record<TallyName, Map<string, number>>;
  const own = { ...key, directive: flat(key.directive), blocked: flat(key.blocked), route: flat(key.route) };
  return { id, ...own, count: 0, firstSeen: at, lastSeen: at, tallies };
}

/** One report more. */
export function addSighting(record: GroupRecord, { at, seen }: Sighting): void {
  record.count += 1;
  record.lastSeen = at;
  for (const name of TALLY_NAMES) if (seen[name] !== "") addTo(record.tallies[name], name, seen[name], 1);
}

/** All that another record of the same group counted. */
export function addRecord(record: GroupRecord, { count, firstSeen, lastSeen, tallies }: GroupRecord): void {
  record.count += count;
  record.firstSeen = Math.min(record.firstSeen, firstSeen);
  record.lastSeen = Math.max(record.lastSeen, lastSeen);
  for (const name of TALLY_NAMES) for (const [value, times] of tallies[name]) addTo(record.tallies[name], name, value, times);
}

function addTo(tally: Map<string, number>, name: TallyName, value: string, times: number): void {
  const before = tally.get(value);
  if (before === undefined && tally.size >= TALLIES[name]) {
    if (name !== ROLLING) return;
    tally.delete([...tally.keys()].sort()[0] as string);
  }
  tally.set(before === undefined ? flat(value) : value, (before ?? 0) + times);
}

const WEEK = 604_800_000;

/**
 * How much a group is worth keeping where there is no room for all: each doubling of the clients that saw it is worth a week. How often
 * it came only decides between groups that are alike in this, or whoever repeats a group would drive out what many visitors meet.
 */
export function worthOf({ count, lastSeen, tallies }: Pick<GroupRecord, "count" | "lastSeen" | "tallies">): number {
  return lastSeen / WEEK + Math.log2(Math.max(1, tallies.clients.size)) + Math.log2(count) / 1_024;
}

/** The record as JSON, a text or an object for one. */
export function packRecord({ tallies, ...rest }: GroupRecord): object {
  return { ...rest, tallies: Object.fromEntries(TALLY_NAMES.map((name) => [name, Object.fromEntries(tallies[name])])) };
}

/** The record that {@link packRecord} packed. */
export function unpackRecord(text: string): GroupRecord {
  const { tallies, ...rest } = JSON.parse(text) as GroupRecord & { readonly tallies: Record<TallyName, Record<string, number>> };
  const maps = TALLY_NAMES.map((name) => [name, new Map(Object.entries(Object.hasOwn(tallies, name) ? tallies[name] : {}))] as const);
  return { ...rest, tallies: Object.fromEntries(maps) as Record<TallyName, Map<string, number>> };
}

/** The public face of a record. */
export function groupOf({ tallies, ...rest }: GroupRecord): Group {
  const list = (name: TallyName): Counted[] =>
    [...tallies[name]].map(([value, count]) => ({ value, count })).sort((one, other) => other.count - one.count);
  return {
    ...rest,
    clients: tallies.clients.size,
    pages: list("pages"),
    browsers: list("browsers"),
    urls: list("urls"),
    files: list("files"),
    samples: list("samples"),
    days: list("days").sort((one, other) => (one.value < other.value ? -1 : 1)),
  };
}

type FilterKey = { readonly [Name in keyof GroupKey]?: GroupKey[Name] | undefined };

/** Which groups to give: those that fit everything that is given. */
export interface GroupFilter extends FilterKey {
  /** Seen at or after this moment, in milliseconds since 1970. */
  readonly since?: number | undefined;
  /** At most so many. */
  readonly limit?: number | undefined;
}

const KEY_NAMES = ["type", "policyHash", "disposition", "directive", "blocked", "route"] as const satisfies readonly (keyof GroupKey)[];

/** The groups that fit, the most frequent first. */
export function selectGroups(records: Iterable<GroupRecord>, asked: GroupFilter = {}): Group[] {
  const filter = bare(asked);
  const { since = 0, limit = Number.POSITIVE_INFINITY } = filter;
  return [...records]
    .filter((record) => record.lastSeen >= since && KEY_NAMES.every((name) => filter[name] === undefined || filter[name] === record[name]))
    .sort((one, other) => other.count - one.count || other.lastSeen - one.lastSeen)
    .slice(0, limit)
    .map(groupOf);
}

const DAY = 86_400_000;

const nameOfDay = remembering((day) => new Date(Number(day) * DAY).toISOString().slice(0, 10), 128);

/** `2026-11-21`, in UTC. */
function dayOf(at: number): string {
  return nameOfDay(String(Math.floor(at / DAY)));
}

const KEYWORD = /^[a-z][a-z\d-]{0,39}$/i;

function blockedOf(text: string, document: URL): { readonly blocked: string; readonly url: string } {
  if (text === "" || KEYWORD.test(text)) return { blocked: text.toLowerCase(), url: "" };
  const address = addressOf(text);
  if (address === undefined) return { blocked: "other", url: "" };
  // data:, blob: and the like have no origin, and what stands behind the colon is content.
  if (address.host === "") return { blocked: address.protocol.slice(0, -1), url: "" };
  return { blocked: address.origin === document.origin ? "self" : originOf(address), url: withoutQuery(address) };
}

/** An address, or undefined where the text is none. */
export function addressOf(text: string): URL | undefined {
  if (text === "") return undefined;
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function originOf({ protocol, host }: URL): string {
  return `${protocol}//${host}`.slice(0, PATH_LENGTH);
}

function withoutQuery(address: URL): string {
  return address.host === "" ? address.protocol : (originOf(address) + address.pathname).slice(0, 2 * PATH_LENGTH);
}

/** Numbers, UUIDs, digests and other tokens: what differs from one visitor to the next. */
const VARYING = /^\d+$|^[\da-f]{8}-[\da-f-]{27}$|^[\da-f]{16,}$|^(?=.*\d)[\w-]{20,}$|^.{60,}$/i;

/** The path of a document with an asterisk for each segment that varies. */
export function routeOf({ pathname }: URL): string {
  const segments = pathname.split("/").map((segment) => (VARYING.test(segment) ? "*" : segment));
  return segments.slice(0, 12).join("/").slice(0, PATH_LENGTH);
}

/** The first that fits: most browsers name others too. */
const BROWSERS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["Edge", /\bEdg(?:e|A|iOS)?\/(\d{1,3})/],
  ["Opera", /\bOPR\/(\d{1,3})/],
  ["Samsung Internet", /\bSamsungBrowser\/(\d{1,3})/],
  ["Firefox", /\b(?:Firefox|FxiOS)\/(\d{1,3})/],
  ["Chrome", /\b(?:HeadlessChrome|Chrome|CriOS)\/(\d{1,3})/],
  ["Safari", /\bVersion\/(\d{1,3})[\w.]* (?:Mobile\/\w+ )?Safari\//],
];

/** Family and major version, `Firefox 145`. */
export function browserOf(userAgent: string): string {
  for (const [name, pattern] of BROWSERS) {
    const version = pattern.exec(userAgent)?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  return "Other";
}
