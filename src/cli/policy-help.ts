import type { HelpTable } from "./command.js";

/** The values of `--policy`, for the help. */
export async function policyHelp(): Promise<readonly HelpTable[]> {
  const { presetNames } = await import("./input/presets.js");
  return [{ title: "Policies", rows: [["preset", presetNames.join(", ")], FILE] }];
}

const FILE = [
  "file",
  "A .json file with a patch, a list of layers, or { policy, routes }; or a .js, .mjs, .cjs or .ts module with the same as exports `policy` (or the default export) and `routes`. rev:path names a file of a git revision, such as HEAD~1:policy.json.",
] as const;
