import { flag, host } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link auth0}. */
export interface Auth0Options {
  /** The domain of the tenant, or its custom domain: `"example.eu.auth0.com"`. */
  readonly domain: string;
  /** `useRefreshTokens` with tokens in memory: the worker of the SDK, which starts from a `blob:` without `workerUrl`. Default: false. */
  readonly worker?: boolean | undefined;
  /** `loginWithPopup`. Default: false, the page is left for the page of Auth0. */
  readonly popup?: boolean | undefined;
  /** The SDK comes from cdn.auth0.com. Default: false, it is part of the site's scripts. */
  readonly cdn?: boolean | undefined;
}

/**
 * Auth0's SDK for single page applications.
 *
 * @param options see {@link Auth0Options}; `domain` is required.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const auth0 = recipe<Auth0Options>(
  {
    name: "auth0",
    title: "Auth0",
    category: "sign-in",
    evidence: "secondary",
    pages: [
      "https://github.com/auth0/auth0-spa-js/blob/main/FAQ.md",
      "https://github.com/auth0/auth0-spa-js/blob/main/src/utils.ts",
      "https://github.com/auth0/auth0-spa-js/blob/main/README.md",
      "https://github.com/auth0/auth0-spa-js/issues/706",
      "https://github.com/eason-dev/csp-js/blob/main/packages/data/src/services/authentication/auth0.ts",
    ],
    checked: "2026-11-26",
    hosts: ["auth0.com", "cdn.auth0.com"],
    tenants: ["auth0.com"],
    nonce: 'With cdn, the <script src="https://cdn.auth0.com/…"> of the page; otherwise none.',
    notes: [
      "A site that signs its users in on its server alone, by a redirect, needs nothing of this.",
      "Pictures of users come from the host of whoever signed them in, and are not in this recipe.",
    ],
    required: ["domain"],
    example: { domain: "example.eu.auth0.com" },
  },
  () => ({ domain: host("example.eu.auth0.com"), worker: flag(), popup: flag(), cdn: flag() }),
  ({ domain, worker, popup, cdn }) => ({
    csp: {
      scriptSrc: cdn ? ["https://cdn.auth0.com"] : [],
      connectSrc: [`https://${domain}`],
      frameSrc: [`https://${domain}`],
      workerSrc: worker ? ["blob:"] : [],
    },
    ...(popup ? { crossOriginOpenerPolicy: "same-origin-allow-popups" as const } : {}),
    crossOriginEmbedderPolicy: "unsafe-none",
  }),
);
