// Writes service-options.ts from the doc comments of src/services: node src/cli/service-options.generate.mjs
// Then: npx biome check --write src/cli/service-options.ts
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

// The module finds the sources from its own folder.
const bundle = fileURLToPath(new URL("schema/service-options.bundle.mjs", import.meta.url));
const entry = `
  import { docComments } from "./doc-comments.js";
  import { serviceOptionTexts } from "./service-options.js";
  export const texts = serviceOptionTexts(docComments());
`;
await build({
  stdin: { contents: entry, resolveDir: fileURLToPath(new URL("schema", import.meta.url)), loader: "ts" },
  bundle: true,
  format: "esm",
  platform: "node",
  packages: "external",
  outfile: bundle,
});
try {
  const { texts } = await import(bundle);
  const text = `// Written by service-options.generate.mjs.

/** What each option of each recipe of \`portcullis/services\` does: the doc comments, which are not there at run time. */
export const optionTexts: Readonly<Record<string, Readonly<Record<string, string>>>> = ${JSON.stringify(texts)};
`;
  writeFileSync(fileURLToPath(new URL("service-options.ts", import.meta.url)), text);
} finally {
  rmSync(bundle, { force: true });
}
