import { type Note, STEPS_OF_A_COPY } from "../limits.js";
import type { Directive } from "./grammar.js";

/** An `add_header`, with its variables. */
export interface Added {
  readonly name: string;
  readonly value: string;
  readonly always: boolean;
  readonly line: number;
}

/** A change by the headers-more module. */
export interface Edited {
  readonly kind: "set" | "remove";
  readonly name: string;
  readonly value: string;
  readonly line: number;
  /** Applies to these responses only. Empty for all. */
  readonly statuses: readonly string[];
  readonly types: readonly string[];
}

interface Hidden {
  readonly name: string;
  readonly line: number;
}

/** An `error_page`. */
export interface ErrorPage {
  readonly line: number;
  readonly codes: readonly string[];
  /** A path, a named location, or a URL. */
  readonly target: string;
  /** The status to send. Empty for that of the page, undefined for that of the error. */
  readonly status: string | undefined;
}

/** The directives of a block that nested blocks inherit. */
export interface Level {
  readonly line: number;
  readonly add: readonly Added[];
  /** Whether the block itself has an add_header. */
  readonly addsItself: boolean;
  /** Headers of outer blocks that are not inherited because of it. */
  readonly dropped: readonly string[];
  /** Whether it sends a header of outer blocks with a value of its own. */
  readonly replaces: boolean;
  /** By module, such as `proxy`: each is inherited separately. */
  readonly hide: ReadonlyMap<string, readonly Hidden[]>;
  readonly pass: ReadonlyMap<string, readonly Hidden[]>;
  readonly edit: readonly Edited[];
  readonly inherit: string;
  readonly errors: readonly ErrorPage[];
  readonly index: readonly string[];
  /** By module: whether error pages apply to errors of the application too. */
  readonly intercepts: ReadonlyMap<string, boolean>;
  /** The line of a `merge_slashes off`. */
  readonly unmerged: number | undefined;
}

/** The outermost level. */
export const OUTERMOST: Level = {
  line: 1,
  add: [],
  addsItself: false,
  dropped: [],
  replaces: false,
  hide: new Map(),
  pass: new Map(),
  edit: [],
  inherit: "on",
  errors: [],
  index: ["index.html"],
  intercepts: new Map(["proxy", "fastcgi", "uwsgi", "scgi", "grpc"].map((module) => [module, false])),
  unmerged: undefined,
};

const HIDE = /^(proxy|fastcgi|uwsgi|scgi|grpc)_(hide|pass)_header$/;
const INTERCEPT = /^(proxy|fastcgi|uwsgi|scgi|grpc)_intercept_errors$/;
const EDIT = /^more_(?:set|clear)_headers$/;

/** Reads the directives of a block that apply to its responses and to nested blocks. */
export function levelOf(block: readonly Directive[], outer: Level, line: number, note: Note): Level {
  note.spend("work", block.length + STEPS_OF_A_COPY * (outer.add.length + outer.edit.length));
  const add: Added[] = [];
  const edit: Edited[] = [];
  const errors: ErrorPage[] = [];
  const lists = { hide: new Map<string, Hidden[]>(), pass: new Map<string, Hidden[]>() };
  const index: string[] = [];
  let { inherit, intercepts, unmerged } = outer;
  for (const directive of block) {
    const { name, args, line } = directive;
    const [, module = "", which = ""] = HIDE.exec(name) ?? [];
    const [, intercepting] = INTERCEPT.exec(name) ?? [];
    if (name === "add_header") add.push(...added(args, line, note));
    else if (which === "hide" || which === "pass") listIn(lists[which], module).push({ name: args[0] ?? "", line });
    else if (EDIT.test(name)) for (const one of edits(name, args, line, note)) edit.push(one);
    else if (name === "add_header_inherit") inherit = args[0] ?? "";
    else if (name === "error_page") errors.push(...errorPage(args, line));
    else if (name === "index") index.push(...args);
    else if (intercepting !== undefined) intercepts = new Map(intercepts).set(intercepting, args[0] === "on");
    else if (name === "merge_slashes") unmerged = args[0] === "off" ? line : undefined;
    else noteOther(directive, note);
  }
  const isAdded = add.length === 0 || inherit === "merge";
  const own = new Set(add.map(({ name }) => name.toLowerCase()));
  return {
    line,
    add: inherit === "off" || !isAdded ? add : [...outer.add, ...add],
    addsItself: add.length > 0,
    dropped: isAdded ? [] : outer.add.map(({ name }) => name).filter((name) => !own.has(name.toLowerCase())),
    replaces: outer.add.some(({ name }) => own.has(name.toLowerCase())),
    hide: lists.hide.size === 0 ? outer.hide : new Map([...outer.hide, ...lists.hide]),
    pass: lists.pass.size === 0 ? outer.pass : new Map([...outer.pass, ...lists.pass]),
    edit: edit.length === 0 ? outer.edit : [...outer.edit, ...edit],
    inherit,
    errors: errors.length === 0 ? outer.errors : errors,
    index: index.length === 0 ? outer.index : index,
    intercepts,
    unmerged,
  };
}

function listIn(lists: Map<string, Hidden[]>, name: string): Hidden[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}

/** The hidden headers of a module, without those of `pass_header`. */
export function hiddenBy(level: Level, module: string): readonly Hidden[] {
  const passed = new Set((level.pass.get(module) ?? []).map(({ name }) => name.toLowerCase()));
  return (level.hide.get(module) ?? []).filter(({ name }) => !passed.has(name.toLowerCase()));
}

function added(args: readonly string[], line: number, note: Note): readonly Added[] {
  const [name, value, always, ...more] = args;
  if (name !== undefined && value !== undefined && (always === undefined || always === "always") && more.length === 0) {
    return [{ name, value, always: always !== undefined, line }];
  }
  note(line, "nginx takes a name, one value (quoted if it has spaces) and always: not read");
  return [];
}

/** `"Name: value"`, several at once; `-s` and `-t` with statuses and types in one argument. */
function edits(directive: string, args: readonly string[], line: number, note: Note): readonly Edited[] {
  const only = { s: [] as string[], t: [] as string[] };
  const found: Omit<Edited, "statuses" | "types">[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    const [, option] = /^-([A-Za-z])$/.exec(arg) ?? [];
    if (option === "s" || option === "t") {
      at += 1;
      only[option].push(...(args[at] ?? "").split(/[\s,]+/).filter((one) => one !== ""));
    } else if (option === "a") {
      note(line, "adds to existing headers (-a): not read. Write add_header");
      return [];
    } else {
      const [, name = "", value = ""] = /^\s*([^:\s]+)\s*:?\s*(.*)$/s.exec(arg) ?? [];
      if (name.includes("*")) note(line, `${name} matches several names: write each of them. Not read`);
      else found.push({ kind: directive === "more_clear_headers" || value === "" ? "remove" : "set", name, value, line });
    }
  }
  return found.map((one) => ({ ...one, statuses: only.s, types: only.t }));
}

/** `404 500 /error.html`, `404 =200 /index.html`, `404 = @app`. */
function errorPage(args: readonly string[], line: number): readonly ErrorPage[] {
  const target = args.at(-1);
  if (target === undefined || args.length < 2) return [];
  const [, status] = /^=(\d*)$/.exec(args.at(-2) ?? "") ?? [];
  return [{ line, target, status, codes: args.slice(0, status === undefined ? -1 : -2) }];
}

/** Directives about requests, limits and passed headers. */
const OTHER_HEADERS =
  /client_header|_(?:input_headers|pass_request_headers|ignore_headers|header_timeout)$|^(?:proxy_headers|variables)_hash_|^(?:proxy_set_header|grpc_set_header|passenger_set_header|connection_pool_size|underscores_in_headers|ignore_invalid_headers|real_ip_header|http2_max_header_size|auth_jwt_header_set|proxy_pass_trailers)$/;

const LUA = /_by_lua(?:_block|_file)?$/;

/** Notes directives that concern headers and are not read. */
function noteOther({ name, args, line, lua }: Directive, note: Note): void {
  if (name === "expires") {
    if (args[0] !== "off") note.remark(line, "sets Expires and Cache-Control, which are for caches: not read");
  } else if (LUA.test(name)) noteLua(name, lua ?? args[0] ?? "", line, note);
  else if (/header|trailer/.test(name) && !OTHER_HEADERS.test(name)) note(line, "affects headers: not read");
}

/** Lua sets headers by literal or computed names. */
function noteLua(directive: string, lua: string, line: number, note: Note): void {
  note.spend("work", lua.length);
  const names = new Set<string>();
  for (const [, quoted, plain] of lua.matchAll(/ngx\.header(?:\[\s*["']([^"'\n]{1,100})["']|\.(\w{1,100}))/g)) {
    names.add(quoted ?? (plain ?? "").replaceAll("_", "-"));
  }
  const isFilter = directive.startsWith("header_filter");
  if (names.size > 0) note(line, `Lua sets ${[...names].slice(0, 10).join(", ")}: not read. Write add_header`);
  else if (/ngx\.header|add_header/.test(lua) || isFilter) note(line, "Lua may set headers: not read. Write add_header");
}
