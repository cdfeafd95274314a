import { directiveSchema } from "../../headers/content-security-policy/directive-schemas.js";
import { type directives, rows, type SourceListKind, sourceLists, takesOf } from "../../headers/content-security-policy/directives.js";
import { NARROWER } from "../../policy/check-patch.js";
import { HOST, PATH, PORT, QUOTED_HASH, SCHEME, SINGLE_LABEL } from "../../values/source-grammar.js";
import { fromZod, type JsonSchema, part, ref, words } from "./json-schema.js";
import { KEYWORD_TEXTS, SANDBOX_TEXTS } from "./keywords.js";

const pick = <T>(record: Readonly<Record<string, T>>, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, record[name] as T]));

const NOT_A_SOURCE =
  'This is not a source here. Write a keyword such as "self", a host such as "https://cdn.example", a scheme such as "data:", or a hash in single quotes.';

/** What one source list takes: its keywords, bare or in quotes, and what the grammar of sources has. CSP3 §2.3.1. */
function source({ keywords, inline }: SourceListKind): JsonSchema {
  const address = `(?:${part(SCHEME)}//)?${part(HOST)}(?::${part(PORT)})?(?:${part(PATH)})?`;
  const host = `localhost|(?!${part(SINGLE_LABEL)}$)${address}`;
  const sources = [keywords.join("|"), `'(?:${keywords.join("|")})'`, part(SCHEME), host, ...(inline ? [part(QUOTED_HASH)] : [])];
  return {
    type: "string",
    pattern: `^(?:${sources.join("|")})$`,
    patternErrorMessage: NOT_A_SOURCE,
    // For completion: the pattern decides.
    anyOf: [words(pick(KEYWORD_TEXTS, keywords)), { enum: ["https:", "data:", "blob:"] }, {}],
  };
}

type Takes = (typeof directives)[keyof typeof directives]["takes"];

/** The members of directives whose value is a list of other words. */
const MEMBERS = {
  sandbox: words(SANDBOX_TEXTS),
  trustedTypes: {
    type: "string",
    minLength: 1,
    anyOf: [words({ none: "No policies.", "allow-duplicates": "Several policies of one name.", "*": "Policies of any name." }), {}],
  },
  trustedTypesFor: { enum: ["script", "'script'"] },
  urls: { type: "string", minLength: 1 },
} as const satisfies Partial<Record<Takes, JsonSchema>>;

const memberName = (takes: string) => `${takes}Member`;
const listName = (takes: string) => `${takes}List`;
const editName = (takes: string) => `${takes}Edit`;
const allowName = (takes: string) => `${takes}Allow`;

function memberOf(takes: string): JsonSchema {
  return Object.hasOwn(MEMBERS, takes) ? MEMBERS[takes as keyof typeof MEMBERS] : source(sourceLists[takes as keyof typeof sourceLists]);
}

const SWITCHES: JsonSchema = {
  enum: [false, true],
  enumDescriptions: ["Removes the directive.", "Keeps the value of the layers below, or adds the default one."],
};

/** The lists that directives take, and edits of them: definitions that the directives refer to. */
export function listDefinitions(): Readonly<Record<string, JsonSchema>> {
  const lists = [...Object.keys(sourceLists), ...Object.keys(MEMBERS)].flatMap((takes) => {
    const items = ref(memberName(takes));
    const list = { type: "array", items, ...(takes !== "sandbox" && { minItems: 1 }) };
    const some = { type: "array", items, minItems: 1 };
    const edit = (kind: string, description: string) => ({
      type: "object",
      properties: { [kind]: { ...some, description } },
      required: [kind],
      additionalProperties: false,
    });
    const append = edit("append", "Adds these sources to those of the layers below.");
    const remove = edit("remove", "Removes these sources from those of the layers below.");
    const allow = edit("allow", "Widens what the layers below restrict; nothing where they restrict nothing.");
    return [
      [memberName(takes), memberOf(takes)],
      [listName(takes), list],
      [editName(takes), { anyOf: [append, remove] }],
      [allowName(takes), allow],
    ] as const;
  });
  return { ...Object.fromEntries(lists), directiveSwitch: SWITCHES };
}

const SWITCH = ref("directiveSwitch");

/** The value of one directive. */
export function directive(key: string): JsonSchema {
  const takes = rows[key]?.takes ?? "";
  if (takesOf(key) === undefined && !Object.hasOwn(MEMBERS, takes)) return { anyOf: [fromZod(directiveSchema(key)), SWITCH] };
  const allow = Object.hasOwn(NARROWER, key) ? [] : [ref(allowName(takes))];
  return { anyOf: [ref(listName(takes)), ref(editName(takes)), ...allow, SWITCH] };
}
