// Builds unless dist/ is what these sources give: `npm test` after `npm run build` does not build again.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** In dist/, so that it goes with whatever it speaks of. */
const MARK = "dist/.built";

const filesIn = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();

const hash = createHash("sha256");
for (const file of [...filesIn("src"), ...filesIn("build"), "package.json", "package-lock.json", "tsconfig.json", "tsup.config.ts"]) {
  hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
}
const wanted = hash.digest("hex");
if (existsSync(MARK) && readFileSync(MARK, "utf8") === wanted) process.exit();
execFileSync("npm", ["run", "build", "--silent"], { stdio: "inherit", shell: process.platform === "win32" });
writeFileSync(MARK, wanted);
