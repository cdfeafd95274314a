import { issueCollector, PolicyError, type ReportIssue } from "../errors.js";
import { isOfOneAnswer } from "../headers/custom.js";
import { registered } from "../headers/index.js";
import { byBreadth, contains, faultOf, policyOfRoute, readPath, readRoutePath } from "../middleware/routes.js";
import { isPolicy, makePolicy, type Policy } from "../policy/policy.js";
import { readLayers } from "../policy/read.js";
import { compiledOf, renderHeaders } from "../policy/render.js";
import { awaited, reading, shown } from "../values/options.js";
import { own } from "../values/own.js";
import { didYouMean, isPromise, show } from "../values/text.js";
import { type ExportOptions, type ExportRoute, readExportOptions } from "./options.js";
import type { Place, RoutePath, Site } from "./target.js";

type Issues = ReturnType<typeof issueCollector>;

/** A valid route. */
interface ReadRoute {
  readonly path: RoutePath;
  readonly layers: readonly unknown[];
  readonly index: number;
}

/**
 * Reads the options of `exportPolicy`.
 *
 * @param issues receives all mistakes. If there are any, the site must not be printed.
 * @param slotHint what to use instead of a slot, besides hashes.
 * @returns undefined if the policy is missing or not valid.
 */
export function siteOf(
  given: unknown,
  issues: Issues,
  slotHint?: string,
): { readonly site: Site; readonly options: Partial<ExportOptions> } | undefined {
  const { report } = issues;
  const options = readExportOptions(given, report);
  const policy = definedPolicy(options.policy, issues);
  const routes = routesOf(options.routes ?? [], issues);
  if (policy === undefined) return undefined;
  const serverName = (options.serverName ?? "example.com").toLowerCase();
  const site = {
    ...placesOf(policy, routes, issues, slotHint),
    upstream: options.upstream === undefined ? undefined : new URL(options.upstream).origin,
    serverName,
    certificate: options.certificate ?? `/etc/ssl/certs/${serverName}.pem`,
    certificateKey: options.certificateKey ?? `/etc/ssl/private/${serverName}.key`,
    httpsPort: options.httpsPort ?? 443,
    httpPort: options.httpPort ?? 80,
    healthPath: options.healthPath ?? "/health",
    listen: [...(options.listen ?? [])],
    readTimeout: options.readTimeout,
  };
  return { site, options };
}

/** Adds the issues of a thrown PolicyError. Returns undefined then. */
function attempt<T>({ adopt }: Issues, make: () => T, pathOf = (path: string) => path): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    adopt(error, pathOf);
    return undefined;
  }
}

function definedPolicy(given: ExportOptions["policy"] | undefined, issues: Issues): Policy | undefined {
  const isList = Array.isArray(given);
  if (given !== undefined) {
    const path = (path: string) => under("policy", isList ? path.replace(/^layers(?=\[)/, "") : path.replace(/^layers\[0\]\.?/, ""));
    const layers = reading(["policy"], issues.report, () => (isList ? Array.from(given) : [given]));
    return layers && attempt(issues, () => makePolicy(layers), path);
  }
  // A policy that could not be read has been reported.
  if (issues.issues.some(({ path }) => /^exportPolicy(?:\.policy)?$/.test(path))) return undefined;
  const hint = 'Write policy: "strict", or a policy of definePolicy.';
  issues.report({ path: ["exportPolicy", "policy"], code: "missing", message: "is missing", hint });
  return undefined;
}

/** The path of an issue, below a prefix. */
function under(prefix: string, path: string): string {
  if (path === "" || path.startsWith("[")) return `${prefix}${path}`;
  // A quoted first step needs brackets behind a prefix.
  const [first] = /^"(?:[^"\\]|\\.)*"/.exec(path) ?? [];
  return first === undefined ? `${prefix}.${path}` : `${prefix}[${first}]${path.slice(first.length)}`;
}

/** More than the limit of any target. */
const MOST_ROUTES = 10_000;

function routesOf(given: readonly unknown[], issues: Issues): readonly ReadRoute[] {
  const { report } = issues;
  if (given.length > MOST_ROUTES) {
    const message = `are ${given.length}, and the maximum is ${MOST_ROUTES}`;
    report({ path: ["routes"], message, hint: "Combine paths, such as /api/*." });
    return [];
  }
  const read = reading(["exportPolicy", "routes"], report, () => Array.from(given)) ?? [];
  const routes = read.map((route, index) => reading(["routes", index], report, () => routeOf(route, index, issues)));
  return routes.filter((route) => route !== undefined).sort((one, other) => byBreadth(one.path, other.path));
}

const KEYS: readonly string[] = ["path", "layers"] satisfies readonly (keyof ExportRoute)[];
const HINT = 'Write { path: "/embed", layers: [{ … }] }.';

/** Reports values that are not routes, and unknown keys of routes. */
function routeOf(given: unknown, index: number, issues: Issues): ReadRoute | undefined {
  const { report } = issues;
  if (typeof given !== "object" || given === null || Array.isArray(given) || isPromise(given) || isPolicy(given)) {
    const what = isPolicy(given) ? "a policy" : shown(given);
    const hint = isPolicy(given) ? 'Write { path: "/embed", layers: [policy] }.' : awaited(given, HINT);
    report({ path: ["routes", index], code: "wrong-type", message: `${what} is not a route`, hint });
    return undefined;
  }
  const unknown = Object.keys(given).filter((key) => !KEYS.includes(key));
  for (const key of unknown) {
    const message = `${show(key)} is not a key of a route`;
    const hint = didYouMean(key, KEYS) || (key === "override" ? "Write layers: [{ … }]." : HINT);
    report({ path: ["routes", index, key], code: "unknown-name", message, hint });
  }
  const layers = own(given, "layers");
  const path = readRoutePath(own(given, "path"), report, index);
  // The layers may have an unknown key, which has been reported.
  if (layers === undefined && unknown.length > 0) return undefined;
  const read = layersOf(layers, index, issues);
  return path === undefined || read === undefined ? undefined : { path, layers: read, index };
}

function layersOf(given: unknown, index: number, issues: Issues): readonly unknown[] | undefined {
  const path = ["routes", index, "layers"] as const;
  if (!Array.isArray(given)) {
    const what = isPolicy(given) ? "a policy" : shown(given);
    const hints = { string: `Write layers: [${show(given)}].`, object: `Write layers: [${isPolicy(given) ? "policy" : "{ … }"}].` };
    const hint = given !== null && (typeof given) in hints ? hints[typeof given as keyof typeof hints] : HINT;
    issues.report({ path, code: "wrong-type", message: `${what} is not a list of layers`, hint: awaited(given, hint) });
    return undefined;
  }
  const layers = reading(path, issues.report, () => Array.from(given));
  if (layers === undefined) return undefined;
  return attempt(issues, () => checkedLayers(layers), inRoute(index));
}

/** Checks each layer by itself, without those below it. */
function checkedLayers(layers: readonly unknown[]): readonly unknown[] {
  const { report, throwIfAny } = issueCollector();
  readLayers(layers, report);
  throwIfAny();
  return layers;
}

/** Checks the arguments of `exportRoute` and reports mistakes. */
export function checkRoute(path: unknown, layers: readonly unknown[], issues: Issues): void {
  if (readPath(path) === undefined) {
    const [message, hint] = faultOf(path, '"/embed", or "/api/*" for all paths below it');
    issues.report({ path: ["exportRoute", "path"], message: `${shown(path)} ${message}`, hint: awaited(path, hint) });
  }
  attempt(
    issues,
    () => checkedLayers(layers),
    (at) => under("exportRoute", at),
  );
}

const inRoute = (index: number) => (path: string) => under(`routes[${index}]`, path);

function placesOf(policy: Policy, routes: readonly ReadRoute[], issues: Issues, slotHint = ""): Pick<Site, "all" | "routes"> {
  const said = new Set<string>();
  const once: ReportIssue = (issue) => {
    const key = JSON.stringify(issue.path);
    const hint = issue.code === "slot-empty" ? `${issue.hint} ${slotHint}`.trim() : issue.hint;
    if (!said.has(key)) issues.report({ ...issue, hint });
    said.add(key);
  };
  const all = placeOf(policy, undefined, once);
  const places = routes.flatMap((route, position) => {
    // Of several routes for one path, the last one has the layers of all of them.
    if (routes.slice(position + 1).some(({ path }) => contains(route.path, path) && contains(path, route.path))) return [];
    const own = attempt(issues, () => policyOfRoute(policy, routes, route), inRoute(route.index));
    return own === undefined ? [] : [placeOf(own, route.path, once)];
  });
  return { all, routes: places };
}

function placeOf(policy: Policy, path: RoutePath | undefined, report: ReportIssue): Place {
  const compiled = compiledOf(policy);
  const { developmentOnly } = policy.resolved;
  if (developmentOnly !== undefined) {
    const message = `${developmentOnly} is for a development server alone`;
    report({ path: ["developmentOnly"], code: "conflict", message, hint: "Export the policy without it." });
  }
  if (compiled.sample !== undefined) {
    const message = "differs per response, but printed values are static";
    report({ path: ["reporting", "sample"], code: "conflict", message, hint: "Write sample: 1, or let the application send the headers." });
  }
  if (!compiled.isStatic) {
    reportSlots(policy, report);
    return { path, lines: [], remove: [] };
  }
  const lines = Object.entries(renderHeaders(policy));
  for (const [name] of lines.filter(([name]) => isOfOneAnswer(name))) {
    const message = "differs per response, but printed values are static";
    report({ path: ["custom", name], message, hint: "Remove it: the application or its server sets it." });
  }
  return { path, lines, remove: compiled.removed.secure };
}

/** Reports each directive that has a slot. */
function reportSlots(policy: Policy, report: ReportIssue): void {
  for (const { key } of registered) {
    const options = policy.resolved[key];
    if (typeof options !== "object" || options === null) continue;
    for (const [field, list] of Object.entries(options)) {
      if (!Array.isArray(list) || list.every((source) => typeof source === "string")) continue;
      const hint = 'Write hashes instead: see hashesOf in "portcullis/hashes".';
      report({ path: [key, field], code: "slot-empty", message: "differs per response, but printed values are static", hint });
    }
  }
}
