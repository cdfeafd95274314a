import { patternOf } from "../../middleware/routes.js";
import { namesOf, type Place, type PrintContext, patternText, type RoutePath, type Site, withoutOwn } from "../target.js";

/**
 * Lines of mod_headers for all places of a site. A header stands in one of two tables, and what an upstream sends is not in the one that
 * errors get: that is taken away, and ours goes out with errors too. Conditions exclude each other, so that nothing is taken back.
 *
 * @param site with routes, {@link variables} have to stand before them.
 * @returns blocks for all paths, for those without a route, and for each route; nothing where no place has a header.
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

const WHY = `# "onsuccess unset" takes away what an application sends; "always" is for errors too.\n`;

/**
 * Lines of mod_setenvif that find the place of the path that the client asked for, normalised. DirectoryIndex, FallbackResource, RewriteRule and
 * ErrorDocument go on with another path. The variables are read by `reqenv` alone: SetEnvIf would look for a request header of that name first.
 * What Apache answers before mod_setenvif has its turn has no variable, and gets what paths without a route get.
 *
 * @returns lines for a `<Location "/">`, or for a `.htaccess`; nothing where there are no routes.
 */
export function variables({ routes }: Site): string {
  if (routes.length === 0) return "";
  const found = routes.map(({ path }) => path as RoutePath).map(ruleOf);
  return `# The path that the client asked for, before a RewriteRule with [PT].
SetEnvIf Request_URI "(.*)" portcullis_path=$1
SetEnvIfExpr "reqenv('SCRIPT_URL') =~ m#(.+)#" portcullis_path=$1
# After an internal redirect: the path before it.
SetEnvIfExpr "reqenv('REDIRECT_STATUS') =~ m#.#" !portcullis_path
SetEnvIfExpr "reqenv('REDIRECT_SCRIPT_URL') =~ m#(.+)#" portcullis_path=$1
SetEnvIfExpr "reqenv('REDIRECT_portcullis_path') =~ m#(.+)#" portcullis_path=$1
# Its route, the narrowest last.
${found.join("")}`;
}

/** Names that Apache writes itself: in the place of ours, or beside it. */
const OWN = /^(?:date|location)$/i;

const SERVER = "Apache always sends its own Server header with its own answers; ServerTokens Prod removes its version.";

/** Characters that a string expression may have; Apache stops at 8,191. */
const LONGEST_EXPRESSION = 8_000;

/**
 * The site without names that Apache keeps to itself, as {@link withoutOwn} says; reports values that Apache has no form for.
 *
 * @param context is told what is wrong or left out.
 */
export function apacheSite(site: Site, context: PrintContext): Site {
  for (const [name, value] of [site.all, ...site.routes].flatMap(({ lines }) => lines)) {
    if (!isExpression(value) || value.length <= LONGEST_EXPRESSION) continue;
    const message = `has ${value.length} characters, and Apache takes ${LONGEST_EXPRESSION} of a value with "\${"`;
    context.report({ path: [name], message, hint: "Shorten it." });
  }
  const names = [site.all, ...site.routes].flatMap(namesOf).map(lower);
  if (names.includes("server")) context.warn(SERVER);
  return withoutOwn(site, OWN, "Apache", context);
}

/** Lines, indented once. */
export const indent = (text: string) => text.replace(/^(?=.)/gm, "    ");

/** An argument in quotes. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}

function parted<T>(all: readonly T[], fits: (one: T) => boolean): readonly [fitting: readonly T[], others: readonly T[]] {
  return [all.filter(fits), all.filter((one) => !fits(one))];
}

const lower = (name: string) => name.toLowerCase();

/** What a place says of a name, to be compared; undefined where it says nothing. */
function statement({ lines, remove }: Place, name: string): string | undefined {
  const line = lines.find(([one]) => lower(one) === lower(name));
  if (line !== undefined) return line.join(": ");
  return remove.some((one) => lower(one) === lower(name)) ? "" : undefined;
}

/** What a place says of some names, and of whose names it takes away what others send. */
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

/** Where Apache would read `${` or `expr=` itself. */
const isExpression = (value: string) => value.includes("${") || /^expr=/i.test(value);

/** A format of mod_headers, where `%` means something; or a string expression, where a backslash makes any character mean itself. */
function formatOf(value: string): string {
  if (isExpression(value)) return quoted(`expr=${value.replace(/[\\%${]/g, "\\$&")}`);
  return quoted(value.replaceAll("\\", "\\\\").replaceAll("%", "%%"));
}
