import { reportingWordHeader } from "./reporting-word.js";

/**
 * `Cross-Origin-Opener-Policy`: this page shares no browsing context group with other origins' windows. HTML §7.1.3.
 * `noopener-allow-popups` lets popups reach this page, and cuts it off from whatever opened it, pages of its own origin too.
 */
export const crossOriginOpenerPolicy = reportingWordHeader(
  "Cross-Origin-Opener-Policy",
  ["same-origin", "same-origin-allow-popups", "noopener-allow-popups", "unsafe-none"],
  ["noopener-allow-popups"],
);
