import { randomBytes } from "node:crypto";
import { visible, visibleLines } from "./visible.js";

/** Where a command writes to: everything that it prints goes through here, and of what strangers wrote nothing comes out that a terminal would obey. */
export interface Terminal {
  /** What was asked for, on stdout. */
  out(text: string): void;
  /** A line about it, on stderr; a line break in it is shown as one. */
  say(line: string): void;
  /** The same, as a warning. */
  warn(line: string): void;
  /** The same, as a mistake. */
  fail(line: string): void;
  /** Headings on stdout. */
  readonly bold: (text: string) => string;
  /** Verdicts on stdout. */
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly red: (text: string) => string;
}

/** The real one: colours only where a terminal shows them; Node itself asks `NO_COLOR`, `FORCE_COLOR` and `TERM`. */
export function terminal({ stdout, stderr }: Pick<NodeJS.Process, "stdout" | "stderr">): Terminal {
  // A reader that has seen enough closes the pipe: `portcullis export nginx | head -1`.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  // Our own colours are told from those in what is printed by a name that nobody else knows.
  const own = `<${randomBytes(16).toString("hex")}:`;
  const colours = new RegExp(`${own}(\\d+)>`, "g");
  const shown = (text: string) => visibleLines(text).replace(colours, "\x1b[$1m");
  const style = (stream: NodeJS.WriteStream, open: number, close: number) =>
    stream.isTTY && stream.hasColors() ? (text: string) => `${own}${open}>${text}${own}${close}>` : (text: string) => text;
  const [warning, mistake] = [style(stderr, 33, 39), style(stderr, 31, 39)];
  const say = (line: string) => void stderr.write(`${shown(line)}\n`);
  return {
    out: (text) => void stdout.write(shown(text)),
    say: (line) => say(visible(line)),
    warn: (line) => say(`${warning("warning:")} ${visible(line)}`),
    fail: (line) => say(`${mistake("error:")} ${visible(line)}`),
    bold: style(stdout, 1, 22),
    green: style(stdout, 32, 39),
    yellow: style(stdout, 33, 39),
    red: style(stdout, 31, 39),
  };
}
