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

/** Runs, and prints an error: of a mistake in the documentation or in the arguments the message alone, of any other the stack. */
const runOrPrint = () =>
  run().catch((error) => {
    const isMistake = error.constructor === Error || error.name === "PolicyError" || error.code?.startsWith("ERR_PARSE_ARGS");
    console.error(isMistake ? `error: ${error.message}` : error);
    process.exitCode = 1;
  });

let running = runOrPrint();

if (args.includes("--watch")) {
  let waiting;
  const later = (_event, file) => {
    if (file?.startsWith("dist")) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      running = running.then(runOrPrint);
    }, 200);
  };
  for (const folder of SOURCES) watch(folder, { recursive: true }, later);
}
