import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Of the package that this file lies in. */
export function version(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, "package.json");
    const manifest = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
    if (manifest?.name === "portcullis") return manifest.version;
  }
  return "of unknown version";
}
