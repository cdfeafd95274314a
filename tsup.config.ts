import { defineConfig } from "tsup";

export default defineConfig({
  entry: { index: "src/index.ts", presets: "src/presets/index.ts" },
  format: ["esm", "cjs"],
  target: "node20",
  dts: true,
  splitting: true,
  clean: true,
  // No runtime dependencies: what is imported is bundled, tree-shaken, with its licences beside it.
  noExternal: [/./],
  treeshake: "recommended",
  minifySyntax: true,
});
