import * as z from "zod/mini";
import { policyError } from "../errors.js";
import { parseList, serializeItem, textOf } from "../values/structured.js";
import { didYouMean, oneOf, show } from "../values/text.js";
import type { Header } from "./header.js";
import { readStructured } from "./schemas.js";

const TYPES = ["cache", "cookies", "storage", "clientHints", "executionContexts", "prefetchCache", "prerenderCache", "*"] as const;

/** What the browser forgets of this site; `["*"]` is everything. */
export type ClearSiteData = readonly (typeof TYPES)[number][];

/** `Clear-Site-Data`: for the answer to a logout. Clear Site Data §3.1. */
export const clearSiteData: Header<ClearSiteData, "Clear-Site-Data"> = {
  name: "Clear-Site-Data",
  value: () => z.array(z.enum(TYPES)).check(z.minLength(1)),
  serialize: (types) => types.map((type) => serializeItem(type)).join(", "),

  parse: (text) =>
    readStructured(text, parseList).map(([item]) => {
      const name = Array.isArray(item) ? undefined : textOf(item);
      const type = TYPES.find((known) => known === item);
      if (type === undefined) throw policyError("invalid-value", [], `${show(name ?? text)} is no kind of data`, hintFor(name));
      return type;
    }),
};

function hintFor(name: string | undefined): string {
  if (TYPES.some((known) => known === name)) return `Write it in double quotes: ${show(name)}.`;
  return didYouMean(name ?? "", TYPES) || `Write ${oneOf(TYPES)}.`;
}
