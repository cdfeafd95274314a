import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { own } from "../../values/own.js";
import { isList } from "../../values/text.js";
import { Failure } from "../failure.js";
import { parseJson } from "../input/json.js";
import { beginningOf, checkFile, readText } from "../input/text.js";
import { MOST_BYTES } from "../limits.js";
import { FRAMEWORKS, type FrameworkName } from "./frameworks.js";
import { HELMETS, type HelmetName } from "./helmets.js";
import { type Manager, managerOf } from "./managers.js";
import { type Application, applicationOf, PYTHON_FILES } from "./python.js";
import { readRepository } from "./repository.js";

const NGINX_CONFIGS = ["nginx.conf", "default.conf", "nginx/nginx.conf", "nginx/default.conf"] as const;

const LONGEST_REQUIREMENTS = 1_000_000;

/** What `init` can see of a project. */
export interface Project {
  /** Undefined where no package of a framework is installed. */
  readonly framework: FrameworkName | undefined;
  readonly language: "typescript" | "esm" | "commonjs";
  /** Whether files ending in .js and .ts are modules: package.json has `"type": "module"`. */
  readonly isModule: boolean;
  /** Whether the compiler makes CommonJS of files ending in .ts. */
  readonly emitsCommonJs: boolean;
  /** Whether it takes `import` and `export` in files ending in .mts only. */
  readonly needsMts: boolean;
  /** Whether this Node imports TypeScript: 22.18 and newer do. */
  readonly runsTypeScript: boolean;
  /** Whether files of JavaScript need `.mjs`: there is no package.json that makes them modules. */
  readonly isBare: boolean;
  /** The folder of the sources, where the compiler accepts no file outside it, or would change its output: `"src"`; `""` for any. */
  readonly rootDir: string;
  /** Whether imports name files by `.ts`. */
  readonly importsTs: boolean;
  readonly runner: Runner;
  /** The folder of the tests. */
  readonly tests: string;
  /** The file that starts the application, where its name is a usual one. */
  readonly main: string | undefined;
  /** Next's own configuration, which decides how it imports. */
  readonly nextConfig: string | undefined;
  readonly manager: Manager;
  /** The way from the root of the repository to the project; `""` at the root, and outside of a repository. */
  readonly below: string;
  /** Whether Nest runs on Fastify. */
  readonly nestOnFastify: boolean;
  /** Whether `portcullis` is one of its dependencies. */
  readonly hasPortcullis: boolean;
  /** The application of a project in Python, without package.json. */
  readonly application: Application | undefined;
  /** Whether `playwright-core` is one of its dependencies. */
  readonly hasBrowserDriver: boolean;
  /** A configuration of nginx in the folder. */
  readonly nginxConfig: string | undefined;
  /** Dependencies that send security headers too. */
  readonly helmets: readonly HelmetName[];
}

export type Runner = "vitest" | "jest" | "node";

const LONGEST_TSCONFIG = 100_000;
const LONGEST_BEGINNING = 1_000;

/** Without one of these, Jest reads no TypeScript. */
const JEST_TYPESCRIPT = ["ts-jest", "@swc/jest", "@babel/preset-typescript", "esbuild-jest", "next"] as const;

/** Names of the file that starts an application, as guides and generators of frameworks write them. */
const MAINS = ["main", "server", "app", "index"] as const;
const ENDS = ["ts", "mts", "js", "mjs", "cjs"] as const;

const NEXT_CONFIGS = ["next.config.ts", "next.config.mts", "next.config.mjs", "next.config.js", "next.config.cjs"] as const;

/**
 * Reads what `init` needs to know from package.json, tsconfig.json and the names of files.
 *
 * @throws {Failure} where package.json or tsconfig.json cannot be read.
 */
export async function readProject(folder: string): Promise<Project> {
  const has = (name: string) => existsSync(join(folder, name));
  const read = (name: string, bytes: number) => {
    checkFile(join(folder, name), name, bytes);
    return readText(join(folder, name), name, { bytes });
  };
  const manifest: unknown = has("package.json") ? parseJson(await read("package.json", MOST_BYTES.policy), "package.json") : {};
  if (typeof manifest !== "object" || manifest === null || isList(manifest)) throw new Failure(["package.json is not an object."]);
  const packages = new Set(
    ["dependencies", "devDependencies"].flatMap((key) => Object.keys((own(manifest, key) as object | undefined) ?? {})),
  );
  const tsconfig = has("tsconfig.json") ? withoutComments(await read("tsconfig.json", LONGEST_TSCONFIG)) : undefined;
  const python = has("package.json") ? [] : PYTHON_FILES.filter(has);
  const requirements = await Promise.all(python.map(async (name) => [name, await read(name, LONGEST_REQUIREMENTS)] as const));
  const { below, workspace, packageManager } = await readRepository(folder, manifest);
  const isModule = own(manifest, "type") === "module";
  const runner = runnerOf(packages, tsconfig !== undefined);
  const emitsCommonJs = !isModule && COMMONJS.test(tsconfig ?? "");
  return {
    framework: (Object.keys(FRAMEWORKS) as FrameworkName[]).find((name) => FRAMEWORKS[name].packages.some((one) => packages.has(one))),
    language: tsconfig !== undefined ? "typescript" : isModule || !has("package.json") ? "esm" : "commonjs",
    isModule,
    emitsCommonJs,
    // Jest reads no .mts by itself.
    needsMts: emitsCommonJs && runner !== "jest" && /"verbatimModuleSyntax"\s*:\s*true/.test(tsconfig ?? ""),
    runsTypeScript: Boolean((process.features as { typescript?: unknown }).typescript),
    isBare: !has("package.json"),
    rootDir: rootDirOf(tsconfig ?? "", isFolder(folder, "src")),
    importsTs: /"(?:allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/.test(tsconfig ?? ""),
    runner,
    tests: testsOf(folder),
    main: mainOf(folder),
    nextConfig: NEXT_CONFIGS.find(has),
    manager: managerOf(
      packageManager,
      (name) => existsSync(join(workspace, name)),
      (name) => beginningOf(join(workspace, name), name, LONGEST_BEGINNING),
    ),
    below,
    nestOnFastify: packages.has("@nestjs/platform-fastify") && !packages.has("@nestjs/platform-express"),
    hasPortcullis: packages.has("portcullis"),
    application: applicationOf(Object.fromEntries(requirements)),
    hasBrowserDriver: packages.has("playwright-core"),
    nginxConfig: NGINX_CONFIGS.find(has),
    helmets: HELMETS.filter((name) => packages.has(name)),
  };
}

/** The settings of `module` with which the ending of a file and `type` of package.json decide, or all is CommonJS. */
const COMMONJS = /"module"\s*:\s*"(?:commonjs|node(?:16|18|20|next))"/i;

/** tsconfig.json may have comments, and `tsc --init` writes most options into them. */
const withoutComments = (text: string) =>
  text.replace(/"(?:[^"\\\n]|\\.)*"?|\/\/[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?/g, (found) => (found.startsWith('"') ? found : ""));

/** With an `outDir` and no `rootDir`, a file beside `src` would move all that the compiler writes into `dist/src`. */
function rootDirOf(tsconfig: string, hasSources: boolean): string {
  const written = /"rootDir"\s*:\s*"(?:\.\/)?(\w[\w-]*(?:\/[\w-]+)*)\/?"/.exec(tsconfig)?.[1];
  if (written !== undefined || /"rootDir"\s*:/.test(tsconfig)) return isKept(written ?? "", tsconfig) ? (written ?? "") : "";
  return hasSources && /"outDir"\s*:/.test(tsconfig) && !/"noEmit"\s*:\s*true/.test(tsconfig) ? "src" : "";
}

/** Whether a file in a folder stays: npm and git lose what is in node_modules, and the compiler what is in its `outDir`. */
function isKept(folder: string, tsconfig: string): boolean {
  const out = /"outDir"\s*:\s*"(?:\.\/)?([^"]*?)\/?"/.exec(tsconfig)?.[1];
  return !folder.split("/").includes("node_modules") && (out === undefined || !`${folder}/`.startsWith(`${out}/`));
}

function runnerOf(packages: ReadonlySet<string>, isTypeScript: boolean): Runner {
  if (packages.has("vitest")) return "vitest";
  // Nest is written in modules, which Jest cannot require.
  return packages.has("jest") && !packages.has("@nestjs/core") && (!isTypeScript || JEST_TYPESCRIPT.some((name) => packages.has(name)))
    ? "jest"
    : "node";
}

function isFolder(folder: string, name: string): boolean {
  return existsSync(join(folder, name)) && statSync(join(folder, name)).isDirectory();
}

/** A new folder, where a file or a link has the usual name. */
function testsOf(folder: string): string {
  const usual = ["test", "tests", "__tests__"];
  const names = new Set(readdirSync(folder));
  return usual.find((name) => isFolder(folder, name)) ?? usual.find((name) => !names.has(name)) ?? "test";
}

function mainOf(folder: string): string | undefined {
  const names = ["", "src/"].flatMap((place) => MAINS.flatMap((name) => ENDS.map((end) => `${place}${name}.${end}`)));
  return names.find((name) => existsSync(join(folder, name)) && statSync(join(folder, name)).isFile());
}
