import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { extractApi } from "./extract.js";
import { readApi } from "./model.js";
import { writtenFiles } from "./written.js";

/**
 * `npm run api` and `npm run api:check`.
 *
 * @param args `--check` compares, and writes nothing.
 * @returns the exit code: 1 where a file differs, 2 for a wrong argument.
 */
export function main(args: readonly string[]): number {
  const [wrong] = args.filter((arg) => arg !== "--check");
  if (wrong !== undefined) {
    console.error(`unexpected argument ${JSON.stringify(wrong)} (npm run api takes none, npm run api:check neither)`);
    return 2;
  }
  const extracted = extractApi();
  const files = writtenFiles(extracted, readApi(extracted));
  const changed = [...files].filter(([path, text]) => !existsSync(path) || readFileSync(path, "utf8") !== text);
  if (args.includes("--check")) {
    for (const [path] of changed) console.error(`${path} is not what the source gives: run npm run api, and look at the difference.`);
    return changed.length === 0 ? 0 : 1;
  }
  mkdirSync("api", { recursive: true });
  for (const [path, text] of changed) {
    writeFileSync(path, text);
    console.log(`wrote ${path}`);
  }
  return 0;
}
