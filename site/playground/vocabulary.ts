import { directive, listDefinitions } from "../../src/cli/schema/directives.js";
import type { JsonSchema } from "../../src/cli/schema/json-schema.js";
import { serviceList } from "../../src/cli/schema/services.js";
import { fieldDefinition, keyValue } from "../../src/cli/schema/values.js";
import { registered, settings } from "../../src/headers/index.js";
import type { Entry, Generated } from "../client/playground/words.js";

const NO_DOC = () => undefined;

/** The words of a schema, each with its description; those of `items` and of every alternative too. */
function wordsIn(schema: JsonSchema | undefined): readonly Entry[] {
  if (schema === undefined) return [];
  const texts = (schema["enumDescriptions"] ?? []) as readonly string[];
  const own = ((schema["enum"] ?? []) as readonly unknown[]).map((word, index): Entry => [word as Entry[0], texts[index] ?? ""]);
  const examples = ((schema["examples"] ?? []) as readonly unknown[]).map((word): Entry => [word as Entry[0], ""]);
  const booleans: readonly Entry[] =
    schema["type"] === "boolean"
      ? [
          [true, ""],
          [false, ""],
        ]
      : [];
  const inner = ((schema["anyOf"] ?? []) as readonly JsonSchema[]).flatMap(wordsIn);
  const all = [...own, ...examples, ...booleans, ...inner, ...wordsIn(schema["items"] as JsonSchema | undefined)];
  return [...new Map(all.map((entry) => [entry[0], entry])).values()];
}

const propertiesIn = (schema: JsonSchema) => (schema["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>;

const withoutEmpty = <T>(entries: readonly (readonly [string, readonly T[]])[]) =>
  Object.fromEntries(entries.filter(([, list]) => list.length > 0));

/** What the schemas of policy files offer to the editor of the playground. */
export function vocabulary(): Generated {
  const headers = registered.filter(({ reportOnly }) => !reportOnly);
  const entries = [
    ...headers.map(({ key, header }) => ({ key, entry: header })),
    ...Object.entries(settings).map(([key, entry]) => ({ key, entry })),
  ];
  const apart = ["contentSecurityPolicy", "permissionsPolicy"];
  const fields = entries.flatMap(({ key, entry }) =>
    apart.includes(key) ? [] : fieldDefinition(entry, key, NO_DOC).map(([, schema]) => [key, propertiesIn(schema)] as const),
  );
  const csp = headers.find(({ key }) => key === "contentSecurityPolicy")?.header.fields?.() ?? {};
  const listOf = Object.keys(csp).map((key) => [key, listIn(directive(key))] as const);
  const kinds = [...new Set(listOf.map(([, kind]) => kind))].filter((kind) => kind !== "");
  const definitions = listDefinitions();
  const lists = kinds.map((kind) => [kind, wordsIn(definitions[`${kind}Member`])] as const);
  return {
    fields: withoutEmpty(fields.map(([key, found]) => [key, Object.keys(found)] as const)),
    values: withoutEmpty([
      ...entries.map(({ key, entry }) => [key, wordsIn(keyValue(entry, key)).filter(([word]) => typeof word !== "boolean")] as const),
      ...fields.flatMap(([key, found]) => Object.entries(found).map(([name, schema]) => [`${key}.${name}`, wordsIn(schema)] as const)),
    ]),
    listOf: Object.fromEntries(listOf),
    lists: withoutEmpty(lists.map(([kind, words]) => [kind, words.map(([word]) => word)] as const)),
    // The first text of a word is that of source lists.
    texts: Object.fromEntries(lists.flatMap(([, words]) => words.filter(([, text]) => text !== "")).reverse()),
  };
}

/** The name of the list that a directive takes; `""` for another value. */
function listIn(schema: JsonSchema): string {
  const [first] = (schema["anyOf"] ?? []) as readonly JsonSchema[];
  return /\/(\w+)List$/.exec(String(first?.["$ref"] ?? ""))?.[1] ?? "";
}

/** The schema of each option of each recipe, and which of them are required. */
export function recipeSchemas(): Readonly<Record<string, JsonSchema>> {
  const [, calls] = (serviceList(() => "")["items"] as JsonSchema)["anyOf"] as readonly [JsonSchema, JsonSchema];
  return propertiesIn(calls);
}
