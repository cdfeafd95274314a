import type { Severity } from "../../audit/index.js";
import { usage } from "../arguments.js";
import { limitFlags } from "../check/flags.js";
import type { Checked, Judged, Result } from "../check/look.js";
import { command, configFlags, type Given } from "../command.js";
import { Failure } from "../failure.js";
import type { FetchOptions } from "../input/site.js";
import { AT_ONCE, MOST_SITES } from "../limits.js";
import type { Secrets } from "../secrets.js";
import { fetchOptions, siteFlags } from "../site-flags.js";
import type { Terminal } from "../terminal.js";

const flags = {
  ...limitFlags,
  sitemap: { value: "url", text: "Check the pages of this sitemap, or sitemap index; only those of its own origin." },
  http: { value: "url", default: "the same host on port 80", text: "The site's address over http." },
  ...siteFlags,
  reports: {
    value: "store",
    text: "A store of browsers' reports, as for learn: also tell whether the policy, or that of the site, can be enforced.",
  },
  html: { text: "Compare the HTML of the page with its policy: nonces, inline code, blocked addresses, popups." },
  page: { value: "file", text: "A file with the HTML of the page, for --html with headers or a policy." },
  compliance: { text: "Print which header meets which requirement of OWASP and CWE." },
  json: { text: "Print everything as JSON." },
  sarif: { text: "Print the findings as SARIF 2.1.0." },
  ...configFlags,
} as const;

const THRESHOLDS: readonly Severity[] = ["high", "medium", "low"];

/** `portcullis check`: audits the headers of a site. */
export const check = command({
  summary: "Audits the headers of sites, and scores them.",
  positionals: [
    {
      name: "site",
      text: "An address, with or without its scheme, a file of headers, - for headers on stdin, a preset or a policy file, whose routes are judged too. Several are summed up in a table. Default: the policy of the configuration file.",
      many: true,
      optional: true,
    },
  ],
  flags,
  config: { policy: "asked", settings: "check" },
  examples: [
    ["portcullis check https://example.com", "Print the headers, the findings and the score."],
    ["portcullis check https://example.com --fail-under 90 --fail-on medium", "For CI: exit with code 1 if the site is worse than that."],
    ["portcullis check --sitemap https://example.com/sitemap.xml", "Check the first 50 pages of a site."],
    ['portcullis check localhost:8443 --insecure --cookie "session=…"', "Check a development server as a logged-in visitor."],
    ["portcullis check https://example.com --compliance", "Print a checklist of requirements."],
    ["curl -sI https://example.com | portcullis check -", "Audit headers that another program fetched."],
  ],

  async run(given, written, terminal, defaults) {
    const words = written.length > 0 || given.sitemap !== undefined ? written : ((await defaults.policy()) ?? []);
    const threshold = readThreshold(given, words);
    await refuseOtherWords(given, words);
    const options: FetchOptions = { ...(await fetchOptions("check", given)), http: given.http };
    const { hidingSecrets, secretsOf } = await import("../secrets.js");
    const secrets = hidingSecrets(secretsOf([...words, given.sitemap, given.http, given.reports], options.headers));
    // Every route is judged, so that each that is too weak is named.
    const fails = ({ routes, ...site }: Checked, prefix: string) =>
      [[site, prefix] as const, ...routes.map((route) => [route, `${route.name}: `] as const)]
        .map(([one, name]) => failsLimits(given, threshold, one, name, terminal))
        .includes(true);
    const [only] = words;
    if (words.length === 1 && only !== undefined && given.sitemap === undefined) {
      const { lookAt } = await import("../check/look.js");
      const checked = await secrets.guard(() => lookAt(only, given, options, secrets));
      const { printOne } = await import("../check/output.js");
      printOne(checked, given, terminal);
      return fails(checked, "") ? 1 : 0;
    }
    const { results, notes, exitCode } = await secrets.guard(() => lookAtAll(words, given, options, secrets));
    const [{ printSeveral }, { isChecked }] = await Promise.all([import("../check/output.js"), import("../check/several.js")]);
    printSeveral(results, notes, given, terminal);
    let code = exitCode;
    for (const one of results) {
      if (!isChecked(one)) for (const line of given.json ? [] : one.errors) terminal.fail(line);
      else if (fails(one, `${one.name}: `)) code ||= 1;
    }
    return code;
  },
});

/** What is no argument, though it would be read as one: the file for an output, and a path beside an address. */
async function refuseOtherWords({ json, sarif }: Given<typeof flags>, words: readonly string[]): Promise<void> {
  const [{ existsSync }, { addressesOf, isAddress, isBareAddress }] = await Promise.all([import("node:fs"), import("../input/address.js")]);
  const isSite = (word: string) => isAddress(word) || isBareAddress(word);
  const isOutput = (word: string, name: string) => !isAddress(word) && !word.includes(":") && word.toLowerCase().endsWith(`.${name}`);
  const first = words.find((word) => isSite(word) && !isOutput(word, "sarif"));
  const wrong = words.flatMap((word): string[] => {
    if (sarif && isOutput(word, "sarif")) return [`SARIF is printed to stdout: write portcullis check <site> --sarif > ${word}.`];
    if (existsSync(word)) return [];
    if (json && words.length > 1 && isOutput(word, "json"))
      return [`There is no file ${word}. JSON is printed to stdout: write portcullis check <site> --json > ${word}.`];
    if (!/^\/(?!\/)/.test(word) || first === undefined) return [];
    const { origin } = addressesOf(first)[0];
    return [`There is no file ${word}. For a page of the site, write its whole address, such as ${origin}${word}.`];
  });
  if (wrong.length > 0) throw usage(wrong, "check");
}

/** Looks at all arguments and the pages of the sitemap, some at once. */
async function lookAtAll(words: readonly string[], given: Given<typeof flags>, options: FetchOptions, secrets: Secrets) {
  const [{ lookAt }, { statusLine }, { inTurns }] = await Promise.all([
    import("../check/look.js"),
    import("../progress-line.js"),
    import("../in-turns.js"),
  ]);
  const line = statusLine();
  try {
    line.show("reading the sitemap");
    const { pages, notes } = await pagesOf(given, options);
    const all = [...new Set([...words, ...pages])];
    let done = 0;
    let exitCode: 0 | 1 | 2 = 0;
    const results = await inTurns(all, AT_ONCE, async (word): Promise<Result> => {
      try {
        return await lookAt(word, given, options, secrets);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        exitCode = error.exitCode > exitCode ? error.exitCode : exitCode;
        const { withoutPassword } = await import("../input/address.js");
        const name = URL.canParse(word) ? withoutPassword(new URL(word)) : word;
        return secrets.without({ name, errors: [...error.lines, ...(error.hint === undefined ? [] : [error.hint])] });
      } finally {
        done += 1;
        line.show(`checking: ${done} of ${all.length}`);
      }
    });
    return { results, notes: secrets.without(notes), exitCode: exitCode as 0 | 1 | 2 };
  } finally {
    line.done();
  }
}

async function pagesOf({ sitemap, "max-pages": most = 50 }: Given<typeof flags>, options: FetchOptions) {
  if (sitemap === undefined) return { pages: [], notes: [] };
  const { readSitemap } = await import("../input/sitemap.js");
  return readSitemap(sitemap, most, options);
}

/** Checks options that need, or exclude, others; returns the index of the severity, or -1. */
function readThreshold(given: Given<typeof flags>, words: readonly string[]): number {
  const { "fail-on": word, json, sarif, compliance, sitemap } = given;
  const isSeveral = words.length > 1 || sitemap !== undefined;
  const wrong = [
    words.length === 0 &&
      sitemap === undefined &&
      "<site> is missing, and no configuration file gives a policy. Write portcullis check <site>, such as portcullis check https://example.com, or --sitemap <url>.",
    words.length > MOST_SITES && `There are ${words.length} arguments, more than ${MOST_SITES}.`,
    word !== undefined &&
      !THRESHOLDS.includes(word as Severity) &&
      `--fail-on: ${JSON.stringify(word)} is not a severity. Write high, medium or low.`,
    json && sarif && "--json and --sarif cannot be combined.",
    sarif && compliance && "--sarif and --compliance cannot be combined.",

    ...(["http", "page"] as const).map((name) => isSeveral && given[name] !== undefined && `--${name} is for one site only.`),
    isSeveral && given.html && !json && "--html is for one site only, or needs --json.",
    words.length > 1 && words.includes("-") && "- is for one site only.",
  ].filter((line) => typeof line === "string");
  if (wrong.length > 0) throw usage(wrong, "check");
  return word === undefined ? -1 : THRESHOLDS.indexOf(word as Severity);
}

function failsLimits(
  { "fail-under": least }: Given<typeof flags>,
  threshold: number,
  { audited: { findings, score } }: Pick<Judged, "audited">,
  name: string,
  { fail }: Terminal,
): boolean {
  const low = least !== undefined && score.points < least;
  const bad = findings.filter(({ severity }) => threshold >= 0 && THRESHOLDS.slice(0, threshold + 1).includes(severity)).length;
  if (low) fail(`${name}--fail-under: the score of ${score.points} points is lower than ${least}.`);
  if (bad > 0)
    fail(
      `${name}--fail-on: ${bad} ${bad === 1 ? "finding has" : "findings have"} severity ${THRESHOLDS[threshold]}${threshold === 0 ? "" : " or higher"}.`,
    );
  return low || bad > 0;
}
