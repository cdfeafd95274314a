import { readdirSync } from "node:fs";
import { basename, relative } from "node:path";

// A unit is what becomes one file of dist for each module format: the core, a room, an adapter. The command line is a unit of many files.

/** The floors that the main entry reaches as a whole. */
const CORE = ["errors.ts", "values", "headers", "presets", "policy", "middleware"];

/** A room of several units: what prints for servers is loaded without what reads their configurations. */
const PARTS: Readonly<Record<string, string>> = { "export/index.ts": "export", "export/parse": "parse", export: "targets" };

/**
 * The unit of a source file.
 *
 * @param file its path, absolute or from the root of the repository.
 * @returns undefined for a file outside src.
 */
export function unitOf(file: string): string | undefined {
  const [root, ...steps] = relative(process.cwd(), file).split("/");
  const [room, inside = ""] = steps;
  if (root !== "src" || room === undefined) return undefined;
  if (CORE.includes(room)) return "core";
  if (room === "adapters") return `adapters/${basename(inside, ".ts")}`;
  return PARTS[`${room}/${inside}`] ?? PARTS[room] ?? basename(room, ".ts");
}

/** Units so large that both formats share one file of them. `testing` is not one: test runners load modules in ways of their own. */
export const SHARED: readonly string[] = ["audit", "parse", "proxy", "record", "reports", "targets"];

/** Every source file, from the root of the repository; what makes the schema of policy files runs in the build alone. */
export const sources: readonly string[] = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.startsWith("cli/schema/"))
  .map((file) => `src/${file}`);

/** What users import: by its path in dist, the module that it opens. */
export const entries: Readonly<Record<string, string>> = Object.fromEntries(
  sources
    .filter((file) => /^src\/(?:adapters\/[^/]+|(?:(?!headers|adapters)[^/]+\/)?index)\.ts$/.test(file))
    .map((file) => [file.replace(/^src\//, "").replace(/\/index\.ts$|\.ts$/, ""), file]),
);

/** The command line: a program that loads a command when it is asked for. */
export const program = "src/cli/main.ts";
