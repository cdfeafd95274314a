import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The version of the package that this file is in. */
export function version(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, "package.json");
    const manifest = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
    if (manifest?.name === "portcullis") return manifest.version;
  }
  return "(unknown version)";
}
