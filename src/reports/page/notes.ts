import type { Group } from "../group.js";
import type { Refusal, Stats } from "../limits.js";
import { html, type Markup } from "./html.js";
import type { Proposal } from "./proposal.js";
import type { Clock } from "./time.js";
import { type Difference, type OtherVersion, otherVersions } from "./versions.js";

/** What the notes are about. */
export interface Noted {
  readonly groups: readonly Group[];
  readonly stats: Stats;
  readonly proposal: Proposal | undefined;
  readonly clock: Clock;
}

/** Why reports are not in the proposal: whole paragraphs, the most common mistake first. */
export function notes({ groups, stats, proposal, clock }: Noted): readonly Markup[] {
  return [...refusals(stats), ...emptiness(groups, stats), ...(proposal === undefined ? [NO_POLICY] : versions(groups, proposal, clock))];
}

const NO_POLICY = html`<p>The page does not know the policy, so it proposes nothing. Write <code>reportsPage({ store, policy })</code>.</p>`;

const SHOWN_HOSTS = 2;

const WHAT: Readonly<Record<Refusal, (count: number) => string>> = {
  "other-host": (count) => `${counted(count, "report")} came for`,
  "other-origin": (count) => `${counted(count, "request")} with reports came from pages of`,
};

/** Usually, the option `hosts` lacks one of the site's names, or a proxy rewrites the Host. */
function refusals({ refused, shed }: Stats): readonly Markup[] {
  const shown = refused.slice(0, SHOWN_HOSTS);
  const rest = shed["other-host"] + shed["other-origin"] - shown.reduce((sum, { count }) => sum + count, 0);
  if (shown.length === 0 && rest <= 0) return [];
  return [
    html`<p>${shown.map(({ cause, host, count }) => html`${WHAT[cause](count)} <code>${host}</code>, which is not in <code>hosts</code>. `)}${rest > 0 && `${rest} ${shown.length > 0 ? "others " : ""}were refused by host name. `}If these are names of your site, write them into the option <code>hosts</code> of collectReports.</p>`,
  ];
}

function emptiness(groups: readonly Group[], { noise, shed }: Stats): readonly Markup[] {
  if (groups.length > 0) return [];
  const came = noise > 0 || Object.values(shed).some((count) => count > 0);
  return [html`<p>${came ? "None of the received reports was counted." : "No reports yet. Browsers may take a minute to send one."}</p>`];
}

/** Versions whose differences are listed. */
const SHOWN_VERSIONS = 3;

function versions(groups: readonly Group[], proposal: Proposal, clock: Clock): readonly Markup[] {
  const others = otherVersions(groups, proposal);
  const [first] = others;
  if (first === undefined) return [];
  const sum = others.reduce((total, { groups: count }) => total + count, 0);
  const shown = others.slice(0, SHOWN_VERSIONS);
  return [
    html`<p>${counted(sum, "group")} ${sum === 1 ? "is" : "are"} of ${others.length === 1 ? "another version" : `${others.length} other versions`} of the policy: ${others.length > 1 && "of most, "}${summaryOf(first)}. They are not used.</p>
<details><summary>Differences</summary>${shown.map((one) => differences(one, clock))}</details>`,
  ];
}

const LISTED = 6;

/** Directives whose text is shown. */
const LISTED_TEXTS = 20;

function summaryOf({ differences: list, isCut }: OtherVersion): string {
  if (list === undefined) return "its text was not kept";
  if (list.length === 0) return isCut ? "it differs in what was not kept of it" : "it differs in the order of its parts";
  const names = list.slice(0, LISTED).map(({ directive }) => directive);
  return `it differs in ${names.join(", ")}${list.length > LISTED || isCut ? " and more" : ""}`;
}

function differences({ groups, firstSeen, lastSeen, differences: list = [] }: OtherVersion, clock: Clock): Markup {
  return html`<p>${counted(groups, "group")}, from ${clock.minute(firstSeen)} to ${clock.minute(lastSeen)}:</p>
<ul>${list.slice(0, LISTED_TEXTS).map(({ reported, current }: Difference) => html`<li>reported <code>${shortened(reported)}</code>, now <code>${shortened(current)}</code></li>`)}</ul>`;
}

const SHOWN_CHARACTERS = 300;

function shortened(text: string): string {
  if (text === "") return "nothing";
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

/** `1 group`, `2 groups`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
