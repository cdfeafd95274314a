import * as z from "zod/mini";
import type { ReportIssue } from "../errors.js";
import { readStructured, strictly } from "../values/schema.js";
import { parseList, serializeItem, textOf } from "../values/structured.js";
import { didYouMean, oneOf, show } from "../values/text.js";
import type { Header } from "./header.js";

const TYPES = ["cache", "cookies", "storage", "clientHints", "executionContexts", "prefetchCache", "prerenderCache", "*"] as const;

/** What the browser forgets of this site; `["*"]` is everything. */
export type ClearSiteData = readonly (typeof TYPES)[number][];

/** `Clear-Site-Data`: for the answer to a logout. Clear Site Data §3.1. */
export const clearSiteData: Header<ClearSiteData, "Clear-Site-Data"> = {
  name: "Clear-Site-Data",
  example: '["*"]',
  value: () => z.array(z.enum(TYPES)).check(z.minLength(1)),
  serialize: (types) => types.map((type) => serializeItem(type)).join(", "),

  parse: strictly(read),
  read,
};

function read(text: string, report: ReportIssue): ClearSiteData {
  return readStructured(text, parseList).flatMap(([item]) => {
    const name = Array.isArray(item) ? undefined : textOf(item);
    const type = TYPES.find((known) => known === item);
    if (type === undefined) report({ path: [], message: `${show(name ?? text)} is not a kind of data`, hint: hintFor(name) });
    return type ?? [];
  });
}

function hintFor(name: string | undefined): string {
  if (TYPES.some((known) => known === name)) return `Write it in double quotes: ${show(name)}.`;
  return didYouMean(name ?? "", TYPES) || `Write ${oneOf(TYPES)}.`;
}
