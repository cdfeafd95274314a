// Lets Node import TypeScript with Nest's decorators: esbuild translates each file when it is loaded.
import { readFile } from "node:fs/promises";
import { transform } from "esbuild";

export async function load(url, context, nextLoad) {
  if (!url.endsWith(".ts")) return nextLoad(url, context);
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } };
  const { code } = await transform(await readFile(new URL(url), "utf8"), { loader: "ts", tsconfigRaw });
  return { format: "module", source: code, shortCircuit: true };
}
