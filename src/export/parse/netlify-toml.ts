import { parse, TomlError } from "smol-toml";
import { own } from "../../values/own.js";
import { show } from "../../values/text.js";
import { RESERVED } from "../targets/netlify.js";
import type { Format } from "./format.js";
import { LIMITS, type Note } from "./limits.js";
import { ofGlob } from "./paths.js";
import { type Change, layered, type ReadSite, type Rule } from "./site.js";
import type { Source } from "./sources.js";

/** The position of a `[[headers]]` block. */
interface Block {
  readonly line: number;
  /** The line of a header, or that of the block if it is not found. */
  lineOf(name: string): number;
}

/** The `netlify.toml` of Netlify. */
export const netlifyToml: Format<"netlify-toml"> = {
  name: "netlify-toml",
  title: "a netlify.toml",
  fileNames: ["netlify.toml"],
  clues: /^[ \t]*\[(?:\[(?:headers|redirects|edge_functions)\]|headers\.values|build)/gm,
  read: readNetlifyToml,
};

/**
 * Reads the `[[headers]]` of a `netlify.toml`, as Netlify's own parser does.
 *
 * @throws {PolicyError} if the text is not TOML.
 */
function readNetlifyToml(source: Source, note: Note): readonly ReadSite[] {
  const config = tomlOf(source, note);
  const headers = own(config, "headers") ?? [];
  for (const [name, context] of Object.entries((own(config, "context") ?? {}) as object)) {
    if (own(context, "headers") !== undefined) note(source.first, `context.${name} has its own headers: not read`);
  }
  if (!Array.isArray(headers)) {
    note(source.first, "headers is not an array of tables: write [[headers]]. Not read");
    return [];
  }
  const blockOf = blocksOf(source, headers.length);
  const rules = headers.flatMap((one, index) => ruleOf(one, blockOf(index), note));
  return [layered(source.first, rules, note)];
}

function tomlOf({ text, first }: Source, note: Note): object {
  note.spend("work", text.length);
  try {
    return parse(text, { maxDepth: LIMITS.depth });
  } catch (error) {
    const line = error instanceof TomlError ? error.line : 1;
    const [message = ""] = error instanceof Error ? error.message.split("\n") : [];
    return note.refuse(first + line - 1, `it is not TOML: ${message}`, "Pass the text of a netlify.toml.");
  }
}

/** The parser does not return line numbers: they are searched in the text, if it has as many blocks as there are tables. */
function blocksOf({ text, first }: Source, count: number): (index: number) => Block {
  const lines = text.split("\n");
  const starts = lines.flatMap((line, index) => (/^\s*\[\[\s*(?:headers|"headers"|'headers')\s*\]\]/.test(line) ? [index] : []));
  const inline = lines.findIndex((line) => /^\s*headers\s*=/.test(line));
  if (starts.length !== count) return () => ({ line: first + Math.max(inline, 0), lineOf: () => first + Math.max(inline, 0) });
  return (index) => {
    const start = starts[index] ?? 0;
    const own = lines.slice(start, starts[index + 1] ?? lines.length);
    const lineOf = (name: string) =>
      first +
      start +
      Math.max(
        own.findIndex((line) => startsWith(line.trimStart(), name)),
        0,
      );
    return { line: first + start, lineOf };
  };
}

const startsWith = (line: string, key: string) => [key, `"${key}"`, `'${key}'`].some((start) => line.startsWith(start));

function ruleOf(rule: unknown, block: Block, note: Note): readonly Rule[] {
  note.spend("directives", 1);
  const [path, values] = [own(rule, "for"), own(rule, "values") ?? {}];
  if (typeof path !== "string" || typeof values !== "object" || values === null || Array.isArray(values)) {
    note(block.line, 'is not a rule: write for = "/*" and [headers.values]. Not read');
    return [];
  }
  const names = Object.keys(values);
  const pattern = path.trim();
  const read = /:[A-Za-z]/.test(pattern) ? undefined : ofGlob(pattern);
  if (read === undefined || read.loose) {
    if (names.length > 0) {
      note(
        block.lineOf("for"),
        `${show(path)} is a pattern that no Portcullis path can express: not read; its headers: ${names.join(", ")}`,
      );
    }
    return [];
  }
  if (read.paths.some(({ path, below }) => below && path !== "/")) {
    note.remark(block.lineOf("for"), `${show(path)} is read as all paths below it. Netlify also applies it to the path itself`);
  }
  return [{ paths: read.paths, except: [], changes: names.flatMap((name) => changeOf(name, own(values, name), block, note)) }];
}

function changeOf(written: string, given: unknown, block: Block, note: Note): readonly Change[] {
  note.spend("directives", 1);
  const name = written.trim();
  const line = block.lineOf(written);
  const value = joinedValue(given);
  if (value === undefined) note(line, `the value of ${show(name)} is neither a string nor a list of strings: not read`);
  else if (name.toLowerCase() === "basic-auth") note(line, "sets passwords that Netlify asks for, not a header: not read");
  else if (RESERVED.test(name)) note(line, `${show(name)} is a header that Netlify ignores: not read`);
  else if (value !== "") return [{ kind: "join", name, value, line }];
  else note(line, `${show(name)} has no value: not read`);
  return [];
}

/** A list of values is used as is, and a string is split at commas. `@netlify/headers-parser`. */
function joinedValue(given: unknown): string | undefined {
  if (typeof given === "string") {
    return given
      .trim()
      .split(",")
      .map((part) => part.trim())
      .join(", ");
  }
  if (!Array.isArray(given) || !given.every((one) => typeof one === "string")) return undefined;
  return given.map((one: string) => one.trim()).join(", ");
}
