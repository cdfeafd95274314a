import * as z from "zod/mini";
import { policyError } from "../errors.js";
import { type BareItem, isInnerList, parseDictionary, serializeDictionary } from "../values/structured.js";
import { didYouMean, show } from "../values/text.js";
import type { Header } from "./header.js";
import { readStructured } from "./schemas.js";

/** What a document does not allow itself. `false` is a value here (`?0`); leave a key out to say nothing. */
export interface DocumentPolicy {
  /** `document.write()` and its kin. */
  readonly documentWrite?: boolean | undefined;
  /** Links of the page may be fetched ahead. */
  readonly expectNoLinkedResources?: boolean | undefined;
  /** The page opens at its top, whatever the address says. */
  readonly forceLoadAtTop?: boolean | undefined;
  /** Crash reports carry JavaScript call stacks. */
  readonly includeJsCallStacksInCrashReports?: boolean | undefined;
  /** The JS Self-Profiling API. */
  readonly jsProfiling?: boolean | undefined;
  /** Images far larger than their place on the page. */
  readonly oversizedImages?: boolean | number | undefined;
  /** Scripts that stop the parser. */
  readonly syncScript?: boolean | undefined;
  /** Synchronous XMLHttpRequest. */
  readonly syncXhr?: boolean | undefined;
  /** Images and videos without a size of their own. */
  readonly unsizedMedia?: boolean | undefined;
}

const POINTS: Readonly<Record<keyof DocumentPolicy, string>> = {
  documentWrite: "document-write",
  expectNoLinkedResources: "expect-no-linked-resources",
  forceLoadAtTop: "force-load-at-top",
  includeJsCallStacksInCrashReports: "include-js-call-stacks-in-crash-reports",
  jsProfiling: "js-profiling",
  oversizedImages: "oversized-images",
  syncScript: "sync-script",
  syncXhr: "sync-xhr",
  unsizedMedia: "unsized-media",
};

const keys = Object.keys(POINTS) as (keyof DocumentPolicy)[];

/** `Document-Policy`: limits a document sets itself; a dictionary, RFC 9651 §3.2. WICG Document Policy. */
export const documentPolicy: Header<DocumentPolicy, "Document-Policy"> = {
  name: "Document-Policy",
  falseIsAValue: true,
  fields: () => Object.fromEntries(keys.map((key) => [key, key === "oversizedImages" ? switchOrRatio : z.boolean()])),
  otherField(name, report) {
    const key = keys.find((known) => POINTS[known] === name);
    if (key !== undefined)
      report({ path: [name], code: "unknown-name", message: "configuration points are written in camelCase", hint: `Write ${key}.` });
    return undefined;
  },

  serialize: (options) =>
    serializeDictionary(Object.fromEntries(Object.entries(options).map(([key, value]) => [POINTS[key as keyof DocumentPolicy], value]))),

  parse: (text) =>
    Object.fromEntries(
      [...readStructured(text, parseDictionary)].map(([name, member]) => {
        const key = keys.find((known) => POINTS[known] === name);
        if (key === undefined)
          throw policyError(
            "unknown-name",
            [],
            `${show(name)} is no configuration point`,
            didYouMean(name, Object.values(POINTS)) || "Take it out.",
          );
        const value: BareItem | undefined = isInnerList(member) ? undefined : member[0];
        if (typeof value === "boolean" || (typeof value === "number" && key === "oversizedImages")) return [key, value];
        throw policyError("invalid-value", [key], `${show(text)} gives it no value that it takes`, "Write ?0 or ?1.");
      }),
    ),
};

const switchOrRatio = {
  safeParse: (value: unknown) =>
    typeof value === "number" ? z.number().check(z.gte(0), z.lte(1_000_000)).safeParse(value) : z.boolean().safeParse(value),
};
