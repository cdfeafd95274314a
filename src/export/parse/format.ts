import type { Note } from "./limits.js";
import type { ReadSite } from "./site.js";
import type { Source } from "./sources.js";

/** A kind of configuration that `parseConfig` reads. A format is one file and one line of registry.ts. */
export interface Format<Name extends string = string> {
  /** The name that `parseConfig` takes. */
  readonly name: Name;
  /** For messages, with its article: `"a Caddyfile"`. */
  readonly title: string;
  /** Parts of usual file names, in lower case. */
  readonly fileNames: readonly string[];
  /** Matches text that is typical of this format and rare in others. Global: the matches are counted. */
  readonly clues: RegExp;
  /** Text that does not match this is never recognised as this format. */
  readonly required?: RegExp;
  /**
   * The servers of a configuration.
   *
   * @throws {PolicyError} if the text does not have this format.
   */
  read(source: Source, note: Note): readonly ReadSite[];
}
