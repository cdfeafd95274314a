import { registered } from "../headers/index.js";
import { features } from "../headers/permissions-policy/features.js";
import type { Policy } from "../policy/policy.js";
import { presetName } from "../presets/preset.js";
import { type Edit, editKind } from "../values/edits.js";
import { isNonce } from "../values/slots.js";
import { sourceText } from "../values/sources.js";
import { Failure } from "./failure.js";
import { isApplication } from "./input/presets.js";

/** What is written to a policy file: no functions. */
export interface Written {
  readonly policy: Policy;
  readonly routes: readonly { readonly path: string; readonly policy: Policy }[];
}

/** A policy file in JSON; `$schema` is the address of its schema. Throws {@link Failure} for a nonce, which JSON cannot represent. */
export function jsonOf({ policy, routes }: Written, $schema: string): string {
  const layers = (one: Policy) => layersOf(one).map((layer) => (typeof layer === "string" ? layer : plain(layer)));
  const document = {
    $schema,
    policy: layers(policy),
    ...(routes.length > 0 && { routes: routes.map((route) => ({ path: route.path, layers: layers(route.policy) })) }),
  };
  return `${JSON.stringify(document, withoutEdits, 2)}\n`;
}

/** A policy file as a module; `title` is its first line, as a comment. */
export function moduleOf({ policy, routes }: Written, title: string): string {
  const used = new Set(["definePolicy"]);
  const applications = [policy, ...routes.map((route) => route.policy)].flatMap(layersOf).filter(isApplicationName);
  const text = layersOf(policy).map((layer) => layerText(layer, "", used));
  const places = routes.map(
    ({ path, policy }) =>
      `  { path: ${JSON.stringify(path)}, layers: [${layersOf(policy)
        .map((layer) => layerText(layer, "  ", used))
        .join(", ")}] },\n`,
  );
  const exported = places.length === 0 ? "" : `\nexport const routes = [\n${places.join("")}];\n`;
  // A line break in a file name would end the comment.
  const comment = title.replace(/[\r\n\u2028\u2029]/g, " ");
  const imported = [...new Set(applications)].sort().join(", ");
  const presets = imported === "" ? "" : `import { ${imported} } from "portcullis/applications";\n`;
  return `// ${comment}\nimport { ${[...used].sort().join(", ")} } from "portcullis";\n${presets}\nexport const policy = definePolicy(${text.join(", ")});\n${exported}`;
}

/** In code the presets of applications are imported. */
const layerText = (layer: string | object, indent: string, used: Set<string>) =>
  isApplicationName(layer) ? layer : literal(layer, indent, used);

const isApplicationName = (layer: string | object): layer is string => typeof layer === "string" && isApplication(layer);

function layersOf(policy: Policy): readonly (string | object)[] {
  // An empty patch changes nothing.
  return policy.layers
    .map((layer) => presetName(layer) ?? layer)
    .filter((layer) => typeof layer === "string" || Object.keys(layer).length > 0);
}

/** A Content-Security-Policy with sources made by `source()` is written as text, which may hold every source. */
function plain(patch: object): object {
  const entries = Object.entries(patch).map(([key, value]) => {
    const header = has(value, sourceText) ? registered.find((one) => one.key === key)?.header : undefined;
    return [key, header === undefined || has(value, isNonce) ? value : header.serialize(value, key)];
  });
  return Object.fromEntries(entries);
}

/** Policy files in JSON write an edit as an object of one key. */
function withoutEdits(key: string, value: unknown): unknown {
  const kind = editKind(value);
  if (kind === "allow" && Object.hasOwn(features, key)) {
    throw new Failure([`permissionsPolicy.${key} has allow(…), which JSON cannot represent. Leave --json out to write a module.`]);
  }
  return kind === undefined ? refuseNonce(value) : { [kind]: (value as Edit).sources };
}

function has(value: unknown, test: (value: unknown) => unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Boolean(test(value)) || Object.values(value).some((one) => has(one, test));
}

function refuseNonce(value: unknown): unknown {
  if (isNonce(value)) throw new Failure(["The policy has a nonce, which JSON cannot represent. Leave --json out to write a module."]);
  return value;
}

/** A value in JavaScript; the imports that it needs are added to `used`. */
export function literal(value: unknown, indent: string, used: Set<string>): string {
  if (isNonce(value)) return use("nonce", used);
  const text = sourceText(value);
  if (text !== undefined) return `${use("source", used)}(${JSON.stringify(text)})`;
  if (Array.isArray(value)) return list(value, indent, used);
  const kind = editKind(value);
  if (kind !== undefined) return `${use(kind, used)}(${list((value as Edit).sources, indent, used).slice(1, -1)})`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const lines = Object.entries(value).map(([key, one]) => `${indent}  ${name(key)}: ${literal(one, `${indent}  `, used)},\n`);
  return lines.length === 0 ? "{}" : `{\n${lines.join("")}${indent}}`;
}

const WIDTH = 100;

function list(values: readonly unknown[], indent: string, used: Set<string>): string {
  const items = values.map((one) => literal(one, `${indent}  `, used));
  const line = `[${items.join(", ")}]`;
  return line.length <= WIDTH ? line : `[\n${items.map((item) => `${indent}  ${item},\n`).join("")}${indent}]`;
}

/** `__proto__` needs brackets to be an own property. */
function name(key: string): string {
  if (key === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}

function use(what: string, used: Set<string>): string {
  used.add(what);
  return what;
}
