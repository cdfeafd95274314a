import { checkText, complianceText, markupText } from "../check-text.js";
import { requirements } from "../compliance.js";
import { headerRows } from "../header-rows.js";
import { jsonText, wrap } from "../layout.js";
import { type Audited, sarifOf } from "../sarif.js";
import type { Terminal } from "../terminal.js";
import { version } from "../version.js";
import { errorNote } from "../way-text.js";
import type { Checked, Judged, Result } from "./look.js";
import { isChecked, severalText } from "./several.js";

/** How `check` prints. */
export interface Format {
  readonly json?: true | undefined;
  readonly sarif?: true | undefined;
  readonly compliance?: true | undefined;
}

/** Prints what was found in the only argument. */
export function printOne(checked: Checked, { json, sarif, compliance }: Format, terminal: Terminal): void {
  if (json) return terminal.out(jsonText(jsonOf(checked)));
  const { audited, markup, notes, routes } = checked;
  for (const note of [...notes, errorNote(checked)]) if (note !== undefined) terminal.warn(note);
  if (sarif) terminal.out(sarifText([checked]));
  else if (compliance) terminal.out(compliancesText([checked], terminal));
  else {
    terminal.out(checkText(checked, audited, terminal));
    if (markup !== undefined) terminal.out(markupText(markup, audited.findings, terminal));
    for (const route of routes) {
      const text = isAsSite(route, checked)
        ? wrap(`${route.name}: as on the rest of the site`, 0, 2)
        : checkText(route, route.audited, terminal);
      terminal.out(`\n${text}`);
    }
  }
}

const isAsSite = (route: Judged, site: Judged) =>
  JSON.stringify([route.headers, route.audited]) === JSON.stringify([site.headers, site.audited]);

/** Prints what was found in several arguments; `notes` are about all of them. */
export function printSeveral(
  results: readonly Result[],
  notes: readonly string[],
  { json, sarif, compliance }: Format,
  terminal: Terminal,
): void {
  if (json) return terminal.out(jsonText({ sites: results.map((one) => (isChecked(one) ? jsonOf(one) : one)), notes }));
  const checked = results.filter(isChecked);
  for (const note of notes) terminal.warn(note);
  for (const { name, notes } of checked) for (const note of notes) terminal.warn(note.includes(name) ? note : `${name}: ${note}`);
  if (sarif) terminal.out(sarifText(checked));
  else if (compliance) terminal.out(compliancesText(checked, terminal));
  else terminal.out(severalText(results, terminal));
}

function sarifText(checked: readonly Checked[]): string {
  const all = checked.flatMap(({ name, audited, routes }): readonly Audited[] => [
    { name, findings: audited.findings },
    ...routes.map(({ path, audited }) => ({ name, route: path, findings: audited.findings })),
  ]);
  return jsonText(sarifOf(all, version()));
}

function compliancesText(checked: readonly Checked[], terminal: Terminal): string {
  const all = checked.flatMap((one): readonly Judged[] => [one, ...one.routes]);
  return all.map(({ name, audited }) => complianceText(name, requirements(audited), terminal)).join("\n");
}

function jsonOf(checked: Checked): object {
  const routes = checked.routes.map((route) => ({ path: route.path, ...judgedJson(route) }));
  return { ...judgedJson(checked), ...(routes.length > 0 && { routes }) };
}

function judgedJson({ name, headers, hops, notes, context, proof, markup, audited, chosen }: Judged): object {
  const { findings, score, services } = audited;
  const { status, redirects } = context;
  const verdicts = headerRows(headers, findings).map(({ header, rating }) => ({ header, verdict: rating }));
  return {
    ...{ name, status, scheme: chosen, hops, redirects, headers, verdicts, findings, score, services },
    ...{ compliance: requirements(audited), proof: proof && { state: proof.state, open: proof.open }, markup, notes },
  };
}
