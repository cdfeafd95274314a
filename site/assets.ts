import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

/** Bytes of the script of all pages, gzipped. */
export const LARGEST_SCRIPT = 15_000;

/** The scripts of the site. */
export interface Scripts {
  /** The module that every page loads. */
  readonly main: string;
  /** The script in the head of every page. */
  readonly inline: string;
}

/**
 * Bundles the scripts of the site.
 *
 * @param root the root of the repository.
 * @throws {Error} if the module is larger than {@link LARGEST_SCRIPT}.
 */
export async function bundleScripts(root: string): Promise<Scripts> {
  const [main, inline] = await Promise.all([bundled(root, "main.ts", "esm"), bundled(root, "before-paint.ts", "iife")]);
  const size = gzipSync(main).length;
  if (size > LARGEST_SCRIPT) throw new Error(`site/client/main.ts: ${size} bytes gzipped, and at most ${LARGEST_SCRIPT} are allowed.`);
  return { main, inline: inline.trim() };
}

async function bundled(root: string, file: string, format: "esm" | "iife"): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, "site/client", file)],
    bundle: true,
    minify: true,
    write: false,
    format,
    target: "es2022",
    legalComments: "none",
  });
  return outputFiles[0]?.text ?? "";
}

/** The style sheet: the file of the theme, and the rules of highlighted code. */
export async function bundleStyle(root: string, code: string): Promise<string> {
  const text = readFileSync(join(root, "site/theme/style.css"), "utf8");
  return (await transform(text + code, { loader: "css", minify: true })).code;
}

/** A file name that changes with the content, so that a browser may keep the file. */
export function hashedName(name: string, extension: string, content: string): string {
  return `assets/${name}-${createHash("sha256").update(content).digest("hex").slice(0, 10)}.${extension}`;
}
