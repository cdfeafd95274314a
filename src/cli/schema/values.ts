import { explain } from "../../audit/index.js";
import { contentSecurityPolicy } from "../../headers/content-security-policy/index.js";
import type { Entry, Header, Schema } from "../../headers/header.js";
import type { settings } from "../../headers/index.js";
import { type Feature, features } from "../../headers/permissions-policy/features.js";
import { permissionsPolicy } from "../../headers/permissions-policy/index.js";
import { KEY } from "../../values/structured.js";
import { TOKEN } from "../../values/text.js";
import { directive } from "./directives.js";
import type { Doc } from "./doc-comments.js";
import { fromZod, type JsonSchema, ref } from "./json-schema.js";

// biome-ignore lint/suspicious/noExplicitAny: the registry is where headers of all types of options meet
type AnyEntry = Entry<any, any> & Partial<Pick<Header<any, string, any>, "name">>;

/** The JSON Schema of what a policy may write for one key: a value, an object of fields, text, or a switch. */
export function keyValue(entry: AnyEntry, key: string): JsonSchema {
  const value = entry.fields === undefined ? oneValue(entry, key) : ref(fieldsName(key));
  return { anyOf: [value, ...(entry.takesText ? [text(entry)] : []), switches(entry)] };
}

/** A report-only header has the fields of its header. */
const headerKey = (key: string) => key.replace(/ReportOnly$/, "");

const fieldsName = (key: string) => `${headerKey(key)}Fields`;

/** The object of fields of one key, which a header and its report-only header refer to; nothing for a key without fields. */
export function fieldDefinition(entry: AnyEntry, key: string, doc: Doc): readonly (readonly [name: string, JsonSchema])[] {
  return entry.fields === undefined ? [] : [[fieldsName(key), fields(entry, entry.fields(), headerKey(key), doc)]];
}

function switches({ defaults, name }: AnyEntry): JsonSchema {
  const off = name === undefined ? "Switches the setting off." : `Switches the header off: no ${name} is sent.`;
  if (defaults === undefined) return { enum: [false], enumDescriptions: [off] };
  return {
    enum: [false, true],
    enumDescriptions: [off, `Keeps the value of the layers below, or adds the default: ${shown(defaults)}.`],
  };
}

const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** Values whose zod schema is a check written as a function. */
const WRITTEN: Readonly<Record<string, JsonSchema>> = {
  developmentOnly: { type: "string", minLength: 1 },
  cacheControl: { type: "string", minLength: 1, examples: ["no-store", "no-cache", "private", "public, max-age=3600"] },
};

function oneValue(entry: AnyEntry, key: string): JsonSchema {
  return explained((Object.hasOwn(WRITTEN, key) ? WRITTEN[key] : undefined) ?? fromZod(entry.value?.()), entry.name);
}

/** Adds the sentence of `explain` to every word of a header, also inside a union. */
function explained(schema: JsonSchema, name: string | undefined): JsonSchema {
  const inner = schema["anyOf"] as readonly JsonSchema[] | undefined;
  if (inner !== undefined) return { ...schema, anyOf: inner.map((one) => explained(one, name)) };
  const list = schema["enum"] as readonly string[] | undefined;
  if (list === undefined || name === undefined) return schema;
  const sentence = (word: string) => explain({ [name]: word })[0]?.text ?? "";
  return { ...schema, enumDescriptions: list.map(sentence) };
}

/** A string for a whole entry: where it is one word with parameters, the words are offered. */
function text(entry: AnyEntry): JsonSchema {
  const { enum: list } = fromZod(entry.fields?.()["policy"]) as { enum?: readonly string[] };
  if (list === undefined) return { type: "string", minLength: 1 };
  // A structured item, RFC 9651 §3.3, with its parameters.
  return { type: "string", pattern: `^ *(?:${list.join("|")}) *(?:;.*)?$`, anyOf: [explained({ enum: list }, entry.name), {}] };
}

const OFF_FIELD: JsonSchema = { enum: [false], enumDescriptions: ["Removes the value of the layers below."] };

/** Entries whose fields may have any name of a pattern. */
const OPEN: Readonly<Record<string, RegExp>> = {
  custom: TOKEN,
  reportingEndpoints: KEY,
} satisfies { readonly [Key in keyof typeof settings | "reportingEndpoints"]?: RegExp };

function fields(entry: AnyEntry, schemas: Readonly<Record<string, Schema>>, key: string, doc: Doc): JsonSchema {
  const names = Object.hasOwn(OPEN, key) ? OPEN[key] : undefined;
  if (names !== undefined) {
    const value = { anyOf: [{ type: "string", minLength: 1 }, OFF_FIELD] };
    return { type: "object", propertyNames: { pattern: names.source }, additionalProperties: value };
  }
  const properties = Object.entries(schemas).map(([name, schema]) => [name, field(entry, schema, name, doc, key)] as const);
  // Every feature takes the same: said once, not beside each name.
  const same = entry.name === permissionsPolicy.name ? { allOf: [{ additionalProperties: ref("feature") }] } : {};
  return { type: "object", properties: Object.fromEntries(properties), ...same, additionalProperties: false };
}

function field(entry: AnyEntry, schema: Schema, name: string, doc: Doc, key: string): JsonSchema {
  if (entry.name === contentSecurityPolicy.name) return documented(directive(name), doc(`directives.${name}`));
  if (entry.name === permissionsPolicy.name) return feature(name, doc);
  const isWord = entry.required?.includes("policy") === true;
  const owner = isWord ? "ReportingWord" : `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
  const plain = explained(fromZod(schema), name === "policy" ? entry.name : undefined);
  const value = isWord && name === "policy" ? { anyOf: [plain, allowed(fromZod(entry.widening?.takes?.() ?? schema))] } : plain;
  return documented(entry.falseIsAValue ? value : { anyOf: [value, OFF_FIELD] }, doc(`${owner}.${name}`));
}

/** `allow(…)` of one word. */
function allowed(word: JsonSchema): JsonSchema {
  const allow = {
    type: "array",
    items: word,
    minItems: 1,
    maxItems: 1,
    description: "Takes this word where the layers below have a stricter one.",
  };
  return { type: "object", properties: { allow }, required: ["allow"], additionalProperties: false };
}

const documented = (schema: JsonSchema, text: string | undefined): JsonSchema =>
  text === undefined ? schema : { description: text, ...schema };

/** What a feature may have: an allowlist, alone or with an endpoint for reports. */
export function featureDefinitions(doc: Doc): Readonly<Record<string, JsonSchema>> {
  const origins: JsonSchema = {
    type: "array",
    description: "The origins that may use the feature; [] for none.",
    items: {
      type: "string",
      pattern: "^(?:self|[A-Za-z][A-Za-z0-9+.-]*://.+)$",
      patternErrorMessage: 'Write "self", or an origin such as "https://maps.example".',
      anyOf: [{ enum: ["self"], enumDescriptions: ["The origin of the page."] }, {}],
    },
  };
  const allowlist = [{ enum: ["*"], enumDescriptions: ["Every page and frame."] }, origins];
  const reportTo = documented({ type: "string", minLength: 1 }, doc("ReportedAllowlist.reportTo"));
  const reported = {
    type: "object",
    properties: { allow: { anyOf: allowlist }, reportTo },
    required: ["allow", "reportTo"],
    additionalProperties: false,
  };
  const edit = {
    type: "object",
    properties: {
      edit: { enum: ["allow"], enumDescriptions: ["Widens what the layers below restrict; nothing where they restrict nothing."] },
      sources: { ...origins, minItems: 1 },
    },
    required: ["edit", "sources"],
    additionalProperties: false,
  };
  return { feature: { anyOf: [...allowlist, reported, edit] } };
}

function feature(name: string, doc: Doc): JsonSchema {
  const { retired }: Feature = features[name as keyof typeof features];
  return documented(retired ? { deprecationMessage: "Browsers have removed this feature." } : {}, doc(`features.${name}`));
}
