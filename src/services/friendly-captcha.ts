import * as z from "zod/mini";
import { policyError } from "../errors.js";
import { expecting } from "../values/schema.js";
import type { ServiceNeeds } from "./needs.js";
import { flag, oneOfWords } from "./options.js";
import { recipe } from "./recipe.js";

const OWN_FOLDER = 'Allow the folder that the page loads: scriptSrc: allow("https://cdn.jsdelivr.net/npm/friendly-challenge@…/").';

/** Options of {@link friendlyCaptcha}. */
export interface FriendlyCaptchaOptions {
  /** Version 1 solves its puzzle in the page, version 2 in a frame. Default: 2. */
  readonly version?: 1 | 2 | undefined;
  /** The endpoint that the widget is set to. Default: any of version 2, and `"global"` of version 1. */
  readonly endpoint?: "global" | "eu" | undefined;
  /** The scripts of version 2 come from jsDelivr. Default: false, they are files of the site. */
  readonly cdn?: boolean | undefined;
}

/**
 * Friendly Captcha.
 *
 * @param options see {@link FriendlyCaptchaOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const friendlyCaptcha = recipe<FriendlyCaptchaOptions>(
  {
    name: "friendlyCaptcha",
    title: "Friendly Captcha",
    category: "bots",
    evidence: "vendor",
    pages: [
      "https://github.com/FriendlyCaptcha/friendly-docs/blob/main/docs/guides/csp.md",
      "https://developer.friendlycaptcha.com/docs/v2/getting-started/install",
      "https://developer.friendlycaptcha.com/docs/v1/guides/csp",
      "https://developer.friendlycaptcha.com/docs/v1/guides/eu-endpoint",
      "https://github.com/FriendlyCaptcha/friendly-challenge/issues/247",
    ],
    checked: "2026-11-26",
    hosts: ["frcapi.com", "friendlycaptcha.com", "friendlycaptcha.eu", "cdn.jsdelivr.net/npm/@friendlycaptcha/"],
    nonce: "Both <script> tags of the widget, the module and the one with nomodule.",
    notes: [
      "With cdn, any version of the vendor's packages may run on the page.",
      "Version 1 does not start where a policy has require-trusted-types-for.",
    ],
  },
  () => ({ version: z.literal([1, 2], expecting("1 or 2")), endpoint: oneOfWords("global", "eu"), cdn: flag() }),
  ({ version = 2, endpoint, cdn }) => (version === 1 ? inThePage(endpoint, cdn) : inAFrame(endpoint, cdn)),
);

function inAFrame(endpoint: "global" | "eu" | undefined, cdn: boolean | undefined): ServiceNeeds {
  return {
    csp: {
      scriptSrc: cdn ? ["https://cdn.jsdelivr.net/npm/@friendlycaptcha/"] : [],
      frameSrc: [`https://${endpoint ?? "*"}.frcapi.com`],
    },
    crossOriginEmbedderPolicy: "unsafe-none",
  };
}

function inThePage(endpoint: "global" | "eu" | undefined, cdn: boolean | undefined): ServiceNeeds {
  if (cdn) throw policyError("conflict", ["friendlyCaptcha", "cdn"], "cannot be combined with version: 1", OWN_FOLDER);
  return {
    csp: {
      scriptSrc: ["wasm-unsafe-eval"],
      connectSrc: [endpoint === "eu" ? "https://eu-api.friendlycaptcha.eu" : "https://api.friendlycaptcha.com"],
      workerSrc: ["blob:"],
    },
  };
}
