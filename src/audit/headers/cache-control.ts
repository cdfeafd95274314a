import { type CacheControl, cacheDirectives, isNeverStored } from "../../headers/cache-control.js";
import { standard } from "../standard.js";
import { byGain, type HeaderKnowledge } from "./knowledge.js";

/** The same text for the same meaning: directives in any order, except one that is repeated. RFC 9111 §4.2.1. */
function normalised(text: string): string {
  const given = cacheDirectives(text).map(([name, argument]) => [name, argument?.toLowerCase()]);
  return JSON.stringify(given.sort(([one = ""], [other = ""]) => (one < other ? -1 : one > other ? 1 : 0)));
}

/** `no-store` keeps the response out of every cache; other directives have no order. */
function gain(from: CacheControl | undefined, to: CacheControl | undefined): string | undefined {
  if (isNeverStored(to ?? "")) return undefined;
  if (normalised(from ?? "") === normalised(to ?? "")) return undefined;
  return to === undefined ? "storing it by the default rules of caches" : `storing it as ${to} says`;
}

export const cacheControl: HeaderKnowledge<CacheControl> = {
  repeated: "list",
  standard: standard("A04", "CWE-525", "https://www.rfc-editor.org/rfc/rfc9111"),
  explain: (_, text) =>
    isNeverStored(text) ? "No cache may store this response." : `Who may store this response, and for how long: ${text}.`,
  compare: byGain(gain),
};
