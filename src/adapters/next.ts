import { policyError } from "../errors.js";
import type { CheckedLayers } from "../policy/check-types.js";
import { overrideWith } from "../policy/override.js";
import { type Layer, makePolicy, type Policy } from "../policy/policy.js";
import { compiledOf, renderHeaders } from "../policy/render.js";
import { show } from "../values/text.js";

/** One entry of what `headers()` of a `next.config` returns. */
export interface NextHeaders {
  readonly source: string;
  readonly headers: { readonly key: string; readonly value: string }[];
}

const OVERRIDE: unique symbol = Symbol.for("portcullis.next@1") as never;

/** What the paths under a `source` get instead of the site's policy. */
export interface NextOverride {
  readonly [OVERRIDE]: true;
  readonly source: string;
  readonly layers: readonly unknown[];
}

/** Layers as `CheckedLayers` has them, and overrides beside them. */
export type CheckedNextLayers<L extends readonly unknown[]> = {
  [I in keyof L]: L[I] extends NextOverride ? L[I] : CheckedLayers<readonly [L[I]]>[0];
};

/**
 * A policy as the list that `headers()` of a `next.config` returns: `headers: async () => nextHeaders("strict", { … })`.
 *
 * Every path is meant by one entry alone, because Next has no way to take a header back: the last override that means it,
 * on the site's layers, else the site's. Nothing is known of the request: write `isDev && "development"` for plain http, and
 * `poweredByHeader: false` for what a policy has under `stripHeaders`.
 *
 * @param layers as for `definePolicy`; without any, `recommended`. Among them {@link override} for single paths.
 * @returns a new list, for Next 13 and later.
 * @throws {PolicyError} with what is wrong with the policy, for a nonce and `perRequest` (a list in a file is the same for every
 *   request), and for a `source` that the others cannot be kept apart from.
 */
export function nextHeaders<const L extends readonly (Layer | NextOverride)[]>(...layers: CheckedNextLayers<L>): NextHeaders[] {
  const given: readonly unknown[] = layers;
  const site = makePolicy(given.filter((layer) => !isOverride(layer)));
  const routes = given.filter(isOverride);
  const places = [
    { source: undefined, policy: site },
    ...routes.map(({ source, layers }) => ({ source, policy: overrideWith(site, layers) })),
  ];
  return places
    .map(({ source, policy }, index) => ({ source: without(source, routes.slice(index)), headers: headersOf(policy, source) }))
    .filter(({ headers }) => headers.length > 0);
}

/**
 * What the paths under a `source` of Next's get: `nextHeaders("strict", override("/embed/:path*", { xFrameOptions: false }))`.
 * Where several mean a path, the last one alone counts.
 *
 * @param source as Next writes it: `"/embed"`, `"/embed/:path*"`, `"/:lang/embed"`, `"/post/:id(\\d+)"`, `"/api/(.*)"`.
 * @param layers laid on the site's; a complete one replaces them.
 * @returns for {@link nextHeaders}, which checks the layers.
 * @throws {PolicyError} at once, where the source is none.
 */
export function override<const L extends readonly Layer[]>(source: string, ...layers: CheckedLayers<L>): NextOverride {
  patternOf(source);
  return { [OVERRIDE]: true, source, layers };
}

function isOverride(layer: unknown): layer is NextOverride {
  return typeof layer === "object" && layer !== null && (layer as Partial<NextOverride>)[OVERRIDE] === true;
}

function headersOf(policy: Policy, source = "every path"): NextHeaders["headers"] {
  if (compiledOf(policy).fixed) return Object.entries(renderHeaders(policy)).map(([key, value]) => ({ key, value }));
  const message = `a nonce or perRequest stands in the policy of ${source}, and next.config is the same for every request`;
  const hint = 'Set it in proxy.ts (middleware.ts before Next 16) with securityHeaders of "portcullis/fetch", or write hashes.';
  throw policyError("slot-empty", ["nextHeaders"], message, hint);
}

/** A source for what is meant here, and by none of the others: a lookahead, the one way to say so that Next has. */
function without(source: string | undefined, others: readonly NextOverride[]): string {
  if (others.length === 0) return source ?? "/:path*";
  const patterns = others.map((other) => patternOf(other.source)).join("|");
  return `/((?!(?:${patterns})/?$)${source === undefined ? ".*" : patternOf(source)})`;
}

/** `:name`, `:name(pattern)` or `(pattern)`, with what comes before and repeats with it; no pattern has a group inside. */
const PARAMETER = String.raw`([/.]?)(?::\w+(\([^()?][^()]*\))?|(\([^()?][^()]*\)))([?*+]?)`;
const LITERAL = String.raw`[\w\-~%!$&',;=@]|[/.](?![:(])`;
const SOURCE = new RegExp(`^/(?!/)(?:${PARAMETER}|${LITERAL})*$`);
const PARTS = new RegExp(`${PARAMETER}|${LITERAL}`, "g");

/** What path-to-regexp makes of a source, without its first slash and without groups that capture. */
function patternOf(source: string): string {
  if (typeof source === "string" && SOURCE.test(source)) return source.slice(1).replace(PARTS, patternOfPart);
  const message = `${show(source)} is no source that the others can be kept apart from`;
  const hint = 'Write "/embed", "/embed/:path*", "/:lang/embed" or "/api/(.*)": no braces, no parentheses within parentheses.';
  throw policyError("invalid-value", ["override", "source"], message, hint);
}

function patternOfPart(text: string, prefix: string, named: string, unnamed: string, modifier: string, offset: number): string {
  if (modifier === undefined) return literal(text);
  const one = `(?:${(named ?? unnamed ?? "([^/#?]+?)").slice(1, -1)})`;
  // The slash before the very first one was taken off, and still stands between the others.
  const between = literal(offset === 0 ? "/" : prefix);
  const repeated = /[*+]/.test(modifier) ? `${one}(?:${between}${one})*` : one;
  return `(?:${literal(prefix)}${repeated})${/[*?]/.test(modifier) ? "?" : ""}`;
}

function literal(text: string): string {
  return text.replace(/[.$]/, "\\$&");
}
