import type { Patch } from "../headers/patch.js";
import { makePolicy, type Policy } from "../policy/policy.js";
import { edit } from "../values/edits.js";
import { nonce } from "../values/slots.js";
import type { Evidence } from "./evidence.js";
import { addressNotes } from "./proposal/address.js";
import { beyondCspPart } from "./proposal/beyond-csp.js";
import { evalPart } from "./proposal/eval.js";
import { framePart } from "./proposal/frames.js";
import { hostPart, loopbackNotes } from "./proposal/hosts.js";
import { inlinePart } from "./proposal/inline.js";
import { type Accepted, type Allowed, CONSENTS, type Needed, type Pending, valueIn, wordFor } from "./proposal/part.js";
import { sizeNotes } from "./proposal/size.js";
import { withStrictDynamic } from "./proposal/strict-dynamic.js";
import { trustedTypesPart } from "./proposal/trusted-types.js";
import { visitsOf } from "./proposal/visits.js";

export {
  type Accepted,
  type Allowed,
  CONSENTS,
  type Consent,
  type Item,
  isOriginItem,
  type Needed,
  type Pending,
  wordFor,
} from "./proposal/part.js";

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
export function propose(policy: Policy, evidence: Evidence, accepted: Accepted): Proposal {
  const csp = (valueIn(policy.resolved, "contentSecurityPolicy") || {}) as Readonly<Record<string, unknown>>;
  const answered = { visits: visitsOf(evidence), accepted };
  const parts = [
    hostPart(policy, evidence.groups, answered),
    framePart(policy, evidence, answered),
    inlinePart(evidence, csp, accepted),
    evalPart(policy, evidence.groups, accepted),
    trustedTypesPart(policy, evidence),
    beyondCspPart(policy, evidence, answered),
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
    notes: [
      ...comparedNotes(evidence),
      ...unusedNotes(policy, evidence, accepted, sources),
      ...sizeNotes(next, sources),
      ...addressNotes(sources, evidence.origins),
      ...loopbackNotes(sources),
    ],
  };
}

/** Inline code of one page, which is allowed without a question, since it is on every page. */
function comparedNotes({ visits: { pages }, inline }: Evidence): readonly string[] {
  if (!inline.some(({ isServed, kind }) => isServed && kind !== "style attribute")) return [];
  if (pages.length === 1) return ["One page was visited: inline code on it could not be compared with other pages. Read it."];
  if (pages.length === 0 || new Set(pages.map(({ html }) => html)).size > 1) return [];
  return ["All pages that were visited have the same HTML: inline code in it could not be compared with other pages. Read it."];
}

/** Confirmed points that the evidence does not have: the code may have changed since somebody looked at it. */
function unusedNotes(policy: Policy, evidence: Evidence, accepted: Accepted, allowed: readonly Allowed[]): readonly string[] {
  const items = [...accepted].filter((word) => !(CONSENTS as readonly string[]).includes(word));
  if (items.length === 0) return [];
  const known = new Set(propose(policy, evidence, new Set()).pending.map(wordFor));
  const used = new Set(allowed.map(({ source }) => source.replaceAll("'", "")));
  const unused = items.filter((word) => !known.has(word) && !used.has(word));
  return unused.map(
    (word) => `--accept ${word} was not used: nothing of that name had to be confirmed. If it is code, it may have changed.`,
  );
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
