import { command } from "../command.js";

/** `portcullis presets`: every preset with its headers. */
export const presets = command({
  summary: "Prints every preset with its headers.",
  positionals: [],
  flags: { json: { text: "Print an object of presets, each with its names and values." } },
  examples: [["portcullis presets", "Print all presets."]],

  async run({ json }, _words, { out, bold }) {
    const [{ namedPresets }, { makePolicy }, { renderHeaders }] = await Promise.all([
      import("../input/presets.js"),
      import("../../policy/policy.js"),
      import("../../policy/render.js"),
    ]);
    // In the place of the nonces of responses.
    const sets = Object.entries(namedPresets).map(
      ([name, preset]) => [name, preset, renderHeaders(makePolicy([preset]), { nonce: "NONCE" })] as const,
    );
    if (json) out(`${JSON.stringify(Object.fromEntries(sets.map(([name, , set]) => [name, set])), undefined, 2)}\n`);
    else out(sets.map(([name, { complete }, set]) => `${bold(name)}${complete ? "" : ON_TOP}\n${headerLines(set)}`).join("\n"));
    return 0;
  },
});

const ON_TOP = " (a patch; here on top of recommended)";

function headerLines(set: Readonly<Record<string, string>>): string {
  const lines = Object.entries(set).map(([name, value]) => `  ${name}: ${value}\n`);
  return lines.length === 0 ? "  No headers.\n" : lines.join("");
}
