import { byBreadth } from "../../../middleware/routes.js";
import type { RoutePath } from "../../target.js";
import type { Note } from "../limits.js";
import { keyOf, SITE } from "../paths.js";
import { type Change, type Field, type Fields, fieldsOf, type ReadSite } from "../site.js";
import { noteAnyCase, pathsText } from "./letter-case.js";
import type { CaddySite, Outcome } from "./requests.js";
import { outcomesAt } from "./run.js";
import { flat, type Statement } from "./statements.js";

/** A site by the paths in its matchers: for each path, all directives are run in Caddy's order. `whole`: it has an address. */
export function caddySite(
  line: number,
  block: readonly Statement[],
  whole: boolean,
  around: Omit<CaddySite, "statements" | "mapped">,
): ReadSite {
  const site: CaddySite = { ...around, statements: block, mapped: mappedIn(block) };
  const { note } = site;
  const places = new Map<string, RoutePath>([[keyOf(SITE), SITE]]);
  const changes = new Map<string, readonly Change[]>();
  const unsent = new Map<string, number>();
  const onlyErrors: OnlyErrors = new Map();
  const anyCase = new Map<string, RoutePath>();
  // The loop includes paths that are added to the map while it runs.
  for (const [key, path] of places) {
    const all = outcomesAt(path, site, (found, ignoresCase = false) => {
      places.set(keyOf(found), places.get(keyOf(found)) ?? found);
      if (ignoresCase && /[a-z]/i.test(found.path)) anyCase.set(keyOf(found).toLowerCase(), places.get(keyOf(found)) ?? found);
      note.cap("paths", places.size - 1);
    });
    changes.set(key, read(path, all, whole, { unsent, onlyErrors }, note));
  }
  noteUnsent(unsent, note);
  noteOnlyErrors(onlyErrors, note);
  const [, ...paths] = places.values();
  const at = (path: RoutePath) => changes.get(keyOf(path)) ?? changes.get(keyOf(SITE)) ?? [];
  noteAnyCase(line, [...anyCase.values()], { paths: [...paths].sort(byBreadth), at }, note);
  return { line, redirects: isRedirect(block), paths, at };
}

const ANSWERS = /^(?:respond|redir|file_server|reverse_proxy|php_fastcgi|php_server|metrics|abort|error|invoke)$/;

function isRedirect(block: readonly Statement[]): boolean {
  const answers = flat(block).filter(({ words }) => ANSWERS.test(words[0] ?? "") && !isRefusal(words));
  return answers.length > 0 && answers.every(({ words }) => /^(?:redir|abort)$/.test(words[0] ?? ""));
}

/** `redir @matcher / {vars.status}`: the status may be any. */
const isRefusal = (words: readonly string[]) => words.length === 4 && /^\{/.test(words[3] ?? "");

/** Names that `map` sets: `map {host} {policy}`. */
function mappedIn(block: readonly Statement[]): ReadonlySet<string> {
  const maps = flat(block).filter(({ words }) => words[0] === "map");
  return new Set(maps.flatMap(({ words }) => words.slice(2).flatMap((word) => /^\{(.+)\}$/.exec(word)?.[1] ?? [])));
}

/** Headers of errors only, by header and line: the paths, and whether other responses remove them there. */
type OnlyErrors = Map<string, { readonly field: Field; readonly line: number; readonly removed: boolean; readonly paths: RoutePath[] }>;

/** Findings about errors, which are noted once for all paths. */
interface OfErrors {
  /** The names that errors lack, and where they are set. */
  readonly unsent: Map<string, number>;
  readonly onlyErrors: OnlyErrors;
}

/** The outcome of requests for a path; other outcomes of some requests are noted. `whole`: the site is complete, so that no directive follows that could respond. */
function read(
  path: RoutePath,
  outcomes: readonly Outcome[],
  whole: boolean,
  { unsent, onlyErrors }: OfErrors,
  note: Note,
): readonly Change[] {
  const main = outcomes.find(({ kind, sure }) => kind === "answer" && sure) ?? outcomes.find(({ sure }) => sure) ?? outcomes.at(-1);
  if (main === undefined) return [];
  const fields = fieldsOf(main.changes, note);
  for (const one of outcomes) {
    if (one === main || (one.kind === "nothing" && !whole)) continue;
    const others = fieldsOf(one.changes, note);
    const missing = differing(fields, others);
    if (one.kind !== "error") noteMissing(one, missing, note);
    else for (const field of missing) unsent.set(field.name, Math.min(lineOf(field), unsent.get(field.name) ?? lineOf(field)));
    for (const field of differing(others, fields)) {
      const line = lineOf(field);
      if (one.kind !== "error" || main.kind === "error") {
        note(one.line, `may respond with another ${field.name} (line ${line}): not read`);
        continue;
      }
      const removed = fields.get(field.name.toLowerCase())?.removed !== undefined;
      const key = `${removed} ${line} ${field.name}`;
      const known = onlyErrors.get(key) ?? { field, line, removed, paths: [] };
      if (!known.paths.includes(path)) known.paths.push(path);
      onlyErrors.set(key, known);
    }
  }
  return main.changes;
}

/** Headers of one response that the other lacks or has with another value. */
function differing(fields: Fields, others: Fields): readonly Field[] {
  const valuesText = (field: Field | undefined) => JSON.stringify(field?.values.map(({ value }) => value));
  return [...fields].flatMap(([name, field]) =>
    field.values.length === 0 || valuesText(field) === valuesText(others.get(name)) ? [] : [field],
  );
}

const lineOf = ({ values }: Field) => values[0]?.line ?? 1;

function noteMissing({ kind, line }: Outcome, missing: readonly Field[], note: Note): void {
  const [first] = missing;
  if (first === undefined) return;
  const names = missing.map(({ name }) => name).join(", ");
  if (kind === "nothing")
    note(lineOf(first), `no directive responds to all requests here: Caddy then sends an empty page without ${names}`);
  else note(line, `may respond without ${names}: read as always sent`);
}

/** One note for all paths. */
function noteUnsent(unsent: ReadonlyMap<string, number>, note: Note): void {
  const names = [...unsent].sort(([, one], [, other]) => one - other);
  const [first] = names;
  if (first === undefined) return;
  const all = names.map(([name]) => name).join(", ");
  note(first[1], `Caddy's own error responses lack ${all}: set deferred headers in handle_errors too. Read as sent always`);
}

/** Errors have the headers that are set at once, but not deferred headers or those of other directives. */
function noteOnlyErrors(onlyErrors: OnlyErrors, note: Note): void {
  for (const { field, line, removed, paths } of onlyErrors.values()) {
    const todo = removed ? "take it away in handle_errors too" : "set it for other answers too, or take it out of handle_errors";
    note(
      line,
      `Caddy's own error responses ${removed ? "still " : ""}have ${field.name} at ${pathsText(paths)}: ${todo}. The policy has what other responses have`,
    );
  }
}
