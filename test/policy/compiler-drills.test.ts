import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** One entry more in each registry. */
const ADDED: Readonly<Record<string, readonly [behind: string, added: string]>> = {
  "src/headers/index.ts": ["export const headers = {", "moonPolicy: xFrameOptions,"],
  "src/headers/content-security-policy/directives.ts": [
    "export const directives = {",
    'moonSrc: { takes: "basic", fallback: ["defaultSrc"] }, moonMode: { takes: "flag" },',
  ],
  "src/headers/permissions-policy/features.ts": ["export const features = {", "moonWalk: {},"],
  "src/values/sources.ts": ["export type SourceExpression =", '| { readonly kind: "moon"; readonly text: string }'],
};

/** A program that uses what was added. */
const USE = `${ROOT}src/drill.ts`;
const USE_TEXT = `import { append, definePolicy } from "./index.js";
definePolicy({ moonPolicy: "DENY", permissionsPolicy: { moonWalk: ["self"] } });
definePolicy({ contentSecurityPolicy: { moonSrc: append("https://moon.example"), moonMode: true } });
`;

function changed(path: string): string | undefined {
  if (path === USE) return USE_TEXT;
  const addition = ADDED[relative(ROOT, path)];
  if (addition === undefined) return undefined;
  const [behind, added] = addition;
  const text = readFileSync(path, "utf8");
  if (!text.includes(behind)) throw new Error(`${path} has no ${behind}`);
  return text.replace(behind, `${behind}\n${added}\n`);
}

/** The compiler's errors in src outside the audit, as `file: message`. */
function errors(): readonly string[] {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile);
  const { options, fileNames } = ts.parseJsonConfigFileContent({ ...config, include: ["src"] }, ts.sys, ROOT);
  const disk = ts.createCompilerHost(options);
  const program = ts.createProgram([...fileNames, USE], options, {
    ...disk,
    fileExists: (path) => path === USE || disk.fileExists(path),
    readFile: (path) => changed(path) ?? disk.readFile(path),
    getSourceFile(path, how) {
      const text = changed(path);
      return text === undefined ? disk.getSourceFile(path, how) : ts.createSourceFile(path, text, how);
    },
  });
  return program
    .getSourceFiles()
    .filter(({ fileName }) => /^src\/(?!audit\/)/.test(relative(ROOT, fileName)))
    .flatMap((file) =>
      program
        .getSemanticDiagnostics(file)
        .map(({ messageText }) => `${relative(ROOT, file.fileName)}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`),
    )
    .sort();
}

let found: readonly string[] = [];
beforeAll(() => {
  found = errors();
}, 300_000);

const ofSourceKind = (error: string) => error.includes('kind: "moon"') || error.includes("Property 'moon' is missing");
const filesOf = (errors: readonly string[]) => errors.map((error) => error.split(":")[0]);

it("outside the audit a header and a feature are one row, and a directive is one row here and one in learn", () => {
  expect(filesOf(found.filter((error) => !ofSourceKind(error)))).toEqual(["src/reports/learn/directives.ts"]);
});

it("a kind of source is an error in every file that tells kinds apart", () => {
  expect(filesOf(found.filter(ofSourceKind))).toEqual([
    "src/headers/content-security-policy/source-list.ts",
    "src/reports/learn/sources.ts",
    "src/values/sources.ts",
  ]);
});
