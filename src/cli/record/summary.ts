import { type Audit, audit } from "../../audit/index.js";
import type { Policy } from "../../policy/policy.js";
import type { Outcome, Recording } from "../../record/record.js";
import { wrap } from "../layout.js";
import type { Terminal } from "../terminal.js";

type Paint = Pick<Terminal, "bold" | "green" | "yellow" | "red">;

/** How a recording ended, as a sentence. */
export const OUTCOMES: Readonly<Record<Outcome, string>> = {
  proven: "Proven: with this policy enforced, every page of the walk worked as before, and nothing was blocked.",
  "not proven": "Not proven: with this policy enforced, something differs.",
  "not enforceable": "Not enforceable yet: the policy blocks what the site needs, until the points below are settled.",
  "not tried": "Not proven: it was not tried.",
};

/** The text output of `record`, for 80 columns. */
export function summaryOf(recording: Recording, paint: Paint): string {
  const { outcome, proposal, evidence, walks, proof } = recording;
  const { allowed, pending, needed } = proposal;
  const pages = new Set(walks[0].pages.map(({ url }) => url)).size;
  const parts = [
    section(`Walk: ${pages} ${pages === 1 ? "page" : "pages"}, ${evidence.violations} violations of the observed policy`, [
      ...(walks[0].left > 0 ? [`${walks[0].left} links were not followed: the walk ended at its limit.`] : []),
      ...recording.notes,
    ]),
    section(
      "The proposal allows",
      allowed.map(({ directive, source, why }) => `${directive}  ${source}  (${why})`),
    ),
    section(
      "To be confirmed",
      pending.map(
        ({ consent, message, code }) =>
          `${message}${code === undefined ? "" : ` ${beginning(code.text)}`} Accept with --accept ${consent}.`,
      ),
    ),
    section(
      "To be changed in the site",
      needed.map(({ message, code }) => `${message}${code === undefined ? "" : ` ${beginning(code.text)}`}`),
    ),
    section("With the policy enforced", [
      ...(proof?.evidence.groups.map(({ directive, blocked, route }) => `${directive} blocks ${blocked || "something"} on ${route}`) ?? []),
      ...(proof?.pages.flatMap(({ url, differences }) => differences.map((one) => `${url}: ${one}`)) ?? []),
      ...(proof?.notes ?? []),
    ]),
    section(
      "Not compared, since it differs between visits",
      proof?.masks.map(
        ({ url, viewport, lines, pixels }) => `${url} (${viewport}): ${lines} lines, ${(100 * pixels).toFixed(1)} % of the picture`,
      ) ?? [],
    ),
    section("Remarks", proposal.notes),
  ].filter((text) => text !== "");
  const colour = outcome === "proven" ? paint.green : outcome === "not enforceable" ? paint.red : paint.yellow;
  return `${parts.join("\n")}\n${colour(OUTCOMES[outcome])}\n${scoreText(recording.observed, proposal.policy)}`;
}

function scoreText(before: Policy, after: Policy): string {
  const text = ({ score }: Audit) => `${score.points} points`;
  return `Score: the observed policy has ${text(audit(before))}, the proposal ${text(audit(after))}.\n`;
}

/** @param all the option with which everything is printed. */
export function section(title: string, lines: readonly string[], all = "--json"): string {
  if (lines.length === 0) return "";
  const shown = lines.slice(0, MOST_SHOWN);
  const more = lines.length > shown.length ? [`and ${lines.length - shown.length} more; ${all} has all.`] : [];
  return `${title}:\n${[...shown, ...more].map((line) => wrap(line, 2, 2)).join("")}`;
}

const MOST_SHOWN = 40;

export const beginning = (code: string) => JSON.stringify(code.trim().slice(0, 60));
