import { textThat } from "../values/schema.js";
import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link algolia}. */
export interface AlgoliaOptions {
  /** The ID of the application, such as `"B1G2GM9NG0"`: its own hosts alone. Default: all of algolia.net and algolianet.com. */
  readonly appId?: string | undefined;
  /** Events of clicks and conversions, by search-insights. Default: false. */
  readonly insights?: boolean | undefined;
}

/**
 * Algolia's search: the API client, InstantSearch, Autocomplete, DocSearch.
 *
 * @param options see {@link AlgoliaOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const algolia = recipe<AlgoliaOptions>(
  {
    name: "algolia",
    title: "Algolia",
    category: "search",
    evidence: "vendor",
    pages: [
      "https://algolia.com/doc/guides/building-search-ui/algolia-experiences/troubleshooting",
      "https://github.com/algolia/algoliasearch-client-javascript/issues/502",
      "https://github.com/algolia/algoliasearch-client-javascript/blob/main/packages/algoliasearch/lite/src/liteClient.ts",
      "https://github.com/algolia/algoliasearch-magento-2/pull/1507",
      "https://github.com/aws-amplify/docs/pull/8427",
    ],
    checked: "2026-11-26",
    hosts: ["algolia.net", "algolianet.com", "algolia.io", "algolia.com"],
    nonce: "None: the client is part of your own scripts.",
    notes: [
      "InstantSearch loads search-insights from cdn.jsdelivr.net unless it is given one: add a recipe of that host, or give it one.",
      "Algolia Experiences also need https://*.algolia.com in scripts and requests, and cdn.jsdelivr.net: they are not in this recipe.",
      "With appId, requests that write are not allowed: a page has no key that may.",
    ],
  },
  () => ({
    appId: textThat((text) => /^[A-Za-z0-9]{1,32}$/.test(text), 'the ID of an application such as "B1G2GM9NG0"'),
    insights: flag(),
  }),
  ({ appId, insights = false }) => ({
    csp: {
      connectSrc: [
        ...(appId === undefined ? ["https://*.algolia.net", "https://*.algolianet.com"] : ownHosts(appId.toLowerCase())),
        ...(insights ? ["https://insights.algolia.io", "https://insights.us.algolia.io", "https://insights.de.algolia.io"] : []),
      ],
    },
  }),
);

/** The hosts of one application, in the order in which the client asks them. */
function ownHosts(id: string): readonly string[] {
  return [`https://${id}-dsn.algolia.net`, ...[1, 2, 3].map((number) => `https://${id}-${number}.algolianet.com`)];
}
