import { callForHost, callWithOptions } from "../audit/recipe-options.js";
import { type Options, optionSets, valuesOf } from "../audit/recipe-values.js";
import { PolicyError } from "../errors.js";
import type { Recipe, ServiceFacts } from "../services/index.js";
import { optionsOf } from "../services/recipe.js";
import { type Edit, isEdit } from "../values/edits.js";
import { isNonce } from "../values/slots.js";
import { kebabCase, show } from "../values/text.js";
import { wrap } from "./layout.js";
import { optionTexts } from "./service-options.js";
import { visible } from "./visible.js";

type Bold = (text: string) => string;

const DAY = 86_400_000;
const DAYS_OF_A_YEAR = 365;

/** Whether a recipe was last compared with its pages more than a year ago. */
export const isOld = ({ checked }: ServiceFacts, now: Date) => now.getTime() - Date.parse(checked) > DAYS_OF_A_YEAR * DAY;

/** What a part of a policy is allowed: its name on the wire, and each source as a policy writes it. */
export type Allowed = readonly (readonly [name: string, sources: readonly string[]])[];

/** What a recipe allows: `["connect-src", ["https://api.stripe.com"]]`. `options`: beside those of its example. */
export function allowedBy(recipe: Recipe<never>, options: Options = {}): Allowed {
  const layer = recipe({ ...recipe.about.example, ...options } as never) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const directives = Object.entries(layer["contentSecurityPolicy"] ?? {});
  const features = Object.entries(layer["permissionsPolicy"] ?? {}).map(([name, value]) => [`permissionsPolicy.${name}`, value] as const);
  const words = WORDS.map((key) => [key, layer[key]?.["policy"]] as const);
  return [...directives, ...features, ...words].flatMap(([key, value]) =>
    isEdit(value) ? [[nameOf(key), (value as Edit).sources.map((one) => (isNonce(one) ? "nonce" : String(one)))] as const] : [],
  );
}

const WORDS = ["crossOriginOpenerPolicy", "crossOriginEmbedderPolicy"] as const;

const nameOf = (key: string) => kebabCase(key).replace(".", " ");

/** An option of a recipe. */
export interface DescribedOption {
  readonly name: string;
  /** What it takes, in words: `"true or false"`. */
  readonly takes: string;
  /** The words that it takes, where there are some. */
  readonly words?: readonly unknown[];
  readonly required: boolean;
  /** What it does, as its doc comment says. */
  readonly text: string;
}

/** The options of a recipe, in the order of its documentation. */
export function optionsIn(recipe: Recipe<never>): readonly DescribedOption[] {
  const { name: service, required = [] } = recipe.about;
  return Object.entries(optionsOf(recipe)).map(([name, schema]) => {
    const words = valuesOf(schema).filter((value) => value !== true);
    // The words of an error are those of the schema.
    const [kind = ""] = schema.safeParse(undefined).error?.issues[0]?.message.split("\n") ?? [];
    const text = optionTexts[service]?.[name] ?? "";
    const takes =
      words.length > 0
        ? words
            .flat()
            .map((word) => JSON.stringify(word))
            .join(" or ")
        : kind;
    return { name, takes, ...(words.length > 0 ? { words: words.flat() } : {}), required: required.includes(name), text };
  });
}

/** A recipe as JSON. */
export function described(recipe: Recipe<never>, now: Date): object {
  return { ...recipe.about, options: optionsIn(recipe), allows: Object.fromEntries(allowedBy(recipe)), old: isOld(recipe.about, now) };
}

const CALL = 24;

/** One line for each recipe, by category. */
export function servicesList(recipes: readonly Recipe<never>[], now: Date, bold: Bold): string {
  const categories = [...new Set(recipes.map(({ about }) => about.category))];
  const lines = categories.map((category) => {
    const rows = recipes
      .filter(({ about }) => about.category === category)
      .map(({ about }) => `  ${about.name.padEnd(CALL)}${about.title}${isOld(about, now) ? " (last read more than a year ago)" : ""}\n`);
    return `${bold(category)}\n${rows.join("")}`;
  });
  return `${lines.join("\n")}\nportcullis services <name> prints what a recipe allows.\n`;
}

/**
 * All that is known of one recipe.
 *
 * @param source the host that it was found by; what the recipe allows is printed with the options that allow this host.
 */
export function serviceText(recipe: Recipe<never>, now: Date, bold: Bold, source?: string): string {
  const { about } = recipe;
  const found = source === undefined ? undefined : callForHost(about.name, source);
  const allowed = allowedBy(recipe, found?.options);
  const section = (title: string, text: string) => (text === "" ? "" : `\n${bold(title)}\n${text}`);
  return [
    `${bold(visible(about.title))}\n`,
    // Code is not broken into lines: it is to be copied.
    `  import { ${about.name} } from "portcullis/services";\n  securityHeaders("strict", ${callWith(recipe, found?.options)});\n`,
    source === undefined ? "" : `\n${wrap(hostSentence(recipe, source), 2)}`,
    section("Allows, where a policy restricts it", allowedText(allowed)),
    section("Options", optionsText(recipe)),
    section('With "strict-dynamic"', wrap(`Hosts of scripts are left out. The nonce belongs here: ${about.nonce}`, 2)),
    section("Bypasses", bypassText(recipe, allowed)),
    section("Notes", (about.notes ?? []).map((note) => wrap(note, 2, 2)).join("")),
    section("Source", sourceText(about, now)),
  ].join("");
}

const allowedText = (allowed: Allowed) => allowed.map(([name, sources]) => wrap(`${name} ${sources.join(" ")}`, 2, 4)).join("");

/** The call with the values of the example. */
function callWith({ about }: Recipe<never>, options: Options = {}): string {
  const all = Object.entries({ ...about.example, ...options }).map(([name, value]) => `${name}: ${literal(value)}`);
  return `${about.name}(${all.length === 0 ? "" : `{ ${all.join(", ")} }`})`;
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  return typeof value === "string" ? show(value) : String(value);
}

function hostSentence({ about }: Recipe<never>, source: string): string {
  const found = callForHost(about.name, source);
  if (found === undefined) return `${source} is ${about.title}'s; its recipe allows nothing there, with any option.`;
  const required = (about.required ?? []).map((name) => `${name}: …`).join(", ");
  const call = callWithOptions({ name: about.name, call: `${about.name}(${required === "" ? "" : `{ ${required} }`})` }, found.options);
  return `${call} allows ${source} in ${found.directives.map(nameOf).join(", ")}.`;
}

function optionsText(recipe: Recipe<never>): string {
  return optionsIn(recipe)
    .map(({ name, takes, required, text }) => `  ${name}: ${takes}${required ? " (required)" : ""}\n${wrap(text, 6)}`)
    .join("");
}

/** The bypasses that are in what is printed, and those that an option adds. */
function bypassText(recipe: Recipe<never>, allowed: Allowed): string {
  const { bypasses = [] } = recipe.about;
  const here = scriptsIn(allowed);
  const sentences = bypasses.flatMap((bypass) => {
    const also = "also serves code that an injected script tag could load";
    if (here.includes(bypass)) return [`${bypass} ${also}.`];
    const options = fewestFirst(recipe).find((one) => scriptsIn(allowedOrNone(recipe, one)).includes(bypass));
    return options === undefined ? [] : [`${callWith(recipe, options)}: ${bypass} ${also}.`];
  });
  return sentences.length === 0
    ? ""
    : [...sentences, 'Prefer a nonce with "strict-dynamic".'].map((sentence) => wrap(sentence, 2, 2)).join("");
}

const fewestFirst = (recipe: Recipe<never>) =>
  [...optionSets(recipe)].sort((one, other) => Object.keys(one).length - Object.keys(other).length);

const scriptsIn = (allowed: Allowed) => allowed.flatMap(([name, sources]) => (name === "script-src" ? sources : []));

/** Options that do not go together allow nothing. */
function allowedOrNone(recipe: Recipe<never>, options: Options): Allowed {
  try {
    return allowedBy(recipe, options);
  } catch (error) {
    if (error instanceof PolicyError) return [];
    throw error;
  }
}

function sourceText(about: ServiceFacts, now: Date): string {
  const evidence =
    about.evidence === "vendor" ? "The vendor's documentation" : "Other places that agree; the vendor does not list its sources";
  const old = isOld(about, now) ? " That is more than a year ago: look whether it still holds." : "";
  return `${wrap(`${evidence}, last read on ${about.checked}.${old}`, 2)}${about.pages.map((page) => `  ${visible(page)}\n`).join("")}`;
}

/** What several recipes allow together, and which of them decides on a word that they differ in. */
export function togetherText(recipes: readonly Recipe<never>[], bold: Bold): string {
  const all = recipes.map((recipe) => ({ recipe, allowed: allowedBy(recipe) }));
  const names = [...new Set(all.flatMap(({ allowed }) => allowed.map(([name]) => name)))];
  const lists = names
    .filter((name) => !isWord(name))
    .map((name) => [name, [...new Set(all.flatMap(({ allowed }) => sourcesOf(allowed, name)))]] as const);
  const words = names.filter(isWord).map((name) => {
    const wanted = all.flatMap(({ recipe, allowed }) => sourcesOf(allowed, name).map((word) => ({ word, service: recipe.about.name })));
    const [widest] = [...wanted].sort((one, other) => WIDEST.indexOf(one.word) - WIDEST.indexOf(other.word));
    const because = wanted.filter(({ word }) => word === widest?.word).map(({ service }) => service);
    return wrap(`${name} ${widest?.word}, because of ${because.join(", ")}`, 2, 4);
  });
  const imports = recipes.map(({ about }) => about.name).join(", ");
  return [
    `${bold(recipes.map(({ about }) => visible(about.title)).join(", "))}\n`,
    `  import { ${imports} } from "portcullis/services";\n  securityHeaders("strict", ${recipes.map((one) => callWith(one)).join(", ")});\n`,
    `\n${bold("Allow together, where a policy restricts it")}\n${allowedText(lists)}${words.join("")}`,
    "\nportcullis services <name> prints all that is known of one.\n",
  ].join("");
}

const isWord = (name: string) => WORDS.some((key) => nameOf(key) === name);
const sourcesOf = (allowed: Allowed, name: string) => allowed.flatMap(([one, sources]) => (one === name ? sources : []));

/** The words of recipes, the one that allows the most first. */
const WIDEST: readonly string[] = ["unsafe-none", "credentialless", "same-origin-allow-popups"];
