import type { Recording } from "../../record/record.js";
import { command } from "../command.js";
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
    text: "Allow what has to be confirmed: inline, runtime, eval or frames. See the output for what each allows.",
  },
  "accept-inline": { text: "The same as --accept inline: inline code that is on one page only." },
  "accept-runtime": { text: "The same as --accept runtime: inline code that scripts added." },
  "no-prove": { text: "Only propose a policy; do not walk again with it enforced." },
  out: { value: "file", text: "Write the policy to this file: .json, .mjs or .ts." },
  ...outputFlags,
} as const;

/** `portcullis record`: proposes a policy from what a browser needed on a site, and proves it. */
export const record = command({
  summary: "Walks through a site in a browser, proposes a policy, and proves it.",
  positionals: [{ name: "url", text: "The address to begin at. The site needs no change: the policy is put on its pages in the browser." }],
  flags,
  examples: [
    ["portcullis record http://localhost:3000 --out policy.json", "Visit up to 50 pages, propose a policy on top of strict, and prove it."],
    ["portcullis record https://staging.example.com --policy strictDynamic --pages 200", "Observe another preset, and walk further."],
    [
      "portcullis record http://localhost:3000 --script walk.mjs --storage-state state.json",
      "Walk as a logged-in visitor, with steps of a script.",
    ],
    ["portcullis record http://localhost:3000 --json --accept-inline", "For CI: exit with code 1 if the policy is not proven."],
  ],
  tables: policyHelp,

  async run(given, [address = ""], terminal) {
    const [{ consentsOf }, { printRecording, runRecording }, { readOnePolicy }, run, { checkFree }] = await Promise.all([
      import("../record/options.js"),
      import("../record/run.js"),
      import("../policies.js"),
      import("../../record/record.js"),
      import("../files.js"),
    ]);
    const words = [...(given.accept ?? []), ...(given["accept-inline"] ? ["inline"] : []), ...(given["accept-runtime"] ? ["runtime"] : [])];
    const options = { accepted: consentsOf(words, "record"), prove: given["no-prove"] !== true };
    const policy = await readOnePolicy(given.policy ?? ["strict"], terminal);
    await checkFree([given.out, given.report], given.force === true);
    const recorded = await runRecording("record", address, policy, given, options, run.record);
    const { recording } = recorded;
    if (given.out !== undefined) {
      await writePolicy(given.out, recording, given.force === true);
      terminal.say(`wrote ${given.out}`);
    }
    const code = await printRecording(given, recorded, terminal);
    if (code !== undefined) return code;
    return recording.outcome === "proven" || recording.outcome === "not tried" ? 0 : 1;
  },
});

async function writePolicy(file: string, { proposal }: Recording, force: boolean): Promise<void> {
  const [{ jsonOf, moduleOf }, { schemaAddress }, { writeFiles }, { dirname }] = await Promise.all([
    import("../policy-text.js"),
    import("../schema-address.js"),
    import("../files.js"),
    import("node:path"),
  ]);
  const written = { policy: proposal.policy, routes: [] };
  const text = file.endsWith(".json") ? jsonOf(written, schemaAddress(dirname(file))) : moduleOf(written, "Written by portcullis record.");
  await writeFiles("", [{ path: file, text }], force);
}
