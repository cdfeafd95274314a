import type { Directives } from "../../headers/content-security-policy/index.js";
import type { Item } from "../../headers/content-security-policy/values.js";
import type { ComparedSide } from "../headers/knowledge.js";
import { type Compared, NO_DIFFERENCE } from "./difference.js";
import { type ComparedField, fieldOf, type HeadersSide } from "./headers-side.js";
import type { CspSide } from "./policy-side.js";

/** Of X-Frame-Options, where frame-ancestors overrules it on either side. CSP3 §6.4.2.1. */
export function compareFraming(key: string, before: HeadersSide, after: HeadersSide): Compared | undefined {
  if (key !== "xFrameOptions" || ![before, after].some(hasFrameAncestors)) return undefined;
  return { difference: NO_DIFFERENCE, note: "frame-ancestors overrules it where it is present: see there." };
}

/** What a header's `compare` takes of one side: a Content-Security-Policy with the frame-ancestors that X-Frame-Options is equal to. */
export function byField(key: string, field: ComparedField | undefined, side: HeadersSide): ComparedSide<unknown> {
  const text = field?.ignored === undefined ? field?.text : undefined;
  if (key !== "contentSecurityPolicy") return { value: field?.value, text };
  const value: CspSide = { policies: (field?.value ?? []) as readonly Directives[], frameOptions: frameOptionsOf(side) };
  return { value, text };
}

function hasFrameAncestors(side: HeadersSide): boolean {
  const policies = (fieldOf(side, "contentSecurityPolicy")?.value ?? []) as readonly Directives[];
  return policies.some((one) => one["frameAncestors"] !== undefined);
}

/**
 * The frame-ancestors that X-Frame-Options is equal to, HTML §7.1.6. SAMEORIGIN is 'self': on a page over http, 'self' also matches
 * the same host over https, which is no weakness.
 */
function frameOptionsOf(side: HeadersSide): readonly Item[] | undefined {
  const value = fieldOf(side, "xFrameOptions")?.value;
  if (value === undefined) return undefined;
  return value === "DENY" ? ["none"] : ["self"];
}
