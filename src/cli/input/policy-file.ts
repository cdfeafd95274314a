import * as z from "zod/mini";
import { issueCollector, type Path, type ReportIssue } from "../../errors.js";
import type { ExportRoute } from "../../export/index.js";
import { isPolicy as isPolicyMade } from "../../policy/policy.js";
import { readLayers } from "../../policy/read.js";
import { isEdit } from "../../values/edits.js";
import { checkOptions } from "../../values/options.js";
import { own } from "../../values/own.js";
import { expecting } from "../../values/schema.js";
import { didYouMean, oneOf, show } from "../../values/text.js";
import { readSettings, SETTINGS, type Settings } from "../config/settings.js";
import { hintForKey, isPolicyKey } from "../config/unknown-keys.js";
import { named } from "../failure.js";
import { parseJson } from "./json.js";
import { jsonEdits } from "./json-edits.js";
import { inJson } from "./json-hints.js";
import { withApplication } from "./presets.js";
import { type Issues, MOST_SERVICES, readServices, reportRecipeName } from "./services.js";

/** What a preset or a policy file holds: layers, the lowest first, and routes with further layers. */
export interface PolicyFile {
  readonly layers: readonly unknown[];
  readonly routes: readonly ExportRoute[];
  /** Options of commands, of a configuration file. */
  readonly settings: Settings;
}

/** The keys of a policy file with routes, in the order in which they are written. */
export const DOCUMENT_KEYS = ["$schema", "policy", "services", "routes", "check", "record", "prove"] as const;

/** The keys of one route. */
export const ROUTE_KEYS = ["path", "layers"] as const satisfies readonly (keyof ExportRoute)[];

/** `services` has become layers before a document is checked. */
type Document = { readonly [Key in Exclude<(typeof DOCUMENT_KEYS)[number], "services">]: unknown };

const ROUTE = '{ "path": "/embed", "layers": [{ … }] }';
const LAYER = `Write a preset's name, an object such as { "xFrameOptions": "DENY" }, or a list of them.`;

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

/** The members of a list are checked as layers, which is more than a schema here could do. */
const isPolicy = (value: unknown) => isObject(value) || Array.isArray(value) || typeof value === "string" || value === false;

const documentSchemas = () => ({
  $schema: z.string(expecting("the address of a JSON schema")),
  policy: z.custom(isPolicy, expecting("a layer, or a list of layers", LAYER)),
  routes: z.array(z.unknown(), expecting("a list of routes", `Write [${ROUTE}].`)),
  // Read by their own schemas.
  check: z.unknown(),
  record: z.unknown(),
  prove: z.unknown(),
});

/** Whether a value is a document, and not a patch or a list: it has a policy, or options of commands. */
export function isDocument(value: unknown): value is object {
  if (!isObject(value) || isPolicyMade(value)) return false;
  return ["policy", ...SETTINGS].some((key) => own(value, key) !== undefined) || isMistaken(Object.keys(value));
}

/** Keys of which one was meant for a document, and none is one of a policy. */
function isMistaken(names: readonly string[]): boolean {
  return names.some((key) => key === "routes" || hintForKey(key) !== undefined) && !names.some(isPolicyKey);
}

const routeSchemas = () => ({
  path: z.string(expecting('a path, such as "/embed" or "/api/*"')),
  layers: z.array(z.unknown(), expecting("a list of layers", `Write ${ROUTE}.`)),
});

/**
 * Reads a policy file in JSON: a patch, a preset's name, a list of layers, `{ policy, services, routes }`, or what `portcullis learn`
 * writes. Edits are objects, as {@link jsonEdits} reads them; `services` in a patch are recipes on top of it.
 *
 * @param word the file, as errors name it.
 * @throws {Failure} with the path of each mistake, what came, and what to write.
 */
export function policyOfJson(text: string, word: string): PolicyFile {
  return named(word, () => inJson(() => readPolicyJson(text, word)));
}

/**
 * The same, for a caller that shows each mistake beside the text.
 *
 * @throws {Failure} where the text is not JSON.
 * @throws {PolicyError} with the path of each mistake, as the policy has it.
 */
export function readPolicyJson(text: string, word: string): PolicyFile {
  const { report, throwIfAny } = issueCollector();
  const found = parseJson(text, word, jsonEdits(report));
  throwIfAny();
  // What `learn --format json` writes: the patch, and the evidence for it.
  if (own(found, "suggestions") !== undefined && own(found, "patch") !== undefined)
    return readPolicyDocument({ policy: own(found, "patch") });
  if (isDocument(found)) return readPolicyDocument(withServices(found));
  const schema = own(found, "$schema");
  const policy = isObject(found) ? withoutSchema(found) : found;
  return readPolicyDocument(withServices({ ...(schema !== undefined && { $schema: schema }), policy }));
}

/** The document with recipes in place of each `services`: beside `policy`, in a patch, in the layers of a route. */
function withServices(document: object): object {
  const issues = { ...issueCollector(), left: MOST_SERVICES };
  const { services, ...rest } = document as Record<string, unknown>;
  const isAlone = !Object.hasOwn(rest, "routes") && services === undefined;
  if (services !== undefined && rest["policy"] === undefined) rest["policy"] = [];
  const policy = expand(rest["policy"], isAlone && isObject(rest["policy"]) ? [] : ["policy"], issues);
  const beside = services === undefined ? [] : readServices(services, ["services"], issues);
  const routes = Array.isArray(rest["routes"])
    ? rest["routes"].map((route, index) => withRouteServices(route, index, issues))
    : rest["routes"];
  issues.throwIfAny();
  return { ...rest, policy: beside.length === 0 ? policy : [policy, beside].flat(), ...(routes !== undefined && { routes }) };
}

function withRouteServices(route: unknown, index: number, issues: Issues): unknown {
  const layers = own(route, "layers");
  return Array.isArray(layers) ? { ...(route as object), layers: expand(layers, ["routes", index, "layers"], issues) } : route;
}

/** A layer, or a list of layers, in which `services` of a patch are layers above it. */
function expand(value: unknown, path: Path, issues: Issues): unknown {
  if (Array.isArray(value)) return value.flatMap((layer, index) => layersIn(layer, [...path, index], issues));
  return hasServices(value) || typeof value === "string" ? layersIn(value, path, issues) : value;
}

function layersIn(layer: unknown, path: Path, issues: Issues): readonly unknown[] {
  if (typeof layer === "string") reportRecipeName(layer, issues);
  if (!hasServices(layer)) return [layer];
  const { services, ...patch } = layer;
  const recipes = readServices(services, [...path, "services"], issues);
  return Object.keys(patch).length === 0 ? recipes : [patch, ...recipes];
}

function hasServices(layer: unknown): layer is { readonly services: unknown } {
  return isObject(layer) && !isEdit(layer) && Object.hasOwn(layer, "services");
}

function withoutSchema(patch: object): object {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => key !== "$schema"));
}

/**
 * Checks the content of a policy file or a policy module, without the layers below.
 *
 * @throws {PolicyError}
 */
export function readPolicyDocument(document: object): PolicyFile {
  const { report, throwIfAny } = issueCollector();
  const read = checkOptions<Document>([], document, documentSchemas, besidePolicy(report));
  const { policy, routes = [] } = read as { policy?: unknown; routes?: readonly unknown[] };
  const settings = Object.fromEntries(
    SETTINGS.filter((name) => read[name] !== undefined).map((name) => [name, readSettings(name, read[name], report)]),
  );
  routes.forEach((route, index) => void checkRoute(route, index, report));
  if (policy === undefined && read["routes"] !== undefined)
    report({ path: ["routes"], code: "missing", message: "has no policy to change", hint: 'Write "policy": "strict" beside it.' });
  throwIfAny();
  const known = (layers: readonly unknown[]) => layers.map((layer) => withApplication(layer, report));
  const layers = policy === undefined ? [] : known(Array.isArray(policy) ? policy : [policy]);
  const places = (routes as readonly ExportRoute[]).map((route) => ({ ...route, layers: known(route.layers) as ExportRoute["layers"] }));
  readLayers(layers, report);
  throwIfAny();
  return { layers, routes: places, settings };
}

/** What to write instead of an unknown key: its own answer, the policy for a key of one, or the keys that there are. */
function besidePolicy(report: ReportIssue): ReportIssue {
  return (issue) => {
    if (issue.code !== "unknown-name") return report(issue);
    const key = String(issue.path.at(-1));
    const hint = hintForKey(key);
    if (hint !== undefined) return report({ ...issue, message: "unknown option", hint });
    if (isPolicyKey(key)) return report({ ...issue, message: "is not a key beside policy", hint: "Write it into the policy." });
    report({ ...issue, hint: didYouMean(key, DOCUMENT_KEYS) || `Write ${oneOf(DOCUMENT_KEYS)}.` });
  };
}

/** The path and each layer are checked where the routes are used, where the layers below are known. */
function checkRoute(route: unknown, index: number, report: ReportIssue): void {
  const path = ["routes", index] as const;
  if (!isObject(route)) return report({ path, code: "wrong-type", message: `${show(route)} is not a route`, hint: `Write ${ROUTE}.` });
  let mistaken = false;
  const read = checkOptions<Record<(typeof ROUTE_KEYS)[number], unknown>>(path, route, routeSchemas, (issue) => {
    mistaken = true;
    report(issue);
  });
  // A missing key is not reported beside a misspelt one.
  if (mistaken) return;
  for (const key of ROUTE_KEYS.filter((one) => read[one] === undefined))
    report({ path: [...path, key], code: "missing", message: "is missing", hint: `Write ${ROUTE}.` });
}
