import { issueCollector, PolicyError } from "../../errors.js";
import type { Patch } from "../../headers/patch.js";
import { fold } from "../../policy/fold.js";
import { makePolicy, type Policy, patchesOf } from "../../policy/policy.js";
import { compiledOf } from "../../policy/render.js";
import { limitOf } from "../../policy/size.js";
import { edit } from "../../values/edits.js";
import type { Wanted } from "./candidates.js";
import { groupedBy } from "./evidence.js";
import type { Observed } from "./observed.js";

/**
 * The layer that appends these sources. A policy that is observed through `contentSecurityPolicyReportOnly` is enforced by its layer: the
 * whole CSP with these sources takes the place of the enforced one, and the report-only header is switched off.
 */
export function patchOf(observed: Observed, wanted: readonly Wanted[]): Patch {
  if (wanted.length === 0) return {};
  return observed.key === "contentSecurityPolicy" ? appending(observed, wanted) : enforcing(observed, wanted);
}

function appending({ key }: Observed, wanted: readonly Wanted[]): Patch {
  const byDirective = groupedBy(wanted, ({ directive }) => directive);
  const edits = [...byDirective].map(([directive, list]) => {
    return [
      directive,
      edit(
        "append",
        list.map(({ source }) => source),
      ),
    ] as const;
  });
  return { [key]: Object.fromEntries(edits) } as Patch;
}

/** Directives that browsers ignore in a report-only header, so that it says nothing on them. CSP3 §3.2, Upgrade Insecure Requests §3.1. */
const NOT_OBSERVED: readonly string[] = ["sandbox", "upgradeInsecureRequests"];

function enforcing(observed: Observed, wanted: readonly Wanted[]): Patch {
  const { policy } = observed;
  const { reporting, contentSecurityPolicyReportOnly } = written(makePolicy([policy, appending(observed, wanted)]));
  const directives = contentSecurityPolicyReportOnly as Readonly<Record<string, unknown>>;
  const inForce = Object.keys(policy.resolved.contentSecurityPolicy ?? {}).filter((key) => !NOT_OBSERVED.includes(key));
  // reporting adds its endpoint to the enforced header too.
  const off = inForce.filter((key) => !Object.hasOwn(directives, key) && !(reporting && REPORTS.includes(key)));
  const contentSecurityPolicy = { ...Object.fromEntries(off.map((key) => [key, false])), ...directives };
  return { contentSecurityPolicy, contentSecurityPolicyReportOnly: false } as Patch;
}

const REPORTS: readonly string[] = ["reportUri", "reportTo"];

/** The keys of a policy as they are written, before `reporting` is added to its headers. */
function written(policy: Policy): Readonly<Record<string, unknown>> {
  return fold(patchesOf(policy), issueCollector().report, new Set());
}

/** The policy with these sources; undefined where it does not take one of them. */
export function withSources(observed: Observed, wanted: readonly Wanted[]): Policy | undefined {
  return unlessRefused(() => makePolicy([observed.policy, patchOf(observed, wanted)]));
}

/** Whether the headers of a policy are within its `maxBytes`. */
export function isWithinSize(policy: Policy): boolean {
  return unlessRefused(() => compiledOf(policy)) !== undefined;
}

function unlessRefused<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof PolicyError) return undefined;
    throw error;
  }
}

/** As many of these sources, from the first, as the header has room for. */
export function fitting<T extends Wanted>(observed: Observed, wanted: readonly T[]): readonly T[] {
  let [fits, tooMany, tried] = [0, wanted.length + 1, wanted.length];
  while (tooMany - fits > 1) {
    const next = withSources(observed, wanted.slice(0, tried));
    if (next !== undefined && isWithinSize(next)) fits = tried;
    else tooMany = tried;
    tried = Math.floor((fits + tooMany) / 2);
  }
  return wanted.slice(0, fits);
}

/** Why a source is not in the patch where the header has no room for it. */
export function noRoom({ policy, header }: Observed): string {
  return `No room: ${header} would have more than ${limitOf(policy.resolved)} bytes. Remove sources, or write a larger maxBytes.`;
}
