/** A value to print as YAML. Keys with the value undefined are left out. */
export type YamlValue = string | number | boolean | readonly YamlValue[] | YamlMap;

export interface YamlMap {
  readonly [key: string]: YamlValue | undefined;
}

/** A document in block style. */
export function yamlOf(document: YamlMap | readonly YamlMap[]): string {
  return `${yamlLines(document).join("\n")}\n`;
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);

function yamlLines(value: YamlValue): readonly string[] {
  if (typeof value !== "object") return [scalar(value)];
  if (!isList(value)) return Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : pairOf(key, one)));
  return value.flatMap((item) => {
    const [first, ...rest] = yamlLines(item);
    return [`- ${first}`, ...indented(rest)];
  });
}

function pairOf(key: string, value: YamlValue): readonly string[] {
  const name = PLAIN_KEY.test(key) ? key : scalar(key);
  if (typeof value === "string" && value.endsWith("\n")) return [`${name}: |`, ...indented(value.trimEnd().split("\n"))];
  if (typeof value !== "object") return [`${name}: ${scalar(value)}`];
  return Object.keys(value).length === 0 ? [`${name}: ${JSON.stringify(value)}`] : [`${name}:`, ...indented(yamlLines(value))];
}

/** Excludes words that are booleans or null in some version of YAML. */
const PLAIN_KEY = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z][A-Za-z_]*$/;

/** A double-quoted scalar has the escapes of JSON. YAML 1.2.2 §5.7. */
function scalar(value: string | number | boolean): string {
  return JSON.stringify(value);
}

function isList(value: readonly YamlValue[] | YamlMap): value is readonly YamlValue[] {
  return Array.isArray(value);
}
