/** Where a command writes to. */
export interface Terminal {
  /** What was asked for, on stdout. */
  out(text: string): void;
  /** A line about it, on stderr. */
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
  const style = (stream: NodeJS.WriteStream, open: number, close: number) =>
    stream.isTTY && stream.hasColors() ? (text: string) => `\x1b[${open}m${text}\x1b[${close}m` : (text: string) => text;
  const [warning, mistake] = [style(stderr, 33, 39), style(stderr, 31, 39)];
  return {
    out: (text) => void stdout.write(text),
    say: (line) => void stderr.write(`${line}\n`),
    warn: (line) => void stderr.write(`${warning("warning:")} ${line}\n`),
    fail: (line) => void stderr.write(`${mistake("error:")} ${line}\n`),
    bold: style(stdout, 1, 22),
    green: style(stdout, 32, 39),
    yellow: style(stdout, 33, 39),
    red: style(stdout, 31, 39),
  };
}
