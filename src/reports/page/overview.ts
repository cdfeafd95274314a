import { type Group, LATEST } from "../group.js";
import type { Learned } from "../learn/learned.js";
import { printLearned } from "../learn/print.js";
import type { Stats } from "../limits.js";
import type { TimelinePoint } from "../stores/store.js";
import { shareBar, timelineChart } from "./charts.js";
import { choices, FILTERS, matches, type PageFilter } from "./filter.js";
import { type Content, html, type Markup } from "./html.js";

/** What the overview shows. */
export interface Overview {
  readonly groups: readonly Group[];
  readonly stats: Stats;
  readonly timeline: readonly TimelinePoint[];
  readonly now: number;
  readonly filter: PageFilter;
  readonly learned: Learned | undefined;
}

/** Rows of a table; the least frequent are left out. */
const ROWS = 200;

/** The page of all groups. */
export function overviewPage({ groups, stats, timeline, now, filter, learned }: Overview): Markup {
  const shown = groups.filter((group) => matches(group, filter));
  return html`<h1>Violation reports</h1>
<p class="soft">What browsers reported on this site. Anybody can send reports: they prove nothing.</p>
${cards(groups, stats)}
<h2>Last 31 days</h2>
<p><span class="key enforce">blocked</span><span class="key report">observed</span><span class="key none">other</span></p>
${timelineChart(timeline, now)}
${groups.length === 0 ? nothingCounted(stats) : tables(groups, shown, filter)}
${learned && proposal(learned)}`;
}

function cards(groups: readonly Group[], { accepted, noise, evicted, shed }: Stats): Markup {
  const lost = Object.entries(shed).filter(([, count]) => count > 0);
  const sum = lost.reduce((total, [, count]) => total + count, 0);
  return html`<ul class="cards">
<li><b>${accepted}</b> counted</li>
<li><b>${groups.length}</b> groups</li>
<li><b>${noise}</b> from browser extensions and similar</li>
<li><b>${sum}</b> not counted</li>
</ul>
${sum > 0 && html`<p class="soft">Not counted: ${lost.map(([cause, count]) => `${cause} ${count}`).join(", ")}.</p>`}
${refusedByName(shed)}
${evicted > 0 && html`<p class="soft">${evicted} counted reports were removed to make room for others.</p>`}`;
}

/** Usually, the option `hosts` lacks one of the site's names, or a proxy rewrites the Host. */
function refusedByName(shed: Stats["shed"]): Content {
  const refused = (["other-origin", "other-host"] as const).filter((cause) => shed[cause] > 0);
  return (
    refused.length > 0 &&
    html`<p>Refused by host name: ${refused.map((cause) => `${cause} ${shed[cause]}`).join(", ")}. Write all host names of your site into the option <code>hosts</code> of collectReports.</p>`
  );
}

function nothingCounted({ noise, shed }: Stats): Markup {
  const came = noise > 0 || Object.values(shed).some((count) => count > 0);
  return html`<p>${came ? "None of the received reports was counted." : "No reports yet. Browsers may take a minute to send one."}</p>`;
}

function tables(groups: readonly Group[], shown: readonly Group[], filter: PageFilter): Markup {
  return html`<div class="columns">
<section><h2>Top directives</h2>${ranking(shown, "directive")}</section>
<section><h2>Top sources</h2>${ranking(shown, "blocked")}</section>
</div>
<h2>Groups</h2>
${filterForm(groups, filter)}
${table(
  ["Directive", "Blocked", "Route", "", "Count", "Clients", "Last seen"],
  shown.slice(0, ROWS).map(
    (group) => html`<tr>
<td class="text"><a href="?group=${encodeURIComponent(group.id)}">${group.directive || group.type}</a></td>
<td class="text"><code>${group.blocked || "–"}</code></td>
<td class="text"><code>${group.route}</code></td>
<td>${tag(group)}</td>
<td class="count">${group.count}</td>
<td class="count">${group.clients}</td>
<td class="count">${minute(group.lastSeen)}</td>
</tr>`,
  ),
)}
${shown.length > ROWS && html`<p class="soft">${shown.length - ROWS} less frequent groups are not shown.</p>`}
<h2>Routes with reports</h2>
${table(
  ["Route", "Count", "Groups", "Last seen"],
  routes(shown).map(
    ({ route, count, groups: of, lastSeen }) =>
      html`<tr><td class="text"><code>${route}</code></td><td class="count">${count}</td><td class="count">${of}</td><td class="count">${minute(lastSeen)}</td></tr>`,
  ),
)}`;
}

/** Columns that are aligned to the right. */
const NUMBERS = new Set(["Count", "Clients", "Groups", "Last seen"]);

/** A table with these column headings. */
export function table(heads: readonly string[], rows: readonly Markup[]): Markup {
  const head = heads.map((text) => (NUMBERS.has(text) ? html`<th class="count">${text}</th>` : html`<th>${text}</th>`));
  return html`<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

const TAGS: Readonly<Record<Group["disposition"], string>> = { enforce: "blocked", report: "observed", none: "" };

/** The disposition of a group as a label. */
export function tag({ disposition }: Group): Markup {
  return html`<span class="tag ${disposition}">${TAGS[disposition]}</span>`;
}

/** `2026-11-21 10:15`, in UTC; a dash for a time that no `Date` has. */
export function minute(at: number): Content {
  if (!(at >= 0 && at <= LATEST)) return "–";
  return html`<time datetime="${new Date(at).toISOString()}">${new Date(at).toISOString().slice(0, 16).replace("T", " ")}</time>`;
}

function ranking(groups: readonly Group[], name: "directive" | "blocked"): Markup {
  const sums = new Map<string, number>();
  for (const group of groups) sums.set(group[name] || "–", (sums.get(group[name] || "–") ?? 0) + group.count);
  const top = [...sums].sort((one, other) => other[1] - one[1]).slice(0, 8);
  const most = top[0]?.[1] ?? 1;
  return table(
    [name === "directive" ? "Directive" : "Source", "", "Count"],
    top.map(
      ([value, count]) =>
        html`<tr><td class="text"><code>${value}</code></td><td class="bar">${shareBar(count, most)}</td><td class="count">${count}</td></tr>`,
    ),
  );
}

function filterForm(groups: readonly Group[], filter: PageFilter): Markup {
  const selects = FILTERS.map((name) => {
    const options = choices(groups, name).map((value) =>
      Object.hasOwn(filter, name) && filter[name] === value ? html`<option selected>${value}</option>` : html`<option>${value}</option>`,
    );
    return html`<label>${name} <select name="${name}"><option value="">any</option>${options}</select></label>`;
  });
  return html`<form method="get">${selects}<button>Show</button> <a href="?">All</a></form>`;
}

interface RouteRow {
  readonly route: string;
  count: number;
  groups: number;
  lastSeen: number;
}

function routes(groups: readonly Group[]): readonly RouteRow[] {
  const rows = new Map<string, RouteRow>();
  for (const { route, count, lastSeen } of groups) {
    const row = rows.get(route) ?? { route, count: 0, groups: 0, lastSeen: 0 };
    row.count += count;
    row.groups += 1;
    row.lastSeen = Math.max(row.lastSeen, lastSeen);
    rows.set(route, row);
  }
  return [...rows.values()].sort((one, other) => other.count - one.count).slice(0, ROWS);
}

function proposal(learned: Learned): Markup {
  const { coverage } = learned;
  return html`<h2>Proposed patch</h2>
<p class="soft">It is not in force. Review it, add it to the policy as a layer, and observe again.</p>
<pre><code>${printLearned(learned, "typescript")}</code></pre>
${coverage.silent.length > 0 && html`<p>Routes without a report: ${coverage.silent.map((route, index) => html`${index > 0 && ", "}<code>${route}</code>`)}.</p>`}
<h2>Evidence</h2>
<pre class="text">${printLearned(learned, "text")}</pre>`;
}
