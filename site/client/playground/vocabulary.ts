import { generated } from "virtual:vocabulary";
import { DOCUMENT_KEYS } from "../../../src/cli/input/policy-file.js";
import { presetNames } from "../../../src/cli/input/presets.js";
import { nameOf } from "../../../src/headers/content-security-policy/directives.js";
import { registered, settings } from "../../../src/headers/index.js";
import { features } from "../../../src/headers/permissions-policy/features.js";
import { services } from "../../../src/services/index.js";
import type { Entry, RecipeOptions, Vocabulary } from "./words.js";

/**
 * What the editor offers: the registries of the library, and what is generated of their schemas.
 *
 * @param options those of the recipes, which the controls of the page have.
 */
export function vocabulary(options: RecipeOptions): Vocabulary {
  const { fields, values, listOf, lists, texts } = generated;
  const described = (word: Entry[0]): Entry => [word, Object.hasOwn(texts, String(word)) ? (texts[String(word)] ?? "") : ""];
  return {
    document: DOCUMENT_KEYS.map((key): Entry => [key, ""]),
    headers: [...registered.map(({ key, name }): Entry => [key, name]), ...Object.keys(settings).map((key): Entry => [key, ""])],
    fields: {
      ...Object.fromEntries(Object.entries(fields).map(([key, names]) => [key, names.map((name): Entry => [name, ""])])),
      contentSecurityPolicy: Object.keys(listOf).map((key): Entry => [key, nameOf(key)]),
      permissionsPolicy: Object.keys(features).map((key): Entry => [key, ""]),
    },
    values,
    listOf,
    lists: Object.fromEntries(Object.entries(lists).map(([kind, words]) => [kind, words.map(described)])),
    presets: presetNames,
    services: Object.entries(services).map(([name, { about }]): Entry => [name, about.title]),
    options,
  };
}
