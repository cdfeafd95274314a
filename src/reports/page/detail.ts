import type { Counted, Group } from "../group.js";
import { scaled } from "../learn/sample.js";
import { subjectOf } from "../subject.js";
import { actionsFor } from "./actions.js";
import { shareBar } from "./charts.js";
import { html, type Markup } from "./html.js";
import type { Proposal } from "./proposal.js";
import { type IsNew, rowsOf } from "./rows.js";
import { sampleNote } from "./sample.js";
import { addressOfSource, ignoreForm, labels, NEW } from "./source-table.js";
import { pager, table } from "./table.js";
import type { Clock } from "./time.js";
import { pageOf } from "./view.js";

const LISTS = [
  ["pages", "Pages"],
  ["urls", "Blocked URLs"],
  ["files", "Source files"],
  ["samples", "Samples"],
  ["browsers", "Browsers"],
  ["days", "Days"],
] as const satisfies readonly (readonly [keyof Group, string])[];

const NOT_FOUND = html`<h1>No such group</h1><p>It does not exist, or was removed to make room for others. <a href="?">All sources</a></p>`;

/** The page of one group. `sample` is that of the policy. */
export function groupPage(group: Group | undefined, clock: Clock, sample: number | undefined): Markup {
  if (group === undefined) return NOT_FOUND;
  const subject = subjectOf(group);
  const facts: readonly (readonly [string, string | number | Markup])[] = [
    ["Source", html`<a href="${addressOfSource(subject)}">${subject || "–"}</a>`],
    ["Type", group.type],
    ["Blocked", group.blocked || "–"],
    ["Route", group.route],
    ["Reports", scaled(group.count, sample)],
    ["Clients", group.clients],
    ["First seen", clock.minute(group.firstSeen) as Markup],
    ["Last seen", clock.minute(group.lastSeen) as Markup],
    ["Policy", (Object.hasOwn(group, "policy") && group.policy) || group.policyHash || "–"],
  ];
  return html`<p><a href="?">All sources</a></p>
<h1>${group.directive || group.type} ${labels([group])}</h1>
${sampleNote(group.count, sample)}
${table(
  "Properties",
  ["Property", "Value"],
  facts.map(([name, value]) => html`<tr><td>${name}</td><td class="text"><code>${value}</code></td></tr>`),
)}
${LISTS.map(([name, title]) => list(name === "samples" && group.type === "csp-hash" ? "Hashes" : title, group[name], sample))}`;
}

/** What the page of one source shows. */
export interface SourceDetail {
  readonly subject: string;
  /** All groups. */
  readonly groups: readonly Group[];
  readonly proposal: Proposal | undefined;
  readonly clock: Clock;
  readonly canIgnore: boolean;
  readonly page: number;
  readonly isNew: IsNew;
}

/** The page of one source; undefined where no group is about it. */
export function sourcePage({ subject, groups, proposal, clock, canIgnore, page: wanted, isNew }: SourceDetail): Markup | undefined {
  const [row] = rowsOf(
    groups.filter((group) => subjectOf(group) === subject),
    isNew,
  );
  if (row === undefined) return undefined;
  const { shown, page, pages } = pageOf(row.groups, wanted);
  const address = addressOfSource(subject);
  const sample = proposal?.sample;
  return html`<p><a href="?">All sources</a></p>
<h1>${subject || "–"}</h1>
${sampleNote(row.count, sample)}
<h2>What to do</h2>
<ul>${actionsFor(row, proposal).map((action) => html`<li>${action}</li>`)}</ul>
${canIgnore && ignoreForm(subject, row.ignored, address)}
<h2>Groups</h2>
${table(
  "Groups",
  ["Directive", "Route", "Policy", "Reports", "Clients", "Last seen"],
  shown.map(
    (group) => html`<tr>
<td class="text"><a href="?group=${encodeURIComponent(group.id)}">${group.directive || group.type}</a> ${labels([group])}${isNew?.(group) && NEW}</td>
<td class="text"><code>${group.route}</code></td>
<td class="text">${proposal?.isOfAnother(group) ? "another version" : ""}</td>
<td class="count">${scaled(group.count, sample)}</td>
<td class="count">${group.clients}</td>
<td class="count">${clock.minute(group.lastSeen)}</td>
</tr>`,
  ),
)}
${pager(page, pages, (other) => `${address}&page=${other}`)}
${LISTS.map(([name, title]) => list(title, summed(row.groups, name), sample))}`;
}

const MOST_VALUES = 20;

/** The values of one list over all groups, the most frequent first. */
function summed(groups: readonly Group[], name: (typeof LISTS)[number][0]): readonly Counted[] {
  const sums = new Map<string, number>();
  for (const group of groups) for (const { value, count } of group[name]) sums.set(value, (sums.get(value) ?? 0) + count);
  const values = [...sums].map(([value, count]) => ({ value, count })).sort((one, other) => other.count - one.count);
  return values.slice(0, MOST_VALUES);
}

function list(title: string, rows: readonly Counted[], sample: number | undefined): Markup | false {
  if (rows.length === 0) return false;
  const most = Math.max(...rows.map(({ count }) => count));
  return html`<h2>${title}</h2>
${table(
  title,
  ["Value", "Share", "Reports"],
  rows.map(
    ({ value, count }) =>
      html`<tr><td class="text"><code>${value}</code></td><td class="bar">${shareBar(count, most)}</td><td class="count">${scaled(count, sample)}</td></tr>`,
  ),
)}`;
}
