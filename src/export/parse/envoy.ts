import { contains } from "../../middleware/routes.js";
import { type Data, entriesOf, itemsOf, memberOf, stringOf } from "./data.js";
import type { Format } from "./format.js";
import type { Note } from "./limits.js";
import { beginningWith, exactly, LOOSE, ofPattern, type Paths, SITE, withAllBelow } from "./paths.js";
import { type Change, dynamic, type ReadSite } from "./site.js";
import type { Source } from "./sources.js";
import { yamlDocuments } from "./yaml.js";

const HINT = "Pass an Envoy configuration in YAML or JSON, or its virtual hosts.";

/** The context of a virtual host. */
interface Around {
  readonly ports: readonly string[];
  /** Changes of the route configuration, for all its virtual hosts. */
  readonly changes: readonly Change[];
  /** Whether changes of a route win over those of its virtual host. */
  readonly narrowLast: boolean;
  /** The line of the connection manager if it matches paths as the client sent them. */
  readonly asSent?: number | undefined;
}

const AS_SENT =
  'matches paths as the client sent them: "//admin/" and "/%61dmin/" do not match /admin/. Read as if they did: set normalize_path and merge_slashes';

/** Envoy configurations. */
export const envoy: Format<"envoy"> = {
  name: "envoy",
  title: "an Envoy configuration",
  fileNames: ["envoy"],
  clues: /\b(?:response_headers_to_(?:add|remove)|virtual_hosts|static_resources|filter_chains|route_config)"?:/g,
  read: readEnvoy,
};

/**
 * Reads the virtual hosts of an Envoy configuration: static, dynamic, or a list of virtual hosts, in YAML or JSON.
 *
 * @throws {PolicyError} if the text is neither YAML nor JSON, or has no virtual host.
 */
function readEnvoy(source: Source, note: Note): readonly ReadSite[] {
  const around: Around = { ports: [], changes: [], narrowLast: false };
  const sites = yamlDocuments(source, note, HINT).flatMap((document) => [
    ...(isVirtualHost(document) ? [virtualHostSite(document, around, note)] : []),
    ...itemsOf(document).flatMap((one) => (isVirtualHost(one) ? [virtualHostSite(one, around, note)] : [])),
    ...hostsIn(document, around, note),
  ]);
  if (sites.length === 0) note.refuse(source.first, "has no virtual host", HINT);
  return sites;
}

const isVirtualHost = (yaml: Data) => memberOf(yaml, "domains") !== undefined && memberOf(yaml, "routes") !== undefined;

function hostsIn(yaml: Data, outer: Around, note: Note): readonly ReadSite[] {
  noteFilters(yaml, note);
  const port = stringOf(memberOf(memberOf(memberOf(yaml, "address"), "socket_address", "socketAddress"), "port_value", "portValue"));
  const manager = memberOf(yaml, "route_config", "routeConfig") !== undefined || memberOf(yaml, "rds") !== undefined;
  const normalizes = isTrue(yaml, "normalize_path", "normalizePath") && isTrue(yaml, "merge_slashes", "mergeSlashes");
  const here = {
    ...outer,
    ...(port !== undefined && { ports: [port] }),
    ...(manager && { asSent: normalizes ? undefined : yaml.line }),
  };
  const hosts = memberOf(yaml, "virtual_hosts", "virtualHosts");
  const around =
    hosts === undefined
      ? here
      : {
          ...here,
          changes: changesOf(yaml, note),
          narrowLast: isTrue(yaml, "most_specific_header_mutations_wins", "mostSpecificHeaderMutationsWins"),
        };
  const within = [...itemsOf(yaml), ...entriesOf(yaml).flatMap(([, value]) => (value === hosts ? [] : [value]))];
  return [...itemsOf(hosts).map((host) => virtualHostSite(host, around, note)), ...within.flatMap((one) => hostsIn(one, here, note))];
}

const isTrue = (yaml: Data, ...keys: readonly string[]) => stringOf(memberOf(yaml, ...keys)) === "true";

/** Filters that can change headers of responses. */
const CHANGING = /\.(?:HeaderMutation|HeaderMutationPerRoute|Lua|LuaPerRoute|Wasm|CorsPolicy|ExternalProcessor|CsrfPolicy|Golang)$/;

function noteFilters(yaml: Data, note: Note): void {
  const type = stringOf(memberOf(yaml, "@type")) ?? "";
  const name = CHANGING.exec(type)?.[0].slice(1);
  if (name !== undefined) note(yaml.line, `${name} may change headers too: not read`);
  const replies = memberOf(yaml, "local_reply_config", "localReplyConfig");
  if (replies !== undefined) note(replies.line, "changes Envoy's own answers: not read");
}

/** Per-filter settings of a host or a route, by filter name. */
const filtersOf = (yaml: Data) => entriesOf(memberOf(yaml, "typed_per_filter_config", "typedPerFilterConfig")).map(([, filter]) => filter);

interface Route {
  readonly paths: Paths;
  readonly changes: readonly Change[];
  readonly line: number;
  readonly redirects: boolean;
}

function virtualHostSite(host: Data, { ports, changes: outer, narrowLast, asSent }: Around, note: Note): ReadSite {
  const own = changesOf(host, note);
  for (const filter of [host, ...itemsOf(memberOf(host, "routes"))].flatMap(filtersOf)) noteFilters(filter, note);
  const routes = itemsOf(memberOf(host, "routes")).flatMap((route) => routeOf(route, note));
  for (const { paths, line } of routes) if (paths.loose) note(line, LOOSE);
  const cost = routes.reduce((sum, { paths }) => sum + 1 + paths.paths.length, 0);
  let first: Route | undefined | "none" = "none";
  return {
    line: host.line,
    names: itemsOf(memberOf(host, "domains")).flatMap((one) => nameOf(stringOf(one))),
    ports,
    redirects: routes.length > 0 && routes.every(({ redirects }) => redirects),
    paths: routes.flatMap(({ paths }) => paths.paths),
    at: (path) => {
      note.spend("work", cost);
      const route = routes.find(({ paths }) => paths.paths.some((one) => contains(one, path)));
      first = first === "none" ? route : first;
      if (asSent !== undefined && route !== first) note(asSent, AS_SENT);
      // Envoy responds with 404 to paths without a route, without these headers.
      if (route === undefined) return [];
      return narrowLast ? [...outer, ...own, ...route.changes] : [...route.changes, ...own, ...outer];
    },
  };
}

/** A star matches any host. A trailing `:*` matches any port. */
function nameOf(domain: string | undefined): readonly string[] {
  return domain === undefined || domain === "*" ? [] : [domain.replace(/:(?:\*|\d+)$/, "")];
}

/** Conditions of a match other than the path. */
const CONDITIONS = [
  "headers",
  "query_parameters",
  "queryParameters",
  "cookies",
  "grpc",
  "runtime_fraction",
  "runtimeFraction",
  "tls_context",
  "tlsContext",
  "dynamic_metadata",
  "dynamicMetadata",
  "filter_state",
  "filterState",
];

function routeOf(route: Data, note: Note): readonly Route[] {
  const match = memberOf(route, "match");
  const changes = [...weightedOf(route, note), ...changesOf(route, note)];
  const names = [...new Set(changes.map(({ name }) => name))].join(", ") || "none";
  const { line } = match ?? route;
  const condition = CONDITIONS.find((key) => memberOf(match, key) !== undefined);
  const paths = match === undefined ? undefined : pathsOf(match);
  if (condition !== undefined) note(line, `applies under a condition (${condition}): not read; its headers: ${names}`);
  else if (paths === undefined && isRefusal(route, match))
    note.remark(line, "refuses ambiguous paths with 400: the policy does not need this route");
  else if (paths === undefined) note(line, `is a pattern that no Portcullis path can express: not read; its headers: ${names}`);
  if (condition !== undefined || paths === undefined) return [];
  if (stringOf(memberOf(match, "case_sensitive", "caseSensitive")) === "false")
    note(line, "matches the path in any letter case: read as written");
  return [{ paths, changes, line, redirects: memberOf(route, "redirect") !== undefined }];
}

/** The route that `exportPolicy` prints: 400 for an encoded slash next to dots or another slash. */
function isRefusal(route: Data, match: Data | undefined): boolean {
  const regex = stringOf(memberOf(memberOf(match, "safe_regex", "safeRegex"), "regex")) ?? "";
  const isOurs = regex.includes("%2") && (regex.includes("[.]{0,2}") || regex.includes("[.][.]"));
  return isOurs && stringOf(memberOf(memberOf(route, "direct_response", "directResponse"), "status")) === "400";
}

/** Headers of one of several clusters are sent with some responses only. */
function weightedOf(route: Data, note: Note): readonly Change[] {
  const weighted = memberOf(memberOf(route, "route"), "weighted_clusters", "weightedClusters");
  for (const cluster of itemsOf(memberOf(weighted, "clusters"))) {
    if (changesOf(cluster, note).length > 0) note(cluster.line, "sets headers for some responses only: not read");
  }
  return [];
}

function pathsOf(match: Data): Paths | undefined {
  const text = (...keys: readonly string[]) => stringOf(memberOf(match, ...keys));
  const [prefix, path, separated] = [text("prefix"), text("path"), text("path_separated_prefix", "pathSeparatedPrefix")];
  if (prefix !== undefined) return prefix === "" || prefix === "/" ? { paths: [SITE] } : beginningWith(prefix);
  if (path !== undefined) return exactly(path);
  if (separated !== undefined) return withAllBelow(separated);
  const regex = stringOf(memberOf(memberOf(match, "safe_regex", "safeRegex"), "regex"));
  if (regex === undefined) return undefined;
  // The root path only, as `exportPolicy` prints it.
  if (regex === "//?") return exactly("/");
  // The expression must match the whole path. `exportPolicy` prints characters with their encoded forms.
  const plain = regex
    .replace(/\(\?:(?:\[(\+)\]|([/!+,:@=]))(?:\|%[0-9A-Fa-f]{2}){1,2}\)/g, (_, plus, char) =>
      (plus ?? char) === "+" ? "\\+" : (plus ?? char),
    )
    .replaceAll("[.]", "\\.");
  return ofPattern(/\.\*\$?$/.test(plain) ? `^${plain}` : `^${plain.replace(/\$$/, "")}$`);
}

/** The changes of one level: Envoy removes, then sets, then adds, in any written order. */
function changesOf(yaml: Data, note: Note): readonly Change[] {
  const removed = itemsOf(memberOf(yaml, "response_headers_to_remove", "responseHeadersToRemove")).flatMap((one) => {
    const name = stringOf(one);
    return name === undefined ? [] : [{ kind: "remove" as const, name, value: "", line: one.line }];
  });
  const added = itemsOf(memberOf(yaml, "response_headers_to_add", "responseHeadersToAdd")).flatMap((one) => changeOf(one, note));
  const isSet = ({ kind }: Change) => kind === "set";
  return [...removed, ...added.filter(isSet), ...added.filter((one) => !isSet(one))];
}

const KINDS: Readonly<Record<string, Change["kind"]>> = {
  APPEND_IF_EXISTS_OR_ADD: "add",
  OVERWRITE_IF_EXISTS_OR_ADD: "set",
  // Their numbers in the Envoy API.
  0: "add",
  2: "set",
};

function changeOf(option: Data, note: Note): readonly Change[] {
  const header = memberOf(option, "header");
  const [name, value] = [stringOf(memberOf(header, "key")), stringOf(memberOf(header, "value"))];
  const appended = stringOf(memberOf(option, "append")) === "false" ? "OVERWRITE_IF_EXISTS_OR_ADD" : "APPEND_IF_EXISTS_OR_ADD";
  const action = stringOf(memberOf(option, "append_action", "appendAction")) ?? appended;
  if (name === undefined || value === undefined) note(option.line, 'is not a header: write { header: { key: "…", value: "…" } }. Not read');
  else if (!Object.hasOwn(KINDS, action)) note(option.line, `${name} depends on whether the application sends it (${action}): not read`);
  // An empty value removes the header, unless keep_empty_value is set.
  else return [{ kind: KINDS[action] as Change["kind"], name, value: filled(value), line: header?.line ?? option.line }];
  return [];
}

/** `%%` is a percent sign. `%…%` differs per response. */
const filled = (value: string) => value.replace(/%%|%[^%]*%?/g, (part) => (part === "%%" ? "%" : dynamic(part)));
