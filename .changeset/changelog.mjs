// Changesets raise the version; CHANGELOG.md is written by hand. After `npx changeset version`:
//   node .changeset/changelog.mjs version   puts what is below "## Unreleased" under the version of package.json and the day
//   node .changeset/changelog.mjs notes     prints what CHANGELOG.md says of the version of package.json

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const UNRELEASED = "## Unreleased\n";

/**
 * The change log with a heading for a version, and an empty "Unreleased" above it. A version that has a heading already is left as it is.
 *
 * @param {string} text CHANGELOG.md.
 * @param {string} version such as "0.2.0".
 * @param {string} day such as "2026-11-26".
 * @throws {Error} where "## Unreleased" is missing.
 */
export function released(text, version, day) {
  if (notesOf(text, version) !== undefined) return text;
  if (!text.includes(`\n${UNRELEASED}`)) throw new Error('CHANGELOG.md: the heading "## Unreleased" is missing.');
  return text.replace(`\n${UNRELEASED}`, `\n${UNRELEASED}\n## ${version} (${day})\n`);
}

/**
 * What the change log says of a version, without its heading; undefined where it has none.
 *
 * @param {string} text CHANGELOG.md.
 * @param {string} version such as "0.2.0".
 */
export function notesOf(text, version) {
  const part = text.split(/^## /m).find((one) => one.startsWith(`${version} (`));
  return part?.slice(part.indexOf("\n")).trim();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const text = readFileSync("CHANGELOG.md", "utf8");
  const [command = ""] = process.argv.slice(2);
  if (command === "version") writeFileSync("CHANGELOG.md", released(text, version, new Date().toISOString().slice(0, 10)));
  else if (command === "notes") process.stdout.write(`${notesOf(text, version) ?? ""}\n`);
  else {
    console.error(`unknown command ${JSON.stringify(command)} (write "version" or "notes")`);
    process.exitCode = 2;
  }
}
