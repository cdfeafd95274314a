// npm run api: writes api/*.api.md and the list of names in docs/stability.md from the source. With --check it compares them, and writes nothing.

import { mkdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const outfile = "node_modules/.cache/portcullis-api/main.mjs";
mkdirSync("node_modules/.cache/portcullis-api", { recursive: true });
await build({ entryPoints: ["build/api/main.ts"], bundle: true, packages: "external", format: "esm", platform: "node", outfile });
const { main } = await import(pathToFileURL(outfile).href);
process.exitCode = main(process.argv.slice(2));
