import { statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { makePolicy } from "../../policy/policy.js";
import { Failure } from "../failure.js";
import { policyOfJson } from "../input/policy-file.js";
import { MODULES } from "../input/policy-module.js";
import { isPreset } from "../input/presets.js";
import { beginningOf, readText } from "../input/text.js";
import { MOST_BYTES } from "../limits.js";

/**
 * Refuses policies in the place of reports: `portcullis learn policy.mjs`.
 *
 * @param words of the command line; recordings among them are no policies.
 * @throws {Failure} that says what each of them is, and what to write.
 */
export async function refusePolicies(words: readonly string[]): Promise<void> {
  const given = await Promise.all(words.map(async (word) => [word, await policyKind(word)] as const));
  const policies = given.filter(([, kind]) => kind !== undefined);
  if (policies.length === 0) return;
  const hint = "Write a report store such as reports.db, or a recording such as csp";
  throw new Failure(
    policies.map(
      ([word, kind]) => `${word} is ${kind}: learn reads reports. ${hint}, and --policy ${word} for the policy that was observed.`,
    ),
    2,
  );
}

/** What kind of policy a word is; undefined where it is none. */
async function policyKind(word: string): Promise<string | undefined> {
  const isFile = statSync(resolve(word), { throwIfNoEntry: false })?.isFile() === true;
  if (!isFile) return isPreset(word) ? "a preset" : undefined;
  if (MODULES.includes(extname(word))) return "a policy module";
  return (await isPolicyInJson(word)) ? "a policy file" : undefined;
}

async function isPolicyInJson(word: string): Promise<boolean> {
  const path = resolve(word);
  if (extname(word) !== ".json" || !/^\ufeff?\s*\{/.test(beginningOf(path, word, 16))) return false;
  try {
    makePolicy(policyOfJson(await readText(path, word, { bytes: MOST_BYTES.policy }), word).layers as Parameters<typeof makePolicy>[0]);
    return true;
  } catch {
    // Whatever reads it as reports says what is wrong.
    return false;
  }
}
