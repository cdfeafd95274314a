import { issueCollector } from "../errors.js";
import type { DirectiveKey } from "../headers/content-security-policy/directives.js";
import type { Patch } from "../headers/patch.js";
import { edit } from "../values/edits.js";
import { checkOptions, type OptionSchemas } from "../values/options.js";
import type { Nonce } from "../values/slots.js";

/** What a service is for. */
export type ServiceCategory =
  | "payment"
  | "analytics"
  | "errors"
  | "chat"
  | "bots"
  | "maps"
  | "media"
  | "fonts"
  | "files"
  | "sign-in"
  | "search"
  | "social";

/** What is known of a service, beside what its recipe allows. */
export interface ServiceFacts {
  /** The function of `portcullis/services`, and the name in policy files: `"googleAnalytics"`. */
  readonly name: string;
  /** The name of the product: `"Google Analytics 4"`. */
  readonly title: string;
  readonly category: ServiceCategory;
  /** `vendor`: the vendor's documentation lists the sources. `secondary`: at least two independent other places agree on them. */
  readonly evidence: "vendor" | "secondary";
  /** The addresses of the pages that the recipe follows. */
  readonly pages: readonly string[];
  /** The day on which these pages were last read: `"2026-11-26"`. */
  readonly checked: string;
  /**
   * The hosts, each with its subdomains, by which {@link serviceOf} recognises the service; with a path where others share the host.
   * Hosts of a recipe that belong to nobody alone, such as `"www.gstatic.com"`, are not here.
   */
  readonly hosts: readonly string[];
  /**
   * Sources of the recipe's scripts that also serve code which anybody may have run on the page, such as JSONP: what an injected
   * `<script src>` could load. With `"strict-dynamic"` they are left out.
   */
  readonly bypasses?: readonly string[];
  /** Where the nonce belongs in a policy with `"strict-dynamic"`; one sentence. */
  readonly nonce: string;
  /** What else a user of the recipe has to know: whole sentences. What the documentation lists and a policy cannot express, among them. */
  readonly notes?: readonly string[];
  /** The options without which there is no recipe. */
  readonly required?: readonly string[];
}

/** What a service needs of a page's policy. Lists are what `allow` takes. */
export interface ServiceNeeds {
  /** By the option's name of the directive, in the order of the table of directives. `nonce` is the place of the response's nonce. */
  readonly csp: { readonly [K in DirectiveKey]?: readonly (string | Nonce)[] };
  /** Origins that may use a feature: of the service, and `"self"`, without which a frame cannot have it. */
  readonly permissionsPolicy?: Readonly<Record<string, readonly string[]>>;
  /** For a popup that talks to the page that opened it. */
  readonly crossOriginOpenerPolicy?: "same-origin-allow-popups";
  /** `credentialless`: what it embeds has no `Cross-Origin-Resource-Policy`. `unsafe-none`: it embeds frames without a COEP header. */
  readonly crossOriginEmbedderPolicy?: "credentialless" | "unsafe-none";
}

/** A function that returns a layer of `allow(…)`, and what is known of the service. */
export type Recipe<Options extends object> = RecipeCall<Options> & { readonly about: ServiceFacts };

type RecipeCall<Options extends object> = Partial<Options> extends Options ? (options?: Options) => Patch : (options: Options) => Patch;

/**
 * Makes a recipe.
 *
 * @param about what is known of the service.
 * @param schemas a schema for every option; they are made when the recipe is first called.
 * @param needs what the service needs with these options, which have been checked. Empty lists are left out.
 * @returns the function that `portcullis/services` exports. It throws a PolicyError that names every mistake in the options.
 */
export function recipe<Options extends object>(
  about: ServiceFacts,
  schemas: OptionSchemas<Options>,
  needs: (options: Options) => ServiceNeeds,
): Recipe<Options> {
  const call = (options?: Options): Patch => allowed(needs(readAll(about, options, schemas)));
  Object.defineProperty(call, "name", { value: about.name });
  return Object.freeze(Object.assign(call, { about: Object.freeze(about) })) as Recipe<Options>;
}

/** No options. */
export const NO_OPTIONS = () => ({});

function readAll<Options extends object>(about: ServiceFacts, options: unknown, schemas: OptionSchemas<Options>): Options {
  const { report, throwIfAny } = issueCollector();
  const read = checkOptions([about.name], options, schemas, report);
  for (const name of about.required ?? []) {
    if (typeof options === "object" && options !== null && (options as Record<string, unknown>)[name] !== undefined) continue;
    if (options !== undefined && (typeof options !== "object" || options === null)) continue;
    report({ path: [about.name, name], code: "missing", message: "is missing", hint: `Write ${about.name}({ ${name}: … }).` });
  }
  throwIfAny();
  return read as Options;
}

/** The layer of what is needed. */
function allowed({ csp, permissionsPolicy = {}, crossOriginOpenerPolicy, crossOriginEmbedderPolicy }: ServiceNeeds): Patch {
  const word = (value: string | undefined) => (value === undefined ? undefined : { policy: edit("allow", [value]) });
  const layer = {
    contentSecurityPolicy: widening(csp),
    permissionsPolicy: widening(permissionsPolicy),
    crossOriginOpenerPolicy: word(crossOriginOpenerPolicy),
    crossOriginEmbedderPolicy: word(crossOriginEmbedderPolicy),
  };
  return Object.fromEntries(Object.entries(layer).filter(([, value]) => value !== undefined)) as Patch;
}

function widening(lists: Readonly<Record<string, readonly (string | Nonce)[] | undefined>>): object | undefined {
  const written = Object.entries(lists).filter(([, list]) => list !== undefined && list.length > 0);
  return written.length === 0
    ? undefined
    : Object.fromEntries(written.map(([key, list]) => [key, edit("allow", list as readonly (string | Nonce)[])]));
}
