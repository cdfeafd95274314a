import { show } from "../../values/text.js";
import type { AuditRule, Found } from "../finding.js";
import { standard } from "../standard.js";

/** The headers that OWASP's Secure Headers Project advises to remove, and X-Runtime and X-Drupal-*. */
export const LEAKING_HEADERS: readonly string[] = [
  "$wsep",
  "Host-Header",
  "K-Proxy-Request",
  "Liferay-Portal",
  "OracleCommerceCloud-Version",
  "Pega-Host",
  "Powered-By",
  "Product",
  "Server",
  "SourceMap",
  "X-AspNet-Version",
  "X-AspNetMvc-Version",
  "X-Atmosphere-error",
  "X-Atmosphere-first-request",
  "X-Atmosphere-tracking-id",
  "X-B3-ParentSpanId",
  "X-B3-Sampled",
  "X-B3-SpanId",
  "X-B3-TraceId",
  "X-BEServer",
  "X-Backside-Transport",
  "X-CF-Powered-By",
  "X-CMS",
  "X-CalculatedBETarget",
  "X-Cocoon-Version",
  "X-Content-Encoded-By",
  "X-DiagInfo",
  "X-Drupal-Cache",
  "X-Drupal-Dynamic-Cache",
  "X-Envoy-Attempt-Count",
  "X-Envoy-External-Address",
  "X-Envoy-Internal",
  "X-Envoy-Original-Dst-Host",
  "X-Envoy-Upstream-Service-Time",
  "X-FEServer",
  "X-Framework",
  "X-Generated-By",
  "X-Generator",
  "X-Gitlab-Meta",
  "X-Jitsi-Release",
  "X-Joomla-Version",
  "X-Kong-Admin-Latency",
  "X-Kong-Client-Latency",
  "X-Kong-Proxy-Latency",
  "X-Kong-Request-Id",
  "X-Kong-Response-Latency",
  "X-Kong-Third-Party-Latency",
  "X-Kong-Total-Latency",
  "X-Kong-Upstream-Latency",
  "X-Kong-Upstream-Status",
  "X-Kubernetes-PF-FlowSchema-UI",
  // The name that Kubernetes sends.
  "X-Kubernetes-PF-FlowSchema-UID",
  "X-Kubernetes-PF-PriorityLevel-UID",
  "X-LiteSpeed-Cache",
  "X-LiteSpeed-Purge",
  "X-LiteSpeed-Tag",
  "X-LiteSpeed-Vary",
  "X-Litespeed-Cache-Control",
  "X-Mod-Pagespeed",
  "X-Nextjs-Cache",
  "X-Nextjs-Matched-Path",
  "X-Nextjs-Page",
  "X-Nextjs-Redirect",
  "X-OWA-Version",
  "X-Old-Content-Length",
  "X-OneAgent-JS-Injection",
  "X-Page-Speed",
  "X-Php-Version",
  "X-Powered-By",
  "X-Powered-By-Plesk",
  "X-Powered-CMS",
  "X-Redirect-By",
  "X-Runtime",
  "X-Server-Powered-By",
  "X-SourceFiles",
  "X-SourceMap",
  "X-Turbo-Charged-By",
  "X-Umbraco-Version",
  "X-Varnish-Backend",
  "X-Varnish-Server",
  "X-Woodpecker-Version",
  "X-dtAgentId",
  "X-dtHealthCheck",
  "X-dtInjectedServlet",
  "X-ruxit-JS-Agent",
];

const VERSION = /\d/;
const LEAKING = LEAKING_HEADERS.map((header) => [header, header.toLowerCase()] as const);

/** A header that reveals what the site runs on. */
export const informationLeak: AuditRule<"information-leak"> = {
  rule: "information-leak",
  standard: standard("A05", "CWE-200", "https://owasp.org/www-project-secure-headers/#div-bestpractices"),

  check: ({ values }) =>
    LEAKING.flatMap(([header, name]): readonly Found[] => {
      const [value] = values(name);
      if (value === undefined) return NOTHING;
      // The behaviour of a server reveals its name too.
      const severity = header === "Server" && !VERSION.test(value) ? "info" : "low";
      const message = `${header}: ${show(value)} reveals what the site runs on.`;
      return [{ header, path: "stripHeaders", severity, message, fix: `Remove ${header}, in the application or in the proxy.` }];
    }),
};

const NOTHING: readonly Found[] = [];
