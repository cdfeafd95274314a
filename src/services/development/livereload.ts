import type { Patch } from "../../headers/patch.js";
import { origin } from "../options.js";
import { type DevelopmentOptions, developmentLayer } from "./layer.js";

/** Options of {@link livereload}. */
export interface LivereloadOptions extends DevelopmentOptions {
  /** The origin of the LiveReload server. Default: `"http://localhost:35729"`. */
  readonly origin?: string | undefined;
}

/**
 * What a LiveReload server needs, such as the package `livereload`: the script `livereload.js` and its WebSocket, both on a port beside the
 * application's. In a policy with a nonce the script's tag needs that nonce.
 *
 * @param options see {@link LivereloadOptions}.
 * @returns a layer of `allow(…)`, for `securityHeaders("strict", "development", livereload())`. `exportPolicy` refuses a policy that has it.
 * @throws {PolicyError} where NODE_ENV is not `"development"` and `force` is not true, and for options that are not of this shape.
 */
export function livereload(options?: LivereloadOptions): Patch {
  const schemas = () => ({ origin: origin("http://localhost:35729") });
  return developmentLayer<LivereloadOptions>("livereload", options, schemas, ({ origin: server = "http://localhost:35729" }) => ({
    csp: { scriptSrc: [server], connectSrc: [server.replace(/^http/, "ws")] },
    // livereload.js is served without a Cross-Origin-Resource-Policy.
    crossOriginEmbedderPolicy: "credentialless",
  }));
}
