/** One line on stderr that is rewritten while one waits, and removed at the end. */
export interface StatusLine {
  /** Shows a text, cut to the width of the terminal. */
  show(text: string): void;
  /** Removes the line, so that other text can be printed. */
  done(): void;
}

/** What of stderr is used. */
type Stderr = Pick<NodeJS.WriteStream, "write" | "isTTY" | "columns">;

/** A line that is rewritten; without a terminal, and in CI, nothing is printed. */
export function statusLine(stderr: Stderr = process.stderr, env: NodeJS.ProcessEnv = process.env): StatusLine {
  const isShown = stderr.isTTY && !env["CI"];
  let isThere = false;
  return {
    show(text) {
      if (!isShown) return;
      isThere = true;
      // Text of a server controls no terminal.
      stderr.write(`\r\x1b[K${text.replace(/[^\x20-\x7e…]/g, "?").slice(0, (stderr.columns || 80) - 1)}`);
    },
    done() {
      if (isThere) stderr.write("\r\x1b[K");
      isThere = false;
    },
  };
}

/** Shows a text while something is done. */
export async function showing<T>(text: string, run: () => Promise<T>): Promise<T> {
  const line = statusLine();
  line.show(text);
  try {
    return await run();
  } finally {
    line.done();
  }
}
