import { and } from "../../audit/headers/sentences.js";
import { allowsUsually, callFor, callWithOptions, type Need } from "../../audit/recipe-options.js";
import { recipeNamed, requiresOptions } from "../../audit/recipes.js";
import { ownersOf, tenancyOf } from "../../audit/services.js";
import { PolicyError } from "../../errors.js";
import { keyOfName } from "../../headers/content-security-policy/directives.js";
import { type Recipe, type ServiceMatch, serviceOf } from "../../services/index.js";
import { groupedBy } from "./evidence.js";
import type { LearnedService, LearnedSource } from "./learned.js";

/** A source of a proposal, and the addresses that were seen, as far as they are known. */
export interface SeenSource extends LearnedSource {
  readonly urls: readonly string[];
}

/**
 * The third parties that sources belong to, in the order of the sources. A source of a host that several share, such as www.google.com,
 * belongs to each service that an address seen on it belongs to.
 */
export function learnedServices(sources: readonly SeenSource[]): readonly LearnedService[] {
  const groups = [...groupedBy(sources.flatMap(sharesOf), ({ service }) => service.name).values()].map((shares) => {
    const [{ service }] = shares as [Share];
    return { service, needs: shares.map(({ need }) => need), by: new Set(shares.map(({ by }) => by)) };
  });
  return byUser(groups)
    .filter(({ by }) => by.has("host") || by.has("path"))
    .map(({ service, needs }) => {
      const { options, beyond } = callFor(service.name, needs);
      return { ...service, call: callWithOptions(service, options), options, sources: needs.map(plain), beyond: beyond.map(plain) };
    });
}

/** What a service needs of a source. */
interface Share {
  readonly service: ServiceMatch;
  readonly need: Need;
  readonly by: Ownership;
}

/** How it is known whose a source is: by its host, by the path of a shared host, or not, since nothing but the shared host is known. */
type Ownership = "host" | "path" | "guess";

function sharesOf({ directive, source, urls }: SeenSource): readonly Share[] {
  const seen = urlsOn(source, urls);
  const owner = serviceOf(source);
  if (owner !== undefined) return [{ service: owner, need: { directive, source, urls: seen }, by: "host" }];
  const [first, ...sharing] = ownersOf(source);
  const byService = groupedBy(
    seen.map((url) => ({ url, service: serviceOf(url) })),
    ({ service }) => service?.name ?? "",
  );
  const shares = [...byService.values()].flatMap((list): readonly Share[] => {
    const service = list[0]?.service;
    return service === undefined ? [] : [{ service, need: { directive, source, urls: list.map(({ url }) => url) }, by: "path" }];
  });
  // On a host of nobody here, an address of nobody here is one that no recipe allows.
  if (first === undefined) return byService.has("") ? [] : shares;
  return shares.length > 0 || sharing.length === 0 ? shares : [{ service: first, need: { directive, source, urls: seen }, by: "guess" }];
}

interface ServiceNeeds {
  readonly service: ServiceMatch;
  readonly needs: readonly Need[];
  readonly by: ReadonlySet<Ownership>;
}

/**
 * Without the services whose hosts another one uses: those of Google Fonts are those of Google Maps, where its call allows all of them, and
 * something was seen that only Google Maps has. A service of which a path of its own was seen stays.
 */
function byUser(groups: readonly ServiceNeeds[]): readonly ServiceNeeds[] {
  const users = new Map(groups.map((group) => [group, groups.find((other) => other !== group && isUserOf(other, group)) ?? group]));
  return groups
    .filter((group) => users.get(group) === group)
    .map((group) => ({ ...group, needs: groups.flatMap((other) => (users.get(other) === group ? other.needs : [])) }));
}

function isUserOf(other: ServiceNeeds, { service, needs, by }: ServiceNeeds): boolean {
  return !by.has("path") && isWithin(other.service, needs) && !isWithin(service, other.needs);
}

/** Whether the recipe of a service allows this without options. */
const isWithin = ({ name }: ServiceMatch, needs: readonly Need[]) => needs.every((need) => allowsUsually(name, need));

const plain = ({ directive, source }: LearnedSource): LearnedSource => ({ directive, source });

/** Where a report names no address, its place in a script is among the addresses: that is not on the source. */
function urlsOn(source: string, urls: readonly string[]): readonly string[] {
  const start = source.endsWith("/") ? source : `${source}/`;
  return urls.filter((url) => url.startsWith(start));
}

/**
 * The third parties of what was blocked, each with the call that allows the most of it.
 *
 * @param groups the directive by its name on the wire.
 */
export function blockedServices(
  groups: readonly { readonly directive: string; readonly blocked: string; readonly urls: readonly string[] }[],
): readonly LearnedService[] {
  return learnedServices(groups.map(({ directive, blocked, urls }) => ({ directive: keyOf(directive), source: blocked, urls })));
}

const keyOf = (directive: string) => keyOfName.get(directive) ?? directive;

/** Whether the call allows some of what was seen. */
export const allowsSome = ({ sources, beyond }: LearnedService) => beyond.length < sources.length;

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
    ...(beyond.length === 0 ? [] : [`${replaced.length === 0 ? `${title}: ` : ""}${call} does not allow: ${listed(beyond)}.`]),
    ...tenantSentence(title, inPatch),
  ].join(" ");
}

/** A host of a customer of the service, which may be anybody. A path of a host that all share is an option of the recipe. */
function tenantSentence(title: string, sources: readonly LearnedSource[]): readonly string[] {
  const hosts = new Set(sources.flatMap(({ source }) => (isCustomer(source) ? [tenancyOf(source)?.host ?? ""] : [])));
  if (hosts.size === 0) return [];
  const whose = hosts.size === 1 ? "allow it only if it is yours" : "allow only what is yours";
  return [`Any customer of ${title} can publish on ${and([...hosts])}: ${whose}.`];
}

const isCustomer = (source: string) => tenancyOf(source)?.all === false;

const listed = (sources: readonly LearnedSource[]) => sources.map(({ directive, source }) => `${directive} ${source}`).join(", ");

/** Whether a list has a source. */
export function isAmong(list: readonly LearnedSource[], { directive, source }: LearnedSource): boolean {
  return list.some((one) => one.directive === directive && one.source === source);
}

/** The call that allows all that the patch has of a service; undefined where there is none, or it has options of the user's own. */
export function completeCall(service: LearnedService, isInPatch: (source: LearnedSource) => boolean): string | undefined {
  const { name, beyond, sources, options = {} } = service;
  const recipe = recipeNamed(name);
  if (recipe === undefined || requiresOptions(recipe) || !sources.some(isInPatch) || beyond.some(isInPatch)) return undefined;
  return isCallable(recipe, options) ? callWithOptions({ name, call: `${name}()` }, options) : undefined;
}

/** What is printed as code has options that the recipe takes. */
function isCallable(recipe: Recipe<never>, options: object): boolean {
  try {
    recipe(options as never);
    return true;
  } catch (error) {
    if (error instanceof PolicyError) return false;
    throw error;
  }
}
