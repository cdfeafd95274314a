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
  "src/headers/cross-origin-resource-policy.ts": ['["same-origin", "same-site", ', '"same-moon", '],
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

/** The compiler's errors in src, as `file: message`. */
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
    .filter(({ fileName }) => relative(ROOT, fileName).startsWith("src/"))
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

/** The files with an error that names one of these, in one room or outside it. */
function filesThatMiss(words: readonly string[], inAudit: boolean): readonly string[] {
  return found
    .filter((error) => words.some((word) => error.includes(word)) && error.startsWith("src/audit/") === inAudit)
    .map((error) => error.split(":")[0] as string);
}

const SOURCE_KIND = ['kind: "moon"', "Property 'moon' is missing"];

it.each([
  ["a header", "moonPolicy", "src/audit/headers/index.ts"],
  ["a directive", "moonSrc", "src/audit/headers/content-security-policy/directives.ts"],
  ["a feature", "moonWalk", "src/audit/headers/permissions-policy/features.ts"],
])("%s without knowledge is an error in the audit's table", (_, name, file) => {
  expect(filesThatMiss([name], true)).toEqual([file]);
});

it("a word of a header without knowledge is an error in the audit's file of the header", () => {
  expect(filesThatMiss(["same-moon"], true)).toContain("src/audit/headers/cross-origin-resource-policy.ts");
});

it("outside the audit a header and a feature are one row, and a directive is one row here and one in learn", () => {
  expect(filesThatMiss(["moonPolicy", "moonSrc", "moonMode", "moonWalk"], false)).toEqual(["src/reports/learn/directives.ts"]);
});

it("a kind of source is an error in every file that tells kinds apart", () => {
  expect([...filesThatMiss(SOURCE_KIND, false), ...filesThatMiss(SOURCE_KIND, true)]).toEqual([
    "src/headers/content-security-policy/source-list.ts",
    "src/reports/learn/sources.ts",
    "src/values/sources.ts",
    "src/audit/compare/sent-directives.ts",
    "src/audit/evaluator.ts",
    "src/audit/explain-policy.ts",
    "src/audit/headers/content-security-policy/sentences.ts",
    "src/audit/sources/source-list.ts",
  ]);
});

it("nothing else is an error", () => {
  const known = ["moonPolicy", "moonSrc", "moonMode", "moonWalk", "same-moon", ...SOURCE_KIND];
  expect(found.filter((error) => !known.some((word) => error.includes(word)))).toEqual([]);
});
