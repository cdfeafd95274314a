import type { Cut } from "./needles.js";

/** A text as it is searched: decoded, in lower case, and where its characters are in the original. */
export interface Form {
  readonly text: string;
  /** Where the character at an index begins in the original. */
  start(index: number): number;
  /** Where the characters before an index end in the original. */
  end(index: number): number;
  /** Where the text may have been cut. */
  readonly cuts: readonly Cut[];
  /** The beginning of a value before a cut counts from this length. */
  readonly shortestCut: number;
  /** Whether it is a guess: text that is not in base64 or hexadecimal has such a form too. */
  readonly isGuess: boolean;
}

/**
 * The forms of a text in which a value may be: as it is, decoded, and decoded from base64 and hexadecimal. They are together at most seven times as
 * long as the text.
 */
export function formsOf(text: string): readonly Form[] {
  const plain = { text, starts: undefined };
  const decoded = decodedFrom(plain, ENCODED);
  // In base64, + is no white space.
  const escaped = decodedFrom(plain, ESCAPED_CHARACTER);
  return [readable(plain), ...(decoded === plain ? [] : [readable(decoded)]), ...bytesIn(escaped)];
}

/** A value without its encodings, in the case that it has. */
export const decodedText = (text: string): string => decodedFrom({ text, starts: undefined }, ENCODED).text;

/** The same, where + is no white space. */
export const unescapedText = (text: string): string => decodedFrom({ text, starts: undefined }, ESCAPED_CHARACTER).text;

/** Of ASCII letters only: others may change their length. */
export const lowerCase = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** A text, and where each of its characters is in the original; one more for the end. */
interface Decoded {
  readonly text: string;
  /** Undefined where each is at its own index. */
  readonly starts: readonly number[] | undefined;
}

const placeIn =
  ({ starts }: Decoded) =>
  (index: number): number =>
    starts === undefined ? index : (starts[index] as number);

/** Characters of a value before a cut that are not hidden: they tell nothing. */
const SHORTEST_BEGINNING = 3;

function readable(decoded: Decoded): Form {
  const place = placeIn(decoded);
  const text = lowerCase(decoded.text);
  return { text, start: place, end: place, cuts: cutsOf(text), shortestCut: SHORTEST_BEGINNING, isGuess: false };
}

/** Encodings of one character or more, of addresses, of HTML and of JSON. HTML reads numbers without a semicolon too. */
const ESCAPES = String.raw`(?:%[0-9a-f]{2})+|&(?:(?:amp|lt|gt|quot|apos|sol);|#\d{1,7}(?:;|(?!\d))|#x0{0,8}[0-9a-f]{1,6}(?:;|(?![0-9a-f])))|\\(?:u[0-9a-f]{4}|u\{[0-9a-f]{1,6}\}|x[0-9a-f]{2}|["'\\/bfnrt])`;
const ESCAPED_CHARACTER = new RegExp(ESCAPES, "gi");

/** And white space, which forms write as `+`. */
const ENCODED = new RegExp(String.raw`${ESCAPES}|\s+|\+`, "gi");

/** Encodings within encodings, as `%2526`. */
const MOST_LAYERS = 4;

function decodedFrom(text: Decoded, encoded: RegExp): Decoded {
  let form = text;
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    const next = decodedOnce(form, encoded);
    if (next === undefined) break;
    form = next;
  }
  return form;
}

/** Undefined where nothing is encoded. */
function decodedOnce(form: Decoded, encoded: RegExp): Decoded | undefined {
  const { text } = form;
  const parts: string[] = [];
  const places: number[] = [];
  const at = placeIn(form);
  let end = 0;
  const keep = (until: number) => {
    for (let index = end; index < until; index += 1) places.push(at(index));
    parts.push(text.slice(end, until));
  };
  for (const found of text.matchAll(encoded)) {
    keep(found.index);
    for (const [piece, offset] of decodedPieces(found[0])) {
      for (let unit = 0; unit < piece.length; unit += 1) places.push(at(found.index + offset));
      parts.push(piece);
    }
    end = found.index + found[0].length;
  }
  keep(text.length);
  places.push(at(text.length));
  const decoded = parts.join("");
  return decoded === text ? undefined : { text: decoded, starts: places };
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", sol: "/" };
const ESCAPED: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: " ", r: " ", t: " " };

/** The characters that an encoding stands for, each with its offset in it. */
function decodedPieces(written: string): readonly (readonly [piece: string, offset: number])[] {
  const encoded = written.toLowerCase();
  if (encoded.startsWith("%")) return decodedBytes(encoded);
  if (encoded.startsWith("&")) {
    const name = encoded.slice(1).replace(";", "");
    if (!name.startsWith("#")) return [[NAMED[name] as string, 0]];
    return [[character(name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)), written), 0]];
  }
  if (!encoded.startsWith("\\")) return [[" ", 0]];
  const mark = encoded[1] as string;
  if (encoded.length > 2) return [[character(Number.parseInt(encoded.replace(/[^0-9a-f]/g, ""), 16), written), 0]];
  return [[ESCAPED[mark] ?? mark, 0]];
}

const character = (code: number, written: string) => (code <= 0x10ffff ? String.fromCodePoint(code) : written);

/** Percent-encoded bytes as UTF-8; as Latin-1 where they are not. */
function decodedBytes(encoded: string): readonly (readonly [piece: string, offset: number])[] {
  const bytes = Buffer.from(encoded.replaceAll("%", ""), "hex");
  const text = bytes.toString();
  const isUtf8 = Buffer.from(text).equals(bytes);
  let offset = 0;
  return [...(isUtf8 ? text : bytes.toString("latin1"))].map((piece) => {
    const start = offset;
    offset += 3 * (isUtf8 ? Buffer.byteLength(piece) : 1);
    return [piece, start] as const;
  });
}

/** How bytes are written as text. */
interface Writing {
  readonly encoding: "base64" | "hex";
  /** What may be written so, with the least characters for eight bytes; the first group without padding. */
  readonly pattern: RegExp;
  /** Characters per byte, and after how many of them a byte begins with a character again. */
  readonly perByte: number;
  readonly alignments: number;
}

/** Of base64, also with the letters for addresses. */
const WRITINGS: readonly Writing[] = [
  { encoding: "base64", pattern: /([\w+/-]{11,})={0,2}/g, perByte: 4 / 3, alignments: 4 },
  { encoding: "hex", pattern: /([0-9a-f]{16,})/gi, perByte: 2, alignments: 2 },
];

/** In bytes that were no text, three characters are found by chance. */
const SHORTEST_BYTES = 6;

/** The bytes that parts of a text may be, begun at each character where a group of them may begin. */
function bytesIn(decoded: Decoded): readonly Form[] {
  const place = placeIn(decoded);
  return WRITINGS.flatMap(({ encoding, pattern, perByte, alignments }) =>
    [...decoded.text.matchAll(pattern)].flatMap(({ 0: whole, 1: run = "", index }) => {
      const end = index + whole.length;
      const isCut = decoded.text[end] === "…" || (end === decoded.text.length && end >= SAMPLE_LENGTH);
      return Array.from({ length: alignments }, (_, offset): Form => {
        const text = lowerCase(Buffer.from(run.slice(offset), encoding).toString("latin1"));
        const written = (bytes: number) => offset + bytes * perByte;
        return {
          text,
          start: (byte) => place(index + Math.floor(written(byte))),
          // Padding belongs to the last byte.
          end: (byte) => place(Math.ceil(written(byte)) >= run.length ? end : index + Math.ceil(written(byte))),
          cuts: isCut ? [[text.length, text.length]] : [],
          shortestCut: SHORTEST_BYTES,
          isGuess: true,
        };
      });
    }),
  );
}

/** A sample of code in a report is cut to this length, without a mark. CSP3 §5.3. */
const SAMPLE_LENGTH = 40;

/** The beginning of an encoding before a cut. */
const PART_OF_ENCODING = /(?:%[0-9a-f]?|&[#\w]{0,7}|\\(?:u[0-9a-f]{0,3})?)$/i;

/** Before each `…`, and at the end of a text that may have been cut there; in the order of their ends. */
function cutsOf(text: string): readonly Cut[] {
  const cuts: number[] = [];
  for (let cut = text.indexOf("…"); cut !== -1; cut = text.indexOf("…", cut + 1)) cuts.push(cut);
  if (text.length >= SAMPLE_LENGTH) cuts.push(text.length);
  const ends = cuts.flatMap((cut) => {
    const part = PART_OF_ENCODING.exec(text.slice(Math.max(0, cut - 8), cut))?.[0].length ?? 0;
    return part === 0 ? [[cut, cut] as const] : [[cut - part, cut] as const, [cut, cut] as const];
  });
  return ends.sort(([one], [other]) => one - other);
}
