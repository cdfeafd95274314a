import type { ConfigFormat, ParseOptions } from "../../export/parse/index.js";
import type { ReadPolicies } from "../../export/parse/policies.js";
import { usage } from "../arguments.js";
import { command } from "../command.js";
import { Failure, named } from "../failure.js";
import type { Terminal } from "../terminal.js";

/** Every format, in the order of the help; the readers are loaded when they are needed. */
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

/** Targets of export whose files are read under another name. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  htaccess: "apache",
  netlify: "_headers or netlify-toml",
  "cloudflare-headers": "_headers",
  "docker-compose": "nginx for its portcullis.conf, or traefik for labels",
};

/** `portcullis import`: a policy file from an existing configuration. */
export const importCommand = command({
  summary: "Converts the headers of a server configuration into a policy file.",
  positionals: [
    {
      name: "format",
      text: `The format: ${FORMATS.join(", ")}. Default: recognised from the file.`,
      optional: true,
    },
    { name: "file", text: "The configuration, or - for stdin. Included files are read too.", optional: true },
  ],
  flags: {
    server: { value: "name", text: "The server to read where there are several: a name, name:port, :port or file:line." },
    "include-from": {
      value: "folder",
      many: true,
      text: "Another folder whose files may be included. Files in the folder of the configuration always may.",
    },
    strict: { text: "Exit with code 1 if there is a warning: the policy may differ from what the server sends. A remark only explains." },
    json: { text: "Print the policy file as JSON instead of a module." },
  },
  examples: [
    [
      "portcullis import nginx /etc/nginx/nginx.conf --server www.example.com > policy.mjs",
      "Convert what nginx sends for one of its hosts, with its routes.",
    ],
    [
      "nginx -T | portcullis import nginx - --strict --json > policy.json",
      "Convert the whole configuration; fail if a part of it is not understood.",
    ],
    ["portcullis export caddy --policy policy.mjs", "Print the same policy for Caddy."],
  ],

  async run({ server, "include-from": folders = [], strict, json }, words, terminal) {
    const { out, say, warn, fail } = terminal;
    const { file, name } = argumentsOf(words);
    const source = file === "-" ? "stdin" : file;
    if (name !== undefined) await checkFormat(name);
    const { readInput } = await import("../input/index.js");
    const { text } = await readInput(file, ["configuration"]);
    const { readConfig } = await import("../../export/parse/index.js");
    const format = (name as ConfigFormat | undefined) ?? (await formatOf(text, source));
    const { includesOf } = await import("../input/includes.js");
    const options: ParseOptions = { file: source, server, ...(file === "-" ? {} : { files: includesOf(format, file, folders) }) };
    const found = named(source, () => readConfig(format, text, options));
    if ("choices" in found) {
      printServers(source, found.choices, server, json === true, terminal);
      return 1;
    }
    const { notes, ...policies } = found;
    if (isEmpty(policies)) await checkText(text, format, source);
    const differing = notes.filter(({ differs }) => differs).length;
    for (const { file, line, text, message, differs } of notes) {
      const words = `${file}:${line}: ${message}: ${text}`;
      if (differs) warn(words);
      else say(`remark: ${words}`);
    }
    const [{ jsonOf, moduleOf }, { schemaAddress }] = await Promise.all([import("../policy-text.js"), import("../schema-address.js")]);
    out(json ? jsonOf(policies, schemaAddress()) : moduleOf(policies, `Read from ${source} by portcullis import ${format}.`));
    if (strict !== true || differing === 0) return 0;
    const which = differing === 1 ? "the warning says" : `the ${differing} warnings say`;
    fail(`--strict: the policy may differ from what the server sends, as ${which}.`);
    return 1;
  },
});

const MISSING = "<file> is missing: the configuration, or - for stdin.";

/** `import nginx site.conf`, or `import site.conf`. */
function argumentsOf([first, second]: readonly string[]): { readonly file: string; readonly name?: string } {
  if (first === undefined) throw usage([MISSING], "import");
  if (second !== undefined) return { file: second, name: first };
  // Files of the format _headers are named _headers.
  if (first !== "_headers" && FORMATS.some((one) => one === first)) throw usage([MISSING], "import");
  return { file: first };
}

async function checkFormat(name: string): Promise<void> {
  if (FORMATS.some((one) => one === name)) return;
  const { didYouMean, oneOf, show } = await import("../../values/text.js");
  if (Object.hasOwn(OTHER_NAMES, name)) throw new Failure([`${show(name)} is not a format. Write ${OTHER_NAMES[name]}.`], 2);
  throw new Failure([`${show(name)} is not a format. ${didYouMean(name, FORMATS) || `Write ${oneOf(FORMATS)}.`}`], 2);
}

async function formatOf(text: string, source: string): Promise<ConfigFormat> {
  const { recognised } = await import("../../export/parse/recognise.js");
  const format = recognised(text, source);
  if (format !== undefined) return format;
  throw new Failure(
    [`The format of ${source} is not recognised. Write portcullis import <format> ${source}, with one of ${FORMATS.join(", ")}.`],
    2,
  );
}

const isEmpty = ({ policy, routes }: ReadPolicies) => routes.length === 0 && Object.keys(policy.resolved).length === 0;

/** A server may add no headers; but text without any sign of the format is not its configuration. */
async function checkText(text: string, format: ConfigFormat, source: string): Promise<void> {
  const { hasClue, titleOf } = await import("../../export/parse/recognise.js");
  if (!hasClue(text, format)) throw new Failure([`${source} does not look like ${titleOf(format)}.`]);
}

/** Prints the servers to choose from, one line for each. */
function printServers(
  source: string,
  choices: readonly { readonly label: string; readonly file: string | undefined; readonly line: number }[],
  wanted: string | undefined,
  json: boolean,
  { out, say, fail }: Terminal,
): void {
  if (json) out(`${JSON.stringify({ servers: choices.map(({ label, ...where }) => ({ server: label, ...where })) }, undefined, 2)}\n`);
  fail(
    wanted === undefined
      ? `${source} has ${choices.length} servers with different headers. Choose one:`
      : `--server ${wanted} is not one of the servers in ${source}. Choose one:`,
  );
  for (const { label, file, line } of choices) say(`  --server ${quoted(label)}  (${file}:${line})`);
}

/** Quoted for a shell. */
const quoted = (label: string) => (/^[\w.:/-]+$/.test(label) ? label : `'${label.replaceAll("'", "'\\''")}'`);
