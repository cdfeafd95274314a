import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { skipWithout } from "../peers.js";
import { howToGetNodes, install, nodeBinary } from "./install.js";

const installed = install();
afterAll(installed.remove);

/** A program whose fourth line makes a mistake at boot. */
const program = (entry: string, name: string, call: string) => ({
  mjs: `import { ${name} } from "${entry}";\n\nfunction boot() {\n  ${call};\n}\nboot();\n`,
  cjs: `const { ${name} } = require("${entry}");\n\nfunction boot() {\n  ${call};\n}\nboot();\n`,
});

const MISTAKES = [
  [
    "securityHeaders",
    program("portcullis", "securityHeaders", 'securityHeaders("strict", { xFrameOption: "DENY" })'),
    'xFrameOption: unknown header. Did you mean "xFrameOptions"?',
  ],
  [
    "definePolicy",
    program("portcullis", "definePolicy", 'definePolicy("none", { xFrameOption: "DENY" })'),
    'xFrameOption: unknown header. Did you mean "xFrameOptions"?',
  ],
  [
    "override",
    program("portcullis", "override", 'override({ xFrameOption: "DENY" })'),
    'xFrameOption: unknown header. Did you mean "xFrameOptions"?',
  ],
  [
    "exportPolicy",
    program("portcullis/export", "exportPolicy", 'exportPolicy("nginx", { policy: [{ xFrameOption: "DENY" }] })'),
    'policy.xFrameOption: unknown header. Did you mean "xFrameOptions"?',
  ],
  [
    "the Fetch adapter",
    program("portcullis/fetch", "securityHeaders", 'securityHeaders({ xFrameOption: "DENY" })'),
    'xFrameOption: unknown header. Did you mean "xFrameOptions"?',
  ],
] as const;

const SEVERAL = program("portcullis", "securityHeaders", 'securityHeaders({ xFrameOption: "DENY", referrerPolicy: "no-referer" })');

installed.write({
  ...Object.fromEntries(
    MISTAKES.flatMap(([, { mjs, cjs }], index) => [
      [`one-${index}.mjs`, mjs],
      [`one-${index}.cjs`, cjs],
    ]),
  ),
  "several.mjs": SEVERAL.mjs,
  "several.cjs": SEVERAL.cjs,
  "named.mjs":
    'import { definePolicy } from "portcullis";\ntry {\n  definePolicy({ xFrameOption: "DENY" });\n} catch (error) {\n  console.log(error.stack.split("\\n").slice(0, 2).join("\\n"));\n  console.log(Error.stackTraceLimit, error.stack.match(/^    at /gm).length <= 10, Object.keys(error).includes("stack"));\n}\n',
  "deep.cjs":
    'const { definePolicy } = require("portcullis");\nError.stackTraceLimit = 2;\nfunction go(times) {\n  if (times > 0) return go(times - 1);\n  definePolicy({ xFrameOption: "DENY" });\n}\ntry {\n  go(20);\n} catch (error) {\n  console.log(error.stack.split("\\n").slice(1).join("\\n").replaceAll(__dirname, "."));\n}\n',
  "next.cjs": `const { createServer } = require("node:http");
const { perRequest, securityHeaders } = require("portcullis");
const slot = perRequest(function tenant() {
  throw new Error("the database is away");
});
const put = securityHeaders("none", { contentSecurityPolicy: { defaultSrc: [slot] } });
const server = createServer(function handler(req, res) {
  put(req, res, (error) => {
    res.end([...error.stack.split("\\n").slice(1, 2), error.cause.stack.split("\\n")[1]].join("\\n").replaceAll(__dirname, "."));
  });
});
server.listen(0, "127.0.0.1", async () => {
  const response = await fetch("http://127.0.0.1:" + server.address().port);
  console.log(await response.text());
  server.close();
});
`,
  "frozen.cjs":
    'const { definePolicy, PolicyError } = require("portcullis");\ntry {\n  definePolicy({ xFrameOption: "DENY" });\n} catch (error) {\n  console.log(error instanceof PolicyError, error.message);\n}\n',
});

const deaths = new Map<string, string>();

/** What Node prints as it dies, and of that what follows the line of source that it prints first. */
function death(node: string, file: string): { readonly printed: string; readonly error: string } {
  const key = `${node} ${file}`;
  const printed = deaths.get(key) ?? spawnSync(node, [file], { cwd: installed.folder, encoding: "utf8" }).stderr;
  deaths.set(key, printed);
  return { printed, error: printed.slice(printed.indexOf("\n\n") + 2) };
}

const peers = [20, 22, 24].map((version) => ({ name: `Node ${version}`, found: existsSync(nodeBinary(version)), get: howToGetNodes }));
const skip = skipWithout("what Node prints of an uncaught PolicyError", peers);

describe.skipIf(skip).each([20, 22, 24])("On Node %i an uncaught PolicyError", (version) => {
  const node = nodeBinary(version);
  const cases = MISTAKES.flatMap(([name, , message], index) =>
    (["mjs", "cjs"] as const).map((format) => [name, format, index, message] as const),
  );

  it.each(cases)("of %s (%s) begins with its message and the caller's own frame", (_name, format, index, message) => {
    const [first, second] = death(node, `one-${index}.${format}`).error.split("\n");
    expect(first).toBe(`PolicyError: ${message}`);
    expect(second).toMatch(new RegExp(`^    at boot \\(.*one-${index}\\.${format}:4:3\\)$`));
  });

  it.each(cases)("of %s (%s) is at most 2,500 bytes", (_name, format, index) => {
    expect(Buffer.byteLength(death(node, `one-${index}.${format}`).printed)).toBeLessThanOrEqual(2500);
  });

  it.each(["mjs", "cjs"])("of several mistakes lists them before the caller's frame: %s", (format) => {
    const [first, second, third, fourth] = death(node, `several.${format}`).error.split("\n");
    expect(first).toBe("PolicyError: 2 mistakes:");
    expect(second).toContain('xFrameOption: unknown header. Did you mean "xFrameOptions"?');
    expect(third).toContain('referrerPolicy: "no-referer"');
    expect(fourth).toMatch(/^ {4}at boot \(.*several\.[cm]js:4:3\)$/);
  });

  it("prints a short line of source above it, or none of the package's", () => {
    const longest = death(node, "one-0.cjs")
      .printed.split("\n")
      .map((line) => line.length);
    expect(Math.max(...longest)).toBeLessThanOrEqual(200 + join(installed.library, "dist/shared").length);
  });
});

const run = (...args: readonly string[]) => spawnSync(process.execPath, [...args], { cwd: installed.folder, encoding: "utf8" }).stdout;

describe("A caught PolicyError", () => {
  it("has its name and the caller's frame in its stack, and changes nothing for other errors", () => {
    const [head, frame, rest] = run("named.mjs").split("\n");
    expect(head).toBe('PolicyError: xFrameOption: unknown header. Did you mean "xFrameOptions"?');
    expect(frame).toMatch(/^ {4}at file:.*named\.mjs:3:3$/);
    expect(rest).toBe("10 true false");
  });

  it("has as many frames as Error.stackTraceLimit asks for", () => {
    expect(run("deep.cjs")).toBe("    at go (./deep.cjs:5:3)\n    at go (./deep.cjs:4:25)\n");
  });

  it("that goes to next begins where the middleware was called, and its cause where that was thrown", () => {
    expect(run("next.cjs")).toBe("    at Server.handler (./next.cjs:8:3)\n    at Object.tenant [as fn] (./next.cjs:4:9)\n");
  });

  it("is thrown where the intrinsics are frozen", () => {
    expect(run("--frozen-intrinsics", "frozen.cjs")).toBe('true xFrameOption: unknown header. Did you mean "xFrameOptions"?\n');
  });
});
