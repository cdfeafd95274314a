import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** A program that imports from `src`, so that no build is needed. */
const OPEN = join(ROOT, "test/types/open.ts");

const HEAD =
  'import { append, definePolicy, nonce, observe, override, type Patch, remove, securityHeaders, source } from "../../src/index.js";\n';

/** The place of the cursor in a program. */
const CURSOR = "▮";

/** What an editor shows in a program that uses the sources: one language service for all of them. */
export function sourceEditor() {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT);
  options.noUnusedLocals = false;
  let text = HEAD;
  let version = 0;
  const disk = ts.createCompilerHost(options);
  const service = ts.createLanguageService({
    getCurrentDirectory: () => ROOT,
    getCompilationSettings: () => options,
    getScriptFileNames: () => [OPEN],
    getScriptVersion: (name) => (name === OPEN ? String(version) : "0"),
    getScriptSnapshot(name) {
      const content = name === OPEN ? text : disk.readFile(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === OPEN || disk.fileExists(name),
    readFile: (name) => (name === OPEN ? text : disk.readFile(name)),
  });

  /** Puts a program into the file; returns the position of its cursor. */
  const open = (program: string): number => {
    text = HEAD + program.replace(CURSOR, "");
    version += 1;
    return HEAD.length + program.indexOf(CURSOR);
  };

  return {
    /** The names that are offered at the cursor. */
    completions: (program: string): readonly string[] =>
      service.getCompletionsAtPosition(OPEN, open(program), {})?.entries.map(({ name }) => name) ?? [],

    /** The type that is shown for the name behind the cursor. */
    hover: (program: string): string =>
      ts.displayPartsToString(service.getQuickInfoAtPosition(OPEN, open(program))?.displayParts).replace(/\s+/g, " "),

    /** The compiler's messages, each with the messages it consists of. */
    errors(program: string): readonly string[] {
      open(program);
      return [...service.getSyntacticDiagnostics(OPEN), ...service.getSemanticDiagnostics(OPEN)].map(({ messageText }) =>
        ts.flattenDiagnosticMessageText(messageText, "\n"),
      );
    },
  };
}
