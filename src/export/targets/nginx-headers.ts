import { patternOf } from "../../middleware/routes.js";
import { namesOf, type Place, type RoutePath, type Site } from "../target.js";
import { constantsFor } from "./nginx-constants.js";
import { freshNames, markOf, namesFor } from "./nginx-names.js";

/** What each place does with one header. */
export interface SentHeader {
  readonly name: string;
  /** In the order of the site's routes: a value, `""` where it must not go out, undefined where the application's own stays. */
  readonly routes: readonly (string | undefined)[];
  readonly rest: string | undefined;
}

/** The headers of a site as nginx reads them. */
export interface NginxHeaders {
  /** For the http block: constants and maps, or nothing. */
  readonly http: string;
  /** For the server block: finds the route, where there are several places, and hides and sets the headers. */
  readonly server: string;
}

/** The headers that any place of a site sets or removes, each once, whatever its case. */
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

/** Whether a place leaves the header to the application, where another one does not. */
export function isLeftSomewhere({ routes, rest }: SentHeader): boolean {
  return [rest, ...routes].includes(undefined);
}

/**
 * Prints the headers. What differs between routes is looked up in maps: nginx keeps what a map finds for the whole request, so
 * that a location that `try_files`, `index`, `rewrite` or `error_page` leads to changes nothing. ngx_http_map_module.
 *
 * @param left what stands for the value of a header that a place leaves to the application.
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
  return mark === undefined ? "" : `# ${mark} stands for ${serverName}: other sites in the same nginx have variables of their own.\n`;
}

const NOTHING = '""';

const PLACE =
  "# Finds the route now: try_files, index, rewrite and error_page may lead to another path, and a map is asked once a request.\n";

/** Browsers resolve `..` between slashes, and send it beside `%2F`. The path alone is asked, and not the query. */
const AMBIGUOUS = `# With an encoded slash beside dots, nginx finds another path than an application that keeps it: /admin/..%2Fembed.
if ($request_uri ~* "^[^?]*(?:%(?:2f|5c)(?:[.]|%2e){2}(?:[/?]|%2f|%5c|$)|/(?:[.]|%2e){2}%(?:2f|5c))") { return 400; }
`;

function routeMap(routes: readonly Place[], keys: readonly string[], variable: string): string {
  const lines = routes.map(({ path }, index) => `    ~${exactPattern(path as RoutePath)} ${keys[index]};\n`).reverse();
  return `# The narrowest first: nginx takes the first that fits.\nmap $uri ${variable} {\n    default site;\n${lines.join("")}}\n`;
}

/** `$` would also fit before a line feed at the end: /embed%0A. */
function exactPattern(path: RoutePath): string {
  return patternOf(path).replace(/\$$/, "\\z");
}

/** Words that a map reads otherwise, and our own. */
const TAKEN = ["default", "hostnames", "include", "volatile", "site"];

/** Without map_hash_bucket_size nginx takes keys of up to 46 characters; it does not tell them apart by case. */
const LONGEST_KEY = 46;

/** `embed`, `api-all`: a word for each route; what would have that of another gets a number. */
function routeKeys(routes: readonly Place[]): readonly string[] {
  const fresh = freshNames(TAKEN, LONGEST_KEY, "-");
  return routes.map(({ path }) => {
    const { path: text, below } = path as RoutePath;
    const plain = text.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "") || "root";
    return fresh(`${plain.slice(0, LONGEST_KEY - 4)}${below ? "-all" : ""}`);
  });
}
