/** What is in the output instead of a secret. */
export const HIDDEN = "***";

/** Hides what may be a secret in a text of the output. */
export type Hide = (text: string) => string;

/** Values of this length are hidden wherever they appear; shorter ones could be part of any word. */
const SHORTEST_ANYWHERE = 8;

/** Values of this length, or with letters and digits, are hidden where they are a whole word; others only where they are a whole value. */
const SHORTEST_WORD = 4;

/** Whether a value is so long that it is hidden wherever it appears. */
export const isLong = (value: string): boolean => value.length >= SHORTEST_ANYWHERE;

/**
 * Returns the function that replaces known values in a text, in every spelling that a server or a page may show them in: upper or lower case,
 * percent-encoded, in HTML, in JSON, with other white space, and cut off at the end.
 *
 * @param secrets the values; called for each text, as a walk brings more. None may go again.
 */
export function knownHiderOf(secrets: () => Iterable<string>): Hide {
  let count = 0;
  let needles: readonly Needle[] = [];
  return (text) => {
    const values = new Set(secrets());
    if (values.size !== count) {
      count = values.size;
      needles = [...values].flatMap(needlesOf);
    }
    if (needles.length === 0 || text === "") return text;
    const forms = { plain: plainForm(text), decoded: decodedForm(text) };
    return replaced(text, [...rangesIn(forms.plain, needles, "plain"), ...rangesIn(forms.decoded, needles, "decoded")]);
  };
}

/** A value as it is looked for in one form of a text. */
interface Needle {
  readonly text: string;
  readonly form: "plain" | "decoded";
  /** For each beginning of the text, the length of the longest shorter beginning that it ends with; empty for a short value. */
  readonly borders: readonly number[];
}

/** An origin or a path of words, as cookies name the last page: the site has it in its own addresses. */
const ADDRESS_OF_WORDS = /^(?:https?:\/\/[^/?#\s]+)?(?:\/[a-z._/-]*)?$/i;

function needlesOf(secret: string): readonly Needle[] {
  const plain = plainForm(secret).text;
  if (plain.trim() === "") return [];
  const { text } = decodedForm(secret);
  const isOther = text !== plain;
  const isKept = isOther && (isLong(secret) !== isLong(text) || ADDRESS_OF_WORDS.test(text));
  return [needle(plain, "plain"), ...(isKept || text.trim() === "" ? [] : [needle(text, "decoded")])];
}

const needle = (text: string, form: Needle["form"]): Needle => ({ text, form, borders: isLong(text) ? bordersOf(text) : [] });

/** The table of Knuth, Morris and Pratt. */
function bordersOf(text: string): readonly number[] {
  const borders = [0];
  for (let index = 1, length = 0; index < text.length; index += 1) {
    while (length > 0 && text[index] !== text[length]) length = borders[length - 1] as number;
    if (text[index] === text[length]) length += 1;
    borders.push(length);
  }
  return borders;
}

/** A text in lower case, and where each of its characters is in the original; one more for the end. */
interface Form {
  readonly text: string;
  /** Undefined where each is at its own index. */
  readonly starts: readonly number[] | undefined;
}

/** Of ASCII letters only: others may change their length. */
const lowerCase = (text: string) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

const plainForm = (text: string): Form => ({ text: lowerCase(text), starts: undefined });

/** Encodings of one character or more: of addresses, of HTML, of JSON, and white space, which forms write as `+`. */
const ENCODED =
  /(?:%[0-9a-f]{2})+|&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});|\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|["'\\/bfnrt])|\s+|\+/gi;

/** Encodings within encodings, as `%2526`. */
const MOST_LAYERS = 4;

function decodedForm(text: string): Form {
  let form = plainForm(text);
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    const next = decodedOnce(form);
    if (next === undefined) break;
    form = next;
  }
  return form;
}

/** Undefined where nothing is encoded. */
function decodedOnce({ text, starts }: Form): Form | undefined {
  const parts: string[] = [];
  const places: number[] = [];
  const at = (index: number) => (starts === undefined ? index : (starts[index] as number));
  let end = 0;
  const keep = (until: number) => {
    for (let index = end; index < until; index += 1) places.push(at(index));
    parts.push(text.slice(end, until));
  };
  for (const found of text.matchAll(ENCODED)) {
    keep(found.index);
    for (const [piece, offset] of decodedPieces(found[0])) {
      for (let unit = 0; unit < piece.length; unit += 1) places.push(at(found.index + offset));
      parts.push(piece);
    }
    end = found.index + found[0].length;
  }
  keep(text.length);
  places.push(at(text.length));
  const decoded = lowerCase(parts.join(""));
  return decoded === text ? undefined : { text: decoded, starts: places };
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const ESCAPED: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: " ", r: " ", t: " " };

/** The characters that an encoding stands for, each with its offset in it. */
function decodedPieces(encoded: string): readonly (readonly [piece: string, offset: number])[] {
  if (encoded.startsWith("%")) return decodedBytes(encoded);
  if (encoded.startsWith("&")) {
    const name = encoded.slice(1, -1);
    const number = name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return [[NAMED[name] ?? (number <= 0x10ffff ? String.fromCodePoint(number) : encoded), 0]];
  }
  if (!encoded.startsWith("\\")) return [[" ", 0]];
  const mark = encoded[1] as string;
  if (encoded.length > 2) return [[String.fromCharCode(Number.parseInt(encoded.slice(2), 16)), 0]];
  return [[ESCAPED[mark] ?? mark, 0]];
}

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

/** Beginning and end in the original text. */
type Range = readonly [start: number, end: number];

function rangesIn(form: Form, needles: readonly Needle[], name: Needle["form"]): readonly Range[] {
  const { text, starts } = form;
  const at = (index: number) => (starts === undefined ? index : (starts[index] as number));
  const cuts = cutsOf(text);
  return needles
    .filter((needle) => needle.form === name)
    .flatMap((needle) => [...wholeIn(text, needle.text), ...cutIn(text, needle, cuts)])
    .map(([start, end]) => [at(start), at(end)]);
}

function wholeIn(text: string, needle: string): readonly Range[] {
  const ranges: Range[] = [];
  for (let start = text.indexOf(needle); start !== -1; start = text.indexOf(needle, start + 1)) {
    const end = start + needle.length;
    if (isItself(text, start, end)) ranges.push([start, end]);
  }
  return ranges;
}

/** Whether a value at this place is itself, and not part of a word or, where it is shorter still, a word of a sentence. */
function isItself(text: string, start: number, end: number): boolean {
  const length = end - start;
  if (length >= SHORTEST_ANYWHERE) return true;
  const [before, after] = [text.slice(Math.max(0, start - 2), start), text.slice(end, end + 1)];
  const value = text.slice(start, end);
  if (length < SHORTEST_WORD && !/\d[a-z]|[a-z]\d/.test(value)) return /(?:^|[="'`>]|: )$/.test(before) && /^(?:$|[;,&"'`<])/.test(after);
  // The word strict is no part of strict-dynamic.
  const isPart = /^[a-z]+$/.test(value) ? /[\w-]/ : /\w/;
  return !isPart.test(before.slice(-1)) && !isPart.test(after);
}

/** A sample of code in a report is cut to this length, without a mark. CSP3 §5.3. */
const SAMPLE_LENGTH = 40;

/** Characters of a long secret before a cut that are not hidden: they tell nothing. */
const SHORTEST_BEGINNING = 3;

/** The beginning of an encoding before a cut. */
const PART_OF_ENCODING = /(?:%[0-9a-f]?|&[#\w]{0,7}|\\(?:u[0-9a-f]{0,3})?)$/i;

/** Where a text may have been cut, and after which character its last whole one is; by the latter, in their order. */
type Cuts = readonly (readonly [end: number, cut: number])[];

/** Before each `…`, and at the end of a text that may have been cut there. */
function cutsOf(text: string): Cuts {
  const cuts: number[] = [];
  for (let cut = text.indexOf("…"); cut !== -1; cut = text.indexOf("…", cut + 1)) cuts.push(cut);
  if (text.length >= SAMPLE_LENGTH) cuts.push(text.length);
  const ends = cuts.flatMap((cut) => {
    const part = PART_OF_ENCODING.exec(text.slice(Math.max(0, cut - 8), cut))?.[0].length ?? 0;
    return part === 0 ? [[cut, cut] as const] : [[cut - part, cut] as const, [cut, cut] as const];
  });
  return ends.sort(([one], [other]) => one - other);
}

/** Beginnings of a long secret before a cut: one pass over the text, however many cuts there are and however long the secret is. */
function cutIn(text: string, { text: secret, borders }: Needle, cuts: Cuts): readonly Range[] {
  if (borders.length === 0 || cuts.length === 0) return [];
  const ranges: Range[] = [];
  let length = 0;
  let next = 0;
  for (let index = 0; next < cuts.length; index += 1) {
    for (; next < cuts.length && cuts[next]?.[0] === index; next += 1) {
      const [end, cut] = cuts[next] as Cuts[number];
      if (length >= SHORTEST_BEGINNING) ranges.push([end - length, cut]);
    }
    if (length === secret.length) length = borders[length - 1] as number;
    while (length > 0 && text[index] !== secret[length]) length = borders[length - 1] as number;
    if (text[index] === secret[length]) length += 1;
  }
  return ranges;
}

/** Ranges that touch or overlap are replaced together. */
function replaced(text: string, ranges: readonly Range[]): string {
  let shown = "";
  let end = 0;
  for (const [start, until] of [...ranges].sort(([one], [other]) => one - other)) {
    if (until <= end) continue;
    if (start > end || end === 0) shown += `${text.slice(end, start)}${HIDDEN}`;
    end = until;
  }
  return `${shown}${text.slice(end)}`;
}
