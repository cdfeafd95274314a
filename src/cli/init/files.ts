import { posix } from "node:path";
import { isApplication } from "../input/presets.js";
import { FRAMEWORKS, type FrameworkName } from "./frameworks.js";
import type { Project } from "./project.js";

/** What was chosen, by flags or answers. */
export interface Choices {
  readonly framework: FrameworkName;
  readonly preset: string;
  /** Names of recipes. */
  readonly services: readonly string[];
  /** `"node"`, or a target of `portcullis export`. */
  readonly serve: string;
}

/** A file to write, by its path from the project's folder. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** What files and lines depend on in a project. */
export interface Place
  extends Omit<Project, "framework" | "hasPortcullis" | "helmets" | "application" | "hasBrowserDriver" | "nginxConfig"> {
  /** Whether the policy is in JSON, which needs no package in the project: there is no package.json, and no code to add the policy to. */
  readonly isJson: boolean;
}

/** The project, as files for a framework depend on it. */
export const placeFor = <P extends Project>(project: P, framework: FrameworkName): P & Place => ({
  ...project,
  isJson: project.isBare && framework === "none",
});

/** The path of the policy: found by the command line itself, except where the compiler takes files of one folder only. */
export function policyPath({ language, rootDir, isBare, isJson, needsMts }: Place): string {
  if (isJson) return "portcullis.config.json";
  if (language !== "typescript") return isBare ? "portcullis.config.mjs" : "portcullis.config.js";
  return `${rootDir === "" ? "portcullis.config" : `${rootDir}/policy`}.${needsMts ? "mts" : "ts"}`;
}

/** The policy as an argument of a command: none where the command line finds it. */
export const policyWord = (place: Place): string => wordOf(policyPath(place));

/** The same, for a path. */
export const wordOf = (path: string): string => (path.startsWith("portcullis.config") ? "" : ` ${path}`);

/** The policy file. */
export function policyFile({ framework, preset, services, serve }: Choices, place: Place): NewFile {
  if (place.isJson) {
    const document = { policy: preset, ...(services.length > 0 && { services }) };
    return { path: policyPath(place), text: `${JSON.stringify(document, undefined, 2)}\n` };
  }
  const isTypedExport = serve !== "node" && place.language === "typescript";
  const isCommonJs = place.language === "commonjs";
  const isOfApplication = isApplication(preset);
  const inline = framework === "next" ? ', { contentSecurityPolicy: { scriptSrc: append("unsafe-inline") } }' : "";
  const imports = [
    [framework === "next" ? "{ append, definePolicy }" : "{ definePolicy }", "portcullis"],
    ...(isOfApplication ? [[`{ ${preset} }`, "portcullis/applications"]] : []),
    ...(isTypedExport ? [["type { ExportRoute }", "portcullis/export"]] : []),
    ...(services.length > 0 ? [[`{ ${[...services].sort().join(", ")} }`, "portcullis/services"]] : []),
  ] as const;
  const lines = [
    `// The security headers of this site. To see them: ${place.manager.exec} portcullis headers${policyWord(place)}`,
    ...imports.map(([what = "", module = ""]) => imported(what, module, isCommonJs)),
    "",
    ...(framework === "next"
      ? ["// Next writes inline scripts into its pages: node_modules/portcullis/docs/next.md has stricter ways."]
      : []),
    `${isCommonJs ? "exports.policy" : "export const policy"} = definePolicy(${isOfApplication ? preset : `"${preset}"`}${inline}${services.map((name) => `, ${name}()`).join("")});`,
    ...(serve === "node" ? [] : routesLines(isCommonJs, isTypedExport)),
  ];
  return { path: policyPath(place), text: `${lines.join("\n")}\n` };
}

/** A server has the headers of paths from its files; an application adds them where the path is handled. */
function routesLines(isCommonJs: boolean, isTyped: boolean): readonly string[] {
  return [
    "",
    '// Paths with other headers, such as { path: "/account/*", layers: [{ cacheControl: "no-store" }] }.',
    `${isCommonJs ? "exports.routes" : `export const routes${isTyped ? ": readonly ExportRoute[]" : ""}`} = [];`,
  ];
}

/** One import, or what CommonJS has instead. */
export function imported(what: string, module: string, isCommonJs: boolean): string {
  return isCommonJs
    ? `const ${what.replaceAll(" as ", ": ")} = require(${JSON.stringify(module)});`
    : `import ${what} from ${JSON.stringify(module)};`;
}

/** How a path of an import ends. */
export type ImportExtension = "js" | "ts" | "none";

/** The path by which a file imports the policy. */
export function policyModule(from: string, place: Place, extension: ImportExtension): string {
  const path = posix
    .relative(posix.dirname(from), policyPath(place))
    // The m is never left out.
    .replace(/\.(m?)[jt]s$/, (_, m: string) => (extension === "none" && m === "" ? "" : `.${m}${extension === "ts" ? "ts" : "js"}`));
  return path.startsWith(".") ? path : `./${path}`;
}

/** Where the lines for the application go, and those lines: `init` does not edit it. */
export function middlewareLines({ framework }: Choices, place: Place): { readonly title: string; readonly lines: readonly string[] } {
  const { entry, use, place: where } = FRAMEWORKS[framework];
  const file = framework === "next" ? (place.nextConfig ?? "next.config") : place.main;
  const from = file ?? (place.rootDir === "" ? "app" : `${place.rootDir}/app`);
  const isCommonJs = place.language === "commonjs" ? !/\.m[jt]s$/.test(from) : /\.cjs$/.test(from);
  const lines =
    entry === undefined
      ? []
      : [
          imported(`{ ${entry.name} }`, entry.module, isCommonJs),
          imported("{ policy }", policyModule(from, place, extensionIn(from, framework, place)), isCommonJs),
          "",
          // CommonJS has no await outside of functions; Fastify waits for its plugins itself.
          ...use.map((line) => (isCommonJs ? line.replace(/^await /, "") : line)),
        ];
  return { title: `Add to ${file ?? "the application"}, ${where}:`, lines };
}

/** In CommonJS, ts-node and Jest find TypeScript only without an extension, as Next does; in modules, a path has one. */
function extensionIn(from: string, framework: FrameworkName, { language, importsTs, emitsCommonJs }: Place): ImportExtension {
  if (language !== "typescript") return "js";
  if (framework === "next") return "none";
  if (importsTs) return "ts";
  return emitsCommonJs && !from.endsWith(".mts") ? "none" : "js";
}
