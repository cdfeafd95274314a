// What the suites import from vitest, as far as they use it. A bundle of them is evaluated again for every mutant, so
// that nothing a mutant has cached outlives it; the compiled script stays, and that makes it cheap.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import vm from "node:vm";
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  customMatchers,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from "@vitest/expect";

const TIMEOUT = 20_000;

process.env.NODE_ENV = "test"; // elsewhere Express writes errors to the console

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

const expect = Object.assign((value, message) => chai.expect(value, message), chai.expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT]);
globalThis[GLOBAL_EXPECT] = expect;
setState({ assertionCalls: 0 }, expect);
chai.expect.extend(expect, customMatchers);
/** Asks again until it fits, or a second has gone. */
expect.poll = (read) => ({
  async toBe(expected) {
    for (let rest = 50; rest > 0 && read() !== expected; rest--) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(read()).toBe(expected);
  },
});

/** Ends a test that needs what a bundle cannot do; it counts as passed. */
const SKIPPED = Symbol("skipped");

let suite = { names: [], before: [], after: [] };
let tests = [];
let finished = [];

function describe(name, fill) {
  const outer = suite;
  suite = { names: [...outer.names, name], before: [...outer.before], after: [...outer.after] };
  fill();
  suite = outer;
}
function it(name, run) {
  tests.push({ name: [...suite.names, name].join(" > "), run, suite });
}
const each = (one) => (rows) => (name, run) => {
  for (const [index, row] of rows.entries()) one(`${name} [${index}]`, () => run(...(Array.isArray(row) ? row : [row])));
};
const vitest = {
  describe: Object.assign(describe, { each: each(describe), runIf: (wanted) => (wanted ? describe : () => undefined) }),
  it: Object.assign(it, { each: each(it) }),
  expect,
  beforeEach: (run) => suite.before.push(run),
  afterEach: (run) => suite.after.unshift(run),
  onTestFinished: (run) => finished.unshift(run),
  vi: {
    resetModules: () => {
      throw SKIPPED;
    },
  },
};

/** Reads a bundle; the function that it returns evaluates it anew, and returns its tests in order. */
export function suitesOf(file) {
  const code = `(function (exports, module, require, url) {${readFileSync(file, "utf8")}\n})`;
  const script = new vm.Script(code, { filename: file, importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER });
  const load = createRequire(file);
  const url = new URL("../http/suite.cjs", import.meta.url).href; // the fixtures that suites find from import.meta.url are there
  return () => {
    tests = [];
    const module = { exports: {} };
    const require = (name) => (name === "vitest" ? vitest : load(name));
    script.runInThisContext()(module.exports, module, require, url);
    return tests;
  };
}

let stray; // rejects the test that runs with what nobody caught
for (const event of ["uncaughtException", "unhandledRejection"]) process.on(event, (error) => stray?.(error));

/** Runs one test with its hooks; resolves with what went wrong, or with undefined. */
export async function run(test) {
  finished = [];
  let timer;
  const ended = new Promise((_, reject) => {
    stray = reject;
    timer = setTimeout(() => reject(new Error(`no end within ${TIMEOUT} ms`)), TIMEOUT);
  });
  const steps = async () => {
    for (const step of test.suite.before) await step();
    await test.run();
    for (const step of [...test.suite.after, ...finished]) await step();
  };
  try {
    await Promise.race([steps(), ended]);
    return undefined;
  } catch (error) {
    if (error === SKIPPED) return undefined;
    for (const step of finished) Promise.resolve(step()).catch(() => undefined);
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    clearTimeout(timer);
    stray = undefined;
  }
}
