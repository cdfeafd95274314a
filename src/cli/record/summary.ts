import { type Audit, audit } from "../../audit/index.js";
import type { Policy } from "../../policy/policy.js";
import type { InlineCode } from "../../record/evidence.js";
import { type Allowed, wordFor } from "../../record/proposal.js";
import type { Recording } from "../../record/record.js";
import type { PageSeen } from "../../record/visit.js";
import { wrap } from "../layout.js";
import type { Terminal } from "../terminal.js";
import { serviceLines } from "./services.js";
import { outcomeText, type RoutedRecording } from "./unapplied.js";

type Paint = Pick<Terminal, "bold" | "green" | "yellow" | "red">;

/** The text output of `record`, for 80 columns. */
export function summaryOf(recording: RoutedRecording, paint: Paint): string {
  const { outcome, proposal, walks, proof } = recording;
  const parts = [
    `Walk: ${countsText(recording)}\n`,
    section("Notes on the walk", [...recording.notes, ...(hasSnapshots(recording) ? [SNAPSHOTS] : [])]),
    section("Errors and failed requests without the policy", troubles(walks[0].pages)),
    section("The proposal allows", allowedLines(proposal.allowed)),
    section(
      "To be confirmed",
      proposal.pending.map((one) => `${one.message}${quoted(one.code)} Accept with: --accept=${wordFor(one)}`),
    ),
    section(
      "To be changed in the site",
      proposal.needed.map(({ message, code }) => `${message}${quoted(code)}`),
    ),
    section("With the policy enforced", [
      ...byPage(
        proof?.evidence.groups.map(({ directive, blocked, route }) => [`${directive} blocks ${blocked || "something"}`, route]) ?? [],
      ),
      ...byPage(proof?.pages.flatMap(({ url, differences }) => differences.map((one) => [one, pathOf(url)] as const)) ?? []),
      ...(proof?.notes ?? []),
    ]),
    section("Third parties by name", serviceLines(recording)),
    section(
      "Not compared, since it differs between visits",
      proof?.masks.map(
        ({ url, viewport, lines, texts, pixels }) =>
          `${pathOf(url)} (${viewport}): ${counted(lines, "line")}${someTexts(texts)}, ${(100 * pixels).toFixed(1)} % of the picture`,
      ) ?? [],
    ),
    section("Remarks", proposal.notes),
  ].filter((text) => text !== "");
  const colour = outcome === "proven" ? paint.green : outcome === "not enforceable" ? paint.red : paint.yellow;
  return `${parts.join("\n")}\n${colour(outcomeText(recording))}\n${limitsText(recording)}${scoreText(recording.observed, proposal.policy)}`;
}

/** What a proof says nothing about. */
function limitsText({ outcome, proof }: Recording): string {
  return outcome === "proven" && proof?.masks.some(({ lines }) => lines > 0)
    ? "This says nothing about the lines above that were not compared.\n"
    : "";
}

/** How many pages were walked through, each once however many snapshots a script took of it, and what they would have blocked. */
export function countsText({ walks, evidence }: Recording): string {
  const pages = new Set(walks[0].pages.map(({ url }) => url.split(" (", 1)[0])).size;
  return `${counted(pages, "page")}, ${counted(evidence.violations, "violation")} of the observed policy`;
}

/** Some of the lines that are not compared; the other outputs have more. */
function someTexts(texts: readonly string[]): string {
  const shown = texts.slice(0, 3).map((text) => JSON.stringify(text));
  return shown.length === 0 ? "" : ` (${shown.join(", ")}${texts.length > shown.length ? ", …" : ""})`;
}

/** Whether the name of a snapshot that `visit` of a script took is behind an address. */
const hasSnapshots = ({ walks }: Recording) => walks[0].pages.some(({ url }) => url.includes(" (script"));

const SNAPSHOTS =
  "(script 1), (script 2) … are the pages that the script of --script visited, in order; (script, end) is what it showed last.";

function scoreText(before: Policy, after: Policy): string {
  const text = ({ score }: Audit) => `${score.points} points`;
  return `Score: the observed policy has ${text(audit(before))}, the proposal ${text(audit(after))}.\n`;
}

/** `1 page`, `2 pages`. */
export const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** What did not work before any policy was enforced: a part of the site that does not load shows nothing of what it needs. */
const troubles = (pages: readonly PageSeen[]) =>
  byPage(pages.flatMap(({ url, errors, failed }) => [...errors, ...failed].map((one) => [one, pathOf(url)] as const)));

/** The sources of one piece of inline code in one line, with its text. */
function allowedLines(allowed: readonly Allowed[]): readonly string[] {
  const lines = new Map<InlineCode | Allowed, { readonly directive: string; readonly sources: string[]; readonly why: string }>();
  for (const one of allowed) {
    const { directive, source, code } = one;
    const line = code && lines.get(code);
    if (line !== undefined) line.sources.push(source);
    else {
      const why = code === undefined ? one.why : `${code.kind} on ${some(code.pages.map(pathOf))}:${quoted(code)}`;
      lines.set(code ?? one, { directive, sources: [source], why });
    }
  }
  return [...lines.values()].map(({ directive, sources, why }) => `${directive} ${sources.join(" ")} (${why})`);
}

/** Each sentence once, with the pages that it is about. */
function byPage(lines: readonly (readonly [sentence: string, page: string])[]): readonly string[] {
  const pages = new Map<string, string[]>();
  for (const [sentence, page] of lines) pages.set(sentence, [...(pages.get(sentence) ?? []), page]);
  return [...pages].map(([sentence, where]) => `${sentence} (on ${some(where)})`);
}

const MOST_PAGES = 4;

/** Some pages of many. */
function some(pages: readonly string[]): string {
  const all = [...new Set(pages)];
  const shown = all.slice(0, MOST_PAGES).join(", ");
  return all.length > MOST_PAGES ? `${shown} and ${all.length - MOST_PAGES} more` : shown;
}

/** The path of an address; text that is not an address, or has a name of a snapshot behind it, keeps that. */
const pathOf = (url: string) => url.replace(/^https?:\/\/[^/]+(?=\/)/, "");

const quoted = (code: InlineCode | undefined) => (code === undefined ? "" : ` ${beginning(code.text)}`);

/** The beginning of inline code, in quotes. */
export const beginning = (code: string) => JSON.stringify(code.trim().slice(0, 60));

/** @param all the option with which everything is printed. */
export function section(title: string, lines: readonly string[], all = "--json"): string {
  if (lines.length === 0) return "";
  const shown = lines.slice(0, MOST_SHOWN);
  const more = lines.length > shown.length ? [`and ${lines.length - shown.length} more; ${all} has all.`] : [];
  return `${title}:\n${[...shown, ...more].map((line) => wrap(line, 2, 2)).join("")}`;
}

const MOST_SHOWN = 40;
