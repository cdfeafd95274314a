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
  | "connection-allowlist"
  | "csp-hash"
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
  /** What stands in for the directive of a type that names none. */
  readonly named?: string;
  /** What it tells beside, and what that has to look like. */
  readonly sample?: { readonly names: readonly string[]; readonly fits: RegExp; readonly length: number };
}

// Old browsers do not say, and had no report-only to speak of.
const stated = (body: Fields): Disposition => (["report", "reporting"].includes(own(body, "disposition") as string) ? "report" : "enforce");
const nothing = (): Disposition => "none";

const POLICY: Kind = {
  type: "csp-violation",
  directive: ["effectiveDirective", "effective-directive", "violatedDirective", "violated-directive"],
  blocked: ["blockedURL", "blocked-uri"],
  policy: ["originalPolicy", "original-policy"],
  disposition: stated,
};
const FEATURE: Kind = { type: "permissions-policy-violation", directive: ["featureId", "policyId"], disposition: stated };

const ROWS: readonly (readonly [name: string, kind: Kind])[] = [
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
      disposition: (body) => (own(body, "reportOnly") === true ? "report" : "enforce"),
    },
  ],
  [
    "connection-allowlist",
    { type: "connection-allowlist", directive: [], named: "connection-allowlist", blocked: ["connection"], disposition: stated },
  ],
  // What 'report-sha256' asks for. Chromium's names first; CSP3's example has others.
  [
    "csp-hash",
    {
      type: "csp-hash",
      directive: ["destination"],
      blocked: ["subresourceURL", "subresource_url"],
      disposition: nothing,
      // Without CORS a script of another origin has none.
      sample: { names: ["hash"], fits: /^(?:sha(?:256|384|512)-[\w+/-]{43,86}={0,2})?$/, length: 128 },
    },
  ],
  ["deprecation", { type: "deprecation", directive: ["id"], disposition: nothing }],
  ["intervention", { type: "intervention", directive: ["id"], disposition: nothing }],
  ["crash", { type: "crash", directive: ["reason"], disposition: nothing }],
  ["network-error", { type: "network-error", directive: ["type"], disposition: nothing }],
];

/** What holds of a type that does not say otherwise. */
const NO_KIND = {
  named: undefined,
  blocked: [],
  policy: [],
  sample: { names: ["sample", "script-sample"], fits: /^/, length: 40 },
};

const whole = (kind: Kind) => ({ ...NO_KIND, ...kind });

const KINDS: ReadonlyMap<unknown, ReturnType<typeof whole>> = new Map(ROWS.map(([name, kind]) => [name, whole(kind)]));
const LEGACY = whole(POLICY);

/** Longer than any address that is worth keeping; the path is cut again where it is kept. */
const URL_LENGTH = 2_048;
const POLICY_LENGTH = 16_384;
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
  const [legacy, type] = [own(entry, "csp-report"), own(entry, "type")];
  const body = legacy ?? own(entry, "body");
  if (!isFields(body)) return "no-report";
  const kind = legacy === undefined ? KINDS.get(type) : LEGACY;
  if (kind === undefined) return typeof type === "string" ? "unknown-type" : "no-report";

  // violated-directive of old browsers is the whole directive; a crash need not say its reason.
  const [directive = ""] = (kind.named ?? firstText(body, kind.directive, URL_LENGTH)).split(" ", 1);
  if (!NAME.test(directive) && !(directive === "" && kind.type === "crash")) return "no-report";
  const document = firstText(body, ["documentURL", "document-uri"], URL_LENGTH) || cleaned(own(entry, "url"), URL_LENGTH);
  if (document === "") return "no-report";
  const { names, fits, length } = kind.sample;
  const sample = firstText(body, names, length);
  if (!fits.test(sample)) return "no-report";
  const [line, column] = [numberOf(body, "lineNumber", "line-number"), numberOf(body, "columnNumber", "column-number")];
  return {
    type: kind.type,
    disposition: kind.disposition(body),
    directive: kind.type === "csp-violation" ? directive.toLowerCase() : directive,
    blocked: firstText(body, kind.blocked, URL_LENGTH),
    document,
    policy: policyOf(body, kind.policy),
    sourceFile: firstText(body, ["sourceFile", "source-file"], URL_LENGTH),
    position: line === undefined ? "" : `${line}${column === undefined ? "" : `:${column}`}`,
    sample,
    userAgent: cleaned(own(entry, "user_agent"), AGENT_LENGTH) || userAgent.slice(0, AGENT_LENGTH),
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field's value; what is only inherited is none. */
function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function firstText(fields: Fields, names: readonly string[], length: number): string {
  for (const name of names) {
    const text = cleaned(own(fields, name), length);
    if (text !== "") return text;
  }
  return "";
}

/** As it came: only its hash is kept. */
function policyOf(fields: Fields, names: readonly string[]): string {
  const policy = names.map((name) => own(fields, name)).find((value) => typeof value === "string");
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
    const value = own(fields, name);
    const number = typeof value === "string" && value !== "" ? Number(value) : value;
    if (typeof number === "number" && Number.isInteger(number) && number >= 0 && number < 1e9) return number;
  }
  return undefined;
}
