import { Failure } from "../../../../src/cli/failure.js";
import { type PolicyFile, readPolicyJson } from "../../../../src/cli/input/policy-file.js";
import { isPreset } from "../../../../src/cli/input/presets.js";
import { contains, readPath } from "../../../../src/middleware/routes.js";
import { fieldText } from "../../../../src/policy/field-text.js";
import type { HeaderLine } from "../../../../src/policy/incoming.js";
import { overrideWith } from "../../../../src/policy/override.js";
import { makePolicy, type Policy } from "../../../../src/policy/policy.js";
import { compiledOf } from "../../../../src/policy/render.js";
import { MOST_POLICY, MOST_ROUTE_WORDS } from "../limits.js";
import { type Answer, answer, type Mistake, tooLong } from "./answer.js";

/** What the policy of the text is called in messages. */
const NAME = "policy.json";

/** A policy, what it adds on some paths, and the headers that it gives. */
export interface Built {
  readonly headers: readonly HeaderLine[];
  /** Whether a nonce is new in every response; it is shown as `…`. */
  readonly hasNonce: boolean;
  readonly routes: readonly { readonly path: string; readonly headers: readonly HeaderLine[] }[];
}

/** A policy of a text, and its layers, as the library has them. */
export interface Read extends PolicyFile {
  readonly policy: Policy;
}

/**
 * Reads a policy file in JSON, or the name of a preset.
 *
 * @throws {PolicyError} {Failure} as the command line.
 */
export function readPolicy(text: string): Read {
  const word = text.trim();
  const file = readPolicyJson(isPreset(word) ? JSON.stringify(word) : text, NAME);
  const policy = makePolicy(file.layers);
  checkRouteWords(policy, file.routes);
  return { ...file, policy };
}

/**
 * Refuses routes whose headers would stop the page for seconds, before any of them is made.
 *
 * @throws {Failure} that says how much is too much.
 */
function checkRouteWords(policy: Policy, routes: Read["routes"]): void {
  if (routes.length === 0) return;
  const wordsOfSite = wordsIn(linesOf(policy));
  const read = routes.map(({ path, layers }) => ({ path: readPath(path), words: wordsIn(layers) }));
  let words = 0;
  for (const route of read) {
    const { path } = route;
    // A path that is not valid is a mistake, which is found later.
    const layered = path === undefined ? [route] : read.filter((one) => one.path !== undefined && contains(one.path, path));
    words += layered.reduce((sum, one) => sum + one.words, wordsOfSite);
  }
  if (words <= MOST_ROUTE_WORDS) return;
  const message = `The ${routes.length} routes have ${words} words of headers together, such as sources, and at most ${MOST_ROUTE_WORDS} are read here.`;
  throw new Failure([message], 1, "The command line reads more.");
}

/** Words of layers and header lines; each layer has one at least. */
function wordsIn(value: unknown): number {
  if (typeof value === "string") return value.split(/[\s,]+/).length;
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce((sum: number, one) => sum + wordsIn(one), 1);
}

/** The header lines of a policy over https, with `…` in place of a nonce. */
export function linesOf(policy: Policy): readonly HeaderLine[] {
  const { names, values } = compiledOf(policy).secure;
  return names.map((name, index): HeaderLine => [name, fieldText(values[index] as string)]);
}

/** The headers of a policy file, and of each of its routes. */
export function build(text: string): Answer<Built> {
  const long = tooLong(text, MOST_POLICY);
  if (long !== undefined) return long;
  const read = answer(() => readPolicy(text));
  if (!read.ok) return read;
  const { policy, routes } = read.value;
  const mistakes: Mistake[] = [];
  const built = routes.flatMap(({ path, layers }, index) => {
    const made = answer(() => linesOf(overrideWith(policy, layers)));
    if (made.ok) return [{ path, headers: made.value }];
    mistakes.push(...made.mistakes.map((one) => ({ ...one, path: `routes[${index}].${one.path}` })));
    return [];
  });
  if (mistakes.length > 0) return { ok: false, mistakes };
  return answer(() => ({ headers: linesOf(policy), hasNonce: compiledOf(policy).hasNonce, routes: built }));
}
