import { services } from "../../services/index.js";
import { optionsOf } from "../../services/recipe.js";
import type { Doc } from "./doc-comments.js";

/** What each option of each recipe does, by the doc comments: `texts.stripe.address`. Recipes without options have none. */
export function serviceOptionTexts(doc: Doc): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const all = Object.entries(services).map(([name, recipe]) => {
    const own = `${name.charAt(0).toUpperCase()}${name.slice(1)}Options`;
    const texts = Object.keys(optionsOf(recipe)).map((option) => {
      // Recipes of versioned files share their options.
      const text = doc(`${own}.${option}`) ?? doc(`VersionedFilesOptions.${option}`);
      if (text === undefined) throw new Error(`${own}.${option} has no doc comment`);
      return [option, text] as const;
    });
    return [name, Object.fromEntries(texts)] as const;
  });
  return Object.fromEntries(all.filter(([, texts]) => Object.keys(texts).length > 0));
}
