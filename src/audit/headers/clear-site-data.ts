import type { headers } from "../../headers/index.js";
import { readStructured } from "../../values/schema.js";
import { parseList } from "../../values/structured.js";
import { show } from "../../values/text.js";
import { readValue } from "../reading.js";
import { GENERAL_STANDARD } from "../standard.js";
import { adviseStructured, byGain, type HeaderKnowledge } from "./knowledge.js";
import { whenRead } from "./sentences.js";

type Value = ReturnType<(typeof headers.clearSiteData)["parse"]>;

const KINDS = ["cache", "cookies", "storage", "clientHints", "executionContexts", "prefetchCache", "prerenderCache", "other data"];

function gain(from: readonly string[] = [], to: readonly string[] = []): string | undefined {
  const cleared = (kinds: readonly string[]) => (kinds.includes("*") ? KINDS : kinds);
  const kept = cleared(from).find((kind) => !cleared(to).includes(kind));
  return kept && `browsers that keep ${kept}`;
}

/** Kinds that browsers other than those known here may have: strings, as the known ones are. */
function unknownKinds(text: string): readonly string[] {
  const reading = readValue({ parse: (value) => readStructured(value, parseList) }, text);
  if (reading.kind !== "read") return [];
  const kinds = reading.value.flatMap(([item]) => (typeof item === "string" ? [item] : []));
  return kinds.filter((kind) => kind !== "*" && !KINDS.includes(kind)).map(show);
}

export const clearSiteData: HeaderKnowledge<Value> = {
  repeated: "list",
  standard: GENERAL_STANDARD,
  advise: adviseStructured('Write each kind of data in double quotes: "cache", "cookies", "storage".'),
  explain: whenRead((kinds) => (kinds.length === 0 ? "No effect." : `The browser deletes this site's data: ${kinds.join(", ")}.`)),
  compare: byGain<Value>(gain),
  unknownMembers: unknownKinds,
};
