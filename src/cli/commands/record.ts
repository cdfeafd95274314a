import { command, configFlags } from "../command.js";
import { policyHelp } from "../policy-help.js";
import { outputFlags, walkFlags } from "../record/flags.js";

const flags = {
  policy: {
    value: "preset|file",
    many: true,
    default: "strict",
    text: "The policy to observe: a preset or policy file. Later ones override earlier ones.",
  },
  ...walkFlags,
  accept: {
    value: "what",
    many: true,
    text: "Allow what has to be confirmed: one point, by the word that the output names (sha256-…, an origin), or all of a kind: inline, runtime, eval, hosts, frames.",
  },
  "accept-inline": { text: "The same as --accept inline: inline code that is on some pages only." },
  "accept-runtime": { text: "The same as --accept runtime: inline code that scripts added." },
  "no-prove": { text: "Only propose a policy; do not walk again with it enforced." },
  out: { value: "file", text: "Write the policy to this file: .json, .mjs or .ts." },
  ...outputFlags,
  ...configFlags,
} as const;

/** `portcullis record`: proposes a policy from what a browser needed on a site, and proves it. */
export const record = command({
  summary: "Walks through a site in a browser, proposes a policy, and proves it.",
  positionals: [
    { name: "url", text: "The address to begin at. The site needs no change: the policy is put on its pages in the browser." },
    { name: "policy", text: "The policy to observe, as for --policy. Later ones override earlier ones.", many: true, optional: true },
  ],
  flags,
  config: { policy: "default", settings: "record" },
  examples: [
    ["portcullis record http://localhost:3000 --out policy.json", "Visit up to 50 pages, propose a policy on top of strict, and prove it."],
    ["portcullis record https://staging.example.com --policy strictDynamic --pages 200", "Observe another preset, and walk further."],
    [
      "portcullis record http://localhost:3000 --script walk.mjs --storage-state state.json",
      "Walk as a logged-in visitor, with steps of a script.",
    ],
    [
      "portcullis record http://localhost:3000 --json --accept sha256-…",
      "For CI: accept one script, exit with code 1 if the policy is not proven.",
    ],
  ],
  tables: policyHelp,

  async run(given, [address = ""], terminal) {
    const [{ consentsOf }, { printRecording, runRecording }, { readWithoutRoutes }, run, { checkOutputs, writePolicy }, { canAsk }] =
      await Promise.all([
        import("../record/options.js"),
        import("../record/run.js"),
        import("../policies.js"),
        import("../../record/record.js"),
        import("../record/out.js"),
        import("../record/confirm.js"),
      ]);
    const words = [...(given.accept ?? []), ...(given["accept-inline"] ? ["inline"] : []), ...(given["accept-runtime"] ? ["runtime"] : [])];
    const accepted = consentsOf(words, "record");
    const { policy, routes } = await readWithoutRoutes(given.policy ?? ["strict"], terminal);
    await checkOutputs(given, policy, "record");
    const options = { accepted, prove: given["no-prove"] !== true, asks: canAsk(process, given), routes };
    const recorded = await runRecording("record", address, policy, given, options, run.record);
    const { recording } = recorded;
    const isWritten = given.out === undefined || (await writePolicy(given.out, recording.proposal.policy, given.force === true, terminal));
    const code = await printRecording(given, recorded, terminal);
    if (code !== undefined) return code;
    if (!isWritten) return 1;
    return recording.outcome === "proven" || recording.outcome === "not tried" ? 0 : 1;
  },
});
