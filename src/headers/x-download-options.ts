import { oneWordHeader } from "./one-of.js";

/** `X-Download-Options`: Internet Explorer does not open downloads in the site's context. Not standardised. */
export const xDownloadOptions = oneWordHeader("X-Download-Options", ["noopen"]);
