import { oneWordHeader } from "./one-of.js";

/** `X-Content-Type-Options`: scripts and styles load only under their own media type. Fetch §3.6. */
export const xContentTypeOptions = oneWordHeader("X-Content-Type-Options", ["nosniff"]);
