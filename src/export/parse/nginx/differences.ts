import { isPath } from "../../../middleware/routes.js";
import type { RoutePath } from "../../target.js";
import type { Note } from "../limits.js";
import { SITE } from "../paths.js";
import { ifCondition } from "./conditions.js";
import type { Directive } from "./grammar.js";
import { placesIn } from "./places.js";
import { differenceFromAround, PAGE, type Reader, uriOf } from "./reader.js";
import { type Report, reportOf } from "./report.js";
import type { Ending, Walk } from "./requests.js";
import { changesAt, differenceOf, isNone, type Look, type Sent, sentBy } from "./sent.js";
import { AS_WRITTEN, IS_WRITTEN, type Tables } from "./tables.js";

/** Types and statuses to compare if the headers depend on them, in addition to those in the configuration. */
const TYPES = [
  ...["text/css", "text/plain", "text/xml", "text/javascript", "application/javascript", "application/json", "application/xml"],
  ...["application/pdf", "application/xhtml+xml", "application/octet-stream", "image/png", "image/svg+xml", "font/woff2", "video/mp4"],
];
const STATUSES = ["201", "301", "302", "304", "400", "401", "403", "404", "405", "410", "413", "429", "500", "502", "503", "504"];

/** Compares other responses with pages, and notes differences. `both`: whether the server responds over http and https. */
export function reportAll(walk: Walk, paths: readonly RoutePath[], reader: Reader, both: boolean): void {
  const { note, server } = walk;
  const report = reportOf(server.line, note);
  for (const path of [SITE, ...paths]) reportPath(path, walk, reader, report, both);
  reportBeginnings(walk, paths, reader, report);
  reportUnroutable(walk, paths, reader, report);
  noteUnmerged(walk, paths, reader);
  for (const place of placesIn(server)) {
    if (place.level.dropped.length > 0) report.dropped(place);
    for (const directive of place.block) noteWritten(directive, note);
  }
  report.flush();
}

/** Compares the responses to requests for one path. */
function reportPath(path: RoutePath, walk: Walk, reader: Reader, report: Report, both: boolean): void {
  const { note, server } = walk;
  const ways = reader.endings(path);
  const main = ways[0] as Ending;
  const page: Look = { ...PAGE, scheme: walk.scene.scheme };
  const doubt = (line: number, message: string) => note(line === 0 ? server.line : line, message);
  const read = sentBy(changesAt(walk, main, uriOf(path), page, doubt), note);
  const sent = (ending: Ending, other: Partial<Look> = {}) => {
    const changes = changesAt(walk, ending, uriOf(path), { ...page, ...other }, () => undefined);
    return sentBy(changes, note);
  };
  reportResponses(main, read, sent, report, both, walk);
  const always = sent(main, { status: "404" });
  for (const way of ways.slice(1)) {
    if (way.level === main.level && way.state.set.size === 0 && walk.tables.size === 0) continue;
    const isError = way.kind === "error";
    const difference = isError ? differenceOf(always, sent(way, { status: "404" }), note) : differenceOf(read, sent(way), note);
    if (!isNone(difference)) report.elsewhere(way.place, way.level.line, way.state.why ?? "some", difference);
  }
}

/** Notes a condition on the path as sent that changes headers. */
function noteWritten({ name, args, block = [], line }: Directive, note: Note): void {
  if (name !== "if" || !IS_WRITTEN.test(ifCondition(args).left)) return;
  note.spend("work", block.length);
  if (block.some((one) => /^(?:set|add_header|more_\w+_headers)$/.test(one.name))) note(line, AS_WRITTEN);
}

function reportResponses(
  main: Ending,
  read: Sent,
  sent: (ending: Ending, look: Partial<Look>) => Sent,
  report: Report,
  both: boolean,
  { note, tables }: Walk,
): void {
  const compare = (kind: Parameters<Report["response"]>[0], other: Sent, isMeant: (name: string) => boolean = () => true): void => {
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
  if (main.kind !== "redirect" && main.kind !== "closed") for (const status of statuses) compare("error", sent(main, { status }));
  compare("charset", sent(main, { type: "text/html; charset=utf-8" }));
  for (const type of types) compare("types", sent(main, { type }));
  // Portcullis sends this header over https only, because browsers ignore it over http.
  if (both) compare("scheme", sent(main, { scheme: "http" }), (name) => !/^strict-transport-security$/i.test(name));
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

function noteUnmerged({ note, server }: Walk, paths: readonly RoutePath[], reader: Reader): void {
  const { unmerged } = server.level;
  if (unmerged === undefined || paths.every((path) => isNone(differenceFromAround(path, paths, reader, note)))) return;
  note(unmerged, "with merge_slashes off, //admin/ has the headers of the site and not those of /admin/: read as with merge_slashes on");
}
