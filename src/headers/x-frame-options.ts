import { checked } from "../values/schema.js";
import { show } from "../values/text.js";
import type { Header, WithDefaults } from "./header.js";
import { oneWordHeader } from "./one-of.js";

export type XFrameOptions = "SAMEORIGIN" | "DENY";

const words = oneWordHeader("X-Frame-Options", ["SAMEORIGIN", "DENY"]);

/** `X-Frame-Options`: who may frame this page, for browsers without `frame-ancestors`, which overrules it. RFC 7034. */
export const xFrameOptions: Header<XFrameOptions, "X-Frame-Options"> & WithDefaults<XFrameOptions> = {
  ...words,
  value: () => checked('"DENY" or "SAMEORIGIN"', problem),
};

function problem(text: string): readonly [string, string] | undefined {
  if (text === "DENY" || text === "SAMEORIGIN") return undefined;
  if (/^allow-?from/i.test(text)) {
    const partner = text.split(/\s+/)[1] ?? "https://partner.example";
    return ["is obsolete, no browser honours it", `Use contentSecurityPolicy: { frameAncestors: [${show(partner)}] }.`];
  }
  return ["is not one of its values", 'Write "DENY" or "SAMEORIGIN".'];
}
