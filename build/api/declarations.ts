import ts from "typescript";

/**
 * Writes the declarations of source files, and of all that they import, in one run of the compiler. It reports no errors of the source:
 * `npm run types` does.
 *
 * @param modules from the root of the repository.
 * @param outDir takes what is below `src`.
 * @throws {Error} where tsconfig.json cannot be read, or declarations cannot be written for a module.
 */
export function emitDeclarations(modules: readonly string[], outDir: string): void {
  const { options, errors } = ts.parseJsonConfigFileContent(ts.readConfigFile("tsconfig.json", ts.sys.readFile).config, ts.sys, ".");
  const program = ts.createProgram(modules, {
    ...options,
    noEmit: false,
    noCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    newLine: ts.NewLineKind.LineFeed,
    rootDir: "src",
    outDir,
  });
  const { diagnostics } = program.emit(undefined, undefined, undefined, true);
  const found = [...errors, ...program.getOptionsDiagnostics(), ...diagnostics].map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, "\n"),
  );
  if (found.length > 0) throw new Error(`The declarations cannot be written: ${found.join("\n")}`);
}
