/** Strings on which a regular expression that goes back and forth takes long: made of its own characters. */
const LENGTH = 100_000;

/** What stands behind the repeated part, so that what follows it cannot fit. */
const ENDS = ["", "\0", "\n"];

/** Members of a class, or of what stands for one. */
const CLASSES: Readonly<Record<string, string>> = {
  d: "0",
  w: "a",
  s: " \t",
  S: "a",
  D: "a",
  W: " ",
  b: "",
  B: "",
  n: "\n",
  r: "\r",
  t: "\t",
  "0": "\0",
};

/** The characters that a pattern speaks of, in their order; of a class up to three. */
export function charactersOf(source: string): readonly string[] {
  const found: string[] = [];
  const pieces = source.match(/\\x[0-9a-f]{2}|\\u\{[0-9a-f]+\}|\\u[0-9a-f]{4}|\\p\{\w+\}|\\[\s\S]|[\s\S]/giu) ?? [];
  let inClass = 0;
  for (const [index, piece] of pieces.entries()) {
    const code = /^\\[xu]\{?([0-9a-f]+)/i.exec(piece)?.[1];
    if (piece === "[" && inClass === 0) inClass = 1;
    else if (piece === "]") inClass = 0;
    else if (inClass > 0 ? inClass++ > 3 || (piece === "^" && pieces[index - 1] === "[") : /^[()|?*+^${}]$/.test(piece)) continue;
    else if (code !== undefined) found.push(String.fromCodePoint(Number.parseInt(code, 16)));
    else if (piece.startsWith("\\p")) found.push("\u00ad");
    else if (piece.startsWith("\\")) found.push(...(CLASSES[piece[1] ?? ""] ?? piece[1] ?? ""));
    else found.push(piece === "." && inClass === 0 ? "a" : piece);
  }
  return found;
}

/** A text that takes few bytes until it is written out: a start, a run again and again until it has a length, and an end. */
export interface Attack {
  readonly start: string;
  readonly run: string;
  readonly length: number;
  readonly end: string;
}

/** Each run of up to four of its characters, and all of them together, again and again; behind what begins as the pattern does, or not. */
export function attacksOn(source: string): readonly Attack[] {
  const characters = charactersOf(source);
  const runs = new Set(["a", " ", "\t", "0", "\0", characters.join("")]);
  for (const length of [1, 2, 4]) {
    for (let at = 0; at + length <= characters.length; at += 1) runs.add(characters.slice(at, at + length).join(""));
  }
  return [...runs]
    .filter((run) => run !== "")
    .slice(0, MOST)
    .flatMap((run) => {
      const start = characters.slice(0, Math.max(1, characters.join("").indexOf(run))).join("");
      return [{ start: "", run, length: LENGTH, end: "" }, ...ENDS.map((end) => ({ start, run, length: LENGTH, end }))];
    });
}

/** Runs of one pattern; the longest list of names has more, and all alike. */
const MOST = 16;
