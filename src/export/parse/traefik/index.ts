import { contains } from "../../../middleware/routes.js";
import { type Data, entriesOf, itemsOf, memberOf, stringOf } from "../data.js";
import type { Format } from "../format.js";
import { type Note, STEPS_OF_A_COPY } from "../limits.js";
import { LOOSE } from "../paths.js";
import type { Change, ReadSite } from "../site.js";
import type { Source } from "../sources.js";
import { yamlDocuments } from "../yaml.js";
import { dynamicTree } from "./labels.js";
import { type Middleware, middlewareOf, noteEarlyAnswers } from "./middlewares.js";
import { type Alternative, alternativesOf } from "./rules.js";

const HINT = "Pass a file of Traefik's file provider in YAML, or a Compose file with its labels.";

/** One alternative of a router's rule: some paths of some hosts. */
interface Router extends Alternative {
  readonly line: number;
  readonly priority: number;
  readonly entryPoints: readonly string[];
  readonly changes: readonly Change[];
  readonly redirects: boolean;
}

/** Files of Traefik's file provider, and Compose files with its labels. */
export const traefik: Format<"traefik"> = {
  name: "traefik",
  title: "a Traefik configuration",
  fileNames: ["traefik"],
  clues: /\btraefik\.(?:enable|http)\b|^[ \t]*"?(?:customResponseHeaders|entryPoints|middlewares|routers|loadBalancer)"?:/gm,
  read: readTraefik,
};

/**
 * Reads routers and their middlewares from a file of the file provider or the labels of a Compose file.
 *
 * @throws {PolicyError} where the text is not YAML, or has neither routers nor middlewares.
 */
function readTraefik(source: Source, note: Note): readonly ReadSite[] {
  const http = yamlDocuments(source, note, HINT).map((document) => memberOf(document, "http") ?? dynamicTree(document, note));
  const middlewares = new Map(http.flatMap((one) => entriesOf(memberOf(one, "middlewares"))).map(([name, yaml]) => [name, { name, yaml }]));
  const written = http.flatMap((one) => entriesOf(memberOf(one, "routers")));
  if (written.length === 0 && middlewares.size === 0) note.refuse(source.first, "has no HTTP routers or middlewares", HINT);
  // A file with middlewares only is read as a part of a configuration.
  if (written.length === 0) {
    const changes = [...middlewares.keys()].flatMap((name) => middlewareOf(name, middlewares, note).changes);
    return [{ line: source.first, paths: [], at: () => changes }];
  }
  const routers = written.flatMap(([name, router]) => routersOf(name, router, middlewares, note));
  return sitesOf(routers, note);
}

/** Rules of Traefik 2, which Traefik 3 accepts with `ruleSyntax: v2`. */
const SEVERAL = /["`]\s*,/;

function routersOf(name: string, router: Data, middlewares: ReadonlyMap<string, Middleware>, note: Note): readonly Router[] {
  const rule = memberOf(router, "rule");
  const text = stringOf(rule) ?? "";
  // The first in the list is the outermost, whose changes take precedence.
  const listed = itemsOf(memberOf(router, "middlewares")).flatMap((one) => stringOf(one) ?? []);
  const used = listed.reverse().map((one) => {
    const read = middlewareOf(one, middlewares, note);
    if (read.missing) note(memberOf(router, "middlewares")?.line ?? router.line, `the middleware ${one} is not in this text: not read`);
    return read;
  });
  noteEarlyAnswers(used, memberOf(router, "middlewares")?.line ?? router.line, note);
  const changes = used.flatMap((one) => one.changes);
  const alternatives = alternativesOf(text);
  if (alternatives === undefined) {
    const names = [...new Set(changes.map((one) => one.name))].join(", ") || "none";
    note(rule?.line ?? router.line, `the rule of ${name} matches on more than hosts and paths: not read; its headers: ${names}`);
    return [];
  }
  if (SEVERAL.test(text) && stringOf(memberOf(router, "ruleSyntax", "rulesyntax")) !== "v2")
    note(
      rule?.line ?? router.line,
      `the rule of ${name} has several values in one matcher, and Traefik 3 routes nothing by it: write a || b`,
    );
  if (alternatives.some(({ loose }) => loose)) note(rule?.line ?? router.line, LOOSE);
  const entryPoints = itemsOf(memberOf(router, "entryPoints", "entrypoints")).flatMap((one) => stringOf(one) ?? []);
  const priority = Number(stringOf(memberOf(router, "priority")) ?? 0) || text.length;
  const redirects = used.some((one) => one.redirects);
  return alternatives.map((one) => ({ ...one, line: router.line, priority, entryPoints, changes, redirects }));
}

/** One site for each host and entry point; those that have the same routers are one. */
function sitesOf(routers: readonly Router[], note: Note): readonly ReadSite[] {
  const hosts = new Set(routers.flatMap((one) => one.hosts));
  // A router without a host applies to all hosts, and is a separate site if no router has a host.
  const names = hosts.size === 0 || routers.every((one) => one.hosts.length === 0) ? [undefined] : [...hosts];
  const entryPoints = new Set(routers.flatMap((one) => one.entryPoints));
  const sites = new Map<string, { readonly names: string[]; readonly routers: readonly Router[] }>();
  note.spend("work", names.length * Math.max(entryPoints.size, 1) * routers.length);
  const order = new Map(routers.map((one, index) => [one, index]));
  for (const name of names) {
    for (const point of entryPoints.size === 0 ? [undefined] : entryPoints) {
      const own = routers.filter(
        (one) =>
          (one.hosts.length === 0 || (name !== undefined && one.hosts.includes(name))) &&
          (one.entryPoints.length === 0 || (point !== undefined && one.entryPoints.includes(point))),
      );
      if (own.length === 0) continue;
      note.spend("work", STEPS_OF_A_COPY * own.length);
      const key = own.map((one) => order.get(one)).join();
      const site = sites.get(key) ?? { names: [], routers: own };
      if (name !== undefined && !site.names.includes(name)) site.names.push(name);
      sites.set(key, site);
    }
  }
  return [...sites.values()].map((site) => siteOfRouters(site.names, site.routers, note));
}

function siteOfRouters(names: readonly string[], routers: readonly Router[], note: Note): ReadSite {
  const ranked = [...routers].sort((one, other) => other.priority - one.priority);
  const cost = ranked.reduce((sum, { paths }) => sum + 1 + paths.length, 0);
  return {
    line: routers[0]?.line ?? 1,
    names,
    redirects: routers.every(({ redirects }) => redirects),
    paths: routers.flatMap(({ paths }) => paths),
    at: (path) => {
      note.spend("work", cost);
      const fitting = ranked.filter((one) => one.paths.some((other) => contains(other, path)));
      const [first, second] = fitting;
      if (first !== undefined && second?.priority === first.priority && second.changes !== first.changes) {
        note(second.line, `has the priority of the router in line ${first.line} for the same paths: that one is read`);
      }
      return first?.changes ?? [];
    },
  };
}
