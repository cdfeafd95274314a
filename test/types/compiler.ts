import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import newest from "typescript";
import oldest from "typescript54";

export type Compiler = typeof newest;

/** The newest TypeScript that is tested, and the oldest that is promised. */
export const compilers: readonly (readonly [version: string, compiler: Compiler])[] = [
  ["5.9", newest],
  ["5.4", oldest as unknown as Compiler],
];

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Where fixtures seem to lie: inside the package, so that its name resolves to `dist`, as it does for its users. */
const FOLDER = join(ROOT, "test/types/fixtures");

if (!existsSync(join(ROOT, "dist/index.d.ts"))) throw new Error("The type tests read dist/: run npm run build first.");

export interface Project {
  /** Packages whose global types are there; none unless told. */
  readonly types?: readonly string[];
  readonly exactOptionalPropertyTypes?: boolean;
  readonly experimentalDecorators?: boolean;
}

function optionsOf(ts: Compiler, { types = [], exactOptionalPropertyTypes = false, experimentalDecorators = false }: Project) {
  return {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [...types],
    strict: true,
    exactOptionalPropertyTypes,
    experimentalDecorators,
    skipLibCheck: true,
    noEmit: true,
  };
}

// Reading and binding the standard library is most of the work, and it is the same in every program.
const parsed = new Map<Compiler, Map<string, ReturnType<Compiler["createSourceFile"]> | undefined>>();

function hostOf(ts: Compiler, files: ReadonlyMap<string, string>, options: ReturnType<typeof optionsOf>) {
  const disk = ts.createCompilerHost(options);
  const cache = parsed.get(ts) ?? new Map();
  parsed.set(ts, cache);
  const host: typeof disk = {
    ...disk,
    fileExists: (path) => files.has(path) || disk.fileExists(path),
    readFile: (path) => files.get(path) ?? disk.readFile(path),
    getSourceFile(path, how) {
      const text = files.get(path);
      if (text !== undefined) return ts.createSourceFile(path, text, how);
      if (!basename(path).startsWith("lib.")) return disk.getSourceFile(path, how);
      if (!cache.has(path)) cache.set(path, disk.getSourceFile(path, how));
      return cache.get(path);
    },
  };
  return host;
}

const pathOf = (name: string) => join(FOLDER, `${name}.ts`);

/**
 * Compiles fixtures, each a module of its own, as one program.
 *
 * @returns the compiler's whole messages, one list for each fixture; empty where it compiles.
 */
export function compile(
  ts: Compiler,
  fixtures: Readonly<Record<string, string>>,
  project: Project = {},
): Record<string, readonly string[]> {
  const files = new Map(Object.entries(fixtures).map(([name, text]) => [pathOf(name), text]));
  const options = optionsOf(ts, project);
  const program = ts.createProgram({ rootNames: [...files.keys()], options, host: hostOf(ts, files, options) });
  const messages = (name: string) => {
    const file = program.getSourceFile(pathOf(name));
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return found.map(({ code, messageText }) => `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
  };
  return Object.fromEntries(Object.keys(fixtures).map((name) => [name, messages(name)]));
}

/** The place of the cursor in a fixture. */
export const CURSOR = "▮";

/** What an editor shows in a fixture: one language service, asked again and again. */
export function editor(ts: Compiler) {
  let text = "";
  let version = 0;
  const path = pathOf("open");
  const options = optionsOf(ts, {});
  const disk = ts.createCompilerHost(options);
  const service = ts.createLanguageService({
    getCurrentDirectory: disk.getCurrentDirectory,
    getCompilationSettings: () => options,
    getScriptFileNames: () => [path],
    getScriptVersion: (name) => (name === path ? String(version) : "0"),
    getScriptSnapshot(name) {
      const content = name === path ? text : disk.readFile(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getDefaultLibFileName: (given) => join(disk.getDefaultLibLocation?.() ?? dirname(""), ts.getDefaultLibFileName(given)),
    fileExists: (name) => name === path || disk.fileExists(name),
    readFile: (name) => (name === path ? text : disk.readFile(name)),
  });
  const open = (fixture: string) => {
    text = fixture.replace(CURSOR, "");
    version += 1;
    return fixture.indexOf(CURSOR);
  };
  return {
    /** What is offered at the cursor. */
    completions: (fixture: string) => service.getCompletionsAtPosition(path, open(fixture), {})?.entries.map(({ name }) => name) ?? [],
    /** What is said of the name behind the cursor. */
    hover: (fixture: string) => ts.displayPartsToString(service.getQuickInfoAtPosition(path, open(fixture))?.documentation ?? []),
  };
}
