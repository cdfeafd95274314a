import { keyOfName, rows } from "../../headers/content-security-policy/directives.js";
import { cspPath } from "../../headers/content-security-policy/wire.js";
import { kebabCase } from "../../values/text.js";
import type { AuditRule, Found } from "../finding.js";
import { and } from "../headers/sentences.js";
import { refusalOf } from "../recipe-options.js";
import {
  containsPlace,
  type RecipeSource,
  type RecipeSources,
  recipeNamed,
  recipeSourcesFor,
  requiresOptions,
  usualSources,
  widestSources,
} from "../recipes.js";
import { type ServiceSource, serviceSourcesIn, tenancyOf } from "../services.js";

/** A source that allows more of a third party than the recipe of that, with any of its options. */
export const wideService: AuditRule<"wide-service"> = {
  rule: "wide-service",

  check: ({ enforced }) => {
    const sources = serviceSourcesIn(enforced);
    const present = new Set(sources.map(({ service }) => service.name));
    const found = sources.flatMap((one) => findingOn(one, present) ?? []);
    return [...new Map(found.map((one) => [one.message, one])).values()];
  },
};

/** `present`: the names of all services that the policies have a source of. */
function findingOn(one: ServiceSource, present: ReadonlySet<string>): Found | undefined {
  const { source, service } = one;
  const widest = widestSources(service.name);
  const others = [...present].filter((name) => name !== service.name).map(widestSources);
  // What the recipe of another service needs is not too much where the policy has that service.
  const unknown = kindsOf(one, widest).filter((kind) => ![widest, ...others].some((sources) => isKnownIn(sources, kind, one)));
  if (unknown.length === 0) return undefined;
  if (tenancyOf(source)?.all) return found(one, `what any customer of ${service.title} publishes`);
  for (const kind of unknown) {
    const inside = narrowerIn(usualSources(service.name), kind, one) ?? narrowerIn(widest, kind, one);
    if (inside !== undefined) return found(one, `more of ${service.title} than its recipe, which has ${placesIn(inside, kind, one)}`);
  }
  const refusal = refusalOf(service.name, source);
  return refusal === undefined ? undefined : found(one, `what the recipe of ${service.title} refuses: ${refusal}`);
}

function found({ directive, source, service }: ServiceSource, allows: string): Found {
  const needsOptions = requiresOptionsNamed(service.name);
  return {
    header: "Content-Security-Policy",
    path: cspPath(directive),
    severity: "info",
    message: `${source} in ${directive} allows ${allows}.`,
    fix: `Write ${service.call} from "portcullis/services"${needsOptions ? "" : ", or the sources that the recipe has"}.`,
  };
}

const SHOWN = 3;

function placesIn(inside: readonly RecipeSource[], kind: string, { directive, service }: ServiceSource): string {
  const texts = inside.slice(0, SHOWN).map(({ text }) => text);
  const where = keyOfName.get(directive) === "defaultSrc" ? `in ${kebabCase(kind)}` : "there";
  if (requiresOptionsNamed(service.name)) return `single places ${where}, such as ${texts[0]}`;
  return `${and(texts)}${inside.length > SHOWN ? " and others" : ""} ${where}`;
}

function requiresOptionsNamed(name: string): boolean {
  const recipe = recipeNamed(name);
  return recipe === undefined || requiresOptions(recipe);
}

/** The keys of the directives that a source decides on: of `default-src`, those that a recipe has and the policy has not. */
function kindsOf({ directive, besides }: ServiceSource, widest: RecipeSources): readonly string[] {
  const own = keyOfName.get(directive) ?? "";
  if (own !== "defaultSrc") return [own];
  const written = new Set([...besides.keys()].map((name) => keyOfName.get(name) ?? name));
  return [...widest.keys()].filter((key) => {
    const fallback = rows[key]?.fallback ?? [];
    return fallback.includes("defaultSrc") && ![key, ...fallback].some((one) => one !== "defaultSrc" && written.has(one));
  });
}

/** Whether a recipe allows a source for the same kind of request. */
function isKnownIn(sources: RecipeSources, kind: string, { addresses }: ServiceSource): boolean {
  return recipeSourcesFor(sources, kind).some((one) => containsPlace(one.addresses, addresses));
}

/**
 * What a recipe has in a directive and the source contains, or where the source is the bare domain of a service, what it has below that;
 * undefined where it has neither: what the recipe does not know may be needed.
 */
function narrowerIn(sources: RecipeSources, kind: string, { addresses, service }: ServiceSource): readonly RecipeSource[] | undefined {
  const inDirective = recipeSourcesFor(sources, kind);
  const inside = inDirective.filter((one) => containsPlace(addresses, one.addresses));
  if (inside.length > 0) return inside;
  if (!recipeNamed(service.name)?.about.hosts.includes(addresses.host)) return undefined;
  const below = inDirective.filter((one) => one.addresses.host.endsWith(`.${addresses.host}`));
  return below.length > 0 && below.every((one) => one.addresses.host !== `*.${addresses.host}`) ? below : undefined;
}
