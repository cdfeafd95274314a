import { checkText, complianceText, markupText } from "../check-text.js";
import { requirements } from "../compliance.js";
import { headerRows } from "../header-rows.js";
import { jsonText } from "../layout.js";
import { sarifOf } from "../sarif.js";
import type { Terminal } from "../terminal.js";
import { version } from "../version.js";
import { errorNote } from "../way-text.js";
import type { Checked, Result } from "./look.js";
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
  const { name, audited, markup, notes } = checked;
  for (const note of [...notes, errorNote(checked)]) if (note !== undefined) terminal.warn(note);
  if (sarif) terminal.out(jsonText(sarifOf([{ name, findings: audited.findings }], version())));
  else if (compliance) terminal.out(complianceText(name, requirements(audited), terminal));
  else {
    terminal.out(checkText(checked, audited, terminal));
    if (markup !== undefined) terminal.out(markupText(markup, audited.findings, terminal));
  }
}

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
  if (sarif)
    terminal.out(
      jsonText(
        sarifOf(
          checked.map(({ name, audited }) => ({ name, findings: audited.findings })),
          version(),
        ),
      ),
    );
  else if (compliance) terminal.out(checked.map(({ name, audited }) => complianceText(name, requirements(audited), terminal)).join("\n"));
  else terminal.out(severalText(results, terminal));
}

function jsonOf({ name, headers, hops, notes, context, proof, markup, audited, chosen }: Checked): object {
  const { findings, score, services } = audited;
  const { status, redirects } = context;
  const verdicts = headerRows(headers, findings).map(({ header, rating }) => ({ header, verdict: rating }));
  return {
    ...{ name, status, scheme: chosen, hops, redirects, headers, verdicts, findings, score, services },
    ...{ compliance: requirements(audited), proof: proof && { state: proof.state, open: proof.open }, markup, notes },
  };
}
