import type { Recording } from "../../record/record.js";
import { command, type Given } from "../command.js";
import { policyHelp } from "../policy-help.js";
import { walkFlags } from "../record/options.js";
import type { Terminal } from "../terminal.js";

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
    text: "Allow what has to be confirmed: inline, runtime or eval. See the output for what each allows.",
  },
  "accept-inline": { text: "The same as --accept inline: inline code that is on one page only." },
  "accept-runtime": { text: "The same as --accept runtime: inline code that scripts added." },
  "no-prove": { text: "Only propose a policy; do not walk again with it enforced." },
  out: { value: "file", text: "Write the policy to this file: .json, .mjs or .ts." },
  report: { value: "file", text: "Write a report with pictures to this HTML file." },
  force: { text: "Overwrite files that exist." },
  json: { text: "Print everything as JSON." },
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
    const recording = await recordOf(given, address, terminal);
    await print(given, recording, terminal);
    return recording.outcome === "proven" || (given["no-prove"] === true && recording.outcome === "not tried") ? 0 : 1;
  },
});

async function recordOf(given: Given<typeof flags>, address: string, terminal: Terminal): Promise<Recording> {
  const [{ consentsOf, readWalk }, { launchBrowser }, { progressLine }, { readOnePolicy }, run] = await Promise.all([
    import("../record/options.js"),
    import("../record/browser.js"),
    import("../record/progress.js"),
    import("../policies.js"),
    import("../../record/record.js"),
  ]);
  const accepted = consentsOf(
    [...(given.accept ?? []), ...(given["accept-inline"] ? ["inline"] : []), ...(given["accept-runtime"] ? ["runtime"] : [])],
    "record",
  );
  const policy = await readOnePolicy(given.policy ?? ["strict"], terminal);
  const { walk, context, headers } = await readWalk("record", address, given);
  const browser = await launchBrowser(given.browser);
  const progress = progressLine(process.stderr);
  const ending = new AbortController();
  const end = () => {
    // The second Ctrl-C ends the process.
    process.off("SIGINT", end);
    ending.abort();
  };
  process.on("SIGINT", end);
  try {
    return await run.record(policy, {
      ...walk,
      browser,
      context,
      headers,
      signal: ending.signal,
      onProgress: progress.onProgress,
      accepted,
      prove: given["no-prove"] !== true,
    });
  } finally {
    progress.done();
    process.off("SIGINT", end);
    await browser.close().catch(() => undefined);
  }
}

async function print(given: Given<typeof flags>, recording: Recording, terminal: Terminal): Promise<void> {
  const [{ summaryOf }, { recordingJson }, { jsonText }] = await Promise.all([
    import("../record/summary.js"),
    import("../record/json.js"),
    import("../layout.js"),
  ]);
  if (given.out !== undefined) {
    await writePolicy(given.out, recording, given.force === true);
    terminal.say(`wrote ${given.out}`);
  }
  terminal.out(given.json ? jsonText(recordingJson(recording)) : summaryOf(recording, terminal));
}

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
