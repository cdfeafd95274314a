import { policyError } from "../errors.js";
import { type Edit, editKind } from "../values/edits.js";
import { oneOf, show } from "../values/text.js";
import type { Evidence, Learned, Suggestion } from "./learn.js";

/** How a proposal is written: a module, a policy file of the command line, or text for a terminal. */
export type LearnedFormat = "typescript" | "json" | "text";

/**
 * Writes a proposal down. Nothing that a stranger wrote can end a comment or a string in it.
 *
 * @param learned what `learn` gave.
 * @param format `"typescript"`: a module with the patch. `"json"`: the same as a policy file, and what it rests on.
 *   `"text"`: lines for people.
 * @throws {PolicyError} for any other format.
 */
export function printLearned(learned: Learned, format: LearnedFormat): string {
  if (!Object.hasOwn(FORMATS, format)) {
    throw policyError("unknown-name", ["printLearned"], `${show(format)} is no format`, `Write ${oneOf(Object.keys(FORMATS))}.`);
  }
  return FORMATS[format](learned);
}

const FORMATS: Readonly<Record<LearnedFormat, (learned: Learned) => string>> = { typescript, json, text };

/** Key, directive and sources of the patch. */
function editsOf({ patch }: Learned): readonly { key: string; directives: readonly (readonly [string, readonly string[]])[] }[] {
  return Object.entries(patch).map(([key, directives]) => ({
    key,
    directives: Object.entries(directives as Record<string, Edit<string>>).map(([directive, one]) => [directive, one.sources] as const),
  }));
}

function typescript(learned: Learned): string {
  const edits = editsOf(learned);
  if (edits.length === 0) return "// Nothing to add: see what was left out, and why.\n";
  const lines = edits.flatMap(({ key, directives }) => [
    `  ${key}: {`,
    ...directives.flatMap(([directive, sources]) => [
      ...sources.map((source) => `    // ${line(`${source}: ${basis(evidenceOf(learned, directive, source))}`)}`),
      `    ${directive}: append(${sources.map((source) => JSON.stringify(source)).join(", ")}),`,
    ]),
    "  },",
  ]);
  return `import { append, type Patch } from "portcullis";\n\nexport const learned = {\n${lines.join("\n")}\n} satisfies Patch;\n`;
}

/** `{ "append": […] }` stands for an edit in policy files of the command line. */
function json(learned: Learned): string {
  const { suggestions, advice, coverage, leftOut, findings, comparison } = learned;
  const plain = (_key: string, value: unknown) => {
    const kind = editKind(value);
    return kind === undefined ? value : { [kind]: (value as Edit).sources };
  };
  return `${JSON.stringify({ patch: learned.patch, suggestions, advice, coverage, leftOut, comparison, findings }, plain, 2)}\n`;
}

const TITLES = {
  high: "In the patch, well founded",
  medium: "In the patch",
  risky: "Left out: a way around the policy",
  low: "Left out",
} as const;

function text(learned: Learned): string {
  const { suggestions, advice, leftOut, coverage } = learned;
  const groups = (Object.keys(TITLES) as (keyof typeof TITLES)[]).flatMap((confidence) => {
    const of = suggestions.filter((one) => one.confidence === confidence);
    return of.length === 0 ? [] : [`${TITLES[confidence]}:`, ...of.flatMap(suggestionLines), ""];
  });
  const advised = advice.flatMap(({ directive, blocked, message, evidence, samples }) => [
    `  ${line(`${directive} ${blocked}`.trim())}: ${basis(evidence)}`,
    ...samples.slice(0, 3).map((sample) => `      ${line(sample)}`),
    `    ${line(message)}`,
  ]);
  const left = [
    leftOut.otherPolicy > 0 && `${groupsOf(leftOut.otherPolicy)} of other versions of the policy.`,
    leftOut.allowed > 0 && `${groupsOf(leftOut.allowed)} of what is allowed already.`,
    leftOut.unusable > 0 && `${groupsOf(leftOut.unusable)} of what no policy takes.`,
    coverage.silent.length > 0 && `Never heard of: ${coverage.silent.map(line).join(", ")}.`,
  ].filter((one) => one !== false);
  return [
    ...(suggestions.length === 0 ? ["Nothing to add to the policy.", ""] : groups),
    ...(advised.length === 0 ? [] : ["For you to decide; no source is worth it:", ...advised, ""]),
    ...(left.length === 0 ? [] : ["Not looked at:", ...left.map((one) => `  ${one}`), ""]),
    ...differenceOf(learned),
  ].join("\n");
}

const groupsOf = (count: number) => (count === 1 ? "1 group" : `${count} groups`);

function suggestionLines({ directive, source, evidence, why }: Suggestion): readonly string[] {
  return [`  ${directive}  ${line(source)}`, `      ${basis(evidence)}`, ...(why === "" ? [] : [`      ${line(why)}`])];
}

function differenceOf(learned: Learned): readonly string[] {
  const added = editsOf(learned).flatMap(({ key, directives }) =>
    directives.flatMap(([directive, sources]) => sources.map((source) => `  + ${key}.${directive}  ${line(source)}`)),
  );
  const found = learned.findings.map(({ severity, message }) => `  ${severity}: ${line(message)}`);
  return [
    ...(added.length === 0 ? [] : ["The policy would become:", ...added, ""]),
    ...(found.length === 0 ? [] : ["An audit then also finds:", ...found, ""]),
  ];
}

function evidenceOf({ suggestions }: Learned, directive: string, source: string): Evidence {
  return (suggestions.find((one) => one.directive === directive && one.source === source) as Suggestion).evidence;
}

function basis({ count, clients, days, routes, browsers }: Evidence): string {
  const counts = [plural(count, "report"), plural(clients, "client"), plural(days.length, "day")].join(", ");
  return line(`${counts}; on ${some(routes)}; ${some(browsers)}`);
}

const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
const some = (values: readonly string[]) => `${values.slice(0, 3).join(", ")}${values.length > 3 ? ` and ${values.length - 3} more` : ""}`;

/** On one line, and without what a terminal would obey. */
function line(from: string): string {
  return from.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");
}
