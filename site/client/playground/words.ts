/** A word of a policy file, and what it means; `""` where its name says it. */
export type Entry = readonly [word: string | number | boolean, text: string];

/** The part of the vocabulary that is made of schemas when the site is built. */
export interface Generated {
  /** The keys of an object, by the key of its header; a report-only header has those of its header. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  /** The words that a header, or `header.field`, may have; those of a header beside `true` and `false`. */
  readonly values: Readonly<Record<string, readonly Entry[]>>;
  /** Every directive, with the kind of list that it takes; `""` for another value. */
  readonly listOf: Readonly<Record<string, string>>;
  /** The words of each kind of list. */
  readonly lists: Readonly<Record<string, readonly Entry[0][]>>;
  /** What the words of lists mean. */
  readonly texts: Readonly<Record<string, string>>;
}

/** The options of each recipe, with the words that they may have; `true` for a switch. */
export type RecipeOptions = Readonly<Record<string, Readonly<Record<string, readonly Entry[] | true>>>>;

/** What may be written in a policy file. */
export interface Vocabulary extends Pick<Generated, "values" | "listOf"> {
  /** The keys beside `policy`. */
  readonly document: readonly Entry[];
  /** The keys of a patch, with the name of the header. */
  readonly headers: readonly Entry[];
  readonly fields: Readonly<Record<string, readonly Entry[]>>;
  readonly lists: Readonly<Record<string, readonly Entry[]>>;
  readonly presets: readonly string[];
  readonly services: readonly Entry[];
  readonly options: RecipeOptions;
}
