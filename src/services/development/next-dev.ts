import type { Patch } from "../../headers/patch.js";
import { type DevelopmentOptions, developmentLayer } from "./layer.js";

/** Options of {@link nextDev}. */
export type NextDevOptions = DevelopmentOptions;

/**
 * What `next dev` needs beside what the application needs: `'unsafe-eval'`, by which React shows the server's stack traces, and style
 * elements, for hot updates and the error overlay. The WebSocket for hot updates has the page's origin. Seen with Next 16.4 in Chromium.
 *
 * @param options see {@link DevelopmentOptions}.
 * @returns a layer of `allow(…)`, for `securityHeaders("strict", "development", nextDev())`. `exportPolicy` refuses a policy that has it.
 * @throws {PolicyError} where NODE_ENV is not `"development"` and `force` is not true, and for options that are not of this shape.
 */
export function nextDev(options?: NextDevOptions): Patch {
  return developmentLayer<NextDevOptions>(
    "nextDev",
    options,
    () => ({}),
    () => ({ csp: { scriptSrc: ["unsafe-eval"], styleSrc: ["unsafe-inline"] } }),
  );
}
