import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A fenced block of the documentation. */
export interface Snippet {
  /** `"docs/next.md > Static pages too > 1"`: the file, the nearest heading, and which of its blocks, from 1. */
  readonly name: string;
  /** What stands behind the fence: `"js"`, `"console"`, empty for output. */
  readonly language: string;
  readonly text: string;
}

/** The README, and all below docs. */
export function documents(): string[] {
  const docs = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".md"));
  return ["README.md", ...docs.map((file) => `docs/${file}`).sort()];
}

/** The blocks of a file, in order; a heading inside a block is none. */
export function snippetsOf(file: string): Snippet[] {
  return snippetsIn(file, readFileSync(join(ROOT, file), "utf8"));
}

/** The blocks of a text. */
export function snippetsIn(file: string, text: string): Snippet[] {
  const counts = new Map<string, number>();
  let heading = "";
  return [...text.matchAll(/^#{1,6} (.+)$|^( *)(```+|~~~+)([^\n`]*)\n([\s\S]*?)^\2\3 *$/gm)].flatMap(
    ([, title, , , language = "", body = ""]) => {
      if (title !== undefined) {
        heading = title;
        return [];
      }
      const count = (counts.get(heading) ?? 0) + 1;
      counts.set(heading, count);
      return [{ name: `${file} > ${heading} > ${count}`, language: language.trim(), text: body.trimEnd() }];
    },
  );
}

/** One block by its name, for the suites that run it. */
export function snippet(name: string): string {
  const found = snippetsOf(name.split(" > ")[0] ?? "").find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no snippet ${name}: a heading was changed, or a block moved.`);
  return found.text;
}
