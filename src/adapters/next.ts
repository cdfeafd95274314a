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

const PAGES: unique symbol = Symbol.for("portcullis.next.pages@1") as never;

/** What the caller knows of the pages; see {@link noInlineScripts}. */
export interface NextPages {
  readonly [PAGES]: true;
}

/**
 * Among the layers of {@link nextHeaders}: the pages have no inline scripts. This is so for the Pages Router where webpack builds it
 * (`next build --webpack`, the default before Next 16), and never for the App Router.
 */
export const noInlineScripts: NextPages = Object.freeze({ [PAGES]: true as const });

/** Layers as `CheckedLayers` has them, and overrides beside them. */
export type CheckedNextLayers<L extends readonly unknown[]> = {
  [I in keyof L]: L[I] extends NextOverride | NextPages ? L[I] : CheckedLayers<readonly [L[I]]>[0];
};

/**
 * A policy as the list that `headers()` of a `next.config` returns:
 * `headers: async () => nextHeaders("strict", { contentSecurityPolicy: { scriptSrc: append("unsafe-inline") } })`.
 *
 * Next writes inline scripts into its pages, and a list in a file has no nonce for them: a policy that allows scripts, but not inline
 * ones, is refused, because its pages would not hydrate. Hashes and nonces are for `proxy.ts`; see docs/next.md.
 *
 * Every path is meant by one entry alone, because Next has no way to take a header back: the last override that means it,
 * on the site's layers, else the site's. Nothing is known of the request: write `isDev && "development"` for plain http, and
 * `poweredByHeader: false` for what a policy has under `stripHeaders`.
 *
 * @param layers as for `definePolicy`; without any, `recommended`. Among them {@link override} for single paths, and {@link noInlineScripts}.
 * @returns a new list, for Next 13 and later.
 * @throws {PolicyError} with what is wrong with the policy, for a nonce and `perRequest` (a list in a file is the same for every
 *   request), for a CSP under which no page would hydrate, and for a `source` that the others cannot be kept apart from.
 */
export function nextHeaders<const L extends readonly (Layer | NextOverride | NextPages)[]>(...layers: CheckedNextLayers<L>): NextHeaders[] {
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

function isPages(layer: unknown): layer is NextPages {
  return typeof layer === "object" && layer !== null && (layer as Partial<NextPages>)[PAGES] === true;
}

function headersOf(policy: Policy, source = "every path"): NextHeaders["headers"] {
  if (compiledOf(policy).isStatic) return Object.entries(renderHeaders(policy)).map(([key, value]) => ({ key, value }));
  const message = `a nonce or perRequest stands in the policy of ${source}, and next.config is the same for every request`;
  const hint = 'Set it in proxy.ts (middleware.ts before Next 16) with securityHeaders of "portcullis/fetch", or write hashes.';
  throw policyError("slot-empty", ["nextHeaders"], message, hint);
}

/** Refuses what allows scripts, but none of those that Next writes into its pages; where there is a hash, somebody has thought of them. */
function refuseWithoutHydration(headers: NextHeaders["headers"], source = "every path"): void {
  const csp = headers.find(({ key }) => key === "Content-Security-Policy")?.value.split("; ") ?? [];
  const governing = ["script-src-elem ", "script-src ", "default-src "].flatMap((name) => csp.filter((text) => text.startsWith(name)))[0];
  if (governing === undefined || / '(?:none|unsafe-inline|sha\d{3}-[^']+)'/.test(governing)) return;
  const message = `${show(governing)} in the policy of ${source} blocks the inline scripts that Next writes into its pages: none would hydrate`;
  const hint =
    'Write scriptSrc: append("unsafe-inline"), or set the policy in proxy.ts with hashes and a nonce. ' +
    "Where the pages have no inline scripts (the Pages Router, built by webpack), add noInlineScripts to the layers.";
  throw policyError("conflict", ["nextHeaders"], message, hint);
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
