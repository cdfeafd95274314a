import { PolicyError } from "../../errors.js";
import type { ConfigFormat, ParseOptions } from "../../export/parse/index.js";
import type { ReadPolicies } from "../../export/parse/policies.js";
import { usage } from "../arguments.js";
import { command } from "../command.js";
import { Failure, issueLines } from "../failure.js";
import { LONGEST, readInput } from "../input.js";
import type { Terminal } from "../terminal.js";

/** Every format there is, in the order of the help; the readers themselves are loaded when they are needed. */
const FORMATS = Object.keys({
  nginx: true,
  apache: true,
  caddy: true,
  haproxy: true,
  traefik: true,
  envoy: true,
  "kubernetes-gateway": true,
  _headers: true,
  "netlify-toml": true,
  vercel: true,
  "next-config": true,
} satisfies Readonly<Record<ConfigFormat, true>>);

/** Targets of export whose files have another format's name. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  htaccess: "apache",
  netlify: "_headers or netlify-toml",
  "cloudflare-headers": "_headers",
  "docker-compose": "nginx for its portcullis.conf, or traefik for labels",
};

/** `portcullis import`: a policy from a configuration that is there already. */
export const importCommand = command({
  summary: "Reads the headers out of a configuration into a policy file.",
  positionals: [
    {
      name: "format",
      text: `What the configuration is for: ${FORMATS.join(", ")}. May be left out where the file shows it.`,
      optional: true,
    },
    { name: "file", text: "The configuration, or - for stdin; files that it includes are read too.", optional: true },
  ],
  flags: {
    server: { value: "name", text: "Of several servers the one to read: a name, name:port, :port or file:line." },
    "include-from": {
      value: "folder",
      many: true,
      text: "Another folder whose files may be included; without it those below the folder of the file alone.",
    },
    strict: { text: "Fails, with exit code 1, where a note says that what is sent may differ from what is printed." },
    json: { text: "Prints the policy file as JSON; without it as a module." },
  },
  examples: [
    [
      "portcullis import nginx /etc/nginx/nginx.conf --server www.example.com > policy.mjs",
      "What nginx sends for one of its hosts, with its routes.",
    ],
    [
      "nginx -T | portcullis import nginx - --strict --json > policy.json",
      "All that nginx reads; fails where not all of it is understood.",
    ],
    ["portcullis export caddy --policy policy.mjs", "And the same for Caddy."],
  ],

  async run({ server, "include-from": folders = [], strict, json }, words, terminal) {
    const { out, warn, fail } = terminal;
    const { file, name } = wordsOf(words);
    const source = file === "-" ? "stdin" : file;
    if (name !== undefined) await checkName(name);
    const text = await readInput(file, source, LONGEST.config);
    const { readConfig } = await import("../../export/parse/index.js");
    const format = (name as ConfigFormat | undefined) ?? (await formatOf(text, source));
    const { includesOf } = await import("../includes.js");
    const options: ParseOptions = { file: source, server, ...(file === "-" ? {} : { files: includesOf(format, file, folders) }) };
    const found = told(source, () => readConfig(format, text, options));
    if ("choices" in found) {
      tellServers(source, found.choices, server, json === true, terminal);
      return 1;
    }
    const { notes, ...policies } = found;
    if (isNothing(policies)) await checkText(text, format, source);
    const differing = notes.filter(({ differs }) => differs).length;
    for (const { file, line, text, message } of notes) warn(`${file}:${line}: ${message}: ${text}`);
    const { jsonOf, moduleOf } = await import("../policy-text.js");
    out(json ? jsonOf(policies) : moduleOf(policies, `Read from ${source} by portcullis import ${format}.`));
    if (strict !== true || differing === 0) return 0;
    fail(`--strict: ${differing} ${differing === 1 ? "note says" : "notes say"} that what is sent may differ from what is printed.`);
    return 1;
  },
});

const MISSING = "<file> is missing: The configuration, or - for stdin.";

/** `import nginx site.conf`, or `import site.conf`. */
function wordsOf([first, second]: readonly string[]): { readonly file: string; readonly name?: string } {
  if (first === undefined) throw usage([MISSING], "import");
  if (second !== undefined) return { file: second, name: first };
  // The file of that format has the same name.
  if (first !== "_headers" && FORMATS.some((one) => one === first)) throw usage([MISSING], "import");
  return { file: first };
}

async function checkName(name: string): Promise<void> {
  if (FORMATS.some((one) => one === name)) return;
  const { didYouMean, oneOf, show } = await import("../../values/text.js");
  if (Object.hasOwn(OTHER_NAMES, name)) throw new Failure([`${show(name)} cannot be read. Write ${OTHER_NAMES[name]}.`], 2);
  throw new Failure([`${show(name)} cannot be read. ${didYouMean(name, FORMATS) || `Write ${oneOf(FORMATS)}.`}`], 2);
}

async function formatOf(text: string, source: string): Promise<ConfigFormat> {
  const { recognised } = await import("../../export/parse/recognise.js");
  const format = recognised(text, source);
  if (format !== undefined) return format;
  throw new Failure(
    [`Nothing in ${source} shows what it is for. Write portcullis import <format> ${source}, with one of ${FORMATS.join(", ")}.`],
    2,
  );
}

const isNothing = ({ policy, routes }: ReadPolicies) => routes.length === 0 && Object.keys(policy.resolved).length === 0;

/** A server may send no header of its own; but text in which nothing is of the format was never its configuration. */
async function checkText(text: string, format: ConfigFormat, source: string): Promise<void> {
  const { hasClue, titleOf } = await import("../../export/parse/recognise.js");
  if (!hasClue(text, format)) throw new Failure([`Nothing in ${source} is of ${titleOf(format)}.`]);
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

/** What there is to choose from, a line for each. */
function tellServers(
  source: string,
  choices: readonly { readonly label: string; readonly file: string | undefined; readonly line: number }[],
  wanted: string | undefined,
  json: boolean,
  { out, say, fail }: Terminal,
): void {
  if (json) out(`${JSON.stringify({ servers: choices.map(({ label, ...where }) => ({ server: label, ...where })) }, undefined, 2)}\n`);
  fail(
    wanted === undefined
      ? `${source} has ${choices.length} servers that do not send the same. Choose one:`
      : `--server ${wanted} is not one of the servers in ${source}. Choose one:`,
  );
  for (const { label, file, line } of choices) say(`  --server ${quoted(label)}  (${file}:${line})`);
}

/** As a shell takes it. */
const quoted = (label: string) => (/^[\w.:/-]+$/.test(label) ? label : `'${label.replaceAll("'", "'\\''")}'`);
