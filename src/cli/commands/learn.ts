import type { Learned, LearnedFormat, LearnOptions } from "../../reports/index.js";
import { usage } from "../arguments.js";
import { command, type Given } from "../command.js";
import { policyHelp } from "../policy-help.js";

const FORMATS: readonly LearnedFormat[] = ["text", "typescript", "json"];
const WIDTHS = ["origin", "directory", "path"] satisfies readonly LearnOptions["width"][];
const COUNT = [1, 1_000] as const;

const flags = {
  policy: {
    value: "preset|file",
    many: true,
    default: "recommended",
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
  "accept-risks": { text: "Also propose sources with which the policy can be bypassed." },
  format: {
    value: "format",
    default: "text",
    text: `${FORMATS.join(", ")}. The output of json is a policy file to add to the observed policy.`,
  },
  out: { value: "file", text: "Write to this file instead of printing." },
  force: { text: "Overwrite the file if it exists." },
} as const;

/** `portcullis learn`: proposes changes to a policy from the reports of browsers. */
export const learn = command({
  summary: "Proposes changes to a policy from the reports of browsers.",
  positionals: [{ name: "store", text: "A SQLite file, redis://…, or a JSON file with what store.groups() returns." }],
  flags,
  examples: [
    ["portcullis learn reports.db --policy strict", "Show what strict would break, what to add, and the evidence."],
    ["portcullis learn reports.db --policy strict --format json --out learned.json", "Write only the changes, to add them to strict:"],
    ["portcullis headers --policy strict --policy learned.json > next.txt", "Write the headers of strict with these changes,"],
    ["portcullis compare strict next.txt", "and show what they change."],
  ],
  tables: policyHelp,

  async run(given, [store = ""], terminal) {
    const { format = "text", out: file, policy: words = [], ...rest } = given;
    checkWords(given);
    const [{ learn, printLearned }, { proofOf }, { readInput }, { readOnePolicy }] = await Promise.all([
      import("../../reports/index.js"),
      import("../proof.js"),
      import("../input/index.js"),
      import("../policies.js"),
    ]);
    const policy = await readOnePolicy(words, terminal);
    const { groups } = await readInput(store, ["reports"]);
    const learned = learn(policy, groups, {
      minClients: rest["min-clients"],
      minDays: rest["min-days"],
      minRoutes: rest["min-routes"],
      width: rest.width as LearnOptions["width"],
      routes: rest.route,
      anyPolicy: rest["any-policy"],
      acceptRisks: rest["accept-risks"],
    });
    if (isOfAnother(learned)) terminal.warn("No report is about this policy. Write the observed policy with --policy, or --any-policy.");
    const proof = proofOf(learned, groups);
    const printed = await withSchema(printLearned(learned, format as LearnedFormat), format, file);
    const text = format === "text" ? `${printed}\n${proof.text}\n` : printed;
    if (format !== "text" && proof.open.length > 0) terminal.warn(proof.text);
    if (file === undefined) terminal.out(text);
    else {
      const { writeFiles } = await import("../files.js");
      await writeFiles("", [{ path: file, text }], rest.force === true);
      terminal.say(`wrote ${file}`);
    }
    return 0;
  },
});

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
