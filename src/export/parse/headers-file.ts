import type { Format } from "./format.js";
import type { Note } from "./limits.js";
import { ofGlob } from "./paths.js";
import { type Change, dynamic, layered, type ReadSite, type Rule } from "./site.js";
import type { Source } from "./sources.js";

interface Lines {
  readonly path: string;
  readonly line: number;
  readonly changes: Change[];
  /** Names of headers that were set, in lower case. */
  readonly names: Set<string>;
}

/** The `_headers` file of Cloudflare and Netlify. */
export const headersFile: Format<"_headers"> = {
  name: "_headers",
  title: "a _headers file",
  fileNames: ["_headers"],
  clues: /^[ \t]+[A-Z][\w-]*:[ \t]*\S/gm,
  required: /^\//m,
  read: readHeadersFile,
};

/**
 * Reads a `_headers` file of Cloudflare or Netlify: paths, each followed by its headers.
 *
 * @throws {PolicyError} if there are headers but no path.
 */
function readHeadersFile(source: Source, note: Note): readonly ReadSite[] {
  const blocks: Lines[] = [];
  const stray: number[] = [];
  for (const [index, raw] of source.text.split(/\r?\n/).entries()) {
    const line = source.first + index;
    const written = raw.trim();
    if (written === "" || written.startsWith("#")) continue;
    note.spend("directives", 1);
    if (/^(?:\/|https?:\/\/)/i.test(written)) blocks.push({ path: written, line, changes: [], names: new Set() });
    else if (blocks.length === 0) stray.push(line);
    else readLine(written, line, blocks.at(-1) as Lines, note);
  }
  if (blocks.length === 0 && stray[0] !== undefined)
    note.refuse(stray[0], "is not below a path", 'Write "/*" above the headers of all paths.');
  for (const line of stray) note(line, "is not below a path: not read");
  return [
    layered(
      source.first,
      blocks.flatMap((block) => ruleOf(block, note)),
      note,
    ),
  ];
}

function readLine(written: string, line: number, { changes, names, path }: Lines, note: Note): void {
  const removed = /^!\s*(\S+)$/.exec(written)?.[1];
  if (removed !== undefined) {
    changes.push({ kind: "remove", name: removed, value: "", line });
    return;
  }
  const [, name = "", after = ""] = /^([^\s:]+)\s*:(.*)$/.exec(written) ?? [];
  const value = after.trimStart();
  if (name === "" || value === "") note(line, 'is neither a path, "Name: value" nor "! Name": not read');
  else if (name.toLowerCase() === "basic-auth") note(line, "sets passwords that Netlify asks for, not a header: not read");
  else {
    const key = name.toLowerCase();
    const again = names.has(key);
    names.add(key);
    // If the path has a star, :splat in values is replaced with the text it matches.
    const filled = path.includes("*") ? value.replaceAll(":splat", dynamic(":splat")) : value;
    changes.push({ kind: again ? "append" : "join", name, value: filled, line });
  }
}

function ruleOf({ path, line, changes }: Lines, note: Note): readonly Rule[] {
  const read = /:[A-Za-z]/.test(path) ? undefined : ofGlob(path);
  // Portcullis paths can have a star only after a slash.
  if (read !== undefined && !read.loose) return [{ paths: read.paths, except: [], changes }];
  const names = changes.map(({ name }) => name).join(", ");
  note(line, `is a pattern that no Portcullis path can express: not read; its headers: ${names}`);
  return [];
}
