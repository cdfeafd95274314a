// docs/proven.md, made of the results of the gauntlet.

const OUTCOMES = {
  proven: "proven",
  "not proven": "**not proven**",
  "not enforceable": "**not enforceable**",
  "not tried": "**not tried**",
};

/** The command that an application is recorded with, as the document shows it. */
export const commandOf = ({ path = "/", arguments: given }) => ["portcullis record", `http://localhost:PORT${path}`, ...given].join(" ");

/** The document, of the rows of the applications. */
export function documentOf(rows) {
  const proven = rows.filter(({ outcome }) => outcome === "proven");
  const inline = proven.filter(({ csp }) => scriptsHave(csp, "'unsafe-inline'"));
  const browsers = [...new Set(proven.flatMap(({ browser }) => browser ?? []))].sort();
  const days = [...new Set(rows.map(({ recorded }) => recorded))].sort();
  return `# Proven on real applications

\`npm run gauntlet\` wrote this page. It installs each application from its registry, starts it on this machine, and runs
\`portcullis record\` on it: two walks that observe a policy, then the same walk with the proposed policy enforced. An application is
*proven* when that walk had no violation, no new console error, no new failed request, the same text and the same picture, and when a
browser without the recorder confirms it: with the policy enforced its main flow works and nothing is blocked, and an inline script and a
script file of another host, put into its page, do not run. Without the policy both run. The walk opens some pages and goes through the
main flow; what it did not open is not proven.

${rows.length} applications: ${proven.length} are proven, ${proven.length - inline.length} of them without \`'unsafe-inline'\` for scripts.
Recorded ${days.length === 1 ? `on ${days[0]}` : `between ${days[0]} and ${days.at(-1)}`} with Chromium ${browsers.join(", ")}.

| application | version | result | violations before → after | points before → after | pages | bare walk | record and prove | ratio |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.map(rowOf).join("\n")}

*Before* is the observed policy, \`strict\` where the command names no other: the violations of two walks. *After* is the proposal, enforced.
*Bare walk* is one walk through the same pages with the same script and without a recording; *record and prove* is the whole command, with
at least three walks. Both were measured once, on a machine with two cores that others used at the same time: they compare, no more.

${rows.map(sectionOf).join("\n")}`;
}

/** Whether a directive of a CSP for scripts, elements or attributes, has a source. */
const scriptsHave = (csp, source) =>
  (csp ?? "").split(/;\s*/).some((directive) => /^(?:default|script)-src/.test(directive) && directive.split(/\s+/).includes(source));

const cell = (text) => String(text).replace(/\|/g, "\\|").replace(/\s+/g, " ");

const secondsOf = (seconds) => (seconds === undefined || seconds === null ? "–" : `${seconds} s`);

function rowOf({ title, version, outcome, violations, score, pages, bareSeconds, seconds }) {
  const change = (pair) => (pair === undefined ? "–" : `${pair.before} → ${pair.after ?? "–"}`);
  const cells = [
    title,
    version,
    OUTCOMES[outcome],
    change(violations),
    change(score),
    pages ?? "–",
    secondsOf(bareSeconds),
    secondsOf(seconds),
    bareSeconds > 0 && seconds !== undefined ? (seconds / bareSeconds).toFixed(1) : "–",
  ];
  return `| ${cells.map(cell).join(" | ")} |`;
}

function sectionOf(row) {
  const {
    title,
    version,
    command,
    why,
    outcome,
    error,
    allowed = [],
    pending = [],
    needed = [],
    differences = [],
    blocked = [],
    notes = [],
    faults = [],
  } = row;
  const parts = [
    `## ${title} ${version}`,
    `Command: \`${command}\``,
    why,
    error === undefined ? "" : `It could not be recorded: ${code(error)}`,
    allowed.length === 0 ? "" : `What had to be allowed (${allowed.length}):\n\n${list(grouped(allowed))}`,
    outcome === "proven" ? "" : list(pending.map((message) => `To be confirmed: ${code(message)}`)),
    outcome === "proven" ? "" : list(needed.map((message) => `To be changed in the site: ${code(message)}`)),
    outcome === "proven" ? "" : list(blocked.map((one) => `Blocked with the proposal enforced: ${code(one)}`)),
    list(differences.flatMap(({ url, differences }) => differences.slice(0, 5).map((one) => `\`${url}\`: ${code(one)}`))),
    outcome === "proven" ? "" : list(notes.map(code)),
    ...["'unsafe-inline'", "'unsafe-eval'"].map((source) =>
      outcome === "proven" && scriptsHave(row.csp, source) ? `The proven policy has \`${source}\` for scripts.` : "",
    ),
    list(faults.map((one) => `In a browser without the recorder: ${code(one)}`)),
    masked(row),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** Hashes of one directive are one line. */
function grouped(allowed) {
  const lines = new Map();
  for (const { directive, source, why } of allowed) {
    const isHash = /^'sha\d/.test(source);
    const key = isHash ? `${directive} hashes` : `${directive} ${source}`;
    const known = lines.get(key) ?? { directive, source, isHash, count: 0, why };
    lines.set(key, { ...known, count: known.count + 1 });
  }
  return [...lines.values()].map(({ directive, source, isHash, count, why }) =>
    isHash
      ? `\`${directive}\`: ${count} ${count === 1 ? "hash" : "hashes"} of inline code`
      : `\`${directive}\`: \`${source}\`, ${code(why)}`,
  );
}

function masked({ masked = [] }) {
  if (masked.length === 0) return "";
  const most = Math.max(...masked.map(({ pixels }) => pixels));
  const lines = masked.reduce((sum, one) => sum + one.lines, 0);
  return `Not compared, since it differs between visits without the policy: ${lines} lines and at most ${(100 * most).toFixed(1)} % of a picture, on ${masked.length} of its pages.`;
}

const list = (all) => listOf([...new Set(all)]);

const listOf = (items) =>
  items
    .slice(0, 12)
    .concat(items.length > 12 ? [`and ${items.length - 12} more`] : [])
    .map((item) => `- ${item}`)
    .join("\n");

/** Text from an application, without the ports of this run and without Markdown of its own. */
const code = (text) =>
  String(text)
    .replace(/\s+/g, " ")
    .replace(/(localhost|127\.0\.0\.1):\d+/g, "$1:PORT")
    .replace(/\/(?:root|home)\/\S*/g, "…")
    .replace(/[<>[\]*_`|\\]/g, "\\$&")
    .slice(0, 300);
