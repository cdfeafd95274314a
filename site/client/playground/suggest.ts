import type { Caret, Step } from "./json-places.js";
import type { Entry, Vocabulary } from "./words.js";

/** Suggestions that are shown at once. */
const MOST = 50;

/** The words that may be written at the caret, those that begin with what is typed first. */
export function suggestionsAt(caret: Caret, words: Vocabulary): readonly Entry[] {
  const typed = caret.typed.toLowerCase();
  const all = (caret.kind === "key" ? keysAt(caret.steps, words) : valuesAt(caret.steps, words)).filter(
    ([word]) => !caret.siblings.includes(String(word)) || caret.kind === "value",
  );
  const rank = ([word]: Entry) => String(word).toLowerCase().indexOf(typed);
  const fits = all.filter((entry) => rank(entry) >= 0 && String(entry[0]) !== caret.typed);
  return fits.sort((one, other) => Math.sign(rank(one)) - Math.sign(rank(other))).slice(0, MOST);
}

const plain = (word: string): Entry => [word, ""];

const SWITCH: readonly Entry[] = [
  [true, ""],
  [false, ""],
];

const EDITS: readonly Entry[] = [
  ["append", "Adds to the layers below."],
  ["remove", "Takes away from the layers below."],
  ["allow", "Widens what the layers below restrict."],
];

const read = <T>(table: Readonly<Record<string, T>>, key: string | undefined): T | undefined =>
  key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;

/** The names of the steps, from the header on: without indexes and without what is around a patch. */
function namesIn(steps: readonly Step[], { headers }: Vocabulary): readonly string[] {
  const names = steps.filter((step) => typeof step === "string");
  const start = names.findIndex((name) => name === "services" || headers.some(([key]) => key === name));
  return start < 0 ? [] : names.slice(start).map((name, index) => (index === 0 ? name.replace(/ReportOnly$/, "") : name));
}

function keysAt(steps: readonly Step[], words: Vocabulary): readonly Entry[] {
  const [header, field, more] = namesIn(steps, words);
  if (header === undefined) return steps.length === 0 ? [...words.document, ...words.headers] : words.headers;
  if (header === "services") return field === undefined ? words.services : Object.keys(read(words.options, field) ?? {}).map(plain);
  if (field === undefined) return read(words.fields, header) ?? [];
  return more === undefined && header === "contentSecurityPolicy" ? EDITS : [];
}

function valuesAt(steps: readonly Step[], words: Vocabulary): readonly Entry[] {
  const [header, field, option] = namesIn(steps, words);
  if (header === undefined) return words.presets.map(plain);
  if (header === "services") {
    if (field === undefined) return words.services;
    const found = read(read(words.options, field) ?? {}, option) ?? [];
    return found === true ? SWITCH : found;
  }
  if (field === undefined) return [...(read(words.values, header) ?? []), ...SWITCH];
  if (header === "permissionsPolicy")
    return [
      ["*", "Every page and frame."],
      ["self", "The origin of the page."],
    ];
  const kind = header === "contentSecurityPolicy" ? read(words.listOf, field) : undefined;
  return (kind === undefined || kind === "" ? read(words.values, `${header}.${field}`) : read(words.lists, kind)) ?? [];
}
