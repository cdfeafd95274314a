// Stryker's checker that draws a random sample of the mutants: the others are set aside before any test runs. It draws by a
// hash of the seed and the mutant, so that a seed means the same mutants wherever the source is the same.
import { createHash } from "node:crypto";
import { relative } from "node:path";
import { commonTokens, declareFactoryPlugin, PluginKind, tokens } from "@stryker-mutator/api/plugin";

const SET_ASIDE = { status: "compileError", reason: "not in the sample" };

function sampler({ sample: { size, seed } }) {
  const rank = ({ fileName, location, mutatorName, replacement }) =>
    createHash("sha256")
      .update(JSON.stringify([seed, relative(process.cwd(), fileName), location, mutatorName, replacement]))
      .digest("hex");
  return {
    init: async () => undefined,
    /** All mutants are one group. */
    group: async (mutants) => [mutants.map(({ id }) => id)],
    check: async (mutants) => {
      const ranked = mutants
        .map((mutant) => ({ id: mutant.id, rank: rank(mutant) }))
        .sort((one, other) => (one.rank < other.rank ? -1 : 1));
      return Object.fromEntries(ranked.map(({ id }, index) => [id, index < size ? { status: "passed" } : SET_ASIDE]));
    },
  };
}
sampler.inject = tokens(commonTokens.options);

export const strykerPlugins = [declareFactoryPlugin(PluginKind.Checker, "sample", sampler)];
