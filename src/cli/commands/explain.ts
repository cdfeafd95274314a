import type { Explained } from "../../audit/index.js";
import type { ExportRoute } from "../../export/index.js";
import { usage } from "../arguments.js";
import { command, SECONDS } from "../command.js";
import { Failure } from "../failure.js";
import { policyHelp } from "../policy-help.js";
import type { Subject } from "../subject.js";

/** `portcullis explain`: what headers mean. */
export const explain = command({
  summary: "Says in plain sentences what each header and directive does.",
  positionals: [
    { name: "subject", text: "A preset, a policy file, an address, a file of headers, or - for headers on stdin." },
    { name: "path", text: "Of a site or a policy: what holds there, such as /embed.", optional: true },
  ],
  flags: {
    route: { value: "path=preset|file", many: true, text: "What lies on top of a policy for a path, as in export." },
    timeout: { value: "seconds", number: SECONDS, text: "For a site; 10 unless told." },
    "allow-private": { text: "Follows redirects from a public site to a private address, too." },
    json: { text: "Prints a list of headers, values and sentences." },
  },
  examples: [
    ["portcullis explain strict", "What the preset strict does."],
    ["portcullis explain https://example.com /login", "What a site sends for one of its pages."],
    ["portcullis explain policy.json /embed --route /embed=embed.json", "What a policy and an override come to."],
  ],
  tables: policyHelp,

  async run({ route: routes = [], timeout = 10, json, "allow-private": allowPrivate }, [word = "", path], terminal) {
    if (path !== undefined && !path.startsWith("/"))
      throw usage([`${JSON.stringify(path)} is no path. Write one such as /embed.`], "explain");
    if (routes.length > 0 && path === undefined) throw usage(["--route counts for a path: write which one, such as /embed."], "explain");
    const [{ readSubject }, { explain }, { jsonText }, { isAddress, readAddress }] = await Promise.all([
      import("../subject.js"),
      import("../../audit/index.js"),
      import("../layout.js"),
      import("../site.js"),
    ]);
    // Of a site, the path takes the place of that of the address.
    const asked = path !== undefined && isAddress(word) ? new URL(path, readAddress(word)).href : word;
    const subject = await readSubject(asked, { seconds: timeout, allowPrivate });
    const input = path === undefined || subject.hops.length > 0 ? subject.input : await at(path, subject, routes);
    const explained = explain(input);
    terminal.out(json ? jsonText(explained) : await textOf(explained, terminal.bold));
    return 0;
  },
});

/** The policy that holds on a path: the narrowest route lies on top. */
async function at(path: string, { name, policy, routes }: Subject, words: readonly string[]): Promise<NonNullable<Subject["policy"]>> {
  if (policy === undefined) throw new Failure([`${name} holds headers, which say nothing of other paths than their own.`], 2);
  const [{ readRoute }, { byBreadth, contains, readRoutePath }, { overrideWith }, { issueCollector }] = await Promise.all([
    import("./export.js"),
    import("../../middleware/routes.js"),
    import("../../policy/override.js"),
    import("../../errors.js"),
  ]);
  const { readPolicyFile } = await import("../policy.js");
  const all: ExportRoute[] = [...routes];
  for (const word of words) all.push(await readRoute(word, readPolicyFile));
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

async function textOf(explained: readonly Explained[], bold: (text: string) => string): Promise<string> {
  const [{ wrap }, { visible }] = await Promise.all([import("../layout.js"), import("../visible.js")]);
  if (explained.length === 0) return "There is no header to explain.\n";
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
