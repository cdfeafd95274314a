import { issueCollector, PolicyError, type PolicyIssue, policyError, type ReportIssue } from "../errors.js";
import { byBreadth, contains, normalised, type RoutePath, readRoutePath } from "../middleware/routes.js";
import { securityHeaders } from "../middleware/security-headers.js";
import type { Middleware } from "../middleware/types.js";
import type { CompiledPolicy } from "../policy/compile.js";
import { overrideWith } from "../policy/override.js";
import type { Layer, Policy } from "../policy/policy.js";
import { compiledOf } from "../policy/render.js";
import { type Option, readOptions } from "../values/legacy-options.js";

/** Paths that get more than the site's policy. */
export interface ProxyRoute {
  /** `"/embed"`, or `"/api/*"` for all below `/api/`. */
  readonly path: string;
  /** Laid on the site's policy, and on the routes that mean this path too, the broadest first: as `override` does. */
  readonly layers: readonly Layer[];
}

/** What the responses of some paths carry. */
export interface Place {
  readonly put: Middleware;
  /** The names that the policy decides on, in lower case. */
  readonly decided: ReadonlySet<string>;
}

/**
 * The place of a path without its query.
 *
 * @returns undefined where a server that decodes `%2F` would find the path in another place than one that does not.
 */
export type PlaceOf = (path: string) => Place | undefined;

const ROUTE: Readonly<Record<keyof ProxyRoute, Option>> = {
  path: { fits: (value) => value !== undefined, hint: "" },
  layers: { fits: Array.isArray, hint: 'Write a list of layers: [{ xFrameOptions: "DENY" }].' },
};

/** Each request looks at all of them, but for those of one path. */
const MOST_ROUTES = 1_000;

/**
 * Makes the places of a policy and its routes, at boot.
 *
 * @throws {PolicyError} with all that is wrong with the routes.
 */
export function placesOf(policy: Policy, given: readonly unknown[]): PlaceOf {
  const site = placeOf(policy, ["policy"]);
  if (given.length === 0) return () => site;
  const found = routesOf(policy, given);
  const single = new Map(found.filter(({ path }) => !path.below).map(({ path, place }) => [path.path, place]));
  // The narrowest first.
  const folders = found.filter(({ path }) => path.below).reverse();
  const at = (path: string) => single.get(path) ?? folders.find((folder) => path.startsWith(folder.path.path))?.place ?? site;
  return (path) => {
    const place = at(normalised(path));
    return ENCODED_SLASH.test(path) && at(normalised(path.replace(/%2f/gi, "/"))) !== place ? undefined : place;
  };
}

const ENCODED_SLASH = /%2f/i;

interface Route {
  readonly path: RoutePath;
  readonly layers: readonly Layer[];
  readonly index: number;
}

/** The routes with their places, the broadest first. */
function routesOf(policy: Policy, given: readonly unknown[]): readonly { readonly path: RoutePath; readonly place: Place }[] {
  const { report, throwIfAny } = issueCollector();
  if (given.length > MOST_ROUTES) {
    const message = `are ${given.length}, and at most ${MOST_ROUTES} are read`;
    throw policyError("invalid-value", ["createProxy", "routes"], message, "Put paths together, as /api/* does.");
  }
  const routes = given.flatMap((route, index) => adopting(report, [], () => routeOf(route, index)) ?? []);
  throwIfAny();
  routes.sort((one, other) => byBreadth(one.path, other.path));
  const found = routes.flatMap(({ path, layers, index }, position) => {
    const broader = routes.slice(0, position).filter((one) => contains(one.path, path));
    const onTop = [...broader.flatMap((one) => one.layers), ...layers];
    const laid = adopting(report, ["createProxy", `routes[${index}]`], () => overrideWith(policy, onTop));
    return laid === undefined ? [] : [{ path, policy: laid, index }];
  });
  throwIfAny();
  return found.map(({ path, policy: laid, index }) => ({ path, place: placeOf(laid, [`routes[${index}]`, "layers"]) }));
}

function routeOf(given: unknown, index: number): Route {
  const { layers } = readOptions<ProxyRoute>(`createProxy.routes[${index}]`, given, ROUTE);
  const { report, throwIfAny } = issueCollector();
  const { path: text } = given as ProxyRoute;
  const path = readRoutePath(text, (issue) => report({ ...issue, path: ["createProxy", ...issue.path] }), index);
  if (layers === undefined) {
    const message = "undefined does not fit";
    report({ path: [`createProxy.routes[${index}]`, "layers"], message, hint: ROUTE.layers.hint });
  }
  throwIfAny();
  return { path: path as RoutePath, layers: layers as readonly Layer[], index };
}

/** Tells of what another check throws, under a path; what it gives where all is well. */
function adopting<T>(report: ReportIssue, under: readonly string[], make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    for (const issue of error.issues) report(moved(issue, under));
    return undefined;
  }
}

const moved = ({ path, ...rest }: PolicyIssue, under: readonly string[]) => ({ ...rest, path: path === "" ? under : [...under, path] });

function placeOf(policy: Policy, where: readonly string[]): Place {
  const compiled = compiledOf(policy);
  if (compiled.hasNonce) {
    const hint = 'Write hashes instead: see hashesOf in "portcullis/hashes".';
    throw policyError("slot-empty", ["createProxy", ...where], "has a nonce, which the application's pages cannot know", hint);
  }
  return { put: securityHeaders(policy), decided: decidedBy(compiled) };
}

/** The names that a policy decides on, in lower case. */
function decidedBy({ secure, removed }: CompiledPolicy): ReadonlySet<string> {
  return new Set([...secure.names, ...removed.secure].map((name) => name.toLowerCase()));
}
