import type { Audit, Severity } from "../../audit/index.js";
import { usage } from "../arguments.js";
import { command, type Given, SECONDS } from "../command.js";
import type { Terminal } from "../terminal.js";

const flags = {
  "fail-under": { value: "points", number: [1, 200], text: "Exit with code 1 if the score is lower." },
  "fail-on": { value: "severity", text: "Exit with code 1 if a finding has at least this severity: high, medium or low." },
  http: { value: "url", default: "the same host on port 80", text: "The site's address over http." },
  timeout: { value: "seconds", number: SECONDS, default: "10", text: "Time limit for all requests together." },
  "allow-private": { text: "Also follow redirects from a public site to a private address." },
  compliance: { text: "Print which header meets which requirement of OWASP and CWE." },
  json: { text: "Print everything as JSON." },
  sarif: { text: "Print the findings as SARIF 2.1.0." },
} as const;

const THRESHOLDS: readonly Severity[] = ["high", "medium", "low"];

/** `portcullis check`: audits the headers of a site. */
export const check = command({
  summary: "Audits the headers of a site, and scores them.",
  positionals: [{ name: "site", text: "An address, a file of headers, - for headers on stdin, a preset or a policy file." }],
  flags,
  examples: [
    ["portcullis check https://example.com", "Print the headers, the findings and the score."],
    ["portcullis check https://example.com --fail-under 90 --fail-on medium", "For CI: exit with code 1 if the site is worse than that."],
    ["portcullis check https://example.com --compliance", "Print a checklist of requirements."],
    ["curl -sI https://example.com | portcullis check -", "Audit headers that another program fetched."],
  ],

  async run(given, [site = ""], terminal) {
    const threshold = thresholdOf(given);
    const [{ readSubject }, { audit }] = await Promise.all([import("../subject.js"), import("../../audit/index.js")]);
    const subject = await readSubject(site, { seconds: given.timeout ?? 10, http: given.http, allowPrivate: given["allow-private"] });
    const audited = audit(subject.input, subject.context);
    await print(given, subject, audited, terminal);
    return fails(given, threshold, audited, terminal) ? 1 : 0;
  },
});

function thresholdOf({ "fail-on": word, json, sarif, compliance }: Given<typeof flags>): number {
  const wrong = [
    word !== undefined &&
      !THRESHOLDS.includes(word as Severity) &&
      `--fail-on: ${JSON.stringify(word)} is not a severity. Write high, medium or low.`,
    json && sarif && "--json and --sarif cannot be combined.",
    sarif && compliance && "--sarif and --compliance cannot be combined.",
  ].filter((line) => typeof line === "string");
  if (wrong.length > 0) throw usage(wrong, "check");
  return word === undefined ? -1 : THRESHOLDS.indexOf(word as Severity);
}

async function print(
  { json, sarif, compliance }: Given<typeof flags>,
  subject: import("../subject.js").Subject,
  { findings, score }: Audit,
  terminal: Terminal,
): Promise<void> {
  const [{ jsonText }, text, { requirements }] = await Promise.all([
    import("../layout.js"),
    import("../check-text.js"),
    import("../compliance.js"),
  ]);
  const { name, headers, hops, notes, context } = subject;
  if (json) {
    const { headerRows } = await import("../header-rows.js");
    const { status, redirects } = context;
    const verdicts = headerRows(headers, findings).map(({ header, rating }) => ({ header, verdict: rating }));
    terminal.out(
      jsonText({ name, status, hops, redirects, headers, verdicts, findings, score, compliance: requirements({ findings, score }), notes }),
    );
    return;
  }
  for (const note of notes) terminal.warn(note);
  if (sarif) {
    const [{ sarifOf }, { version }] = await Promise.all([import("../sarif.js"), import("../version.js")]);
    terminal.out(jsonText(sarifOf(findings, name, version())));
  } else if (compliance) terminal.out(text.complianceText(name, requirements({ findings, score }), terminal));
  else terminal.out(text.checkText(subject, { findings, score }, terminal));
}

function fails({ "fail-under": least }: Given<typeof flags>, threshold: number, { findings, score }: Audit, { fail }: Terminal): boolean {
  const low = least !== undefined && score.points < least;
  const bad = findings.filter(({ severity }) => threshold >= 0 && THRESHOLDS.slice(0, threshold + 1).includes(severity)).length;
  if (low) fail(`--fail-under: the score of ${score.points} points is lower than ${least}.`);
  if (bad > 0)
    fail(
      `--fail-on: ${bad} ${bad === 1 ? "finding has" : "findings have"} severity ${THRESHOLDS[threshold]}${threshold === 0 ? "" : " or higher"}.`,
    );
  return low || bad > 0;
}
