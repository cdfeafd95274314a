import type { Finding, Severity } from "../../audit/index.js";
import { SEVERITY_COLOURS } from "../check-text.js";
import { tableWidth, wrap } from "../layout.js";
import { MOST_FINDINGS } from "../limits.js";
import type { Terminal } from "../terminal.js";
import { visible } from "../visible.js";
import { isError, isRedirect, wayOf } from "../way-text.js";
import type { Judged, Result, Unread } from "./look.js";

type Paint = Pick<Terminal, "bold" | "green" | "yellow" | "red">;

const COUNTED: readonly Severity[] = ["high", "medium", "low"];
const NUMBERS = [7, 7, 7, 6, 8, 5] as const;
const NUMBERS_WIDTH = NUMBERS.reduce((sum, one) => sum + one, 0);

/** Whether an argument could be read. */
export const isChecked = <Read extends Judged>(result: Read | Unread): result is Read => "audited" in result;

/** The text output of `check` for several arguments: a table, and the findings with the pages that have them. */
export function severalText(read: readonly Result[], paint: Paint): string {
  const results = read.flatMap((one): readonly (Judged | Unread)[] => (isChecked(one) ? [one, ...one.routes] : [one]));
  const { origin, labels } = labelsOf(results.map(({ name }) => name));
  const column = Math.max(8, Math.min(tableWidth() - NUMBERS_WIDTH, Math.max(...labels.map(({ length }) => length)) + 1));
  const head = `${"Address".padEnd(column)}${padded(["Status", "Score", "Grade", "High", "Medium", "Low"]).join("")}`;
  const lines = results.map((result, index) => {
    if (!isChecked(result)) return rowOf(labels[index] ?? "", column, paint.red("  not read"));
    const way = result.hops.length > 1 ? wrap(wayOf(result.hops), 2, 2, tableWidth()) : "";
    return `${rowOf(labels[index] ?? "", column, numbersOf(result, paint))}${way}`;
  });
  const table = `${origin === "" ? "" : `${origin}\n`}${paint.bold(head)}\n${lines.join("")}`;
  return `${table}${errorsText(results)}\n${findingsText(results, labels, paint)}`;
}

const padded = (words: readonly string[]) => words.map((word, index) => word.padStart(NUMBERS[index] ?? 0));

/** The status, the score and how many findings there are; a file has no status. */
function numbersOf({ audited: { score, findings }, context: { status } }: Judged, paint: Paint): string {
  const counts = COUNTED.map((severity) => String(findings.filter((one) => one.severity === severity).length));
  const [first = "", ...rest] = padded([String(status ?? "-"), String(score.points), score.grade, ...counts]);
  return `${isError(status) ? paint.red(first) : first}${rest.join("")}`;
}

/** How many answers are error pages or redirects; the empty string where none is. */
function errorsText(results: readonly (Judged | Unread)[]): string {
  const sentence = (is: typeof isError, what: string) => {
    const number = results.filter((one) => isChecked(one) && is(one.context.status)).length;
    if (number === 0) return "";
    return wrap(`${number === 1 ? "1 address answered" : `${number} addresses answered`} with ${what}.`, 0, 2);
  };
  const error = sentence(isError, "an error: the headers judged there are those of an error page");
  return error + sentence(isRedirect, "a redirect: the headers judged there are not those of the page that it leads to");
}

/** A row; the numbers of a long address are below it. */
function rowOf(label: string, column: number, rest: string): string {
  if (label.length < column) return `${label.padEnd(column)}${rest}\n`;
  return `${wrap(label, 0, 2, tableWidth())}${" ".repeat(column)}${rest}\n`;
}

/** Addresses of one origin are shown by their paths. */
function labelsOf(names: readonly string[]): { readonly origin: string; readonly labels: readonly string[] } {
  const urls = names.map((name) => (/^https?:/.test(name) && URL.canParse(name) ? new URL(name) : undefined));
  const [first] = urls;
  const isOne = first !== undefined && urls.every((url) => url?.origin === first.origin);
  const labels = names.map((name) => visible(isOne ? name.slice(first.origin.length) : name));
  return { origin: isOne ? first.origin : "", labels };
}

/** Each finding once, the most severe first, with where it is. */
function findingsText(results: readonly (Judged | Unread)[], labels: readonly string[], paint: Paint): string {
  const checked = results.flatMap((result, index) => (isChecked(result) ? [{ result, label: labels[index] ?? "" }] : []));
  const groups = new Map<string, { readonly finding: Finding; readonly places: string[] }>();
  for (const { result, label } of checked) {
    for (const finding of result.audited.findings) {
      const key = JSON.stringify([finding.rule, finding.header.toLowerCase(), finding.message]);
      const group = groups.get(key) ?? { finding, places: [] };
      group.places.push(label);
      groups.set(key, group);
    }
  }
  if (groups.size === 0) return "No findings.\n";
  const rank = ({ severity }: Finding) => ["high", "medium", "low", "info"].indexOf(severity);
  const sorted = [...groups.values()].sort(
    (one, other) => rank(one.finding) - rank(other.finding) || other.places.length - one.places.length,
  );
  const texts = sorted.slice(0, MOST_FINDINGS).map(({ finding: { severity, header, rule, message }, places }) => {
    const colour = SEVERITY_COLOURS[severity];
    const word = colour === undefined ? severity.padEnd(6) : paint[colour](severity.padEnd(6));
    const head = wrap(`${header} (${rule})${placesText(places, checked.length)}`, 8, 2).slice(8);
    return `${word}  ${head}${wrap(message, 8)}`;
  });
  const more = sorted.length > MOST_FINDINGS ? `${sorted.length - MOST_FINDINGS} more findings: --json prints all.\n` : "";
  return `${paint.bold("Findings")}\n${texts.join("")}${more}Check one of the addresses alone, or write --json, for the fixes.\n`;
}

const NAMED = 2;

function placesText(places: readonly string[], all: number): string {
  if (places.length === all) return all === 1 ? "" : `, on all ${all}`;
  const named = places.slice(0, NAMED).join(", ");
  return `, on ${places.length} of ${all}: ${named}${places.length > NAMED ? ", …" : ""}`;
}
