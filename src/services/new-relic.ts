import { oneOfWords } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link newRelic}. */
export interface NewRelicOptions {
  /** Where the account is: the United States, the European Union, or the endpoints of FedRAMP (`"gov"`). Default: `"us"`. */
  readonly region?: "us" | "eu" | "gov" | undefined;
}

const COLLECTORS = {
  us: ["https://bam.nr-data.net", "https://bam-cell.nr-data.net"],
  eu: ["https://bam.eu01.nr-data.net"],
  gov: ["https://gov-bam.nr-data.net"],
};

/**
 * New Relic's browser agent.
 *
 * @param options see {@link NewRelicOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const newRelic = recipe<NewRelicOptions>(
  {
    name: "newRelic",
    title: "New Relic Browser",
    category: "errors",
    aliases: ["nr"],
    evidence: "vendor",
    pages: [
      "https://github.com/newrelic/docs-website/blob/main/src/content/docs/browser/new-relic-browser/getting-started/compatibility-requirements-browser-monitoring.mdx",
      "https://docs.newrelic.com/docs/release-notes/new-relic-browser-release-notes/browser-agent-release-notes/browser-agent-v1.236.0",
      "https://docs.newrelic.com/docs/release-notes/new-relic-browser-release-notes/browser-agent-release-notes/browser-agent-v1.247.0",
    ],
    checked: "2026-11-26",
    hosts: ["js-agent.newrelic.com", "nr-data.net"],
    nonce: "The inline <script> of the agent's loader; from version 1.247 on the agent gives its nonce to the scripts that it loads.",
    notes: [
      "The loader is an inline script: give it a nonce or a hash, or move it to a file on your site; the agent from npm has none.",
      "New Relic's list has the collectors in script-src too, for JSONP, which version 1.236 of the agent (June 2023) removed: they are left out.",
    ],
  },
  () => ({ region: oneOfWords("us", "eu", "gov") }),
  ({ region = "us" }) => ({ csp: { scriptSrc: ["https://js-agent.newrelic.com"], connectSrc: COLLECTORS[region] } }),
);
