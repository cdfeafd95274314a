import { createRequire } from "node:module";
import { basename, join } from "node:path";
import type typescript from "typescript";

const require = createRequire(import.meta.url);

export type CompilerName = "typescript" | "typescript54";

type Compiler = typeof typescript;

// The standard library is the same in every program; reading and binding it again takes about a second.
const libraries = new Map<string, typescript.SourceFile | undefined>();

/**
 * Compiles a project in this process, by its tsconfig file.
 *
 * The declarations of the standard library and of Node are not checked; those of all other packages are, where the project asks for it.
 *
 * @returns what `tsc --pretty false` prints; empty where it compiles.
 */
export function compileProject(compiler: CompilerName, project: string): string {
  const ts = require(compiler) as Compiler;
  const program = programOf(ts, compiler, project);
  const checked = program.getSourceFiles().filter(({ fileName }) => !isGiven(fileName));
  const diagnostics = [
    ...program.getConfigFileParsingDiagnostics(),
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...checked.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ];
  return ts.formatDiagnostics(diagnostics, {
    getCurrentDirectory: () => join(project, ".."),
    getCanonicalFileName: (path) => path,
    getNewLine: () => "\n",
  });
}

function programOf(ts: Compiler, compiler: CompilerName, project: string): typescript.Program {
  const parsed = ts.getParsedCommandLineOfConfigFile(
    project,
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic({ messageText }) {
        throw new Error(ts.flattenDiagnosticMessageText(messageText, "\n"));
      },
    },
  );
  if (parsed === undefined) throw new Error(`${project} cannot be read.`);
  const { fileNames, options, errors } = parsed;
  const disk = ts.createCompilerHost(options);
  const host: typescript.CompilerHost = {
    ...disk,
    getSourceFile(path, how, ...rest) {
      if (!isLibrary(path)) return disk.getSourceFile(path, how, ...rest);
      const key = `${compiler} ${path}`;
      if (!libraries.has(key)) libraries.set(key, disk.getSourceFile(path, how, ...rest));
      return libraries.get(key);
    },
  };
  return ts.createProgram({ rootNames: fileNames, options, host, configFileParsingDiagnostics: errors });
}

const isLibrary = (path: string) => /^lib\.[\w.]*d\.ts$/.test(basename(path)) && /\/node_modules\/typescript(?:54)?\/lib\//.test(path);

const isGiven = (path: string) => isLibrary(path) || /\/node_modules\/(?:@types\/node|undici-types)\//.test(path);
