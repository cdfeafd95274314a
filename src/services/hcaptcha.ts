import { NO_OPTIONS, recipe } from "./recipe.js";

const HOSTS = ["https://hcaptcha.com", "https://*.hcaptcha.com"];

/** hCaptcha. It takes no options. */
export const hcaptcha = recipe<Record<never, never>>(
  {
    name: "hcaptcha",
    title: "hCaptcha",
    category: "bots",
    evidence: "vendor",
    pages: ["https://docs.hcaptcha.com/"],
    checked: "2026-11-26",
    hosts: ["hcaptcha.com"],
    nonce: 'The <script src="https://js.hcaptcha.com/1/api.js"> of the page.',
    notes: ["hCaptcha asks not to list its subdomains one by one, because they change."],
  },
  NO_OPTIONS,
  () => ({
    csp: { scriptSrc: HOSTS, styleSrc: HOSTS, connectSrc: HOSTS, frameSrc: HOSTS },
    crossOriginEmbedderPolicy: "unsafe-none",
  }),
);
