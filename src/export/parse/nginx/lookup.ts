import { isPath as isRoutePath } from "../../../middleware/routes.js";
import type { Note } from "../limits.js";
import { dynamicPart } from "../site.js";
import { pathMatch } from "./patterns.js";
import { matchOf } from "./regex-match.js";
import type { Scene } from "./scene.js";
import { AS_WRITTEN, type Entry, IS_PATH, IS_WRITTEN, type Table } from "./tables.js";

/** The value that a table has for a text. Undefined if unknown. */
export function valueFor(text: string, table: Table, scene: Scene, note: Note): string | undefined {
  const { entries, fallback, source = "" } = table;
  doubtLiterals(table, text, scene);
  const isPath = IS_PATH.test(source) && text.startsWith("/");
  const first = entries.find(({ value }) => value !== fallback);
  if (IS_WRITTEN.test(source) && first !== undefined) scene.doubt(first.line, AS_WRITTEN);
  const maybe: Entry[] = [];
  if (dynamicPart(text) === undefined) {
    const literal = literalEntry(text.toLowerCase(), table);
    if (literal !== undefined) return literal.value;
  } else if (!(isPath && scene.isOwn)) maybe.push(...entries.filter(({ isRegex }) => !isRegex));
  const patterns = entries.filter(({ isRegex }) => isRegex);
  const found = patterns.find((entry) => {
    const match = isPath ? pathMatch({ regex: undefined, ...entry }, text, scene, note) : matchOf(entry.regex, text, note);
    if (match === "maybe") maybe.push(entry);
    return match === "yes";
  });
  const value = found?.value ?? fallback;
  const others = maybe.filter((one) => one.value !== value);
  if (others.length > 0 && !isPath) return undefined;
  for (const { line } of others) scene.doubt(line, NO_ROUTE);
  return value;
}

const NO_ROUTE = "applies to paths that no route can express: not read";

/** The entry without a regular expression for a text: the same text, else a mask of hosts. ngx_hash_find_combined. */
function literalEntry(lower: string, { entries, hasMasks }: Table): Entry | undefined {
  const literals = entries.filter(({ isRegex }) => !isRegex);
  const exact = literals.find(({ key }) => key.toLowerCase() === lower);
  if (exact !== undefined || !hasMasks) return exact;
  const masks = literals.filter(({ key }) => isHostOf(key, lower));
  const isOpenEnded = ({ key }: Entry) => Number(key.endsWith(".*"));
  return masks.sort((one, other) => isOpenEnded(one) - isOpenEnded(other) || other.key.length - one.key.length)[0];
}

/** Whether a mask matches a host: `*.example.com`, `.example.com`, `www.example.*`. */
function isHostOf(mask: string, host: string): boolean {
  const [, dot, ending] = /^(\*?\.)(.+)$/.exec(mask.toLowerCase()) ?? [];
  if (ending !== undefined) return host.endsWith(`.${ending}`) || (dot === "." && host === ending);
  return mask.endsWith(".*") && host.startsWith(mask.slice(0, -1).toLowerCase());
}

/**
 * Doubts about the literal keys of a table of paths: some have spaces or non-ASCII characters, and nginx looks up all keys in lower
 * case. ngx_http_map_find.
 */
export function doubtLiterals({ source = "", entries, fallback }: Table, text: string, { doubt }: Scene): void {
  if (!IS_PATH.test(source)) return;
  for (const { isRegex, key, value, line } of entries) {
    if (isRegex || value === fallback || !key.startsWith("/")) continue;
    if (!isRoutePath(key)) doubt(line, NO_ROUTE);
    else if (key === text && key.toLowerCase() !== key.toUpperCase()) doubt(line, anyCase(key));
  }
}

const anyCase = (key: string) =>
  `a map finds ${key} in other letter case too, as ${key.toUpperCase()}: read as this path alone. Write ~^${key.replace(/[.+]/g, "\\$&")}\\z`;
