import { type CspPolicy, cspPath } from "../../headers/content-security-policy/wire.js";
import { type Evaluation, evaluate } from "../evaluator.js";
import type { AuditRule, Found, Severity } from "../finding.js";
import { SEVERITIES } from "../finding.js";

const HEADER = "Content-Security-Policy";

/** A bypass of the enforced policy that Google's csp_evaluator knows. */
export const cspBypass: AuditRule<"csp-bypass"> = {
  rule: "csp-bypass",

  check: ({ enforced }) => {
    if (enforced.length === 0) return [];
    const [first = [], ...rest] = enforced.map((policy) => evaluate(policy).filter((one) => !governedElsewhere(one, policy, enforced)));
    // All policies are enforced together: what bypasses all of them bypasses the strongest.
    const strongest = rest.reduce((best, other) => (worst(other) > worst(best) ? other : best), first);
    return strongest.map(
      ({ severity, directive, message, fix }): Found => ({ header: HEADER, path: cspPath(directive), severity, message, fix }),
    );
  },
};

function worst(evaluations: readonly Evaluation[]): number {
  return Math.min(SEVERITIES.length, ...evaluations.map(({ severity }: { severity: Severity }) => SEVERITIES.indexOf(severity)));
}

/** Another policy may have a directive that this one lacks. */
function governedElsewhere({ missing, directive }: Evaluation, policy: CspPolicy, all: readonly CspPolicy[]): boolean {
  const names = directive === "base-uri" ? [directive] : [directive, "default-src"];
  return missing && all.some((other) => other !== policy && names.some((name) => other.directives.has(name)));
}
