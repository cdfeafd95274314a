import { clueCount, recognisedIn } from "./clues.js";
import { type ConfigFormat, formats } from "./formats.js";

/**
 * The format of a configuration, by its text, or else by its file name.
 *
 * @param file undefined if the text has no name.
 * @returns undefined if neither shows the format.
 */
export function recognised(text: string, file: string | undefined): ConfigFormat | undefined {
  return recognisedIn(Object.values(formats), text, file)?.name;
}

/** Whether a text has at least one clue of a format. */
export function hasClue(text: string, format: ConfigFormat): boolean {
  return clueCount(text, formats[format]) > 0;
}

/** `"a Caddyfile"`. */
export function titleOf(format: ConfigFormat): string {
  return formats[format].title;
}
