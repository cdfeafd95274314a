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

/** A host with its subdomains, and what its paths begin with. */
interface Place {
  readonly host: string;
  readonly path: string;
}

/**
 * Finds services by their sources.
 *
 * @param recipes those to choose from.
 * @returns a function that returns the service of a source or URL; undefined for a host that belongs to none of them.
 */
export function finder(recipes: Iterable<Recipe<never>>): (source: string) => ServiceMatch | undefined {
  const places = [...recipes].flatMap(({ about }) => about.hosts.map((text) => ({ place: placeOf(text), match: matchOf(about) })));
  // The narrower first: www.google.com/recaptcha/ before google.com.
  places.sort((one, other) => size(other.place) - size(one.place));
  return (source) => {
    const sought = placeIn(source);
    return sought && places.find(({ place }) => contains(place, sought))?.match;
  };
}

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
    ...(tenants.length === 0 ? [] : hosts).map((text) => ({ place: placeOf(text), byPath: false, isTenants: false })),
  ]);
  // A host of the vendor's own below the domain of the customers is narrower than that; of the same host, `tenants` comes first.
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
  return (host === place.host || host.endsWith(`.${place.host}`)) && path.startsWith(place.path);
}
