import { flag, host } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link clerk}. */
export interface ClerkOptions {
  /** The host of the Frontend API: `"clerk.example.com"`, in development `"example-name-12.clerk.accounts.dev"`. */
  readonly frontendApi: string;
  /** What the SDK tells Clerk of its use, where that is not turned off. Default: false. */
  readonly telemetry?: boolean | undefined;
}

const BOT_CHECKS = ["https://challenges.cloudflare.com", "https://*.protect.clerk.com"];

/**
 * Clerk's components for signing in.
 *
 * @param options see {@link ClerkOptions}; `frontendApi` is required.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const clerk = recipe<ClerkOptions>(
  {
    name: "clerk",
    title: "Clerk",
    category: "sign-in",
    evidence: "vendor",
    pages: [
      "https://clerk.com/docs/guides/secure/best-practices/csp-headers",
      "https://clerk.com/docs/pr/1424/security/clerk-csp",
      "https://github.com/clerk/clerk-docs/blob/main/docs/guides/secure/best-practices/csp-headers.mdx",
    ],
    checked: "2026-11-26",
    hosts: ["clerk.com", "clerk.accounts.dev", "clerk-telemetry.com"],
    nonce: "The <script> that loads clerk-js: <ClerkProvider nonce={…}> writes it.",
    notes: [
      "Its styles are inline: where style-src has a nonce, browsers ignore 'unsafe-inline', and Clerk needs that nonce too.",
      "Billing needs stripe({ address: true }) beside it.",
    ],
    required: ["frontendApi"],
    example: { frontendApi: "clerk.example.com" },
  },
  () => ({ frontendApi: host("clerk.example.com"), telemetry: flag() }),
  ({ frontendApi, telemetry }) => ({
    csp: {
      scriptSrc: [`https://${frontendApi}`, ...BOT_CHECKS],
      styleSrc: ["unsafe-inline"],
      imgSrc: ["https://img.clerk.com"],
      connectSrc: [
        `https://${frontendApi}`,
        "https://*.protect.clerk.com:*",
        ...(telemetry ? ["https://clerk-telemetry.com", "https://*.clerk-telemetry.com"] : []),
      ],
      frameSrc: BOT_CHECKS,
      workerSrc: ["self", "blob:"],
    },
    crossOriginEmbedderPolicy: "unsafe-none",
  }),
);
