import { spawnSync } from "node:child_process";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { PolicyError } from "../errors.js";
import type { ExportRoute } from "../export/index.js";
import { makePolicy, type Policy } from "../policy/policy.js";
import { presets } from "../presets/index.js";
import { edit } from "../values/edits.js";
import { shown } from "../values/legacy-options.js";
import { didYouMean, oneOf, show } from "../values/text.js";
import { Failure, issueLines } from "./failure.js";
import { LONGEST, parseJson, readInput } from "./input.js";
import type { Terminal } from "./terminal.js";

/** What policy files hold: layers, and paths that get more. */
export interface PolicyFile {
  readonly layers: readonly unknown[];
  readonly routes: readonly ExportRoute[];
}

/**
 * The policy that a command line names: presets and files, the lowest layer first; `recommended` where it names none.
 *
 * @returns the policy, and the routes of all files.
 * @throws {Failure} where a file cannot be read, or the policy is refused: an issue a line.
 */
export async function readSite(words: readonly string[]): Promise<{ readonly policy: Policy; readonly routes: readonly ExportRoute[] }> {
  const files: PolicyFile[] = [];
  for (const word of words) files.push(await readPolicyFile(word));
  const layers = files.flatMap((file) => file.layers);
  return { policy: refused(words, () => makePolicy(layers)), routes: files.flatMap(({ routes }) => routes) };
}

/** The same where there is but one policy for all paths; routes are left out, and that is said. */
export async function readPolicy(words: readonly string[], { warn }: Pick<Terminal, "warn">): Promise<Policy> {
  const { policy, routes } = await readSite(words);
  if (routes.length > 0)
    warn(`Left out: the routes ${routes.map(({ path }) => path).join(", ")}. Only export and proxy have a place for them.`);
  return policy;
}

/** Runs what may refuse a policy that these words name; where it is one file, its name goes with every issue. */
export function refused<T>(words: readonly string[], make: () => T): T {
  try {
    return make();
  } catch (error) {
    const [only] = words;
    if (!(error instanceof PolicyError) || words.length !== 1 || only === undefined || isPreset(only)) throw error;
    throw new Failure(issueLines(error, `${only}: `));
  }
}

export const isPreset = (word: string): boolean => Object.hasOwn(presets, word);

/** What one word stands for. */
export async function readPolicyFile(word: string): Promise<PolicyFile> {
  if (isPreset(word)) return { layers: [word], routes: [] };
  return readPolicyAt(resolve(word), word);
}

/** A policy file that lies elsewhere than its name says, such as one of an older revision. */
export async function readPolicyAt(path: string, word: string): Promise<PolicyFile> {
  const kind = extname(word);
  const read = READERS[kind];
  if (read === undefined) throw unknownWord(word, kind);
  const { policy, routes } = await read(path, word);
  return { layers: Array.isArray(policy) ? policy : [policy], routes: routesOf(routes, word) };
}

/** Their paths and layers, exportPolicy checks. */
function routesOf(routes: unknown, word: string): readonly ExportRoute[] {
  if (routes === undefined) return [];
  if (!Array.isArray(routes)) throw new Failure([`${word}: routes: ${shown(routes)} is not a list of routes. Write [${ROUTE}].`]);
  const faults = Array.from(routes).flatMap(faultsOfRoute);
  if (faults.length > 0) throw new Failure(faults.map((fault) => `${word}: ${fault}`));
  return routes;
}

const KEYS: readonly string[] = ["path", "layers"] satisfies readonly (keyof ExportRoute)[];
const ROUTE = '{ "path": "/embed", "layers": [{ … }] }';

/** What is no route; a key that is missing is not told beside one that is wrong. */
function faultsOfRoute(route: unknown, index: number): readonly string[] {
  const at = `routes[${index}]`;
  if (!isObject(route) || Array.isArray(route)) return [`${at}: ${shown(route)} is not a route. Write ${ROUTE}.`];
  const odd = Object.keys(route).filter((key) => !KEYS.includes(key));
  const missing = odd.length > 0 ? [] : KEYS.filter((key) => !owns(route, key));
  return [
    ...odd.map((key) => {
      const hint = didYouMean(key, KEYS) || (key === "override" ? 'Write "layers": [{ … }].' : `Write ${ROUTE}.`);
      return `${at}.${key}: ${show(key)} is not a key of a route. ${hint}`;
    }),
    ...missing.map((key) => `${at}.${key}: is missing. Write ${ROUTE}.`),
    ...(owns(route, "layers") && !Array.isArray(route.layers)
      ? [`${at}.layers: ${shown(route.layers)} is not a list of layers. Write ${ROUTE}.`]
      : []),
  ];
}

function unknownWord(word: string, kind: string): Failure {
  if (kind !== "") return new Failure([`${word}: a policy file is one of ${oneOf(Object.keys(READERS))}.`], 2);
  const names = Object.keys(presets);
  return new Failure(
    [`${show(word)} is no preset. ${didYouMean(word, names) || `Write ${oneOf(names)}, or a file such as policy.json.`}`],
    2,
  );
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

type Reader = (path: string, word: string) => Promise<{ readonly policy: unknown; readonly routes?: unknown }>;

const readJson: Reader = async (path, word) => {
  const found = parseJson(await readInput(path, word, LONGEST.policy), word, editOf);
  if (typeof found !== "object" || found === null) return { policy: found };
  // What `learn --format json` writes: the patch, and what it rests on.
  if (owns(found, "patch") && owns(found, "suggestions")) return { policy: found.patch };
  if (!owns(found, "policy")) return { policy: found };
  const odd = Object.keys(found).filter((key) => key !== "policy" && key !== "routes");
  if (odd.length === 0) return { policy: found.policy, routes: owns(found, "routes") ? found.routes : undefined };
  throw new Failure(
    odd.map((key) => `${word}: ${show(key)} stands beside the policy. ${didYouMean(key, ["routes"]) || "Write it into the policy."}`),
  );
};

/** `Object.prototype` is no part of a file. */
function owns<Key extends string>(value: object, key: Key): value is object & Record<Key, unknown> {
  return Object.hasOwn(value, key);
}

/** `{ "append": […] }` and `{ "remove": […] }` stand for the edits, which JSON cannot say. */
function editOf(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const [[kind, sources] = [], ...others] = Object.entries(value);
  return (kind === "append" || kind === "remove") && Array.isArray(sources) && others.length === 0 ? edit(kind, sources) : value;
}

const readTypeScript: Reader = async (path, word) => {
  if (!(process.features as { typescript?: unknown }).typescript) {
    const hint = "Take Node 22.18, 23.6 or newer, or write the policy as .mjs or .json.";
    throw new Failure([`${word}: Node ${process.versions.node} does not read TypeScript. ${hint}`], 2);
  }
  return readModule(path, word);
};

const readModule: Reader = async (path, word) => {
  await readInput(path, word, Number.POSITIVE_INFINITY);
  const url = pathToFileURL(path).href;
  let module: { readonly policy?: unknown; readonly default?: unknown; readonly routes?: unknown };
  try {
    module = await import(url);
  } catch (error) {
    if (error instanceof PolicyError) throw new Failure(issueLines(error, `${word}: `));
    throw new Failure([`${word}: ${threw(error, path, url)}`]);
  }
  const found = module.policy ?? module.default;
  if (typeof found === "string" || (typeof found === "object" && found !== null)) return { policy: found, routes: module.routes };
  const what = found === undefined ? "exports no policy" : `exports ${show(found)}`;
  throw new Failure([`${word}: ${what}. Write export const policy = definePolicy(…), a patch, or a list of layers.`]);
};

const READERS: Readonly<Record<string, Reader>> = {
  ".json": readJson,
  ".js": readModule,
  ".mjs": readModule,
  ".cjs": readModule,
  ".ts": readTypeScript,
  ".mts": readTypeScript,
};

/** What went wrong in a user's own module, and on which line of it. */
function threw(error: unknown, path: string, url: string): string {
  if (!(error instanceof Error)) return `threw ${show(error)}.`;
  // A syntax error does not say where; Node's own check of the file does.
  const places = error instanceof SyntaxError ? spawnSync(process.execPath, ["--check", path], { encoding: "utf8" }).stderr : error.stack;
  const line = [url, path].map((name) => lineAfter(`${name}:`, places ?? "")).find((one) => one !== undefined);
  const text = `${error.name}: ${error.message.split("\n")[0]}${line === undefined ? "" : ` (line ${line})`}.`;
  return text.includes("package 'portcullis'") ? `${text} Install it where the file lies: npm install portcullis.` : text;
}

function lineAfter(name: string, text: string): string | undefined {
  const start = text.indexOf(name);
  return start < 0 ? undefined : /^\d+/.exec(text.slice(start + name.length))?.[0];
}
