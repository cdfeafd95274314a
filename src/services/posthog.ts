import { flag, host, oneOfWords } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link posthog}. */
export interface PosthogOptions {
  /**
   * The region of PostHog Cloud, with the hosts that posthog-js uses today. Default: all of https://*.posthog.com, as PostHog recommends,
   * for these hosts may change.
   */
  readonly region?: "us" | "eu" | undefined;
  /** The host of a proxy, or of a self-hosted PostHog, instead of PostHog Cloud; with `region`, in addition to it. */
  readonly host?: string | undefined;
  /** Session replay, whose recorder starts a worker from a `blob:`. Default: false. */
  readonly replay?: boolean | undefined;
  /** The toolbar, which the staff of the site open on its pages: all of https://*.posthog.com. Default: false. */
  readonly toolbar?: boolean | undefined;
}

const WHOLE = ["https://*.posthog.com"];

/**
 * PostHog: events, feature flags, surveys, session replay.
 *
 * @param options see {@link PosthogOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const posthog = recipe<PosthogOptions>(
  {
    name: "posthog",
    title: "PostHog",
    category: "analytics",
    evidence: "vendor",
    pages: [
      "https://posthog.com/docs/advanced/content-security-policy",
      "https://github.com/PostHog/posthog-js/blob/main/packages/browser/src/utils/request-router.ts",
      "https://github.com/PostHog/posthog.com/pull/11129",
      "https://github.com/PostHog/posthog/pull/98051",
    ],
    checked: "2026-11-26",
    hosts: ["posthog.com"],
    bypasses: WHOLE,
    nonce: "The inline <script> of the snippet, which adds array.js to the page.",
    notes: [
      "The snippet is an inline script: give it a nonce or a hash, or move it to a file on your site; posthog-js from npm has none.",
      "PostHog's example for session replay has data: beside blob: in worker-src; the recorder starts its worker from blob:, and data: is left out.",
      "https://*.posthog.com also serves the site apps that other customers write; with region, scripts come from one host of files alone, and site apps of your own are blocked.",
      "A proxy under your own host needs the recipe only for replay and the toolbar.",
    ],
  },
  () => ({ region: oneOfWords("us", "eu"), host: host("e.example.com"), replay: flag(), toolbar: flag() }),
  ({ region, host: own, replay = false, toolbar = false }) => {
    const proxy = own === undefined ? [] : [`https://${own}`];
    const [scripts, requests] = cloud(region, toolbar || (region === undefined && own === undefined));
    const shown = toolbar ? WHOLE : [];
    return {
      csp: {
        scriptSrc: [...proxy, ...scripts],
        styleSrc: shown,
        imgSrc: shown,
        fontSrc: shown,
        connectSrc: [...proxy, ...requests],
        mediaSrc: shown,
        workerSrc: replay ? ["blob:"] : [],
      },
    };
  },
);

/** The sources of scripts and of requests of PostHog Cloud. */
function cloud(region: "us" | "eu" | undefined, whole: boolean): readonly [scripts: readonly string[], requests: readonly string[]] {
  if (whole) return [WHOLE, WHOLE];
  if (region === undefined) return [[], []];
  const assets = `https://${region}-assets.i.posthog.com`;
  return [[assets], [`https://${region}.i.posthog.com`, assets]];
}
