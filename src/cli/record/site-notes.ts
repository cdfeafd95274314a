import type { StrictTransportSecurity } from "../../headers/strict-transport-security.js";
import { strictTransportSecurity } from "../../headers/strict-transport-security.js";
import type { Recording } from "../../record/record.js";
import { own } from "../../values/own.js";

/** The first step of docs/rollout.md. */
const FIRST_STEP = "strictTransportSecurity: { maxAge: 300, includeSubDomains: false }";

/** Remarks on a recording that follow from what the site itself sends, a sentence or two each. */
export function siteNotes(command: string, { proposal, walks }: Recording): readonly string[] {
  const { enforcesCsp = false, hsts = [] } = walks[0].site ?? {};
  return [...(enforcesCsp && command === "prove" ? [COMPARED_WITH_ITSELF] : []), ...hstsNotes(proposal.policy.resolved, hsts)];
}

const COMPARED_WITH_ITSELF =
  "The site enforces a Content-Security-Policy of its own: its pages were compared with pages under that policy. What that policy blocks is not seen. --ignore-site-policy removes its headers.";

const ONE_MONTH = 2_592_000;

/** What browsers remember cannot be taken back on the day it turns out to be wrong. RFC 6797 §8.1. */
function hstsNotes(resolved: unknown, sent: readonly string[]): readonly string[] {
  const wanted = own(resolved, "strictTransportSecurity") as StrictTransportSecurity | false | undefined;
  if (wanted === undefined || wanted === false || wanted.maxAge < ONE_MONTH) return [];
  if (sent.some((text) => isAsStrong(text, wanted))) return [];
  const scope = wanted.includeSubDomains === true ? "this host and all its subdomains" : "this host";
  const preload = wanted.preload === true ? " Its preload asks for a place in the lists of browsers, which is harder still to undo." : "";
  return [
    `Strict-Transport-Security: the policy makes browsers use https only for ${daysOf(wanted.maxAge)} days, for ${scope}, and the site does not send that yet. It cannot be taken back at once.${preload} Begin with ${FIRST_STEP}.`,
  ];
}

const daysOf = (seconds: number) => Math.round(seconds / 86_400).toLocaleString("en");

function isAsStrong(text: string, wanted: StrictTransportSecurity): boolean {
  try {
    const { maxAge, includeSubDomains, preload } = strictTransportSecurity.read?.(text, () => undefined) ?? { maxAge: 0 };
    return (
      maxAge >= wanted.maxAge &&
      (wanted.includeSubDomains !== true || includeSubDomains === true) &&
      (wanted.preload !== true || preload === true)
    );
  } catch {
    return false;
  }
}
