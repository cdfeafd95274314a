import type { Learned, LearnedFormat, LearnOptions } from "../../reports/index.js";
import { usage } from "../arguments.js";
import { command, type Given } from "../command.js";
import { policyHelp } from "../policy-help.js";

const FORMATS: readonly LearnedFormat[] = ["text", "typescript", "json"];
const WIDTHS = ["origin", "directory", "path"] satisfies readonly LearnOptions["width"][];
const COUNT = [1, 1_000] as const;

const flags = {
  policy: { value: "preset|file", many: true, text: "The policy that was observed; recommended unless told. Later ones lie on top." },
  "min-clients": {
    value: "number",
    number: COUNT,
    text: "Distinct addresses that have to report a source; default: 3, for third-party hosts 10.",
  },
  "min-days": { value: "number", number: COUNT, text: "Different days; 2 unless told." },
  "min-routes": { value: "number", number: COUNT, text: "Different routes; 1 unless told." },
  width: { value: "width", text: `How wide a source is written: ${WIDTHS.join(", ")}; origin unless told.` },
  route: { value: "path", many: true, text: "A route that there is, such as /users/*: told where nobody reported from it." },
  "any-policy": { text: "Reports of other versions of the policy count too." },
  "accept-risks": { text: "Sources that open a way around the policy are taken too." },
  format: { value: "format", text: `${FORMATS.join(", ")}; text unless told. What json prints is laid on the policy that was observed.` },
  out: { value: "file", text: "Writes it there. Without it, it is printed." },
  force: { text: "Overwrites the file where it is there." },
} as const;

/** `portcullis learn`: what a policy lacks, by what browsers reported. */
export const learn = command({
  summary: "Proposes what a policy needs, from what browsers reported.",
  positionals: [{ name: "store", text: "A SQLite file, redis://…, or a JSON file with what store.groups() gives." }],
  flags,
  examples: [
    ["portcullis learn reports.db --policy strict", "What strict would break, what to add, and what that rests on."],
    ["portcullis learn reports.db --policy strict --format json --out learned.json", "What to add alone, to be laid on strict:"],
    ["portcullis headers --policy strict --policy learned.json > next.txt", "The headers of strict with it,"],
    ["portcullis compare strict next.txt", "and what that changes."],
  ],
  tables: policyHelp,

  async run(given, [store = ""], terminal) {
    const { format = "text", out: file, policy: words = [], ...rest } = given;
    checkWords(given);
    const [{ learn, printLearned }, { readGroups }, { readPolicy }] = await Promise.all([
      import("../../reports/index.js"),
      import("../groups.js"),
      import("../policy.js"),
    ]);
    const policy = await readPolicy(words, terminal);
    const groups = await readGroups(store);
    const learned = learn(policy, groups, {
      minClients: rest["min-clients"],
      minDays: rest["min-days"],
      minRoutes: rest["min-routes"],
      width: rest.width as LearnOptions["width"],
      routes: rest.route,
      anyPolicy: rest["any-policy"],
      acceptRisks: rest["accept-risks"],
    });
    if (isOfAnother(learned))
      terminal.warn("No report is of this policy. Name the one that was observed with --policy, or write --any-policy.");
    const text = printLearned(learned, format as LearnedFormat);
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
        `${name}: ${JSON.stringify(word)} is none. Write one of ${words.join(", ")}.`,
    ),
    force && out === undefined && "--force is for --out.",
  ].filter((line) => typeof line === "string");
  if (wrong.length > 0) throw usage(wrong, "learn");
}

/** Whether there were reports, and all of them of other policies. */
function isOfAnother({ leftOut, suggestions, advice }: Learned): boolean {
  return leftOut.otherPolicy > 0 && leftOut.allowed + leftOut.unusable + suggestions.length + advice.length === 0;
}
