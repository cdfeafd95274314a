import { contains, isPath } from "../../../middleware/routes.js";
import type { RoutePath } from "../../target.js";
import type { Note } from "../limits.js";
import { keyOf, SITE } from "../paths.js";
import { type Change, isSite, type ReadSite } from "../site.js";
import { ifCondition } from "./conditions.js";
import { endingsOf } from "./endings.js";
import type { Directive } from "./grammar.js";
import type { Level } from "./levels.js";
import { pathsOf, placeOf, placesIn } from "./places.js";
import { type Report, reportOf } from "./report.js";
import { below, type Ending, type Walk } from "./requests.js";
import { changesAt, type Difference, differenceOf, type Look, type Sent, sentBy } from "./sent.js";
import { AS_WRITTEN, IS_WRITTEN, pathsAskedIn, type Tables, variableName } from "./tables.js";

/** A page: the response that the policy is read from. */
const PAGE = { type: "text/html", status: "200" };

/** Types and statuses to compare if the headers depend on them, in addition to those in the configuration. */
const TYPES = [
  ...["text/css", "text/plain", "text/xml", "text/javascript", "application/javascript", "application/json", "application/xml"],
  ...["application/pdf", "application/xhtml+xml", "application/octet-stream", "image/png", "image/svg+xml", "font/woff2", "video/mp4"],
];
const STATUSES = ["201", "301", "302", "304", "400", "401", "403", "404", "405", "410", "413", "429", "500", "502", "503", "504"];

/** Reads one server. Its notes are taken when its first path is read. */
export function siteOf(directive: Directive, tables: Tables, level: Level, note: Note): ReadSite {
  const server = placeOf(directive, level, note);
  const listens = server.block.filter(({ name }) => name === "listen");
  const names = server.block
    .filter(({ name }) => name === "server_name")
    .flatMap(({ args }) => args.filter((one) => one !== "_" && one !== ""));
  const isTls =
    listens.some(({ args }) => args.includes("ssl") || args.includes("quic")) ||
    server.block.some(({ name, args }) => name === "ssl" && args[0] === "on");
  const isPlain = listens.length === 0 ? !isTls : listens.some(({ args }) => !args.includes("ssl") && !args.includes("quic"));
  const isPart = directive.end === undefined;
  const first: Walk = {
    server,
    tables,
    note,
    scene: {
      scheme: isTls || isPart ? "https" : "http",
      names: names.some((name) => /[*~]|^\./.test(name)) ? [] : names,
      settable: settableIn(server.block),
    },
    usual: undefined,
  };
  const paths = [
    ...new Map([...pathsOf(server), ...pathsAskedIn(tables)].filter((path) => !isSite(path)).map((path) => [keyOf(path), path])).values(),
  ];
  const walk: Walk = { ...first, usual: readerOf(first).endings(SITE)[0]?.place.handler };
  const reader = readerOf(walk);
  let isReported = false;
  return {
    line: directive.line,
    ...(directive.end === undefined ? {} : { end: directive.end }),
    names,
    ports: isPart ? [] : portsOf(listens),
    redirects: !isPart && onlyRedirects(paths, reader),
    paths,
    at: (path) => {
      if (!isReported) {
        isReported = true;
        reportAll(walk, paths, reader, isTls && isPlain);
      }
      return changesFor(path, paths, reader, walk);
    },
  };
}

/** nginx's own responses have nothing to hide: a location that only responds with the outer headers is not a place of its own. */
function changesFor(path: RoutePath, paths: readonly RoutePath[], reader: Reader, { note, usual }: Walk): readonly Change[] {
  const own = reader.changes(path);
  if (isSite(path) || usual === undefined || (reader.endings(path)[0] as Ending).place.handler !== undefined) return own;
  const around = reader.changes(aroundOf(path, paths, note));
  return isNone(differenceOf(sentBy(around, note), sentBy(own, note), note)) ? around : own;
}

function settableIn(block: readonly Directive[]): ReadonlySet<string> {
  const names = new Set<string>();
  const open = [...block];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (one.name === "set") names.add(variableName(one.args[0] ?? ""));
    for (const inner of one.block ?? []) open.push(inner);
  }
  return names;
}

/** `443`, `[::]:443`, `127.0.0.1:8080`, `localhost`: a listen without a port means 80. */
function portsOf(listens: readonly Directive[]): readonly string[] {
  const ports = listens.flatMap(({ args: [address = ""] }) => {
    if (address.startsWith("unix:")) return [];
    return [/^\d+$/.exec(address)?.[0] ?? /:(\d+)$/.exec(address.replace(/^\[[^\]]*\]/, ""))?.[1] ?? "80"];
  });
  return [...new Set(listens.length === 0 ? ["80"] : ports)];
}

/** The result of requests for a path. */
interface Reader {
  endings(path: RoutePath): readonly Ending[];
  changes(path: RoutePath): readonly Change[];
}

function readerOf(walk: Walk): Reader {
  const found = new Map<string, readonly Ending[]>();
  const read = new Map<string, readonly Change[]>();
  const endings = (path: RoutePath): readonly Ending[] => {
    const key = keyOf(path);
    const known = found.get(key);
    if (known !== undefined) return known;
    const tooMany = () => walk.note(walk.server.line, "has too many combinations of conditions and redirects: some are not read");
    const ways = endingsOf(walk, path.below ? below(path.path) : path.path, tooMany);
    const { server } = walk;
    const nowhere: Ending = { place: server, level: server.level, state: LOST, kind: "error" };
    const all = ways.length > 0 ? ways : [nowhere];
    found.set(key, all);
    return all;
  };
  return {
    endings,
    changes: (path) => {
      const key = keyOf(path);
      const known =
        read.get(key) ?? changesAt(walk, endings(path)[0] as Ending, uriOf(path), { ...PAGE, scheme: walk.scene.scheme }, () => undefined);
      read.set(key, known);
      return known;
    },
  };
}

const LOST = {
  uri: "/",
  isOwn: false,
  set: new Map<string, string>(),
  known: new Map<string, string>(),
  hops: 0,
  error: "none",
  why: undefined,
} as const;

const uriOf = (path: RoutePath) => (path.below ? below(path.path) : path.path);

/** Certificates are renewed over http, at a path without pages. */
const RENEWAL = "/.well-known/";

function onlyRedirects(paths: readonly RoutePath[], reader: Reader): boolean {
  let some = false;
  for (const path of [SITE, ...paths]) {
    if (path.path.startsWith(RENEWAL)) continue;
    const ways = reader.endings(path).filter(({ state, kind }) => state.why === undefined || kind === "redirect");
    if (ways.some(({ kind }) => kind === "page")) return false;
    some ||= ways.some(({ kind }) => kind !== "error");
  }
  return some;
}

/** Compares other responses with pages, and notes differences. */
function reportAll(walk: Walk, paths: readonly RoutePath[], reader: Reader, both: boolean): void {
  const { note, server } = walk;
  const report = reportOf(server.line, note);
  const places = [SITE, ...paths];
  for (const path of places) {
    const ways = reader.endings(path);
    const main = ways[0] as Ending;
    const look: Look = { ...PAGE, scheme: walk.scene.scheme };
    const doubt = (line: number, message: string) => note(line === 0 ? server.line : line, message);
    const read = sentBy(changesAt(walk, main, uriOf(path), look, doubt), note);
    const sent = (ending: Ending, other: Partial<Look> = {}) =>
      sentBy(
        changesAt(walk, ending, uriOf(path), { ...look, ...other }, () => undefined),
        note,
      );
    reportResponses(main, read, sent, report, both, walk);
    if (ways.some(({ place, state }) => state.hops === 0 && main.state.hops > 0 && place !== main.place)) report.dropped(main.place);
    const always = sent(main, { status: "404" });
    for (const way of ways.slice(1)) {
      if (way.level === main.level && way.state.set.size === 0 && walk.tables.size === 0) continue;
      const isError = way.kind === "error";
      const difference = isError ? differenceOf(always, sent(way, { status: "404" }), note) : differenceOf(read, sent(way), note);
      if (isNone(difference)) continue;
      report.elsewhere(way.place, way.level.line, way.state.why ?? "some", difference);
    }
  }
  reportBeginnings(walk, paths, reader, report);
  reportUnroutable(walk, paths, reader, report);
  noteUnmerged(walk, paths, reader);
  for (const { block } of placesIn(server)) for (const directive of block) noteWritten(directive, note);
  report.flush();
}

/** Notes a condition on the path as sent that changes headers. */
function noteWritten({ name, args, block = [], line }: Directive, note: Note): void {
  if (name !== "if" || !IS_WRITTEN.test(ifCondition(args).left)) return;
  note.spend("work", block.length);
  if (block.some((one) => /^(?:set|add_header|more_\w+_headers)$/.test(one.name))) note(line, AS_WRITTEN);
}

const isNone = ({ lost, other, more }: Difference) => lost.length + other.length + more.length === 0;

function reportResponses(
  main: Ending,
  read: Sent,
  sent: (ending: Ending, look: Partial<Look>) => Sent,
  report: Report,
  both: boolean,
  { note, tables }: Walk,
): void {
  const tell = (kind: Parameters<Report["response"]>[0], other: Sent, isMeant: (name: string) => boolean = () => true): void => {
    const { lost, other: others, more } = differenceOf(read, other, note);
    const difference = { lost: lost.filter(isMeant), other: others.filter(isMeant), more: more.filter(isMeant) };
    if (isNone(difference)) return;
    report.response(
      kind,
      difference,
      difference.lost.map((name) => lineText(read.get(name.toLowerCase())?.line ?? 1, note)),
    );
  };
  const { statuses, types } = otherLooks(main, tables);
  if (main.kind !== "redirect" && main.kind !== "closed") for (const status of statuses) tell("error", sent(main, { status }));
  tell("charset", sent(main, { type: "text/html; charset=utf-8" }));
  for (const type of types) tell("types", sent(main, { type }));
  // Portcullis sends this header over https only, because browsers ignore it over http.
  if (both) tell("scheme", sent(main, { scheme: "http" }), (name) => !/^strict-transport-security$/i.test(name));
}

/** The statuses and types to compare: one of each if nothing depends on them. */
function otherLooks({ level }: Ending, tables: Tables): { readonly statuses: readonly string[]; readonly types: readonly string[] } {
  const asked = [...tables.values()];
  const keysOf = (variable: RegExp) =>
    asked.flatMap(({ source = "", entries }) =>
      variable.test(source) ? entries.filter(({ isRegex }) => !isRegex).map(({ key }) => key) : [],
    );
  const statuses = [...keysOf(/\$\{?status\b/), ...level.edit.flatMap((edited) => edited.statuses)];
  const types = [...keysOf(/content_type/), ...level.edit.flatMap((edited) => edited.types)];
  const asksStatus = statuses.length > 0 || asked.some(({ source = "" }) => /\$\{?status\b/.test(source));
  const asksType = types.length > 0 || asked.some(({ source = "" }) => source.includes("content_type"));
  return {
    statuses: asksStatus ? [...new Set([...STATUSES, ...statuses])] : ["404"],
    types: asksType ? [...new Set([...TYPES, ...types])] : ["text/css"],
  };
}

function lineText(order: number, note: Note): string {
  const { line, file } = note.at(order);
  return file === undefined ? `${line}` : `${line} of ${file}`;
}

/** `location /api` without a slash also matches `/apiary`. */
function reportBeginnings({ note, server }: Walk, paths: readonly RoutePath[], reader: Reader, report: Report): void {
  for (const place of placesIn(server)) {
    if ((place.sign !== "" && place.sign !== "^~") || place.path.endsWith("/") || !isPath(place.path)) continue;
    const difference = differenceFromAround({ path: `${place.path}-`, below: true }, paths, reader, note);
    if (!isNone(difference)) report.elsewhere(place, place.line, "begins", difference);
  }
}

/** Notes `location "/my docs/"`: a route cannot have spaces or non-ASCII characters. */
function reportUnroutable({ note, server }: Walk, paths: readonly RoutePath[], reader: Reader, report: Report): void {
  for (const place of placesIn(server)) {
    const { sign, path } = place;
    if (!["", "^~", "="].includes(sign) || !path.startsWith("/") || isPath(path)) continue;
    const difference = differenceFromAround({ path, below: sign !== "=" }, paths, reader, note);
    if (!isNone(difference)) report.elsewhere(place, place.line, "pattern", difference);
  }
}

/** The differences of a path from the narrowest folder around it. */
function differenceFromAround(path: RoutePath, paths: readonly RoutePath[], reader: Reader, note: Note): Difference {
  return differenceOf(sentBy(reader.changes(aroundOf(path, paths, note)), note), sentBy(reader.changes(path), note), note);
}

function aroundOf(path: RoutePath, paths: readonly RoutePath[], note: Note): RoutePath {
  note.spend("work", paths.length);
  const broad = [SITE, ...paths].filter((one) => one.below && contains(one, path) && keyOf(one) !== keyOf(path));
  return broad.sort((one, other) => other.path.length - one.path.length)[0] ?? SITE;
}

function noteUnmerged({ note, server }: Walk, paths: readonly RoutePath[], reader: Reader): void {
  const { unmerged } = server.level;
  if (unmerged === undefined || paths.every((path) => isNone(differenceFromAround(path, paths, reader, note)))) return;
  note(unmerged, "with merge_slashes off, //admin/ has the headers of the site and not those of /admin/: read as with merge_slashes on");
}
