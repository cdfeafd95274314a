import * as z from "zod/mini";
import type { Schema } from "../../headers/header.js";

/** A JSON Schema of draft 7, with the keywords of VS Code. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** A reference to a definition of the same schema. */
export const ref = (name: string): JsonSchema => ({ $ref: `#/definitions/${name}` });

/** Words, each with its explanation. */
export function words(descriptions: Readonly<Record<string, string>>): JsonSchema {
  return { enum: Object.keys(descriptions), enumDescriptions: Object.values(descriptions) };
}

/**
 * The JSON Schema of a zod schema. A check written as a function cannot be represented: it is left out, and the schema accepts more than
 * the library. A schema that is not zod's accepts everything.
 */
export function fromZod(schema: Schema | undefined): JsonSchema {
  if (schema === undefined || !("_zod" in schema)) return {};
  const { $schema: _, ...rest } = z.toJSONSchema(schema as unknown as z.core.$ZodType, {
    target: "draft-7",
    io: "input",
    unrepresentable: "any",
  });
  return rest as JsonSchema;
}

/**
 * The source of a case-insensitive regular expression for JSON Schema, which has no flags. For patterns with literals, `a-z` and `a-f`
 * in classes, and escapes.
 */
export function caseless(pattern: RegExp): string {
  let text = "";
  let inClass = false;
  const source = pattern.source;
  for (let at = 0; at < source.length; at++) {
    const character = source[at] as string;
    if (character === "\\") {
      text += source.slice(at, at + 2);
      at += 1;
    } else if (character === "[" || character === "]") {
      inClass = character === "[";
      text += character;
    } else if (inClass && /^[a-z]-[a-z]$/.test(source.slice(at, at + 3))) {
      const range = source.slice(at, at + 3);
      text += range + range.toUpperCase();
      at += 2;
    } else if (/[a-z]/i.test(character)) {
      const both = character.toLowerCase() + character.toUpperCase();
      text += inClass ? both : `[${both}]`;
    } else text += character;
  }
  return text;
}

/** The same pattern without its anchors, as a part of another one. */
export const part = (pattern: RegExp): string => caseless(pattern).replace(/^\^|\$$/g, "");
