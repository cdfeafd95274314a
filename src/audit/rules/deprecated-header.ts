import type { AuditRule, Found } from "../finding.js";
import { standard } from "../standard.js";

interface Deprecated extends Pick<Found, "header" | "severity" | "message" | "fix"> {
  /** Which of its values are meant; all where absent. */
  readonly value?: RegExp;
}

const DEPRECATED: readonly Deprecated[] = [
  {
    header: "X-XSS-Protection",
    // `0` is today's advice.
    value: /^(?!0\s*$)/,
    severity: "low",
    message: "X-XSS-Protection switches on a filter that old browsers had, and that made holes of its own.",
    fix: "Send X-XSS-Protection: 0, or nothing; the Content-Security-Policy does its work.",
  },
  {
    header: "Public-Key-Pins",
    severity: "low",
    message: "No browser pins keys any more; where one did, a lost key locked visitors out.",
    fix: "Leave Public-Key-Pins out.",
  },
  {
    header: "Public-Key-Pins-Report-Only",
    severity: "info",
    message: "No browser pins keys any more.",
    fix: "Leave Public-Key-Pins-Report-Only out.",
  },
  {
    header: "Expect-CT",
    severity: "info",
    message: "Browsers ask for Certificate Transparency by themselves, and no longer read Expect-CT.",
    fix: "Leave Expect-CT out.",
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
    message: "Only browsers of 2013 read X-Content-Security-Policy, and wrongly.",
    fix: "Send Content-Security-Policy.",
  },
  {
    header: "X-WebKit-CSP",
    severity: "low",
    message: "Only browsers of 2013 read X-WebKit-CSP, and wrongly.",
    fix: "Send Content-Security-Policy.",
  },
  {
    header: "Report-To",
    severity: "info",
    message: "Report-To gave way to Reporting-Endpoints.",
    fix: "Send Reporting-Endpoints; keep Report-To for Network Error Logging alone.",
  },
  {
    header: "X-Permitted-Cross-Domain-Policies",
    severity: "info",
    message: "Only Adobe's plugins, which no browser runs any more, read X-Permitted-Cross-Domain-Policies.",
    fix: "Leave it out, unless OWASP's list is to be followed.",
  },
  {
    header: "X-Download-Options",
    severity: "info",
    message: "Only Internet Explorer reads X-Download-Options.",
    fix: "Leave it out.",
  },
  {
    header: "X-UA-Compatible",
    severity: "info",
    message: "Only Internet Explorer reads X-UA-Compatible.",
    fix: "Leave it out.",
  },
  { header: "P3P", severity: "info", message: "Only Internet Explorer reads P3P.", fix: "Leave it out." },
];

/** A header that browsers gave up, or that does harm. */
export const deprecatedHeader: AuditRule = {
  rule: "deprecated-header",
  standard: standard("A05", "CWE-477", "https://owasp.org/www-project-secure-headers/#div-headers"),

  check: ({ values }) => DEPRECATED.filter(({ header, value = /^/ }) => values(header.toLowerCase()).some((text) => value.test(text))),
};
