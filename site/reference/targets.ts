import { exportCommand } from "../../src/cli/commands/export.js";
import { exportPolicy, type TargetName } from "../../src/export/index.js";
import { formats } from "../../src/export/parse/formats.js";
import { SERVER_OPTIONS, type ServerOption, type Target } from "../../src/export/target.js";
import { targets } from "../../src/export/targets/index.js";
import { kebabCase } from "../../src/values/text.js";
import type { Page } from "../page.js";
import { guide } from "./guides.js";
import { groupOf, indexRef, pathOf, ref } from "./links.js";
import { blocks, code, fence, list, plain, prose, section, table } from "./markdown.js";

/** A page for each export target of the registry, and their index. */
export function targetPages(): readonly Page[] {
  const all = Object.values(targets) as readonly Target<TargetName>[];
  return [indexPage(all), ...all.map(targetPage)];
}

function indexPage(all: readonly Target[]): Page {
  return {
    path: pathOf("targets"),
    title: "Export targets",
    description: "Every server, CDN and edge function that portcullis export prints a policy for.",
    group: groupOf("targets"),
    body: blocks(
      `${code("portcullis export <target> --policy strict")} prints a policy for a server, which then sends the same headers as the middleware. See ${guide("deploy", "Deploying")}.`,
      table(
        ["Target", "What it prints"],
        all.map(({ name, title }) => [ref("targets", name), prose(title)]),
      ),
      `In code, ${code("exportPolicy(target, { policy })")} of ${code('"portcullis/export"')} returns the files and the warnings. A nonce cannot be printed: use hashes, or serve the pages from Node.`,
    ),
  };
}

function targetPage(target: Target<TargetName>): Page {
  const { name, title } = target;
  return {
    path: pathOf("targets", name),
    title: `${name} (export target)`,
    description: plain(`Security headers for ${title}, printed by portcullis export ${name}.`),
    group: groupOf("targets"),
    body: blocks(
      `${code(`portcullis export ${name}`)} prints a policy for ${prose(title)}. The server then sends the same headers as the middleware.`,
      fence("sh", `npx portcullis export ${name} --policy strict --out deploy`),
      "In code:",
      fence(
        "js",
        `import { exportPolicy } from "portcullis/export";\n\nconst { files, warnings } = exportPolicy("${name}", { policy: "strict" });`,
      ),
      `${guide(`targets/${name}`, `The guide to ${name}`)} says where each file belongs, how paths match, and which responses do not have the headers.`,
      optionSection(target),
      limitSection(target),
      sampleSection(name),
      section(
        "See also",
        list([
          indexRef("targets", "All targets"),
          ref("commands", "export", "portcullis export"),
          ...(Object.hasOwn(formats, name) ? [`${ref("commands", "import", `portcullis import ${name}`)} reads such a configuration`] : []),
          ref("presets", "recommended"),
        ]),
      ),
    ),
  };
}

/** The options of a complete server that the target uses, with and without an upstream. */
function optionSection({ uses = SERVER_OPTIONS, usesAlone, uses: written }: Target): string {
  const alone: readonly ServerOption[] = usesAlone ?? written ?? [];
  const rows = uses.map((option) => {
    const flag = kebabCase(option);
    const { text = "", default: usual = "" } = exportCommand.flags[flag] ?? {};
    return [code(`--${flag}`), code(option), prose(text), usual === "" ? "" : prose(usual), alone.includes(option) ? "yes" : "no"];
  });
  const upstream = exportCommand.flags["upstream"]?.text ?? "";
  const server = rows.length === 0 ? "Only headers are printed: the options of a complete server have no effect." : "";
  return section(
    "Options",
    `Every target takes ${code("--policy")} and ${code("--route")}.${rows.length === 0 ? "" : ` ${code("--upstream")}: ${prose(upstream)}`}`,
    server,
    table(["Flag", "In code", "What it does", "Default", "Without an upstream too"], rows),
  );
}

function limitSection({ longestValue, mostHeaders, longestLine, mostRoutes, largestFile }: Target): string {
  const limits = [
    ["Characters of a value", longestValue],
    ["Headers", mostHeaders],
    ["Characters of a line", longestLine],
    ["Routes", mostRoutes],
    ["Bytes of a file", largestFile],
  ] as const;
  const rows = limits.flatMap(([what, most]) => (most === undefined ? [] : [[what, most.toLocaleString("en")]]));
  return section(
    "Limits",
    rows.length === 0 ? "" : "A policy beyond these limits of the target is an error:",
    table(["Limit", "At most"], rows),
  );
}

function sampleSection(name: TargetName): string {
  const { files, warnings } = exportPolicy(name, { policy: "recommended" });
  return section(
    "Sample",
    `${code(`portcullis export ${name} --policy recommended`)} prints:`,
    ...files.flatMap(({ path, text }) => [`${code(path)}:`, fence(languageOf(path), text)]),
    warnings.length === 0 ? "" : `With ${warnings.length === 1 ? "this warning" : "these warnings"}:`,
    list(warnings.map(prose)),
  );
}

/** The highlighter's name of a file's language, by its extension or its name. */
const LANGUAGES: Readonly<Record<string, string>> = {
  conf: "nginx",
  Caddyfile: "text",
  cfg: "text",
  htaccess: "apache",
  html: "html",
  js: "js",
  mjs: "js",
  json: "json",
  tf: "terraform",
  toml: "toml",
  ts: "ts",
  yaml: "yaml",
  yml: "yaml",
};

function languageOf(path: string): string {
  const end = path.split("/").at(-1)?.split(".").at(-1) ?? "";
  return Object.hasOwn(LANGUAGES, end) ? (LANGUAGES[end] as string) : "text";
}
