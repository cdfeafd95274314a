import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** One entry more in each registry that the audit describes. */
const ADDED: Readonly<Record<string, readonly [behind: string, added: string]>> = {
  "src/headers/index.ts": ["export const headers = {", "moonPolicy: xFrameOptions,"],
  "src/headers/content-security-policy/directives.ts": [
    "export const directives = {",
    'moonSrc: { takes: "basic", fallback: ["defaultSrc"] }, moonMode: { takes: "flag" },',
  ],
  "src/headers/permissions-policy/features.ts": ["export const features = {", "moonWalk: {},"],
  "src/headers/cross-origin-resource-policy.ts": ['["same-origin", "same-site", ', '"same-moon", '],
  "src/values/sources.ts": ["export type SourceExpression =", '| { readonly kind: "moon"; readonly text: string }'],
};

function textWithAddition(path: string): string | undefined {
  const addition = ADDED[relative(ROOT, path)];
  if (addition === undefined) return undefined;
  const [behind, added] = addition;
  const text = readFileSync(path, "utf8");
  if (!text.includes(behind)) throw new Error(`${path} has no ${behind}`);
  return text.replace(behind, `${behind}\n${added}\n`);
}

/** The compiler's errors in src/audit, as `file: message`. */
function errors(): readonly string[] {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT);
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    readFile: (path) => textWithAddition(path) ?? disk.readFile(path),
    getSourceFile(path, how) {
      const text = textWithAddition(path);
      return text === undefined ? disk.getSourceFile(path, how) : ts.createSourceFile(path, text, how);
    },
  };
  const program = ts.createProgram([`${ROOT}src/audit/index.ts`], options, host);
  return program
    .getSourceFiles()
    .filter(({ fileName }) => relative(ROOT, fileName).startsWith("src/audit/"))
    .flatMap((file) =>
      program
        .getSemanticDiagnostics(file)
        .map(({ messageText }) => `${relative(`${ROOT}src/audit`, file.fileName)}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`),
    );
}

let found: readonly string[] = [];
beforeAll(() => {
  found = errors();
}, 300_000);

const filesThatMiss = (what: string) =>
  found
    .filter((error) => error.includes(what))
    .map((error) => error.split(":")[0] as string)
    .sort();

it("a header without knowledge is an error in the table of headers", () => {
  expect(filesThatMiss("moonPolicy")).toEqual(["headers/index.ts"]);
});

it("a directive without knowledge is an error in the table of directives", () => {
  expect(filesThatMiss("moonSrc")).toEqual(["headers/content-security-policy/directives.ts"]);
});

it("a feature without knowledge is an error in the table of features", () => {
  expect(filesThatMiss("moonWalk")).toEqual(["headers/permissions-policy/features.ts"]);
});

it("a word of a header without knowledge is an error in the file of the header", () => {
  expect(filesThatMiss("same-moon")).toContain("headers/cross-origin-resource-policy.ts");
});

it("a kind of source is an error in every place that tells kinds apart", () => {
  expect(filesThatMiss('kind: "moon"')).toEqual([
    "compare/sent-directives.ts",
    "evaluator.ts",
    "explain-policy.ts",
    "headers/content-security-policy/sentences.ts",
    "sources/source-list.ts",
  ]);
});
