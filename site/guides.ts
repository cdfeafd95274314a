import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { descriptionOf } from "./markdown.js";
import { entryOf } from "./navigation.js";
import type { SitePage } from "./site.js";

/** A file, and its name in the navigation if the title is long. */
type Entry = string | readonly [file: string, label: string];

/** The files of docs/ and of the root, in the order in which the navigation lists them. A file that is in no group fails the build. */
const GROUPS: Readonly<Record<string, readonly Entry[]>> = {
  Start: [["docs/cli.md", "The command line"], "docs/helmet.md", "docs/migrating.md", "docs/troubleshooting.md"],
  "Write a policy": [
    ["docs/overrides.md", "Layers and overrides"],
    ["docs/nonces.md", "Nonces"],
    ["docs/hashes.md", "Hashes"],
    "docs/report-only.md",
    ["docs/responses.md", "Sealing, https, cookies"],
  ],
  "Third parties": [["docs/services.md", "Recipes"]],
  "Where it runs": [
    "docs/frameworks.md",
    "docs/next.md",
    "docs/streamlit.md",
    ["docs/applications.md", "JupyterLab, Gradio and others"],
    "docs/proxy.md",
  ],
  "Servers and CDNs": [
    ["docs/deploy.md", "Deploy"],
    ["docs/import.md", "Import"],
  ],
  "Check a site": [
    ["docs/audit.md", "Check and compare"],
    ["docs/rollout.md", "Roll out a policy"],
    ["docs/record.md", "Record and prove"],
    ["docs/testing.md", "Your own tests"],
    ["docs/ci.md", "CI"],
    ["docs/proven.md", "Proven applications"],
  ],
  Project: [
    ...["docs/api.md", "docs/stability.md", "docs/architecture.md", "docs/threat-model.md", "docs/specifications.md", "docs/benchmarks.md"],
    ...["SECURITY.md", "CONTRIBUTING.md", "docs/releasing.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md"],
  ],
};

/** Files in a group below another one, by their folder. Their README.md is the overview. */
const FOLDERS: Readonly<Record<string, readonly [group: string, name: string]>> = { "docs/targets": ["Servers and CDNs", "Targets"] };

/**
 * The pages of the guides: docs/*.md, the folders of docs/, and files of the root.
 *
 * @param root the root of the repository.
 * @returns the pages, in the order of the navigation.
 * @throws {Error} for a file of docs/ in no group, a file that is missing, and a file that does not begin with a title.
 */
export function guidePages(root: string): readonly SitePage[] {
  const listed = Object.values(GROUPS).flat().map(fileOf);
  const unlisted = markdownIn(root, "docs").filter((file) => !listed.includes(file));
  if (unlisted.length > 0) {
    throw new Error(`${unlisted.join(", ")}: in no group of the navigation. Add it to GROUPS in site/guides.ts.`);
  }
  return Object.entries(GROUPS).flatMap(([group, files]) => [
    ...files.map((entry) => ({ ...guide(root, fileOf(entry), [group]), ...(typeof entry !== "string" && { label: entry[1] }) })),
    ...Object.entries(FOLDERS).flatMap(([folder, path]) => (path[0] === group ? folderPages(root, folder, path) : [])),
  ]);
}

function fileOf(entry: Entry): string {
  return typeof entry === "string" ? entry : entry[0];
}

/** The page that lists all guides by their group. */
export function guidesOverview(guides: readonly SitePage[]): SitePage {
  const groups = [...new Set(guides.map(({ group }) => group[0] ?? ""))];
  const rows = (name: string) => guides.filter(({ group }) => group.length === 1 && group[0] === name);
  const sections = groups.map((name) => `## ${name}\n\n${rows(name).map(entryOf).join("\n")}\n`);
  const description = "Every guide by its task: write a policy, run it, print it, check it.";
  return { path: "guides", title: "Guides", description, body: sections.join("\n"), group: ["Start"], isOverview: true };
}

/** The overview first, then the files in the order in which it links to them. */
function folderPages(root: string, folder: string, group: readonly string[]): readonly SitePage[] {
  const overview = guide(root, `${folder}/README.md`, group);
  const position = (file: string) => overview.body.indexOf(`](${file.slice(folder.length + 1)})`) >>> 0;
  const others = markdownIn(root, folder).filter((file) => !file.endsWith("/README.md"));
  return [overview, ...others.sort((one, other) => position(one) - position(other)).map((file) => guide(root, file, group))];
}

function markdownIn(root: string, folder: string): readonly string[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(".md"));
  return names.sort().map((name) => `${folder}/${name}`);
}

function guide(root: string, file: string, group: readonly string[]): SitePage {
  const text = readFileSync(join(root, file), "utf8");
  const [line = "", title] = /^# (.+)\n+/.exec(text) ?? [];
  if (title === undefined) throw new Error(`${file}:1: does not begin with a title. Write "# " and the title of the page.`);
  const body = text.slice(line.length);
  const source = { file, skipped: line.split("\n").length - 1 };
  return { path: guidePath(file), title: title.replaceAll("`", ""), description: descriptionOf(body), body, group, source };
}

/** `docs/targets/nginx.md` is `guides/targets/nginx`, `docs/targets/README.md` is `guides/targets`, `SECURITY.md` is `project/security`. */
function guidePath(file: string): string {
  const name = file.replace(/\.md$/, "").replace(/\/README$/, "");
  return name.startsWith("docs/") ? name.replace("docs/", "guides/") : `project/${name.toLowerCase()}`;
}
