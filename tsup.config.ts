import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { defineConfig, type Options } from "tsup";

const bundled = [
  "zod",
  "content-security-policy-parser",
  "structured-headers",
  "leven",
  "parse5",
  "entities",
  "tinyglobby",
  "fdir",
  "picomatch",
  "csp_evaluator",
  "pino",
  "@pinojs/redact",
  "atomic-sleep",
  "on-exit-leak-free",
  "pino-std-serializers",
  "quick-format-unescaped",
  "safe-stable-stringify",
  "sonic-boom",
  "thread-stream",
  "yaml",
  "smol-toml",
  "acorn",
];

/** The licences of what is bundled travel with it. */
function writeLicences(): void {
  const texts = bundled.map((name) => {
    const folder = `node_modules/${name}`;
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no licence file`);
    const { version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    return `${name} ${version}\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
  });
  writeFileSync("dist/THIRD-PARTY-LICENSES.txt", `dist/ holds code of these packages.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`);
}

// pino asks for Node's modules as CommonJS does.
const FOR_NODE = 'import { createRequire as $require } from "node:module"; const require = $require(import.meta.url);';

async function markProgram(): Promise<void> {
  const file = "dist/cli/cli.js";
  writeFileSync(file, `#!/usr/bin/env node\n${readFileSync(file, "utf8")}`);
  chmodSync(file, 0o755);
}

/** Every file of the adapters' room is an entry of its own name. */
const adapters = Object.fromEntries(
  readdirSync("src/adapters").map((file) => [`adapters/${basename(file, ".ts")}`, `src/adapters/${file}`]),
);
const main = { index: "src/index.ts", presets: "src/presets/index.ts" };
const rooms = Object.fromEntries(["audit", "export", "hashes", "proxy", "reports", "testing"].map((room) => [room, `src/${room}/index.ts`]));
const others = { ...rooms, ...adapters };

const common: Options = {
  format: ["esm", "cjs"],
  target: "node20",
  splitting: true,
  // No runtime dependencies: what is imported is bundled, tree-shaken, with its licences beside it.
  noExternal: [/./],
  // What it gives Node is CommonJS that asks for Node's modules, which no ES module can.
  esbuildOptions(options) {
    options.alias = { yaml: "./node_modules/yaml/browser/dist/index.js" };
  },
  treeshake: "recommended",
  minify: true,
};

// The main entry in as few files as there can be: every file costs at a cold start. The other entries share a second copy, and the
// copies know each other's policies, as those of the two module formats do. Their types are the same all over.
// The command line is a program of its own, which loads a command only when it is asked for.
export default defineConfig(({ dts }) => [
  { ...common, entry: main, dts: false, onSuccess: async () => writeLicences() },
  { ...common, entry: others, dts: false },
  {
    ...common,
    entry: { cli: "src/cli/main.ts" },
    outDir: "dist/cli",
    format: "esm",
    dts: false,
    banner: { js: FOR_NODE },
    onSuccess: markProgram,
  },
  // Only the full build is published; the demo and the bench do without declarations.
  ...(dts === false ? [] : [{ ...common, entry: { ...main, ...others }, dts: { only: true } }]),
]);
