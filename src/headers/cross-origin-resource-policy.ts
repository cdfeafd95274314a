import { oneWordHeader } from "./one-of.js";

/** `Cross-Origin-Resource-Policy`: who may embed this response; browsers ignore a word in another case. Fetch §3.7. */
export const crossOriginResourcePolicy = oneWordHeader("Cross-Origin-Resource-Policy", ["same-origin", "same-site", "cross-origin"], true);
