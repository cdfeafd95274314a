import { oneOfWords } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link segment}. */
export interface SegmentOptions {
  /** The region to which the source sends events: `"eu"` is Dublin. Default: `"us"`. */
  readonly region?: "us" | "eu" | undefined;
}

/**
 * Segment's Analytics.js.
 *
 * @param options see {@link SegmentOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const segment = recipe<SegmentOptions>(
  {
    name: "segment",
    title: "Segment",
    category: "analytics",
    evidence: "vendor",
    pages: [
      "https://github.com/segmentio/segment-docs/blob/develop/src/connections/sources/catalog/libraries/website/javascript/faq.md",
      "https://github.com/segmentio/segment-docs/blob/develop/src/guides/regional-segment.md",
    ],
    checked: "2026-11-26",
    hosts: ["segment.com", "segment.io", "segmentapis.com"],
    nonce: "The inline <script> of the snippet, which adds analytics.min.js to the page.",
    notes: [
      "The snippet is an inline script: give it a nonce or a hash, or move it to a file on your site.",
      "Destinations in device mode load the scripts of their vendors: add the recipe of each.",
      "Segment lists paths of cdn.segment.com with *, which a path in CSP cannot have: the host is allowed.",
      "In both regions the library sends metrics about itself to api.segment.io.",
    ],
  },
  () => ({ region: oneOfWords("us", "eu") }),
  ({ region = "us" }) => ({
    csp: {
      scriptSrc: ["https://cdn.segment.com"],
      connectSrc: ["https://cdn.segment.com", "https://api.segment.io", ...(region === "eu" ? ["https://events.eu1.segmentapis.com"] : [])],
    },
    crossOriginEmbedderPolicy: "credentialless",
  }),
);
