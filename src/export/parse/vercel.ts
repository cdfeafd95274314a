import { type Data, itemsOf, memberOf } from "./data.js";
import type { Format } from "./format.js";
import { rulesOf } from "./header-rules.js";
import type { Note } from "./limits.js";
import { dynamic, layered, type ReadSite } from "./site.js";
import type { Source } from "./sources.js";

/** The `vercel.json` of Vercel. */
export const vercel: Format<"vercel"> = {
  name: "vercel",
  title: "a vercel.json",
  fileNames: ["vercel.json"],
  clues: /"(?:source|headers|rewrites|redirects|cleanUrls|key)"[ \t]*:/g,
  required: /^[ \t\r\n]*\{/,
  read: readVercel,
};

/**
 * Reads the `headers` of a `vercel.json`.
 *
 * @throws {PolicyError} if the text is not JSON, or not an object.
 */
function readVercel(source: Source, note: Note): readonly ReadSite[] {
  const json = jsonOf(source, note);
  if (!(json.value instanceof Map)) return broken(note, json.line, "is not an object");
  const routes = memberOf(json, "routes");
  if (routes !== undefined && itemsOf(routes).some((one) => memberOf(one, "headers") !== undefined)) {
    note(routes.line, "old routes set headers too: move them to headers. Not read");
  }
  return [layered(json.line, rulesOf(memberOf(json, "headers"), { filled }, note), note)];
}

/** Vercel replaces `$name` with a part of the path. */
const filled = (value: string) => value.replace(/\$\w+/g, (part) => dynamic(part));

const TOKEN = /\s+|"[^"\\\n]*(?:\\.[^"\\\n]*)*"|[[\]{}:,]|[\w.+-]+/y;

/** Reads JSON with line numbers, which JSON.parse does not return. RFC 8259. */
function jsonOf({ text, first: top }: Source, note: Note): Data {
  const token = new RegExp(TOKEN);
  let line = top;
  const next = (): string => {
    if (token.lastIndex >= text.length) return "";
    const at = token.lastIndex;
    const [found] = token.exec(text) ?? broken(note, line, `${JSON.stringify(text[at])} is not JSON`);
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
    if (found !== expected) broken(note, line, `${found === "" ? "the end" : JSON.stringify(found)} is where "${expected}" belongs`);
  };
  const listUntil = <T>(end: string, item: () => T): readonly T[] => {
    const items: T[] = [];
    while (peek() !== end) {
      if (items.length > 0) take(",");
      items.push(item());
    }
    take(end);
    return items;
  };
  const read = (depth: number): Data => {
    const first = next();
    const start = line;
    note.spend("directives", 1);
    note.enter(first === "[" || first === "{" ? depth : 0, line);
    if (first === "[") return { line: start, value: listUntil("]", () => read(depth + 1)) };
    if (first !== "{") return { line: start, value: scalarOf(first, start, note) };
    const members = listUntil("}", (): [string, Data] => {
      const key = scalarOf(next(), line, note);
      take(":");
      return [String(key), read(depth + 1)];
    });
    return { line: start, value: new Map(members) };
  };
  const json = read(1);
  const behind = next();
  if (behind !== "") broken(note, line, `${JSON.stringify(behind)} follows the end`);
  return json;
}

function scalarOf(token: string, line: number, note: Note): string | number | boolean | null {
  try {
    return JSON.parse(token);
  } catch {
    return broken(note, line, token === "" ? "the text ends too early" : `${JSON.stringify(token)} is not JSON`);
  }
}

function broken(note: Note, line: number, message: string): never {
  return note.refuse(line, message, "Pass the text of a vercel.json.");
}
