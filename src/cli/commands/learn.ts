import { dirname, normalize } from "node:path";
import type { SavedRecording } from "../../record/saved.js";
import type { Group, Learned, LearnedFormat, LearnOptions } from "../../reports/index.js";
import { usage } from "../arguments.js";
import { command, configFlags, type Defaults, type Given } from "../command.js";
import { Failure } from "../failure.js";
import { policyHelp } from "../policy-help.js";
import type { Terminal } from "../terminal.js";

const FORMATS: readonly LearnedFormat[] = ["text", "typescript", "json"];
const WIDTHS = ["origin", "directory", "path"] satisfies readonly LearnOptions["width"][];
const COUNT = [1, 1_000] as const;

const flags = {
  policy: {
    value: "preset|file",
    many: true,
    default: "recommended, for recordings the recorded policy",
    text: "The policy that was observed: a preset or policy file. Later ones override earlier ones.",
  },
  "min-clients": {
    value: "number",
    number: COUNT,
    default: "3, for third-party hosts 10",
    text: "Client addresses that must have reported a source.",
  },
  "min-days": { value: "number", number: COUNT, default: "2", text: "Days on which it must have been reported." },
  "min-routes": { value: "number", number: COUNT, default: "1", text: "Routes on which it must have been reported." },
  width: { value: "width", default: "origin", text: `How much of an address a source allows: ${WIDTHS.join(", ")}.` },
  route: { value: "path", many: true, text: "A route of the site, such as /users/*. Routes without reports are listed." },
  "any-policy": { text: "Also count reports of other versions of the policy." },
  recorded: {
    value: "file",
    many: true,
    text: "Leave out reports of what this recording, or folder of recordings, of recordViolations has already, and list what is new since.",
  },
  accept: {
    value: "what",
    many: true,
    text: "Of a recording, allow what has to be confirmed: one point, by the word that the output names (sha256-…, an origin), or all of a kind: inline, runtime, eval, hosts.",
  },
  "accept-risks": { text: "Also propose sources with which the policy can be bypassed." },
  format: {
    value: "format",
    default: "text",
    text: `${FORMATS.join(", ")}. The output of json is a policy file to add to the observed policy.`,
  },
  out: { value: "file", text: "Write to this file instead of printing." },
  force: { text: "Overwrite the file if it exists." },
  ...configFlags,
} as const;

/** Options about reports of visitors: a recording is one's own. */
const FOR_REPORTS = ["min-clients", "min-days", "min-routes", "width", "route", "any-policy", "accept-risks", "recorded"] as const;

/** `portcullis learn`: proposes changes to a policy from the reports of browsers, or from recordings of tests. */
export const learn = command({
  summary: "Proposes changes to a policy from the reports of browsers or recordings.",
  positionals: [
    {
      name: "store",
      many: true,
      text: "A SQLite file, redis://…, a JSON file with what store.groups() returns, or a file or folder that recordViolations has written. Several are read as one.",
    },
  ],
  flags,
  config: { policy: "asked" },
  examples: [
    ["portcullis learn reports.db --policy strict", "Show what strict would break, what to add, and the evidence."],
    ["portcullis learn reports.db --policy strict --format json --out learned.json", "Write only the changes, to add them to strict:"],
    ["portcullis headers --policy strict --policy learned.json > next.txt", "Write the headers of strict with these changes,"],
    ["portcullis compare strict next.txt", "and show what they change."],
    ["portcullis learn csp", "Propose from what the workers and shards of a test suite have recorded."],
    ["portcullis learn reports.db --policy strict --recorded csp", "Show what visitors report and the suite did not."],
  ],
  tables: policyHelp,

  async run(given, words, terminal, defaults) {
    checkWords(given);
    const { format = "text", out: file } = given;
    const print = await printer(given, words, terminal, defaults);
    const text = await withSchema(print(format as LearnedFormat), format, file);
    if (file === undefined) terminal.out(text);
    else {
      const { writeFiles } = await import("../files.js");
      await writeFiles("", [{ path: file, text }], given.force === true);
      terminal.say(`wrote ${file}`);
    }
    return 0;
  },
});

type Print = (format: LearnedFormat) => string;

/** Learns from recordings, or from report stores, and returns how to print it. */
async function printer(given: Given<typeof flags>, words: readonly string[], terminal: Terminal, defaults: Defaults): Promise<Print> {
  const { refusePolicies } = await import("../record/not-reports.js");
  await refusePolicies(words);
  const [{ showing }, { withoutUser }] = await Promise.all([import("../progress-line.js"), import("../input/address.js")]);
  const recordings = await showing(`reading ${words.map(withoutUser).join(", ")}`, () => recordingsOf(words));
  const others = words.filter((word) => !isRead(word, recordings));
  if (recordings.size === 0) {
    const policy = given.policy ?? (await defaults.policy());
    return fromReports({ ...given, ...(policy !== undefined && { policy }) }, words, terminal);
  }
  if (others.length > 0) {
    const hint = "Learn from each by itself, or write --recorded to see what is new in the reports.";
    throw new Failure([`${[...recordings.keys()].join(", ")}: a recording, and ${others.join(", ")}: reports of visitors. ${hint}`], 2);
  }
  const unused = FOR_REPORTS.filter((name) => given[name] !== undefined);
  if (unused.length > 0) {
    throw usage(
      unused.map((name) => `--${name} is for reports of visitors, not for a recording.`),
      "learn",
    );
  }
  const { fromRecordings } = await import("../record/learned.js");
  return fromRecordings(recordings, given, terminal);
}

/** Whether a word is a recording, or the folder of one. */
const isRead = (word: string, recordings: ReadonlyMap<string, SavedRecording>): boolean =>
  recordings.has(word) || [...recordings.keys()].some((file) => dirname(file) === normalize(word).replace(/[/\\]$/, ""));

async function recordingsOf(words: readonly string[]): Promise<ReadonlyMap<string, SavedRecording>> {
  const { readRecordingFile, recordingsInFolder } = await import("../input/reports.js");
  const found = new Map<string, SavedRecording>();
  for (const word of words) {
    const files = recordingsInFolder(word);
    for (const file of files ?? [word]) {
      const recording = await readRecordingFile(file);
      if (recording !== undefined) found.set(file, recording);
      else if (files !== undefined) throw new Failure([`${file} is not a recording of recordViolations(). Move it out of ${word}.`], 2);
    }
  }
  return found;
}

async function fromReports(given: Given<typeof flags>, stores: readonly string[], terminal: Terminal): Promise<Print> {
  if (given.accept !== undefined) throw usage(["--accept is for recordings, not for reports of visitors."], "learn");
  const [{ showing }, { withoutUser }, { learn, printLearned }, { proofOf }, { readInput }, { readOnePolicy }] = await Promise.all([
    import("../progress-line.js"),
    import("../input/address.js"),
    import("../../reports/index.js"),
    import("../proof.js"),
    import("../input/index.js"),
    import("../policies.js"),
  ]);
  const policy = await readOnePolicy(given.policy ?? [], terminal);
  const lists: (readonly Group[])[] = [];
  for (const store of stores) lists.push((await showing(`reading ${withoutUser(store)}`, () => readInput(store, ["reports"]))).groups);
  const [only = [], ...others] = lists;
  const groups = others.length === 0 ? only : (await import("../../record/merge-groups.js")).mergeGroups(lists.flat());
  const { fresh, print } = await sinceRecorded(given.recorded ?? [], groups);
  const learned = learn(policy, fresh, {
    minClients: given["min-clients"],
    minDays: given["min-days"],
    minRoutes: given["min-routes"],
    width: given.width as LearnOptions["width"],
    routes: given.route,
    anyPolicy: given["any-policy"],
    acceptRisks: given["accept-risks"],
  });
  if (isOfAnother(learned)) terminal.warn("No report is about this policy. Write the observed policy with --policy, or --any-policy.");
  const proof = proofOf(learned, fresh);
  return (format) => {
    if (format === "text") return `${print}${printLearned(learned, format)}\n${proof.text}\n`;
    if (proof.open.length > 0) terminal.warn(proof.text);
    return printLearned(learned, format);
  };
}

/** The groups that no recording has, and the text that lists them. */
async function sinceRecorded(words: readonly string[], groups: readonly Group[]): Promise<{ fresh: readonly Group[]; print: string }> {
  if (words.length === 0) return { fresh: groups, print: "" };
  const recordings = await recordingsOf(words);
  const wrong = words.filter((word) => !isRead(word, recordings));
  if (wrong.length > 0)
    throw new Failure(
      wrong.map((word) => `--recorded: ${word} is not a recording of recordViolations().`),
      2,
    );
  const [{ newSince }, { newSinceText }] = await Promise.all([import("../../reports/baseline.js"), import("../record/learned.js")]);
  const fresh = groups.filter(newSince([...recordings.values()]));
  return { fresh, print: newSinceText(fresh, groups.length) };
}

function checkWords({ format, width, force, out }: Given<typeof flags>): void {
  const wrong = [
    ...[["--format", format, FORMATS] as const, ["--width", width, WIDTHS] as const].map(
      ([name, word, words]) =>
        word !== undefined &&
        !(words as readonly string[]).includes(word) &&
        `${name}: ${JSON.stringify(word)} is not one of its values. Write ${words.join(", ")}.`,
    ),
    force && out === undefined && "--force needs --out.",
  ].filter((line) => typeof line === "string");
  if (wrong.length > 0) throw usage(wrong, "learn");
}

/** Adds the address of the schema to a policy file in JSON. */
async function withSchema(text: string, format: string, file = ""): Promise<string> {
  if (format !== "json") return text;
  const [{ schemaAddress }, { dirname }] = await Promise.all([import("../schema-address.js"), import("node:path")]);
  return text.replace("{", () => `{\n  "$schema": ${JSON.stringify(schemaAddress(dirname(file)))},`);
}

/** Whether there were reports, and all of them are about other policies. */
function isOfAnother({ leftOut, suggestions, advice }: Learned): boolean {
  return leftOut.otherPolicy > 0 && leftOut.allowed + leftOut.unusable + suggestions.length + advice.length === 0;
}
