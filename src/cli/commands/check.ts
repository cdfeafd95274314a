import type { Audit, Severity } from "../../audit/index.js";
import { usage } from "../arguments.js";
import { command, type Given, SECONDS } from "../command.js";
import type { Terminal } from "../terminal.js";

const flags = {
  "fail-under": { value: "points", number: [1, 200], text: "Exit code 1 where the score is less." },
  "fail-on": { value: "severity", text: "Exit code 1 where something at least this bad is found: high, medium or low." },
  http: { value: "url", text: "The site's address over http, where it is not the same host on port 80." },
  timeout: { value: "seconds", number: SECONDS, text: "For all requests together; 10 unless told." },
  "allow-private": { text: "Follows redirects from a public site to a private address, too." },
  compliance: { text: "Prints which requirements of OWASP and CWE are met by which header." },
  json: { text: "Prints all of it as JSON." },
  sarif: { text: "Prints the findings as SARIF 2.1.0." },
} as const;

const THRESHOLDS: readonly Severity[] = ["high", "medium", "low"];

/** `portcullis check`: where a site stands. */
export const check = command({
  summary: "Says what the headers of a site lack, and how they score.",
  positionals: [{ name: "site", text: "An address, a file of headers, - for headers on stdin, or a policy." }],
  flags,
  examples: [
    ["portcullis check https://example.com", "Its headers, what is wrong with them, and the score."],
    ["portcullis check https://example.com --fail-under 90 --fail-on medium", "For CI: exit code 1 where it is worse."],
    ["portcullis check https://example.com --compliance", "The quarterly checklist."],
    ["curl -sI https://example.com | portcullis check -", "Of what another program fetched."],
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
      `--fail-on: ${JSON.stringify(word)} is no severity. Write high, medium or low.`,
    json && sarif && "--json and --sarif: write one of the two.",
    sarif && compliance && "--sarif and --compliance: write one of the two.",
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
    const { headerRows } = await import("../verdicts.js");
    const { status, redirects } = context;
    const verdicts = headerRows(headers, findings).map(({ header, verdict }) => ({ header, verdict }));
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
  if (low) fail(`${score.points} points are less than ${least}.`);
  if (bad > 0)
    fail(`${bad} ${bad === 1 ? "finding is" : "findings are"} ${threshold === 0 ? "high" : `${THRESHOLDS[threshold]} or worse`}.`);
  return low || bad > 0;
}
