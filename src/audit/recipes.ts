import { PolicyError } from "../errors.js";
import { rows } from "../headers/content-security-policy/directives.js";
import { type Recipe, services } from "../services/index.js";
import { isEdit } from "../values/edits.js";
import { own } from "../values/own.js";
import { readSource } from "../values/sources.js";
import { type Options, optionSets } from "./recipe-values.js";
import { type Addresses, addressesOf, takesHost, takesPath } from "./sources/addresses.js";
import { addressGained } from "./sources/examples.js";
import { ANY_ADDRESS } from "./sources/schemes.js";
import { sourcePart } from "./sources/source-part.js";

/** A host or scheme that a recipe allows. */
export interface RecipeSource {
  readonly text: string;
  readonly addresses: Addresses;
}

/** What a recipe allows, by the key of the directive. */
export type RecipeSources = ReadonlyMap<string, readonly RecipeSource[]>;

/** What a recipe allows without options; where it requires some, with those of its example. */
export const usualSources = remembered((recipe) => sourcesWith(recipe, [{}]));

/**
 * What a recipe allows with any of its flags and words. Of options that are texts, such as a host of the user's own, only the example's
 * value is in it.
 */
export const widestSources = remembered((recipe) => sourcesWith(recipe, optionSets(recipe)));

/** The sources of a recipe that apply to a directive: its own, or those of the one that it falls back to; of `default-src` all. */
export function recipeSourcesFor(sources: RecipeSources, key: string): readonly RecipeSource[] {
  if (key === "defaultSrc") return [...sources.values()].flat();
  const name = [key, ...(rows[key]?.fallback ?? [])].find((one) => sources.has(one));
  return sources.get(name ?? "") ?? [];
}

/** Whether these sources allow all that a source or a URL matches in a directive. `key`: the directive's, such as `"scriptSrc"`. */
export function allowsIn(sources: RecipeSources, key: string, source: string): boolean {
  const read = readSource(sourcePart(source), "wire");
  if (read.kind !== "host") return false;
  const own = recipeSourcesFor(sources, key).map(({ addresses }) => addresses);
  return addressGained(own, [addressesOf(read)], ANY_ADDRESS) === undefined;
}

/** Whether there is no recipe without options. */
export function requiresOptions({ about: { required = [] } }: Recipe<never>): boolean {
  return required.length > 0;
}

/** Whether every host and path of `b` is one of `a`, whatever their schemes and ports. */
export function containsPlace(a: Addresses, b: Addresses): boolean {
  return takesHost(a.host, b.host) && takesPath(a, b);
}

/** The recipe of a name; undefined for a name that no recipe has. */
export function recipeNamed(name: string): Recipe<never> | undefined {
  return own(services, name) as Recipe<never> | undefined;
}

const NO_SOURCES: RecipeSources = new Map();

/** Reads a recipe once, by its name. */
function remembered(read: (recipe: Recipe<never>) => RecipeSources): (name: string) => RecipeSources {
  const known = new Map<string, RecipeSources>();
  return (name) => {
    const recipe = recipeNamed(name);
    if (recipe === undefined) return NO_SOURCES;
    const sources = known.get(name) ?? read(recipe);
    known.set(name, sources);
    return sources;
  };
}

/** What a recipe allows with each of these options, together; options that do not go together allow nothing. */
export function sourcesWith(recipe: Recipe<never>, optionSets: readonly Options[]): RecipeSources {
  const found = new Map<string, Map<string, RecipeSource>>();
  for (const options of optionSets) {
    for (const [key, edit] of Object.entries(
      own(layerOf(recipe, { ...recipe.about.example, ...options }), "contentSecurityPolicy") ?? {},
    )) {
      const list = found.get(key) ?? new Map<string, RecipeSource>();
      found.set(key, list);
      for (const text of isEdit(edit) ? edit.sources : []) {
        const source = typeof text === "string" ? readSource(text, "policy") : undefined;
        if (source?.kind === "host") list.set(source.text, { text: source.text, addresses: addressesOf(source) });
      }
    }
  }
  return new Map([...found].map(([key, list]) => [key, [...list.values()]]));
}

/** The layer of a recipe; undefined where it refuses options that do not go together. */
function layerOf(recipe: Recipe<never>, options: Options): unknown {
  try {
    return recipe(options as never);
  } catch (error) {
    if (error instanceof PolicyError) return undefined;
    throw error;
  }
}
