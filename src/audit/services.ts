import { keyOfName, takesOf } from "../headers/content-security-policy/directives.js";
import { type CspPolicy, effective } from "../headers/content-security-policy/wire.js";
import { type Recipe, type ServiceMatch, services } from "../services/index.js";
import { ownerFinder, type Tenancy, tenantFinder } from "../services/service-of.js";
import { lazy } from "../values/lazy.js";
import { readSource } from "../values/sources.js";
import { containsPlace, recipeSourcesFor, usualSources } from "./recipes.js";
import { type Addresses, addressesOf, takesHost } from "./sources/addresses.js";
import { sourcePart } from "./sources/source-part.js";

/** A source of a policy that belongs to a service. */
export interface ServiceSource {
  /** The directive in lower case. */
  readonly directive: string;
  /** As written. */
  readonly source: string;
  readonly addresses: Addresses;
  readonly service: ServiceMatch;
  /** Of `default-src`, the directives of the same policy, whose sources it does not decide on. */
  readonly besides: ReadonlyMap<string, unknown>;
}

/** Sources that are looked at, more than any site has: policies come from outside. */
export const MOST_SOURCES = 1_000;

/**
 * The sources of enforced policies that belong to a service: those that no other policy blocks, and that `'strict-dynamic'` leaves in
 * effect. Only the first {@link MOST_SOURCES} sources are looked at.
 */
export function serviceSourcesIn(enforced: readonly CspPolicy[]): readonly ServiceSource[] {
  const sources = known.get(enforced) ?? readServiceSources(enforced);
  known.set(enforced, sources);
  return sources;
}

/** A rule and the result of an audit look at the same policies. */
const known = new WeakMap<readonly CspPolicy[], readonly ServiceSource[]>();

function readServiceSources(enforced: readonly CspPolicy[]): readonly ServiceSource[] {
  const hostsOf = hostReader();
  return firstSources(enforced).flatMap(({ policy, directive, value }) => {
    const found = serviceSource(policy, directive, value);
    if (found === undefined) return [];
    const isAllowed = enforced.every((other) => other === policy || mayAllow(hostsOf(effective(other, directive)), found));
    return isAllowed ? [found] : [];
  });
}

interface WrittenSource {
  readonly policy: CspPolicy;
  readonly directive: string;
  readonly value: string;
}

function firstSources(enforced: readonly CspPolicy[]): readonly WrittenSource[] {
  const found: WrittenSource[] = [];
  for (const policy of enforced) {
    for (const [directive, values] of policy.written) {
      if (takesOf(keyOfName.get(directive) ?? "") === undefined || isStrictDynamic(directive, values)) continue;
      for (const value of values.slice(0, MOST_SOURCES - found.length)) found.push({ policy, directive, value });
    }
  }
  return found;
}

/** A third party that a policy allows. */
export interface AllowedService extends ServiceMatch {
  /** The hosts in the policy on which any customer of the service can publish: `["acme.supabase.co"]`. Absent where there are none. */
  readonly tenants?: readonly string[];
}

/** The services of sources, each once, in the order in which they come. */
export function servicesIn(sources: readonly ServiceSource[]): readonly AllowedService[] {
  const owned = byUser(sources);
  return [...new Map(owned.map(({ service }) => [service.name, service])).values()].map((service) => {
    const hosts = owned.flatMap((one) => (one.service.name === service.name ? (tenancyOf(one.source)?.host ?? []) : []));
    return hosts.length === 0 ? service : { ...service, tenants: [...new Set(hosts)] };
  });
}

/**
 * The sources, with the service that uses them. Hosts that Tag Manager shares with Google Analytics are those of Google Analytics where the policy has that, its recipe
 * allows all of them, and nothing is there that only Tag Manager has.
 */
export function byUser(sources: readonly ServiceSource[]): readonly ServiceSource[] {
  const groups = new Map<ServiceMatch, ServiceSource[]>();
  for (const one of sources) groups.set(one.service, [...(groups.get(one.service) ?? []), one]);
  const uses = (other: ServiceMatch, service: ServiceMatch, list: readonly ServiceSource[]) =>
    other !== service &&
    list.every((one) => isUsual(other.name, one)) &&
    groups.get(other)?.some((one) => !isUsual(service.name, one)) === true;
  const users = new Map(
    [...groups].map(([service, list]) => [service, [...groups.keys()].find((other) => uses(other, service, list)) ?? service]),
  );
  return sources.map((one) => ({ ...one, service: users.get(one.service) ?? one.service }));
}

/** Whether the recipe of a name allows a source without options. */
function isUsual(name: string, { directive, addresses }: ServiceSource): boolean {
  const own = recipeSourcesFor(usualSources(name), keyOfName.get(directive) ?? "");
  return own.some((one) => containsPlace(one.addresses, addresses));
}

const findOwners = lazy(() => ownerFinder(Object.values(services) as readonly Recipe<never>[]));

/** All services that a source may belong to: the one whose host it is, then those that have a path of that host. */
export function ownersOf(source: string): readonly ServiceMatch[] {
  return findOwners()(source);
}

const findTenancy = lazy(() => tenantFinder(Object.values(services) as readonly Recipe<never>[]));

/** Whether any customer of a service can publish on a source, and where; undefined for the vendor's own hosts and those of nobody here. */
export function tenancyOf(source: string): Tenancy | undefined {
  return findTenancy()(source);
}

const SCRIPTS: readonly string[] = ["script-src", "script-src-elem"];

const isStrictDynamic = (directive: string, values: readonly string[]) =>
  SCRIPTS.includes(directive) && values.some((value) => value.toLowerCase() === "'strict-dynamic'");

function serviceSource(policy: CspPolicy, directive: string, value: string): ServiceSource | undefined {
  if (value.startsWith("'")) return undefined;
  const read = readSource(sourcePart(value), "wire");
  const [service] = read.kind === "host" ? ownersOf(read.text) : [];
  return service && read.kind === "host"
    ? { directive, source: read.text, addresses: addressesOf(read), service, besides: policy.directives }
    : undefined;
}

/** The hosts of a source list, where a scheme counts as every host; undefined where there is no list. Each list is read once. */
function hostReader(): (list: readonly string[] | undefined) => readonly string[] | undefined {
  const read = new Map<readonly string[], readonly string[]>();
  return (list) => {
    if (list === undefined) return undefined;
    const hosts = read.get(list) ?? [...new Set(list.flatMap(hostIn))];
    read.set(list, hosts);
    return hosts;
  };
}

function hostIn(value: string): readonly string[] {
  const read = readSource(sourcePart(value), "wire");
  return read.kind === "host" || read.kind === "scheme" ? [addressesOf(read).host] : [];
}

/** Whether a list of hosts may allow a source: `'self'` and paths are not compared. */
function mayAllow(hosts: readonly string[] | undefined, { addresses }: ServiceSource): boolean {
  return hosts === undefined || hosts.some((host) => takesHost(host, addresses.host));
}
