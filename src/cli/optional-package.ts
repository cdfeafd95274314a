import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Imports an optional package from beside this program, or from the project in the current folder; it is not bundled.
 *
 * @returns undefined where it is not installed.
 */
export async function optionalPackage(name: string): Promise<unknown> {
  try {
    return await import(name);
  } catch {
    try {
      return await import(pathToFileURL(createRequire(join(process.cwd(), "package.json")).resolve(name)).href);
    } catch {
      return undefined;
    }
  }
}
