import { existsSync } from "node:fs";
import { join } from "node:path";
import { own } from "../../values/own.js";
import { isList } from "../../values/text.js";
import { Failure } from "../failure.js";
import { parseJson } from "../input/json.js";
import { readText } from "../input/text.js";
import { MOST_BYTES } from "../limits.js";
import { FRAMEWORKS, type FrameworkName } from "./frameworks.js";

/** What `init` can see of a project. */
export interface Project {
  /** Undefined where no package of a framework is installed. */
  readonly framework: FrameworkName | undefined;
  readonly language: "typescript" | "esm" | "commonjs";
  /** The folder of the sources, where the compiler accepts no file outside it: `"src"`; `""` for the project's own. */
  readonly rootDir: string;
  /** Whether imports name files by `.ts`. */
  readonly importsTs: boolean;
  readonly runner: Runner;
  /** The folder of the tests. */
  readonly tests: string;
  readonly install: readonly string[];
  /** Whether `portcullis` is one of its dependencies. */
  readonly hasPortcullis: boolean;
}

export type Runner = "vitest" | "jest" | "node";

const LONGEST_TSCONFIG = 100_000;

/**
 * Reads what `init` needs to know from package.json, tsconfig.json and the names of files.
 *
 * @throws {Failure} where package.json or tsconfig.json cannot be read.
 */
export async function readProject(folder: string): Promise<Project> {
  const has = (name: string) => existsSync(join(folder, name));
  const read = (name: string) =>
    readText(join(folder, name), name, { bytes: name === "package.json" ? MOST_BYTES.policy : LONGEST_TSCONFIG });
  const manifest: unknown = has("package.json") ? parseJson(await read("package.json"), "package.json") : {};
  if (typeof manifest !== "object" || manifest === null || isList(manifest)) throw new Failure(["package.json is not an object."]);
  const packages = new Set(
    ["dependencies", "devDependencies"].flatMap((key) => Object.keys((own(manifest, key) as object | undefined) ?? {})),
  );
  const tsconfig = has("tsconfig.json") ? await read("tsconfig.json") : undefined;
  const isModule = own(manifest, "type") === "module" || !has("package.json");
  return {
    framework: (Object.keys(FRAMEWORKS) as FrameworkName[]).find((name) => FRAMEWORKS[name].packages.some((one) => packages.has(one))),
    language: tsconfig !== undefined ? "typescript" : isModule ? "esm" : "commonjs",
    rootDir: /"rootDir"\s*:\s*"(?:\.\/)?([\w-]+)\/?"/.exec(tsconfig ?? "")?.[1] ?? "",
    importsTs: /"(?:allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/.test(tsconfig ?? ""),
    runner: packages.has("vitest") ? "vitest" : packages.has("jest") ? "jest" : "node",
    tests: ["test", "tests", "__tests__"].find(has) ?? "test",
    install: installOf(has),
    hasPortcullis: packages.has("portcullis"),
  };
}

function installOf(has: (name: string) => boolean): readonly string[] {
  if (has("pnpm-lock.yaml")) return ["corepack enable", "pnpm install --frozen-lockfile"];
  if (has("yarn.lock")) return ["corepack enable", "yarn install --immutable"];
  return [has("package-lock.json") ? "npm ci" : "npm install"];
}
