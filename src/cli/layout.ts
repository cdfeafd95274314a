import { visible } from "./visible.js";

const WIDTH = 80;

/** Text of exactly this many columns: padded, or cut with an ellipsis. */
export function cell(text: string, columns: number): string {
  const line = visible(text.slice(0, columns));
  return text.length <= columns && line.length <= columns ? line.padEnd(columns) : `${line.slice(0, columns - 1)}…`;
}

/** The columns of the terminal, at least 40; 80 where there is none. */
export const tableWidth = (): number => Math.max(NARROWEST, process.stdout.columns || WIDTH);

/** The columns of running text: longer lines are hard to read. */
const terminalWidth = (): number => Math.min(WIDEST_TEXT, tableWidth());

const NARROWEST = 40;
const WIDEST_TEXT = 100;

/** Breaks text between words, and within words longer than a line. All lines but the first are indented by `hanging` more columns. */
export function wrap(text: string, indent: number, hanging = 0, width = terminalWidth()): string {
  const lines: string[] = [""];
  for (const word of visible(text)
    .split(" ")
    .flatMap((one) => pieces(one, width - indent - hanging))) {
    const last = lines.at(-1) as string;
    const room = width - indent - (lines.length === 1 ? 0 : hanging);
    if (last !== "" && last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.map((line, index) => `${" ".repeat(indent + (index === 0 ? 0 : hanging))}${line}\n`).join("");
}

function pieces(word: string, columns: number): readonly string[] {
  return word.match(new RegExp(`.{1,${columns}}`, "gu")) ?? [];
}

/** JSON for a terminal or a file. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
