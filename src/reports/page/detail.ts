import type { Counted, Group } from "../group.js";
import { shareBar } from "./charts.js";
import { html, type Markup } from "./html.js";
import { minute, table, tag } from "./overview.js";

const LISTS = [
  ["pages", "Pages"],
  ["urls", "Blocked URLs"],
  ["files", "Source files"],
  ["samples", "Samples"],
  ["browsers", "Browsers"],
  ["days", "Days"],
] as const satisfies readonly (readonly [keyof Group, string])[];

/** The page of one group. */
export function detailPage(group: Group | undefined): Markup {
  if (group === undefined) {
    return html`<h1>No such group</h1><p>It does not exist, or was removed to make room for others. <a href="?">All groups</a></p>`;
  }
  const facts: readonly (readonly [string, string | number | Markup])[] = [
    ["Type", group.type],
    ["Blocked", group.blocked || "–"],
    ["Route", group.route],
    ["Reports", group.count],
    ["Clients", group.clients],
    ["First seen", minute(group.firstSeen) as Markup],
    ["Last seen", minute(group.lastSeen) as Markup],
    ["Policy", group.policyHash || "–"],
  ];
  return html`<p><a href="?">All groups</a></p>
<h1>${group.directive || group.type} ${tag(group)}</h1>
${table(
  ["Property", "Value"],
  facts.map(([name, value]) => html`<tr><td>${name}</td><td class="text"><code>${value}</code></td></tr>`),
)}
${LISTS.map(([name, title]) => list(name === "samples" && group.type === "csp-hash" ? "Hashes" : title, group[name]))}`;
}

function list(title: string, rows: readonly Counted[]): Markup | false {
  if (rows.length === 0) return false;
  const most = Math.max(...rows.map(({ count }) => count));
  return html`<h2>${title}</h2>
${table(
  ["Value", "", "Count"],
  rows.map(
    ({ value, count }) =>
      html`<tr><td class="text"><code>${value}</code></td><td class="bar">${shareBar(count, most)}</td><td class="count">${count}</td></tr>`,
  ),
)}`;
}
