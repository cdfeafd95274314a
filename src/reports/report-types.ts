/** The types of the Reporting API that are counted; `csp-violation` is also what `report-uri` sends. */
export type ReportType =
  | "csp-violation"
  | "permissions-policy-violation"
  | "coep"
  | "coop"
  | "integrity-violation"
  | "connection-allowlist"
  | "csp-hash"
  | "deprecation"
  | "intervention"
  | "crash"
  | "network-error";

/** Whether the policy was enforced; `none` for types without a policy: deprecations, crashes, network errors. */
export type Disposition = "enforce" | "report" | "none";

/** How the body of one type of report is read. */
export interface ReportKind {
  readonly type: ReportType;
  /** Members of the body, by preference. Names with a hyphen are those of `report-uri`. */
  readonly directive: readonly string[];
  readonly blocked?: readonly string[];
  readonly policy?: readonly string[];
  readonly disposition: "stated" | "reportOnly" | "none";
  /** The directive of a type whose body has none. */
  readonly fixedDirective?: string;
  /** Whether the directive may be absent. */
  readonly optionalDirective?: true;
  /** The sample is a hash, and not code. */
  readonly hash?: readonly string[];
}

const CSP: ReportKind = {
  type: "csp-violation",
  directive: ["effectiveDirective", "effective-directive", "violatedDirective", "violated-directive"],
  blocked: ["blockedURL", "blocked-uri"],
  policy: ["originalPolicy", "original-policy"],
  disposition: "stated",
};

const FEATURE: ReportKind = { type: "permissions-policy-violation", directive: ["featureId", "policyId"], disposition: "stated" };

const KINDS: readonly (readonly [name: string, kind: ReportKind])[] = [
  ["csp-violation", CSP],
  ["permissions-policy-violation", FEATURE],
  // An `allow` attribute that delegates a feature the page does not have.
  ["potential-permissions-policy-violation", FEATURE],
  ["coep", { type: "coep", directive: ["type"], blocked: ["blockedURL"], disposition: "stated" }],
  ["coop", { type: "coop", directive: ["type"], policy: ["effectivePolicy"], disposition: "stated" }],
  ["integrity-violation", { type: "integrity-violation", directive: ["destination"], blocked: ["blockedURL"], disposition: "reportOnly" }],
  [
    "connection-allowlist",
    {
      type: "connection-allowlist",
      directive: [],
      fixedDirective: "connection-allowlist",
      blocked: ["connection"],
      disposition: "stated",
    },
  ],
  // Requested by 'report-sha256'. Chromium's name first, then that of the example in CSP3.
  [
    "csp-hash",
    { type: "csp-hash", directive: ["destination"], blocked: ["subresourceURL", "subresource_url"], disposition: "none", hash: ["hash"] },
  ],
  ["deprecation", { type: "deprecation", directive: ["id"], disposition: "none" }],
  ["intervention", { type: "intervention", directive: ["id"], disposition: "none" }],
  ["crash", { type: "crash", directive: ["reason"], optionalDirective: true, disposition: "none" }],
  ["network-error", { type: "network-error", directive: ["type"], disposition: "none" }],
];

/** Every type of report, by the `type` of its entry. */
export const REPORT_KINDS: ReadonlyMap<unknown, ReportKind> = new Map(KINDS);

/** What `report-uri` sends, in its own spelling. CSP3 §5.3. */
export const LEGACY_KIND: ReportKind = CSP;
