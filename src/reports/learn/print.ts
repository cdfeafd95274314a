import * as z from "zod/mini";
import { policyError } from "../../errors.js";
import { type Edit, editKind, isEdit } from "../../values/edits.js";
import { checkArgument } from "../../values/options.js";
import { expecting } from "../../values/schema.js";
import { isNonce, isPerRequest, isSlot } from "../../values/slots.js";
import { didYouMean, oneOf, show } from "../../values/text.js";
import { countOf } from "./evidence.js";
import type { Confidence, Evidence, Learned, LearnedService, Suggestion } from "./learned.js";
import { reportsText, sampleText } from "./sample.js";
import { completeCall, isAmong, serviceSentences } from "./services.js";

/** How a proposal is written: a module, a policy file of the command line, or text for a terminal. */
export type LearnedFormat = "typescript" | "json" | "text";

/**
 * Writes a proposal as text. Text from strangers cannot end a comment or a string in it.
 *
 * @param learned what `learn` returned.
 * @param format `"typescript"`: a module with the patch. `"json"`: the same as a policy file, with the evidence.
 *   `"text"`: lines for people.
 * @throws {PolicyError} for anything but a result of `learn`, and for an unknown format.
 */
export function printLearned(learned: Learned, format: LearnedFormat): string {
  const print = typeof format === "string" && Object.hasOwn(FORMATS, format) ? FORMATS[format] : unknownFormat(format);
  schema ??= learnedSchema();
  checkArgument("printLearned", "learned", learned, schema);
  return print(learned);
}

const FORMATS: Readonly<Record<LearnedFormat, (learned: Learned) => string>> = { typescript, json, text };

function unknownFormat(format: unknown): never {
  const names = Object.keys(FORMATS);
  const hint = typeof format === "string" ? didYouMean(format, names) : "";
  throw policyError("unknown-name", ["format"], `${show(format)} is not a format`, hint || `Write ${oneOf(names)}.`);
}

let schema: ReturnType<typeof learnedSchema> | undefined;

/** The parts of a result that are printed. */
function learnedSchema() {
  const words = expecting("a result of learn", "Write printLearned(learn(policy, groups), format).");
  const texts = z.array(z.string(words), words);
  const evidence = z.object({ count: z.number(words), clients: z.number(words), days: texts, routes: texts, browsers: texts }, words);
  const suggestion = z.object(
    { directive: z.string(words), source: z.string(words), confidence: z.enum(Object.keys(TITLES), words), why: z.string(words), evidence },
    words,
  );
  const advice = z.object(
    { directive: z.string(words), blocked: z.string(words), message: z.string(words), evidence, samples: texts },
    words,
  );
  const source = z.object({ directive: z.string(words), source: z.string(words) }, words);
  const service = z.object(
    {
      name: z.string(words),
      title: z.string(words),
      call: z.string(words),
      options: z.optional(z.record(z.string(), z.unknown(), words)),
      sources: z.array(source, words),
      beyond: z.array(source, words),
    },
    words,
  );
  const share = z.number(words).check(z.gt(0, words), z.lte(1, words));
  const route = z.object({ count: z.number(words) }, words);
  const finding = z.object({ severity: z.string(words), message: z.string(words) }, words);
  const directives = z.record(z.string(), z.custom<Printed>(isPrinted, words), words);
  const leftOut = z.object(
    { otherPolicy: z.number(words), ignored: z.number(words), allowed: z.number(words), unusable: z.number(words) },
    words,
  );
  return z.object(
    {
      patch: z.record(z.string(), z.union([directives, z.literal(false)], words), words),
      sample: z.optional(share),
      suggestions: z.array(suggestion, words),
      services: z.array(service, words),
      advice: z.array(advice, words),
      coverage: z.object({ reported: z.array(route, words), silent: texts }, words),
      leftOut,
      comparison: z.custom((value) => typeof value === "object" && value !== null, words),
      findings: z.array(finding, words),
    },
    words,
  );
}

/** What a directive of the patch is: an edit, or where the patch enforces an observed policy, its whole value. */
type Printed = Edit<string> | readonly unknown[] | string | boolean;

function isPrinted(value: unknown): value is Printed {
  if (isEdit(value)) return value.sources.every((source) => typeof source === "string");
  return Array.isArray(value) || typeof value === "string" || typeof value === "boolean";
}

/** One source of the patch, and the directive that it is added to. */
interface Addition {
  readonly key: string;
  readonly directive: string;
  readonly source: string;
}

type PrintedPatch = readonly (readonly [key: string, directives: Readonly<Record<string, Printed>> | false])[];

const entriesOf = ({ patch }: Learned) => Object.entries(patch) as unknown as PrintedPatch;

/** The sources that the patch adds, by header and directive. */
function additionsOf(learned: Learned): readonly Addition[] {
  return entriesOf(learned).flatMap(([key, directives]) =>
    Object.entries(directives || {}).flatMap(([directive, value]) =>
      addedTo(learned, directive, value).map((source) => ({ key, directive, source })),
    ),
  );
}

/** Of a whole value, the sources that were suggested are the new ones. */
function addedTo({ suggestions }: Learned, directive: string, value: Printed): readonly string[] {
  if (isEdit(value)) return value.sources as readonly string[];
  if (!Array.isArray(value)) return [];
  return suggestions.filter((one) => one.directive === directive && value.includes(one.source)).map(({ source }) => source);
}

function typescript(learned: Learned): string {
  const entries = entriesOf(learned);
  if (entries.length === 0) return "// Nothing to add. The text format says what was left out, and why.\n";
  refuseSlots(learned, (value) => isPerRequest(value), "a function for each request, which a module of the patch alone cannot name");
  const lines = entries.flatMap(([key, directives]) =>
    directives === false
      ? [`  ${key}: false,`]
      : [`  ${key}: {`, ...Object.entries(directives).flatMap(([name, value]) => directiveLines(learned, name, value)), "  },"],
  );
  const values = entries.flatMap(([, directives]) => Object.values(directives || {}));
  const edits = values.some(isEdit) ? ["append"] : [];
  const nonces = values.flat().some(isNonce) ? ["nonce"] : [];
  const imports = [...edits, ...nonces, "type Patch"].join(", ");
  const recipes = recipesIn(learned);
  return [
    `import { ${imports} } from "portcullis";\n`,
    ...(recipes.length === 0 ? [] : [`import { ${recipes.map(({ name }) => name).join(", ")} } from "portcullis/services";\n`]),
    `\n${servicesInPatch(learned)
      .map((line) => `// ${line}\n`)
      .join("")}export const learned = {\n${lines.join("\n")}\n} satisfies Patch;\n`,
    ...(recipes.length === 0 ? [] : [`\n${RECIPES}export const services = [${recipes.map(({ call }) => call).join(", ")}];\n`]),
  ].join("");
}

const RECIPES = "// Recipes in place of the sources of these third parties in `learned`.\n";

/** The recipes that allow all that the patch has of their service, and their calls. */
function recipesIn(learned: Learned): readonly { readonly name: string; readonly call: string }[] {
  const added = additionsOf(learned);
  return learned.services.flatMap((one) => {
    const call = completeCall(one, (source) => isAmong(added, source));
    return call === undefined ? [] : [{ name: one.name, call }];
  });
}

/** Sentences on the services that the patch has a source of. */
function servicesInPatch(learned: Learned): readonly string[] {
  const added = additionsOf(learned);
  const some = learned.services.filter(({ sources }) => sources.some((one) => isAmong(added, one)));
  return servicesLines(some, added);
}

/** Sentences on each service, on one line. */
function servicesLines(services: readonly LearnedService[], added: readonly Addition[]): readonly string[] {
  return services.map((one) => visible(serviceSentences(one, (source) => isAmong(added, source))));
}

function directiveLines(learned: Learned, directive: string, value: Printed): readonly string[] {
  const comments = addedTo(learned, directive, value).map((source) => {
    const suggestion = learned.suggestions.find((one) => one.directive === directive && one.source === source);
    return `    // ${visible(source)}${suggestion === undefined ? "" : `: ${summaryOf(suggestion.evidence, learned.sample)}`}`;
  });
  return [...comments, `    ${directive}: ${codeOf(value)},`];
}

function codeOf(value: Printed): string {
  const list = (values: readonly unknown[]) => values.map((one) => (isNonce(one) ? "nonce" : JSON.stringify(one))).join(", ");
  if (isEdit(value)) return `append(${list(value.sources)})`;
  return Array.isArray(value) ? `[${list(value)}]` : JSON.stringify(value);
}

/** A slot is a value of the program: it can be in a patch, but not in every text. */
function refuseSlots(learned: Learned, isRefused: (value: unknown) => boolean, what: string): void {
  const values = entriesOf(learned).flatMap(([, directives]) => Object.values(directives || {}).flat());
  if (!values.some(isRefused)) return;
  const hint = "Pass learn the policy itself instead of its report-only form, and lay the patch on it.";
  throw policyError("invalid-value", ["learned", "patch"], `has ${what}`, hint);
}

/** Policy files of the command line write an edit as `{ "append": […] }`. */
function json(learned: Learned): string {
  refuseSlots(learned, isSlot, "a nonce or a function for each request, which JSON cannot hold");
  const { patch, sample, suggestions, services, advice, coverage, leftOut, findings, comparison } = learned;
  const plain = (_key: string, value: unknown) => {
    const kind = editKind(value);
    return kind === undefined ? value : { [kind]: (value as Edit).sources };
  };
  return `${JSON.stringify({ patch, sample, suggestions, services, advice, coverage, leftOut, comparison, findings }, plain, 2)}\n`;
}

const TITLES: Readonly<Record<Confidence, string>> = {
  high: "In the patch, with much evidence",
  medium: "In the patch",
  risky: "Left out: opens a bypass of the policy",
  low: "Left out",
};

function text(learned: Learned): string {
  const sections = [
    sampleLines(learned),
    ...(learned.suggestions.length === 0 ? [["Nothing to add to the policy."]] : suggestionSections(learned)),
    section(
      "Third parties by name:",
      servicesLines(learned.services, additionsOf(learned)).map((one) => `  ${one}`),
    ),
    section("No source should allow these:", adviceLines(learned)),
    section(
      "Not used:",
      leftOutLines(learned).map((one) => `  ${one}`),
    ),
    section(
      "The patch adds:",
      additionsOf(learned).map(({ key, directive, source }) => `  + ${key}.${directive}  ${visible(source)}`),
    ),
    section(
      "Findings that an audit has only with the patch:",
      learned.findings.map(({ severity, message }) => `  ${severity}: ${visible(message)}`),
    ),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function sampleLines({ sample, coverage }: Learned): readonly string[] {
  return sample === undefined ? [] : [`${sampleText(countOf(coverage.reported), sample)} Clients and days are as counted.`];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

function suggestionSections({ suggestions, sample }: Learned): readonly (readonly string[])[] {
  return (Object.keys(TITLES) as Confidence[]).map((confidence) => {
    const some = suggestions.filter((one) => one.confidence === confidence);
    return section(
      `${TITLES[confidence]}:`,
      some.flatMap((one) => suggestionLines(one, sample)),
    );
  });
}

function suggestionLines({ directive, source, evidence, why }: Suggestion, sample: number | undefined): readonly string[] {
  return [`  ${directive}  ${visible(source)}`, `      ${summaryOf(evidence, sample)}`, ...(why === "" ? [] : [`      ${visible(why)}`])];
}

const PRINTED_SAMPLES = 3;

function adviceLines({ advice, sample }: Learned): readonly string[] {
  return advice.flatMap(({ directive, blocked, message, evidence, samples }) => [
    `  ${visible(`${directive} ${blocked}`.trim())}: ${summaryOf(evidence, sample)}`,
    ...samples.slice(0, PRINTED_SAMPLES).map((sample) => `      ${visible(sample)}`),
    `    ${visible(message)}`,
  ]);
}

function leftOutLines({ leftOut, coverage }: Learned): readonly string[] {
  return [
    leftOut.otherPolicy > 0 && `${counted(leftOut.otherPolicy, "group")} of other versions of the policy.`,
    leftOut.ignored > 0 && `${counted(leftOut.ignored, "group")} that somebody ignored on the reports page.`,
    leftOut.allowed > 0 && `${counted(leftOut.allowed, "group")} of sources that the policy allows.`,
    leftOut.unusable > 0 && `${counted(leftOut.unusable, "group")} of values that no policy accepts.`,
    coverage.silent.length > 0 && `Routes without a report: ${coverage.silent.map(visible).join(", ")}.`,
  ].filter((one) => one !== false);
}

function summaryOf({ count, clients, days, routes, browsers }: Evidence, sample: number | undefined): string {
  const counts = [reportsText(count, sample), counted(clients, "client"), counted(days.length, "day")].join(", ");
  return visible(`${counts}; on ${firstOf(routes)}; ${firstOf(browsers)}`);
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

const SHOWN = 3;

function firstOf(values: readonly string[]): string {
  const rest = values.length - SHOWN;
  return `${values.slice(0, SHOWN).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** The text on one line, without control characters that a terminal would interpret. */
function visible(from: string): string {
  return from.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");
}
