import { type Allowlist, isFeature, type ReportedAllowlist } from "../../headers/permissions-policy/index.js";
import { own } from "../../values/own.js";
import { kebabCase } from "../../values/text.js";
import { addressGained, NO_SOCKET, readSourceList } from "./source-lists.js";
import { type Compared, comparedDirective, type Difference, differ, type Gain, joined } from "./verdict.js";

type Allowlists = Readonly<Record<string, Allowlist | ReportedAllowlist>>;

/** Features that every frame has unless a header takes them; the others a page has to hand on. */
const FOR_EVERY_FRAME = new Set(["pictureInPicture", "storageAccess", "syncXhr", "unload"]);

function allowlistOf(policy: Allowlists | undefined, feature: string): Allowlist | undefined {
  const value = own(policy, feature);
  return (own(value, "allow") ?? value) as Allowlist | undefined;
}

/**
 * A feature for somebody who did not have it. Permissions Policy §9.
 *
 * Where the header is silent, the page has the feature and may hand it on to any frame. `*` is at least that, and `(self)` less: it
 * forbids the handing on. A list with an origin is neither more nor less than silence, as it may itself hand a feature on.
 */
function featureGained(feature: string, from: Allowlist | undefined, to: Allowlist | undefined): string | undefined {
  const name = kebabCase(feature);
  if ((from === "*" && (isFeature(feature) || to !== undefined)) || (from === undefined && to === undefined)) return undefined;
  // Of a feature that is not known here, nobody knows what silence allows.
  if (!isFeature(feature) && (from === undefined || to === undefined)) return `what a browser that knows ${name} makes of it`;
  if (from === undefined && FOR_EVERY_FRAME.has(feature)) return undefined;
  if (to === "*") return `${name} for every origin`;
  if (to === undefined) return `${name} for any frame that the page hands it on to`;
  const origins = from === undefined ? to.filter((origin) => origin !== "self") : to;
  const held = readSourceList(from === undefined ? [] : [...from]).addresses;
  const origin = addressGained(held, readSourceList([...origins]).addresses, NO_SOCKET);
  return origin && `${name} for ${origin}`;
}

/** Feature by feature, in the order in which they are written. */
export function compareFeatures(before: Allowlists = {}, after: Allowlists = {}): Compared {
  const features = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const differences = features.map((feature): Difference => {
    const gain: Gain<Allowlists> = (from, to) => featureGained(feature, allowlistOf(from, feature), allowlistOf(to, feature));
    return differ(gain, before, after);
  });
  const directives = features.map((feature, index) =>
    comparedDirective(kebabCase(feature), [textOf(before, feature), textOf(after, feature)], differences[index] as Difference),
  );
  return { directives, difference: joined(differences) };
}

function textOf(policy: Allowlists, feature: string): string | undefined {
  const allow = allowlistOf(policy, feature);
  if (allow === undefined || allow === "*") return allow;
  return `(${allow.map((origin) => (origin === "self" ? origin : JSON.stringify(origin))).join(" ")})`;
}
