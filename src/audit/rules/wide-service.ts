import { keyOfName } from "../../headers/content-security-policy/directives.js";
import { cspPath } from "../../headers/content-security-policy/wire.js";
import { services } from "../../services/index.js";
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
  if (isKnownIn(widest, one)) return undefined;
  const inside = narrowerIn(usualSources(service.name), one) ?? narrowerIn(widest, one);
  if (inside === undefined || isOfAnother(one)) return undefined;
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

/** Whether a recipe allows a source: for scripts, if it is one of scripts; else anywhere, as what an image or a frame needs may change. */
function isKnownIn(widest: RecipeSources, { directive, addresses }: ServiceSource): boolean {
  const key = SCRIPTS.includes(directive) ? (keyOfName.get(directive) ?? "") : "defaultSrc";
  return recipeSourcesFor(widest, key).some((one) => containsPlace(one.addresses, addresses));
}

/** Whether the recipe of another service allows a source: that of Google Analytics has hosts of Tag Manager. */
function isOfAnother(one: ServiceSource): boolean {
  return Object.keys(services).some((name) => isKnownIn(widestSources(name), one));
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
