/** What a console block shows: each command with its output, where "…" is any text, and on a line of its own any lines or none. */
export function shown(block: string): { readonly command: string; readonly output: string }[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [command = "", ...lines] = text.split("\n");
      return { command, output: lines.join("\n").trim() };
    });
}

/** What an output that is shown matches, without the white space around it. */
export function pattern(output: string): RegExp {
  const lines = output.split("\n").map((line) => (line === "…" ? "(?:.*\\n)*?" : `${line.split("…").map(escaped).join("[\\s\\S]*?")}\\n`));
  return new RegExp(`^${lines.join("")}$`);
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
