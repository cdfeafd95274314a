import type { Format } from "../format.js";
import { type Note, STEPS_OF_A_COPY } from "../limits.js";
import { LOOSE, SITE } from "../paths.js";
import type { Change, ReadSite } from "../site.js";
import type { Source } from "../sources.js";
import { aclsOf, asksWhatIsGone, type Held, pathsIn, plainFetch, type State, splitAtCondition, truthOf } from "./conditions.js";
import { AS_SENT, askingAsSent, headerRules, noteEarly, noteOwnAnswers } from "./doubts.js";
import { formatText, type Section, type Statement, sectionsOf } from "./words.js";

/** A proxy section, after the rules of its defaults. */
interface Proxy {
  readonly section: Section;
  readonly statements: readonly Statement[];
}

/** HAProxy configurations. */
export const haproxy: Format<"haproxy"> = {
  name: "haproxy",
  title: "an HAProxy configuration",
  fileNames: ["haproxy"],
  clues:
    /^[ \t]*(?:(?:global|defaults)[ \t]*\r?$|(?:frontend|backend|http-request|http-response|http-after-response|default_backend|use_backend|bind|mode)[ \t])/gm,
  read: readHaproxy,
};

/**
 * Reads an HAProxy configuration: its frontends with their backends, or lines for a frontend only.
 *
 * @throws {PolicyError} if a quote is not closed, or the text has no section and no rule of HAProxy.
 */
function readHaproxy(source: Source, note: Note): readonly ReadSite[] {
  const sections = sectionsOf(source, note);
  const rules = /^(?:http-(?:request|response|after-response)|acl|bind|use_backend|default_backend)$/;
  const known = sections.some(({ kind, statements }) => kind !== "" || statements.some(({ words }) => rules.test(words[0] ?? "")));
  if (!known && sections.some(({ statements }) => statements.length > 0))
    note.refuse(source.first, "has no HAProxy section", "Pass the text of a haproxy.cfg.");
  const proxies = sections.flatMap((section, index) =>
    /^(?:|frontend|listen|backend)$/.test(section.kind) ? [withDefaults(section, index, sections, note)] : [],
  );
  const backends = new Map(proxies.flatMap((one) => (/^(?:backend|listen)$/.test(one.section.kind) ? [[one.section.name, one]] : [])));
  const fronts = proxies.filter(({ section, statements }) => section.kind !== "backend" && (section.kind !== "" || statements.length > 0));
  const used = fronts.length > 0 ? fronts : [...backends.values()];
  const named = new Set(
    fronts.flatMap(({ statements }) =>
      statements.flatMap(({ words }) => (/^(?:use|default)_backend$/.test(words[0] ?? "") ? [words[1]] : [])),
    ),
  );
  for (const { section } of fronts.length === 0 ? [] : backends.values()) {
    const [rule] = section.kind === "listen" || named.has(section.name) ? [] : headerRules(section.statements);
    if (rule !== undefined) note(rule.line, `no frontend names the backend ${section.name}: not read`);
  }
  const read = used.map((proxy) => ({ proxy, site: siteOfProxy(proxy, backends, note) }));
  const sending = read.flatMap(({ proxy, site }) => (site.redirects ? [] : statementsOf(proxy, backends)));
  noteEarly(sending, note);
  noteOwnAnswers(sending, note);
  return read.map(({ site }) => site);
}

/** The statements of a proxy and of the backends that it names. */
function statementsOf({ statements }: Proxy, backends: ReadonlyMap<string, Proxy>): readonly Statement[] {
  const words = statements.filter((one) => /_backend$/.test(one.words[0] ?? "")).map((one) => one.words);
  const isDynamic = words.some(([, name = ""]) => name.includes("%["));
  const behind = isDynamic ? backends.values() : words.flatMap(([, name = ""]) => backends.get(name) ?? []);
  return [...statements, ...new Set([...behind].flatMap((one) => one.statements))];
}

/** Rules of the defaults come before those of the proxy. */
function withDefaults(section: Section, index: number, sections: readonly Section[], note: Note): Proxy {
  const isMeant = ({ kind, name }: Section) => kind === "defaults" && (section.from === undefined || name === section.from);
  const defaults = sections.findLast((one, at) => at < index && isMeant(one));
  const rules = defaults?.statements.filter(({ words }) => /^http-/.test(words[0] ?? "")) ?? [];
  note.spend("work", sections.length + STEPS_OF_A_COPY * (defaults?.statements.length ?? 0));
  return { section, statements: [...rules, ...section.statements] };
}

function siteOfProxy(front: Proxy, backends: ReadonlyMap<string, Proxy>, note: Note): ReadSite {
  const { section, statements } = front;
  const binds = statements.filter(({ words }) => words[0] === "bind");
  const secure = binds.length === 0 || binds.some(({ words }) => words.includes("ssl"));
  const all = statementsOf(front, backends);
  const paths = all.flatMap((statement) =>
    pathsIn(statement).flatMap(({ paths, loose, anyCase }) => {
      if (loose) note(statement.line, LOOSE);
      if (anyCase) note(statement.line, "matches the path in any letter case: read as written");
      return paths;
    }),
  );
  const base: Omit<State, "path"> = { pathIs: "sent", secure, variables: new Map(), acls: aclsOf(statements) };
  const cost = costOf(all);
  note.spend("work", cost);
  const redirects = statements.some((one) => isRedirect(one, { ...base, path: SITE }));
  const asking = askingAsSent(all);
  let first: string | undefined;
  return {
    line: section.line,
    paths,
    ports: binds.flatMap(({ words }) => (words[1] ?? "").split(",").flatMap((address) => /:(\d+)$/.exec(address)?.[1] ?? [])),
    redirects,
    at: (path) => {
      if (redirects) return [];
      note.spend("work", cost);
      const changes = changesAt(front, backends, { ...base, path }, note);
      const lines = changes.map(({ line }) => line).join();
      first ??= lines;
      if (asking !== undefined && lines !== first) note(asking.line, AS_SENT);
      return changes;
    },
  };
}

/** Steps to run some rules once: each reads the words of its condition and of its ACLs, and setting a variable copies all variables. */
function costOf(statements: readonly Statement[]): number {
  const lengths = new Map<string, number>();
  for (const { words } of statements)
    if (words[0] === "acl") lengths.set(words[1] ?? "", (lengths.get(words[1] ?? "") ?? 0) + words.length);
  const ofWord = (word: string) => 1 + (lengths.get(word.replace(/^!+/, "")) ?? 0);
  const asked = statements.reduce((sum, { words }) => sum + 5 + words.reduce((steps, word) => steps + ofWord(word), 0), 0);
  const sets = statements.filter(({ words }) => words[1]?.startsWith("set-var")).length;
  return asked + sets * sets;
}

function isRedirect({ words }: Statement, state: State): boolean {
  const redirect = words[0] === "redirect" || (words[0] === "http-request" && words[1] === "redirect");
  return redirect && truthOf(splitAtCondition(words), state) === true;
}

/** Rules of the backend come before those of the frontend: first `http-response` of both, then `http-after-response` of both. */
function changesAt(front: Proxy, backends: ReadonlyMap<string, Proxy>, start: State, note: Note): readonly Change[] {
  let state = requested(front.statements, start);
  const back = backendOf(front.statements, backends, state, note);
  // A listen section is its own backend: its rules run once.
  const behind = back === undefined || back === front ? [] : back.statements;
  const acls = { front: state.acls, back: aclsOf(behind) };
  state = requested(behind, { ...state, acls: acls.back });
  // A response has no path and no request variables.
  state = { ...state, pathIs: "gone", variables: new Map([...state.variables].filter(([name]) => !name.startsWith("req."))) };
  const changes: Change[] = [];
  for (const keyword of ["http-response", "http-after-response"]) {
    for (const [statements, own] of [
      [behind, acls.back],
      [front.statements, acls.front],
    ] as const) {
      for (const statement of statements) {
        if (statement.words[0] !== keyword) continue;
        state = withVariable(statement, { ...state, acls: own });
        changes.push(...changeOf(statement, state, note));
      }
    }
  }
  return changes;
}

function backendOf(statements: readonly Statement[], backends: ReadonlyMap<string, Proxy>, state: State, note: Note): Proxy | undefined {
  for (const { words, line } of statements) {
    if (words[0] !== "use_backend") continue;
    const truth = truthOf(splitAtCondition(words), state);
    const found = backends.get(words[1] ?? "");
    const isDynamic = /%\[/.test(words[1] ?? "");
    if (truth === true && !isDynamic) return found;
    const maybe = isDynamic ? [...backends.values()] : found === undefined ? [] : [found];
    if (truth === false || maybe.every(({ statements: rules }) => headerRules(rules).length === 0)) continue;
    const how = isDynamic ? "by a value of the request" : "under a condition";
    note(line, `selects another backend ${how}, with or without its own headers: not read`);
  }
  const named = statements.findLast(({ words }) => words[0] === "default_backend");
  return named === undefined ? undefined : backends.get(named.words[1] ?? "");
}

/** The state after the `http-request` rules. */
function requested(statements: readonly Statement[], start: State): State {
  return statements.reduce(
    (state, statement) => (statement.words[0] === "http-request" ? withPath(statement, withVariable(statement, state)) : state),
    start,
  );
}

function withVariable({ words }: Statement, state: State): State {
  const [, name, format] =
    /^set-var(-fmt)?\(([\w.]+)/.exec(words[1] ?? "") === null
      ? []
      : [0, /\(([\w.]+)/.exec(words[1] ?? "")?.[1], /^set-var-fmt/.test(words[1] ?? "")];
  const unset = /^unset-var\(([\w.]+)\)/.exec(words[1] ?? "")?.[1];
  const variable = typeof name === "string" ? name : unset;
  if (variable === undefined) return state;
  const { head, ...condition } = splitAtCondition(words);
  const truth = truthOf(condition, state);
  if (truth === false) return state;
  const variables = new Map(state.variables);
  if (unset !== undefined && truth === true) variables.delete(variable);
  else variables.set(variable, truth === undefined || format === true ? { kind: "unknown" } : heldBy(head.slice(2).join(" "), state));
  return { ...state, variables };
}

function heldBy(expression: string, state: State): Held {
  if (plainFetch(expression) === "path" && state.pathIs === "sent") return { kind: "path" };
  if (expression === "url" && state.pathIs === "sent") return { kind: "url" };
  const text = /^(?:int|str|bool)\(([^()]*)\)$/.exec(expression)?.[1];
  return text === undefined ? { kind: "unknown" } : { kind: "text", text };
}

/** Normalizing does not change the meaning of the path. Restoring the saved URL undoes all changes. */
function withPath({ words }: Statement, state: State): State {
  const [, action = "", value = ""] = words;
  if (!/^(?:set-path|set-pathq|set-uri|replace-path|replace-pathq|replace-uri)$/.test(action)) return state;
  if (value === "%[path,regsub(%2f,/,gi)]") return state;
  const kept = /^%\[var\(([\w.]+)\)\]$/.exec(value)?.[1];
  return { ...state, pathIs: kept !== undefined && state.variables.get(kept)?.kind === "url" ? "sent" : "changed" };
}

const KINDS: Readonly<Record<string, Change["kind"]>> = { "set-header": "set", "add-header": "add", "del-header": "remove" };

function changeOf({ words, line }: Statement, state: State, note: Note): readonly Change[] {
  const { head, ...condition } = splitAtCondition(words);
  const [, action = "", name = "", ...rest] = head;
  if (/^lua\./.test(action)) note(line, "a script may change headers: not read");
  const replaces = action === "replace-header" || action === "replace-value";
  if (!replaces && !Object.hasOwn(KINDS, action)) return [];
  const truth = truthOf(condition, state);
  if (truth === false) return noteNever(words, line, state, note);
  if (truth === undefined) note(line, `${name} under a condition that depends on the request: not read`);
  else if (replaces) note(line, `${name} is rewritten by a pattern: not read. Set it as a whole.`);
  else if (action === "del-header" && rest.length > 0) note(line, "removes headers by a pattern: not read");
  else return [{ kind: KINDS[action] as Change["kind"], name, value: formatText(rest[0] ?? ""), line }];
  return [];
}

/** Notes a common mistake, of which HAProxy only warns. */
function noteNever(words: readonly string[], line: number, state: State, note: Note): readonly Change[] {
  if (asksWhatIsGone(splitAtCondition(words).condition, state))
    note.remark(line, "never matches: a response has no path and no req variables. Save the path in txn.path with http-request set-var.");
  return [];
}
