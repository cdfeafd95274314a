import { recipeAllows, recipeNamed, requiresOptions } from "../../audit/recipes.js";
import { type ServiceMatch, serviceOf } from "../../services/index.js";
import { groupedBy } from "./evidence.js";
import type { LearnedService, LearnedSource } from "./learned.js";

/** A source of a proposal, and the addresses that were seen, as far as they are known. */
export interface SeenSource extends LearnedSource {
  readonly urls: readonly string[];
}

/**
 * The third parties that sources belong to, in the order of the sources. A host that several share, such as www.google.com, belongs to the
 * one that all addresses seen on it belong to.
 */
export function learnedServices(sources: readonly SeenSource[]): readonly LearnedService[] {
  const owned = sources.flatMap((one) => {
    const service = ownerOf(one);
    return service === undefined ? [] : [{ ...one, service }];
  });
  return [...groupedBy(owned, ({ service }) => service.name).values()].map((list) => {
    const [{ service }] = list as [(typeof list)[number]];
    return { ...service, sources: list.map(plain), beyond: list.filter((one) => isBeyond(service, one)).map(plain) };
  });
}

const plain = ({ directive, source }: LearnedSource): LearnedSource => ({ directive, source });

/** The service that a source belongs to: its host, or all addresses on it that were seen. */
export function ownerOf({ source, urls }: Pick<SeenSource, "source" | "urls">): ServiceMatch | undefined {
  const owner = serviceOf(source);
  if (owner !== undefined) return owner;
  const [first, ...others] = urlsOn(source, urls).map(serviceOf);
  return others.every((other) => other?.name === first?.name) ? first : undefined;
}

/** Where a report names no address, its place in a script is among the addresses: that is not on the source. */
function urlsOn(source: string, urls: readonly string[]): readonly string[] {
  const start = source.endsWith("/") ? source : `${source}/`;
  return urls.filter((url) => url.startsWith(start));
}

/** A recipe may be narrower than an origin, and allow all of it that was seen. */
function isBeyond({ name }: ServiceMatch, { directive, source, urls }: SeenSource): boolean {
  if (recipeAllows(name, directive, source) !== false) return false;
  const seen = urlsOn(source, urls);
  return seen.length === 0 || seen.some((url) => recipeAllows(name, directive, url) === false);
}

/**
 * What to do about a service, in sentences. Text of the sources comes from strangers.
 *
 * @param isInPatch whether the patch has a source.
 */
export function serviceSentences(service: LearnedService, isInPatch: (source: LearnedSource) => boolean): string {
  const { title, call, sources } = service;
  const inPatch = sources.filter(isInPatch);
  const recipe = `${call} from "portcullis/services"`;
  if (inPatch.length === 0) return `${title} is not in the patch: ${listed(sources)}. If the site uses it, add ${recipe}.`;
  const beyond = inPatch.filter((one) => isAmong(service.beyond, one));
  const replaced = inPatch.filter((one) => !isAmong(beyond, one));
  return [
    ...(replaced.length === 0 ? [] : [`${title}: add ${recipe} in place of: ${listed(replaced)}.`]),
    ...(beyond.length === 0
      ? []
      : [`${replaced.length === 0 ? `${title}: ` : ""}${call} does not allow without options: ${listed(beyond)}.`]),
  ].join(" ");
}

const listed = (sources: readonly LearnedSource[]) => sources.map(({ directive, source }) => `${directive} ${source}`).join(", ");

/** Whether a list has a source. */
export function isAmong(list: readonly LearnedSource[], { directive, source }: LearnedSource): boolean {
  return list.some((one) => one.directive === directive && one.source === source);
}

/** Whether the patch has sources of a service, and its recipe without options allows them all. */
export function isComplete({ name, beyond, sources }: LearnedService, isInPatch: (source: LearnedSource) => boolean): boolean {
  const recipe = recipeNamed(name);
  return recipe !== undefined && !requiresOptions(recipe) && sources.some(isInPatch) && !beyond.some(isInPatch);
}
