import { flag } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link appleSignIn}. */
export interface AppleSignInOptions {
  /** `usePopup`: the popup tells the page the result. Default: false, the page is left for Apple's. */
  readonly popup?: boolean | undefined;
  /** The button that Apple's script draws into `<div id="appleid-signin">`, with inline styles and a font. Default: true. */
  readonly button?: boolean | undefined;
  /** A button that is an image from Apple's. Default: false. */
  readonly buttonImage?: boolean | undefined;
}

/**
 * Sign in with Apple JS.
 *
 * @param options see {@link AppleSignInOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const appleSignIn = recipe<AppleSignInOptions>(
  {
    name: "appleSignIn",
    title: "Sign in with Apple",
    category: "sign-in",
    evidence: "secondary",
    pages: [
      "https://developer.apple.com/documentation/signinwithapplejs/configuring_your_webpage_for_sign_in_with_apple",
      "https://developer.apple.com/documentation/signinwithapple/incorporating-sign-in-with-apple-into-other-platforms",
      "https://github.com/johnpooch/diplicity-react/pull/565",
    ],
    checked: "2026-11-26",
    hosts: ["appleid.cdn-apple.com", "appleid.apple.com"],
    nonce: 'The <script src="https://appleid.cdn-apple.com/appleauth/…"> of the page.',
    notes: [
      "Apple's script sends no requests and makes no frames: it opens appleid.apple.com in a popup or in place of the page.",
      "The button's styles are inline: where style-src has a nonce, browsers ignore 'unsafe-inline', and the button needs styles of your own.",
      "The button is written by innerHTML, which require-trusted-types-for blocks: make one of your own that calls AppleID.auth.signIn().",
    ],
  },
  () => ({ popup: flag(), button: flag(), buttonImage: flag() }),
  ({ popup, button = true, buttonImage }) => ({
    csp: {
      scriptSrc: ["https://appleid.cdn-apple.com"],
      styleSrc: button ? ["unsafe-inline"] : [],
      imgSrc: buttonImage ? ["https://appleid.cdn-apple.com"] : [],
      fontSrc: button ? ["data:"] : [],
    },
    ...(popup ? { crossOriginOpenerPolicy: "same-origin-allow-popups" as const } : {}),
    crossOriginEmbedderPolicy: "credentialless",
  }),
);
