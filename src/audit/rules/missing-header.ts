import { bare } from "../../values/own.js";
import type { AuditRule, Found } from "../finding.js";
import { isIpAddress } from "../site.js";
import type { Subject } from "../subject.js";

interface Expected extends Pick<Found, "header" | "severity" | "message" | "fix"> {
  /** Whether this response needs it; default: every response does. */
  readonly needed?: (subject: Subject) => boolean;
}

const onPages = ({ isDocument }: Subject) => isDocument;

const EXPECTED = (
  [
    {
      header: "Strict-Transport-Security",
      severity: "medium",
      message: "Nothing makes browsers use https: the first request of a visit can be read and changed on the network.",
      fix: "Send Strict-Transport-Security: max-age=31536000; includeSubDomains. Start with max-age=300.",
      // RFC 6797 §8.1.1: browsers ignore it for an IP address.
      needed: ({ overHttp, onLoopback, context: { url } }) =>
        !overHttp && !onLoopback && !(url !== undefined && isIpAddress(new URL(url).hostname)),
    },
    {
      header: "X-Frame-Options",
      severity: "medium",
      message: "Any site may show this page in a frame and trick visitors into clicking its buttons.",
      fix: "Send Content-Security-Policy: frame-ancestors 'self', and X-Frame-Options: SAMEORIGIN for old browsers.",
      needed: ({ isDocument, enforced }) => isDocument && !enforced.some(({ directives }) => directives.has("frame-ancestors")),
    },
    {
      header: "X-Content-Type-Options",
      severity: "medium",
      message: "Browsers may guess that a response is a script or a style sheet, whatever its media type says.",
      fix: "Send X-Content-Type-Options: nosniff.",
    },
    {
      header: "Referrer-Policy",
      severity: "low",
      message: "Old browsers send the next site the whole URL of this page.",
      fix: "Send Referrer-Policy: strict-origin-when-cross-origin.",
      needed: (subject) => subject.isDocument && subject.page?.referrer === undefined,
    },
    {
      header: "Permissions-Policy",
      severity: "low",
      message: "This page, and frames that it delegates them to, may request the camera, the microphone and the location.",
      fix: "Send Permissions-Policy: geolocation=(), microphone=(), camera=().",
      needed: onPages,
    },
    {
      header: "Cross-Origin-Opener-Policy",
      severity: "low",
      message: "A site that opens this page, or is opened by it, keeps a handle on its window.",
      fix: "Send Cross-Origin-Opener-Policy: same-origin, or same-origin-allow-popups where pop-ups are used to log in or pay.",
      needed: onPages,
    },
    {
      header: "Cross-Origin-Resource-Policy",
      severity: "low",
      message: "Any site may load this response into its own process and try to read it there.",
      fix: "Send Cross-Origin-Resource-Policy: same-origin.",
      needed: ({ values }) => values("access-control-allow-origin").length === 0,
    },
    {
      header: "Cross-Origin-Embedder-Policy",
      severity: "info",
      message: "The page is not cross-origin isolated: it may embed files that did not agree to it.",
      fix: "Send Cross-Origin-Embedder-Policy: require-corp once every embedded file sends Cross-Origin-Resource-Policy.",
      needed: onPages,
    },
  ] as readonly Expected[]
).map((one) => bare(one));

/** A header that every response of its kind should have is missing. */
export const missingHeader: AuditRule<"missing-header"> = {
  rule: "missing-header",

  check: (subject) => [
    ...contentSecurityPolicy(subject),
    ...EXPECTED.filter(({ header, needed }) => subject.values(header.toLowerCase()).length === 0 && needed?.(subject) !== false),
  ],
};

function contentSecurityPolicy({ enforced, reportOnly, isDocument }: Subject): readonly Found[] {
  if (enforced.length > 0) return [];
  const header = "Content-Security-Policy";
  const observed = reportOnly.length > 0;
  return [
    {
      header,
      severity: isDocument ? "high" : "low",
      message: observed
        ? "The policy is report-only: what it would block is reported, but runs."
        : "Nothing limits where scripts come from: injected markup can run scripts as part of the page.",
      fix: observed
        ? "Once no more reports arrive, send the same value as Content-Security-Policy."
        : "Send Content-Security-Policy. Start with Content-Security-Policy-Report-Only.",
    },
  ];
}
