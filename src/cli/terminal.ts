import { randomBytes } from "node:crypto";
import { visible, visibleLines } from "./visible.js";

/** The output of a command. Control characters in printed text are escaped: it may contain text of servers and clients. */
export interface Terminal {
  /** Prints results on stdout. */
  out(text: string): void;
  /** Prints a line on stderr; a line break in it is escaped. */
  say(line: string): void;
  /** Prints a warning on stderr. */
  warn(line: string): void;
  /** Prints an error on stderr. */
  fail(line: string): void;
  /** For headings on stdout. */
  readonly bold: (text: string) => string;
  /** For verdicts on stdout. */
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly red: (text: string) => string;
}

/** Output to stdout and stderr, with colours on a terminal; Node evaluates `NO_COLOR`, `FORCE_COLOR` and `TERM`. */
export function terminal({ stdout, stderr }: Pick<NodeJS.Process, "stdout" | "stderr">): Terminal {
  // A reader may close the pipe early: `portcullis export nginx | head -1`.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  // Our own colours are marked with a random name, and become escape sequences after those in the text are escaped.
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
