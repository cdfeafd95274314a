import type { Detail } from "./listen.js";
import type { HeaderEntry, Served } from "./network.js";

/** In lower case, as browsers compare it. */
export const CSP = "content-security-policy";

/** Knows what the site's own policy does during a walk. */
export interface SitePolicy {
  /** The headers that the browser gets, of those with the policy of the recording: without the site's own CSP where that is ignored. */
  headersOf(served: Served, withPolicy: readonly HeaderEntry[]): readonly HeaderEntry[];
  /** Takes a violation of another policy than that of the recording. */
  addDetail(detail: Detail): void;
  /** What it has hidden, a sentence each. */
  notes(): readonly string[];
  /** What the site itself sends. */
  seen(): SiteHeaders;
}

/** Headers of the site itself that a recording is compared with. */
export interface SiteHeaders {
  /** Whether a document came with a CSP that is enforced, and was not removed. */
  readonly enforcesCsp: boolean;
  /** Different values of Strict-Transport-Security, some of them. */
  readonly hsts: readonly string[];
}

const MOST_HSTS = 10;

/** Policies of the site that are remembered: with a nonce each response has its own. */
const MOST_POLICIES = 10_000;

/** @param isIgnored whether the site's CSP headers are removed. Those in the HTML stay. */
export function watchSitePolicy(isIgnored: boolean): SitePolicy {
  const observed = new Set<string>();
  const blocked = new Map<string, number>();
  const hsts = new Set<string>();
  let enforcesCsp = false;
  const isCsp = ({ name }: HeaderEntry) => [CSP, `${CSP}-report-only`].includes(name.toLowerCase());
  return {
    headersOf({ headers }, withPolicy) {
      for (const { name, value } of headers) {
        if (name.toLowerCase() === CSP) enforcesCsp ||= !isIgnored;
        if (name.toLowerCase() === "strict-transport-security" && hsts.size < MOST_HSTS) hsts.add(value);
        if (name.toLowerCase() !== `${CSP}-report-only` || observed.size > MOST_POLICIES) continue;
        for (const one of value.split(",")) observed.add(one.trim());
      }
      return isIgnored ? withPolicy.filter((one) => !(headers.includes(one) && isCsp(one))) : withPolicy;
    },
    addDetail({ directive, policy }) {
      if (!observed.has(policy.trim())) blocked.set(directive, (blocked.get(directive) ?? 0) + 1);
    },
    seen: () => ({ enforcesCsp, hsts: [...hsts] }),
    notes() {
      if (blocked.size === 0) return [];
      const names = [...blocked.keys()].sort().join(", ");
      const remedy = isIgnored
        ? "It is in the HTML, where --ignore-site-policy does not remove it"
        : "--ignore-site-policy removes its headers";
      return [`The site's own Content-Security-Policy blocks something (${names}): what that would need is not seen. ${remedy}.`];
    },
  };
}
