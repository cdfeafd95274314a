import { oneOfWords } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link recaptcha}. */
export interface RecaptchaOptions {
  /** `"recaptcha.net"` where www.google.com cannot be reached. Default: `"google.com"`. */
  readonly host?: "google.com" | "recaptcha.net" | undefined;
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
    nonce: 'The <script src="https://www.google.com/recaptcha/api.js"> of the page; the scripts that it loads take its nonce over.',
    notes: ["It writes inline styles into the page, which a strict style-src blocks: Google documents no way around that."],
  },
  () => ({ host: oneOfWords("google.com", "recaptcha.net") }),
  ({ host = "google.com" }) => {
    const own = `https://www.${host}/recaptcha/`;
    return {
      csp: {
        scriptSrc: [own, "https://www.gstatic.com/recaptcha/"],
        imgSrc: ["https://www.gstatic.com/recaptcha/"],
        connectSrc: [own],
        frameSrc: [own, ...(host === "google.com" ? ["https://recaptcha.google.com/recaptcha/"] : [])],
      },
      crossOriginEmbedderPolicy: "unsafe-none",
    };
  },
);
