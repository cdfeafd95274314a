// Bundles the builder of the documentation with the sources that it imports, and runs it: `npm run docs`, `npm run docs:build`.

import { mkdirSync, rmSync, watch } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/** Inside node_modules, so that the bundle finds packages. */
const CACHE = "node_modules/.cache/portcullis-docs";

/** What the site is made of, for --watch. */
const SOURCES = ["docs", "site", "src"];

const args = process.argv.slice(2);
let count = 0;
let served;

async function run() {
  const outdir = join(CACHE, `${process.pid}-${count++}`);
  mkdirSync(outdir, { recursive: true });
  try {
    await build({
      entryPoints: ["site/command.ts"],
      bundle: true,
      platform: "node",
      format: "esm",
      splitting: true,
      packages: "external",
      outExtension: { ".js": ".mjs" },
      outdir,
      logLevel: "error",
    });
    const { run } = await import(pathToFileURL(join(outdir, "command.mjs")).href);
    served = await run(args, served);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

const runOrPrint = () => run().catch((error) => console.error(`error: ${error.message}`));

if (!args.includes("--watch")) {
  await run().catch((error) => {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  });
} else {
  let waiting;
  let running = runOrPrint();
  const later = (_event, file) => {
    if (file?.startsWith("dist")) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      running = running.then(runOrPrint);
    }, 200);
  };
  for (const folder of SOURCES) watch(folder, { recursive: true }, later);
}
