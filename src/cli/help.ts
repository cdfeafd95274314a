import type { Command, Flag, HelpTable } from "./command.js";

type Row = readonly [name: string, text: string];
type Bold = (text: string) => string;

const WIDTH = 80;

/** The help of the program: every command, on one screen. */
export function overview(version: string, commands: Readonly<Record<string, Command>>, bold: Bold): string {
  const rows = Object.entries(commands).map(([name, { summary }]): Row => [name, summary]);
  return `portcullis ${version}: one policy of security headers for applications and servers

${bold("Usage:")} portcullis <command> [options]

${table("Commands", rows, bold)}
${table("Options", [["--help, -h", "Print this help, or the help of a command."], VERSION], bold)}
See portcullis <command> --help for the options of a command.
Exit codes: 0 success, 1 refused or failed, 2 wrong command line.
`;
}

const VERSION: Row = ["--version, -v", "Print the version."];

/** The help of one command. */
export async function helpOf(name: string, one: Command, bold: Bold): Promise<string> {
  const tables: HelpTable[] = [
    {
      title: "Arguments",
      rows: one.positionals.map(({ name: word, text, optional }): Row => [optional ? `[${word}]` : `<${word}>`, text]),
    },
    { title: "Options", rows: [...Object.entries(one.flags).map(flagRow), ["--help, -h", "Print this help."]] },
    ...((await one.tables?.()) ?? []),
  ];
  const examples = one.examples.map(([line, text]) => `${wrapCommand(line)}\n${wrap(text, 6)}\n`).join("");
  return `${one.summary}

${bold("Usage:")} portcullis ${name}${wordsOf(one)} [options]

${tables
  .filter(({ rows }) => rows.length > 0)
  .map(({ title, rows }) => `${table(title, rows, bold)}\n`)
  .join("")}${bold("Examples:")}
${examples}`;
}

function wordsOf({ positionals }: Command): string {
  return positionals.map(({ name, optional, many }) => `${optional ? ` [${name}]` : ` <${name}>`}${many ? "..." : ""}`).join("");
}

function flagRow([name, { value, many, text, default: otherwise }]: [string, Flag]): Row {
  const sentences = [text, otherwise !== undefined && `Default: ${otherwise}.`, many && "Can be repeated."];
  return [`--${name}${value === undefined ? "" : ` <${value}>`}`, sentences.filter((one) => one).join(" ")];
}

/** Two columns; the text of a long name begins on the next line. */
function table(title: string, rows: readonly Row[], bold: Bold): string {
  const column = Math.min(28, 4 + Math.max(...rows.map(([name]) => name.length)));
  const lines = rows.map(([name, text]) => {
    const label = `  ${name}`;
    const body = wrap(text, column);
    return label.length + 2 > column ? `${label}\n${body}\n` : `${label.padEnd(column)}${body.slice(column)}\n`;
  });
  return `${bold(`${title}:`)}\n${lines.join("")}`;
}

/** Text broken between words, indented. */
function wrap(text: string, indent: number): string {
  return fill(text.split(" "), WIDTH - indent)
    .map((line) => `${" ".repeat(indent)}${line}`)
    .join("\n");
}

/** A command broken before options, with backslashes for a shell. */
function wrapCommand(line: string): string {
  return `  ${fill(line.split(/ (?=--)/), WIDTH - 8).join(" \\\n      ")}`;
}

function fill(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
