import type { Patch } from "../headers/patch.js";
import { makePolicy, type Policy } from "../policy/policy.js";
import { edit } from "../values/edits.js";
import { nonce } from "../values/slots.js";
import type { Evidence } from "./evidence.js";
import { addressNotes } from "./proposal/address.js";
import { beyondCspPart } from "./proposal/beyond-csp.js";
import { evalPart } from "./proposal/eval.js";
import { framePart } from "./proposal/frames.js";
import { hostPart } from "./proposal/hosts.js";
import { inlinePart } from "./proposal/inline.js";
import { type Allowed, type Consent, type Needed, type Pending, valueIn } from "./proposal/part.js";
import { sizeNotes } from "./proposal/size.js";
import { withStrictDynamic } from "./proposal/strict-dynamic.js";
import { trustedTypesPart } from "./proposal/trusted-types.js";

export { type Allowed, CONSENTS, type Consent, type Needed, type Pending } from "./proposal/part.js";

/** A policy made from what was seen. */
export interface Proposal {
  /** The layer to put on the policy that was observed. */
  readonly patch: Patch;
  readonly policy: Policy;
  readonly allowed: readonly Allowed[];
  readonly pending: readonly Pending[];
  readonly needed: readonly Needed[];
  /** Remarks on the policy as a whole, such as on its size. */
  readonly notes: readonly string[];
}

/**
 * Makes a policy that allows what the pages of a walk needed.
 *
 * @param policy the policy that was observed.
 * @param accepted what somebody has confirmed.
 */
export function propose(policy: Policy, evidence: Evidence, accepted: ReadonlySet<Consent>): Proposal {
  const csp = (valueIn(policy.resolved, "contentSecurityPolicy") || {}) as Readonly<Record<string, unknown>>;
  const parts = [
    hostPart(policy, evidence.groups),
    framePart(policy, evidence),
    inlinePart(evidence, csp, accepted),
    evalPart(policy, evidence.groups, accepted),
    trustedTypesPart(policy, evidence),
    beyondCspPart(policy, evidence),
  ];
  const sources = withStrictDynamic(
    parts.flatMap((part) => part.allowed),
    evidence,
    csp,
  );
  const others = parts.flatMap((part) => part.others);
  const patch = joined([cspPatch(sources, csp), ...others.map((one) => one.patch)]);
  const next = makePolicy([policy, patch]);
  return {
    patch,
    policy: next,
    allowed: [...sources, ...others.map((one) => one.allowed)],
    pending: parts.flatMap((part) => part.pending),
    needed: parts.flatMap((part) => part.needed),
    notes: [...sizeNotes(next, sources), ...addressNotes(sources, evidence.origins)],
  };
}

/** The directives of attributes are written anew: an append would begin with the sources of the directive for elements. */
const ATTRIBUTES: readonly string[] = ["scriptSrcAttr", "styleSrcAttr"];

function cspPatch(allowed: readonly Allowed[], csp: Readonly<Record<string, unknown>>): Patch {
  const byDirective = new Map<string, Set<string>>();
  for (const { directive, source } of allowed) byDirective.set(directive, (byDirective.get(directive) ?? new Set()).add(source));
  if (byDirective.size === 0) return {};
  const directives = [...byDirective].map(([name, sources]) => {
    const list = [...sources].map((source) => (source === "nonce" ? nonce : source));
    return [name, ATTRIBUTES.includes(name) && csp[name] === undefined ? list : edit("append", list)];
  });
  return { contentSecurityPolicy: Object.fromEntries(directives) } as Patch;
}

/** Patches as one: the fields of the same header beside each other. */
function joined(patches: readonly Patch[]): Patch {
  const made: Record<string, unknown> = {};
  for (const patch of patches) {
    for (const [key, value] of Object.entries(patch)) {
      const before = made[key];
      made[key] = typeof before === "object" && typeof value === "object" ? { ...before, ...value } : value;
    }
  }
  return made as Patch;
}
