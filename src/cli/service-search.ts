import type { Recipe } from "../services/index.js";
import { didYouMean, kebabCase } from "../values/text.js";
import { Failure } from "./failure.js";

/** What a word of the command line names. */
export interface FoundServices {
  readonly word: string;
  readonly recipes: readonly Recipe<never>[];
  /** Whether the word is a host or an address of the service. */
  readonly byHost: boolean;
}

/**
 * The recipes that a word names: the one of this name or short name, else that of this host, else those of which a word begins with it.
 *
 * @param owners the recipes that the word may belong to as a host.
 * @throws {Failure} where no recipe has it, with the name that may be meant.
 */
export function findServices(word: string, all: readonly Recipe<never>[], owners: readonly Recipe<never>[]): FoundServices {
  // stripe() is stripe.
  const sought = word.toLowerCase().replace(/\(.*$/s, "");
  const exact = all.filter(({ about }) =>
    [about.name, about.title, ...(about.aliases ?? [])].some((name) => name.toLowerCase() === sought),
  );
  if (exact.length > 0) return { word, recipes: exact, byHost: false };
  if (owners.length > 0) return { word, recipes: owners, byHost: true };
  const some = sought === "" ? [] : all.filter((recipe) => startsIn(recipe, sought));
  if (some.length > 0) return { word, recipes: some, byHost: false };
  throw new Failure([`No recipe has ${JSON.stringify(word)} in its name, its kind or its hosts. ${hint(sought, all)}`], 2);
}

/** Whether the name, the title, the kind or a host of a recipe has the text at the start of a word. */
function startsIn({ about }: Recipe<never>, sought: string): boolean {
  const texts = [about.name, kebabCase(about.name), about.title, about.category, ...(about.aliases ?? []), ...about.hosts];
  return texts.some((text) => wordStarts(text.toLowerCase()).some((rest) => rest.startsWith(sought)));
}

/** A text from each of its words on: `"google-maps"`, `"maps"`. */
function wordStarts(text: string): readonly string[] {
  return [...text.matchAll(/(?<![a-z0-9])[a-z0-9]/g)].map(({ index }) => text.slice(index));
}

function hint(sought: string, all: readonly Recipe<never>[]): string {
  const names = all.flatMap(({ about }) => [about.name, ...(about.aliases ?? [])]);
  const titles = all.map(({ about }) => about.title);
  const meant = didYouMean(sought, [...names, ...new Set(all.map(({ about }) => about.category)), ...titles]);
  return meant === "" ? "portcullis services lists all." : meant;
}
