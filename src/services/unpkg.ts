import { show } from "../values/text.js";
import { recipe } from "./recipe.js";
import { NOTES, type PathFault, packageFault, type VersionedFilesOptions, versionedFiles } from "./versioned-files.js";

/** Options of {@link unpkg}. */
export interface UnpkgOptions extends VersionedFilesOptions {}

const EXAMPLE = "vue@3.5.13/dist/vue.global.prod.js";

const { schemas, needs } = versionedFiles({
  root: "https://unpkg.com/",
  example: EXAMPLE,
  fault: (path) => {
    const depth = path.startsWith("@") ? 2 : 1;
    return packageFault(path, "", depth) ?? fileFault(path, depth);
  },
});

/**
 * Files of npm packages on unpkg: `unpkg({ packages: ["vue@3.5.13/dist/vue.global.prod.js"] })`. Anybody can publish files there, so the
 * whole host is never allowed.
 *
 * @param options see {@link UnpkgOptions}.
 * @throws {PolicyError} for options that are not of this shape, and for a path without an exact version or without a file.
 */
export const unpkg = recipe<UnpkgOptions>(
  {
    name: "unpkg",
    title: "unpkg",
    category: "files",
    evidence: "vendor",
    pages: [
      "https://unpkg.com",
      "https://github.com/unpkg/unpkg/blob/54b38a9f59083008a405148fdc244501df2da6a4/README.md",
      "https://github.com/unpkg/unpkg/blob/129c975c5c2b352bc79402d3de99d65aa75964f9/packages/unpkg-www/src/request-handler.tsx",
    ],
    checked: "2026-11-26",
    hosts: ["unpkg.com"],
    tenants: ["unpkg.com/"],
    nonce: 'Every <script src="https://unpkg.com/…"> of the page.',
    notes: [
      ...NOTES,
      "unpkg redirects a URL without a version, without a file or without a file extension: write the final URL here and in the page.",
    ],
    required: ["packages"],
    example: { packages: ["vue@3.5.13/dist/vue.global.prod.js"] },
  },
  schemas,
  needs,
);

/** unpkg redirects a URL without a file, to a path that the policy would not list. */
function fileFault(path: string, depth: number): PathFault | undefined {
  if (path.split("/").length > depth) return undefined;
  return ["names no file", `Write the file, such as ${show(EXAMPLE)}, or ${show(`${path}/`)} for all files of the version.`];
}
