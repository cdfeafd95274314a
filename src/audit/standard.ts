/** What a finding is classified by: OWASP Top 10 (2021), the weakness, and where to read more. */
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

/** Of headers that no category names: security misconfiguration, OWASP Secure Headers Project. */
export const GENERAL_STANDARD = standard("A05", "CWE-16", "https://owasp.org/www-project-secure-headers/");
