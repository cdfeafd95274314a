import { services } from "../../services/index.js";
import { optionsOf } from "../../services/recipe.js";
import { MOST_IN_LIST } from "../input/services.js";
import type { Doc } from "./doc-comments.js";
import { fromZod, type JsonSchema } from "./json-schema.js";
import { serviceOptionTexts } from "./service-options.js";

/** The list of recipes: a name, or an object of one name with its options. */
export function serviceList(doc: Doc): JsonSchema {
  const texts = serviceOptionTexts(doc);
  const all = Object.entries(services);
  const withoutOptions = all.filter(([, { about }]) => (about.required ?? []).length === 0);
  const names = {
    enum: withoutOptions.map(([name]) => name),
    enumDescriptions: withoutOptions.map(([, { about }]) => about.title),
  };
  const options = Object.fromEntries(all.map(([name, recipe]) => [name, optionsSchema(recipe, texts[name])]));
  const calls = { type: "object", properties: options, additionalProperties: false, minProperties: 1, maxProperties: 1 };
  return { type: "array", items: { anyOf: [names, calls] }, maxItems: MOST_IN_LIST };
}

function optionsSchema(recipe: (typeof services)[keyof typeof services], texts: Readonly<Record<string, string>> = {}): JsonSchema {
  const { title, required = [] } = recipe.about;
  const properties = Object.fromEntries(
    Object.entries(optionsOf(recipe)).map(([name, schema]) => [name, { description: texts[name], ...fromZod(schema) }]),
  );
  return { type: "object", description: title, properties, additionalProperties: false, ...(required.length > 0 && { required }) };
}
