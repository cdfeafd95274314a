import { show } from "../values/text.js";
import { recipe } from "./recipe.js";
import { NOTES, type PathFault, type VersionedFilesOptions, versionedFiles } from "./versioned-files.js";

/** Options of {@link cdnjs}. */
export interface CdnjsOptions extends VersionedFilesOptions {}

const { schemas, needs } = versionedFiles({
  root: "https://cdnjs.cloudflare.com/ajax/libs/",
  example: "jquery/3.7.1/jquery.min.js",
  fault: libraryFault,
});

/**
 * Files of libraries on cdnjs: `cdnjs({ packages: ["jquery/3.7.1/jquery.min.js"] })`. The whole host is never allowed: among its libraries
 * are some that let injected markup run code.
 *
 * @param options see {@link CdnjsOptions}.
 * @throws {PolicyError} for options that are not of this shape, and for a path without a version.
 */
export const cdnjs = recipe<CdnjsOptions>(
  {
    name: "cdnjs",
    title: "cdnjs",
    category: "files",
    evidence: "secondary",
    pages: [
      "https://github.com/cdnjs/cdnjs/blob/4688abdac5b694cd38b9bc16fbb2e827fcf857d3/README.md",
      "https://github.com/schteppe/cdnjs",
      "https://github.com/spatie/laravel-csp/blob/c5b272927e5c498e7ff49e021ff69de37fcd7286/src/Presets/CloudflareCdn.php",
    ],
    checked: "2026-11-26",
    hosts: ["cdnjs.cloudflare.com"],
    bypasses: ["https://cdnjs.cloudflare.com"],
    nonce: 'Every <script src="https://cdnjs.cloudflare.com/ajax/libs/…"> of the page.',
    notes: [
      ...NOTES,
      'Under Cross-Origin-Embedder-Policy require-corp write crossorigin="anonymous" in the tag, as cdnjs does in the tags that it offers.',
    ],
    required: ["packages"],
    example: { packages: ["vue/3.5.13/vue.global.prod.min.js"] },
  },
  schemas,
  needs,
);

/** `library/version/file`: cdnjs has no ranges and no tags. */
function libraryFault(path: string): PathFault | undefined {
  if (path.startsWith("ajax/libs/")) return ["repeats ajax/libs/", `Write ${show(path.slice("ajax/libs/".length))}.`];
  const [library = "", version = "", ...rest] = path.split("/");
  if (!/^[\w.-]+$/.test(library)) return [`has ${show(library)} for a name`, "Write the name of one library."];
  if (!/^[a-z]?\d[\w.+-]*$/i.test(version)) {
    return [
      "names no version",
      `Write the version that you use: ${show([library, "1.2.3", ...(rest.length > 0 ? rest : [version || "file.min.js"])].join("/"))}.`,
    ];
  }
  return rest.length > 0 ? undefined : ["names no file", `Write ${show(`${path}/`)} for all files of the version.`];
}
