import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { defineConfig, type Format, type Options } from "tsup";
import { billOf, bundledPackages, licencesOf } from "./build/bundled.js";
import { makePlan } from "./build/plan.js";
import { type Print, readable } from "./build/print.js";
import { rooms } from "./build/rooms.js";
import { settings } from "./build/settings.js";
import { entries, program, SHARED } from "./build/units.js";
import { policySchema } from "./src/cli/schema/policy-schema.js";

type Plugins = NonNullable<Options["plugins"]>;

export default defineConfig(async ({ dts }) => {
  const { files, packages, plugin, metafiles } = await makePlan();
  const bundled = bundledPackages(metafiles);
  mkdirSync("dist", { recursive: true });
  writeFileSync("dist/THIRD-PARTY-LICENSES.txt", licencesOf(bundled));
  writeFileSync("dist/policy.schema.json", JSON.stringify(policySchema()));
  writeFileSync("dist/sbom.cdx.json", billOf(bundled, JSON.parse(readFileSync("package.json", "utf8"))));

  const common: Options = {
    platform: settings.platform,
    target: settings.target,
    // No runtime dependencies: what is imported is bundled, tree-shaken, with its licences beside it.
    noExternal: [/./],
    treeshake: "recommended",
    dts: false,
    esbuildPlugins: [plugin],
  };
  // tsup looks whether an entry is a file; what the plan has made up is none.
  const large = SHARED.map((unit) => (`shared/${unit}` in files ? `shared/${unit}` : unit));
  const planned = (format: Format, entryPoints: Readonly<Record<string, string>>, print: Print, ...plugins: Plugins): Options => ({
    ...common,
    entry: ["src/index.ts"],
    format,
    splitting: false,
    plugins: [readable(print), ...plugins],
    esbuildOptions(options) {
      options.alias = settings.alias;
      options.entryPoints = { ...entryPoints };
    },
  });
  return [
    planned("esm", files, { charset: "ascii" }, rooms(large)),
    planned("cjs", Object.fromEntries(Object.entries(files).filter(([file]) => !large.includes(file))), { charset: "ascii" }),
    planned("cjs", packages, { charset: "utf8", minify: true }),
    {
      ...common,
      entry: { cli: program },
      outDir: "dist/cli",
      format: "esm",
      splitting: true,
      plugins: [readable({ charset: "ascii", program: "dist/cli/cli.js" })],
    },
    // Only the full build is published; the demo and the bench do without declarations.
    ...(dts === false ? [] : [declarations()]),
  ];
});

/** The types once, as CommonJS: an ES module may import them from there, and a CommonJS module none from an ES module. */
function declarations(): Options {
  for (const entry of Object.keys(entries)) {
    mkdirSync(dirname(`dist/${entry}`), { recursive: true });
    writeFileSync(`dist/${entry}.d.ts`, `export * from "./${basename(entry)}.cjs";\n`);
  }
  return { entry: { ...entries }, format: "cjs", dts: { only: true } };
}
