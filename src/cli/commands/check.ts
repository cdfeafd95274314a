import type { Audit, Severity } from "../../audit/index.js";
import { usage } from "../arguments.js";
import { command, type Given, SECONDS } from "../command.js";
import type { Markup } from "../markup.js";
import type { Proof } from "../proof.js";
import type { Subject } from "../subject.js";
import type { Terminal } from "../terminal.js";

const flags = {
  "fail-under": { value: "points", number: [1, 200], text: "Exit with code 1 if the score is lower." },
  "fail-on": { value: "severity", text: "Exit with code 1 if a finding has at least this severity: high, medium or low." },
  http: { value: "url", default: "the same host on port 80", text: "The site's address over http." },
  timeout: { value: "seconds", number: SECONDS, default: "10", text: "Time limit for all requests together." },
  reports: {
    value: "store",
    text: "A store of browsers' reports, as for learn: also tell whether the policy, or that of the site, can be enforced.",
  },
  html: { text: "Compare the HTML of the page with its policy: nonces, inline code, blocked addresses, popups." },
  page: { value: "file", text: "A file with the HTML of the page, for --html with headers or a policy." },
  "allow-private": { text: "Also follow redirects from a public site to a private address." },
  compliance: { text: "Print which header meets which requirement of OWASP and CWE." },
  json: { text: "Print everything as JSON." },
  sarif: { text: "Print the findings as SARIF 2.1.0." },
} as const;

/** What was read, and whether it can be enforced. */
export interface Checked extends Subject {
  readonly proof: Proof | undefined;
  /** What the HTML shows; undefined without --html. */
  readonly markup: Markup | undefined;
}

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
    const proof = await proofFor(subject, given.reports);
    const markup = given.html || given.page !== undefined ? await markupOf(subject, given.page) : undefined;
    await print(given, { ...subject, proof, markup }, audited, terminal);
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

/** Undefined where there is no Content-Security-Policy to prove. */
async function proofFor({ input, headers }: Subject, word: string | undefined): Promise<Proof | undefined> {
  const [{ isPolicy }, { UNWATCHED, proofOf }] = await Promise.all([import("../../policy/policy.js"), import("../proof.js")]);
  const hasCsp = headers.some(([name]) => /^content-security-policy(?:-report-only)?$/i.test(name));
  if (word === undefined) return hasCsp ? UNWATCHED : undefined;
  const [{ readInput }, { learn }, { parseHeaders }] = await Promise.all([
    import("../input/index.js"),
    import("../../reports/index.js"),
    import("../../policy/parse.js"),
  ]);
  const { groups } = await readInput(word, ["reports"]);
  return proofOf(learn(isPolicy(input) ? input : parseHeaders(input), groups), groups);
}

/** Reads the page that was fetched, or the file of --page. */
async function markupOf({ headers, context }: Subject, file: string | undefined): Promise<Markup> {
  const [{ readMarkup }, { readText }, { LONGEST_PAGE }, { firstPolicies }, { readPage }] = await Promise.all([
    import("../markup.js"),
    import("../input/text.js"),
    import("../limits.js"),
    import("../../headers/content-security-policy/wire.js"),
    import("../../audit/page.js"),
  ]);
  const html = file === undefined ? context.html : await readText(file, file, { bytes: LONGEST_PAGE });
  if (html === undefined) throw usage(["--html needs a page: write the address of a site, or --page <file>."], "check");
  const values = (name: string) => headers.flatMap(([one, value]) => (one.toLowerCase() === name ? [value] : []));
  const policies = [...firstPolicies(values("content-security-policy")), ...readPage(html, context.url).policies];
  return readMarkup(html, policies, values("cross-origin-opener-policy")[0], context.url);
}

async function print(
  { json, sarif, compliance }: Given<typeof flags>,
  subject: Checked,
  audited: Audit,
  terminal: Terminal,
): Promise<void> {
  const [{ jsonText }, text, { requirements }] = await Promise.all([
    import("../layout.js"),
    import("../check-text.js"),
    import("../compliance.js"),
  ]);
  const { findings, score, services } = audited;
  const { name, headers, hops, notes, context, proof, markup } = subject;
  if (json) {
    const { headerRows } = await import("../header-rows.js");
    const { status, redirects } = context;
    const verdicts = headerRows(headers, findings).map(({ header, rating }) => ({ header, verdict: rating }));
    terminal.out(
      jsonText({
        ...{ name, status, hops, redirects, headers, verdicts, findings, score, services },
        ...{ compliance: requirements(audited), proof: proof && { state: proof.state, open: proof.open }, markup, notes },
      }),
    );
    return;
  }
  for (const note of notes) terminal.warn(note);
  if (sarif) {
    const [{ sarifOf }, { version }] = await Promise.all([import("../sarif.js"), import("../version.js")]);
    terminal.out(jsonText(sarifOf(findings, name, version())));
  } else if (compliance) terminal.out(text.complianceText(name, requirements(audited), terminal));
  else {
    terminal.out(text.checkText(subject, audited, terminal));
    if (markup !== undefined) terminal.out(text.markupText(markup, findings, terminal));
  }
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
