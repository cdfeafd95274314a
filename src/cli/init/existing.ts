import { lstatSync } from "node:fs";
import { join } from "node:path";
import { findConfig } from "../config/find.js";
import { Failure } from "../failure.js";
import { type Place, policyPath } from "./files.js";
import { testPath } from "./test-file.js";

/**
 * Checks that a project has no other configuration: the command line reads one only.
 *
 * @param folder the project's folder.
 * @param path where its policy is written, from there.
 * @throws {Failure} with the one that there is.
 */
export function checkNoConfig(folder: string, path: string): void {
  const found = findConfig(folder);
  if (found === undefined || found === path) return;
  throw new Failure(
    [`${found} is the configuration of this project already: ${path} would be a second policy.`],
    1,
    `Nothing was written. The commands use ${found}: portcullis headers prints its policy. To begin again, delete it first.`,
  );
}

/**
 * The policy that a project has, and the test that `init` would write for it.
 *
 * @param folder the project's folder.
 * @returns their paths from there; undefined without a policy in the folder that is a regular file.
 */
export function existing(folder: string, place: Place): { readonly policy: string; readonly test: string | undefined } | undefined {
  const has = (path: string | undefined) =>
    path !== undefined && lstatSync(join(folder, path), { throwIfNoEntry: false })?.isFile() === true;
  const [config, test] = [findConfig(folder), testPath(place)];
  const policy = config?.startsWith("..") === false ? config : policyPath(place);
  return has(policy) ? { policy, test: has(test) ? test : undefined } : undefined;
}
