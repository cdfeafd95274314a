import { registered } from "../headers/index.js";
import type { Policy } from "../policy/policy.js";
import { presetName } from "../presets/preset.js";
import { isNonce } from "../values/slots.js";
import { sourceText } from "../values/sources.js";
import { Failure } from "./failure.js";

/** What a policy file holds, as far as it can be written down: no function, no edit. */
export interface Written {
  readonly policy: Policy;
  readonly routes: readonly { readonly path: string; readonly policy: Policy }[];
}

/** A policy file in JSON; throws {@link Failure} where there is a nonce, which JSON cannot say. */
export function jsonOf({ policy, routes }: Written): string {
  const layers = (one: Policy) => layersOf(one).map((layer) => (typeof layer === "string" ? layer : plain(layer)));
  const document = {
    policy: layers(policy),
    ...(routes.length > 0 && { routes: routes.map((route) => ({ path: route.path, layers: layers(route.policy) })) }),
  };
  return `${JSON.stringify(document, refuseNonce, 2)}\n`;
}

/** A policy file that is a module; `title` stands above it, as a comment of one line. */
export function moduleOf({ policy, routes }: Written, title: string): string {
  const used = new Set(["definePolicy"]);
  const text = layersOf(policy).map((layer) => literal(layer, "", used));
  const places = routes.map(
    ({ path, policy }) =>
      `  { path: ${JSON.stringify(path)}, layers: [${layersOf(policy)
        .map((layer) => literal(layer, "  ", used))
        .join(", ")}] },\n`,
  );
  const exported = places.length === 0 ? "" : `\nexport const routes = [\n${places.join("")}];\n`;
  // Of what a user gave: a line break in it would end the comment.
  const comment = title.replace(/[\r\n\u2028\u2029]/g, " ");
  return `// ${comment}\nimport { ${[...used].sort().join(", ")} } from "portcullis";\n\nexport const policy = definePolicy(${text.join(", ")});\n${exported}`;
}

function layersOf(policy: Policy): readonly (string | object)[] {
  // A patch that says nothing is left out.
  return policy.layers
    .map((layer) => presetName(layer) ?? layer)
    .filter((layer) => typeof layer === "string" || Object.keys(layer).length > 0);
}

/** A Content-Security-Policy whose sources the types do not know is written as text: there every source may stand. */
function plain(patch: object): object {
  const entries = Object.entries(patch).map(([key, value]) => {
    const header = has(value, sourceText) ? registered.find((one) => one.key === key)?.header : undefined;
    return [key, header === undefined || has(value, isNonce) ? value : header.serialize(value, key)];
  });
  return Object.fromEntries(entries);
}

function has(value: unknown, test: (value: unknown) => unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Boolean(test(value)) || Object.values(value).some((one) => has(one, test));
}

function refuseNonce(_key: string, value: unknown): unknown {
  if (isNonce(value)) throw new Failure(["The policy has a nonce, which JSON cannot hold. Leave --json out: a module can."]);
  return value;
}

/** A value as it is written in JavaScript; what it needs of this package goes into `used`. */
function literal(value: unknown, indent: string, used: Set<string>): string {
  if (isNonce(value)) return use("nonce", used);
  const text = sourceText(value);
  if (text !== undefined) return `${use("source", used)}(${JSON.stringify(text)})`;
  if (Array.isArray(value)) return list(value, indent, used);
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

/** In brackets where it would not be an own property otherwise. */
function name(key: string): string {
  if (key === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}

function use(what: string, used: Set<string>): string {
  used.add(what);
  return what;
}
