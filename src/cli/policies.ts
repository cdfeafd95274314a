import { PolicyError } from "../errors.js";
import type { ExportRoute } from "../export/index.js";
import { makePolicy, type Policy } from "../policy/policy.js";
import { compiledOf } from "../policy/render.js";
import { recipeFaults } from "../values/recipe-layer.js";
import { Failure, issueLines } from "./failure.js";
import { readInput } from "./input/index.js";
import { inJson } from "./input/json-hints.js";
import { isPreset } from "./input/presets.js";
import type { Terminal } from "./terminal.js";

/** A policy, and what is added to it on some paths. */
export interface RoutedPolicy {
  readonly policy: Policy;
  readonly routes: readonly ExportRoute[];
}

/**
 * Makes one policy of the presets and policy files of a command line.
 *
 * @param words the lowest layer first; default: `recommended`. Prints a warning where recipes have no effect.
 * @returns the policy, and the routes of all files.
 * @throws {Failure} where a file cannot be read, or the policy is refused: one line for each mistake.
 */
export async function readPolicies(words: readonly string[], { warn }: Pick<Terminal, "warn">): Promise<RoutedPolicy> {
  const files = [];
  for (const word of words) files.push(await readInput(word, ["policy"]));
  const layers = files.flatMap((file) => file.layers);
  const policy = inFile(words, () => makePolicy(layers));
  const hasRecipe = layers.some((layer) => recipeFaults(layer) !== undefined);
  if (hasRecipe && !hasCsp(policy)) warn("The policy sends no Content-Security-Policy: its services have nothing to add to.");
  return { policy, routes: files.flatMap(({ routes }) => routes) };
}

const hasCsp = (policy: Policy) => compiledOf(policy).secure.names.some((name) => name.startsWith("Content-Security-Policy"));

/** The same for a command that does not use routes: prints a warning where there are any. */
export async function readOnePolicy(words: readonly string[], terminal: Pick<Terminal, "warn">): Promise<Policy> {
  return (await readWithoutRoutes(words, terminal)).policy;
}

/** The same, with the routes that are left out. */
export async function readWithoutRoutes(words: readonly string[], { warn }: Pick<Terminal, "warn">): Promise<RoutedPolicy> {
  const { policy, routes } = await readPolicies(words, { warn });
  if (routes.length > 0)
    warn(
      `The routes ${routes.map(({ path }) => path).join(", ")} are left out: only check, compare, explain, export and proxy use routes.`,
    );
  return { policy, routes };
}

/** Reads the values of `--route`: `/embed=embed.json`. What the layers hold is checked where the routes are used. */
export async function readRoutes(texts: readonly string[]): Promise<readonly ExportRoute[]> {
  const routes: ExportRoute[] = [];
  for (const text of texts) {
    const [path = "", word = ""] = text.split(/=(.*)/s);
    if (path === "" || word === "")
      throw new Failure([`--route ${text}: write a path and a preset or policy file, such as /embed=embed.json.`], 2);
    const { layers, routes: inner } = await readInput(word, ["policy"]);
    if (inner.length > 0) throw new Failure([`--route ${text}: ${word} has routes itself. Write --policy ${word}.`], 2);
    routes.push({ path, layers: layers as ExportRoute["layers"] });
  }
  return routes;
}

/** Runs what may refuse a policy; where that is a single file, every line begins with its name. */
export function inFile<T>(words: readonly string[], make: () => T): T {
  try {
    return words.length === 1 && words[0]?.endsWith(".json") ? inJson(make) : make();
  } catch (error) {
    const [only] = words;
    if (!(error instanceof PolicyError) || words.length !== 1 || only === undefined || isPreset(only)) throw error;
    throw new Failure(issueLines(error, `${only}: `));
  }
}
