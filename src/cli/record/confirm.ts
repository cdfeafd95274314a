import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Hide } from "../../record/known-secrets.js";
import { type Accepted, type Consent, type Item, type Pending, type Proposal, wordFor } from "../../record/proposal.js";
import { trimmed } from "../../values/text.js";
import { wrap } from "../layout.js";
import { visible, visibleLines } from "../visible.js";

/** Where somebody is asked. */
export interface Prompt {
  readonly input: Readable;
  readonly output: Writable;
  /** Ends the questions: what was confirmed before is kept. */
  readonly signal: AbortSignal;
  /** Hides secrets in what is shown. */
  readonly hide: Hide;
}

type Word = Consent | Item;

/** One question: what `--accept` names by one word. */
interface Question {
  readonly word: Word;
  readonly points: readonly [Pending, ...Pending[]];
}

/** Whether somebody sits at the terminal: nobody is asked in CI, or where the output is for a program. */
export function canAsk(
  { stdin, stderr, env }: Pick<NodeJS.Process, "stdin" | "stderr" | "env">,
  { json }: { readonly json?: boolean | undefined },
): boolean {
  return stdin.isTTY === true && stderr.isTTY === true && json !== true && ["", "0", "false", undefined].includes(env["CI"]);
}

/**
 * Asks about what is pending, point by point. What was answered once is not asked again.
 *
 * @returns a function for `RecordOptions.confirm`; it returns the words of what was confirmed.
 */
export function confirmer(prompt: Prompt): (proposal: Pick<Proposal, "pending">) => Promise<Accepted> {
  const answered = new Set<Word>();
  return async ({ pending }) => {
    const questions = questionsOf(pending).filter(({ word }) => !answered.has(word));
    for (const { word } of questions) answered.add(word);
    return questions.length === 0 ? new Set() : ask(questions, prompt);
  };
}

/** The points that have one word are one question: the same code in two places, `eval` in two files. */
function questionsOf(pending: readonly Pending[]): readonly Question[] {
  const byWord = new Map<Word, Question>();
  for (const one of pending) {
    const word = wordFor(one);
    const before = byWord.get(word);
    byWord.set(word, { word, points: before === undefined ? [one] : [...before.points, one] });
  }
  return [...byWord.values()];
}

const KEYS = "y = yes, n = no, a = yes to all of this kind, q = no to all that are left";

async function ask(questions: readonly Question[], prompt: Prompt): Promise<Accepted> {
  const { output } = prompt;
  const confirmed = new Set<Word>();
  const all = new Set<Consent>();
  const lines = await readLines(prompt);
  try {
    output.write(`\n${questions.length} ${questions.length === 1 ? "point has" : "points have"} to be confirmed. ${KEYS}.\n`);
    let isOver = false;
    for (const [index, question] of questions.entries()) {
      const { consent } = question.points[0];
      if (!all.has(consent) && !isOver) {
        output.write(`\n${index + 1} of ${questions.length} (${consent})\n${textOf(question, prompt.hide)}`);
        const answer = await answerOf(`Allow it? y, n, a (all ${consent}) or q [n] `, lines, output);
        isOver = answer === "q";
        if (answer === "a") all.add(consent);
        if (answer === "y") confirmed.add(question.word);
      }
      if (all.has(consent)) confirmed.add(question.word);
    }
    return confirmed;
  } finally {
    lines.close();
  }
}

type Answer = "y" | "n" | "a" | "q";

const ANSWERS: Readonly<Record<string, Answer>> = { y: "y", yes: "y", n: "n", no: "n", "": "n", a: "a", all: "a", q: "q", quit: "q" };

/** Asks until an answer is understood; the end of the input is `q`. */
async function answerOf(question: string, lines: Lines, output: Writable): Promise<Answer> {
  for (;;) {
    const answer = lines.next();
    output.write(question);
    const line = await answer;
    if (line === undefined) return "q";
    const word = line.trim().toLowerCase();
    const known = Object.hasOwn(ANSWERS, word) ? ANSWERS[word] : undefined;
    if (known !== undefined) return known;
    output.write(`Write one letter: ${KEYS}.\n`);
  }
}

interface Lines {
  /** The next line that comes; undefined where the input or the recording has ended. */
  next(): Promise<string | undefined>;
  close(): void;
}

/** Reads lines that come while a question is open. What was typed before it, during the walk, confirms nothing. */
async function readLines({ input, output, signal }: Prompt): Promise<Lines> {
  // The terminal edits the line itself: Ctrl-C stays a signal.
  const reader = createInterface({ input, terminal: false });
  let waiting: ((line: string | undefined) => void) | undefined;
  let isEnded = signal.aborted || input.readableEnded;
  const give = (line: string | undefined) => {
    const take = waiting;
    waiting = undefined;
    take?.(line);
  };
  const end = () => {
    if (isEnded) return;
    isEnded = true;
    output.write("\n");
    give(undefined);
  };
  reader.on("line", give);
  reader.on("close", end);
  signal.addEventListener("abort", end);
  await new Promise((resolve) => setTimeout(resolve, TYPED_BEFORE));
  return {
    next: () => (isEnded ? Promise.resolve(undefined) : new Promise((resolve) => (waiting = resolve))),
    close() {
      isEnded = true;
      signal.removeEventListener("abort", end);
      reader.close();
    },
  };
}

/** Milliseconds in which the terminal hands over what was typed before the first question. */
const TYPED_BEFORE = 50;

const LONGEST_LIST = 5;
const MOST_LINES = 12;
const LONGEST_LINE = 160;

/** What the question is about: the message, the pages, and the beginning of the code, of which no line looks like a question. */
function textOf({ word, points }: Question, hide: Hide): string {
  const shown = (text: string) => visible(hide(text));
  const messages = points.map(({ message }) => wrap(shown(message), 0, 2));
  const pages = [...new Set(points.flatMap((one) => one.pages))];
  const more = pages.length > LONGEST_LIST ? ` and ${pages.length - LONGEST_LIST} more` : "";
  const [{ code }] = points;
  return [
    ...messages,
    `  pages: ${pages.slice(0, LONGEST_LIST).map(shown).join(", ")}${more}\n`,
    `  --accept=${word}\n`,
    ...(code === undefined ? [] : [`${codeLines(hide(code.text)).join("\n")}\n`]),
  ].join("");
}

/** The beginning of a text, and how much of it is not shown. */
function codeLines(text: string): readonly string[] {
  const lines = visibleLines(trimmed(text.replace(/\r\n?/g, "\n"), "\n").trimEnd()).split("\n");
  const shown = lines.slice(0, MOST_LINES).map((line) => line.slice(0, LONGEST_LINE));
  const left = lines.join("\n").length - shown.join("\n").length;
  return [...shown.map((line) => `  | ${line}`), ...(left > 0 ? [`  … ${left} more characters; --report shows more.`] : [])];
}
