import { doubt, missingOf, type Threshold, thresholdFor } from "../learn/confidence.js";
import type { Suggestion } from "../learn/learned.js";
import type { LearnOptions } from "../learn/options.js";
import { trustIn } from "../learn/sources.js";
import { html, type Markup } from "./html.js";
import { counted } from "./notes.js";
import type { Proposal } from "./proposal.js";

/** Sources that are listed; the row of each says the same. */
const LISTED = 5;

/** Which sources have too little evidence, what each of them lacks, and what would be enough. */
export function missingNote({ learned, options }: Proposal): Markup | false {
  const waiting = learned.suggestions.flatMap((one) => waitingOf(one, options));
  if (waiting.length === 0) return false;
  const listed = waiting.slice(0, LISTED);
  const more = waiting.length - listed.length;
  const kinds = [false, true].flatMap((isHost) => waiting.find(({ threshold }) => threshold.isHost === isHost)?.threshold ?? []);
  return html`<p>Too little evidence yet: ${listed.map(({ name, missing }, index) => html`${index > 0 && "; "}<code>${name}</code> has ${missing}`)}${more > 0 && `; and ${more} more`}. What is enough: ${kinds.map(enoughOf).join("; ")}.</p>`;
}

interface Waiting {
  readonly name: string;
  /** `"1 of 10 clients, 1 of 2 days"`. */
  readonly missing: string;
  readonly threshold: Threshold;
}

function waitingOf({ directive, source, evidence, why }: Suggestion, options: LearnOptions): readonly Waiting[] {
  const threshold = thresholdFor(trustIn(source) ?? "unknown", options);
  const missing = missingOf(evidence, threshold);
  // A source may be left out for another reason too: no room.
  const isWhy = missing.length > 0 && why === doubt(evidence, threshold, new Map());
  return isWhy ? [{ name: `${directive} ${source}`, missing: missing.join(", "), threshold }] : [];
}

function enoughOf({ isHost, clients, days, routes }: Threshold): string {
  const what = isHost ? "a third-party host" : "the site itself, data: or blob:";
  const from = `${counted(clients, "client")} (addresses that visitors come from)`;
  const share = isHost ? ", and from a quarter of the clients that report anything from the same routes" : "";
  return `for ${what}, reports from ${from}, on ${counted(days, "day")} and ${counted(routes, "route")}${share}`;
}
