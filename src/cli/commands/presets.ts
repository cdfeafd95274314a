import { command } from "../command.js";

/** `portcullis presets`: what there is to begin with. */
export const presets = command({
  summary: "Prints every preset with its headers.",
  positionals: [],
  flags: { json: { text: "Prints an object of presets, each with its names and values." } },
  examples: [["portcullis presets", "All of them, to choose from."]],

  async run({ json }, _words, { out, bold }) {
    const [{ presets }, { makePolicy }, { renderHeaders }] = await Promise.all([
      import("../../presets/index.js"),
      import("../../policy/policy.js"),
      import("../../policy/render.js"),
    ]);
    // The nonce stands for those to come.
    const sets = Object.entries(presets).map(
      ([name, preset]) => [name, preset, renderHeaders(makePolicy([name]), { nonce: "NONCE" })] as const,
    );
    if (json) out(`${JSON.stringify(Object.fromEntries(sets.map(([name, , set]) => [name, set])), undefined, 2)}\n`);
    else out(sets.map(([name, { complete }, set]) => `${bold(name)}${complete ? "" : ON_TOP}\n${linesOf(set)}`).join("\n"));
    return 0;
  },
});

const ON_TOP = " (lies on top of others; here on recommended)";

function linesOf(set: Readonly<Record<string, string>>): string {
  const lines = Object.entries(set).map(([name, value]) => `  ${name}: ${value}\n`);
  return lines.length === 0 ? "  No headers.\n" : lines.join("");
}
