import { type ConfigFormat, formats } from "./formats.js";

/** Only this many characters from the start of a text are searched. */
const SEARCHED = 65_536;

/**
 * The format of a configuration, by its text, or else by its file name.
 *
 * @param file undefined if the text has no name.
 * @returns undefined if neither shows the format.
 */
export function recognised(text: string, file: string | undefined): ConfigFormat | undefined {
  const all = Object.values(formats);
  const counted = all.map(({ name }) => ({ name, count: countOf(text, name) }));
  const [first, second] = counted.sort((one, other) => other.count - one.count);
  if (first !== undefined && first.count > (second?.count ?? 0)) return first.name;
  const base = file?.toLowerCase().split(/[/\\]/).at(-1);
  return base === undefined ? undefined : all.find(({ fileNames }) => fileNames.some((part) => base.includes(part)))?.name;
}

function countOf(text: string, format: ConfigFormat): number {
  const { clues, required } = formats[format];
  const start = text.slice(0, SEARCHED);
  return required !== undefined && !required.test(start) ? 0 : (start.match(clues)?.length ?? 0);
}

/** Whether a text has at least one clue of a format. */
export function hasClue(text: string, format: ConfigFormat): boolean {
  return countOf(text, format) > 0;
}

/** `"a Caddyfile"`. */
export function titleOf(format: ConfigFormat): string {
  return formats[format].title;
}
