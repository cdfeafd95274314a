import { patternOf } from "../../middleware/routes.js";
import { namesOf, type Place, type RoutePath, type Site } from "../target.js";
import { constantsFor } from "./nginx-constants.js";
import { freshNames, markOf, namesFor } from "./nginx-names.js";

/** What each place does with one header. */
export interface SentHeader {
  readonly name: string;
  /** For each route of the site: a value, `""` to remove the header, undefined to pass on that of the application. */
  readonly routes: readonly (string | undefined)[];
  readonly rest: string | undefined;
}

/** The configuration of a site's headers. */
export interface NginxHeaders {
  /** Constants and maps for the http block. May be empty. */
  readonly http: string;
  /** For the server block: finds the route, and hides and sets the headers. */
  readonly server: string;
}

/** The headers that any place of a site sets or removes, each once. Case-insensitive. */
export function sentHeaders({ all, routes }: Site): readonly SentHeader[] {
  const spelling = new Map(
    [all, ...routes]
      .flatMap(namesOf)
      .reverse()
      .map((name) => [name.toLowerCase(), name]),
  );
  const names = new Set([all, ...routes].flatMap(namesOf).map((name) => spelling.get(name.toLowerCase()) as string));
  return [...names].map((name) => ({ name, rest: sentBy(all, name), routes: routes.map((place) => sentBy(place, name)) }));
}

function sentBy({ lines, remove }: Place, name: string): string | undefined {
  const isIt = (other: string) => other.toLowerCase() === name.toLowerCase();
  return lines.find(([one]) => isIt(one))?.[1] ?? (remove.some(isIt) ? "" : undefined);
}

/** Whether some places pass on the application's header and others do not. */
export function isLeftSomewhere({ routes, rest }: SentHeader): boolean {
  return [rest, ...routes].includes(undefined);
}

/**
 * Prints the headers. Maps look up values that differ between routes: nginx keeps the value of a map for the whole request, so
 * that internal redirects of `try_files`, `index`, `rewrite` or `error_page` have no effect. ngx_http_map_module.
 *
 * @param left returns the variable with the application's value of a header.
 */
export function printHeaders(site: Site, headers: readonly SentHeader[], left: (name: string) => string): NginxHeaders {
  const variable = namesFor(site.serverName);
  const constants = constantsFor(variable);
  const keys = routeKeys(site.routes);
  const route = variable("route");
  const maps: string[] = [];
  const add = headers.map(({ name, rest, routes }) => {
    const values = [rest, ...routes].map((value) => (value === undefined ? left(name) : constants.parameter(name, value)));
    const [others = "", ...own] = values;
    const differing = own.flatMap((value, index) => (value === others ? [] : [`    ${keys[index]} ${value};\n`]));
    if (differing.length === 0) return others === NOTHING ? "" : `add_header ${name} ${others} always;\n`;
    if (values.every((value) => value === NOTHING)) return "";
    const looked = variable(name);
    maps.push(`map ${route} ${looked} {\n    default ${others};\n${differing.join("")}}\n`);
    return `add_header ${name} ${looked} always;\n`;
  });
  const hide = headers.map(({ name }) => `proxy_hide_header ${name};\n`);
  const differs = headers.some(({ rest, routes }) => routes.some((value) => value !== rest));
  const refusal = differs ? `${AMBIGUOUS}\n` : "";
  const server = [refusal, ...hide, ...add].join("");
  const texts = constants.printed();
  if (maps.length === 0) return { http: texts.length === 0 ? "" : [shared(site), ...texts].join(""), server };
  const http = `${shared(site)}${[...texts, routeMap(site.routes, keys, route), ...maps].join("\n")}`;
  return { http, server: `${PLACE}set ${variable("place")} ${route};\n${server}` };
}

function shared({ serverName }: Site): string {
  const mark = markOf(serverName);
  return mark === undefined ? "" : `# ${mark} identifies ${serverName}: each site in the same nginx has its own variables.\n`;
}

const NOTHING = '""';

const PLACE =
  "# Finds the route now: a map is evaluated once per request, and try_files, index, rewrite and error_page may change the path later.\n";

/** Browsers resolve `..` between slashes, but send it next to `%2F`. Matches the path, not the query. */
const AMBIGUOUS = `# With an encoded slash next to dots, nginx sees another path than an application that does not decode it: /admin/..%2Fembed.
if ($request_uri ~* "^[^?]*(?:%(?:2f|5c)(?:[.]|%2e){2}(?:[/?]|%2f|%5c|$)|/(?:[.]|%2e){2}%(?:2f|5c))") { return 400; }
`;

function routeMap(routes: readonly Place[], keys: readonly string[], variable: string): string {
  const lines = routes.map(({ path }, index) => `    ~${exactPattern(path as RoutePath)} ${keys[index]};\n`).reverse();
  return `# The narrowest first: nginx uses the first match.\nmap $uri ${variable} {\n    default site;\n${lines.join("")}}\n`;
}

/** `$` would also match before a trailing line feed: /embed%0A. */
function exactPattern(path: RoutePath): string {
  return patternOf(path).replace(/\$$/, "\\z");
}

/** Words with a meaning in a map, and our own. */
const TAKEN = ["default", "hostnames", "include", "volatile", "site"];

/** With the default map_hash_bucket_size, a key has at most 46 characters. Keys are case-insensitive. */
const LONGEST_KEY = 46;

/** A word for each route, such as `embed` or `api-all`. Duplicates get a number. */
function routeKeys(routes: readonly Place[]): readonly string[] {
  const fresh = freshNames(TAKEN, LONGEST_KEY, "-");
  return routes.map(({ path }) => {
    const { path: text, below } = path as RoutePath;
    const plain = text.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "") || "root";
    return fresh(`${plain.slice(0, LONGEST_KEY - 4)}${below ? "-all" : ""}`);
  });
}
