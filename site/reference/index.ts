import type { Page } from "../page.js";
import { commandPages } from "./commands.js";
import { directivePages } from "./directives.js";
import { errorPages } from "./errors.js";
import { featurePages } from "./features.js";
import { headerPages } from "./headers.js";
import { indexRef, KINDS, type Kind } from "./links.js";
import { blocks, list } from "./markdown.js";
import { middlewarePages } from "./middleware.js";
import { optionPages } from "./options.js";
import { presetPages } from "./presets.js";
import { recipePages } from "./recipes.js";
import { rulePages } from "./rules.js";
import { targetPages } from "./targets.js";

/** The pages of each kind, the index first. A kind without a row here is a compile error. */
const MAKERS: Readonly<Record<Kind, () => readonly Page[] | Promise<readonly Page[]>>> = {
  headers: headerPages,
  directives: directivePages,
  features: featurePages,
  options: optionPages,
  middleware: middlewarePages,
  presets: presetPages,
  recipes: recipePages,
  targets: targetPages,
  rules: rulePages,
  commands: commandPages,
  errors: errorPages,
};

/**
 * Every page of the reference, made from the registries and the doc comments of `src`: the index of the reference, then each kind with
 * its index first.
 *
 * @throws {Error} that names what a registry has and no text describes.
 */
export async function referencePages(): Promise<readonly Page[]> {
  const kinds = Object.keys(KINDS) as readonly Kind[];
  const pages = await Promise.all(kinds.map((kind) => MAKERS[kind]()));
  return [referenceIndex(kinds, pages), ...pages.flat()];
}

function referenceIndex(kinds: readonly Kind[], pages: readonly (readonly Page[])[]): Page {
  const lines = kinds.map((kind, index) => `${indexRef(kind)}: ${pages[index]?.[0]?.description ?? ""}`);
  return {
    path: "reference",
    title: "Reference",
    description:
      "Reference of Portcullis: headers, directives, features, options, presets, recipes, export targets, audit rules, commands and errors.",
    group: ["Reference"],
    body: blocks(
      "Each page is made from the source of this version: it lists what the library accepts, and shows what it sends.",
      list(lines),
    ),
  };
}
