import { show } from "../../values/text.js";
import type { RoutePath } from "../target.js";
import { type Note, STEPS_OF_A_COPY } from "./limits.js";
import { inBoth, LOOSE, ofPattern, type Paths, SITE, withAllBelow } from "./paths.js";
import { type Change, dynamic, layered, type ReadSite, type Rule } from "./site.js";
import type { Source } from "./sources.js";

/** A directive, or with a block a section. */
interface Node {
  /** In lower case. */
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
  readonly block?: readonly Node[];
}

/** Sections are merged in this order, whatever stands first. Apache, "How the sections are merged". */
const ORDER = ["server", "directory", "location"] as const;

/** What the sections around a directive say of it. */
interface Scope {
  readonly paths: readonly RoutePath[];
  readonly kind: (typeof ORDER)[number];
  readonly root?: string;
  /** Why nothing in it is read. */
  readonly not?: string;
}

type Ranked = Rule & { readonly kind: Scope["kind"] };

/**
 * Reads the virtual hosts of an Apache configuration, or a part such as `.htaccess`.
 *
 * @throws {PolicyError} where sections are not closed as they are opened.
 */
export function readApache(source: Source, note: Note): readonly ReadSite[] {
  const nodes = nodesOf(source, note);
  const hosts = hostsIn(nodes);
  const root = rootIn(nodes);
  const scope: Scope = { paths: [SITE], kind: "server", ...(root === undefined ? {} : { root }) };
  const common = rulesIn(nodes, scope, note);
  const site = (line: number, own: readonly Ranked[], redirects: boolean) => {
    note.spend("work", STEPS_OF_A_COPY * (common.length + own.length));
    const rules = [...common, ...own];
    const ordered = ORDER.flatMap((kind) => rules.filter((rule) => rule.kind === kind)).flatMap((rule) => asFarAs(rules, rule, note));
    return layered(line, ordered, note, redirects);
  };
  if (hosts.length === 0) return [site(source.first, [], false)];
  return hosts.map(({ block = [], line }) => {
    const ownRoot = rootIn(block);
    const rules = rulesIn(block, ownRoot === undefined ? scope : { ...scope, root: ownRoot }, note);
    return site(line, rules, block.some(redirects));
  });
}

/** Both tables are cleared of a header that others send; what one of them spares, the other one means to spare too. */
function asFarAs(rules: readonly Ranked[], rule: Ranked, note: Note): readonly Ranked[] {
  const [change] = rule.changes;
  if (change?.kind !== "remove" || !change.always) return [rule];
  note.spend("work", rules.length);
  const twin = rules.find(({ paths, changes: [other] }) => {
    if (other?.kind !== "remove" || other.always || paths !== rule.paths) return false;
    return other.name.toLowerCase() === change.name.toLowerCase();
  });
  const spared = twin?.except ?? [];
  if (spared.length === 0) return [rule];
  return [
    { ...rule, except: spared },
    { ...rule, paths: spared, changes: [{ ...change, kind: "takeBack" }] },
  ];
}

const redirects = ({ name, block = [] }: Node): boolean => /^redirect|^rewriterule$/.test(name) || block.some(redirects);

function hostsIn(nodes: readonly Node[]): readonly Node[] {
  return nodes.flatMap((node) => (node.name === "virtualhost" ? [node] : node.name === "ifmodule" ? hostsIn(node.block ?? []) : []));
}

function rootIn(nodes: readonly Node[]): string | undefined {
  return nodes.find(({ name }) => name === "documentroot")?.args[0]?.replace(/\/$/, "");
}

function rulesIn(nodes: readonly Node[], scope: Scope, note: Note): readonly Ranked[] {
  return nodes.flatMap((node): readonly Ranked[] => {
    const { name, line, block } = node;
    if (name === "virtualhost") return [];
    if (block !== undefined) return rulesIn(block, scopeOf(node, scope, note), note);
    if (name === "header") return ruleOf(node, scope, note);
    const message = NOTED.get(name);
    if (message !== undefined) note(line, message);
    return [];
  });
}

const NOTED: ReadonlyMap<string, string> = new Map([
  ["include", "another file: read it too"],
  ["includeoptional", "another file: read it too"],
  ["use", "a macro: write its lines out. Not read"],
  ["expiresactive", "sets Cache-Control: not read"],
]);

function ruleOf({ args, line }: Node, { paths, kind, not }: Scope, note: Note): readonly Ranked[] {
  if (not !== undefined) {
    note(line, `${not}: not read`);
    return [];
  }
  const read = changeOf(args, line, note);
  return read === undefined ? [] : [{ paths, kind, except: read.except, changes: [read.change] }];
}

interface ReadChange {
  readonly change: Change;
  readonly except: readonly RoutePath[];
}

const KINDS: ReadonlyMap<string, Change["kind"]> = new Map([
  ["set", "set"],
  ["unset", "remove"],
  ["add", "add"],
  ["append", "append"],
  ["merge", "append"],
  ["setifempty", "default"],
]);

/** The arguments of `Header`: a table, an action, a name, a value where the action takes one, and a condition. */
function changeOf(args: readonly string[], line: number, note: Note): ReadChange | undefined {
  const table = /^(?:always|onsuccess)$/i.test(args[0] ?? "") ? args[0]?.toLowerCase() : undefined;
  const [action = "", written = "", ...rest] = table === undefined ? args : args.slice(1);
  const kind = KINDS.get(action.toLowerCase());
  const name = written.replace(/:$/, "");
  if (kind === undefined) {
    note(line, `Header ${action} changes what others send: not read`);
    return undefined;
  }
  const [format = "", condition, ...more] = kind === "remove" ? ["", ...rest] : rest;
  if (name === "" || more.length > 0 || (format === "" && kind !== "remove")) {
    note(line, "Apache takes a name, one value (in quotes where it has blanks) and one condition: not read");
    return undefined;
  }
  const except = exceptOf(condition, name);
  if (except === undefined) {
    note(line, `holds under a condition (${condition}): not read`);
    return undefined;
  }
  const value = /^expr=/i.test(format) ? dynamic(format) : formatted(format);
  return { change: { kind, name, value, line, ...(table === "always" ? { always: true as const } : {}) }, except };
}

/** The paths that a condition keeps out; undefined where it means anything else. */
function exceptOf(condition: string | undefined, name: string): readonly RoutePath[] | undefined {
  if (condition === undefined) return [];
  // Portcullis leaves this header out over plain http itself.
  if (/^(?:env=HTTPS|expr=%\{HTTPS\}\s*==\s*['"]on['"])$/i.test(condition) && name.toLowerCase() === "strict-transport-security") return [];
  const pattern = /^expr=! %\{REQUEST_URI\} =~ m#(.*)#$/.exec(condition)?.[1];
  const read = pattern === undefined ? undefined : ofPattern(pattern);
  return read?.loose ? undefined : read?.paths;
}

/** A format of mod_headers: `%%`, what is known per request, and escapes. */
function formatted(format: string): string {
  return format.replace(/%%|%(?:\{[^{}]*\})?[A-Za-z]|\\[\\rnt]/g, (part) => {
    if (part === "%%") return "%";
    if (part.startsWith("%")) return dynamic(part);
    return ESCAPES[part] ?? "\\";
  });
}

const ESCAPES: Readonly<Record<string, string>> = { "\\r": "\r", "\\n": "\n", "\\t": "\t" };

/** Sections that change nothing of what is in them, as far as headers go. */
const TRANSPARENT = ["ifmodule", "ifversion", "ifdefine", "ifdirective", "iffile", "requireall", "requireany", "requirenone"];

function scopeOf({ name, args, line, block = [] }: Node, outer: Scope, note: Note): Scope {
  const shown = `<${[name, ...args].join(" ")}>`;
  if (TRANSPARENT.includes(name)) {
    // What holds where a module is not there holds on no server that sets headers.
    return args[0]?.startsWith("!") ? { ...outer, not: `stands in ${shown}` } : outer;
  }
  const read = pathsOf(name, args, outer);
  if (read === undefined) return { ...outer, not: outer.not ?? `stands in ${shown}, which no path of Portcullis can say` };
  if (read.loose && block.some((one) => one.name === "header")) note(line, LOOSE);
  return { ...outer, kind: name.startsWith("location") ? "location" : "directory", paths: inBoth(outer.paths, read.paths, note) };
}

function pathsOf(name: string, args: readonly string[], { root }: Scope): Paths | undefined {
  const [first = "", second] = args;
  if (name === "locationmatch") return ofPattern(first);
  if (name === "location") return first === "~" ? ofPattern(second ?? "") : withAllBelow(first);
  if (name === "proxy" && first === "*") return { paths: [SITE] };
  if (name !== "directory" || root === undefined) return name === "directory" && first === "/" ? { paths: [SITE] } : undefined;
  const folder = first.replace(/\/$/, "");
  if (root === folder || root.startsWith(`${folder}/`)) return { paths: [SITE] };
  return folder.startsWith(`${root}/`) ? withAllBelow(folder.slice(root.length)) : undefined;
}

/** Lines, sections, and what `Define` has defined. */
function nodesOf(source: Source, note: Note): readonly Node[] {
  const open: { readonly head: Omit<Node, "block">; readonly block: Node[] }[] = [];
  const defined = new Map<string, string>();
  let block: Node[] = [];
  for (const { text: raw, line } of linesOf(source)) {
    const written = raw.replace(/\$\{([^{}:]+)\}/g, (whole, name) => {
      const value = defined.get(name) ?? dynamic(whole);
      note.spend("characters", value.length);
      return value;
    });
    const [, closing, closed] = /^<(\/?)([A-Za-z]\w*)/.exec(written) ?? [];
    const isOpening = closed !== undefined && closing === "";
    const [first = "", ...args] = wordsOf(isOpening ? written.slice(1).replace(/>\s*$/, "") : written);
    const name = first.toLowerCase();
    note.spend("directives", 1);
    if (isOpening) {
      note.enter(open.length + 1, line);
      open.push({ head: { name, args, line }, block });
      block = [];
    } else if (closed !== undefined) {
      const outer = open.pop() ?? broken(note, line, `</${closed}> closes nothing`);
      if (outer.head.name !== closed.toLowerCase()) broken(note, line, `</${closed}> stands where </${outer.head.name}> belongs`);
      outer.block.push({ ...outer.head, block });
      block = outer.block;
    } else {
      if (!/^[a-z]\w*$/.test(name)) broken(note, line, `${show(first)} is no directive`);
      if (name === "define" && args[0] !== undefined) defined.set(args[0], args[1] ?? "");
      if (name === "define" && open.some(({ head }) => head.name.startsWith("if"))) note(line, "may be defined or not: read as defined");
      block.push({ name, args, line });
    }
  }
  const last = open.at(-1);
  if (last !== undefined) broken(note, last.head.line, `<${last.head.name}> is closed nowhere`);
  return block;
}

/** Lines with what they are continued by; comments and blank ones left out. */
function linesOf({ text, first }: Source): readonly { readonly text: string; readonly line: number }[] {
  const lines: { text: string; line: number }[] = [];
  let continued = false;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const goesOn = raw.endsWith("\\");
    const piece = goesOn ? raw.slice(0, -1) : raw;
    const last = lines.at(-1);
    if (continued && last !== undefined) last.text += piece;
    else lines.push({ text: piece, line: first + index });
    continued = goesOn;
  }
  return lines.map((one) => ({ ...one, text: one.text.trim() })).filter((one) => one.text !== "" && !one.text.startsWith("#"));
}

/** Words, in quotes or not; a quote that nothing closes goes to the end of the line. */
function wordsOf(line: string): readonly string[] {
  return Array.from(
    line.matchAll(/"([^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?$)|'([^'\\]*(?:\\.[^'\\]*)*)(?:'|\\?$)|(\S+)/g),
    ([, double, single, plain]) =>
      double?.replace(/\\([\\"])/g, "$1") ?? single?.replace(/\\([\\'])/g, "$1") ?? (plain as string).replace(/\\\\/g, "\\"),
  );
}

function broken(note: Note, line: number, message: string): never {
  return note.refuse(line, message, "Give the text of a configuration that apachectl -t takes.");
}
