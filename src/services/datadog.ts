import { flag, oneOfWords } from "./options.js";
import { recipe } from "./recipe.js";

const SITES = [
  "datadoghq.com",
  "us3.datadoghq.com",
  "us5.datadoghq.com",
  "datadoghq.eu",
  "uk1.datadoghq.com",
  "ap1.datadoghq.com",
  "ap2.datadoghq.com",
  "ddog-gov.com",
  "us2.ddog-gov.com",
] as const;

/** Options of {@link datadog}. */
export interface DatadogOptions {
  /** The site of the account, as `datadogRum.init` takes it. Default: `"datadoghq.com"`. */
  readonly site?: (typeof SITES)[number] | undefined;
  /** The SDK from www.datadoghq-browser-agent.com, instead of the one from npm. Default: false. */
  readonly cdn?: boolean | undefined;
  /** Session Replay, or `compressIntakeRequests`: a worker from a `blob:`. Default: false. */
  readonly replay?: boolean | undefined;
}

/**
 * Datadog Real User Monitoring and browser logs. By default only what the SDK from npm needs.
 *
 * @param options see {@link DatadogOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const datadog = recipe<DatadogOptions>(
  {
    name: "datadog",
    title: "Datadog RUM",
    category: "errors",
    aliases: ["rum"],
    evidence: "vendor",
    pages: [
      "https://github.com/DataDog/documentation/blob/master/content/en/integrations/content_security_policy_logs.md",
      "https://github.com/DataDog/browser-sdk/blob/main/packages/core/src/domain/configuration/endpointBuilder.ts",
      "https://github.com/DataDog/browser-sdk/blob/main/packages/core/src/domain/intakeSites.ts",
      "https://docs.datadoghq.com/real_user_monitoring/guide/browser-sdk-upgrade",
      "https://github.com/datadog-labs/agent-skills/blob/main/dd-browser-sdk/upgrade-v7/SKILL.md",
    ],
    checked: "2026-11-26",
    hosts: ["datadoghq-browser-agent.com", ...SITES.map((site) => intake(site))],
    nonce: 'The <script src="https://www.datadoghq-browser-agent.com/…/datadog-rum.js"> of the page, where the SDK is not from npm.',
    notes: [
      'The tag needs crossorigin="anonymous" from version 7 of the SDK on, and with any version under Cross-Origin-Embedder-Policy.',
      "Versions before 5 of the SDK send to subdomains of these hosts, which are not allowed.",
      "With proxy, events go to the site itself, and no recipe is needed for them.",
      "In place of replay, a worker file on your site can be given as workerUrl.",
    ],
  },
  () => ({ site: oneOfWords(...SITES), cdn: flag(), replay: flag() }),
  ({ site = "datadoghq.com", cdn = false, replay = false }) => ({
    csp: {
      scriptSrc: cdn ? ["https://www.datadoghq-browser-agent.com"] : [],
      connectSrc: [`https://${intake(site)}`],
      workerSrc: replay ? ["blob:"] : [],
    },
  }),
);

/** The host to which the events of a site are sent: `browser-intake-us3-datadoghq.com` of `us3.datadoghq.com`. */
function intake(site: string): string {
  const end = site.lastIndexOf(".");
  return `browser-intake-${site.slice(0, end).replaceAll(".", "-")}${site.slice(end)}`;
}
