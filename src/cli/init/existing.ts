import { findConfig } from "../config/find.js";
import { Failure } from "../failure.js";

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
