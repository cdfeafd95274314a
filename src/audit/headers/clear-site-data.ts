import type { headers } from "../../headers/index.js";
import { readStructured } from "../../values/schema.js";
import { parseList } from "../../values/structured.js";
import { show } from "../../values/text.js";
import { readValue } from "../reading.js";
import { GENERAL_STANDARD } from "../standard.js";
import { adviseStructured, byGain, type HeaderKnowledge } from "./knowledge.js";
import { and, whenRead } from "./sentences.js";

type Value = ReturnType<(typeof headers.clearSiteData)["parse"]>;

const KINDS = ["cache", "cookies", "storage", "clientHints", "executionContexts", "prefetchCache", "prerenderCache", "other data"];

/** What the browser deletes. Clear Site Data §3.1. */
const DELETED: Readonly<Record<string, string>> = {
  cache: "cached files",
  cookies: "cookies",
  storage: "data that scripts have stored",
  clientHints: "the client hints that it asked for",
  prefetchCache: "pages fetched in advance",
  prerenderCache: "pages rendered in advance",
};

function explained(kinds: Value): string {
  if (kinds.length === 0) return "No effect.";
  if (kinds.includes("*")) return "The browser deletes everything that it keeps of this site, and loads its open pages again.";
  const deleted = kinds.flatMap((kind) => DELETED[kind] ?? []);
  const sentences = [
    deleted.length > 0 && `The browser deletes what it keeps of this site: ${and(deleted)}.`,
    kinds.includes("executionContexts") && "The browser loads open pages of this site again.",
  ];
  return sentences.filter((one) => one !== false).join(" ");
}

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
  explain: whenRead(explained),
  compare: byGain<Value>(gain),
  unknownMembers: unknownKinds,
};
