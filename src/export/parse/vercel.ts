import type { RoutePath } from "../target.js";
import type { Note } from "./limits.js";
import { exactly, LOOSE, ofPattern, type Paths, SITE, together, withAllBelow } from "./paths.js";
import { dynamic, layered, type ReadSite, type Rule } from "./site.js";
import type { Source } from "./sources.js";

/** A value of JSON, and where it stands. */
interface Json {
  readonly line: number;
  readonly value: string | number | boolean | null | readonly Json[] | ReadonlyMap<string, Json>;
}

/**
 * Reads the `headers` of a `vercel.json`.
 *
 * @throws {PolicyError} where the text is no JSON, or no object.
 */
export function readVercel(source: Source, note: Note): readonly ReadSite[] {
  const json = jsonOf(source, note);
  if (!(json.value instanceof Map)) return broken(note, json.line, "is no object");
  const routes = member(json, "routes");
  if (routes !== undefined && listOf(routes).some((one) => member(one, "headers") !== undefined)) {
    note(routes.line, "old routes set headers too: move them to headers. Not read");
  }
  const rules = listOf(member(json, "headers")).flatMap((rule) => ruleOf(rule, note));
  return [layered(json.line, rules, note)];
}

function ruleOf(rule: Json, note: Note): readonly Rule[] {
  const source = textOf(member(rule, "source"));
  const condition = ["has", "missing"].find((key) => listOf(member(rule, key)).length > 0);
  const read = source === undefined ? undefined : pathsOf(source);
  const headers = listOf(member(rule, "headers"));
  const names = headers.map((header) => textOf(member(header, "key")) ?? "?").join(", ");
  if (condition !== undefined) note(rule.line, `holds under a condition (${condition}): not read, with its headers ${names}`);
  else if (read === undefined) {
    const line = (member(rule, "source") ?? rule).line;
    note(line, `is a pattern that no path of Portcullis can say: not read, with its headers ${names}`);
  }
  if (condition !== undefined || read === undefined) return [];
  const changes = headers.flatMap((header) => {
    const [name, value] = [textOf(member(header, "key")), textOf(member(header, "value"))];
    if (name !== undefined && value !== undefined) return [{ kind: "set" as const, name, value: filled(value), line: header.line }];
    note(header.line, 'is no header: write { "key": "…", "value": "…" }. Not read');
    return [];
  });
  if (read.loose) note((member(rule, "source") ?? rule).line, LOOSE);
  return [{ paths: read.paths, except: read.except ?? [], changes }];
}

/** `/(.*)`, `/api/:path*` and the like; path-to-regexp allows much more. */
function pathsOf(source: string): (Paths & { readonly except?: readonly RoutePath[] }) | undefined {
  if (/^\/(?::\w+\*|:\w+\(\.\*\)|\(\.\*\)|\(\.\+\))$/.test(source)) return { paths: [SITE] };
  const [, tree] = /^(\/.*)\/:\w+\*$/.exec(source) ?? [];
  if (tree !== undefined) return withAllBelow(tree);
  const [, around, others] = /^(\/|\/[^(]*\/)\(\(\?!(.*)\)\.\*\)$/.exec(source) ?? [];
  if (around !== undefined && others !== undefined) return allBut(unescaped(around), others);
  const [, folder] = /^(\/.*\/)(?::\w+)?\((?:\.\*|\.\+)\)$/.exec(source) ?? [];
  if (folder !== undefined) return withAllBelow(unescaped(folder));
  // A colon without a word after it, and what a backslash stands before, is itself.
  return /(?<!\\)[:(){}*+?]/.test(source) ? undefined : exactly(unescaped(source));
}

/** After a dollar sign Vercel puts a part of the path. */
const filled = (value: string) => value.replace(/\$\w+/g, (part) => dynamic(part));

/** All below a folder, without what begins as one of these alternatives. */
function allBut(folder: string, others: string): (Paths & { readonly except: readonly RoutePath[] }) | undefined {
  const around = withAllBelow(folder);
  const read = others.split("|").map((other) => ofPattern(`^/${other}`));
  if (around === undefined || !read.every((one) => one !== undefined)) return undefined;
  const { paths, ...loose } = together(read);
  return { ...around, ...loose, except: paths.map(({ path, below }) => ({ path: `${folder}${path.slice(1)}`, below })) };
}

const unescaped = (text: string) => text.replace(/\\(.)/g, "$1");

function member({ value }: Json, key: string): Json | undefined {
  return value instanceof Map ? value.get(key) : undefined;
}

function listOf(json: Json | undefined): readonly Json[] {
  return Array.isArray(json?.value) ? json.value : [];
}

function textOf(json: Json | undefined): string | undefined {
  return typeof json?.value === "string" ? json.value : undefined;
}

const TOKEN = /\s+|"[^"\\\n]*(?:\\.[^"\\\n]*)*"|[[\]{}:,]|[\w.+-]+/y;

/** JSON.parse tells no lines. RFC 8259. */
function jsonOf({ text, first: top }: Source, note: Note): Json {
  const token = new RegExp(TOKEN);
  let line = top;
  const next = (): string => {
    if (token.lastIndex >= text.length) return "";
    const at = token.lastIndex;
    const [found] = token.exec(text) ?? broken(note, line, `${JSON.stringify(text[at])} is no JSON`);
    line += found.split("\n").length - 1;
    return found.trim() === "" ? next() : found;
  };
  const peek = (): string => {
    const [at, before] = [token.lastIndex, line];
    const found = next();
    [token.lastIndex, line] = [at, before];
    return found;
  };
  const take = (expected: string): void => {
    const found = next();
    if (found !== expected) broken(note, line, `${found === "" ? "the end" : JSON.stringify(found)} stands where "${expected}" belongs`);
  };
  const listed = <T>(end: string, item: () => T): readonly T[] => {
    const items: T[] = [];
    while (peek() !== end) {
      if (items.length > 0) take(",");
      items.push(item());
    }
    take(end);
    return items;
  };
  const read = (depth: number): Json => {
    const first = next();
    const start = line;
    note.spend("directives", 1);
    note.enter(first === "[" || first === "{" ? depth : 0, line);
    if (first === "[") return { line: start, value: listed("]", () => read(depth + 1)) };
    if (first !== "{") return { line: start, value: scalarOf(first, start, note) };
    const members = listed("}", (): [string, Json] => {
      const key = scalarOf(next(), line, note);
      take(":");
      return [String(key), read(depth + 1)];
    });
    return { line: start, value: new Map(members) };
  };
  const json = read(1);
  const behind = next();
  if (behind !== "") broken(note, line, `${JSON.stringify(behind)} stands behind the end`);
  return json;
}

function scalarOf(token: string, line: number, note: Note): string | number | boolean | null {
  try {
    return JSON.parse(token);
  } catch {
    return broken(note, line, token === "" ? "the text ends too early" : `${JSON.stringify(token)} is no JSON`);
  }
}

function broken(note: Note, line: number, message: string): never {
  return note.refuse(line, message, "Give the text of a vercel.json.");
}
