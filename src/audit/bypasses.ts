import { URLS as ANGULAR } from "csp_evaluator/dist/allowlist_bypasses/angular.js";
import { URLS as JSONP, NEEDS_EVAL } from "csp_evaluator/dist/allowlist_bypasses/jsonp.js";
import { type Csp, Directive, isUrlScheme, Keyword } from "csp_evaluator/dist/csp.js";
import { Finding, Severity, Type } from "csp_evaluator/dist/finding.js";
import { getSchemeFreeUrl } from "csp_evaluator/dist/utils.js";

interface Place {
  readonly host: string;
  readonly path: string;
}

const WILDCARD = "wildcard_placeholder";

const placeOf = (url: string): Place => {
  const { hostname, pathname } = new URL(`https://${url}`);
  return { host: hostname, path: pathname };
};

let known: { readonly angular: readonly Place[]; readonly jsonp: readonly Place[] } | undefined;

/** Made on first use: importing the audit does not wait for it. */
function knownPlaces() {
  const places = (urls: readonly string[]) => urls.map((url) => placeOf(url.replace(/^\/\//, "")));
  known ??= { angular: places(ANGULAR), jsonp: places(JSONP) };
  return known;
}

/**
 * The check of csp_evaluator with this name, with its lists parsed once: the original parses every entry again for every source.
 *
 * @throws {TypeError} for a source that is not a URL, as csp_evaluator does.
 */
export function checkScriptAllowlistBypass(csp: Csp): Finding[] {
  return csp.getEffectiveDirectives([Directive.SCRIPT_SRC, Directive.SCRIPT_SRC_ELEM]).flatMap((directive) => {
    const sources = csp.directives[directive] ?? [];
    if (sources.includes(Keyword.NONE)) return [];
    return sources.filter(isPlace).map((source) => {
      const bypass = source === Keyword.SELF ? undefined : bypassOf(source, sources.includes(Keyword.UNSAFE_EVAL));
      const severity = bypass === undefined ? Severity.MEDIUM_MAYBE : Severity.HIGH;
      return new Finding(Type.SCRIPT_ALLOWLIST_BYPASS, bypass ?? "", severity, directive, source);
    });
  });
}

function isPlace(source: string): boolean {
  return source === Keyword.SELF || (!source.startsWith("'") && !isUrlScheme(source) && source.includes("."));
}

function bypassOf(source: string, evals: boolean): string | undefined {
  const { angular, jsonp } = knownPlaces();
  const place = placeOf(getSchemeFreeUrl(source).replace(":*", "").replace("*", WILDCARD));
  const library = angular.find((one) => matches(place, one));
  const endpoint = jsonp.find((one) => matches(place, one));
  const callable = endpoint !== undefined && (evals || !NEEDS_EVAL.includes(endpoint.host)) ? endpoint : undefined;
  if (library !== undefined) return `${library.host} serves AngularJS${callable === undefined ? "" : ", and answers with JSONP"}.`;
  return callable === undefined ? undefined : `${callable.host} answers with JSONP.`;
}

function matches({ host, path }: Place, known: Place): boolean {
  const isWild = host.startsWith(`${WILDCARD}.`);
  if (isWild ? !known.host.endsWith(host.slice(WILDCARD.length)) : known.host !== host) return false;
  if (path === "/") return true;
  return path.endsWith("/") ? known.path.startsWith(path) : known.path === path;
}
