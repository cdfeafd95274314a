import { compareDirectives } from "../../compare/content-security-policy.js";
import type { CspSide } from "../../compare/policy-side.js";
import { standard } from "../../standard.js";
import type { HeaderKnowledge } from "../knowledge.js";

/** Its directives are in `directives.ts`. */
export const contentSecurityPolicy: HeaderKnowledge<CspSide> = {
  // CSP3 §2.2.2
  repeated: "policies",
  standard: standard("A03", "CWE-79", "https://www.w3.org/TR/CSP3/"),
  reportOnlyStandard: standard("A03", "CWE-79", "https://www.w3.org/TR/CSP3/#cspro-header"),
  explain: () => ENFORCED,
  compare: (before, after) => compareDirectives(before.value ?? NO_POLICY, after.value ?? NO_POLICY),
};

/** What precedes its directives where it is enforced. */
export const ENFORCED = "What a page may load, run, frame and send:";

const NO_POLICY: CspSide = { policies: [], frameOptions: undefined };
