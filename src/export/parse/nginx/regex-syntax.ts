/** Whether a character matches. */
export type CharTest = (char: string) => boolean;

/** A part of an expression, repeated `least` to `most` times. */
export type Tree =
  /** `may`: characters that may match, `must`: those that match for certain. They differ if a part of the expression is not supported. */
  | { readonly kind: "char"; readonly may: CharTest; readonly must: CharTest }
  | { readonly kind: "start" | "end" | "unknown" }
  | { readonly kind: "all" | "any"; readonly of: readonly Tree[] }
  | { readonly kind: "times"; readonly of: Tree; readonly least: number; readonly most: number };

/** Matches every character. */
export const every: CharTest = () => true;
const none: CharTest = () => false;

/** Maximum nesting depth of groups. */
const DEEPEST = 50;

interface Reader {
  readonly text: string;
  readonly anyCase: boolean;
  at: number;
}

const INVALID = Symbol("not a valid expression");

/** Parses a regular expression of PCRE. Returns undefined if it is not valid or not supported. */
export function treeOf(text: string, anyCase: boolean): Tree | undefined {
  const reader: Reader = { text, anyCase, at: 0 };
  try {
    const tree = alternatives(reader, 0);
    return reader.at < text.length ? undefined : tree;
  } catch (error) {
    if (error === INVALID) return undefined;
    throw error;
  }
}

function alternatives(reader: Reader, depth: number): Tree {
  if (depth > DEEPEST) throw INVALID;
  const first = sequence(reader, depth);
  const others: Tree[] = [];
  while (reader.text[reader.at] === "|") {
    reader.at += 1;
    others.push(sequence(reader, depth));
  }
  return others.length === 0 ? first : { kind: "any", of: [first, ...others] };
}

function sequence(reader: Reader, depth: number): Tree {
  const { text } = reader;
  const all: Tree[] = [];
  while (reader.at < text.length && text[reader.at] !== "|" && text[reader.at] !== ")") all.push(repeated(atom(reader, depth), reader));
  return { kind: "all", of: all };
}

/** The tree with the quantifier after it: `*`, `+?`, `{2,3}`. */
function repeated(one: Tree, reader: Reader): Tree {
  const { text } = reader;
  const [found, sign, least, comma, most] = /^(?:([*+?])|\{(\d{1,4})(,?)(\d{0,4})\})/.exec(text.slice(reader.at, reader.at + 12)) ?? [];
  if (found === undefined) return one;
  reader.at += found.length;
  const isPossessive = text[reader.at] === "+";
  if (text[reader.at] === "?" || isPossessive) reader.at += 1;
  const [from, to] =
    sign === undefined
      ? [Number(least), comma === "" ? Number(least) : most === "" ? Number.POSITIVE_INFINITY : Number(most)]
      : [sign === "+" ? 1 : 0, sign === "?" ? 1 : Number.POSITIVE_INFINITY];
  const times: Tree = { kind: "times", of: one, least: from, most: to };
  return isPossessive ? { kind: "all", of: [times, { kind: "unknown" }] } : times;
}

function atom(reader: Reader, depth: number): Tree {
  const char = reader.text[reader.at] ?? "";
  reader.at += 1;
  if (char === "^") return { kind: "start" };
  if (char === "$") return { kind: "end" };
  if (char === ".") return exact(every);
  if (char === "(") return group(reader, depth);
  if (char === "[") return charClass(reader);
  if (char === "\\") return escaped(reader);
  if (char === "*" || char === "+" || char === "?") throw INVALID;
  return literal(char, reader);
}

const exact = (test: CharTest): Tree => ({ kind: "char", may: test, must: test });

function literal(char: string, { anyCase }: Reader): Tree {
  return exact(anyCase ? (one) => one.toLowerCase() === char.toLowerCase() : (one) => one === char);
}

function group(reader: Reader, depth: number): Tree {
  const { text } = reader;
  const [head = "", looks] =
    /^\?(?:(?::|P?<[A-Za-z_]\w*>|'[A-Za-z_]\w*')|([=!>]|<[=!]))/.exec(text.slice(reader.at, reader.at + 100)) ?? [];
  if (head === "" && text[reader.at] === "?") throw INVALID;
  reader.at += head.length;
  const inner = alternatives(reader, depth + 1);
  if (text[reader.at] !== ")") throw INVALID;
  reader.at += 1;
  // A lookaround consumes no characters. It is not evaluated.
  if (looks === undefined) return inner;
  return looks === ">" ? { kind: "all", of: [inner, { kind: "unknown" }] } : { kind: "unknown" };
}

function escaped(reader: Reader): Tree {
  const char = reader.text[reader.at] ?? "";
  reader.at += 1;
  const test = CLASSES[char];
  if (test !== undefined) return exact(test);
  if (char === "A") return { kind: "start" };
  if (char === "z" || char === "Z") return { kind: "end" };
  if (char === "b" || char === "B" || char === "K" || char === "G") return { kind: "unknown" };
  if (!/[A-Za-z0-9]/.test(char)) return literal(char, reader);
  // A back reference, or an unsupported class.
  return { kind: "times", of: { kind: "char", may: every, must: none }, least: 0, most: Number.POSITIVE_INFINITY };
}

/** `[a-z\d]`, from the character after the bracket. */
function charClass(reader: Reader): Tree {
  const isNot = reader.text[reader.at] === "^";
  if (isNot) reader.at += 1;
  const tests: CharTest[] = [];
  let unread = false;
  for (let first = true; reader.text[reader.at] !== "]" || first; first = false) {
    if (reader.at >= reader.text.length) throw INVALID;
    const test = itemOfClass(reader);
    if (test === undefined) unread = true;
    else tests.push(test);
  }
  reader.at += 1;
  const has: CharTest = (one) => tests.some((test) => test(one)) !== isNot;
  return { kind: "char", may: unread ? every : has, must: unread ? none : has };
}

/** A character, a range or a class within brackets. Undefined for a class that is not supported. */
function itemOfClass(reader: Reader): CharTest | undefined {
  const { text, anyCase } = reader;
  if (text.startsWith("[:", reader.at)) {
    reader.at = text.indexOf(":]", reader.at) + 2;
    if (reader.at === 1) throw INVALID;
    return undefined;
  }
  const [item = "", letter, low = ""] = /^(?:\\([A-Za-z0-9])|\\?([\s\S]))/.exec(text.slice(reader.at, reader.at + 2)) ?? [];
  reader.at += item.length;
  if (letter !== undefined) return CLASSES[letter];
  const [range = "", quoted, plain] = /^-(?:\\([^A-Za-z0-9])|([^\]\\]))/.exec(text.slice(reader.at, reader.at + 3)) ?? [];
  const high = quoted ?? plain ?? low;
  reader.at += range.length;
  if (anyCase) return (one) => isWithin(one.toLowerCase(), low, high) || isWithin(one.toUpperCase(), low, high);
  return (one) => isWithin(one, low, high);
}

const isWithin = (char: string, low: string, high: string) => char >= low && char <= high;

const CLASSES: Readonly<Record<string, CharTest | undefined>> = {
  __proto__: null as never,
  d: (char) => /\d/.test(char),
  D: (char) => /\D/.test(char),
  w: (char) => /\w/.test(char),
  W: (char) => /\W/.test(char),
  s: (char) => /\s/.test(char),
  S: (char) => /\S/.test(char),
};
