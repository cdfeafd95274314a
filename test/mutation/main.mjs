// npm run mutation [-- --sample 600 --seed 1] [--mutate src/values/text.ts] [--concurrency 1]: mutation testing of the core,
// of all mutants or of a random sample. Prints the survivors and the score, and writes reports/mutation.
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import config from "../../stryker.config.mjs";

const { values } = parseArgs({
  options: {
    sample: { type: "string" },
    seed: { type: "string", default: "1" },
    mutate: { type: "string", multiple: true },
    concurrency: { type: "string" },
  },
});
const sampled = values.sample !== undefined && {
  plugins: [...config.plugins, "./test/mutation/sample.mjs"],
  checkers: ["sample"],
  sample: { size: Number(values.sample), seed: values.seed },
};

const results = await new Stryker({
  ...config,
  ...sampled,
  ...(values.mutate !== undefined && { mutate: values.mutate }),
  ...(values.concurrency !== undefined && { concurrency: Number(values.concurrency) }),
}).runMutationTest();

const count = (...statuses) => results.filter(({ status }) => statuses.includes(status)).length;
const [killed, timeout, survived, uncovered] = [count("Killed"), count("Timeout"), count("Survived"), count("NoCoverage")];
const tested = killed + timeout + survived + uncovered;
const score = ((100 * (killed + timeout)) / tested).toFixed(1);
const drawn = sampled ? ` of ${results.length}, seed ${values.seed}` : "";
process.stdout.write(
  `${tested} mutants${drawn}: ${killed} killed, ${timeout} timeouts, ${survived} survived, ${uncovered} not covered. Score: ${score} %\n`,
);
