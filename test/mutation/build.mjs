// Bundles each suite of the core with the sources as Stryker has written its mutants into them; run in its sandbox.
// The suites that need a build, thousands of cases or a minute stay out; what test/http/everywhere asks, others ask too.
// So do those that replace modules or run the TypeScript compiler.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));
const LEFT_OUT = ["http/everywhere", "policy/boot", "policy/editor", "policy/wrong-arguments"].map((name) => `test/${name}.test.ts`);
/** Suites of the core that lie elsewhere. */
const ELSEWHERE = ["test/adapters/wrong-entry.test.ts"];
const { devDependencies } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
/** A required module gives a default export of these that is none. */
const DEFAULT_EXPORTS = ["content-security-policy-parser", "leven"];

/** Suites that take a second. */
const SLOW = ["test/policy/limits.test.ts", "test/policy/size.test.ts"];

/** The quick suites first: most mutants do not live to see the servers. */
const files = ["test/values", "test/headers", "test/policy", "test/http"]
  .flatMap((folder) =>
    readdirSync(`${root}${folder}`)
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => `${folder}/${name}`),
  )
  .filter((file) => !LEFT_OUT.includes(file) && !SLOW.includes(file))
  .concat(ELSEWHERE, SLOW);

await build({
  absWorkingDir: root,
  entryPoints: files.map((file, index) => ({ in: file, out: `${String(index).padStart(3, "0")}` })),
  outdir: "test/mutation/built",
  outExtension: { ".js": ".cjs" },
  bundle: true,
  keepNames: true, // the policy compiler knows its middleware by name
  format: "cjs",
  platform: "node",
  external: Object.keys(devDependencies).filter((name) => !DEFAULT_EXPORTS.includes(name)),
  ignoreAnnotations: true, // package.json says that nothing here has side effects; suites have
  define: { "import.meta.url": "url" },
  logLevel: "error",
});
