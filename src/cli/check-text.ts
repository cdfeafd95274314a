import type { Audit, Finding } from "../audit/index.js";
import type { Requirement } from "./compliance.js";
import { type HeaderRating, type HeaderRow, headerRows } from "./header-rows.js";
import { cell, tableWidth, wrap } from "./layout.js";
import { LONGEST_TEXT, MOST_FINDINGS } from "./limits.js";
import type { Markup } from "./markup.js";
import type { Proof } from "./proof.js";
import type { Subject } from "./subject.js";
import type { Terminal } from "./terminal.js";
import { visible } from "./visible.js";
import { wayOf } from "./way-text.js";

type Paint = Pick<Terminal, "bold" | "green" | "yellow" | "red">;
type Colour = Exclude<keyof Paint, "bold">;

/** The lines of --html. */
export function markupText({ nonce, notes, isWhole }: Markup, findings: readonly Finding[], { bold }: Paint): string {
  const lines: string[] = [];
  if (nonce !== undefined) {
    const { scripts, carrying, hashed } = nonce;
    const without =
      nonce.without.length === 0 ? "" : ` Without ${hashed === 0 ? "it" : "either"}: ${nonce.without.map(placeOf).join(", ")}.`;
    const byHash = hashed === 0 ? "" : `, ${hashed} ${hashed === 1 ? "is" : "are"} allowed by hash`;
    lines.push(`The policy has a nonce; ${carrying} of ${scripts} scripts carry it${byHash}.${without}`);
  }
  for (const { message } of findings.filter(({ rule }) => rule === "nonce-cached")) lines.push(message);
  for (const { line, what, by, message } of notes.slice(0, MOST_FINDINGS))
    lines.push(`${placeOf(line)}: ${what}: ${cut(message)} (${by}).`);
  if (notes.length > MOST_FINDINGS) lines.push(`${notes.length - MOST_FINDINGS} more: --json prints them.`);
  if (!isWhole) lines.push("Only the beginning of the page was read.");
  lines.push("What scripts add later, and windows that they open, are not in the HTML.");
  return `\n${bold("HTML")}\n${lines.map((line) => wrap(line, 0, 2)).join("")}`;
}

const placeOf = (line: number | undefined) => (line === undefined ? "an added element" : `line ${line}`);

type Shown = Pick<Subject, "name" | "headers" | "context" | "hops" | "chosen">;

/** The text output of `check`, as wide as the terminal. */
export function checkText(subject: Shown & { readonly proof: Proof | undefined }, audited: Audit, paint: Paint): string {
  const rows = headerRows(subject.headers, audited.findings);
  return (
    [
      wayText(subject),
      tableText(rows, paint),
      servicesText(audited),
      findingsText(audited.findings, paint),
      scoreText(audited, subject, paint),
    ]
      .filter((text) => text !== "")
      .join("\n") + (subject.proof === undefined ? "" : wrap(subject.proof.text, 0, 2))
  );
}

function wayText({ name, context: { status, redirects = [] }, hops, chosen }: Shown): string {
  const why = chosen === undefined ? "" : ` (no scheme was written: requested over ${chosen})`;
  const head = wrap(`${name}${status === undefined ? "" : ` answered ${status}`}${why}`, 0, 2);
  const over = redirects[0]?.url === hops[0]?.url ? [] : redirects;
  return head + [hops, over].map((way) => (way.length > 1 || way[0]?.fault ? wrap(wayOf(way), 2, 2) : "")).join("");
}

const RATING_COLOURS: Readonly<Record<HeaderRating, Colour>> = {
  good: "green",
  fair: "green",
  weak: "yellow",
  remove: "yellow",
  broken: "red",
  missing: "red",
};

/** Columns of a value, below which it is on a line of its own. */
const NARROWEST_VALUE = 12;

function tableText(rows: readonly HeaderRow[], paint: Paint): string {
  const widest = tableWidth() < 80 ? 32 : 42;
  const column = rows.reduce((width, { header }) => Math.min(widest, Math.max(width, 2 + header.length)), 8);
  const room = tableWidth() - 11 - column;
  const isNarrow = room < NARROWEST_VALUE;
  const lines = rows.map(({ header, rating, values }) => {
    const value = header.toLowerCase() === "set-cookie" ? values.map(cookieName).join(", ") : values.join(" | ");
    const shown = isNarrow ? cell(value, tableWidth() - 2) : cell(value, room);
    const head = `${cell(header, column - 2)}  ${paint[RATING_COLOURS[rating]](rating.padEnd(7))}`;
    return `${head}${isNarrow && value !== "" ? `\n  ${shown}` : `  ${shown}`}`.trimEnd();
  });
  return `${paint.bold(`${"Header".padEnd(column)}Verdict${isNarrow ? "" : "  Value"}`)}\n${lines.map((line) => `${line}\n`).join("")}`;
}

/** The name only: the value may be secret. */
const cookieName = (line: string) => line.split(/[=;]/)[0] ?? "";

/** Whom the policy lets the page load from; the empty string where no recipe knows a host of it. */
function servicesText({ services }: Audit): string {
  const texts = services.map(({ title, tenants = [] }) =>
    tenants.length === 0 ? title : `${title} (any customer can publish on ${firstOf(tenants.map(visible))})`,
  );
  return texts.length === 0 ? "" : wrap(`Third parties: ${texts.join(", ")}`, 0, 2);
}

/** The first three. */
const firstOf = (texts: readonly string[]) => `${texts.slice(0, 3).join(", ")}${texts.length > 3 ? " and others" : ""}`;

/** The colour of each severity. */
export const SEVERITY_COLOURS: Readonly<Record<Finding["severity"], Colour | undefined>> = {
  high: "red",
  medium: "yellow",
  low: undefined,
  info: undefined,
};

function findingsText(findings: readonly Finding[], paint: Paint): string {
  if (findings.length === 0) return "No findings.\n";
  const texts = findings.slice(0, MOST_FINDINGS).map(({ severity, header, rule, message, fix, owasp, cwe }) => {
    const colour = SEVERITY_COLOURS[severity];
    const word = colour === undefined ? severity.padEnd(6) : paint[colour](severity.padEnd(6));
    return `${word}  ${visible(header)} (${rule}; ${owasp}, ${cwe})\n${wrap(cut(message), 8)}${wrap(`Fix: ${cut(fix)}`, 8)}`;
  });
  const more = findings.length - texts.length;
  const rest = more === 0 ? "" : `${more} more findings: --json prints all.\n`;
  return `${paint.bold("Findings")}\n${texts.join("")}${rest}`;
}

const cut = (text: string) => (text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`);

const BONUS_FROM = 90;

function scoreText({ score: { points, grade, tests, unseen } }: Audit, { hops, context: { redirects } }: Shown, { bold }: Paint): string {
  const counted = tests.filter(({ modifier }) => modifier < 0 || (modifier > 0 && points >= BONUS_FROM));
  const lines = counted.map(
    ({ test, result, modifier }) => `  ${String(modifier > 0 ? `+${modifier}` : modifier).padStart(3)}  ${test}: ${result}\n`,
  );
  const isAsked = hops.length > 0 && !redirects?.[0]?.url.startsWith("http:");
  const notSeen = unseen.map(({ test, why }) =>
    wrap(`${test}: ${why}${isAsked && test === "redirection" ? " Write --http <url>, the site's address over http." : ""}`, 2, 2),
  );
  const head = `${bold(`Score: ${points} points, ${grade}`)}, by the scoring of the MDN HTTP Observatory\n`;
  return `${head}${lines.join("")}${notSeen.length === 0 ? "" : `Not tested:\n${notSeen.join("")}`}`;
}

const MET_COLOURS: Readonly<Record<Requirement["met"], Colour>> = { yes: "green", weak: "yellow", no: "red", unseen: "yellow" };

const COLUMNS = [26, 30, 20] as const;
const COMPLIANCE_WIDTH = 80;

/** The checklist as a table; in a narrow terminal the header and the standard are below the requirement. */
export function complianceText(name: string, rows: readonly Requirement[], paint: Paint): string {
  const isNarrow = tableWidth() < COMPLIANCE_WIDTH;
  const line = (words: readonly string[]) => words.map((word, index) => word.padEnd(COLUMNS[index] ?? 0)).join("");
  const lines = rows.map(({ requirement, header, standard, met }) => {
    const painted = paint[MET_COLOURS[met]](met === "unseen" ? "not seen" : met);
    if (isNarrow) return `${line([requirement])}${painted}\n${wrap(`${header}, ${standard}`, 2)}`;
    return `${line([requirement, header, standard])}${painted}\n`;
  });
  const head = isNarrow ? `${line(["Requirement"])}Met` : line(["Requirement", "Header", "Standard", "Met"]);
  return `${wrap(name, 0, 2)}\n${paint.bold(head)}\n${lines.join("")}`;
}
