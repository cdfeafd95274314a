import type { AuditRule, Found } from "../finding.js";
import { standard } from "../standard.js";

interface Deprecated extends Pick<Found, "header" | "severity" | "message" | "fix"> {
  /** Which of its values are deprecated; default: all. */
  readonly value?: RegExp;
}

const DEPRECATED: readonly Deprecated[] = [
  {
    header: "X-XSS-Protection",
    // `0` is what OWASP advises.
    value: /^(?!0\s*$)/,
    severity: "low",
    message: "X-XSS-Protection switches on a filter of old browsers that caused vulnerabilities.",
    fix: "Send X-XSS-Protection: 0, or remove it; a Content-Security-Policy protects better.",
  },
  {
    header: "Public-Key-Pins",
    severity: "low",
    message: "No browser supports key pinning any more; in those that did, a lost key locked visitors out.",
    fix: "Remove Public-Key-Pins.",
  },
  {
    header: "Public-Key-Pins-Report-Only",
    severity: "info",
    message: "No browser supports key pinning any more.",
    fix: "Remove Public-Key-Pins-Report-Only.",
  },
  {
    header: "Expect-CT",
    severity: "info",
    message: "Browsers require Certificate Transparency by default, and no longer read Expect-CT.",
    fix: "Remove Expect-CT.",
  },
  {
    header: "Feature-Policy",
    severity: "low",
    message: "Browsers read Permissions-Policy instead, in another syntax.",
    fix: "Send Permissions-Policy: geolocation=(), microphone=(), camera=().",
  },
  {
    header: "X-Content-Security-Policy",
    severity: "low",
    message: "Only browsers of 2013 read X-Content-Security-Policy, and with errors.",
    fix: "Send Content-Security-Policy.",
  },
  {
    header: "X-WebKit-CSP",
    severity: "low",
    message: "Only browsers of 2013 read X-WebKit-CSP, and with errors.",
    fix: "Send Content-Security-Policy.",
  },
  {
    header: "Report-To",
    severity: "info",
    message: "Reporting-Endpoints has replaced Report-To.",
    fix: "Send Reporting-Endpoints; keep Report-To only for Network Error Logging.",
  },
  {
    header: "X-Permitted-Cross-Domain-Policies",
    // `none` is what OWASP advises, and presets send.
    value: /^(?!none\s*$)/i,
    severity: "info",
    message: "Only Adobe's plugins, which no browser runs any more, read X-Permitted-Cross-Domain-Policies.",
    fix: "Remove it, or send none, as OWASP advises.",
  },
  {
    header: "X-Download-Options",
    severity: "info",
    message: "Only Internet Explorer reads X-Download-Options.",
    fix: "Remove it.",
  },
  {
    header: "X-UA-Compatible",
    severity: "info",
    message: "Only Internet Explorer reads X-UA-Compatible.",
    fix: "Remove it.",
  },
  { header: "P3P", severity: "info", message: "Only Internet Explorer reads P3P.", fix: "Remove it." },
];

/** A header that browsers no longer support, or that does harm. */
export const deprecatedHeader: AuditRule<"deprecated-header"> = {
  rule: "deprecated-header",
  standard: standard("A05", "CWE-477", "https://owasp.org/www-project-secure-headers/#div-headers"),

  check: ({ values }) => DEPRECATED.filter(({ header, value = /^/ }) => values(header.toLowerCase()).some((text) => value.test(text))),
};
