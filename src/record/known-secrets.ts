import { type Needle, newNeedles, type Range, united } from "./needles.js";
import { decodedText, type Form, formsOf, lowerCase } from "./text-forms.js";

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
 * percent-encoded, in HTML, in JSON, in base64 or hexadecimal, with other white space, and cut off at the end.
 *
 * @param secrets the values; a walk may add more, and none may go again.
 */
export function knownHiderOf(secrets: ReadonlySet<string>): Hide {
  let count = 0;
  const long = newNeedles();
  const short = new Set<string>();
  return (text) => {
    if (secrets.size !== count) {
      const texts = [...secrets].slice(count).flatMap(textsOf);
      count = secrets.size;
      for (const one of texts) if (!isLong(one)) short.add(lowerCase(one));
      long.add(texts.filter(isLong).map(needleOf));
    }
    if (count === 0 || text === "") return text;
    return replaced(
      text,
      formsOf(text).flatMap((form) =>
        rangesIn(form, [
          ...long.find(form.text, form.cuts, form.shortestCut),
          ...(form.isGuess ? [] : [...short].flatMap((one) => wholeIn(form.text, one))),
        ]),
      ),
    );
  };
}

const rangesIn = ({ start, end }: Form, ranges: readonly Range[]): readonly Range[] => ranges.map(([from, to]) => [start(from), end(to)]);

/** An origin or a path of words, as cookies name the last page: the site has it in its own addresses. */
const ADDRESS_OF_WORDS = /^(?:https?:\/\/[^/?#\s]+)?(?:\/[a-z._/-]*)?$/i;

/** What is looked for: the value, decoded too, and its bytes where those are other characters. */
function textsOf(secret: string): readonly string[] {
  if (secret.trim() === "") return [];
  const decoded = decodedText(secret);
  const isKept = decoded !== secret && (isLong(secret) !== isLong(decoded) || ADDRESS_OF_WORDS.test(decoded));
  const all = [secret, ...(isKept || decoded.trim() === "" ? [] : [decoded])];
  return [...new Set([...all, ...all.filter(isLong).map((one) => Buffer.from(one).toString("latin1"))])];
}

const needleOf = (text: string): Needle => ({ text: lowerCase(text), beginnings: beginningsOf(text) });

/** A beginning of this length is no word. */
const SHORTEST_ALONE = 12;

/** A beginning of this length is enough of a value, however long that is. */
const LONG_ALONE = 32;

/** What a token consists of. */
const TOKEN = /^(?!\/)[\w.~+/=%-]+/;

/**
 * The beginnings of a value that are hidden without a mark that it was cut there: at least half of it, and letters that are no word, since there is a
 * digit or a change from lower to upper case twice among them.
 */
function beginningsOf(text: string): Range | undefined {
  const [token = ""] = TOKEN.exec(text) ?? [];
  const [unlikely] = /^(?:[^a-z\d]*[a-z].*?\d|[^a-z\d]*\d.*?[a-z])/i.exec(token) ?? [];
  const [mixed] = /^(?:.*?[a-z][A-Z]){2}/.exec(token) ?? [];
  const from = Math.min(unlikely?.length ?? Number.POSITIVE_INFINITY, mixed?.length ?? Number.POSITIVE_INFINITY);
  const shortest = Math.max(SHORTEST_ALONE, Math.min(Math.ceil(text.length / 2), LONG_ALONE), from);
  return shortest <= token.length ? [shortest, token.length] : undefined;
}

function wholeIn(text: string, value: string): readonly Range[] {
  const ranges: Range[] = [];
  for (let start = text.indexOf(value); start !== -1; start = text.indexOf(value, start + 1)) {
    const end = start + value.length;
    if (isItself(text, start, end)) ranges.push([start, end]);
  }
  return ranges;
}

/** Whether a short value at this place is itself, and not part of a word or, where it is shorter still, a word of a sentence. */
function isItself(text: string, start: number, end: number): boolean {
  const [before, after] = [text.slice(Math.max(0, start - 2), start), text.slice(end, end + 1)];
  const value = text.slice(start, end);
  if (end - start < SHORTEST_WORD && !/\d[a-z]|[a-z]\d/.test(value))
    return /(?:^|: )$/.test(before) ? /^(?:$|[;,&"'`<])/.test(after) : /[="'`>]$/.test(before) && /^(?:$|[\s;,&"'`<])/.test(after);
  // The word strict is no part of strict-dynamic.
  const isPart = /^[a-z]+$/.test(value) ? /[\w-]/ : /\w/;
  return !isPart.test(before.slice(-1)) && !isPart.test(after);
}

/** Ranges that touch or overlap are replaced together. */
function replaced(text: string, ranges: readonly Range[]): string {
  let shown = "";
  let end = 0;
  for (const [start, until] of united(ranges)) {
    shown += `${text.slice(end, start)}${HIDDEN}`;
    end = until;
  }
  return `${shown}${text.slice(end)}`;
}
