/** A value of a JSON, YAML or JavaScript file, with its line. Its value is undefined where it is not known, which has been noted. */
export interface Data {
  readonly line: number;
  readonly value: string | number | boolean | null | undefined | readonly Data[] | ReadonlyMap<string, Data>;
}

/** The first of these keys that a map has; undefined where it has none of them, or is not a map. */
export function memberOf(data: Data | undefined, ...keys: readonly string[]): Data | undefined {
  const { value } = data ?? {};
  if (!(value instanceof Map)) return undefined;
  const key = keys.find((one) => value.has(one));
  return key === undefined ? undefined : value.get(key);
}

/** The items of a list; empty for anything else. */
export function itemsOf(data: Data | undefined): readonly Data[] {
  return Array.isArray(data?.value) ? data.value : [];
}

/** The keys and values of a map; empty for anything else. */
export function entriesOf(data: Data | undefined): readonly (readonly [string, Data])[] {
  return data?.value instanceof Map ? [...data.value] : [];
}

/** A string; undefined for anything else. Every scalar of YAML is one. */
export function stringOf(data: Data | undefined): string | undefined {
  return typeof data?.value === "string" ? data.value : undefined;
}
