import type { ServiceNeeds } from "./needs.js";
import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link tiktok}. */
export interface TiktokOptions {
  /** TikTok Pixel. Default: true. */
  readonly pixel?: boolean | undefined;
  /** Pages that are open in TikTok's app: frames of its schemes `bytedance:` and `sslocal:`, by the pixel. Default: false. */
  readonly app?: boolean | undefined;
  /** Videos embedded by embed.js. Default: false. */
  readonly embed?: boolean | undefined;
}

const PIXEL = ["https://analytics.tiktok.com", "https://analytics-ipv6.tiktokw.us", "https://ads.tiktok.com"];

/**
 * TikTok Pixel, and videos of TikTok as an option.
 *
 * @param options see {@link TiktokOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const tiktok = recipe<TiktokOptions>(
  {
    name: "tiktok",
    title: "TikTok",
    category: "social",
    evidence: "secondary",
    pages: [
      "https://socket.dev/npm/package/csp-helper/diff/0.12.0",
      "https://github.com/silverstripeltd/silverstripe-csp/blob/master/src/Fragments/TikTokPixel.php",
      "https://github.com/eason-dev/csp-js/blob/main/packages/data/src/services/social/tiktok.ts",
      "https://github.com/antiwork/gumroad/pull/5002",
      "https://github.com/bbc/simorgh/blob/latest/src/server/utilities/cspHeader/directives.js",
    ],
    checked: "2026-11-26",
    hosts: ["tiktok.com", "tiktokw.us", "ttwstatic.com"],
    nonce: 'The inline <script> of the pixel\'s base code; with embed, the <script src="https://www.tiktok.com/embed.js"> of the page.',
    notes: [
      "The pixel's base code is an inline script: give it a nonce or a hash, or move it to a file on your site.",
      "Policies of other sites also allow frames of bytedance: and sslocal:, schemes of TikTok's app, in which the page may be open: see app.",
      "embed.js loads its code from a host of ttwstatic.com that differs by region, so that the wildcard is needed.",
    ],
  },
  () => ({ pixel: flag(), app: flag(), embed: flag() }),
  ({ pixel = true, app, embed }) => {
    const measured = pixel ? PIXEL : [];
    return {
      csp: {
        scriptSrc: [...measured, ...(embed ? ["https://www.tiktok.com", "https://*.ttwstatic.com"] : [])],
        styleSrc: embed ? ["https://*.ttwstatic.com"] : [],
        imgSrc: measured,
        connectSrc: measured,
        frameSrc: [...(app ? ["bytedance:", "sslocal:"] : []), ...(embed ? ["https://www.tiktok.com"] : [])],
      },
      ...isolation(pixel, embed),
    };
  },
);

function isolation(pixel: boolean, embed: boolean | undefined): Omit<ServiceNeeds, "csp"> {
  if (embed) return { crossOriginEmbedderPolicy: "unsafe-none" };
  return pixel ? { crossOriginEmbedderPolicy: "credentialless" } : {};
}
