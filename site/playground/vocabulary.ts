import { DOCUMENT_KEYS } from "../../src/cli/input/policy-file.js";
import { presetNames } from "../../src/cli/input/presets.js";
import { directive, listDefinitions } from "../../src/cli/schema/directives.js";
import type { JsonSchema } from "../../src/cli/schema/json-schema.js";
import { serviceList } from "../../src/cli/schema/services.js";
import { fieldDefinition, keyValue } from "../../src/cli/schema/values.js";
import { nameOf } from "../../src/headers/content-security-policy/directives.js";
import { registered, settings } from "../../src/headers/index.js";
import { features } from "../../src/headers/permissions-policy/features.js";
import { services } from "../../src/services/index.js";
import type { Entry, Vocabulary } from "../client/playground/vocabulary.js";

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

/** What the editor of the playground offers: from the registries and the schema of policy files. */
export function vocabulary(): Vocabulary {
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
  const lists = listDefinitions();
  const listOf = Object.keys(csp).flatMap((key) => {
    const [first] = (directive(key)["anyOf"] ?? []) as readonly JsonSchema[];
    const [, kind] = /\/(\w+)List$/.exec(String(first?.["$ref"] ?? "")) ?? [];
    return kind === undefined ? [] : [[key, kind] as const];
  });
  return {
    document: DOCUMENT_KEYS.map((key): Entry => [key, ""]),
    headers: [...registered.map(({ key, name }): Entry => [key, name]), ...Object.keys(settings).map((key): Entry => [key, ""])],
    fields: {
      ...withoutEmpty(fields.map(([key, found]) => [key, Object.keys(found)] as const)),
      contentSecurityPolicy: Object.keys(csp),
      permissionsPolicy: Object.keys(features),
    },
    directives: Object.fromEntries(Object.keys(csp).map((key) => [key, nameOf(key)])),
    values: withoutEmpty([
      ...entries.map(({ key, entry }) => [key, wordsIn(keyValue(entry, key))] as const),
      ...fields.flatMap(([key, found]) => Object.entries(found).map(([name, schema]) => [`${key}.${name}`, wordsIn(schema)] as const)),
    ]),
    listOf: Object.fromEntries(listOf),
    lists: withoutEmpty([...new Set(listOf.map(([, kind]) => kind))].map((kind) => [kind, wordsIn(lists[`${kind}Member`])] as const)),
    presets: presetNames,
    services: Object.entries(services).map(([name, { about }]): Entry => [name, about.title]),
    options: serviceOptions(),
  };
}

function serviceOptions(): Vocabulary["options"] {
  const [, calls] = (serviceList()["items"] as JsonSchema)["anyOf"] as readonly [JsonSchema, JsonSchema];
  return Object.fromEntries(
    Object.entries(propertiesIn(calls)).flatMap(([name, schema]) => {
      const options = Object.entries(propertiesIn(schema)).map(([option, one]) => [option, wordsIn(one)] as const);
      return options.length === 0 ? [] : [[name, Object.fromEntries(options)] as const];
    }),
  );
}

/** The schema of each option of each recipe, and which of them are required. */
export function recipeSchemas(): Readonly<Record<string, JsonSchema>> {
  const [, calls] = (serviceList()["items"] as JsonSchema)["anyOf"] as readonly [JsonSchema, JsonSchema];
  return propertiesIn(calls);
}
