import type { Edit } from "../../values/edits.js";
import { LATEST } from "../group.js";
import { printLearned } from "../learn/print.js";
import type { Stats } from "../limits.js";
import { actionsFor } from "./actions.js";
import type { Proposal } from "./proposal.js";
import type { SourceRow } from "./rows.js";

/** What is exported: the rows of a view, on all of its pages. */
export interface Exported {
  readonly rows: readonly SourceRow[];
  readonly stats: Stats;
  readonly proposal: Proposal | undefined;
  readonly now: number;
}

/** A file, and the headers that it is sent with. */
export interface ExportedFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The formats, by the `export` of the address. */
export const EXPORTS: Readonly<Record<"csv" | "json", (exported: Exported) => ExportedFile>> = {
  csv: (exported) => file("text/csv", "csv", csv(exported)),
  json: (exported) => file("application/json", "json", `${JSON.stringify(plain(exported), null, 2)}\n`),
};

function file(type: string, ending: string, text: string): ExportedFile {
  const headers = { "Content-Type": `${type}; charset=utf-8`, "Content-Disposition": `attachment; filename="violation-reports.${ending}"` };
  return { headers, text };
}

/** Times are in UTC, whatever zone the page shows: `2026-11-21T10:15:00.000Z`. */
function time(at: number): string {
  return at >= 0 && at <= LATEST ? new Date(at).toISOString() : "";
}

function recordOf(row: SourceRow, proposal: Proposal | undefined) {
  return {
    source: row.subject,
    directives: row.directives,
    whatToDo: actionsFor(row, proposal),
    reports: row.count,
    clients: row.clients,
    firstSeen: time(row.firstSeen),
    lastSeen: time(row.lastSeen),
    routes: row.routes,
    ignored: row.ignored,
  };
}

/** The patch is as a policy file has it; null where the page knows no policy. */
function plain({ rows, stats, proposal, now }: Exported) {
  const learned = proposal && (JSON.parse(printLearned(proposal.learned, "json")) as { readonly patch: Readonly<Record<string, Edit>> });
  const sample = proposal?.sample;
  return {
    exported: time(now),
    patch: learned?.patch ?? null,
    ...(sample !== undefined && { sample }),
    sources: rows.map((row) => recordOf(row, proposal)),
    stats,
  };
}

const COLUMNS = ["source", "directives", "whatToDo", "reports", "clients", "firstSeen", "lastSeen", "routes", "ignored"] as const;

/** RFC 4180. Of a sample, each row ends with it: `reports` is as counted. */
function csv({ rows, proposal }: Exported): string {
  const sample = proposal?.sample;
  const [head, end] = sample === undefined ? ["", ""] : [",sample", `,${sample}`];
  const lines = rows.map((row) => {
    const record = recordOf(row, proposal);
    return `${COLUMNS.map((name) => cell(record[name])).join(",")}${end}`;
  });
  return [`${COLUMNS.join(",")}${head}`, ...lines, ""].join("\r\n");
}

/** A spreadsheet runs a cell that begins with one of these as a formula; an apostrophe before it makes it a text. */
const FORMULA = /^[=+\-@\t\r\n]/;

function cell(value: string | number | boolean | readonly string[]): string {
  const text = typeof value === "object" ? value.join(" | ") : String(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
