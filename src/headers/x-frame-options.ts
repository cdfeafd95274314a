import { expecting, soleMember } from "../values/schema.js";
import { show } from "../values/text.js";
import type { Header, WithDefaults } from "./header.js";
import { oneWordHeader } from "./one-of.js";

const WORDS = ["SAMEORIGIN", "DENY"] as const;

export type XFrameOptions = (typeof WORDS)[number];

/** `X-Frame-Options`: who may frame this page, for browsers without `frame-ancestors`, which overrides it. RFC 7034. */
export const xFrameOptions: Header<XFrameOptions, "X-Frame-Options"> & WithDefaults = oneWordHeader(
  "X-Frame-Options",
  WORDS,
  false,
  meantValue,
);

/** The error text for values that belong to another header. */
function meantValue(input: unknown): string | undefined {
  const text = typeof input === "string" ? input : soleMember(input);
  if (typeof text !== "string") return undefined;
  if (/^allow-?all$/i.test(text)) return expecting("one of its values", "Write false: without the header every site may frame the page.");
  if (!/^allow-?from/i.test(text)) return undefined;
  const partner = text.split(/\s+/)[1] ?? "https://partner.example";
  return expecting("one of its values", `Browsers ignore it: write contentSecurityPolicy: { frameAncestors: [${show(partner)}] }.`);
}
