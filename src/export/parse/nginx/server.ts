import type { RoutePath } from "../../target.js";
import type { Note } from "../limits.js";
import { keyOf, SITE } from "../paths.js";
import { type Change, isSite, type ReadSite } from "../site.js";
import { reportAll } from "./differences.js";
import type { Directive } from "./grammar.js";
import type { Level } from "./levels.js";
import { type Place, pathsOf, placeOf } from "./places.js";
import { aroundOf, type Reader, readerOf } from "./reader.js";
import type { Ending, Walk } from "./requests.js";
import { differenceOf, isNone, sentBy } from "./sent.js";
import { pathsAskedIn, type Tables, variableName } from "./tables.js";

/** Reads one server. Its notes are taken when its first path is read. */
export function serverSite(directive: Directive, tables: Tables, level: Level, note: Note): ReadSite {
  const server = placeOf(directive, level, note);
  const { names, ports, isTls, isPlain } = listeningOf(server);
  // A part of a server in an included file.
  const isPart = directive.end === undefined;
  const walk = walkOf(server, tables, { names, scheme: isTls || isPart ? "https" : "http" }, note);
  const asked = [...pathsOf(server), ...pathsAskedIn(tables)].filter((path) => !isSite(path));
  const paths = [...new Map(asked.map((path) => [keyOf(path), path])).values()];
  const reader = readerOf(walk);
  let isReported = false;
  return {
    line: directive.line,
    ...(directive.end === undefined ? {} : { end: directive.end }),
    names,
    ports: isPart ? [] : ports,
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

/** The names and ports of a server, and whether they are for https, http or both. */
function listeningOf({ block }: Place) {
  const listens = block.filter(({ name }) => name === "listen");
  const names = block.flatMap(({ name, args }) => (name === "server_name" ? args.filter((one) => one !== "_" && one !== "") : []));
  const isSecure = ({ args }: Directive) => args.includes("ssl") || args.includes("quic");
  const isTls = listens.some(isSecure) || block.some(({ name, args }) => name === "ssl" && args[0] === "on");
  const isPlain = listens.length === 0 ? !isTls : !listens.every(isSecure);
  return { names, ports: portsOf(listens), isTls, isPlain };
}

function walkOf(
  server: Place,
  tables: Tables,
  { names, scheme }: { readonly names: readonly string[]; readonly scheme: "http" | "https" },
  note: Note,
): Walk {
  const exactNames = names.some((name) => /[*~]|^\./.test(name)) ? [] : names;
  const scene = { scheme, names: exactNames, settable: settableIn(server.block) };
  const walk: Walk = { server, tables, note, scene, usual: undefined };
  return { ...walk, usual: readerOf(walk).endings(SITE)[0]?.place.handler };
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
