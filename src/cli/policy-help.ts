import type { HelpTable } from "./command.js";

/** What `--policy` takes, for a help text. */
export async function policyHelp(): Promise<readonly HelpTable[]> {
  const { presets } = await import("../presets/index.js");
  return [{ title: "Policies", rows: [["preset", Object.keys(presets).join(", ")], FILE] }];
}

const FILE = [
  "file",
  "A .json file with a patch, a list of layers, or { policy, routes }; or a .js, .mjs, .cjs or .ts module that exports `policy` or a default, and `routes` where there are any.",
] as const;
