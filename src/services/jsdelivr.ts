import { show } from "../values/text.js";
import { recipe } from "./recipe.js";
import { isExactVersion, NOTES, type PathFault, packageFault, type VersionedFilesOptions, versionedFiles } from "./versioned-files.js";

/** Options of {@link jsdelivr}. */
export interface JsdelivrOptions extends VersionedFilesOptions {}

const { schemas, needs } = versionedFiles({
  root: "https://cdn.jsdelivr.net/",
  example: "npm/vue@3.5.13/dist/vue.global.prod.js",
  fault: (path) => {
    const [kind, ...rest] = path.split("/");
    if (kind === "npm") return packageFault(rest.join("/"), "npm/", rest[0]?.startsWith("@") ? 2 : 1);
    if (kind === "gh") return packageFault(rest.join("/"), "gh/", 2, isFixedRevision) ?? fileFault(path, rest.length > 2);
    if (kind === "wp") return wordpressFault(rest) ?? fileFault(path, rest.length > 3);
    if (kind === "combine") return ["is a bundle of several files", "Load each file by itself, and list each."];
    return ["does not begin with npm/, gh/ or wp/", `Write ${show(`npm/${path}`)} for an npm package.`];
  },
});

/**
 * Files of npm packages, GitHub repositories and WordPress plugins on jsDelivr. Anybody can publish files there, so the whole host is
 * never allowed: `jsdelivr({ packages: ["npm/vue@3.5.13/dist/vue.global.prod.js"] })`.
 *
 * @param options see {@link JsdelivrOptions}.
 * @throws {PolicyError} for options that are not of this shape, and for a path without an exact version.
 */
export const jsdelivr = recipe<JsdelivrOptions>(
  {
    name: "jsdelivr",
    title: "jsDelivr",
    category: "files",
    evidence: "vendor",
    pages: ["https://github.com/jsdelivr/jsdelivr/blob/00a17035df7f057f37209c7f248fa425b24d9a80/README.md"],
    checked: "2026-11-26",
    hosts: ["cdn.jsdelivr.net"],
    tenants: ["cdn.jsdelivr.net/"],
    bypasses: ["https://cdn.jsdelivr.net"],
    nonce: 'Every <script src="https://cdn.jsdelivr.net/…"> of the page.',
    notes: [...NOTES, "A module of /+esm imports other modules from https://cdn.jsdelivr.net/npm/: list their paths too."],
    required: ["packages"],
    example: { packages: ["npm/vue@3.5.13/dist/vue.global.prod.js"] },
  },
  schemas,
  needs,
);

/** A complete version, with or without a leading v, or a complete commit hash. */
function isFixedRevision(revision: string): boolean {
  return isExactVersion(revision.replace(/^v/, "")) || /^[0-9a-f]{40}$/.test(revision);
}

/** `wp/project/tags/version/file`, and `wp/themes/project/version/file`. */
function wordpressFault([first = "", second = "", version = ""]: readonly string[]): PathFault | undefined {
  if ((first === "themes" || second === "tags") && /^\d[\w.-]*$/.test(version)) return undefined;
  return ["names no version", 'Write "wp/name/tags/1.2.3/…" for a plugin, "wp/themes/name/1.2.3/…" for a theme.'];
}

/** Only npm packages have a default file. */
function fileFault(path: string, hasFile: boolean): PathFault | undefined {
  return hasFile ? undefined : ["names no file", `Write the file, or ${show(`${path}/`)} for all files of the version.`];
}
