import type { HeaderSet } from "../../src/policy/render.js";
import { ref } from "./links.js";
import { code, table } from "./markdown.js";
import { presetHeaders } from "./samples.js";

/**
 * A table of the values that complete presets send, each with its presets.
 *
 * @param read finds the value in a preset's headers; undefined where it is not sent.
 * @param without the word for that.
 * @param none the sentence in place of a table where no preset sends it.
 */
export function byPreset(read: (sent: HeaderSet) => string | undefined, without: string, none: string): string {
  const found = new Map<string | undefined, string[]>();
  for (const { name, headers } of presetHeaders) {
    const value = read(headers);
    found.set(value, [...(found.get(value) ?? []), ref("presets", name)]);
  }
  if (found.size === 1 && found.has(undefined)) return none;
  const rows = [...found].map(([value, presets]) => [value === undefined ? without : code(value), presets.join(", ")]);
  return table(
    ["Value", "Presets"],
    [...rows].sort(([one], [other]) => Number(one === without) - Number(other === without)),
  );
}
