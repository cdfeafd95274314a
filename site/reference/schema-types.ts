import { fromZod, type JsonSchema } from "../../src/cli/schema/json-schema.js";
import type { Schema } from "../../src/headers/header.js";

/** A type in the notation of TypeScript, from the schema that checks the value: `"script" | "style"`, `number`. */
export const typeOf = (schema: Schema | undefined): string => typeText(fromZod(schema));

/** The words that a schema takes, also inside a list or a choice. */
export const wordsOf = (schema: Schema | undefined): readonly string[] => words(fromZod(schema));

function words({ enum: list, anyOf, items }: JsonSchema): readonly string[] {
  if (list !== undefined) return (list as readonly unknown[]).filter((one) => typeof one === "string");
  const inner = [...((anyOf as readonly JsonSchema[] | undefined) ?? []), ...(items === undefined ? [] : [items as JsonSchema])];
  return [...new Set(inner.flatMap(words))];
}

function typeText(schema: JsonSchema): string {
  const { enum: list, const: one, anyOf, type, items } = schema;
  if (one !== undefined) return JSON.stringify(one);
  if (list !== undefined) return (list as readonly unknown[]).map((word) => JSON.stringify(word)).join(" | ");
  if (anyOf !== undefined) return [...new Set((anyOf as readonly JsonSchema[]).map(typeText))].join(" | ");
  if (type === "array") {
    const inner = typeText((items ?? {}) as JsonSchema);
    return inner.includes(" ") ? `(${inner})[]` : `${inner}[]`;
  }
  if (type === "integer") return "number";
  return typeof type === "string" ? type : "string";
}
