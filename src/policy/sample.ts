import { sampleOf } from "../headers/reporting.js";
import { type CompiledPolicy, compile } from "./compile.js";
import { makePolicy, type Policy } from "./policy.js";

/**
 * The form of a policy that asks for no reports, for the responses outside the sample of `reporting.sample`. What a header names itself,
 * such as `reportUri`, stays.
 *
 * @param policyOf returns the policy with its `reporting`, to which overrides are added.
 * @throws {PolicyError} as `compile` does.
 */
export function silentForm(policy: Policy, policyOf: () => Policy): CompiledPolicy {
  const compiled = compile(makePolicy([policy, { reporting: false }], false), policyOf);
  return { ...compiled, sample: sampleOf(policy.resolved), isSilent: true };
}
