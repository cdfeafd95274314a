import type { Exported } from "../../../src/export/index.js";
import type { Answer } from "./engine/answer.js";
import type { Checked, Compared } from "./engine/audit.js";
import type { Imported } from "./engine/import.js";

// The library, in parts that are loaded when a tab needs them.

export { type Built, build } from "./engine/policy.js";
export { vocabulary } from "./vocabulary.js";

/** See engine/audit.ts. */
export async function check(text: string): Promise<Answer<Checked>> {
  return (await import("./engine/audit.js")).check(text);
}

/** See engine/audit.ts. */
export async function compareTexts(before: string, after: string): Promise<Answer<Compared>> {
  return (await import("./engine/audit.js")).compareTexts(before, after);
}

/** See engine/export.ts. */
export async function exportText(text: string, target: string): Promise<Answer<Exported>> {
  return (await import("./engine/export.js")).exportText(text, target);
}

/** See engine/import.ts. */
export async function importText(format: string, text: string, server: string, $schema: string): Promise<Answer<Imported>> {
  return (await import("./engine/import.js")).importText(format, text, server, $schema);
}
