import { DEEPEST_JSON } from "../../../src/cli/limits.js";
import { MOST_POLICY } from "./limits.js";

/** The options of a recipe as a policy file has them; undefined for none. */
export type Options = Readonly<Record<string, unknown>> | undefined;

type Members = Readonly<Record<string, unknown>>;

/** A policy file of the editor as its controls see it. */
export interface PolicyDocument {
  /** Layers, the lowest first. */
  readonly layers: readonly unknown[];
  /** The recipes by name, in order. */
  readonly services: ReadonlyMap<string, Options>;
  /** The members beside `policy` and `services`. */
  readonly rest: Members;
}

const isObject = (value: unknown): value is Members => typeof value === "object" && value !== null && !Array.isArray(value);

const withoutKeys = (value: Members, ...keys: readonly string[]): Members =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));

const own = (value: Members, key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined);

/** Whether lists and objects are nested in more levels. */
const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === "object" && value !== null && (levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)));

/** Reads the text of the editor; undefined where it is not JSON that has layers, or is more than the library reads. */
export function readDocument(text: string): PolicyDocument | undefined {
  if (text.length > MOST_POLICY) return undefined;
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (isDeeper(found, DEEPEST_JSON)) return undefined;
  if (!isObject(found)) return typeof found === "string" || Array.isArray(found) ? documentOf(found, undefined, {}) : undefined;
  if (Object.hasOwn(found, "policy")) return documentOf(found["policy"], own(found, "services"), withoutKeys(found, "policy", "services"));
  const patch = withoutKeys(found, "services", "$schema");
  const rest = Object.hasOwn(found, "$schema") ? { $schema: found["$schema"] } : {};
  return documentOf(Object.keys(patch).length === 0 ? [] : [patch], own(found, "services"), rest);
}

function documentOf(policy: unknown, services: unknown, rest: Members): PolicyDocument | undefined {
  if (services !== undefined && !Array.isArray(services)) return undefined;
  const entries = ((services ?? []) as readonly unknown[]).map((one): [string, Options] | undefined => {
    if (typeof one === "string") return [one, undefined];
    const [name, ...others] = isObject(one) ? Object.keys(one) : [];
    if (name === undefined || others.length > 0) return undefined;
    const options = (one as Members)[name];
    return isObject(options) ? [name, options] : undefined;
  });
  // What the controls cannot show is left to the editor.
  if (entries.includes(undefined)) return undefined;
  return { layers: Array.isArray(policy) ? policy : [policy], services: new Map(entries as [string, Options][]), rest };
}

/** The text of a document, as it is written in the editor. */
export function textOf({ layers, services, rest }: PolicyDocument): string {
  const list = [...services].map(([name, options]) =>
    options === undefined || Object.keys(options).length === 0 ? name : Object.fromEntries([[name, options]]),
  );
  const { $schema, ...others } = rest;
  const found = { ...($schema !== undefined && { $schema }), policy: layers, ...(list.length > 0 && { services: list }), ...others };
  return compact(JSON.stringify(found, undefined, 2));
}

/** Lists of plain texts that fit on one line. */
function compact(text: string): string {
  return text.replace(/\[\n\s+("[^"\n]*"(?:,\n\s+"[^"\n]*")*)\n\s*\]/g, (whole, items: string) => {
    const line = `[${items.replace(/,\n\s+/g, ", ")}]`;
    return line.length <= 80 ? line : whole;
  });
}

/** The preset that the layers begin with; `""` for none. */
export function presetOf({ layers }: PolicyDocument): string {
  const [first] = layers;
  return typeof first === "string" ? first : "";
}

/** The document with another preset below its patches. */
export function withPreset(document: PolicyDocument, preset: string): PolicyDocument {
  const above = typeof document.layers[0] === "string" ? document.layers.slice(1) : document.layers;
  return { ...document, layers: preset === "" ? above : [preset, ...above] };
}

/** The document with a recipe, or without it where `options` is `false`. */
export function withService(document: PolicyDocument, name: string, options: Options | false): PolicyDocument {
  const services = new Map(document.services);
  if (options === false) services.delete(name);
  else services.set(name, options);
  return { ...document, services };
}
