import { dynamic } from "../site.js";
import { doubtLiterals, valueFor } from "./lookup.js";
import type { Scene, Values } from "./scene.js";
import { type Table, variableName } from "./tables.js";

/** Maximum nesting depth of variables. */
const DEEPEST = 20;

/** A text with the values of its variables. Parts that differ per response are enclosed in NULs. */
export function expanded(text: string, values: Values, depth = 0): string {
  if (!text.includes("$")) return text;
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (written, braced, plain) => {
    const value = depth > DEEPEST ? dynamic(written) : variable(braced ?? plain, values, depth);
    values.note.spend("characters", value.length);
    return value;
  });
}

function variable(written: string, values: Values, depth: number): string {
  const { tables, scene, note } = values;
  const name = variableName(written);
  const table = tables.get(name);
  const before = scene.set.get(name) ?? scene.known.get(name);
  if (before !== undefined) {
    note.spend("work", table?.entries.length ?? 0);
    if (table !== undefined && !scene.set.has(name)) doubtLiterals(table, scene.asked, scene);
    return before;
  }
  if (table !== undefined) {
    const value = lookedUp(table, values, depth + 1);
    if (!table.isVolatile) scene.known.set(name, value);
    return value;
  }
  if (scene.settable.has(name)) return "";
  const own = Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name]?.(scene) : undefined;
  return own ?? dynamic(`$${written}`);
}

/** Known built-in variables. */
const BUILT_IN: Readonly<Record<string, (scene: Scene) => string | undefined>> = {
  uri: ({ uri }) => uri,
  document_uri: ({ uri }) => uri,
  request_uri: ({ asked }) => asked,
  scheme: ({ scheme }) => scheme,
  https: ({ scheme }) => (scheme === "https" ? "on" : ""),
  status: ({ status }) => status,
  sent_http_content_type: ({ type }) => type,
  server_name: ({ names }) => names[0],
  host: ({ names }) => (names.length === 1 ? names[0] : undefined),
};

/** The value that a table finds. Dynamic if several values are possible. */
function lookedUp(table: Table, values: Values, depth: number): string {
  const { name, source, entries, fallback } = table;
  const { scene, note } = values;
  note.spend("work", 5 + entries.length);
  const isConstant = entries.every(({ value }) => value === fallback);
  // Values of geo are literal, which allows writing a "$".
  if (source === undefined) return isConstant ? fallback : dynamic(`$${name}`);
  const found = new Set(sourcesIn(source, values, depth).map((text) => valueFor(text, table, scene, note)));
  const [only, ...others] = found;
  const value = only === undefined || others.length > 0 ? undefined : only;
  if (value !== undefined) return expanded(value, values, depth);
  return isConstant ? expanded(fallback, values, depth) : dynamic(`$${name}`);
}

/** The texts that may be looked up: for a host, each of its names. */
function sourcesIn(source: string, values: Values, depth: number): readonly string[] {
  const { scene } = values;
  if (/^\$\{?(?:http_)?host\}?$/i.test(source) && scene.names.length > 0) return scene.names;
  const text = expanded(source, values, depth);
  const [, sent] = /^\0\$upstream_http_(\w+)\0$/i.exec(text) ?? [];
  if (sent === undefined) return [text];
  scene.doubt(0, `depends on the ${sent.replaceAll("_", "-")} of the application: read as if it sent none`);
  return [""];
}
