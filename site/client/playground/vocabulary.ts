/** A word of a policy file, and what it means; `""` where its name says it. */
export type Entry = readonly [word: string | number | boolean, text: string];

/** What may be written in a policy file; made of the registries when the site is built. */
export interface Vocabulary {
  /** The keys beside `policy`. */
  readonly document: readonly Entry[];
  /** The keys of a patch, with the name of the header. */
  readonly headers: readonly Entry[];
  /** The keys of an object, by the key of its header; a report-only header has those of its header. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  /** The name of each directive on the wire. */
  readonly directives: Readonly<Record<string, string>>;
  /** The words that a header, or `header.field`, may have. */
  readonly values: Readonly<Record<string, readonly Entry[]>>;
  /** The kind of list that a directive takes. */
  readonly listOf: Readonly<Record<string, string>>;
  /** The words of each kind of list. */
  readonly lists: Readonly<Record<string, readonly Entry[]>>;
  readonly presets: readonly string[];
  readonly services: readonly Entry[];
  /** The options of each recipe, with the words that they may have. */
  readonly options: Readonly<Record<string, Readonly<Record<string, readonly Entry[]>>>>;
}
