/** What a finding is measured by: OWASP Top 10 (2021), the weakness, and where to read more. */
export interface Standard {
  /** For example `"A05:2021"`. */
  readonly owasp: string;
  /** For example `"CWE-1021"`. */
  readonly cwe: string;
  /** The URL of the specification or of the advice. */
  readonly reference: string;
}

export function standard(owasp: `A${string}`, cwe: `CWE-${number}`, reference: `https://${string}`): Standard {
  return { owasp: `${owasp}:2021`, cwe, reference };
}

const html = "https://html.spec.whatwg.org/multipage/browsers.html";

/** By wire name, in lower case. */
const STANDARDS: Readonly<Record<string, Standard>> = {
  "content-security-policy": standard("A03", "CWE-79", "https://www.w3.org/TR/CSP3/"),
  "content-security-policy-report-only": standard("A03", "CWE-79", "https://www.w3.org/TR/CSP3/#cspro-header"),
  "strict-transport-security": standard("A02", "CWE-319", "https://www.rfc-editor.org/rfc/rfc6797"),
  "x-frame-options": standard("A01", "CWE-1021", "https://www.rfc-editor.org/rfc/rfc7034"),
  "x-content-type-options": standard("A04", "CWE-79", "https://fetch.spec.whatwg.org/#x-content-type-options-header"),
  "referrer-policy": standard("A01", "CWE-200", "https://www.w3.org/TR/referrer-policy/"),
  "permissions-policy": standard("A05", "CWE-359", "https://www.w3.org/TR/permissions-policy/"),
  "cross-origin-opener-policy": standard("A01", "CWE-668", `${html}#cross-origin-opener-policies`),
  "cross-origin-embedder-policy": standard("A01", "CWE-668", `${html}#coep`),
  "cross-origin-resource-policy": standard("A01", "CWE-668", "https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header"),
  "x-permitted-cross-domain-policies": standard("A05", "CWE-942", "https://owasp.org/www-project-secure-headers/"),
  "reporting-endpoints": standard("A09", "CWE-778", "https://www.w3.org/TR/reporting-1/"),
  "cache-control": standard("A04", "CWE-525", "https://www.rfc-editor.org/rfc/rfc9111"),
  "access-control-allow-origin": standard("A05", "CWE-942", "https://fetch.spec.whatwg.org/#http-cors-protocol"),
};

const GENERAL = standard("A05", "CWE-16", "https://owasp.org/www-project-secure-headers/");

/** What findings about a header are measured by. */
export function standardOf(header: string): Standard {
  const name = header.toLowerCase();
  return STANDARDS[name] ?? STANDARDS[name.replace(/-report-only$/, "")] ?? GENERAL;
}
