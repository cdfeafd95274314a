import { extname, resolve } from "node:path";
import { oneOf } from "../../values/text.js";
import { Failure } from "../failure.js";
import { policyOfJson } from "../input/policy-file.js";
import { readPolicyModule } from "../input/policy-module.js";
import { checkFile, readText } from "../input/text.js";
import { MOST_BYTES } from "../limits.js";
import { CONFIG_EXTENSIONS } from "./find.js";
import type { Settings } from "./settings.js";

/** What a configuration file holds besides its policy, which is read as a policy file. */
export interface Config {
  readonly settings: Settings;
  readonly hasPolicy: boolean;
}

/**
 * Reads a configuration file: a policy file, which may have options of commands too.
 *
 * @param word its path, as errors name it.
 * @throws {Failure} where it cannot be read, throws, or has a mistake.
 */
export async function readConfig(word: string): Promise<Config> {
  const extension = extname(word);
  if (!(CONFIG_EXTENSIONS as readonly string[]).includes(extension))
    throw new Failure([`--config: ${word}: the extension of a configuration file is ${oneOf(CONFIG_EXTENSIONS)}.`], 2);
  // Node would read a module of any length.
  checkFile(resolve(word), word, MOST_BYTES.policy);
  const { settings, layers } =
    extension === ".json"
      ? policyOfJson(await readText(resolve(word), word, { bytes: MOST_BYTES.policy }), word)
      : await readPolicyModule(resolve(word), word);
  return { settings, hasPolicy: layers.length > 0 };
}
