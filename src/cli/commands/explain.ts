import type { Explained } from "../../audit/index.js";
import type { ExportRoute } from "../../export/index.js";
import { usage } from "../arguments.js";
import { command } from "../command.js";
import { Failure } from "../failure.js";
import { policyHelp } from "../policy-help.js";
import { fetchOptions, noteScheme, siteFlags, siteOf } from "../site-flags.js";
import type { Subject } from "../subject.js";
import { errorNote } from "../way-text.js";

/** `portcullis explain`: what headers do. */
export const explain = command({
  summary: "Explains each header and directive in a sentence.",
  positionals: [
    { name: "subject", text: "A preset, a policy file, an address, a file of headers, or - for headers on stdin." },
    { name: "path", text: "Explain what a site or a policy sends for this path, such as /embed.", optional: true },
  ],
  flags: {
    route: {
      value: "path=preset|file",
      many: true,
      text: "A preset or policy file that is added to the policy on a path, such as /embed=embed.json.",
    },
    ...siteFlags,
    json: { text: "Print a list of headers, values and sentences." },
  },
  examples: [
    ["portcullis explain strict", "Explain the preset strict."],
    ["portcullis explain https://example.com /login", "Explain what a site sends for one of its pages."],
    ["portcullis explain policy.json /embed --route /embed=embed.json", "Explain a policy with an override on one path."],
  ],
  tables: policyHelp,

  async run(given, [word = "", path], terminal) {
    const { route: routes = [], json } = given;
    if (path !== undefined && !path.startsWith("/"))
      throw usage([`${JSON.stringify(path)} is not a path. Write one such as /embed.`], "explain");
    if (routes.length > 0 && path === undefined) throw usage(["--route needs the argument [path], such as /embed."], "explain");
    const options = await fetchOptions("explain", given);
    const [{ hidingSecrets, secretsOf }, { readSubject }, { explain }, { jsonText }, { atPath, isAddress, isBareAddress }] =
      await Promise.all([
        import("../secrets.js"),
        import("../subject.js"),
        import("../../audit/index.js"),
        import("../layout.js"),
        import("../input/address.js"),
      ]);
    // The path replaces that of the address.
    const isSite = isAddress(word) || isBareAddress(word);
    const asked = path !== undefined && isSite ? atPath(word, path) : word;
    const secrets = hidingSecrets(secretsOf([word, asked], options.headers));
    const subject = await secrets.guard(() => readSubject(asked, options));
    noteScheme(secrets.without([siteOf(subject)]), terminal);
    const note = secrets.without(errorNote(subject));
    if (note !== undefined) terminal.warn(note);
    if (path === undefined && subject.routes.length > 0)
      terminal.warn(
        `${word} has routes, which change what is sent there: add a path to explain that, such as ${subject.routes[0]?.path.replace(/\*$/, "")}.`,
      );
    const input = path === undefined || subject.hops.length > 0 ? subject.input : await policyAt(path, subject, routes);
    const explained = secrets.without(explain(input));
    terminal.out(json ? jsonText(explained) : await explainedText(explained, terminal.bold));
    return 0;
  },
});

/** The policy of a path: routes are added from the broadest to the narrowest. */
async function policyAt(
  path: string,
  { name, policy, routes }: Subject,
  words: readonly string[],
): Promise<NonNullable<Subject["policy"]>> {
  if (policy === undefined) throw new Failure([`${name} holds headers of one response, so that [path] has no meaning.`], 2);
  const [{ readRoutes }, { byBreadth, contains, readRoutePath }, { overrideWith }, { issueCollector }] = await Promise.all([
    import("../policies.js"),
    import("../../middleware/routes.js"),
    import("../../policy/override.js"),
    import("../../errors.js"),
  ]);
  const all: ExportRoute[] = [...routes, ...(await readRoutes(words))];
  const { report, throwIfAny } = issueCollector();
  const places = all.flatMap((route, index) => {
    const read = readRoutePath(route.path, report, index);
    return read === undefined ? [] : [{ read, layers: route.layers as readonly unknown[] }];
  });
  throwIfAny();
  const fit = places.filter(({ read }) => contains(read, { path, below: false })).sort((one, other) => byBreadth(one.read, other.read));
  return overrideWith(
    policy,
    fit.flatMap(({ layers }) => layers),
  );
}

const WIDEST = 26;

async function explainedText(explained: readonly Explained[], bold: (text: string) => string): Promise<string> {
  const [{ wrap }, { visible }] = await Promise.all([import("../layout.js"), import("../visible.js")]);
  if (explained.length === 0) return "No headers to explain.\n";
  const texts = explained.map(({ header, value, text, directives }) => {
    if (directives.length === 0) return `${bold(visible(header))}\n${wrap(value, 2, 2)}${wrap(text, 4)}`;
    const column = 4 + directives.reduce((width, { directive }) => Math.min(WIDEST, Math.max(width, directive.length)), 0);
    const rows = directives.map(({ directive, text }) => {
      const body = wrap(text, column);
      const label = `  ${visible(directive)}  `;
      return label.length > column ? `${wrap(label.trim(), 2)}${body}` : `${label.padEnd(column)}${body.slice(column)}`;
    });
    return `${bold(visible(header))}\n${wrap(text, 2)}${rows.join("")}`;
  });
  return texts.join("\n");
}
