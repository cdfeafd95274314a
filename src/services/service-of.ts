import { policyError } from "../errors.js";
import { readSource } from "../values/sources.js";
import { shown } from "../values/text.js";
import { urlOf } from "../values/url.js";
import { callText, type Recipe, type ServiceFacts } from "./recipe.js";

/** A service that a source belongs to. */
export interface ServiceMatch {
  /** The name of the recipe: `"stripe"`. */
  readonly name: string;
  /** The name of the product: `"Stripe"`. */
  readonly title: string;
  /** What to write: `"stripe()"`, or with options that it requires `"sentry({ dsn: … })"`. */
  readonly call: string;
}

/** A host with its subdomains, and a path of it. */
interface Place {
  readonly host: string;
  /** With a slash at the end, all paths below it, as in a source of a policy (CSP3 §6.7.2.11). */
  readonly path: string;
}

/**
 * Finds services by their sources.
 *
 * @param recipes those to choose from.
 * @returns a function that returns the service of a source or URL; undefined for what belongs to none of them, or to several.
 */
export function finder(recipes: Iterable<Recipe<never>>): (source: string) => ServiceMatch | undefined {
  const ownersOf = ownerFinder(recipes);
  return (source) => {
    const [owner, ...others] = ownersOf(source);
    return others.length === 0 ? owner : undefined;
  };
}

/**
 * Finds all services that a source may belong to.
 *
 * @returns a function that returns the service whose host it is, then the services that have a path of that host, unless the source is of
 *   one such path: both Tag Manager and Google Analytics for `https://www.googletagmanager.com`.
 */
export function ownerFinder(recipes: Iterable<Recipe<never>>): (source: string) => readonly ServiceMatch[] {
  const places = [...recipes].flatMap(({ about }) => {
    const match = matchOf(about);
    return about.hosts.map((text) => ({ place: placeOf(text), match, isOpen: about.tenants?.includes(`${text}/`) === true }));
  });
  // The narrower first: www.google.com/recaptcha/ before google.com.
  places.sort((one, other) => size(other.place) - size(one.place));
  return (source) => {
    const sought = placeIn(source);
    const owner = sought && places.find(({ place }) => contains(place, sought));
    if (sought === undefined || owner === undefined) return [];
    // Of a host on which every customer has a path, one customer that is a service has no share.
    if (owner.isOpen || owner.place.path !== "/") return [owner.match];
    const shares = places.filter(({ place }) => place.path !== "/" && isOn(place, sought));
    return [...new Set([owner.match, ...shares.map(({ match }) => match)])];
  };
}

/** Whether a source has the host of a place. */
const isOn = ({ host }: Place, sought: Sought) => host === sought.host || (sought.isWildcard && host.endsWith(`.${sought.host}`));

/** What a source has to do with the places where any customer of a service can publish. */
export interface Tenancy {
  /** Whether it matches the places of all customers, and not of one. */
  readonly all: boolean;
  /** The host, with its wildcard if it has one. */
  readonly host: string;
}

/** Finds the sources on which any customer of a service can publish, by `tenants` of the recipes; undefined for those of the vendor alone. */
export function tenantFinder(recipes: Iterable<Recipe<never>>): (source: string) => Tenancy | undefined {
  const places = [...recipes].flatMap(({ about: { hosts, tenants = [] } }) => [
    ...tenants.map((text) => ({ place: placeOf(text), byPath: text.endsWith("/"), isTenants: true })),
    ...hosts.map((text) => ({ place: placeOf(text), byPath: false, isTenants: false })),
  ]);
  // A host or path of a vendor's own, where customers have theirs, is narrower; of the same host, `tenants` comes first.
  places.sort((one, other) => size(other.place) - size(one.place));
  return (source) => {
    const sought = placeIn(source);
    const found = sought && places.find(({ place }) => contains(place, sought));
    if (!found?.isTenants || sought === undefined) return undefined;
    const { place, byPath } = found;
    if (byPath) return { all: sought.path === "/", host: sought.written };
    const isBare = sought.host === place.host && !sought.isWildcard;
    return isBare ? undefined : { all: sought.isWildcard, host: sought.written };
  };
}

/** Throws PolicyError for anything but a string. */
export function checkSource(source: unknown): asserts source is string {
  if (typeof source === "string") return;
  throw policyError("wrong-type", ["serviceOf", "source"], `${shown(source)} is not a string`, 'Write "https://js.stripe.com".');
}

const size = ({ host, path }: Place) => host.length + path.length;

function matchOf(about: ServiceFacts): ServiceMatch {
  return Object.freeze({ name: about.name, title: about.title, call: callText(about) });
}

function placeOf(text: string): Place {
  const slash = text.indexOf("/");
  return slash < 0 ? { host: text, path: "/" } : { host: text.slice(0, slash), path: text.slice(slash) };
}

interface Sought extends Place {
  readonly isWildcard: boolean;
  /** The host as a source has it. */
  readonly written: string;
}

const SCHEMES: readonly (string | undefined)[] = [undefined, "http", "https", "ws", "wss"];

/** Without its query, a URL is a source. Dot segments of its path are resolved, as browsers do. */
function placeIn(source: string): Sought | undefined {
  const read = readSource(source.replace(/[?#].*/s, ""), "wire");
  if (read.kind !== "host" || read.host === "*" || !SCHEMES.includes(read.scheme)) return undefined;
  const path = urlOf(`https://host.example${read.path ?? "/"}`)?.pathname;
  if (path === undefined) return undefined;
  return { host: read.host.replace(/^\*\.|\.$/g, ""), path, isWildcard: read.host.startsWith("*."), written: read.host };
}

function contains(place: Place, { host, path }: Place): boolean {
  const isBelow = place.path.endsWith("/") ? path.startsWith(place.path) : path === place.path;
  return (host === place.host || host.endsWith(`.${place.host}`)) && isBelow;
}
