import { issueCollector, type ReportIssue } from "../errors.js";
import type { Patch } from "../headers/patch.js";
import { deepFreeze } from "../values/freeze.js";
import { checkOptions, type OptionSchemas } from "../values/options.js";
import { own, record } from "../values/own.js";
import type { Schema } from "../values/schema.js";
import { isList } from "../values/text.js";
import { marked } from "./mark.js";
import { layerOf, type ServiceNeeds } from "./needs.js";
import { refuseRequest } from "./refuse-request.js";

/**
 * What a service is for.
 *
 * @experimental
 */
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

/**
 * What is known of a service, beside what its recipe allows.
 *
 * @experimental
 */
export interface ServiceFacts {
  /** The function of `portcullis/services`, and the name in policy files: `"googleAnalytics"`. */
  readonly name: string;
  /** The name of the product: `"Google Analytics 4"`. */
  readonly title: string;
  readonly category: ServiceCategory;
  /** Other names by which it is looked for: `"gtm"`. */
  readonly aliases?: readonly string[];
  /** `vendor`: the vendor's documentation lists the sources. `secondary`: at least two independent other places agree on them. */
  readonly evidence: "vendor" | "secondary";
  /** The addresses of the pages that the recipe follows. */
  readonly pages: readonly string[];
  /** The day on which these pages were last read: `"2026-11-26"`. */
  readonly checked: string;
  /**
   * The hosts, each with its subdomains, by which {@link serviceOf} recognises the service; with a path where others share the host: a
   * slash at its end is for all paths below it, as in a source. A host without a path is shared where another service has a path of it.
   * Hosts of a recipe that belong to nobody alone, such as `"www.gstatic.com"`, are not here.
   */
  readonly hosts: readonly string[];
  /**
   * Where any customer of the service can publish, beside whatever the vendor does: `"supabase.co"` where each has a subdomain, and
   * `"cdn.jsdelivr.net/"`, with a slash at the end, where each has a path. A narrower name in `hosts` is the vendor's alone.
   */
  readonly tenants?: readonly string[];
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
  /** Options to show the recipe with, where it requires some. */
  readonly example?: Readonly<Record<string, unknown>>;
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
  const call = (options?: Options): Patch => marked(layerOf(needs(readAll(about, options, schemas))), callText(about));
  Object.defineProperty(call, "name", { value: about.name });
  schemasByRecipe.set(call, schemas);
  return Object.freeze(Object.assign(call, { about: deepFreeze(about) })) as Recipe<Options>;
}

/** How the call of a recipe is written: `"stripe()"`, or with options that it requires `"sentry({ dsn: … })"`. */
export function callText({ name, required = [] }: ServiceFacts): string {
  const options = required.map((option) => `${option}: …`).join(", ");
  return options === "" ? `${name}()` : `${name}({ ${options} })`;
}

const schemasByRecipe = new WeakMap<object, () => Readonly<Record<string, Schema>>>();

/** The schema of each option of a recipe, for what describes policy files. */
export function optionsOf(recipe: object): Readonly<Record<string, Schema>> {
  return schemasByRecipe.get(recipe)?.() ?? {};
}

/** No options. */
export const NO_OPTIONS = () => ({});

function readAll<Options extends object>(about: ServiceFacts, options: unknown, schemas: OptionSchemas<Options>): Options {
  refuseRequest(about.name, callText(about), options);
  const { name, required = [] } = about;
  const { report, throwIfAny } = issueCollector();
  const faulty = new Set<unknown>();
  const noting: ReportIssue = (issue) => {
    faulty.add(issue.path[1]);
    report(issue);
  };
  const read = checkOptions([name], withOwnLists(options), schemas, noting);
  // Of a value that is not an object of options, no option is missing.
  for (const option of faulty.has(undefined) ? [] : required) {
    if (read[option as keyof Options] !== undefined || faulty.has(option)) continue;
    report({ path: [name, option], code: "missing", message: "is missing", hint: `Write ${name}({ ${option}: … }).` });
  }
  throwIfAny();
  return read as Options;
}

/** Options with lists of our own: a proxy in the place of a list could answer otherwise once it was checked. */
function withOwnLists(options: unknown): unknown {
  if (typeof options !== "object" || options === null || isList(options)) return options;
  try {
    const entries = Object.entries(options);
    // What is not an object of options stays as it is, for the message of the check.
    return entries.length === 0 ? options : record(entries.map(([name, value]) => [name, isList(value) ? ownList(value) : value]));
  } catch {
    return options;
  }
}

/** Members of a list that are copied: more than any option takes. */
const LONGEST_LIST = 100;

function ownList(list: readonly unknown[]): readonly unknown[] {
  return Array.from({ length: Math.min(list.length, LONGEST_LIST) }, (_, index) => own(list, index));
}
