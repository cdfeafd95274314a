import type { Policy } from "../../policy/policy.js";
import { enforceable } from "../../record/enforceable.js";
import type { Allowed, Proposal } from "../../record/proposal.js";
import { propose, wordFor } from "../../record/proposal.js";
import { isSamePolicy, mergeSaved, newSaved, policyOfSaved, type SavedCode, type SavedRecording } from "../../record/saved.js";
import { evidenceOf } from "../../record/saved-evidence.js";
import type { Group, LearnedFormat, LearnedService } from "../../reports/index.js";
import { serviceSentences } from "../../reports/learn/services.js";
import { type Edit, editKind } from "../../values/edits.js";
import { Failure, named } from "../failure.js";
import { readOnePolicy } from "../policies.js";
import { literal } from "../policy-text.js";
import type { Terminal } from "../terminal.js";
import { visible } from "../visible.js";
import { consentsOf } from "./options.js";
import { servicesOf } from "./services.js";
import { beginning, counted, section } from "./summary.js";

/** What is proposed, and from what. */
interface Learned {
  readonly recording: SavedRecording;
  readonly proposal: Proposal;
  readonly services: readonly LearnedService[];
  readonly seenOnce: readonly SavedCode[];
}

/**
 * Proposes from recordings of one policy, as one.
 *
 * @param recordings by the words of the command line; at least one.
 * @returns a function that prints the proposal.
 * @throws {Failure} where they are of different policies, or of another than that of `--policy`.
 */
export async function fromRecordings(
  recordings: ReadonlyMap<string, SavedRecording>,
  { policy: words, accept = [] }: { readonly policy?: readonly string[]; readonly accept?: readonly string[] },
  terminal: Terminal,
): Promise<(format: LearnedFormat) => string> {
  const accepted = consentsOf(accept, "learn");
  const [[firstWord, first], ...others] = [...recordings] as [[string, SavedRecording], ...[string, SavedRecording][]];
  const other = others.find(([, one]) => !isSamePolicy(one, first));
  if (other !== undefined) throw new Failure([`${firstWord} and ${other[0]} are recordings of different policies. Read each by itself.`]);
  const policy = words === undefined ? named(firstWord, () => policyOfSaved(first)) : await samePolicy(words, firstWord, first, terminal);
  const recording = others.reduce((merged, [, one]) => mergeSaved(merged, one), first);
  const { evidence, seenOnce } = evidenceOf(recording);
  const proposal = propose(policy, evidence, accepted);
  const learned = { recording, proposal, services: servicesOf({ proposal, evidence }), seenOnce };
  return (format) => FORMATS[format](learned);
}

async function samePolicy(words: readonly string[], name: string, recording: SavedRecording, terminal: Terminal): Promise<Policy> {
  const policy = await readOnePolicy(words, terminal);
  if (isSamePolicy(newSaved(policy), recording)) return enforceable(policy);
  throw new Failure([`${name} is a recording of another policy. Leave --policy out to use the recorded one.`]);
}

const FORMATS: Readonly<Record<LearnedFormat, (learned: Learned) => string>> = { text, typescript, json };

const ONCE = "was in one session only: record the suite twice, such as with --repeat-each 2, to see whether it stays the same.";

function text({ recording, proposal, services, seenOnce }: Learned): string {
  const { pages, sessions, violations, dropped, notes } = recording;
  const { allowed, pending, needed } = proposal;
  const put = (title: string, lines: readonly string[]) => section(title, lines, "--format json");
  const code = (one: { readonly code: { readonly text: string } | undefined }) =>
    one.code === undefined ? "" : ` ${beginning(one.code.text)}`;
  const parts = [
    `Recorded: ${counted(pages.length, "page")} in ${counted(sessions, "session")}, ${counted(violations, "violation")}.\n`,
    openLine(proposal, seenOnce.length),
    put(
      "The patch adds",
      allowed.map((one) => `${one.directive} ${one.source} (${one.why})${code(one)}`),
    ),
    put("Third parties by name", services.map(sentencesOn)),
    put(
      "To be confirmed",
      pending.map((one) => `${one.message}${code(one)} Accept with: --accept=${wordFor(one)}`),
    ),
    put(
      "To be recorded again",
      seenOnce.map((one) => `${one.kind} (${one.place}) ${beginning(one.text)} ${ONCE}`),
    ),
    put(
      "To be changed in the site",
      needed.map((one) => `${one.message}${code(one)}`),
    ),
    put("Remarks", [
      ...proposal.notes,
      ...notes,
      ...(dropped > 0 ? [`${dropped} pages, groups or pieces of code were too many to be kept.`] : []),
    ]),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

/** What is open, before anything else; the empty string where something is allowed and nothing is open. */
function openLine({ allowed, pending, needed }: Proposal, again: number): string {
  const counts = [
    [pending.length, "to be confirmed"],
    [again, "to be recorded again"],
    [needed.length, "to be changed in the site"],
  ] as const;
  const open = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  if (open.length > 0) return `Not complete: ${open.join(", ")}.\n`;
  return allowed.length === 0 ? "Nothing to add to the policy.\n" : "";
}

const sentencesOn = (service: LearnedService) => serviceSentences(service, () => true);

function typescript({ proposal: { patch, allowed }, services }: Learned): string {
  if (Object.keys(patch).length === 0) return "// Nothing to add. The text format says what was left out, and why.\n";
  const names = new Set<string>();
  const written = literal(patch, "", names);
  const why = ({ directive, source, why: reason }: Allowed) => `// ${onOneLine(`${directive} ${source}: ${reason}`)}\n`;
  const imports = [...[...names].sort(), "type Patch"].join(", ");
  const named = services.map((one) => `// ${onOneLine(sentencesOn(one))}\n`).join("");
  return `import { ${imports} } from "portcullis";\n\n${allowed.map(why).join("")}${named}export const learned = ${written} satisfies Patch;\n`;
}

const onOneLine = (from: string) => visible(from).replace(/[\r\n\u2028\u2029]/g, " ");

/** A policy file: the patch, and what it is made from. */
function json({ recording, proposal, services, seenOnce }: Learned): string {
  const { pages, sessions, violations, notes } = recording;
  const { patch, allowed, pending, needed } = proposal;
  const plain = (_key: string, value: unknown) => {
    const kind = editKind(value);
    return kind === undefined ? value : { [kind]: (value as Edit).sources };
  };
  const document = {
    patch,
    suggestions: allowed,
    services,
    pending,
    needed,
    seenOnce,
    recorded: { pages, sessions, violations },
    notes: [...proposal.notes, ...notes],
  };
  return `${JSON.stringify(document, plain, 2)}\n`;
}

/** What visitors reported and no recording has, as a section before the proposal. */
export function newSinceText(fresh: readonly Group[], all: number): string {
  const title = `New since recorded: ${fresh.length} of ${counted(all, "group")} of reports`;
  const lines = fresh.map(
    ({ directive, blocked, route, count }) => `${directive} ${blocked || "something"} on ${route}, ${counted(count, "report")}`,
  );
  return fresh.length === 0 ? `${title}.\n\n` : `${section(title, lines)}\n`;
}
