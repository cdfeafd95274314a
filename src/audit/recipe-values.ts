import type { Recipe } from "../services/index.js";
import { optionsOf } from "../services/recipe.js";
import type { Schema } from "../values/schema.js";

/** Options of a recipe. */
export type Options = Readonly<Record<string, unknown>>;

/** The flags and words of a recipe, each with each of its values: `["region", "eu"]`. An option that takes any text has none. */
export function optionValues(recipe: Recipe<never>): readonly (readonly [option: string, value: unknown])[] {
  return Object.entries(optionsOf(recipe)).flatMap(([name, schema]) => valuesOf(schema).map((value) => [name, value] as const));
}

/** No option, the example's, each value of each option alone, and beside all flags. */
export function optionSets(recipe: Recipe<never>): readonly Options[] {
  const values = optionValues(recipe);
  const flags = Object.fromEntries(values.filter(([, value]) => value === true));
  return [{}, { ...recipe.about.example }, flags, ...values.flatMap(([name, value]) => [{ [name]: value }, { ...flags, [name]: value }])];
}

/** The values of a flag or of an option that takes one of some words, or a list of them; none of one that takes any text. */
export function valuesOf(schema: Schema): readonly unknown[] {
  if (schema.safeParse(true).success) return [true];
  const words = wordsOf(schema, "");
  if (words.length > 0) return words;
  const members = wordsOf(schema, [""]);
  return members.length > 0 ? [members] : [];
}

/** The values that the schema names where it refuses this one. */
const wordsOf = (schema: Schema, refused: unknown) => schema.safeParse(refused).error?.issues.flatMap(({ values = [] }) => values) ?? [];
