import { resolve } from "node:path";
import type { Group } from "../../reports/index.js";
import { unreachable } from "../../values/never.js";
import { Failure } from "../failure.js";
import { MOST_BYTES } from "../limits.js";
import type { WrittenHeaders } from "./headers.js";
import { isHeaderObject, readHeaders } from "./headers.js";
import { type PolicyFile, policyOfJson } from "./policy-file.js";
import { readPolicyModule } from "./policy-module.js";
import { isApplication, namedPresets } from "./presets.js";
import { fileKind, formOf, hintForMissing, type InputKind } from "./recognise.js";
import { withRevision } from "./revision.js";
import { type FetchedSite, type FetchOptions, fetchSite } from "./site.js";
import { readText } from "./text.js";

/** What an argument of a command holds; `name` is how it is called in what is printed. */
export type Input =
  | ({ readonly kind: "policy"; readonly name: string } & PolicyFile)
  | ({ readonly kind: "headers"; readonly name: string } & WrittenHeaders)
  | ({ readonly kind: "site"; readonly name: string } & FetchedSite)
  | { readonly kind: "configuration"; readonly name: string; readonly text: string }
  | { readonly kind: "reports"; readonly name: string; readonly groups: readonly Group[] };

export type InputOf<Kind extends InputKind> = Extract<Input, { readonly kind: Kind }>;

const DEFAULT_FETCH: FetchOptions = { seconds: 10 };

/**
 * Reads one argument of a command: a preset, a policy file, an address, a file of headers, a configuration, a store of reports, `-` for
 * stdin, or `rev:path` for a policy file or a file of headers of a git revision. All kinds of input are recognised here only.
 *
 * @param kinds what the command takes.
 * @param options for addresses.
 * @throws {Failure} if the argument is not one of these, or cannot be read.
 */
export async function readInput<Kind extends InputKind>(
  word: string,
  kinds: readonly Kind[],
  options: FetchOptions = DEFAULT_FETCH,
): Promise<InputOf<Kind>> {
  return (await readAny(word, kinds, options)) as InputOf<Kind>;
}

async function readAny(word: string, kinds: readonly InputKind[], options: FetchOptions): Promise<Input> {
  const form = formOf(word, kinds);
  switch (form) {
    case "preset":
      return { kind: "policy", name: word, layers: [isApplication(word) ? namedPresets[word] : word], routes: [], settings: {} };
    case "address": {
      const site = await fetchSite(word, options);
      return { kind: "site", name: site.url, ...site };
    }
    case "store": {
      const { readReportsStore } = await import("./reports.js");
      return { kind: "reports", name: word, groups: await readReportsStore(word) };
    }
    case "stdin":
      return readWhole("-", "stdin", kinds);
    case "file":
      if (kinds.includes("policy") || kinds.includes("headers")) return readPolicyOrHeaders(word, kinds);
      return readWhole(word, word, kinds);
    default:
      return unreachable(form);
  }
}

/** A configuration, reports, or headers on stdin: nothing about the file itself has to be recognised. */
async function readWhole(path: string, name: string, kinds: readonly InputKind[]): Promise<Input> {
  if (kinds.includes("configuration"))
    return { kind: "configuration", name, text: await readText(path, name, { bytes: MOST_BYTES.configuration }) };
  if (kinds.includes("reports")) {
    const { readReportsFile } = await import("./reports.js");
    return { kind: "reports", name, groups: await readReportsFile(path, name) };
  }
  return { kind: "headers", name, ...readHeaders(await readText(path, name, { bytes: MOST_BYTES.headers }), name) };
}

function readPolicyOrHeaders(word: string, kinds: readonly InputKind[]): Promise<Input> {
  const read = async (revised: string | undefined): Promise<Input> => {
    const path = revised ?? resolve(word);
    const kind = fileKind(word, kinds);
    if (kind === "module") return policyInput(word, await readPolicyModule(path, word));
    const text = await readExisting(path, word, kinds);
    const isPolicy = kind === "json" && !(kinds.includes("headers") && isHeaderObject(text));
    return isPolicy ? policyInput(word, policyOfJson(text, word)) : { kind: "headers", name: word, ...readHeaders(text, word) };
  };
  return withRevision(word, read);
}

function policyInput(name: string, file: PolicyFile): Input {
  if (file.layers.length > 0) return { kind: "policy", name, ...file };
  throw new Failure([`${name} has options of commands, and no policy. Write the policy under the key policy.`]);
}

async function readExisting(path: string, word: string, kinds: readonly InputKind[]): Promise<string> {
  try {
    return await readText(path, word, { bytes: Math.max(MOST_BYTES.policy, MOST_BYTES.headers) });
  } catch (error) {
    if (error instanceof Failure && kinds.includes("site")) throw new Failure(error.lines, 2, hintForMissing(word));
    throw error;
  }
}
