import type { Patch } from "../../headers/patch.js";
import { origin, socketOrigin } from "../options.js";
import { type DevelopmentOptions, developmentLayer } from "./layer.js";

/** Options of {@link viteDev}. */
export interface ViteDevOptions extends DevelopmentOptions {
  /** The origin of Vite's own server, where the page comes from another: `"http://localhost:5173"`. Default: the page's own origin. */
  readonly origin?: string | undefined;
  /** The origin of the WebSocket that reloads. Default: that of `origin`; with Vite as a middleware, `"ws://localhost:24678"`. */
  readonly hmr?: string | undefined;
}

/**
 * What Vite's development server needs: the inline script that plugins such as React's put on the page, style elements, and the WebSocket
 * for hot reload. With a nonce in the policy, Vite's option `html.cspNonce` is needed instead of inline scripts and styles.
 *
 * @param options see {@link ViteDevOptions}.
 * @returns a layer of `allow(…)` that exporters refuse.
 * @throws {PolicyError} outside development, and for options that are not of this shape.
 */
export function viteDev(options?: ViteDevOptions): Patch {
  const schemas = () => ({ origin: origin("http://localhost:5173"), hmr: socketOrigin("ws://localhost:24678") });
  return developmentLayer<ViteDevOptions>("viteDev", options, schemas, ({ origin: server, hmr }) => {
    const own = server === undefined ? [] : [server];
    const socket = hmr ?? (server === undefined ? "ws://localhost:24678" : server.replace(/^http/, "ws"));
    return {
      csp: {
        scriptSrc: [...own, "unsafe-inline"],
        styleSrc: [...own, "unsafe-inline"],
        imgSrc: own,
        fontSrc: own,
        connectSrc: [...own, socket],
      },
    };
  });
}
