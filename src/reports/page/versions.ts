import { cspPolicies } from "../../headers/content-security-policy/wire.js";
import { own } from "../../values/own.js";
import { hashedPolicy } from "../fingerprint.js";
import { type Group, POLICY_CHARACTERS } from "../group.js";
import { groupedBy, largest } from "../learn/evidence.js";
import type { Proposal } from "./proposal.js";

/** One directive in two versions of a policy; the empty string where a version does not have it. */
export interface Difference {
  readonly directive: string;
  readonly reported: string;
  readonly current: string;
}

/** Another version of the policy that browsers reported. */
export interface OtherVersion {
  readonly groups: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** How it differs from the policy; undefined where its text is not known. */
  readonly differences: readonly Difference[] | undefined;
  /** Whether its text was too long to be kept, so that there may be more differences. */
  readonly isCut: boolean;
}

/** The other versions of the policy, that of the most groups first. */
export function otherVersions(groups: readonly Group[], { isOfAnother, texts = [] }: Proposal): readonly OtherVersion[] {
  const current = texts.map((text) => directivesOf(hashedPolicy(text).text));
  const byHash = groupedBy(
    groups.filter((group) => own(group, "ignored") !== true && isOfAnother(group)),
    ({ policyHash }) => policyHash,
  );
  const versions = [...byHash.values()].map((list): OtherVersion => {
    const text = list.map((group) => own(group, "policy")).find((policy) => typeof policy === "string");
    return {
      groups: list.length,
      firstSeen: -largest(list.map(({ firstSeen }) => -firstSeen)),
      lastSeen: largest(list.map(({ lastSeen }) => lastSeen)),
      differences: text === undefined ? undefined : leastDifferences(text, current),
      isCut: text !== undefined && isCut(text),
    };
  });
  return versions.sort((one, other) => other.groups - one.groups);
}

const isCut = (text: string): boolean => text.length >= POLICY_CHARACTERS;

/** The policy has a text for each transport: the differences to the one that is nearest. */
function leastDifferences(text: string, current: readonly ReadonlyMap<string, string>[]): readonly Difference[] | undefined {
  const reported = directivesOf(text);
  // The directives are in order; the last one is incomplete, and those after it are not known.
  const end = isCut(text) ? [...reported.keys()].at(-1) : undefined;
  const all = current.map((one) => differencesOf(reported, one).filter(({ directive }) => end === undefined || directive < end));
  return all.sort((one, other) => one.length - other.length)[0];
}

function differencesOf(reported: ReadonlyMap<string, string>, current: ReadonlyMap<string, string>): readonly Difference[] {
  const names = [...new Set([...reported.keys(), ...current.keys()])].sort();
  return names
    .map((directive) => ({ directive, reported: reported.get(directive) ?? "", current: current.get(directive) ?? "" }))
    .filter((one) => one.reported !== one.current);
}

/** Each directive as it is written, by name. */
function directivesOf(text: string): ReadonlyMap<string, string> {
  const directives = cspPolicies(text)[0]?.directives ?? new Map<string, readonly string[]>();
  return new Map([...directives].map(([name, sources]) => [name, [name, ...sources].join(" ")]));
}
