import { headers } from "../../headers/index.js";
import type { AuditRule } from "../finding.js";
import { readHeader } from "../subject.js";

/** A page that requires others to allow embedding, and does not say who may embed it. HTML §7.1.4. */
export const embedderWithoutResourcePolicy: AuditRule<"embedder-without-resource-policy"> = {
  rule: "embedder-without-resource-policy",

  check: (subject) => {
    const embedder = readHeader(subject, headers.crossOriginEmbedderPolicy);
    if (embedder.kind !== "read" || embedder.value.policy === "unsafe-none") return [];
    if (readHeader(subject, headers.crossOriginResourcePolicy).kind === "read") return [];
    return [
      {
        header: "Cross-Origin-Embedder-Policy",
        severity: "low",
        message: `Cross-Origin-Embedder-Policy: ${embedder.value.policy} is sent without Cross-Origin-Resource-Policy: files of this site are blocked on pages of its own subdomains.`,
        fix: "Send Cross-Origin-Resource-Policy: same-origin or same-site with everything the site serves.",
      },
    ];
  },
};
