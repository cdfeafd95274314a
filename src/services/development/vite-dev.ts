import type { Patch } from "../../headers/patch.js";
import { origin, socketOrigin } from "../options.js";
import { type DevelopmentOptions, developmentLayer } from "./layer.js";

/** Options of {@link viteDev}. */
export interface ViteDevOptions extends DevelopmentOptions {
  /** The origin of Vite's own server, where the page comes from another server: `"http://localhost:5173"`. Default: the page's origin. */
  readonly origin?: string | undefined;
  /**
   * The origin of the WebSocket for hot updates. Default: that of `origin`; without it `"ws://localhost:24678"` and `"ws://127.0.0.1:24678"`,
   * the port of Vite as a middleware (`server.middlewareMode`).
   */
  readonly hmr?: string | undefined;
}

/** Where Vite as a middleware listens. The client takes the host from the page's address. */
const MIDDLEWARE = ["ws://localhost:24678", "ws://127.0.0.1:24678"];

/**
 * What Vite's development server needs: the inline script that plugins such as React's write into the page, style elements, the WebSocket
 * for hot updates, and the `blob:` worker that waits until a restarted server answers. Seen with Vite 8.3 in Chromium.
 *
 * In a policy with a nonce, `'unsafe-inline'` has no effect for scripts: set Vite's option `html.cspNonce` instead.
 *
 * @param options see {@link ViteDevOptions}.
 * @returns a layer of `allow(…)`, for `securityHeaders("strict", "development", viteDev())`. `exportPolicy` refuses a policy that has it.
 * @throws {PolicyError} where NODE_ENV is not `"development"` and `force` is not true, and for options that are not of this shape.
 */
export function viteDev(options?: ViteDevOptions): Patch {
  const schemas = () => ({ origin: origin("http://localhost:5173"), hmr: socketOrigin("ws://localhost:24678") });
  return developmentLayer<ViteDevOptions>("viteDev", options, schemas, ({ origin: server, hmr }) => {
    const own = server === undefined ? [] : [server];
    const socket = server === undefined ? MIDDLEWARE : [server.replace(/^http/, "ws")];
    return {
      csp: {
        scriptSrc: [...own, "unsafe-inline"],
        styleSrc: [...own, "unsafe-inline"],
        imgSrc: own,
        fontSrc: own,
        connectSrc: [...own, ...(hmr === undefined ? socket : [hmr])],
        workerSrc: ["blob:"],
      },
      // Images of Vite's server have no Cross-Origin-Resource-Policy.
      ...(server === undefined ? {} : { crossOriginEmbedderPolicy: "credentialless" as const }),
    };
  });
}
