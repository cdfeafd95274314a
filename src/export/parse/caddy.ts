import { contains } from "../../middleware/routes.js";
import { show } from "../../values/text.js";
import type { RoutePath } from "../target.js";
import { type Note, STEPS_OF_A_COPY } from "./limits.js";
import { inBoth, LOOSE, ofGlob, ofPattern, type Paths, SITE, together } from "./paths.js";
import { applies, type Change, costOf, dynamic, pathsOf, type ReadSite, type Rule } from "./site.js";
import type { Source } from "./sources.js";

/** A line of a Caddyfile, and the block that it opens. */
interface Statement {
  readonly words: readonly string[];
  readonly line: number;
  readonly block?: readonly Statement[];
}

/** What a matcher means; `not` says why it cannot be read. */
interface Matcher {
  readonly paths: readonly RoutePath[];
  readonly except: readonly RoutePath[];
  readonly loose?: true;
  readonly not?: string;
}

/** What the blocks around a directive say of it. */
interface Scope extends Matcher {
  /** What handle_path has taken off the paths that matchers in it see. */
  readonly base?: string;
  readonly matchers: ReadonlyMap<string, Matcher>;
  readonly variables: ReadonlyMap<string, string>;
  readonly snippets: ReadonlyMap<string, readonly Statement[]>;
  readonly note: Note;
}

/** What one `header` does, and whether it waits until the response is written. */
interface Handler extends Rule {
  readonly deferred: boolean;
}

const ALL: Matcher = { paths: [SITE], except: [] };

/**
 * Reads the sites of a Caddyfile, or the inside of one, or nothing but snippets.
 *
 * @throws {PolicyError} where braces or quotes do not match.
 */
export function readCaddy(source: Source, note: Note): readonly ReadSite[] {
  const statements = statementsOf(source, note);
  const named = statements.flatMap(({ words, block }) => {
    const name = words.length === 1 ? /^\((.+)\)$/.exec(words[0] ?? "")?.[1] : undefined;
    return name === undefined || block === undefined ? [] : ([[name, block]] as const);
  });
  const snippets = new Map(named);
  const scope: Scope = { ...ALL, matchers: new Map(), variables: new Map(), snippets, note };
  const others = statements.filter(({ words }) => words.length > 0 && !/^(?:\(.+\)|&\(.+\))$/.test(words[0] ?? ""));
  const sites = others.filter(isSite);
  if (sites.length > 0) {
    noteUnused(statements, snippets, note);
    return sites.map(({ block = [], line }) => siteOf(line, block, scope));
  }
  // Without braces the first line has the addresses, unless all of it is to be imported.
  const inside = others.filter(({ words }, index) => index > 0 || !/[.:]|^localhost/.test(words[0] ?? ""));
  return [siteOf(source.first, inside.length > 0 ? inside : [...snippets.values()].flat(), scope)];
}

const DIRECTIVES =
  /^(?:@|(?:header|handle|handle_path|handle_errors|route|vars|import|reverse_proxy|log|tls|encode|file_server|php_fastcgi)$)/;

function isSite({ words, block }: Statement): boolean {
  return block !== undefined && !DIRECTIVES.test(words[0] ?? "");
}

function noteUnused(statements: readonly Statement[], snippets: Scope["snippets"], note: Note): void {
  const all = flat(statements);
  const imported = new Set(all.flatMap(({ words }) => (words[0] === "import" ? [words[1]] : [])));
  for (const { words, line, block = [] } of statements) {
    const name = /^\((.+)\)$/.exec(words[0] ?? "")?.[1];
    if (name === undefined || !snippets.has(name) || imported.has(name)) continue;
    if (flat(block).some((one) => one.words[0] === "header")) note(line, "is imported nowhere: not read");
  }
}

function flat(statements: readonly Statement[]): readonly Statement[] {
  return statements.flatMap((one) => [one, ...flat(one.block ?? [])]);
}

function siteOf(line: number, block: readonly Statement[], outer: Scope): ReadSite {
  const whole = imported(block, outer);
  const variables = new Map<string, string>();
  for (const { words } of flat(whole)) {
    const [directive, name, value] = words;
    if (directive === "vars" && name !== undefined && value !== undefined && words.length === 3) variables.set(name, value);
  }
  const scope = { ...outer, variables };
  const handlers = handlersIn(whole, scope);
  noteErrors(whole, scope, handlers);
  const cost = costOf(handlers);
  const redirects = flat(whole).some(({ words }) => words[0] === "redir");
  return {
    line,
    redirects,
    paths: pathsOf(handlers),
    at: (path) => {
      outer.note.spend("work", cost);
      const there = handlers.filter((handler) => applies(handler, path));
      // What waits runs from the innermost handler to the outermost, behind all that does not wait.
      const waiting = there.filter(({ deferred }) => deferred).reverse();
      return [...there.filter(({ deferred }) => !deferred), ...waiting].flatMap(({ changes }) => changes);
    },
  };
}

/** Snippets in the place of the lines that import them; `depth` counts blocks and imports. */
function imported(statements: readonly Statement[], scope: Scope, depth = 0, imports = 0): readonly Statement[] {
  const { note, snippets } = scope;
  return statements.flatMap((statement): readonly Statement[] => {
    const [directive, name = "", ...args] = statement.words;
    note.spend("directives", imports === 0 ? 0 : 1);
    note.enter(depth, statement.line);
    if (directive !== "import")
      return [{ ...statement, ...(statement.block && { block: imported(statement.block, scope, depth + 1, imports) }) }];
    const snippet = snippets.get(name);
    if (snippet !== undefined && imports < 20) return imported(filled(snippet, args, note), scope, depth + 1, imports + 1);
    scope.note(statement.line, "another file: read it too");
    return [];
  });
}

function filled(statements: readonly Statement[], args: readonly string[], note: Note): readonly Statement[] {
  const fill = (word: string) =>
    word.replace(/\{args(?:\[(\d+)\]|\.(\d+))\}/g, (whole, one, other) => {
      const value = args[Number(one ?? other)] ?? whole;
      note.spend("characters", value.length);
      return value;
    });
  return statements.map(({ words, line, block }) => {
    note.spend(
      "work",
      words.reduce((sum, word) => sum + STEPS_OF_A_COPY + word.length, STEPS_OF_A_COPY),
    );
    return { line, words: words.map(fill), ...(block && { block: filled(block, args, note) }) };
  });
}

/** In the order in which Caddy runs them: `header` first, then what has blocks. */
function handlersIn(block: readonly Statement[], outer: Scope, literally = false): readonly Handler[] {
  const scope = { ...outer, matchers: withMatchers(outer, block) };
  const found = block.map((statement) => ({ statement, matcher: behind(scope, matcherOf(statement, scope)) }));
  const sorted = literally ? found : [...found].sort((one, other) => bySpecificity(one.matcher, other.matcher));
  const headers = sorted.filter(({ statement }) => statement.words[0] === "header");
  const others = sorted.filter(({ statement }) => statement.words[0] !== "header");
  const handled: RoutePath[] = [];
  return [...headers, ...others].flatMap(({ statement, matcher: { matcher, rest } }): readonly Handler[] => {
    const [directive = ""] = statement.words;
    const { block: inner = [] } = statement;
    if (directive === "header") return headerOf(statement, rest, within(scope, matcher));
    if (directive === "reverse_proxy") return proxyOf(inner, within(scope, matcher));
    if (directive === "route") return handlersIn(inner, within(scope, matcher), true);
    if (directive !== "handle" && directive !== "handle_path") {
      noteOthers(statement, scope.note);
      return [];
    }
    // Of several blocks the first that fits handles a request.
    scope.note.spend("work", handled.length * (1 + matcher.paths.length));
    const own = within(scope, {
      ...matcher,
      except: [...matcher.except, ...handled.filter((path) => !matcher.paths.some((one) => contains(path, one)))],
    });
    if (matcher.not === undefined) for (const path of own.paths) handled.push(path);
    return handlersIn(inner, directive === "handle" ? own : { ...own, base: `${scope.base ?? ""}${prefixOf(statement)}` });
  });
}

/** What handle_path takes off: all before the star, and a slash before it. */
const prefixOf = ({ words }: Statement) => (words[1]?.startsWith("/") ? words[1].replace(/\/?\*$/, "") : "");

/** A matcher whose paths have what was taken off before them again. */
function behind({ base, note }: Scope, matched: Matched): Matched {
  const { matcher } = matched;
  if (base === undefined || matcher === ALL) return matched;
  note.spend("work", STEPS_OF_A_COPY * (matcher.paths.length + matcher.except.length));
  const whole = (paths: readonly RoutePath[]) => paths.map(({ path, below }) => ({ path: `${base}${path}`, below }));
  return { ...matched, matcher: { ...matcher, paths: whole(matcher.paths), except: whole(matcher.except) } };
}

/** Subdirectives of others that change headers of responses; their matchers do not. */
function noteOthers({ words, line: at, block = [] }: Statement, note: Note): void {
  if (words[0] === "invoke") note(at, "a named route: write its lines out. Not read");
  if (words[0]?.startsWith("@") || words[0] === "handle_errors" || words[0] === "log") return;
  for (const { words: inner, line } of flat(block)) {
    if (/^(?:header|header_down|copy_response_headers)$/.test(inner[0] ?? "")) note(line, `stands in ${words[0]}: not read`);
  }
}

function within(scope: Scope, matcher: Matcher): Scope {
  if (matcher === ALL) return scope;
  const not = scope.not ?? matcher.not;
  scope.note.spend("work", STEPS_OF_A_COPY * (scope.except.length + matcher.except.length));
  return {
    ...scope,
    paths: inBoth(scope.paths, matcher.paths, scope.note),
    except: [...scope.except, ...matcher.except],
    ...(matcher.loose ? { loose: true as const } : {}),
    ...(not === undefined ? {} : { not }),
  };
}

interface Matched {
  readonly matcher: Matcher;
  /** Words behind it. */
  readonly rest: readonly string[];
  /** Of a single path, a star at its end included. */
  readonly length?: number;
}

/** The matcher that may stand behind a directive. */
function matcherOf({ words, line }: Statement, { matchers }: Scope): Matched {
  const [, first = "", ...rest] = words;
  if (first === "*") return { matcher: ALL, rest };
  if (first.startsWith("/")) {
    const read = ofGlob(first);
    return { matcher: read === undefined ? { ...ALL, not: UNREADABLE(first) } : { ...read, except: [] }, rest, length: first.length };
  }
  if (!first.startsWith("@")) return { matcher: ALL, rest: words.slice(1) };
  const matcher = matchers.get(first) ?? { ...ALL, not: `holds where ${first} fits, which line ${line} does not know` };
  return { matcher, rest, length: 0 };
}

const UNREADABLE = (pattern: string) => `holds for ${pattern}, which no path of Portcullis can say`;

/** Longer paths first, where both have one; then what has any matcher. */
function bySpecificity(one: Matched, other: Matched): number {
  if (one.length && other.length) return other.length - one.length;
  return Number(other.length !== undefined) - Number(one.length !== undefined);
}

function withMatchers({ matchers, note }: Scope, block: readonly Statement[]): Scope["matchers"] {
  const own = matchersIn(block);
  if (own.length === 0) return matchers;
  note.spend("work", STEPS_OF_A_COPY * (matchers.size + own.length));
  return new Map([...matchers, ...own]);
}

function matchersIn(block: readonly Statement[]): readonly (readonly [string, Matcher])[] {
  return block.flatMap(({ words, block: inner }) => {
    const [name = "", ...rest] = words;
    if (!name.startsWith("@")) return [];
    return [[name, matcherOfAll(name, inner ?? [{ words: rest, line: 1 }])] as const];
  });
}

/** A set of conditions, all of which have to hold. */
function matcherOfAll(name: string, conditions: readonly Statement[]): Matcher {
  const not: Matcher = { ...ALL, not: `holds under a condition (${name})` };
  const [paths, except]: [Paths[], Paths[]] = [[], []];
  for (const { words, block } of conditions) {
    const isNot = words[0] === "not";
    const inner = isNot ? (block ?? [{ words: words.slice(1), line: 1 }]) : [{ words, line: 1 }];
    const read = inner.map((one) => pathsIn(one.words));
    if (!read.every((one) => one !== undefined)) return not;
    for (const one of read) (isNot ? except : paths).push(one);
  }
  // Two lists of paths would have to fit at once.
  if (paths.length > 1) return not;
  const [meant, unmeant] = [together(paths), together(except)];
  const loose = meant.loose || unmeant.loose ? { loose: true as const } : {};
  return { paths: paths.length === 0 ? [SITE] : meant.paths, except: unmeant.paths, ...loose };
}

function pathsIn([kind, ...args]: readonly string[]): Paths | undefined {
  if (kind === "path_regexp") return ofPattern(args.at(-1) ?? "");
  if (kind !== "path") return undefined;
  const read = args.map(ofGlob);
  return read.every((one) => one !== undefined) ? together(read) : undefined;
}

/** `header [matcher] field value`, or a block of such lines. */
function headerOf({ line, block }: Statement, words: readonly string[], scope: Scope): readonly Handler[] {
  const fields = [...(words.length > 0 ? [{ words, line }] : []), ...(block ?? [])];
  if (scope.not !== undefined) {
    for (const one of fields.filter(({ words: [first] }) => first !== "defer")) scope.note(one.line, `${scope.not}: not read`);
    return [];
  }
  if (fields.some(({ words: [first] }) => first === "match")) {
    scope.note(line, "holds for some responses only (match): not read");
    return [];
  }
  if (scope.base !== undefined && scope.paths.length === 0) {
    scope.note(line, "no path of the handle_path around it fits: not read");
    return [];
  }
  if (scope.loose) scope.note(line, LOOSE);
  const changes = fields.flatMap((field) => changesOf(field, scope));
  const deferred = fields.some(({ words: [first = ""], words: all }) => first === "defer" || /^[->]/.test(first) || all.length > 2);
  // So Caddy does them: add, set, delete.
  const ordered = ["add", "set", "default", "remove"].flatMap((kind) => changes.filter((one) => one.kind === kind));
  return [
    { paths: scope.paths, except: scope.except, changes: ordered, deferred: deferred || ordered.some(({ kind }) => kind === "default") },
  ];
}

const KINDS: Readonly<Record<string, Change["kind"]>> = { "+": "add", "-": "remove", "?": "default", ">": "set", "": "set" };

function changesOf({ words, line }: Statement, { variables, note }: Scope): readonly Change[] {
  const [field = "", written, ...more] = words;
  if (field === "defer") return [];
  const [, sign = "", name = ""] = /^([+\-?>]?)(.*?):?$/.exec(field) ?? [];
  const kind = KINDS[sign] ?? "set";
  if (name.includes("*")) note(line, `${field} means several names: write each of them. Not read`);
  else if (more.length > 0) note(line, "edits what others send, or has a value without quotes: not read");
  else if (kind !== "remove" && (written === undefined || written === "")) note(line, `${name} has no value: not read`);
  else return [{ kind, name, value: expanded(written ?? "", variables, note), line }];
  return [];
}

/** What `header_down` of a proxy changes in the answers of the application. */
function proxyOf(block: readonly Statement[], scope: Scope): readonly Handler[] {
  return block.flatMap((statement): readonly Handler[] => {
    const { words, line } = statement;
    if (words[0] === "header_down") return headerOf({ words, line }, words.slice(1), scope);
    noteOthers({ words: ["reverse_proxy"], line, block: [statement] }, scope.note);
    return [];
  });
}

/** What errors get besides what all get. */
function noteErrors(block: readonly Statement[], scope: Scope, handlers: readonly Handler[]): void {
  const textOf = ({ kind, name, value }: Change) => JSON.stringify([kind, name.toLowerCase(), value]);
  const known = new Set(handlers.flatMap(({ changes }) => changes.map(textOf)));
  const matchers = new Map(matchersIn(block));
  for (const { words, block: inner = [] } of block) {
    if (words[0] !== "handle_errors") continue;
    for (const change of handlersIn(inner, { ...scope, matchers }).flatMap(({ changes }) => changes)) {
      if (!known.has(textOf(change))) scope.note(change.line, "holds for errors only: not read");
    }
  }
}

/** Placeholders that Caddy fills, in its short form too; any other word in braces stays as it is. */
const PLACEHOLDER =
  /\{(?:(?:http|env|system|time|vars|file|tls|err|query|path|header|cookie|labels|re|rp|resp)[.:][^{}\s]*|args[[.][^{}\s]*|\$[^{}\s]*|dir|file|host|hostport|port|method|path|query|remote|remote_host|remote_port|client_ip|scheme|uri|uuid|orig_\w+|tls_\w+|upstream_hostport)\}/g;

function expanded(text: string, variables: ReadonlyMap<string, string>, note: Note, depth = 0): string {
  note.spend("work", text.length);
  return text.replace(PLACEHOLDER, (whole) => {
    const name = /^\{(?:http\.)?vars\.(.*)\}$/.exec(whole)?.[1];
    if (name === undefined || depth > 5) return dynamic(whole);
    const value = variables.get(name);
    // A variable that nobody sets is nothing, if nobody but the configuration can set it.
    if (value === undefined) return "";
    note.spend("characters", value.length);
    note.spend("work", STEPS_OF_A_COPY);
    return expanded(value, variables, note, depth + 1);
  });
}

/** Blank, line break, comment, text in quotes or backticks, or a word. */
const TOKEN =
  /[ \t\r\f]+|\\\r?\n|\n|#[^\n]*|"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|`([^`]*)`|<<([\w-]{1,80})\r?\n|((?!["`])(?:\\[^\n]|[^\s\\])+)/y;

interface Word {
  readonly text: string;
  readonly plain: boolean;
}

function statementsOf({ text, first: top }: Source, note: Note): readonly Statement[] {
  const token = new RegExp(TOKEN);
  const open: { readonly head: Statement; readonly block: Statement[] }[] = [];
  let block: Statement[] = [];
  let words: Word[] = [];
  let line = top;
  let start = top;
  const endOfLine = (): void => {
    const last = words.at(-1);
    const opens = last?.plain && last.text === "{";
    const kept = (opens ? words.slice(0, -1) : words).map((word) => word.text);
    const [first] = words;
    note.spend("directives", words.length === 0 ? 0 : 1);
    if (first?.plain && first.text === "}") {
      const outer = open.pop() ?? broken(note, start, '"}" closes nothing');
      if (words.length > 1) broken(note, start, `${show(words[1]?.text)} stands behind "}"`);
      outer.block.push({ ...outer.head, block });
      block = outer.block;
    } else if (opens) {
      note.enter(open.length + 1, start);
      open.push({ head: { words: kept, line: start }, block });
      block = [];
    } else if (kept.length > 0) block.push({ words: kept, line: start });
    words = [];
  };
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const [found, double, ticks, heredoc, plain] = token.exec(text) ?? broken(note, line, "a quote stands alone");
    if (words.length === 0) start = line;
    if (found === "\n") endOfLine();
    else if (double !== undefined) words.push({ text: double.replaceAll('\\"', '"'), plain: false });
    else if (ticks !== undefined) words.push({ text: ticks, plain: false });
    else if (heredoc !== undefined) {
      const [whole, body = ""] =
        new RegExp(`^([\\s\\S]*?)\\r?\\n[ \\t]*${heredoc}(?=\\s|$)`).exec(text.slice(token.lastIndex)) ??
        broken(note, line, `${show(`<<${heredoc}`)} ends nowhere`);
      words.push({ text: body.replace(/^[ \t]+/gm, ""), plain: false });
      token.lastIndex += whole.length;
    } else if (plain !== undefined) words.push({ text: plain, plain: true });
    line += text.slice(at, token.lastIndex).split("\n").length - 1;
  }
  endOfLine();
  const last = open.at(-1);
  if (last !== undefined) broken(note, last.head.line, `${show(`${last.head.words.join(" ")} {`)} is closed nowhere`);
  return block;
}

function broken(note: Note, line: number, message: string): never {
  return note.refuse(line, message, "Give the text of a Caddyfile that caddy adapt takes.");
}
