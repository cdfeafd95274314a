import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compileProject } from "./compile.js";
import { install } from "./install.js";

const JEST = ["@types/jest@30.0.0", "@jest/globals@30.5.2", "expect@30.5.2"];

const withJest = install(...JEST);
const withoutJest = install();
afterAll(() => {
  withJest.remove();
  withoutJest.remove();
});

/** What somebody writes with the matcher, and two slips that the types catch. */
const STATEMENTS = `
declare const response: object;
expect.extend({ toBeSecured });
const now: void = expect(response).toBeSecured("strict");
expect(response).not.toBeSecured("strict");
const later: Promise<void> = expect(Promise.resolve(response)).resolves.toBeSecured("strict", { transport: "plain" });
// @ts-expect-error: no such preset
expect(response).toBeSecured("strcit");
// @ts-expect-error: a policy is missing
expect(response).toBeSecured();
`;
const IMPORT = 'import { toBeSecured } from "portcullis/testing";\n';

const project = (files: readonly string[], compilerOptions: object) =>
  JSON.stringify({
    compilerOptions: { target: "es2022", lib: ["es2023", "dom"], strict: true, noEmit: true, skipLibCheck: false, ...compilerOptions },
    files,
  });

withJest.write({
  "global.ts": IMPORT + STATEMENTS,
  "globals.ts": `import { expect } from "@jest/globals";\n${IMPORT}${STATEMENTS}`,
  "expect.ts": `import { expect } from "expect";\n${IMPORT}${STATEMENTS}`,
});
withoutJest.write({
  "secured.ts": 'import { secured } from "portcullis/testing";\nsecured("strict")({});\n',
  "nodenext.json": project(["secured.ts"], { module: "nodenext", moduleResolution: "nodenext", types: [] }),
});

describe("toBeSecured is typed", { timeout: 240_000 }, () => {
  it.each([
    ["nodenext", "nodenext"],
    ["bundler", "esnext"],
  ])('for the global expect of @types/jest, and those of "@jest/globals" and "expect": %s', (moduleResolution, module) => {
    const files = ["global.ts", "globals.ts", "expect.ts"];
    withJest.write({ [`${moduleResolution}.json`]: project(files, { moduleResolution, module, types: ["jest", "node"] }) });
    expect(compileProject("typescript", join(withJest.folder, `${moduleResolution}.json`))).toBe("");
  });

  it.each(["typescript", "typescript54"] as const)("without Jest there is no error in our declarations: %s", (compiler) => {
    expect(compileProject(compiler, join(withoutJest.folder, "nodenext.json"))).toBe("");
  });
});
