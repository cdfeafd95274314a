import { oneWordHeader } from "./one-of.js";

/** `X-DNS-Prefetch-Control`: whether the hosts of links are looked up ahead. Not standardised. */
export const xDnsPrefetchControl = oneWordHeader("X-DNS-Prefetch-Control", ["off", "on"]);
