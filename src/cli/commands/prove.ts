import { usage } from "../arguments.js";
import { command, configFlags } from "../command.js";
import { policyHelp } from "../policy-help.js";
import { outputFlags, walkFlags } from "../record/flags.js";

const flags = {
  policy: {
    value: "preset|file",
    many: true,
    text: "Required, here, as an argument or in a configuration file. The policy to prove: a preset or policy file. Later ones override earlier ones.",
  },
  ...walkFlags,
  ...outputFlags,
  ...configFlags,
} as const;

/** `portcullis prove`: whether a site works with a policy enforced. */
export const prove = command({
  summary: "Walks through a site with a policy enforced, and compares its pages.",
  positionals: [
    { name: "url", text: "The address to begin at. The policy is put on its pages in the browser." },
    { name: "policy", text: "The policy, as for --policy. Later ones override earlier ones.", many: true, optional: true },
  ],
  flags,
  config: { policy: "default", settings: "prove" },
  examples: [
    ["portcullis prove http://localhost:3000 policy.json", "For CI: exit with code 1 if the policy blocks anything, or a page differs."],
    ["portcullis prove http://localhost:3000 --policy policy.json --report proof.html", "Write a report with pictures of what differs."],
  ],
  tables: policyHelp,

  async run(given, [address = ""], terminal) {
    const [{ printRecording, runRecording }, { readWithoutRoutes }, run, { checkOutputs }] = await Promise.all([
      import("../record/run.js"),
      import("../policies.js"),
      import("../../record/record.js"),
      import("../record/out.js"),
    ]);
    if (given.policy === undefined) throw usage(["prove needs a policy. Write --policy policy.json, or the name of a preset."], "prove");
    const { policy, routes } = await readWithoutRoutes(given.policy, terminal);
    await checkOutputs(given, policy, "prove");
    const options = { accepted: new Set<never>(), prove: true, routes };
    const recorded = await runRecording("prove", address, policy, given, options, run.proveSite);
    const code = await printRecording(given, recorded, terminal);
    return code ?? (recorded.recording.outcome === "proven" ? 0 : 1);
  },
});
