/** What a browser blocked or, in report-only, would have blocked; in the terms of the Reporting API. */
export interface Violation {
  readonly header: "Content-Security-Policy" | "Permissions-Policy" | "Cross-Origin-Embedder-Policy" | "X-Frame-Options";
  /** The effective directive; of a Permissions-Policy the feature, of COEP the kind of load, of X-Frame-Options its value. */
  readonly directive: string;
  /** An address, `inline`, `eval`, or a scheme; empty for a feature. */
  readonly blockedURL: string;
  /** The page or frame; empty if the browser does not report it. */
  readonly documentURL: string;
  readonly sourceFile: string;
  /** Counted from one; 0 if the browser does not report it. */
  readonly lineNumber: number;
  /** Counted from one; 0 if the browser does not report it. */
  readonly columnNumber: number;
  readonly disposition: "enforce" | "report";
  /** The first characters of what is inline, with `'report-sample'`; the name of a Trusted Types policy. */
  readonly sample: string;
  readonly originalPolicy: string;
}

/** A violation, with empty values for what is not known. */
export function violationOf(known: Partial<Violation> & Pick<Violation, "header">): Violation {
  return {
    directive: "",
    blockedURL: "",
    documentURL: "",
    sourceFile: "",
    lineNumber: 0,
    columnNumber: 0,
    disposition: "enforce",
    sample: "",
    originalPolicy: "",
    ...known,
  };
}

/** `script-src` for `script-src-elem` and `script-src-attr`. */
export function baseOf(directive: string): string {
  return directive.replace(/-(?:elem|attr)$/, "");
}
