import { type Recipe, type ServiceName, services } from "../../src/services/index.js";
import { optionsOf } from "../../src/services/recipe.js";

/** Options of a recipe. */
type Options = Readonly<Record<string, unknown>>;

/** Every recipe of the registry, by name. */
export const recipes: readonly (readonly [name: ServiceName, recipe: Recipe<never>])[] = Object.entries(
  services,
) as unknown as readonly (readonly [ServiceName, Recipe<never>])[];

/** The layer of a recipe with the options of its example, where it requires some, and others. Throws PolicyError. */
export function layerOf(recipe: Recipe<never>, options: Options = {}): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const all = { ...recipe.about.example, ...options };
  return recipe((Object.keys(all).length === 0 ? undefined : all) as never) as never;
}

/** The options that take `true`. */
export function flagsOf(recipe: Recipe<never>): readonly string[] {
  return Object.entries(optionsOf(recipe)).flatMap(([name, schema]) => (schema.safeParse(true).success ? [name] : []));
}

/** The recipes that add to a directive, without options or with any flag. */
export const recipesWithDirective = (key: string): readonly ServiceName[] => withMember("contentSecurityPolicy", key);

/** The recipes that add to a feature of Permissions-Policy. */
export const recipesWithFeature = (key: string): readonly ServiceName[] => withMember("permissionsPolicy", key);

function withMember(header: string, key: string): readonly ServiceName[] {
  return recipes.flatMap(([name, recipe]) => {
    const layers = [{}, ...flagsOf(recipe).map((flag) => ({ [flag]: true }))].map((options) => layerOf(recipe, options));
    return layers.some((layer) => Object.hasOwn(layer[header] ?? {}, key)) ? [name] : [];
  });
}
