import { patternOf } from "../../middleware/routes.js";
import { namesOf, type Place, type PrintContext, patternText, type RoutePath, type Site, withoutOwn } from "../target.js";

/**
 * Lines of mod_headers for all places of a site. Apache keeps headers in two tables. Those of an upstream are not in the table for error
 * responses: they are unset, and ours are set there, so that errors have them too. The conditions exclude each other.
 *
 * @param site if it has routes, {@link variables} must come first.
 * @returns blocks for all paths, for paths without a route, and for each route. Empty if there are no headers.
 */
export function headerLines(site: Site): string {
  const places = [site.all, ...site.routes];
  const names = [...new Set(places.flatMap(namesOf).map(lower))];
  const saidBy = (name: string) => places.map((place) => statement(place, name));
  const [everywhere, somewhere] = parted(names, (name) => !saidBy(name).includes(undefined));
  const [shared, various] = parted(names, (name) => new Set(saidBy(name)).size === 1);
  const common = blockOf(site.all, shared, everywhere, "");
  const own = places.map((place) => {
    const lines = blockOf(place, various, somewhere, conditionOf(place));
    return lines === "" ? "" : `# ${titleOf(place)}\n${lines}`;
  });
  const blocks = [common === "" || places.length === 1 ? common : `# All paths.\n${common}`, ...own].filter((text) => text !== "");
  return blocks.length === 0 ? "" : `${WHY}\n${blocks.join("\n")}`;
}

const WHY = `# "onsuccess unset" removes the application's header; "always" applies to errors too.\n`;

/**
 * Lines of mod_setenvif that find the route of the requested path, normalized. DirectoryIndex, FallbackResource, RewriteRule and
 * ErrorDocument change the path later. Only `reqenv` reads the variables: SetEnvIf prefers a request header of the same name.
 * Responses that Apache makes before mod_setenvif runs have no variable, and get the headers of paths without a route.
 *
 * @returns lines for a `<Location "/">` or a `.htaccess`. Empty if there are no routes.
 */
export function variables({ routes }: Site): string {
  if (routes.length === 0) return "";
  const found = routes.map(({ path }) => path as RoutePath).map(ruleOf);
  return `# The path that the client requested, before a RewriteRule with [PT].
SetEnvIf Request_URI "(.*)" portcullis_path=$1
SetEnvIfExpr "reqenv('SCRIPT_URL') =~ m#(.+)#" portcullis_path=$1
# After an internal redirect: the path before it.
SetEnvIfExpr "reqenv('REDIRECT_STATUS') =~ m#.#" !portcullis_path
SetEnvIfExpr "reqenv('REDIRECT_SCRIPT_URL') =~ m#(.+)#" portcullis_path=$1
SetEnvIfExpr "reqenv('REDIRECT_portcullis_path') =~ m#(.+)#" portcullis_path=$1
# Its route, the narrowest last.
${found.join("")}`;
}

/** Headers that Apache sets itself, instead of ours or in addition. */
const OWN = /^(?:date|location)$/i;

const SERVER = "Apache always sends its own Server header with its own answers; ServerTokens Prod removes its version.";

/** Maximum length of a string expression. The limit of Apache is 8,191. */
const LONGEST_EXPRESSION = 8_000;

/**
 * The site without headers that only Apache can change, see {@link withoutOwn}. Reports values that Apache cannot express.
 *
 * @param context receives errors and warnings.
 */
export function apacheSite(site: Site, context: PrintContext): Site {
  for (const [name, value] of [site.all, ...site.routes].flatMap(({ lines }) => lines)) {
    if (!isExpression(value) || value.length <= LONGEST_EXPRESSION) continue;
    const message = `has ${value.length} characters, and the maximum of Apache for a value with "\${" is ${LONGEST_EXPRESSION}`;
    context.report({ path: [name], message, hint: "Shorten it." });
  }
  const names = [site.all, ...site.routes].flatMap(namesOf).map(lower);
  if (names.includes("server")) context.warn(SERVER);
  return withoutOwn(site, OWN, "Apache", context);
}

/** Indents lines once. */
export const indent = (text: string) => text.replace(/^(?=.)/gm, "    ");

/** A quoted argument. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}

function parted<T>(all: readonly T[], fits: (one: T) => boolean): readonly [fitting: readonly T[], others: readonly T[]] {
  return [all.filter(fits), all.filter((one) => !fits(one))];
}

const lower = (name: string) => name.toLowerCase();

/** What a place does with a header, as text to compare. Undefined if nothing. */
function statement({ lines, remove }: Place, name: string): string | undefined {
  const line = lines.find(([one]) => lower(one) === lower(name));
  if (line !== undefined) return line.join(": ");
  return remove.some((one) => lower(one) === lower(name)) ? "" : undefined;
}

/** The lines of a place for some headers; `names` are unset in the table of the application first. */
function blockOf(place: Place, says: readonly string[], strips: readonly string[], condition: string): string {
  const names = [...new Set(namesOf(place))].filter((name) => strips.includes(lower(name)));
  const strip = names.map((name) => `Header onsuccess unset ${name}${condition}\n`);
  const remove = place.remove.filter((name) => says.includes(lower(name))).map((name) => `Header always unset ${name}${condition}\n`);
  const lines = place.lines.filter(([name]) => says.includes(lower(name)));
  const set = lines.map(([name, value]) => `Header always set ${name} ${formatOf(value)}${condition}\n`);
  return [...strip, ...remove, ...set].join("");
}

const titleOf = ({ path }: Place) => (path === undefined ? "Paths without a route." : patternText(path));

function conditionOf({ path }: Place): string {
  return path === undefined ? " env=!portcullis" : ` "expr=reqenv('portcullis') == '${patternText(path)}'"`;
}

function ruleOf(path: RoutePath): string {
  return `SetEnvIfExpr "reqenv('portcullis_path') =~ m#${patternOf(path)}#" portcullis=${patternText(path)}\n`;
}

/** Values in which Apache interprets `${` or `expr=`. */
const isExpression = (value: string) => value.includes("${") || /^expr=/i.test(value);

/** A format of mod_headers, with `%` escaped; or a string expression, in which a backslash escapes any character. */
function formatOf(value: string): string {
  if (isExpression(value)) return quoted(`expr=${value.replace(/[\\%${]/g, "\\$&")}`);
  return quoted(value.replaceAll("\\", "\\\\").replaceAll("%", "%%"));
}
