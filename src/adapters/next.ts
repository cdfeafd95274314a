import { policyError } from "../errors.js";
import { governingInlineScripts } from "../headers/content-security-policy/wire.js";
import type { CheckedLayers } from "../policy/check-types.js";
import { overrideWith } from "../policy/override.js";
import { type LayerInput, makePolicy, type Policy } from "../policy/policy.js";
import { compiledOf, renderHeaders } from "../policy/render.js";
import { readSource } from "../values/sources.js";
import { show } from "../values/text.js";

/** One entry of the list that `headers()` of a `next.config` returns. */
export interface NextHeaders {
  readonly source: string;
  readonly headers: { readonly key: string; readonly value: string }[];
}

const OVERRIDE: unique symbol = Symbol.for("portcullis.next@1") as never;

/** Layers on top of the site's policy for the paths under a `source`. */
export interface NextOverride {
  readonly [OVERRIDE]: true;
  readonly source: string;
  readonly layers: readonly unknown[];
}

/** What makes an object an override: with its other members, editors would offer those in a patch. */
type OverrideMark = Pick<NextOverride, typeof OVERRIDE>;

const PAGES: unique symbol = Symbol.for("portcullis.next.pages@1") as never;

/**
 * A statement about the pages; see {@link noInlineScripts}.
 *
 * @experimental
 */
export interface NextPages {
  readonly [PAGES]: true;
}

/**
 * Among the layers of {@link nextHeaders}: the pages have no inline scripts. This is true of the Pages Router when webpack builds it
 * (`next build --webpack`, the default before Next 16), and never for the App Router.
 *
 * @experimental
 */
export const noInlineScripts: NextPages = Object.freeze({ [PAGES]: true as const });

/** Layers as in `CheckedLayers`, with overrides among them. */
export type CheckedNextLayers<L extends readonly unknown[]> = {
  [I in keyof L]: L[I] extends OverrideMark | NextPages ? L[I] : CheckedLayers<readonly [L[I]]>[0];
};

/**
 * A policy as the list that `headers()` of a `next.config` returns:
 * `headers: async () => nextHeaders("strict", { contentSecurityPolicy: { scriptSrc: append("unsafe-inline") } })`.
 *
 * Next writes inline scripts into its pages, and a list in a file has no nonce for them: a policy that allows scripts, but not inline
 * ones, is an error, because its pages would not hydrate. Hashes and nonces are for `proxy.ts`; see docs/next.md.
 *
 * Each path is matched by exactly one entry, because Next cannot remove a header: by the last override that matches it, otherwise by the
 * site's policy. The list does not depend on the request: write `isDev && "development"` for plain http, and `poweredByHeader: false`
 * in place of `stripHeaders`.
 *
 * @param layers as for `definePolicy`. Default: `recommended`. Among them {@link override} for single paths, and {@link noInlineScripts}.
 * @returns a new list, for Next 13 and later.
 * @throws {PolicyError} with all mistakes in the policy, for a nonce and `perRequest` (a list in a file is the same for every request),
 *   and for a CSP under which no page would hydrate.
 */
export function nextHeaders<const L extends readonly (LayerInput | OverrideMark | NextPages)[]>(
  ...layers: CheckedNextLayers<L>
): NextHeaders[] {
  const given: readonly unknown[] = layers;
  const haveInlineScripts = !given.some(isPages);
  const site = makePolicy(given.filter((layer) => !isOverride(layer) && !isPages(layer)));
  const routes = given.filter(isOverride);
  const places = [
    { source: undefined, policy: site },
    ...routes.map(({ source, layers }) => ({ source, policy: overrideWith(site, layers) })),
  ];
  return places
    .map(({ source, policy }, index) => {
      const headers = headersOf(policy, source);
      if (haveInlineScripts) refuseWithoutHydration(headers, source);
      return { source: without(source, routes.slice(index)), headers };
    })
    .filter(({ headers }) => headers.length > 0);
}

/**
 * Layers for the paths under a `source` of Next: `nextHeaders("strict", override("/maps/:path*", { referrerPolicy: "origin" }))`.
 * If several match a path, only the last one counts.
 *
 * @param source as Next writes it: `"/embed"`, `"/embed/:path*"`, `"/:lang/embed"`, `"/post/:id(\\d+)"`, `"/api/(.*)"`.
 * @param layers on top of the site's; a complete one replaces them.
 * @returns for {@link nextHeaders}, which checks the layers.
 * @throws {PolicyError} at the call, if the source is not one that can be excluded from the others.
 */
export function override<const L extends readonly LayerInput[]>(source: string, ...layers: CheckedLayers<L>): NextOverride {
  patternOf(source);
  return { [OVERRIDE]: true, source, layers };
}

function isOverride(layer: unknown): layer is NextOverride {
  return isMarked(layer, OVERRIDE);
}

function isPages(layer: unknown): layer is NextPages {
  return isMarked(layer, PAGES);
}

/** Whether a value has one of the marks of this file; never throws. */
function isMarked(value: unknown, mark: symbol): boolean {
  try {
    return typeof value === "object" && (value as Record<symbol, unknown> | null)?.[mark] === true;
  } catch {
    return false;
  }
}

function headersOf(policy: Policy, source = "every path"): NextHeaders["headers"] {
  const { isStatic, sample } = compiledOf(policy);
  if (sample !== undefined) {
    const hint = 'Remove sample, or set the policy in proxy.ts (middleware.ts before Next 16) with securityHeaders of "portcullis/fetch".';
    throw policyError("conflict", ["nextHeaders", "reporting", "sample"], "differs per response, and next.config is static", hint);
  }
  if (isStatic) return Object.entries(renderHeaders(policy)).map(([key, value]) => ({ key, value }));
  const message = `the policy of ${source} has a nonce or perRequest, and next.config is the same for every request`;
  const hint = 'Set it in proxy.ts (middleware.ts before Next 16) with securityHeaders of "portcullis/fetch", or write hashes.';
  throw policyError("slot-empty", ["nextHeaders"], message, hint);
}

/** Refuses a CSP that allows scripts, but not the inline scripts of Next; a hash shows that they were considered. */
function refuseWithoutHydration(headers: NextHeaders["headers"], source = "every path"): void {
  const governing = governingInlineScripts(headers.find(({ key }) => key === "Content-Security-Policy")?.value ?? "");
  if (governing === undefined || governing.sources.some(isConsidered)) return;
  const message = `${show([governing.name, ...governing.sources].join(" "))} in the policy of ${source} blocks the inline scripts that Next writes into its pages: no page would hydrate`;
  const hint =
    'Write scriptSrc: append("unsafe-inline"), or set the policy in proxy.ts with hashes and a nonce. ' +
    "If the pages have no inline scripts (the Pages Router, built by webpack), add noInlineScripts to the layers.";
  throw policyError("conflict", ["nextHeaders"], message, hint);
}

function isConsidered(source: string): boolean {
  const read = readSource(source, "wire");
  return read.kind === "hash" || (read.kind === "keyword" && (read.keyword === "none" || read.keyword === "unsafe-inline"));
}

/** A source that matches the paths of one source and of none of the others: by a lookahead, the only way that Next offers. */
function without(source: string | undefined, others: readonly NextOverride[]): string {
  if (others.length === 0) return source ?? "/:path*";
  const patterns = others.map((other) => patternOf(other.source)).join("|");
  return `/((?!(?:${patterns})/?$)${source === undefined ? ".*" : patternOf(source)})`;
}

/** `:name`, `:name(pattern)` or `(pattern)`, with the prefix that repeats with it; no pattern contains a group. */
const PARAMETER = String.raw`([/.]?)(?::\w+(\([^()?][^()]*\))?|(\([^()?][^()]*\)))([?*+]?)`;
const LITERAL = String.raw`[\w\-~%!$&',;=@]|[/.](?![:(])`;
const SOURCE = new RegExp(`^/(?!/)(?:${PARAMETER}|${LITERAL})*$`);
const PARTS = new RegExp(`${PARAMETER}|${LITERAL}`, "g");

/** The regular expression that path-to-regexp makes of a source, without its first slash and without capturing groups. */
function patternOf(source: string): string {
  if (typeof source === "string" && SOURCE.test(source)) return source.slice(1).replace(PARTS, patternOfPart);
  const message = `${show(source)} is not a source that can be excluded from the others`;
  const hint = 'Write "/embed", "/embed/:path*", "/:lang/embed" or "/api/(.*)": without braces, and without nested parentheses.';
  throw policyError("invalid-value", ["override", "source"], message, hint);
}

function patternOfPart(text: string, prefix: string, named: string, unnamed: string, modifier: string, offset: number): string {
  if (modifier === undefined) return literal(text);
  const one = `(?:${(named ?? unnamed ?? "([^/#?]+?)").slice(1, -1)})`;
  // The slash before the first repetition was removed, and is present between the others.
  const between = literal(offset === 0 ? "/" : prefix);
  const repeated = /[*+]/.test(modifier) ? `${one}(?:${between}${one})*` : one;
  return `(?:${literal(prefix)}${repeated})${/[*?]/.test(modifier) ? "?" : ""}`;
}

function literal(text: string): string {
  return text.replace(/[.$]/, "\\$&");
}
