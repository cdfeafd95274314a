// Stryker's test runner for these suites, in its own process: a mutant costs milliseconds instead of a vitest.
import { readdirSync } from "node:fs";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { run, suitesOf } from "./suites.mjs";

class Runner {
  capabilities() {
    return { reloadEnvironment: true };
  }

  init() {
    const folder = `${process.cwd()}/test/mutation/built`;
    this.mutation = globalThis.__stryker__ ??= {};
    this.suites = readdirSync(folder)
      .sort()
      .map((name) => suitesOf(`${folder}/${name}`));
    /** Every test by its id: its suite, and its place in it. */
    this.tests = this.suites.flatMap((load) => load().map((_, index) => ({ load, index })));
  }

  /** Every test on freshly loaded modules: who comes second would not cover what the first has cached. */
  async dryRun() {
    const results = [];
    for (const [id, { load, index }] of this.tests.entries()) {
      this.mutation.currentTestId = undefined;
      const test = load()[index];
      this.mutation.currentTestId = String(id);
      const start = performance.now();
      const error = await run(test);
      const common = { id: String(id), name: test.name, timeSpentMs: performance.now() - start };
      results.push(error === undefined ? { ...common, status: 0 } : { ...common, status: 1, failureMessage: `${error.stack}` });
    }
    this.mutation.currentTestId = undefined;
    return { status: "complete", tests: results, mutantCoverage: this.mutation.mutantCoverage };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit }) {
    this.mutation.hitCount = hitLimit === undefined ? undefined : 0;
    this.mutation.hitLimit = hitLimit;
    try {
      return await this.#runs(activeMutant.id, mutantActivation === "static", testFilter);
    } finally {
      this.mutation.activeMutant = undefined;
    }
  }

  /** Runs the tests that cover a mutant; a suite is loaded when its first test comes. */
  async #runs(mutant, isStatic, filter) {
    const ids = filter?.toSorted((one, other) => one - other) ?? this.tests.map((_, id) => String(id));
    let nrOfTests = 0;
    let loaded;
    let tests = [];
    for (const id of ids) {
      const { load, index } = this.tests[Number(id)];
      if (load !== loaded) {
        this.mutation.activeMutant = isStatic ? mutant : undefined;
        try {
          tests = load();
        } catch (error) {
          return { status: "killed", killedBy: [], failureMessage: `${error.stack}`, nrOfTests };
        }
        loaded = load;
        this.mutation.activeMutant = mutant;
      }
      nrOfTests++;
      const error = await run(tests[index]);
      if (this.mutation.hitCount > this.mutation.hitLimit) return { status: "timeout" };
      if (error !== undefined) return { status: "killed", killedBy: [id], failureMessage: `${error.stack}`, nrOfTests };
    }
    return { status: "survived", nrOfTests };
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "suites", Runner)];
