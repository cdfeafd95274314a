import { registered, settings } from "../../headers/index.js";
import type { Flag } from "../command.js";
import { configurable, keyOf, SETTINGS, type SettingsName, settingSchemas } from "../config/settings.js";
import { type DOCUMENT_KEYS, ROUTE_KEYS } from "../input/policy-file.js";
import { presetNames } from "../input/presets.js";
import { listDefinitions } from "./directives.js";
import { docComments } from "./doc-comments.js";
import { fromZod, type JsonSchema, ref } from "./json-schema.js";
import { serviceList } from "./services.js";
import { featureDefinitions, fieldDefinition, keyValue } from "./values.js";

/**
 * The JSON Schema of policy files, for editors and other tools. It is generated from the zod schemas with which a policy is checked,
 * from the registries of headers, directives, features and presets, and from their doc comments. It accepts every file that is
 * accepted here, and refuses unknown names and values of a wrong type; rules about several values at once are not checked.
 *
 * Draft 7, which VS Code supports in full, with its keyword `enumDescriptions`. This module runs at
 * build time only: it reads the sources.
 *
 * @returns a new object, to be written to `dist/policy.schema.json`.
 */
export function policySchema(): JsonSchema {
  const doc = docComments();
  const entries = [
    ...registered.map(({ key, header, reportOnly }) => ({ key, entry: header, owner: reportOnly ? "ReportOnlyHeaders" : "headers" })),
    ...Object.entries(settings).map(([key, entry]) => ({ key, entry, owner: "settings" })),
  ];
  const keys = Object.fromEntries(entries.map(({ key, entry, owner }) => [key, documented(keyValue(entry, key), doc(`${owner}.${key}`))]));
  const fields = Object.fromEntries(entries.flatMap(({ key, entry }) => fieldDefinition(entry, key, doc)));
  const refs = { ...Object.fromEntries(Object.keys(keys).map((key) => [key, ref(key)])), services: FILE_KEYS.services };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Portcullis policy file",
    description: "A policy of HTTP security headers: a patch, a preset's name, a list of layers, or { policy, routes }.",
    ...choice({ type: "object" }, ref("file"), ref("layers")),
    definitions: {
      ...fileDefinitions(refs),
      ...presetDefinitions(doc),
      services: serviceList(doc),
      ...settingDefinitions(),
      ...keys,
      ...fields,
      ...featureDefinitions(doc),
      ...listDefinitions(),
    },
  };
}

const documented = (schema: JsonSchema, text: string | undefined): JsonSchema =>
  text === undefined ? schema : { description: text, ...schema };

/** The definition with the options of each command. */
const SETTINGS_OF = { check: "limits", record: "walk", prove: "walk" } as const satisfies Readonly<Record<SettingsName, string>>;

const FILE_KEYS: Readonly<Record<(typeof DOCUMENT_KEYS)[number], JsonSchema>> = {
  $schema: { type: "string", description: "The address of this schema." },
  policy: { ...ref("layers"), description: "A layer, or a list of layers, the lowest first. Only needed beside routes." },
  services: { ...ref("services"), description: "What third parties need, on top of the policy: recipes of portcullis/services." },
  routes: { type: "array", items: ref("route"), description: "Paths that add layers to the policy. Used by export, proxy and explain." },
  ...settingKeys(),
};

const ROUTE: Readonly<Record<(typeof ROUTE_KEYS)[number], JsonSchema>> = {
  path: { type: "string", pattern: "^/", description: '"/embed" for this path alone, or "/api/*" for all paths below /api/.' },
  layers: { type: "array", items: ref("layer"), description: "Layers that are added to the policy on this path." },
};

/** The shapes of a file: what they have in common is the patch. */
function fileDefinitions(keys: Readonly<Record<string, JsonSchema>>): Readonly<Record<string, JsonSchema>> {
  return {
    file: choice({ anyOf: ["policy", ...SETTINGS].map((key) => ({ required: [key] })) }, ref("document"), ref("patchFile")),
    document: { type: "object", properties: FILE_KEYS, additionalProperties: false },
    patchFile: choice(
      { required: ["patch", "suggestions"] },
      { type: "object", properties: { $schema: FILE_KEYS.$schema, patch: ref("patch") } },
      // `policy` and `routes` are offered beside the headers; with `policy`, the file is a document.
      { type: "object", properties: { ...FILE_KEYS, ...keys }, additionalProperties: false, dependencies: { routes: ["policy"] } },
    ),
    route: { type: "object", properties: ROUTE, required: [...ROUTE_KEYS], additionalProperties: false },
    patch: { type: "object", properties: keys, additionalProperties: false },
    layers: { anyOf: [ref("presetName"), ref("patch"), { type: "array", items: ref("layer") }, NO_LAYER] },
    layer: { anyOf: [ref("presetName"), ref("patch"), NO_LAYER] },
  };
}

/** The options of commands, of a configuration file. */
function settingKeys(): Readonly<Record<SettingsName, JsonSchema>> {
  const keys = SETTINGS.map((name) => {
    const description = `Defaults for options of portcullis ${name}, in a configuration file.`;
    return [name, { ...ref(SETTINGS_OF[name]), description }] as const;
  });
  return Object.fromEntries(keys) as unknown as Readonly<Record<SettingsName, JsonSchema>>;
}

function settingDefinitions(): Readonly<Record<string, JsonSchema>> {
  const definitions = SETTINGS.map((name) => {
    const schemas = settingSchemas(name);
    const properties = Object.entries<Flag>(configurable[name]).map(([flag, { text }]) => [
      keyOf(flag),
      { ...fromZod(schemas[keyOf(flag)]), description: text },
    ]);
    return [SETTINGS_OF[name], { type: "object", properties: Object.fromEntries(properties), additionalProperties: false }];
  });
  return Object.fromEntries(definitions);
}

/** The second schema where the first accepts a value, else the third. */
function choice(test: JsonSchema, yes: JsonSchema, no: JsonSchema): JsonSchema {
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  return { if: test, then: yes, else: no };
}

/** `false` and `""` are ignored as layers, which is useful in modules only: editors do not offer them. */
const NO_LAYER: JsonSchema = { not: { not: { enum: [false, ""] } } };

function presetDefinitions(doc: (name: string) => string | undefined): Readonly<Record<string, JsonSchema>> {
  const texts = presetNames.map((name) => doc(`presets.${name}`) ?? doc(`applications.${name}`) ?? "");
  return {
    presetName: { type: "string", enum: presetNames, enumDescriptions: texts },
  };
}
