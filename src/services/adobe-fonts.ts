import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link adobeFonts}. */
export interface AdobeFontsOptions {
  /**
   * The JavaScript embed code, `<script src="https://use.typekit.net/….js">`, which adds inline styles and fonts as `data:`. Default:
   * false, for the style sheet `https://use.typekit.net/….css`.
   */
  readonly script?: boolean | undefined;
  /** The performance metrics that the script sends. Default: false. */
  readonly metrics?: boolean | undefined;
}

/**
 * Adobe Fonts (Typekit), by a style sheet or by a script.
 *
 * @param options see {@link AdobeFontsOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const adobeFonts = recipe<AdobeFontsOptions>(
  {
    name: "adobeFonts",
    title: "Adobe Fonts",
    category: "fonts",
    aliases: ["typekit"],
    evidence: "secondary",
    pages: [
      "https://helpx.adobe.com/fonts/web/web-design-and-development/content-security-policy.html",
      "https://github.com/spatie/laravel-csp/blob/b8f59b877b4368ff401439273ab9573b2ae7e999/src/Presets/AdobeFonts.php",
      "https://github.com/ampproject/amphtml/pull/10876",
      "https://github.com/aptos-labs/aptos-core/pull/1326",
      "https://github.com/red-robots/bellaworks-2023/blob/65cbd18ad651bb1883df5c176a1e6d22a35064fd/inc/security-policy.php",
    ],
    checked: "2026-11-26",
    hosts: ["typekit.net"],
    nonce: 'The <script src="https://use.typekit.net/….js"> of the page and the inline script after it, for the JavaScript embed code.',
    notes: [
      "Adobe counts the use of its fonts by a request to p.typekit.net; blocking it can violate its terms of use.",
      "Browsers ignore 'unsafe-inline' beside a nonce or a hash, and the font events of the script do not work: use the style sheet.",
      "Adobe lists the sources of the script. The style sheet imports https://p.typekit.net/p.css and loads fonts of use.typekit.net: that is from a copy of it and from policies of AMP and of a site.",
    ],
  },
  () => ({ script: flag(), metrics: flag() }),
  ({ script, metrics }) => ({
    csp: {
      scriptSrc: script ? ["https://use.typekit.net"] : [],
      styleSrc: ["https://use.typekit.net", ...(script ? ["unsafe-inline"] : ["https://p.typekit.net"])],
      imgSrc: script ? ["https://p.typekit.net"] : [],
      fontSrc: ["https://use.typekit.net", ...(script ? ["data:"] : [])],
      connectSrc: metrics ? ["https://performance.typekit.net"] : [],
    },
    crossOriginEmbedderPolicy: "credentialless",
  }),
);
