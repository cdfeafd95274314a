import { own } from "../../values/own.js";
import type { Group } from "../group.js";
import { printLearned } from "../learn/print.js";
import type { Stats } from "../limits.js";
import type { TimelinePoint } from "../stores/store.js";
import { timelineChart } from "./charts.js";
import { html, type Markup } from "./html.js";
import { missingNote } from "./missing.js";
import { counted, notes } from "./notes.js";
import type { Proposal } from "./proposal.js";
import { type IsNew, rowsIn, type SourceRow } from "./rows.js";
import { sampleNote } from "./sample.js";
import { ignoreForm, sourceTable } from "./source-table.js";
import type { Clock } from "./time.js";
import { addressOfView, choices, FILTERS, type View } from "./view.js";

/** What the overview shows. */
export interface Overview {
  readonly groups: readonly Group[];
  readonly stats: Stats;
  readonly timeline: readonly TimelinePoint[];
  readonly now: number;
  readonly view: View;
  readonly proposal: Proposal | undefined;
  readonly clock: Clock;
  /** What is ignored; undefined where the store does not keep it. */
  readonly ignored: readonly string[] | undefined;
  readonly isNew: IsNew;
}

/** The page of all sources: the proposal, then a row for each source, then the numbers. */
export function overviewPage(overview: Overview): Markup {
  const { groups, stats, timeline, now, view, proposal, clock, ignored, isNew } = overview;
  const rows = rowsIn(view, groups, isNew);
  return html`<h1>Violation reports</h1>
<p class="soft"><span class="intro">What browsers reported on this site. </span>Anybody can send reports: they prove nothing.</p>
${sampleNote(stats.accepted, proposal?.sample)}
${proposalSection(overview)}
${
  groups.length > 0 &&
  html`<h2>${view.ignored ? "Ignored" : "Sources"}</h2>
${searchForm(groups, view)}
${isNew && newLink(view, groups.filter(isNew).length)}
${tools(view, rows, ignored, clock)}
${sourceTable({ rows, view, proposal, clock, canIgnore: ignored !== undefined })}`
}
${view.ignored && orphans(groups, ignored ?? [], view)}
<h2>Last 31 days</h2>
${timelineChart({ points: timeline, now, clock, sample: proposal?.sample })}
${numbers(groups, stats)}`;
}

function proposalSection({ groups, stats, proposal, clock }: Overview): Markup {
  const learned = proposal?.learned;
  const isEmpty = learned === undefined || Object.keys(learned.patch).length === 0;
  const reasons = notes({ groups, stats, proposal, clock });
  if (isEmpty) {
    return html`<section class="proposal"><h2>No proposal</h2>
${reasons}
${learned && html`${leftOut(groups, learned)}${proposal !== undefined && missingNote(proposal)}${evidence(learned)}`}</section>`;
  }
  return html`<section class="proposal"><h2>Proposed patch</h2>
<p class="soft">Not in force: review it, add it to the policy as a layer, and observe again.</p>
<pre tabindex="0" role="region" aria-label="Proposed patch"><code>${printLearned(learned, "typescript")}</code></pre>
${reasons}
${proposal !== undefined && missingNote(proposal)}
${evidence(learned)}</section>`;
}

type Learned = Proposal["learned"];

/** Why a policy with reports gets nothing. */
function leftOut(groups: readonly Group[], { suggestions, advice, leftOut: out }: Learned): Markup | false {
  const parts = [
    suggestions.length > 0 && `${counted(suggestions.length, "source")} ${suggestions.length === 1 ? "is" : "are"} not proposed`,
    advice.length > 0 &&
      `${counted(advice.length, "violation")} ${advice.length === 1 ? "is" : "are"} of a kind that no source should allow`,
    out.allowed > 0 && `the policy allows the ${out.allowed === 1 ? "source" : "sources"} of ${counted(out.allowed, "group")} already`,
    out.unusable > 0 && `${counted(out.unusable, "group")} ${out.unusable === 1 ? "has a value" : "have values"} that no policy accepts`,
    out.ignored > 0 && `${counted(out.ignored, "group")} ${out.ignored === 1 ? "is" : "are"} ignored`,
  ].filter((part) => part !== false);
  if (groups.length === 0 || parts.length === 0) return false;
  return html`<p>Nothing to add to the policy: ${parts.join("; ")}. The rows below say what to do.</p>`;
}

function evidence(learned: Learned): Markup {
  const { silent } = learned.coverage;
  const isEmpty = learned.suggestions.length + learned.advice.length === 0;
  return html`${silent.length > 0 && html`<p>Routes without a report: ${silent.map((route, index) => html`${index > 0 && ", "}<code>${route}</code>`)}.</p>`}
${!isEmpty && html`<details><summary>Evidence</summary><pre class="text">${printLearned(learned, "text")}</pre></details>`}`;
}

function searchForm(groups: readonly Group[], view: View): Markup {
  const selects = FILTERS.map((name) => {
    const options = choices(groups, name).map(
      (value) => html`<option${own(view.filter, name) === value && html` selected`}>${value}</option>`,
    );
    return html`<label>${name} <select name="${name}"><option value="">any</option>${options}</select></label>`;
  });
  const kept = [
    view.sort !== "count" && html`<input type="hidden" name="sort" value="${view.sort}">`,
    view.isAscending && html`<input type="hidden" name="order" value="ascending">`,
    view.onlyNew && html`<input type="hidden" name="since" value="recorded">`,
    view.ignored && html`<input type="hidden" name="show" value="ignored">`,
  ];
  const isFiltered = Object.keys(view.filter).length > 0;
  return html`<form method="get" role="search">${kept}<label class="search"><span class="hidden">Search</span><input type="search" name="q" value="${view.search}" placeholder="Source, directive or route"></label><button>Show</button>
<details${isFiltered && html` open`}><summary>Filter</summary><div class="filters">${selects}</div></details></form>`;
}

/** The filter for what no recording has. */
function newLink(view: View, count: number): Markup {
  const address = addressOfView({ ...view, onlyNew: !view.onlyNew, page: 1 });
  const text = `New since recorded: ${counted(count, "group")}`;
  return view.onlyNew
    ? html`<p class="tools"><b>${text}</b> <a href="${address}">Also recorded</a></p>`
    : html`<p class="tools"><a href="${address}">${text}</a></p>`;
}

function tools(view: View, rows: readonly SourceRow[], ignored: readonly string[] | undefined, { zone }: Clock): Markup {
  const all = { ...view, page: 1 };
  const other = addressOfView({ ...all, ignored: !view.ignored });
  return html`<p class="tools">${counted(rows.length, "source")}, times in ${zone}. ${ignored !== undefined && html`<a href="${other}">${view.ignored ? "Not ignored" : `Ignored (${ignored.length})`}</a> `}<a href="?">All</a> <a href="${addressOfView(all, { export: "csv" })}">CSV</a> <a href="${addressOfView(all, { export: "json" })}">JSON</a></p>`;
}

/** What is ignored and has no group any more. */
function orphans(groups: readonly Group[], ignored: readonly string[], view: View): Markup | false {
  const known = new Set(
    rowsIn({ ...view, search: "", filter: {}, ignored: true, onlyNew: false }, groups, undefined).map(({ subject }) => subject),
  );
  const rest = ignored.filter((subject) => !known.has(subject));
  if (rest.length === 0) return false;
  return html`<h2>Ignored, without reports</h2>
<ul class="orphans">${rest.map((subject) => html`<li><code>${subject}</code> ${ignoreForm(subject, true, addressOfView(view))}</li>`)}</ul>`;
}

function numbers(groups: readonly Group[], { accepted, noise, evicted, shed }: Stats): Markup {
  const lost = Object.entries(shed).filter(([, count]) => count > 0);
  const sum = lost.reduce((total, [, count]) => total + count, 0);
  return html`<ul class="cards">
<li><b>${accepted}</b> counted</li>
<li><b>${groups.length}</b> groups</li>
<li><b>${noise}</b> from browser extensions and similar</li>
<li><b>${sum}</b> not counted</li>
</ul>
${sum > 0 && html`<p class="soft">Not counted: ${lost.map(([cause, count]) => `${cause} ${count}`).join(", ")}.</p>`}
${evicted > 0 && html`<p class="soft">${evicted} counted reports were removed to make room for others.</p>`}`;
}
