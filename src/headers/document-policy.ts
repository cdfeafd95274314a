import * as z from "zod/mini";
import type { ReportIssue } from "../errors.js";
import { expecting, readStructured, strictly } from "../values/schema.js";
import { type BareItem, isInnerList, parseDictionary, serializeItem } from "../values/structured.js";
import { didYouMean, show } from "../values/text.js";
import type { Header } from "./header.js";

/** Features of a document, on or off. `false` is a value here (`?0`); a key that is left out is not sent. */
export interface DocumentPolicy {
  /** `document.write()` and similar methods. */
  readonly documentWrite?: boolean | undefined;
  /** Linked resources may be fetched in advance. */
  readonly expectNoLinkedResources?: boolean | undefined;
  /** The page opens at its top, also where the URL names a fragment. */
  readonly forceLoadAtTop?: boolean | undefined;
  /** Crash reports carry JavaScript call stacks. */
  readonly includeJsCallStacksInCrashReports?: boolean | undefined;
  /** The JS Self-Profiling API. */
  readonly jsProfiling?: boolean | undefined;
  /** Images larger than their box on the page; a number is the ratio allowed. */
  readonly oversizedImages?: boolean | number | undefined;
  /** Scripts that block the parser. */
  readonly syncScript?: boolean | undefined;
  /** Synchronous XMLHttpRequest. */
  readonly syncXhr?: boolean | undefined;
  /** Images and videos without an explicit size. */
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

/** `Document-Policy`: features that a document turns on or off for itself; a dictionary, RFC 9651 §3.2. WICG Document Policy. */
export const documentPolicy: Header<DocumentPolicy, "Document-Policy"> = {
  name: "Document-Policy",
  falseIsAValue: true,
  example: "{ documentWrite: false }",
  fields: () => Object.fromEntries(keys.map((key) => [key, key === "oversizedImages" ? switchOrRatio() : z.boolean()])),
  otherField(name, report) {
    const key = keys.find((known) => POINTS[known] === name);
    if (key !== undefined)
      report({ path: [name], code: "unknown-name", message: "configuration points are written in camelCase", hint: `Write ${key}.` });
    return undefined;
  },

  serialize: (options) =>
    Object.entries(options)
      .map(([key, value]) => member(POINTS[key as keyof DocumentPolicy], value))
      .join(", "),

  parse: strictly(read),
  read,
};

/** One member, RFC 9651 §4.1.2; a ratio is a decimal, and keeps its point: `2.0`. */
function member(name: string, value: boolean | number): string {
  if (value === true) return name;
  return `${name}=${Number.isInteger(value) ? `${value}.0` : serializeItem(value)}`;
}

function read(text: string, report: ReportIssue): DocumentPolicy {
  return Object.fromEntries(
    [...readStructured(text, parseDictionary)].flatMap(([name, member]) => {
      const key = keys.find((known) => POINTS[known] === name);
      const value: BareItem | undefined = isInnerList(member) ? undefined : member[0];
      if (key === undefined) {
        const hint = didYouMean(name, Object.values(POINTS)) || "Take it out.";
        report({ path: [], code: "unknown-name", message: `${show(name)} is not a configuration point`, hint });
      } else if (typeof value === "boolean" || (typeof value === "number" && key === "oversizedImages")) return [[key, value]];
      else report({ path: [key], message: `${show(text)} has a value that it does not take`, hint: "Write ?0 or ?1." });
      return [];
    }),
  );
}

/** `true`, `false`, or a ratio. */
function switchOrRatio() {
  const words = expecting("true, false or a number", "Write true, false, or a ratio such as 2.0.");
  return z.union([z.boolean(), z.number().check(z.gte(0), z.lte(MOST_RATIO))], words).check(threePlaces());
}

const MOST_RATIO = 1_000_000;

/** A decimal has at most three digits after its point; more would be rounded. RFC 9651 §3.3.2. */
function threePlaces() {
  return z.refine<boolean | number>((value) => typeof value === "boolean" || Number(value.toFixed(3)) === value, {
    params: { message: "a header has at most three digits after the decimal point", hint: "Write for example 0.125." },
  });
}
