import { byBreadth, contains } from "../../middleware/routes.js";
import { show } from "../../values/text.js";
import type { RoutePath } from "../target.js";
import { type Note, STEPS_OF_A_COPY } from "./limits.js";
import { beginningWith, exactly, LOOSE, ofPattern, type Paths, SITE } from "./paths.js";
import { type Change, dynamic, isSite, narrowest, type ReadSite } from "./site.js";
import type { Source } from "./sources.js";

interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
  readonly block?: readonly Directive[];
}

/** What a block has, and what the blocks in it get where they say nothing themselves. */
interface Level {
  readonly add: readonly Change[];
  /** By directive: proxy_hide_header and its sisters are inherited apart. */
  readonly hide: ReadonlyMap<string, readonly Change[]>;
  readonly more: readonly Change[];
  readonly inherit: string;
  readonly variables: ReadonlyMap<string, string>;
}

interface Location {
  readonly path: RoutePath;
  readonly changes: readonly Change[];
}

/**
 * Reads the servers of an nginx configuration, or the inside of one.
 *
 * @throws {PolicyError} where braces, quotes or semicolons do not match.
 */
export function readNginx(source: Source, note: Note): readonly ReadSite[] {
  const directives = directivesOf(source, note);
  const level: Level = { add: [], hide: new Map(), more: [], inherit: "on", variables: constantsOf(directives, note) };
  const sites = sitesIn(directives, level, note);
  if (sites.length > 0) return sites;
  // A file to be included has no server around it, and the servers of an http block may stand in other files.
  const block = directives.flatMap((one) => (one.name === "http" ? (one.block ?? []) : [one]));
  return [siteOf({ name: "server", args: [], line: source.first, block }, level, note)];
}

function sitesIn(directives: readonly Directive[], outer: Level, note: Note): readonly ReadSite[] {
  const servers = directives.filter(({ name, block }) => name === "server" && block !== undefined);
  const http = directives.filter(({ name, block }) => name === "http" && block !== undefined);
  if (servers.length + http.length === 0) return [];
  const level = levelOf(directives, outer, note);
  return [...servers.map((server) => siteOf(server, level, note)), ...http.flatMap(({ block = [] }) => sitesIn(block, level, note))];
}

function siteOf({ block = [], line }: Directive, outer: Level, note: Note): ReadSite {
  const level = levelOf(block, outer, note);
  const found = locationsIn(block, level, note, [SITE]);
  noteOverridden(found, note);
  const places: Location[] = [
    { path: SITE, changes: changesOf(level, note) },
    ...inOrder(found).flatMap(({ paths, changes = [] }) => paths.map((path) => ({ path, changes }))),
  ];
  places.sort((one, other) => byBreadth(one.path, other.path));
  return {
    line,
    paths: places.map(({ path }) => path),
    at: (path) => {
      note.spend("work", places.length);
      return narrowest(places, path)?.changes ?? [];
    },
    redirects: block.some(({ name, args }) => (name === "return" && /^30\d$/.test(args[0] ?? "")) || name === "rewrite"),
  };
}

interface FoundLocation extends Paths {
  readonly sign: string;
  readonly line: number;
  /** Undefined where it has headers of its own and is not read. */
  readonly changes: readonly Change[] | undefined;
  /** Whether headers stand in it. */
  readonly sets: boolean;
  /** Of the location around it. */
  readonly around: readonly RoutePath[];
}

const isRegex = ({ sign }: FoundLocation) => sign === "~" || sign === "~*";

/** Of locations for the same path the last one is what nginx takes: prefixes, regular expressions (of these the first), `^~`, `=`. */
function inOrder(found: readonly FoundLocation[]): readonly FoundLocation[] {
  const of = (...signs: readonly string[]) => found.filter(({ sign }) => signs.includes(sign));
  return [...of(""), ...of("~", "~*").reverse(), ...of("^~"), ...of("=")];
}

/** nginx asks regular expressions in their order, and before any longer prefix; here the narrowest path governs. */
function noteOverridden(found: readonly FoundLocation[], note: Note): void {
  const regexes = found.filter(isRegex);
  note.spend("work", found.length * (1 + regexes.length));
  const order = new Map(found.map((location, index) => [location, index]));
  for (const location of found) {
    const rivals = isRegex(location) ? found.filter(({ sign }) => sign === "^~").concat(regexes) : regexes;
    const first = rivals.find((rival) => overrides(rival, location, order, note));
    if (first === undefined) continue;
    note(location.line, `nginx takes the location of line ${first.line} instead where both fit: read as if this one had its paths`);
  }
}

/** Whether nginx may take the other headers of the rival, where this location is read as the narrower one. */
function overrides(rival: FoundLocation, location: FoundLocation, order: ReadonlyMap<FoundLocation, number>, note: Note): boolean {
  const { paths, sign, sets, around } = location;
  if (rival === location || sign === "=" || paths.length === 0) return false;
  const isInner = !rival.around.some(isSite);
  note.spend("work", 5 + paths.length * (1 + rival.paths.length + rival.around.length));
  if (sign === "^~" && !isInner) return false;
  if (isInner && !paths.some((path) => rival.around.some((one) => contains(one, path)))) return false;
  // Of two regular expressions side by side the first one is taken.
  if (isRegex(rival) && isRegex(location) && !isInner && around.some(isSite) && (order.get(rival) ?? 0) > (order.get(location) ?? 0))
    return false;
  if (isRegex(rival) && rival.paths.length === 0)
    return rival.changes === undefined ? sets : !areSame(rival.changes, location.changes, note);
  if (!paths.some((path) => rival.paths.some((one) => contains(one, path) && (isInner || !contains(path, one))))) return false;
  return !areSame(rival.changes, location.changes, note);
}

function areSame(some: readonly Change[] | undefined, others: readonly Change[] | undefined, note: Note): boolean {
  if (some?.length !== others?.length) return false;
  note.spend("work", some?.length ?? 0);
  return (some ?? []).every(({ kind, name, value }, index) => {
    const other = others?.[index];
    return kind === other?.kind && name === other.name && value === other.value;
  });
}

function locationsIn(block: readonly Directive[], outer: Level, note: Note, around: readonly RoutePath[]): readonly FoundLocation[] {
  return block.flatMap((directive): readonly FoundLocation[] => {
    const { name, args, line, block: inner = [] } = directive;
    if (name !== "location") return [];
    const sets = inner.some(isHeaderDirective);
    const [sign = "", path = ""] = args.length > 1 ? args : ["", ...args];
    const read = pathsOf(sign, path);
    if (read === undefined) {
      noteHeaders(inner, `stands in location ${args.join(" ")}, which no path of Portcullis can say: not read`, note);
      return [{ paths: [], sign, line, around, sets, changes: sets ? undefined : changesOf(outer, note) }];
    }
    const level = levelOf(inner, outer, note);
    if (read.loose && sets) note(line, LOOSE);
    return [{ ...read, sign, line, around, sets, changes: changesOf(level, note) }, ...locationsIn(inner, level, note, read.paths)];
  });
}

function pathsOf(sign: string, path: string): Paths | undefined {
  if (sign === "=") return exactly(path);
  if (sign === "~") return ofPattern(path);
  if ((sign !== "" && sign !== "^~") || path.startsWith("@")) return undefined;
  return beginningWith(path);
}

/** Hidden first, then set by headers-more, then added: the order in which nginx's filters run. */
function changesOf({ hide, more, add }: Level, note: Note): readonly Change[] {
  const hidden = [...hide.values()].flat();
  note.spend("work", STEPS_OF_A_COPY * (hidden.length + more.length + add.length));
  return [...hidden, ...more, ...add.filter(({ value }) => value !== "")];
}

const HIDE = /^(?:proxy|fastcgi|uwsgi|scgi|grpc)_hide_header$/;
const IS_HEADER = /^(?:add_header|more_set_headers|more_clear_headers)$/;
/** Of requests, of limits, and of what is passed on. */
const OTHER_HEADERS =
  /client_header|_(?:input_headers|pass_request_headers|ignore_headers|header_timeout)$|^(?:proxy_headers|variables)_hash_|^(?:proxy_set_header|grpc_set_header|connection_pool_size|underscores_in_headers|ignore_invalid_headers|real_ip_header|http2_max_header_size|auth_jwt_header_set|proxy_pass_trailers)$/;
/** Files that hold no headers of responses. */
const NO_HEADERS = /(?:^|\/)(?:mime\.types|(?:fastcgi|uwsgi|scgi|proxy)_params|fastcgi\.conf)$|modules/;

function isHeaderDirective({ name }: Directive): boolean {
  return HIDE.test(name) || IS_HEADER.test(name);
}

function levelOf(block: readonly Directive[], outer: Level, note: Note): Level {
  const setting = block.some(({ name }) => name === "set" || name === "if");
  note.spend("work", STEPS_OF_A_COPY * ((setting ? outer.variables.size : 0) + outer.add.length + outer.more.length));
  const set = new Map(setting ? outer.variables : []);
  const variables: Level["variables"] = setting ? set : outer.variables;
  const own = { add: [] as Change[], hide: new Map<string, Change[]>(), more: [] as Change[] };
  let { inherit } = outer;
  // Variables are set in an earlier phase than headers are written in.
  for (const { name, args, block: inner = [] } of block) {
    const [variable = "", value = ""] = args;
    if (name === "set") set.set(variable.slice(1), expanded(value, set, note));
    if (name === "if") for (const one of setsIn(inner)) set.set(one, dynamic(`$${one}`));
    if (name === "add_header_inherit") inherit = variable;
  }
  for (const directive of block) {
    const { name, line } = directive;
    const { args } = { args: directive.args.map((arg) => expanded(arg, variables, note)) };
    if (name === "add_header") own.add.push(...added(args, line, note));
    else if (HIDE.test(name)) listIn(own.hide, name).push(change("remove", args[0] ?? "", "", line));
    else if (IS_HEADER.test(name)) for (const one of more(name, args, line, note)) own.more.push(one);
    else noteOther(directive, note);
  }
  const takesOver = own.add.length === 0 || inherit === "merge";
  return {
    add: inherit === "off" ? own.add : [...(takesOver ? outer.add : []), ...own.add],
    hide: new Map([...outer.hide, ...own.hide]),
    more: [...outer.more, ...own.more],
    inherit,
    variables,
  };
}

function listIn(lists: Map<string, Change[]>, name: string): Change[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}

function change(kind: Change["kind"], name: string, value: string, line: number): Change {
  return { kind, name, value, line };
}

function added(args: readonly string[], line: number, note: Note): readonly Change[] {
  const [name, value, always, ...more] = args;
  if (name !== undefined && value !== undefined && (always === undefined || always === "always") && more.length === 0) {
    return [change("add", name, value, line)];
  }
  note(line, "nginx takes a name, one value (in quotes where it has blanks) and always: not read");
  return [];
}

/** Of the module headers-more: `"Name: value"`, several at once. */
function more(directive: string, args: readonly string[], line: number, note: Note): readonly Change[] {
  if (args.some((arg) => /^-[stra]/.test(arg))) {
    note(line, "holds for some responses only, by status or type: not read");
    return [];
  }
  return args.flatMap((arg) => {
    const [, name = "", value = ""] = /^\s*([^:\s]+)\s*:?\s*(.*)$/s.exec(arg) ?? [];
    if (name.includes("*")) {
      note(line, `${name} means several names: write each of them. Not read`);
      return [];
    }
    return [directive === "more_clear_headers" || value === "" ? change("remove", name, "", line) : change("set", name, value, line)];
  });
}

/** What concerns headers, and is not read. */
function noteOther({ name, args, line, block = [] }: Directive, note: Note): void {
  if (name === "include") {
    if (!NO_HEADERS.test(args[0] ?? "")) note(line, "another file: read it too");
  } else if (name === "if" || name === "limit_except") noteHeaders(block, `holds under a condition (${name}): not read`, note);
  else if (name === "expires" && args[0] !== "off") note(line, "sets Cache-Control: not read");
  else if (/header|trailer/.test(name) && name !== "add_header_inherit" && !OTHER_HEADERS.test(name))
    note(line, "concerns headers, and was not read");
}

function noteHeaders(block: readonly Directive[], message: string, note: Note): void {
  note.spend("work", block.length);
  for (const directive of block) {
    if (isHeaderDirective(directive)) note(directive.line, message);
    else noteOther(directive, note);
    if (directive.block !== undefined && !/^(?:if|limit_except)$/.test(directive.name)) noteHeaders(directive.block, message, note);
  }
}

function setsIn(block: readonly Directive[]): readonly string[] {
  return block.flatMap(({ name, args, block: inner = [] }) => [...(name === "set" ? [(args[0] ?? "").slice(1)] : []), ...setsIn(inner)]);
}

/** Variables of `geo` and `map` that have one value only. */
function constantsOf(directives: readonly Directive[], note: Note): ReadonlyMap<string, string> {
  const constants = new Map<string, string>();
  for (const { name, args, block = [] } of directives) {
    const [only, ...others] = block.filter((one) => one.name !== "volatile" && one.name !== "hostnames");
    const value = only?.name === "default" && others.length === 0 ? only.args[0] : undefined;
    const variable = args.at(-1)?.slice(1);
    if (variable !== undefined && value !== undefined && name === "geo") constants.set(variable, value);
    else if (variable !== undefined && value !== undefined && name === "map") constants.set(variable, expanded(value, constants, note));
    else if (name === "http") {
      const inner = constantsOf(block, note);
      note.spend("work", STEPS_OF_A_COPY * inner.size);
      for (const [key, text] of inner) constants.set(key, text);
    }
  }
  return constants;
}

function expanded(text: string, variables: ReadonlyMap<string, string>, note: Note): string {
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (written, braced, plain) => {
    const value = variables.get(braced ?? plain) ?? dynamic(written);
    note.spend("characters", value.length);
    return value;
  });
}

/** Blank, comment, quoted text, a word, or one of `;{}`. In a word `${` opens no block. */
const TOKEN =
  /\s+|#[^\n]*|"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|'([^'\\]*(?:\\[\s\S][^'\\]*)*)'|((?:\\[\s\S]|\$\{|[^\s;{}"'\\])(?:\\[\s\S]|\$\{|[^\s;{\\])*)|[;{}]/y;

/** nginx's own grammar: words, and behind them a semicolon or a block. */
function directivesOf({ text, first }: Source, note: Note): readonly Directive[] {
  const token = new RegExp(TOKEN);
  const open: { readonly head: Omit<Directive, "block">; readonly block: Directive[] }[] = [];
  let block: Directive[] = [];
  const top = block;
  let words: string[] = [];
  let start = first;
  let line = first;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const [found, double, single, plain] = token.exec(text) ?? broken(note, line, "a quote or a backslash stands alone");
    const word = double ?? single ?? plain;
    if (word !== undefined) {
      if (words.length === 0) start = line;
      words.push(word.replace(/\\(["'\\trn])/g, (_, char: string) => ESCAPES[char] ?? char));
    } else if (found === ";" || found === "{") {
      const [name, ...args] = words;
      if (name === undefined) return broken(note, line, `"${found}" has no directive before it`);
      words = [];
      note.spend("directives", 1);
      note.enter(found === ";" ? 0 : open.length + 1, line);
      if (found === ";") block.push({ name, args, line: start });
      else if (/_by_lua_block$/.test(name)) token.lastIndex = endOfLua(text, at, line, note);
      else {
        open.push({ head: { name, args, line: start }, block });
        block = [];
      }
    } else if (found === "}") {
      const outer = open.pop() ?? broken(note, line, '"}" closes nothing');
      if (words.length > 0) broken(note, line, `${show(words[0])} has no ";" behind it`);
      outer.block.push({ ...outer.head, block });
      block = outer.block;
    }
    line += text.slice(at, token.lastIndex).split("\n").length - 1;
  }
  const [unclosed] = open;
  if (unclosed !== undefined) broken(note, unclosed.head.line, `${show(unclosed.head.name)} opens a block that nothing closes`);
  if (words.length > 0) broken(note, start, `${show(words[0])} has no ";" behind it`);
  return top;
}

const ESCAPES: Readonly<Record<string, string>> = { t: "\t", r: "\r", n: "\n" };

/** Lua is no nginx: its block ends where as many braces are closed as opened. */
function endOfLua(text: string, start: number, line: number, note: Note): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return broken(note, line, '"{" is closed nowhere');
}

function broken(note: Note, line: number, message: string): never {
  return note.refuse(line, message, "Give the text of an nginx configuration that nginx -t takes.");
}
