import type { Comparison, Verdict } from "../../audit/index.js";
import { command, SECONDS } from "../command.js";
import type { Terminal } from "../terminal.js";

const SIDE = "A preset, a policy file, an address, a file of headers, or rev:path for a file as git has it.";

/** `portcullis compare`: whether a change weakens anything. */
export const compare = command({
  summary: "Says whether one policy is stronger or weaker than another.",
  positionals: [
    { name: "before", text: SIDE },
    { name: "after", text: "What is to take its place: any of these." },
  ],
  flags: {
    "fail-on-weaker": { text: "Exit code 1 where the second allows what the first does not." },
    timeout: { value: "seconds", number: SECONDS, text: "For each site; 10 unless told." },
    "allow-private": { text: "Follows redirects from a public site to a private address, too." },
    json: { text: "Prints all of it as JSON." },
  },
  examples: [
    ["portcullis compare recommended strict", "What strict adds."],
    ["portcullis compare HEAD~1:policy.json policy.json --fail-on-weaker", "For CI: no commit weakens the policy unseen."],
    ["portcullis compare https://example.com policy.mjs", "What a site sends now, and what it would send."],
  ],

  async run(given, [before = "", after = ""], terminal) {
    const [{ readSubject }, audit, { jsonText }] = await Promise.all([
      import("../subject.js"),
      import("../../audit/index.js"),
      import("../layout.js"),
    ]);
    const options = { seconds: given.timeout ?? 10, allowPrivate: given["allow-private"] };
    // One after the other: two words may name one module.
    const subjects = [await readSubject(before, options), await readSubject(after, options)] as const;
    for (const { name, routes } of subjects) {
      if (routes.length > 0) terminal.warn(`${name}: the routes ${routes.map(({ path }) => path).join(", ")} are left out.`);
    }
    const compared = audit.compare(subjects[0].input, subjects[1].input);
    if (given.json) terminal.out(jsonText({ before: subjects[0].name, after: subjects[1].name, ...compared }));
    else terminal.out(await textOf(compared, terminal));
    const weaker = compared.verdict === "weaker" || compared.verdict === "incomparable";
    return weaker && given["fail-on-weaker"] ? 1 : 0;
  },
});

async function textOf({ verdict, headers }: Comparison, terminal: Terminal): Promise<string> {
  const [{ wrap }, { visible }] = await Promise.all([import("../layout.js"), import("../visible.js")]);
  const painted = (word: Verdict) => terminal[COLOURS[word]](word);
  const texts = headers.flatMap((one) => {
    if (one.verdict === "same" && one.before === one.after) return [];
    const parts = (one.directives ?? []).filter((part) => part.verdict !== "same" || part.before !== part.after);
    const lines = parts.map((part) => `  ${part.directive}: ${painted(part.verdict)}\n${values(part, wrap, 6)}${wrap(part.message, 6)}`);
    const own = parts.length > 0 ? "" : `${values(one, wrap, 4)}${wrap(one.message, 4)}`;
    return [`${terminal.bold(visible(one.header))}: ${painted(one.verdict)}\n${own}${lines.join("")}`];
  });
  const unchanged = headers.filter((one) => one.verdict === "same" && one.before === one.after).map(({ header }) => header);
  if (unchanged.length > 0) texts.push(wrap(`Unchanged: ${unchanged.join(", ")}.`, 0));
  return `${texts.join("\n")}\nAll in all: ${painted(verdict)}${WHY[verdict]}.\n`;
}

const COLOURS = { same: "green", stronger: "green", weaker: "red", incomparable: "yellow" } as const;

const WHY: Readonly<Record<Verdict, string>> = {
  same: "",
  stronger: ": nothing is allowed that was not allowed before",
  weaker: ": something is allowed that was not allowed before",
  incomparable: ": some allows more, some less, or there is no order",
};

type Wrap = (text: string, indent: number, hanging?: number) => string;

function values(
  { before, after }: { readonly before: string | undefined; readonly after: string | undefined },
  wrap: Wrap,
  indent: number,
): string {
  if (before === after) return "";
  return [["-", before] as const, ["+", after] as const]
    .map(([sign, text]) => (text === undefined ? "" : wrap(`${sign} ${text}`, indent, 2)))
    .join("");
}
