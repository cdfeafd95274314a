import type { Format } from "./format.js";

/** Only this many characters from the start of a text are searched. */
const SEARCHED = 65_536;

/**
 * The format of a configuration, by its text, or else by its file name.
 *
 * @param known the formats to choose from.
 * @param file undefined if the text has no name.
 * @returns undefined if neither shows the format.
 */
export function recognisedIn<F extends Format>(known: readonly F[], text: string, file: string | undefined): F | undefined {
  const counted = known.map((format) => ({ format, count: clueCount(text, format) }));
  const [first, second] = counted.sort((one, other) => other.count - one.count);
  if (first !== undefined && first.count > (second?.count ?? 0)) return first.format;
  const base = file?.toLowerCase().split(/[/\\]/).at(-1);
  return base === undefined ? undefined : known.find(({ fileNames }) => fileNames.some((part) => base.includes(part)));
}

/** How many clues of a format a text has. */
export function clueCount(text: string, { clues, required }: Format): number {
  const start = text.slice(0, SEARCHED);
  return required !== undefined && !required.test(start) ? 0 : (start.match(clues)?.length ?? 0);
}
