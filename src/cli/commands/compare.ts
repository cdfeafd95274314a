import type { Comparison, HeaderComparison, Verdict } from "../../audit/index.js";
import { command } from "../command.js";
import type { RouteComparison, RoutedComparison } from "../compare-routes.js";
import { fetchOptions, noteScheme, siteFlags, siteOf } from "../site-flags.js";
import type { Subject } from "../subject.js";
import type { Terminal } from "../terminal.js";
import { errorNote, wayOf } from "../way-text.js";

const SIDE = "A preset, a policy file, an address, a file of headers, or rev:path for a file of a git revision.";

/** `portcullis compare`: whether a change makes a policy weaker. */
export const compare = command({
  summary: "Compares two policies: is the second stronger or weaker?",
  positionals: [
    { name: "before", text: SIDE },
    { name: "after", text: "The policy to compare it with, in any of these forms." },
  ],
  flags: {
    "fail-on-weaker": { text: "Exit with code 1 if the second policy allows anything that the first does not." },
    ...siteFlags,
    json: { text: "Print everything as JSON." },
  },
  examples: [
    ["portcullis compare recommended strict", "Show what strict adds."],
    ["portcullis compare HEAD~1:policy.json policy.json --fail-on-weaker", "For CI: fail if a commit makes the policy weaker."],
    ["portcullis compare https://example.com policy.mjs", "Compare what a site sends with what it would send."],
  ],

  async run(given, [before = "", after = ""], terminal) {
    const [{ hidingSecrets, secretsOf }, { readSubject }, { jsonText }] = await Promise.all([
      import("../secrets.js"),
      import("../subject.js"),
      import("../layout.js"),
    ]);
    const options = await fetchOptions("compare", given);
    const secrets = hidingSecrets(secretsOf([before, after], options.headers));
    // One after the other: both arguments may name the same module.
    const read = async () => [await readSubject(before, options), await readSubject(after, options)] as const;
    const subjects = await secrets.guard(read);
    const [first, second] = secrets.without([shownOf(subjects[0]), shownOf(subjects[1])] as const);
    noteScheme([first, second], terminal);
    for (const note of [first, second].map(errorNote)) if (note !== undefined) terminal.warn(note);
    const compared = secrets.without(await comparedSubjects(...subjects));
    for (const [index, { policy }] of subjects.entries()) {
      if (policy === undefined && compared.routes.length > 0) terminal.warn(`${[first, second][index]?.name} ${ONE_RESPONSE}`);
    }
    const answers = { before: answerOf(first), after: answerOf(second) };
    if (given.json) terminal.out(jsonText({ before: first.name, after: second.name, answers, ...compared }));
    else terminal.out(`${await answersText([first, second])}${await comparisonText(compared, terminal)}`);
    const weaker = compared.verdict === "weaker" || compared.verdict === "incomparable";
    return weaker && given["fail-on-weaker"] ? 1 : 0;
  },
});

/** What is printed of a subject besides its headers. */
const shownOf = (subject: Subject) => ({ ...siteOf(subject), context: { status: subject.context.status } });

type Shown = ReturnType<typeof shownOf>;

/** What a site answered, for JSON; undefined for a file or a policy. */
const answerOf = ({ hops, context: { status } }: Shown) => (hops.length === 0 ? undefined : { status, hops });

/** A line for each site: its status, and its redirects. */
async function answersText(sides: readonly Shown[]): Promise<string> {
  const { wrap } = await import("../layout.js");
  const lines = sides.flatMap(({ name, hops, context: { status } }) => {
    if (hops.length === 0) return [];
    return [wrap(`${name} answered ${status}`, 0, 2), ...(hops.length > 1 ? [wrap(wayOf(hops), 2, 2)] : [])];
  });
  return lines.length === 0 ? "" : `${lines.join("")}\n`;
}

/** Of headers and sites, which have no routes. */
const ONE_RESPONSE = "is one response: its headers are compared with those of every route.";

/** Compares what is sent everywhere, and what is sent on each route. */
async function comparedSubjects(before: Subject, after: Subject): Promise<RoutedComparison> {
  const [{ compareRouted, placesOfOne }, { inFile }] = await Promise.all([import("../compare-routes.js"), import("../policies.js")]);
  // Each side by itself first, so that a mistake has the name of its file.
  for (const side of [before, after]) inFile([side.name], () => placesOfOne(side));
  return compareRouted(before, after);
}

async function comparisonText({ verdict, headers, routes }: RoutedComparison, terminal: Terminal): Promise<string> {
  const [text, ofRoutes] = [await headersText(headers, terminal), await routesText(routes, headers, terminal)];
  return `${text}${ofRoutes}\nResult: ${terminal[COLOURS[verdict]](verdict)}${WHY[verdict]}.\n`;
}

async function headersText(headers: Comparison["headers"], terminal: Terminal): Promise<string> {
  const [{ wrap }, { visible }] = await Promise.all([import("../layout.js"), import("../visible.js")]);
  const painted = (word: Verdict) => terminal[COLOURS[word]](word);
  const texts = headers.filter(isChanged).map((one) => {
    const parts = (one.directives ?? []).filter(isChanged);
    const lines = parts.map((part) => `  ${part.directive}: ${painted(part.verdict)}\n${values(part, wrap, 6)}${wrap(part.message, 6)}`);
    const own = parts.length > 0 ? "" : `${values(one, wrap, 4)}${wrap(one.message, 4)}`;
    return `${terminal.bold(visible(one.header))}: ${painted(one.verdict)}\n${own}${lines.join("")}`;
  });
  const unchanged = headers.filter((one) => !isChanged(one)).map(({ header }) => header);
  if (unchanged.length > 0) texts.push(wrap(`Unchanged: ${unchanged.join(", ")}.`, 0));
  return texts.join("\n");
}

const isChanged = (one: Pick<HeaderComparison, "verdict" | "before" | "after">) => one.verdict !== "same" || one.before !== one.after;

/** Each route with its verdict, and with what differs there, where that is not what differs on the rest of the site. */
async function routesText(routes: readonly RouteComparison[], site: Comparison["headers"], terminal: Terminal): Promise<string> {
  const { isAsSite } = await import("../compare-routes.js");
  const texts = [];
  for (const { path, verdict, headers } of routes) {
    const head = `\n${terminal.bold(`Route ${path}`)}: ${terminal[COLOURS[verdict]](verdict)}`;
    if (isAsSite(headers, site)) texts.push(`${head}, as on the rest of the site\n`);
    else texts.push(`${head}\n${(await headersText(headers, terminal)).replace(/^(?=.)/gm, "  ")}`);
  }
  return texts.join("");
}

const COLOURS = { same: "green", stronger: "green", weaker: "red", incomparable: "yellow" } as const;

const WHY: Readonly<Record<Verdict, string>> = {
  same: "",
  stronger: ": nothing new is allowed",
  weaker: ": something new is allowed",
  incomparable: ": neither allows everything that the other allows, or this is not known",
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
