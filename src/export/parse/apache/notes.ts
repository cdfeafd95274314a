import type { Note } from "../limits.js";
import type { GroupedNote } from "./operations.js";

/** Maximum number of other lines in a note. */
const MOST_NAMED = 10;

/** Collects notes, so that a note about many lines occurs once, at the first line, and names the others. */
export function collector(note: Note): { readonly grouped: GroupedNote; flush(): void } {
  const notes = new Map<string, Set<number>>();
  const remarks = new Map<string, Set<number>>();
  const into = (found: Map<string, Set<number>>) => (line: number, message: string) => {
    note.spend("work", 1);
    const lines = found.get(message) ?? new Set();
    found.set(message, lines.add(line));
  };
  const grouped: GroupedNote = Object.assign(into(notes), { remark: into(remarks), spend: note.spend, cap: note.cap, refuse: note.refuse });
  const tell = (found: ReadonlyMap<string, ReadonlySet<number>>, how: (line: number, message: string) => void) => {
    for (const [message, lines] of found) {
      const [first, ...others] = [...lines].sort((one, other) => one - other);
      if (first !== undefined) how(first, `${message}${others.length === 0 ? "" : ` (also ${otherLines(first, others, note)})`}`);
    }
  };
  return {
    grouped,
    flush() {
      tell(notes, note);
      tell(remarks, note.remark);
    },
  };
}

function otherLines(first: number, others: readonly number[], note: Note): string {
  const { file } = note.at(first);
  const named = others.slice(0, MOST_NAMED).map((order) => {
    const where = note.at(order);
    return where.file === file ? `${where.line}` : `${where.file}:${where.line}`;
  });
  const rest = others.length - named.length;
  return `${others.length > 1 ? "lines" : "line"} ${named.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
