import { sampleText } from "../learn/sample.js";
import { html, type Markup } from "./html.js";

/** Says that the numbers of reports below are scaled; nothing without a sample. `count` is how many reports were counted. */
export function sampleNote(count: number, sample: number | undefined): Markup | false {
  if (sample === undefined) return false;
  return html`<p class="soft">${sampleText(count, sample)} The numbers of reports are scaled; those of clients and days are not.</p>`;
}
