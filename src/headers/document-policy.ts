import * as z from "zod/mini";
import type { ReportIssue } from "../errors.js";
import { readStructured, strictly } from "../values/schema.js";
import { type BareItem, isInnerList, parseDictionary, serializeItem } from "../values/structured.js";
import { didYouMean, show } from "../values/text.js";
import type { Header } from "./header.js";

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
        report({ path: [], code: "unknown-name", message: `${show(name)} is no configuration point`, hint });
      } else if (typeof value === "boolean" || (typeof value === "number" && key === "oversizedImages")) return [[key, value]];
      else report({ path: [key], message: `${show(text)} gives it no value that it takes`, hint: "Write ?0 or ?1." });
      return [];
    }),
  );
}

const switchOrRatio = {
  safeParse: (value: unknown) =>
    typeof value === "number" ? z.number().check(z.gte(0), z.lte(1_000_000), threePlaces()).safeParse(value) : z.boolean().safeParse(value),
};

/** A decimal has at most three digits behind its point, and what has more would be rounded. RFC 9651 §3.3.2. */
const threePlaces = () =>
  z.refine<number>((value) => Number(value.toFixed(3)) === value, {
    params: { message: "a header cannot say more than three digits behind the point", hint: "Write for example 0.125." },
  });
