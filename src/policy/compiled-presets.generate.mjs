// Writes compiled-presets.ts from src/presets, which npm run presets then formats.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const entry = `
  export { compile, TRANSPORTS } from "./compile.js";
  export { isNoncePart } from "./fill.js";
  export { makePolicy } from "./policy.js";
  export { presets } from "../presets/index.js";
`;
const { outputFiles } = await build({
  stdin: { contents: entry, resolveDir: fileURLToPath(new URL(".", import.meta.url)), loader: "ts" },
  bundle: true,
  format: "esm",
  write: false,
});
const module = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`;
const { compile, isNoncePart, makePolicy, presets, TRANSPORTS } = await import(module);

/** A value as source text: a string, or a template whose only slot can be the nonce. */
function written(value) {
  if (typeof value === "string") return JSON.stringify(value);
  const parts = value.map((part) => {
    if (typeof part === "string") return JSON.stringify(part);
    if (!isNoncePart(part)) throw new Error("a preset has a perRequest slot, which no table can hold");
    return "noncePart";
  });
  return `[${parts.join(", ")}]`;
}

function valueFor(variant, name) {
  const index = variant.names.indexOf(name);
  return index < 0 ? "false" : written(variant.values[index]);
}

function lineOf(compiled, name) {
  const [secure, ...others] = TRANSPORTS.map((transport) => [transport, valueFor(compiled[transport], name)]);
  const differing = others.filter(([, value]) => value !== secure[1]);
  const members = [["name", JSON.stringify(name)], secure, ...differing].map(([key, value]) => `${key}: ${value}`);
  return `{ ${members.join(", ")} }`;
}

const rows = Object.entries(presets)
  .filter(([, { complete }]) => complete)
  .map(([name]) => {
    const compiled = compile(makePolicy([name]));
    const strip = `[${compiled.strip.map((one) => JSON.stringify(one)).join(", ")}]`;
    const lines = compiled.secure.names.map((header) => lineOf(compiled, header));
    return `  ${name}: () => ({ strip: ${strip}, lines: [${lines.join(", ")}] }),`;
  });

writeFileSync(
  new URL("compiled-presets.ts", import.meta.url),
  `// Written by compiled-presets.generate.mjs (npm run presets) from src/presets. Do not edit by hand.
import { noncePart } from "../headers/content-security-policy/index.js";
import type { PresetName } from "../presets/index.js";
import type { CompiledPreset } from "./compile.js";

/** Every complete preset as \`compile\` makes it, so that an application that uses one as it is compiles nothing at boot. */
export const compiledPresets = {
${rows.join("\n")}
} satisfies Partial<Record<PresetName, () => CompiledPreset>>;
`,
);
console.log(`${rows.length} presets`);
