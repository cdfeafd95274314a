import { flag, oneOfWords } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link recaptcha}. */
export interface RecaptchaOptions {
  /** `"recaptcha.net"` where www.google.com cannot be reached. Default: `"google.com"`. */
  readonly host?: "google.com" | "recaptcha.net" | undefined;
  /** `'unsafe-inline'` for styles, which the badge and the challenge write into the page. Default: false. */
  readonly inlineStyles?: boolean | undefined;
}

/**
 * Google reCAPTCHA, version 2, version 3 and Enterprise.
 *
 * @param options see {@link RecaptchaOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const recaptcha = recipe<RecaptchaOptions>(
  {
    name: "recaptcha",
    title: "Google reCAPTCHA",
    category: "bots",
    evidence: "vendor",
    pages: [
      "https://docs.cloud.google.com/recaptcha/docs/faq",
      "https://developers.google.com/recaptcha/docs/faq",
      "https://github.com/google/recaptcha/blob/main/examples/recaptcha-content-security-policy.php",
      "https://github.com/blockscout/frontend/blob/main/nextjs/csp/policies/googleReCaptcha.ts",
      "https://github.com/google/recaptcha/issues/107",
    ],
    checked: "2026-11-26",
    hosts: ["www.google.com/recaptcha/", "www.gstatic.com/recaptcha/", "recaptcha.google.com", "www.recaptcha.net"],
    bypasses: ["https://www.google.com/recaptcha/", "https://www.recaptcha.net/recaptcha/"],
    nonce: 'The <script src="https://www.google.com/recaptcha/api.js"> of the page; the scripts that it loads take its nonce over.',
    notes: [
      "It writes inline styles into the page, which a strict style-src blocks. inlineStyles allows them; the nonce of its script does not, since Google's script does not give it to them.",
      "Browsers ignore 'unsafe-inline' where style-src has a nonce or a hash: leave both out of style-src for inlineStyles.",
      "By a public report (HackerOne 2279346), the folder of the API also has a script with AngularJS, /recaptcha/about/js/main.min.js, which runs code that is written in injected markup.",
    ],
  },
  () => ({ host: oneOfWords("google.com", "recaptcha.net"), inlineStyles: flag() }),
  ({ host = "google.com", inlineStyles }) => {
    const own = `https://www.${host}/recaptcha/`;
    return {
      csp: {
        scriptSrc: [own, "https://www.gstatic.com/recaptcha/"],
        styleSrc: inlineStyles ? ["unsafe-inline"] : [],
        imgSrc: ["https://www.gstatic.com/recaptcha/"],
        connectSrc: [own],
        frameSrc: [own, ...(host === "google.com" ? ["https://recaptcha.google.com/recaptcha/"] : [])],
      },
      crossOriginEmbedderPolicy: "unsafe-none",
    };
  },
);
