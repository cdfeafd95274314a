import { contains } from "../../middleware/routes.js";
import type { RoutePath } from "../target.js";
import { type Data, itemsOf, memberOf, stringOf } from "./data.js";
import type { Format } from "./format.js";
import type { Note } from "./limits.js";
import { exactly, type Paths, SITE, withAllBelow } from "./paths.js";
import type { Change, ReadSite } from "./site.js";
import type { Source } from "./sources.js";
import { yamlDocuments } from "./yaml.js";

const HINT = "Pass the YAML of an HTTPRoute, as kubectl get httproute -o yaml prints it.";

/** A match of one rule. */
interface Match {
  readonly path: RoutePath;
  /** Whether its type is `Exact`, which has priority over prefixes. */
  readonly exact: boolean;
  readonly changes: readonly Change[];
  readonly redirects: boolean;
}

/** HTTPRoutes of the Kubernetes Gateway API. */
export const kubernetesGateway: Format<"kubernetes-gateway"> = {
  name: "kubernetes-gateway",
  title: "a Kubernetes HTTPRoute",
  fileNames: ["httproute"],
  clues: /\bkind"?:[ \t]*"?HTTPRoute\b|\bgateway\.networking\.k8s\.io\/|\b(?:parentRefs|responseHeaderModifier)"?:/g,
  read: readKubernetesGateway,
};

/**
 * Reads HTTPRoutes of the Gateway API, from several documents or a `List`. Ignores other objects.
 *
 * @throws {PolicyError} if the text is not YAML, or has no HTTPRoute.
 */
function readKubernetesGateway(source: Source, note: Note): readonly ReadSite[] {
  const objects = yamlDocuments(source, note, HINT).flatMap((one) =>
    stringOf(memberOf(one, "kind"))?.endsWith("List") ? itemsOf(memberOf(one, "items")) : [one],
  );
  const routes = objects.filter((one) => stringOf(memberOf(one, "kind")) === "HTTPRoute");
  if (routes.length === 0) note.refuse(source.first, "has no HTTPRoute", HINT);
  // All routes of the same hosts are one site.
  const byHosts = new Map<string, { readonly line: number; readonly names: readonly string[]; readonly matches: Match[] }>();
  for (const route of routes) {
    const spec = memberOf(route, "spec");
    const names = itemsOf(memberOf(spec, "hostnames")).flatMap((one) => stringOf(one) ?? []);
    const key = JSON.stringify([...names].sort());
    const site = byHosts.get(key) ?? { line: route.line, names, matches: [] };
    byHosts.set(key, site);
    site.matches.push(...itemsOf(memberOf(spec, "rules")).flatMap((rule) => matchesOf(rule, note)));
  }
  return [...byHosts.values()].map(({ line, names, matches }) => siteOfHosts(line, names, matches, note));
}

function siteOfHosts(line: number, names: readonly string[], matches: readonly Match[], note: Note): ReadSite {
  // An exact path has priority, then the longest prefix, then the first one.
  const ranked = [...matches].sort(
    (one, other) => Number(other.exact) - Number(one.exact) || other.path.path.length - one.path.path.length,
  );
  return {
    line,
    names,
    redirects: matches.length > 0 && matches.every(({ redirects }) => redirects),
    paths: matches.map(({ path }) => path),
    at: (path) => {
      note.spend("work", ranked.length);
      return ranked.find((one) => contains(one.path, path))?.changes ?? [];
    },
  };
}

function matchesOf(rule: Data, note: Note): readonly Match[] {
  const changes = itemsOf(memberOf(rule, "filters")).flatMap((filter) => changesOf(filter, note));
  for (const backend of itemsOf(memberOf(rule, "backendRefs"))) {
    const filters = memberOf(backend, "filters");
    if (itemsOf(filters).length > 0)
      note(filters?.line ?? backend.line, "filters of one backend: not read. Write them as filters of the rule.");
  }
  const redirects = itemsOf(memberOf(rule, "filters")).some((filter) => memberOf(filter, "requestRedirect") !== undefined);
  const written = itemsOf(memberOf(rule, "matches"));
  const read = written.length === 0 ? [{ paths: [SITE], exact: false }] : written.flatMap((match) => pathsOf(match, changes, note));
  return read.flatMap(({ paths, exact }) => paths.map((path) => ({ path, exact, changes, redirects })));
}

function pathsOf(match: Data, changes: readonly Change[], note: Note): readonly (Paths & { readonly exact: boolean })[] {
  const names = [...new Set(changes.map(({ name }) => name))].join(", ") || "none";
  const condition = ["headers", "queryParams", "method"].find((key) => memberOf(match, key) !== undefined);
  if (condition !== undefined) {
    note(memberOf(match, condition)?.line ?? match.line, `applies under a condition (${condition}): not read; its headers: ${names}`);
    return [];
  }
  const path = memberOf(match, "path");
  const [type, value] = [stringOf(memberOf(path, "type")) ?? "PathPrefix", stringOf(memberOf(path, "value")) ?? "/"];
  const exact = type === "Exact";
  // A prefix matches whole segments, and its trailing slash is ignored.
  const read = exact ? exactly(value) : type === "PathPrefix" ? withAllBelow(value === "/" ? "/" : value.replace(/\/$/, "")) : undefined;
  if (read !== undefined) return [{ ...read, exact }];
  note((path ?? match).line, `is a pattern that no Portcullis path can express: not read; its headers: ${names}`);
  return [];
}

const KINDS = { remove: "remove", set: "set", add: "add" } as const;

function changesOf(filter: Data, note: Note): readonly Change[] {
  const type = stringOf(memberOf(filter, "type"));
  if (type === "ExtensionRef") note(filter.line, "is a filter of the gateway implementation, which may set headers: not read");
  const modifier = memberOf(filter, "responseHeaderModifier");
  // Applied in this order: set, add, remove.
  return (["set", "add", "remove"] as const).flatMap((kind) =>
    itemsOf(memberOf(modifier, kind)).flatMap((one) => {
      const name = kind === "remove" ? stringOf(one) : stringOf(memberOf(one, "name"));
      const value = kind === "remove" ? "" : stringOf(memberOf(one, "value"));
      if (name !== undefined && value !== undefined) return [{ kind: KINDS[kind], name, value, line: one.line }];
      note(one.line, "is not a header: not read");
      return [];
    }),
  );
}
