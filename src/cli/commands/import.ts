import { PolicyError } from "../../errors.js";
import type { ConfigFormat } from "../../export/parse/index.js";
import { command } from "../command.js";
import { Failure, issueLines } from "../failure.js";
import { LONGEST, readInput } from "../input.js";

const FORMATS = ["nginx", "apache", "caddy", "_headers", "vercel"] as const;

/** `portcullis import`: a policy from a configuration that is there already. */
export const importCommand = command({
  summary: "Reads the headers out of a configuration into a policy file.",
  positionals: [
    { name: "target", text: `What the configuration is for: ${FORMATS.join(", ")}.` },
    { name: "file", text: "The configuration, or - for stdin." },
  ],
  flags: { json: { text: "Prints the policy file as JSON; without it as a module." } },
  examples: [
    ["portcullis import nginx site.conf > policy.mjs", "What nginx sends, as a policy, with its routes."],
    ["nginx -T | portcullis import nginx - --json > policy.json", "The same of all that nginx reads."],
    ["portcullis export caddy --policy policy.mjs", "And the same for Caddy."],
  ],

  async run({ json }, [target = "", file = ""], { out, warn }) {
    const format = await formatOf(target);
    const source = file === "-" ? "stdin" : file;
    const text = await readInput(file, source, LONGEST.config);
    const [{ parseConfig }, { jsonOf, moduleOf }] = await Promise.all([import("../../export/parse/index.js"), import("../policy-text.js")]);
    const { notes, ...found } = told(source, () => parseConfig(format as ConfigFormat, text));
    for (const { line, text, message } of notes) warn(`${source}:${line}: ${message}: ${text.trim()}`);
    out(json ? jsonOf(found) : moduleOf(found, `Read from ${source} by portcullis import ${format}.`));
    return 0;
  },
});

async function formatOf(name: string): Promise<(typeof FORMATS)[number]> {
  const format = FORMATS.find((one) => one === name);
  if (format !== undefined) return format;
  const { didYouMean, oneOf, show } = await import("../../values/text.js");
  throw new Failure([`${show(name)} cannot be read. ${didYouMean(name, FORMATS) || `Write ${oneOf(FORMATS)}.`}`], 2);
}

/** A file that is no configuration at all is told with its name. */
function told<T>(source: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof PolicyError) throw new Failure(issueLines(error, `${source}: `));
    throw error;
  }
}
