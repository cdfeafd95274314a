import { flag, oneOfWords } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link amplitude}. */
export interface AmplitudeOptions {
  /** The data center, with the hosts that the Browser SDK uses today. Default: all of https://*.amplitude.com, as Amplitude's list has it. */
  readonly region?: "us" | "eu" | undefined;
  /** Session Replay, with its worker (`useWebWorker`), which starts from a `blob:`. Default: false. */
  readonly replay?: boolean | undefined;
  /** Guides and Surveys: images, media and styles, and scripts and requests of all of https://*.amplitude.com. Default: false. */
  readonly guides?: boolean | undefined;
}

const WHOLE = ["https://*.amplitude.com"];

/**
 * Amplitude's Browser SDK 2.
 *
 * @param options see {@link AmplitudeOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const amplitude = recipe<AmplitudeOptions>(
  {
    name: "amplitude",
    title: "Amplitude",
    category: "analytics",
    evidence: "vendor",
    pages: [
      "https://github.com/amplitude/amplitude-docs/blob/main/content/collections/guides_and_surveys/en/sdk.md",
      "https://github.com/amplitude/amplitude-docs/blob/main/content/collections/session-replay/en/session-replay-plugin.md",
      "https://github.com/amplitude/Amplitude-TypeScript/blob/main/packages/analytics-core/src/types/constants.ts",
    ],
    checked: "2026-11-26",
    hosts: ["amplitude.com"],
    nonce: 'Both tags of the snippet: <script src="https://cdn.amplitude.com/script/….js"> and the inline <script> after it.',
    notes: [
      "The second tag of the snippet is an inline script: give it a nonce or a hash, or move it to a file on your site.",
      "Guides and Surveys write styles into the page: where style-src has a nonce, give it to engagement.init as nonce.",
      "With a region, what the SDK sends about itself to diagnostics.prod.… is blocked.",
    ],
  },
  () => ({ region: oneOfWords("us", "eu"), replay: flag(), guides: flag() }),
  ({ region, replay = false, guides = false }) => {
    const [scripts, requests] = region === undefined || guides ? [WHOLE, WHOLE] : regional(region, replay);
    const shown = guides ? WHOLE : [];
    return {
      csp: {
        scriptSrc: scripts,
        styleSrc: shown,
        imgSrc: shown,
        connectSrc: requests,
        mediaSrc: shown,
        workerSrc: replay ? ["blob:"] : [],
      },
      crossOriginEmbedderPolicy: "credentialless",
    };
  },
);

/** The hosts of scripts and of requests of a data center. */
function regional(region: "us" | "eu", replay: boolean): readonly [scripts: readonly string[], requests: readonly string[]] {
  const domain = region === "eu" ? "eu.amplitude.com" : "amplitude.com";
  const events = region === "eu" ? "api" : "api2";
  const requests = [events, "sr-client-cfg", ...(replay ? ["api-sr"] : [])];
  return [[`https://cdn.${domain}`], requests.map((name) => `https://${name}.${domain}`)];
}
