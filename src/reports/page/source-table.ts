import type { Group } from "../group.js";
import { scaled } from "../learn/sample.js";
import { actionsFor } from "./actions.js";
import { html, type Markup } from "./html.js";
import type { Proposal } from "./proposal.js";
import type { SourceRow } from "./rows.js";
import { pager } from "./table.js";
import type { Clock } from "./time.js";
import { addressOfView, pageOf, type Sort, type View } from "./view.js";

/** What a table of sources shows. */
export interface Sources {
  readonly rows: readonly SourceRow[];
  readonly view: View;
  readonly proposal: Proposal | undefined;
  readonly clock: Clock;
  /** Whether the store keeps what is ignored. */
  readonly canIgnore: boolean;
}

/** The rows of one page, and links to the others. */
export function sourceTable({ rows, view, proposal, clock, canIgnore }: Sources): Markup {
  const { shown, page, pages } = pageOf(rows, view.page);
  if (shown.length === 0) return html`<p>${view.ignored ? "Nothing is ignored." : "No source matches."}</p>`;
  const here = { ...view, page };
  return html`<div class="wide sources"><table>
<thead><tr>${heading(view, "subject", "Source")}<th scope="col">What to do</th>${heading(view, "count", "Reports")}${heading(view, "clients", "Clients")}${heading(view, "firstSeen", "First seen")}${heading(view, "lastSeen", "Last seen")}${canIgnore && html`<th scope="col"><span class="hidden">Ignore</span></th>`}</tr></thead>
<tbody>${shown.map(
    (row) => html`<tr>
<td class="source"><a href="${addressOfSource(row.subject)}"><code>${row.subject || "–"}</code></a></td>
<td class="todo"><span>${actionsFor(row, proposal).join(" ")}</span><small>${labels(row.groups)} ${row.isNew && NEW}${row.directives.join(", ")}</small></td>
<td class="count"><i>Reports </i>${scaled(row.count, proposal?.sample)}</td>
<td class="count"><i>Clients </i>${row.clients}</td>
<td class="count first">${clock.minute(row.firstSeen)}</td>
<td class="count last"><i>Last </i>${clock.minute(row.lastSeen)}</td>
${canIgnore && html`<td class="do">${ignoreForm(row.subject, row.ignored, addressOfView(here))}</td>`}
</tr>`,
  )}</tbody></table></div>
${pager(page, pages, (other) => addressOfView({ ...view, page: other }))}`;
}

/** A heading that sorts. A click on the column that is sorted by reverses the order. */
function heading(view: View, sort: Sort, text: string): Markup {
  const isSorted = view.sort === sort;
  const isAscending = isSorted ? !view.isAscending : sort === "subject";
  const address = addressOfView({ ...view, sort, isAscending, page: 1 });
  const order = view.isAscending ? "ascending" : "descending";
  const kind = sort === "subject" ? "" : "count";
  return html`<th scope="col" class="${kind}"${isSorted && html` aria-sort="${order}"`}><a href="${address}">${text}${isSorted && html`<span aria-hidden="true"> ${view.isAscending ? "↑" : "↓"}</span>`}</a></th>`;
}

/** The address of the page of one source. */
export function addressOfSource(subject: string): string {
  return `?${new URLSearchParams({ source: subject })}`;
}

/** The button that ignores a subject, or stops ignoring it. `action` is the address that the form goes to, and leads back to. */
export function ignoreForm(subject: string, isIgnored: boolean, action: string): Markup {
  const [value, text] = isIgnored ? (["restore", "Restore"] as const) : (["ignore", "Ignore"] as const);
  return html`<form method="post" action="${action}"><input type="hidden" name="subject" value="${subject}"><button name="action" value="${value}" aria-label="${text} ${subject}">${text}</button></form>`;
}

const LABELS: Readonly<Record<Group["disposition"], string>> = { enforce: "blocked", report: "observed", none: "" };

/** Marks what no recording has. */
export const NEW = html`<span class="tag new">new</span> `;

/** Whether the groups were blocked or observed. */
export function labels(groups: readonly Group[]): Markup[] {
  return (["enforce", "report"] as const)
    .filter((disposition) => groups.some((group) => group.disposition === disposition))
    .map((disposition) => html`<span class="tag ${disposition}">${LABELS[disposition]}</span> `);
}
