import type { Group } from "../reports/group.js";
import type { Evidence } from "./evidence.js";
import type { Needed, Proposal } from "./proposal.js";

/** What a policy may name of the evidence, and what is left out of it since a secret is in it. */
export interface WithoutSecrets {
  readonly evidence: Evidence;
  /** One entry for each source that is left out. */
  readonly needed: readonly Needed[];
}

/**
 * Leaves out of the evidence what would put a secret into a policy, which every visitor gets: origins, and names of Trusted Types policies. A page
 * can request any host, also one with a secret in its name.
 *
 * @param isSecret whether a text has a secret in it; default: none has.
 */
export function withoutSecretSources(evidence: Evidence, isSecret: (text: string) => boolean = () => false): WithoutSecrets {
  // Words such as inline and self are no text of the site.
  const isOut = ({ blocked }: Group) => blocked.includes(":") && isSecret(blocked);
  const left = [
    ...evidence.groups.filter(isOut).map(({ directive, blocked, pages }) => ({
      name: `${directive} ${blocked}`,
      pages: pages.map(({ value }) => value),
    })),
    ...evidence.framedBy.filter(({ by }) => isSecret(by)).map(({ by, page }) => ({ name: `frame-ancestors ${by}`, pages: [page] })),
    ...evidence.policyNames
      .filter(({ name }) => isSecret(name))
      .map(({ name, page }) => ({ name: `trusted-types ${name}`, pages: [page] })),
  ];
  const pages = new Map<string, readonly string[]>();
  for (const one of left) pages.set(one.name, [...new Set([...(pages.get(one.name) ?? []), ...one.pages])]);
  if (pages.size === 0) return { evidence, needed: [] };
  return {
    evidence: {
      ...evidence,
      groups: evidence.groups.filter((group) => !isOut(group)),
      framedBy: evidence.framedBy.filter(({ by }) => !isSecret(by)),
      policyNames: evidence.policyNames.filter(({ name }) => !isSecret(name)),
    },
    needed: [...pages].map(([name, on]) => ({ message: `${name}: ${WHY}`, pages: on, code: undefined })),
  };
}

const WHY =
  "not proposed, since it contains a value of --header, --storage-state, a cookie or a query. If that is no secret, add it to the policy of --policy.";

/** A proposal, and what else the site needs. */
export const withNeeded = (proposal: Proposal, needed: readonly Needed[]): Proposal =>
  needed.length === 0 ? proposal : { ...proposal, needed: [...proposal.needed, ...needed] };
