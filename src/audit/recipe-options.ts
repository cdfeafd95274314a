import { PolicyError } from "../errors.js";
import type { Recipe, ServiceMatch } from "../services/index.js";
import { optionsOf } from "../services/recipe.js";
import { type HostSource, readSource } from "../values/sources.js";
import { show } from "../values/text.js";
import { type Options, optionValues, valuesOf } from "./recipe-values.js";
import {
  allowsIn,
  containsPlace,
  type RecipeSources,
  recipeNamed,
  recipeSourcesFor,
  requiresOptions,
  sourcesWith,
  usualSources,
  widestSources,
} from "./recipes.js";
import { addressesOf } from "./sources/addresses.js";
import { sourcePart } from "./sources/source-part.js";

/** What a page needs of a service: a source, and the addresses on it that were seen, where they are known. */
export interface Need {
  /** The directive's key: `"scriptSrc"`. */
  readonly directive: string;
  readonly source: string;
  readonly urls: readonly string[];
}

/** A call of a recipe, as far as what was seen says it. */
export interface RecipeCall {
  /** The options that have to be written beside those that the recipe requires. */
  readonly options: Options;
  /** What the recipe does not allow with them. */
  readonly beyond: readonly Need[];
}

/** Pairs of options are tried for so many needs: a site has fewer, and what was seen comes from outside. */
const MOST_NEEDS = 100;

/**
 * The call of a recipe that allows the most of what a page needs, with as few options as that takes. Options that the recipe requires are
 * taken from the addresses: `url` of `supabase` is the origin that was seen.
 *
 * @param name of a recipe; for a name that no recipe has, everything is beyond.
 */
export function callFor(name: string, needs: readonly Need[]): RecipeCall {
  const recipe = recipeNamed(name);
  if (recipe === undefined) return { options: {}, beyond: needs };
  const allows = allowing(recipe);
  const beyondWith = (options: Options) => needs.filter((need) => !allows(options, need));
  const beyond = beyondWith({});
  const options = beyond.slice(0, MOST_NEEDS).reduce<Options>((found, need) => joined(found, fewestFor(recipe, need, allows)), {});
  const left = beyondWith(options);
  return left.length < beyond.length ? { options, beyond: left } : { options: {}, beyond };
}

/** Whether a recipe allows a need with no options but those that it requires. */
export function allowsUsually(name: string, need: Need): boolean {
  const recipe = recipeNamed(name);
  return recipe !== undefined && allowing(recipe)({}, need);
}

/** A call that allows something on a host, and the directives in which it does. */
export interface HostCall {
  readonly options: Options;
  readonly directives: readonly string[];
}

/**
 * The call of a recipe with the fewest options that allows something on a host: `stripe({ checkout: true })` for checkout.stripe.com.
 *
 * @param source of a policy, or a URL.
 * @returns undefined where no option or pair of options does.
 */
export function callForHost(name: string, source: string): HostCall | undefined {
  const recipe = recipeNamed(name);
  const read = readSource(sourcePart(source), "wire");
  if (recipe === undefined || read.kind !== "host") return undefined;
  const sought = addressesOf(read);
  const singles = [...optionValues(recipe), ...optionalTexts(recipe, { source, urls: [] })].map(([option, value]) => ({ [option]: value }));
  for (const options of [{}, ...singles, ...pairsOf(singles)]) {
    const sources = sourcesWith(
      recipe,
      basesFor(recipe, source).map((base) => ({ ...base, ...options })),
    );
    const directives = [...sources].flatMap(([key, list]) =>
      list.some(({ addresses }) => containsPlace(addresses, sought) || containsPlace(sought, addresses)) ? [key] : [],
    );
    if (directives.length > 0) return { options, directives };
  }
  return undefined;
}

/** The options of both; the first alone where they have different values. */
function joined(first: Options, second: Options): Options {
  return Object.entries(second).some(([name, value]) => Object.hasOwn(first, name) && first[name] !== value)
    ? first
    : { ...first, ...second };
}

/** One option or two with which a recipe allows a need; none where that takes more, or is not possible. */
function fewestFor(recipe: Recipe<never>, need: Need, allows: Allows): Options {
  const singles = [...optionValues(recipe), ...optionalTexts(recipe, need)].map(([name, value]) => ({ [name]: value }));
  const fits = (options: Options) => allows(options, need);
  return singles.find(fits) ?? [...pairsOf(singles)].find(fits) ?? {};
}

function* pairsOf(singles: readonly Options[]): Generator<Options> {
  for (const [index, first] of singles.entries()) {
    for (const second of singles.slice(index + 1)) {
      const both = { ...first, ...second };
      if (Object.keys(both).length === 2) yield both;
    }
  }
}

/** Options that take a text and are not required, with the values that the addresses give. */
function optionalTexts(
  recipe: Recipe<never>,
  { source, urls }: Pick<Need, "source" | "urls">,
): readonly (readonly [option: string, value: unknown])[] {
  const required = recipe.about.required ?? [];
  return Object.keys(optionsOf(recipe))
    .filter((name) => !required.includes(name))
    .flatMap((name) =>
      [...new Set([source, ...urls].flatMap((url) => textsFor(recipe, name, url)))].map((value) => [name, value] as const),
    );
}

type Allows = (options: Options, need: Need) => boolean;

/** A recipe may be narrower than an origin, and allow all of it that was seen. Each call is read once. */
function allowing(recipe: Recipe<never>): Allows {
  const known = new Map<string, RecipeSources>();
  const sourcesOf = (options: Options): RecipeSources => {
    const key = JSON.stringify(options);
    const sources = known.get(key) ?? sourcesWith(recipe, [options]);
    known.set(key, sources);
    return sources;
  };
  return (options, { directive, source, urls }) => {
    const allows = (url: string) => basesFor(recipe, url).some((base) => allowsIn(sourcesOf({ ...base, ...options }), directive, url));
    if (allows(source)) return true;
    return urls.length > 0 ? urls.every(allows) : isOpen(recipe, directive, source);
  };
}

/** Whether it depends on options of the user's own what the recipe allows of a source: a package of a CDN. */
function isOpen(recipe: Recipe<never>, directive: string, source: string): boolean {
  const read = readSource(sourcePart(source), "wire");
  if (!requiresOptions(recipe) || read.kind !== "host" || read.host.startsWith("*")) return false;
  const own = recipeSourcesFor(widestSources(recipe.about.name), directive);
  return own.some(({ addresses }) => containsPlace(addressesOf(read), addresses));
}

/** The options that a recipe requires: those of its example, and those that an address gives. */
function basesFor(recipe: Recipe<never>, url: string): readonly Options[] {
  const { required = [], example = {} } = recipe.about;
  const derived = required.reduce<readonly Options[]>(
    (bases, name) => bases.flatMap((base) => textsFor(recipe, name, url).map((value) => ({ ...base, [name]: value }))),
    [{}],
  );
  return required.length === 0 ? [{}] : [...derived, example];
}

/** The values that an option may have for an address: its host, its origin, a DSN of that, what its path begins with, its file in a list. */
function textsFor(recipe: Recipe<never>, option: string, url: string): readonly unknown[] {
  const schema = optionsOf(recipe)[option];
  const read = readSource(sourcePart(url), "wire");
  if (schema === undefined || valuesOf(schema).length > 0 || read.kind !== "host" || read.host.startsWith("*")) return [];
  return [...textsIn(read), ...fileIn(recipe, option, read)].filter((value) => schema.safeParse(value).success);
}

function textsIn({ host, port, path = "/" }: HostSource): readonly unknown[] {
  const place = port === undefined ? host : `${host}:${port}`;
  const [folder = ""] = path.slice(1).split("/", 1);
  return [place, `https://${place}`, `https://key@${place}/0`, ...(folder === "" ? [] : [folder])];
}

/** What follows the address below which the recipe has the file of its example. */
function fileIn(recipe: Recipe<never>, option: string, { host, path = "/" }: HostSource): readonly (readonly string[])[] {
  const { name, example = {} } = recipe.about;
  const [file] = Array.isArray(example[option]) ? (example[option] as readonly unknown[]) : [];
  if (typeof file !== "string") return [];
  const texts = [...usualSources(name).values()].flat().map(({ text }) => text);
  const roots = texts.filter((text) => text.endsWith(file)).map((text) => text.slice("https://".length, -file.length));
  const rest = roots.flatMap((root) => (`${host}${path}`.startsWith(root) ? [`${host}${path}`.slice(root.length)] : []));
  return [...new Set(rest)].filter((one) => one !== "").map((one) => [one]);
}

/** Why a recipe refuses the file of an address: `"npm/vue@latest/" names "latest" in place of an exact version`; undefined where it takes it. */
export function refusalOf(name: string, url: string): string | undefined {
  const recipe = recipeNamed(name);
  const read = readSource(sourcePart(url), "wire");
  if (recipe === undefined || read.kind !== "host") return undefined;
  for (const option of recipe.about.required ?? []) {
    for (const file of fileIn(recipe, option, read)) {
      const refusal = errorOf(recipe, { ...recipe.about.example, [option]: file });
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
}

function errorOf(recipe: Recipe<never>, options: Options): string | undefined {
  try {
    recipe(options as never);
    return undefined;
  } catch (error) {
    if (error instanceof PolicyError) return error.issues[0]?.message;
    throw error;
  }
}

/**
 * The call to write: `intercom({ region: "eu" })`.
 *
 * @param options those beside the required ones, whose values are not written.
 */
export function callWithOptions({ name, call }: Pick<ServiceMatch, "name" | "call">, options: Options): string {
  const written = Object.entries(options).map(([option, value]) => `${option}: ${literal(value)}`);
  if (written.length === 0) return call;
  const required = (recipeNamed(name)?.about.required ?? []).map((option) => `${option}: …`);
  return `${name}({ ${[...required, ...written].join(", ")} })`;
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  return typeof value === "string" ? show(value) : String(value);
}
