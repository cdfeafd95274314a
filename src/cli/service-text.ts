import type { Recipe, ServiceFacts } from "../services/index.js";
import { type Edit, isEdit } from "../values/edits.js";
import { isNonce } from "../values/slots.js";
import { kebabCase } from "../values/text.js";
import { wrap } from "./layout.js";
import { visible } from "./visible.js";

type Bold = (text: string) => string;

const DAY = 86_400_000;
const DAYS_OF_A_YEAR = 365;

/** Whether a recipe was last compared with its pages more than a year ago. */
export const isOld = ({ checked }: ServiceFacts, now: Date) => now.getTime() - Date.parse(checked) > DAYS_OF_A_YEAR * DAY;

/** What a recipe allows, by the names on the wire, each source as a policy writes it: `["connect-src", ["https://api.stripe.com"]]`. */
export function allowedBy(recipe: Recipe<never>): readonly (readonly [name: string, sources: readonly string[]])[] {
  const layer = recipe(recipe.about.example as never) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const directives = Object.entries(layer["contentSecurityPolicy"] ?? {});
  const features = Object.entries(layer["permissionsPolicy"] ?? {}).map(([name, value]) => [`permissionsPolicy.${name}`, value] as const);
  const words = WORDS.map((key) => [key, layer[key]?.["policy"]] as const);
  return [...directives, ...features, ...words].flatMap(([key, value]) =>
    isEdit(value) ? [[nameOf(key), (value as Edit).sources.map((one) => (isNonce(one) ? "nonce" : String(one)))] as const] : [],
  );
}

const WORDS = ["crossOriginOpenerPolicy", "crossOriginEmbedderPolicy"] as const;

const nameOf = (key: string) => kebabCase(key).replace(".", " ");

/** A recipe as JSON. */
export function described(recipe: Recipe<never>, now: Date): object {
  return { ...recipe.about, allows: Object.fromEntries(allowedBy(recipe)), old: isOld(recipe.about, now) };
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

/** All that is known of one recipe. */
export function serviceText(recipe: Recipe<never>, now: Date, bold: Bold): string {
  const { about } = recipe;
  const options = about.example === undefined ? "" : JSON.stringify(about.example);
  const rows = allowedBy(recipe).map(([name, sources]) => wrap(`${name} ${sources.join(" ")}`, 2, 4));
  const evidence =
    about.evidence === "vendor" ? "The vendor's documentation" : "Other places that agree; the vendor does not list its sources";
  const old = isOld(about, now) ? " That is more than a year ago: look whether it still holds." : "";
  const bypasses = about.bypasses ?? [];
  return [
    `${bold(visible(about.title))}\n`,
    wrap(`import { ${about.name} } from "portcullis/services"; securityHeaders("strict", ${about.name}(${options}))`, 2, 4),
    `\n${bold("Allows, where a policy restricts it")}\n${rows.join("")}`,
    `\n${bold('With "strict-dynamic"')}\n${wrap(`Hosts of scripts are left out. The nonce belongs here: ${about.nonce}`, 2)}`,
    bypasses.length === 0
      ? ""
      : `\n${bold("Bypasses")}\n${wrap(`${bypasses.join(" ")} also serves code that an injected script tag could load. Prefer a nonce with "strict-dynamic".`, 2)}`,
    (about.notes ?? []).length === 0 ? "" : `\n${bold("Notes")}\n${(about.notes ?? []).map((note) => wrap(note, 2, 2)).join("")}`,
    `\n${bold("Source")}\n${wrap(`${evidence}, last read on ${about.checked}.${old}`, 2)}${about.pages.map((page) => `  ${visible(page)}\n`).join("")}`,
  ].join("");
}
