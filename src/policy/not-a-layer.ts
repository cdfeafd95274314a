import { keyOfName } from "../headers/content-security-policy/directives.js";
import { headerNamed, keys } from "../headers/index.js";
import { presets } from "../presets/index.js";
import { editKind } from "../values/edits.js";
import { isRecipeCopy, recipeFaults } from "../values/recipe-layer.js";
import { isPerRequest, isSlot } from "../values/slots.js";
import { sourceText } from "../values/sources.js";
import { awaited, didYouMean, isPromise, lettersOf, oneOf, property, show, showKind, shown } from "../values/text.js";

/** What is wrong with a layer: what came, and what to write. */
export type LayerFault = readonly [message: string, hint: string];

const EXAMPLE = 'Write a preset\'s name, or an object such as { xFrameOptions: "DENY" }.';

/** Middleware, and functions that make it, by name. */
const MIDDLEWARE: ReadonlyMap<string, LayerFault> = new Map([
  ["override", ["override(…) is not a layer", 'Mount it on the route: app.get("/path", override({ … }), handler).']],
  [
    "securityHeaders",
    ["securityHeaders(…) is not a layer", "Pass its layers themselves; the middleware is mounted: app.use(securityHeaders(…))."],
  ],
]);

/** Why a value other than a string is not a layer. */
export function notALayer(value: unknown): LayerFault {
  const name: unknown = typeof value === "function" && value.name;
  const middleware = MIDDLEWARE.get(name as string);
  if (middleware !== undefined) return middleware;
  const what = isPromise(value) ? shown(value) : showKind(value);
  const called = typeof name === "string" && /^\w{1,40}$/.test(name) && `If it returns one, call it: ${name}().`;
  const hint = Array.isArray(value) ? "Spread it: securityHeaders(...layers)." : awaited(value, called || EXAMPLE);
  return [`${what} is not a layer`, hint];
}

/** Why a marked value of a source list is not a layer; undefined for any other value. */
export function misplacedMember(value: object): LayerFault | undefined {
  const kind = editKind(value);
  const what = kind === undefined ? memberName(value) : `${kind}(…)`;
  if (what === undefined) return undefined;
  const written = kind === undefined ? `["self", ${what}]` : what;
  return [`${what} is not a layer`, `Write it at a directive: { contentSecurityPolicy: { scriptSrc: ${written} } }.`];
}

function memberName(value: object): string | undefined {
  if (isSlot(value)) return isPerRequest(value) ? "perRequest(…)" : "nonce";
  return sourceText(value) === undefined ? undefined : "source(…)";
}

/** What to write for a string that is not the name of a preset. */
export function unknownPreset(name: string): string {
  const names = Object.keys(presets);
  return (
    fileHint(name) ??
    (nearHint(name, names) ||
      headerText(name) ||
      `Write ${oneOf(names)}. ${RECIPES} Presets of applications are in "portcullis/applications".`)
  );
}

/** A preset that is likely meant. `stripe` is the one recipe whose name is near a preset's. */
function nearHint(name: string, names: readonly string[]): string {
  return lettersOf(name) === "stripe" ? "" : didYouMean(name, names);
}

/** How a recipe is written. */
export const RECIPES = 'Recipes are functions of "portcullis/services": securityHeaders("strict", stripe()).';

/** How to read the file that a string names. */
function fileHint(name: string): string | undefined {
  const [, path = "", extension] = /^([^\s"]+)\.(json|[cm]?[jt]s)$/i.exec(name) ?? [];
  if (extension === undefined) return undefined;
  if (extension.toLowerCase() === "json") return `Read the file: JSON.parse(readFileSync(${show(name)}, "utf8")), or import it.`;
  const folder = /^[./]/.test(path) ? "" : "./";
  return `Import the file: import policy from ${show(`${folder}${path}.${extension.replace("t", "j")}`)}.`;
}

/** The patch that a header's text represents: `X-Frame-Options: DENY`, or the directives of a policy. */
function headerText(text: string): string {
  const [first = ""] = text.split(" ", 1);
  if (keyOfName.has(first.toLowerCase())) return `Write { contentSecurityPolicy: ${show(text)} }.`;
  const colon = text.indexOf(":");
  const name = text.slice(0, Math.max(0, colon));
  const key = headerNamed(name)?.key ?? [...keys.keys()].find((known) => known === name);
  return key === undefined ? "" : `Write { ${property(key, show(text.slice(colon + 1).trim()))} }.`;
}

/** What a spread, `Object.assign` or `structuredClone` leaves of a preset or a policy: its members without its mark. */
const REMAINS = [
  { what: "a preset", members: ["complete", "patch"] },
  { what: "a policy", members: ["layers", "resolved"] },
] as const;

/** Why a copy of a preset, a policy or a recipe's layer is not a layer; undefined for any other object. */
export function copiedLayer(layer: Readonly<Record<string, unknown>>): LayerFault | undefined {
  if (isRecipeCopy(layer)) return recipeFaults(layer)?.copied;
  const remains = REMAINS.filter(({ members }) => members.every((member) => Object.hasOwn(layer, member)));
  if (remains.length === 0) return undefined;
  const what = remains.map((one) => one.what).join(" and ");
  const [name = "preset"] = Object.entries(presets).flatMap(([name, { patch }]) => (layer["patch"] === patch ? [name] : []));
  const first = remains.some((one) => one.what === "a policy") ? "policy" : name;
  const added = Object.keys(layer).filter((key) => !remains.some(({ members }) => (members as readonly string[]).includes(key)));
  const written = added.slice(0, 3).map((key) => property(key, "…"));
  const hint = `Write securityHeaders(${[first, ...(written.length > 0 ? [`{ ${written.join(", ")} }`] : [])].join(", ")}).`;
  return [`${what} was copied into another object, which is not a layer`, hint];
}

/** The preset that a key of a patch names, such as `{ strict: true }`. */
export function presetNamed(key: string): string | undefined {
  return Object.keys(presets).find((name) => lettersOf(name) === lettersOf(key));
}
