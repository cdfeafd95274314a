import { policyError } from "../errors.js";
import { readSource } from "../values/sources.js";
import { shown } from "../values/text.js";
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

/** Without its query, a URL is a source. */
function placeIn(source: string): Place | undefined {
  const read = readSource(source.replace(/[?#].*/s, ""), "wire");
  if (read.kind !== "host" || read.host === "*") return undefined;
  return { host: read.host.replace(/^\*\.|\.$/g, ""), path: read.path ?? "/" };
}

function contains(place: Place, { host, path }: Place): boolean {
  return (host === place.host || host.endsWith(`.${place.host}`)) && path.startsWith(place.path);
}
