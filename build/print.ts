import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { parse, tokTypes } from "acorn";
import { transform } from "esbuild";
import type { Options } from "tsup";
import { settings } from "./settings.js";

/** Characters of a line, so that a stack trace and the line of source that Node prints above it can be read. */
const LONGEST_LINE = 200;
/** esbuild ends a line at the first place behind so many bytes. */
const END_BEHIND = 150;

/** A line may end behind these, and the statement goes on. */
const OPEN_ENDED = new Set([
  tokTypes.comma,
  tokTypes.semi,
  tokTypes.eq,
  tokTypes.assign,
  tokTypes.colon,
  tokTypes.question,
  tokTypes.arrow,
  tokTypes.parenL,
  tokTypes.bracketL,
  tokTypes.braceL,
  tokTypes.dollarBraceL,
  tokTypes.logicalOR,
  tokTypes.logicalAND,
  tokTypes.plusMin,
]);

/** Ends lines that are still too long: esbuild ends none before a long regular expression or template. */
export function wrapLines(code: string, sourceType: "module" | "script"): string {
  if (!code.split("\n").some((line) => line.length > LONGEST_LINE)) return code;
  const places: number[] = [];
  parse(code, {
    ecmaVersion: 2024,
    sourceType,
    allowHashBang: true,
    onToken: ({ type, end }) => void (OPEN_ENDED.has(type) && places.push(end)),
  });
  let next = 0;
  let offset = 0;
  const lines: string[] = [];
  for (const line of code.split("\n")) {
    let start = offset;
    const end = offset + line.length;
    while (end - start > LONGEST_LINE) {
      while ((places[next] ?? end) <= start) next += 1;
      let last = next;
      while ((places[last + 1] ?? Number.POSITIVE_INFINITY) - start <= LONGEST_LINE) last += 1;
      const place = places[last] ?? end;
      if (place >= end) break;
      lines.push(code.slice(start, place));
      start = place;
    }
    lines.push(code.slice(start, end));
    offset = end + 1;
  }
  return lines.join("\n");
}

/** How a file of dist is printed. */
export interface Print {
  /** `ascii`, which Node reads faster, or `utf8`, in which tables of characters are a third as long. */
  readonly charset: "ascii" | "utf8";
  /** Our own code keeps its names and its syntax; packages are minified, in the same short lines. */
  readonly minify?: boolean;
  /** The file that is a program. */
  readonly program?: string;
}

/** Writes what was bundled without indentation and in short lines. */
export function readable({ charset, minify = false, program }: Print): NonNullable<Options["plugins"]>[number] {
  return {
    name: "readable",
    async buildEnd({ writtenFiles }) {
      for (const { name } of writtenFiles.filter((file) => /\.c?js$/.test(file.name))) {
        const { code } = await transform(readFileSync(name, "utf8"), {
          minifyWhitespace: true,
          // esbuild shortens names of the top level only where it knows the format.
          ...(minify && { minifySyntax: true, minifyIdentifiers: true, format: "cjs" }),
          lineLimit: END_BEHIND,
          charset,
          target: settings.target,
        });
        const first = name === program ? "#!/usr/bin/env node\n" : "";
        writeFileSync(name, `${first}${wrapLines(code, name.endsWith(".cjs") ? "script" : "module")}`);
        if (name === program) chmodSync(name, 0o755);
      }
    },
  };
}
