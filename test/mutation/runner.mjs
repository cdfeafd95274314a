// Stryker's test runner for these suites, in its own process: a mutant costs milliseconds instead of a vitest.
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { run, suitesOf } from "./suites.mjs";

class Runner {
  capabilities() {
    return { reloadEnvironment: true };
  }

  init() {
    this.mutation = globalThis.__stryker__ ??= {};
    this.load = suitesOf(`${process.cwd()}/test/http/mutation.cjs`);
  }

  /** Every test on freshly loaded modules: who comes second would not cover what the first has cached. */
  async dryRun() {
    const results = [];
    const count = this.load().length;
    for (let id = 0; id < count; id++) {
      this.mutation.currentTestId = undefined;
      const test = this.load()[id];
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
    this.mutation.activeMutant = mutantActivation === "static" ? activeMutant.id : undefined;
    try {
      return await this.#runs(activeMutant.id, testFilter);
    } finally {
      this.mutation.activeMutant = undefined;
    }
  }

  async #runs(mutant, filter) {
    let tests;
    try {
      tests = this.load();
    } catch (error) {
      return { status: "killed", killedBy: [], failureMessage: `${error.stack}`, nrOfTests: 0 };
    }
    this.mutation.activeMutant = mutant;
    const ids = filter ?? tests.map((_, id) => String(id));
    let nrOfTests = 0;
    for (const id of ids) {
      nrOfTests++;
      const error = await run(tests[Number(id)]);
      if (this.mutation.hitCount > this.mutation.hitLimit) return { status: "timeout" };
      if (error !== undefined) return { status: "killed", killedBy: [id], failureMessage: `${error.stack}`, nrOfTests };
    }
    return { status: "survived", nrOfTests };
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "suites", Runner)];
