import type { SANDBOX_TOKENS } from "../../headers/content-security-policy/directives.js";
import type { Keyword } from "../../values/sources.js";

/** What each keyword of a source list allows. CSP3 §2.3.1 and the specifications that add to it. */
export const KEYWORD_TEXTS: Readonly<Record<Keyword, string>> = {
  none: "Allows nothing. Only alone in a list.",
  self: "The origin of the page.",
  "unsafe-inline": "Inline scripts and styles. In scriptSrc this allows most cross-site scripting attacks.",
  "unsafe-eval": "eval, new Function and timers with text.",
  "unsafe-hashes": "Hashes in the list also allow event handlers and style attributes.",
  "strict-dynamic": "Scripts with a nonce or a hash may load further scripts; hosts in the list are ignored.",
  "wasm-unsafe-eval": "Compiling WebAssembly.",
  "trusted-types-eval": "eval, where Trusted Types are enforced.",
  "report-sample": "Reports of violations contain the beginning of the blocked text.",
  "inline-speculation-rules": 'Inline <script type="speculationrules">.',
  "report-sha256": "Reports the SHA-256 hash of every script.",
  "report-sha384": "Reports the SHA-384 hash of every script.",
  "report-sha512": "Reports the SHA-512 hash of every script.",
  "unsafe-webtransport-hashes": "WebTransport servers with a certificate that the page names by its hash.",
  "unsafe-allow-redirects": "Belonged to navigate-to, which no browser supports.",
};

/** What each token allows a sandboxed page. HTML §7.1.5. */
export const SANDBOX_TEXTS: Readonly<Record<(typeof SANDBOX_TOKENS)[number], string>> = {
  "allow-downloads": "Downloads.",
  "allow-forms": "Submitting forms.",
  "allow-modals": "alert, confirm, prompt and print.",
  "allow-orientation-lock": "Locking the orientation of the screen.",
  "allow-pointer-lock": "The Pointer Lock API.",
  "allow-popups": "Opening new windows.",
  "allow-popups-to-escape-sandbox": "New windows are not sandboxed.",
  "allow-presentation": "Starting a presentation session.",
  "allow-same-origin": "The page keeps its origin. Together with allow-scripts, a frame of the same origin can remove its sandbox.",
  "allow-scripts": "Scripts.",
  "allow-storage-access-by-user-activation": "Requesting access to cookies after a user's action.",
  "allow-top-navigation": "Navigating the top-level window.",
  "allow-top-navigation-by-user-activation": "Navigating the top-level window after a user's action.",
  "allow-top-navigation-to-custom-protocols": "Opening applications of other schemes.",
};
