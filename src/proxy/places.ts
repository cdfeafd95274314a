import * as z from "zod/mini";
import { issueCollector, PolicyError, policyError, type ReportIssue, reportUnder } from "../errors.js";
import { byBreadth, normalised, policyOfRoute, type RoutePath, readRoutePath } from "../middleware/routes.js";
import { securityHeaders } from "../middleware/security-headers.js";
import type { Middleware } from "../middleware/types.js";
import type { CompiledPolicy } from "../policy/compile.js";
import type { Layer, Policy } from "../policy/policy.js";
import { compiledOf } from "../policy/render.js";
import { checkOptions, type OptionSchemas } from "../values/options.js";
import { expecting } from "../values/schema.js";

/** Layers on top of the site's policy for some paths. */
export interface ProxyRoute {
  /** `"/embed"`, or `"/api/*"` for every path below `/api/`. */
  readonly path: string;
  /** On top of the site's policy and of the layers of broader routes that match this path, as with `override`. */
  readonly layers: readonly Layer[];
}

/** The policy of some paths. */
export interface Place {
  readonly put: Middleware;
  /** The header names that the policy sets or removes, in lower case. */
  readonly decided: ReadonlySet<string>;
}

/**
 * The place of a path without its query.
 *
 * @returns undefined if a server that decodes `%2F` would match another route than one that does not.
 */
export type PlaceOf = (path: string) => Place | undefined;

const ROUTE: OptionSchemas<ProxyRoute> = () => ({
  path: z.unknown(),
  layers: z.array(z.unknown(), expecting("a list of layers", LAYERS)),
});

const LAYERS = 'Write a list of layers: [{ xFrameOptions: "DENY" }].';

/** The limit: each request compares its path with every route that ends in a star. */
const MOST_ROUTES = 1_000;

/**
 * Makes the places of a policy and its routes, at boot.
 *
 * @throws {PolicyError} with all mistakes in the routes.
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
    const message = `there are ${given.length} routes, and the limit is ${MOST_ROUTES}`;
    throw policyError("invalid-value", ["createProxy", "routes"], message, "Combine paths, as /api/* does.");
  }
  const routes = Array.from(given, (route, index) => readRoute(route, index, reportUnder(["createProxy"], report))).filter(
    (route) => route !== undefined,
  );
  throwIfAny();
  routes.sort((one, other) => byBreadth(one.path, other.path));
  const found = routes.flatMap((route) => {
    const { path, index } = route;
    const laid = attempt(reportUnder(["createProxy", `routes[${index}]`], report), () => policyOfRoute(policy, routes, route));
    return laid === undefined ? [] : [{ path, policy: laid, index }];
  });
  throwIfAny();
  return found.map(({ path, policy: laid, index }) => ({ path, place: placeOf(laid, [`routes[${index}]`, "layers"]) }));
}

/** One route; undefined if it is wrong, which is reported. */
function readRoute(given: unknown, index: number, report: ReportIssue): Route | undefined {
  const where = ["routes", index] as const;
  if (given === undefined) return void report({ path: where, code: "wrong-type", message: "undefined is not a route", hint: EXAMPLE });
  let wrong = false;
  const reportHere: ReportIssue = (issue) => {
    wrong = true;
    report(issue);
  };
  const { path: text, layers } = checkOptions<ProxyRoute>(where, given, ROUTE, reportHere);
  if (wrong) return undefined;
  const path = readRoutePath(text, reportHere, index);
  if (layers === undefined) {
    reportHere({ path: [...where, "layers"], code: "missing", message: "is missing", hint: LAYERS });
  }
  return wrong ? undefined : { path: path as RoutePath, layers: layers as readonly Layer[], index };
}

const EXAMPLE = 'Write { path: "/embed", layers: [{ … }] }.';

/** Reports the issues of a PolicyError; undefined if there is one. */
function attempt<T>(report: ReportIssue, make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    for (const { path, ...issue } of error.issues) report({ ...issue, path: path === "" ? [] : [path] });
    return undefined;
  }
}

function placeOf(policy: Policy, where: readonly string[]): Place {
  const compiled = compiledOf(policy);
  if (compiled.hasNonce) {
    const hint = 'Write hashes instead: see hashesOf in "portcullis/hashes".';
    throw policyError("slot-empty", ["createProxy", ...where], "has a nonce, which the application's pages do not have", hint);
  }
  return { put: securityHeaders(policy), decided: decidedBy(compiled) };
}

/** The header names that a policy sets or removes, in lower case. */
function decidedBy({ secure, removed }: CompiledPolicy): ReadonlySet<string> {
  return new Set([...secure.names, ...removed.secure].map((name) => name.toLowerCase()));
}
