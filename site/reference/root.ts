import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder of the repository: the nearest one above this module, which may be in a bundle, or above the working directory, that has the
 * registry of headers.
 *
 * @throws {Error} where neither is inside the repository.
 */
export const root: string = rootAbove(dirname(fileURLToPath(import.meta.url))) ?? rootAbove(process.cwd()) ?? notFound();

function rootAbove(folder: string): string | undefined {
  if (existsSync(join(folder, "src/headers/index.ts"))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : rootAbove(above);
}

function notFound(): never {
  throw new Error("The reference pages read the repository: run the build inside it.");
}
