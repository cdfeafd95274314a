import { keyOfName } from "../../headers/content-security-policy/directives.js";
import { cspPath } from "../../headers/content-security-policy/wire.js";
import type { AuditRule, Found } from "../finding.js";
import { and } from "../headers/sentences.js";
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
import { type ServiceSource, serviceSourcesIn } from "../services.js";

/** A source that allows more of a third party than the recipe of that, with any of its options. */
export const wideService: AuditRule = {
  rule: "wide-service",

  check: ({ enforced }) => {
    const found = serviceSourcesIn(enforced).flatMap((one) => findingOn(one) ?? []);
    return [...new Map(found.map((one) => [one.message, one])).values()];
  },
};

function findingOn(one: ServiceSource): Found | undefined {
  const { directive, source, service } = one;
  const widest = widestSources(service.name);
  if (knownIn(widest, directive).some(({ addresses }) => containsPlace(addresses, one.addresses))) return undefined;
  const inside = narrowerIn(usualSources(service.name), one) ?? narrowerIn(widest, one);
  if (inside === undefined) return undefined;
  const recipe = recipeNamed(service.name);
  const needsOptions = recipe === undefined || requiresOptions(recipe);
  const texts = inside.slice(0, SHOWN).map(({ text }) => text);
  const has = needsOptions
    ? `single places there, such as ${texts[0]}`
    : `${and(texts)}${inside.length > SHOWN ? " and others" : ""} there`;
  return {
    header: "Content-Security-Policy",
    path: cspPath(directive),
    severity: "info",
    message: `${source} in ${directive} allows more of ${service.title} than its recipe, which has ${has}.`,
    fix: `Write ${service.call} from "portcullis/services"${needsOptions ? "" : ", or the sources that the recipe has"}.`,
  };
}

const SHOWN = 3;

const SCRIPTS: readonly string[] = ["script-src", "script-src-elem"];

/** What a recipe has for scripts, where it is about them; else all that it has: which directive an image or a frame needs may change. */
function knownIn(widest: RecipeSources, directive: string): readonly RecipeSource[] {
  return recipeSourcesFor(widest, SCRIPTS.includes(directive) ? (keyOfName.get(directive) ?? "") : "defaultSrc");
}

/**
 * What a recipe has in a directive and the source contains, or where the source is the bare domain of a service, what it has below that;
 * undefined where it has neither: what the recipe does not know may be needed.
 */
function narrowerIn(sources: RecipeSources, { directive, addresses, service }: ServiceSource): readonly RecipeSource[] | undefined {
  const inDirective = recipeSourcesFor(sources, keyOfName.get(directive) ?? "");
  const inside = inDirective.filter((one) => containsPlace(addresses, one.addresses));
  if (inside.length > 0) return inside;
  if (!recipeNamed(service.name)?.about.hosts.includes(addresses.host)) return undefined;
  const below = inDirective.filter((one) => one.addresses.host.endsWith(`.${addresses.host}`));
  return below.length > 0 && below.every((one) => one.addresses.host !== `*.${addresses.host}`) ? below : undefined;
}
