/** What a browser says, whichever way it said it: cut, and still as hostile as whoever wrote it. */
export interface Report {
  readonly type: ReportType;
  readonly disposition: Disposition;
  /** The effective directive, the feature, or what else the type is about. */
  readonly directive: string;
  /** A URL, a keyword such as `inline`, a bare scheme, or nothing. */
  readonly blocked: string;
  readonly document: string;
  readonly policy: string;
  readonly sourceFile: string;
  /** `line:column`, as far as it is known. */
  readonly position: string;
  readonly sample: string;
  readonly userAgent: string;
}

/** `none` where nothing is enforced: deprecations, crashes, network errors. */
export type Disposition = "enforce" | "report" | "none";

export type ReportType =
  | "csp-violation"
  | "permissions-policy-violation"
  | "coep"
  | "coop"
  | "integrity-violation"
  | "deprecation"
  | "intervention"
  | "crash"
  | "network-error";

type Fields = Readonly<Record<string, unknown>>;

/** What differs from type to type. */
interface Kind {
  readonly type: ReportType;
  /** The names of the field, the first that has a text counts; the second spelling is that of `report-uri`. */
  readonly directive: readonly string[];
  readonly blocked?: readonly string[];
  readonly policy?: readonly string[];
  readonly disposition: (body: Fields) => Disposition;
}

// Old browsers do not say, and had no report-only to speak of.
const stated = (body: Fields): Disposition =>
  body["disposition"] === "report" || body["disposition"] === "reporting" ? "report" : "enforce";
const nothing = (): Disposition => "none";

const POLICY: Kind = {
  type: "csp-violation",
  directive: ["effectiveDirective", "effective-directive", "violatedDirective", "violated-directive"],
  blocked: ["blockedURL", "blocked-uri"],
  policy: ["originalPolicy", "original-policy"],
  disposition: stated,
};
const FEATURE: Kind = { type: "permissions-policy-violation", directive: ["featureId", "policyId"], disposition: stated };

const KINDS: ReadonlyMap<unknown, Kind> = new Map<string, Kind>([
  ["csp-violation", POLICY],
  ["permissions-policy-violation", FEATURE],
  // An `allow` attribute that hands on what the page itself does not have.
  ["potential-permissions-policy-violation", FEATURE],
  ["coep", { type: "coep", directive: ["type"], blocked: ["blockedURL"], disposition: stated }],
  ["coop", { type: "coop", directive: ["type"], policy: ["effectivePolicy"], disposition: stated }],
  [
    "integrity-violation",
    {
      type: "integrity-violation",
      directive: ["destination"],
      blocked: ["blockedURL"],
      disposition: (body) => (body["reportOnly"] === true ? "report" : "enforce"),
    },
  ],
  ["deprecation", { type: "deprecation", directive: ["id"], disposition: nothing }],
  ["intervention", { type: "intervention", directive: ["id"], disposition: nothing }],
  ["crash", { type: "crash", directive: ["reason"], disposition: nothing }],
  ["network-error", { type: "network-error", directive: ["type"], disposition: nothing }],
]);

/** Longer than any address that is worth keeping; the path is cut again where it is kept. */
const URL_LENGTH = 2_048;
const POLICY_LENGTH = 16_384;
const SAMPLE_LENGTH = 40;
const AGENT_LENGTH = 512;

/** Directives, features, ids of deprecations, `tcp.timed_out`. */
const NAME = /^[\w.-]{1,64}$/;

/** The entries of a body, whatever its content type said: a list, Safari's single object, and one of `report-uri`. */
export function entriesOf(body: unknown): readonly unknown[] | undefined {
  if (Array.isArray(body)) return body;
  return isFields(body) ? [body] : undefined;
}

/**
 * One report.
 *
 * @param entry of the Reporting API, `{ type, url, body }`, or of `report-uri`, `{ "csp-report": … }`.
 * @param userAgent of the request, for entries without one of their own.
 * @returns why it is none, where it is none. Never throws.
 */
export function parseReport(entry: unknown, userAgent: string): Report | "no-report" | "unknown-type" {
  if (!isFields(entry)) return "no-report";
  const legacy = entry["csp-report"];
  const body = legacy ?? entry["body"];
  if (!isFields(body)) return "no-report";
  const kind = legacy === undefined ? KINDS.get(entry["type"]) : POLICY;
  if (kind === undefined) return typeof entry["type"] === "string" ? "unknown-type" : "no-report";

  // violated-directive of old browsers is the whole directive; a crash need not say its reason.
  const [directive = ""] = firstText(body, kind.directive, URL_LENGTH).split(" ", 1);
  if (!NAME.test(directive) && !(directive === "" && kind.type === "crash")) return "no-report";
  const document = firstText(body, ["documentURL", "document-uri"], URL_LENGTH) || cleaned(entry["url"], URL_LENGTH);
  if (document === "") return "no-report";
  const [line, column] = [numberOf(body, "lineNumber", "line-number"), numberOf(body, "columnNumber", "column-number")];
  return {
    type: kind.type,
    disposition: kind.disposition(body),
    directive: kind.type === "csp-violation" ? directive.toLowerCase() : directive,
    blocked: firstText(body, kind.blocked ?? [], URL_LENGTH),
    document,
    policy: policyOf(body, kind.policy ?? []),
    sourceFile: firstText(body, ["sourceFile", "source-file"], URL_LENGTH),
    position: line === undefined ? "" : `${line}${column === undefined ? "" : `:${column}`}`,
    sample: firstText(body, ["sample", "script-sample"], SAMPLE_LENGTH),
    userAgent: cleaned(entry["user_agent"], AGENT_LENGTH) || userAgent.slice(0, AGENT_LENGTH),
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function firstText(fields: Fields, names: readonly string[], length: number): string {
  for (const name of names) {
    const text = cleaned(fields[name], length);
    if (text !== "") return text;
  }
  return "";
}

/** As it came: only its hash is kept. */
function policyOf(fields: Fields, names: readonly string[]): string {
  const policy = names.map((name) => fields[name]).find((value) => typeof value === "string");
  return typeof policy === "string" ? policy.slice(0, POLICY_LENGTH) : "";
}

/** Control characters, line separators and halves of a surrogate pair: what breaks a line, a log or a store. */
const UNKEPT = /[\p{Cc}\p{Cs}\u2028\u2029]/gu;

/** Finds all of these, and whole pairs; ten times faster than the pattern that can tell them apart. */
const SUSPECT = /[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]/;

function cleaned(value: unknown, length: number): string {
  if (typeof value !== "string") return "";
  const cut = value.length > length ? value.slice(0, length) : value;
  return SUSPECT.test(cut) ? cut.replace(UNKEPT, "\ufffd") : cut;
}

/** Some write numbers as text. */
function numberOf(fields: Fields, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = fields[name];
    const number = typeof value === "string" && value !== "" ? Number(value) : value;
    if (typeof number === "number" && Number.isInteger(number) && number >= 0 && number < 1e9) return number;
  }
  return undefined;
}
