import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { PolicyError } from "../../errors.js";
import { show } from "../../values/text.js";
import { Failure, issueLines, named } from "../failure.js";
import { PROGRAM_SECONDS, READ_SECONDS } from "../limits.js";
import { isDocument, type PolicyFile, readPolicyDocument } from "./policy-file.js";
import { readBytes } from "./text.js";
import { within } from "./within.js";

/** Extensions of modules that export a policy. */
export const MODULES: readonly string[] = [".js", ".mjs", ".cjs", ".ts", ".mts"];

/**
 * Imports a module that exports `policy`, or a default, and `routes` where there are any.
 *
 * @param path the file; `word` is what the user wrote, as errors name it.
 * @param seconds for the module with all that it imports; default: 60.
 * @throws {Failure} with the user's own line where the module throws.
 */
export async function readPolicyModule(path: string, word: string, seconds = READ_SECONDS): Promise<PolicyFile> {
  if (path.endsWith("ts")) checkTypeScript(word);
  // Node's own error for a file that cannot be read names its whole path.
  await readBytes(path, word, { bytes: Number.POSITIVE_INFINITY });
  const { policy, routes } = await importModule(path, word, seconds);
  if (routes === undefined && isDocument(policy)) return named(word, () => readPolicyDocument(policy));
  if (typeof policy === "string" || (typeof policy === "object" && policy !== null))
    return named(word, () => readPolicyDocument({ policy, ...(routes !== undefined && { routes }) }));
  const what = policy === undefined ? "exports no policy" : `exports ${show(policy)}`;
  throw new Failure([`${word}: ${what}. Write export const policy = definePolicy(…), a patch, or a list of layers.`]);
}

function checkTypeScript(word: string): void {
  if ((process.features as { typescript?: unknown }).typescript) return;
  const hint = "Use Node 22.18, 23.6 or newer, or write the policy as .mjs or .json.";
  throw new Failure([`${word}: Node ${process.versions.node} cannot import TypeScript. ${hint}`], 2);
}

async function importModule(path: string, word: string, seconds: number): Promise<{ readonly policy: unknown; readonly routes: unknown }> {
  const url = pathToFileURL(path).href;
  try {
    const module: { policy?: unknown; default?: unknown; routes?: unknown } = await within(
      seconds,
      word,
      asWritten(() => import(url)),
    );
    return { policy: module.policy ?? module.default, routes: module.routes };
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (error instanceof PolicyError) throw new Failure(issueLines(error, `${word}: `));
    throw new Failure([`${word}: ${explain(error, path, url)}`]);
  }
}

type Load = (url: string, context: { readonly format?: string | null }) => unknown;

interface Hooks {
  deregister(): void;
}

/** Of the versions of Node that import TypeScript. */
const { registerHooks } = nodeModule as { registerHooks?: (hooks: { load: (...all: [...Parameters<Load>, Load]) => unknown }) => Hooks };

/** A line that begins with `import` or `export`, and is still there without types. */
const MODULE_LINE = /^[ \t]*(?:import|export)\b(?!\s+type\b|\s*\()/m;

/**
 * Imports files ending in .ts as modules where they are written as such. Node goes by the `type` of package.json: without it, it warns,
 * and with `"commonjs"`, of which the compiler makes CommonJS of the same file, `import` is an error.
 */
async function asWritten<T>(use: () => Promise<T>): Promise<T> {
  const hooks = registerHooks?.({
    load: (url, context, load) => load(url, isWrittenAsModule(url) ? { ...context, format: "module-typescript" } : context),
  });
  try {
    return await use();
  } finally {
    hooks?.deregister();
  }
}

function isWrittenAsModule(url: string): boolean {
  return /^file:.*\.ts$/.test(url) && !url.includes("/node_modules/") && MODULE_LINE.test(readFileSync(fileURLToPath(url), "utf8"));
}

/** What a user's module threw, and on which of its lines. */
function explain(error: unknown, path: string, url: string): string {
  if (!(error instanceof Error)) return `threw ${show(error)}.`;
  // A syntax error of JavaScript does not name its line; Node's own check of the file does.
  const trace = error instanceof SyntaxError && !path.endsWith("ts") ? syntaxError(path) : error.stack;
  const line = [url, path].map((name) => lineAfter(`${name}:`, trace ?? "")).find((one) => one !== undefined);
  const text = `${error.name}: ${error.message.split("\n")[0]}${line === undefined ? "" : ` (line ${line})`}.`;
  // CommonJS names the entry, modules name the package.
  return /(?:package|module) 'portcullis['/]/.test(text) ? `${text} ${INSTALL}` : text;
}

const INSTALL =
  "Install it in the project of this file: npm install portcullis. Without a project, write the policy as .json; portcullis import prints one with --json.";

function syntaxError(path: string): string | undefined {
  return spawnSync(process.execPath, ["--check", path], { encoding: "utf8", timeout: 1_000 * PROGRAM_SECONDS }).stderr;
}

function lineAfter(name: string, text: string): string | undefined {
  const start = text.indexOf(name);
  return start < 0 ? undefined : /^\d+/.exec(text.slice(start + name.length))?.[0];
}
