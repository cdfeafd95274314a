import type { AuditRule, Found } from "../finding.js";
import { standard } from "../standard.js";

const HEADER = "Strict-Transport-Security";

/** The response, or a redirect to it, is not encrypted. RFC 6797 §7. */
export const insecureTransport: AuditRule<"insecure-transport"> = {
  rule: "insecure-transport",
  standard: standard("A02", "CWE-319", "https://www.rfc-editor.org/rfc/rfc6797#section-7"),

  check: ({ overHttp, onLoopback, values, context: { redirects = [] } }) => {
    const found: Found[] = [];
    const isSent = values("strict-transport-security").length > 0;
    if (overHttp) {
      const message = "The page came over plain http: anyone on the network can read and change it.";
      found.push({ header: HEADER, path: "", severity: "high", message, fix: "Serve it over https, and redirect http there with 301." });
    }
    if (overHttp && isSent) {
      const message = "Strict-Transport-Security came over http, where browsers ignore it and servers must not send it.";
      found.push({ header: HEADER, severity: "low", message, fix: "Send it only over https." });
    }
    if (onLoopback && isSent) {
      const message =
        "Strict-Transport-Security came over http from this machine, where browsers ignore it. Behind a proxy that speaks https, it takes effect.";
      found.push({ header: HEADER, severity: "info", message, fix: "Nothing to change here: check the deployed site over https." });
    }
    if (redirects.some(({ fault }) => fault === "certificate")) {
      const message = "A certificate on the way to the page is not valid.";
      found.push({ header: HEADER, path: "", severity: "high", message, fix: "Renew it, for every name that redirects." });
    }
    const [first, second, ...later] = redirects.map((hop) => hop.url.toLowerCase());
    if (first?.startsWith("http://") && second?.startsWith("http://") && later.some((one) => one.startsWith("https://"))) {
      const message = "The first redirect leads to another http address, and only a later one to https.";
      found.push({ header: HEADER, path: "", severity: "low", message, fix: "Redirect to https on the same host first." });
    }
    return found;
  },
};
