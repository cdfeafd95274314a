import type { Finding } from "../audit/index.js";
import { headerNamed } from "../headers/index.js";
import type { Line } from "./site.js";

/** What there is to say of a header at one glance; `"fair"`: safe, and not as strict as it could be. */
export type HeaderVerdict = "good" | "fair" | "weak" | "broken" | "missing" | "remove";

/** One header of a site. */
export interface HeaderRow {
  readonly header: string;
  readonly verdict: HeaderVerdict;
  /** Every value that came; none where it is missing. */
  readonly values: readonly string[];
}

/** What a rule's finding makes of its header; a weakness where it is not here. */
const BY_RULE: Readonly<Record<string, HeaderVerdict>> = {
  "missing-header": "missing",
  "broken-value": "broken",
  "duplicate-header": "broken",
  "deprecated-header": "remove",
  "information-leak": "remove",
};

const WORST_FIRST: readonly HeaderVerdict[] = ["missing", "broken", "weak", "remove", "fair"];

/** Of what was found about one header; what is merely good to know changes nothing. */
export function verdictOn(findings: readonly Finding[]): HeaderVerdict {
  const said = findings.filter(({ severity }) => severity !== "info").map(verdictBy);
  return WORST_FIRST.find((verdict) => said.includes(verdict)) ?? "good";
}

function verdictBy({ rule, severity }: Finding): HeaderVerdict {
  // Of a header that is there twice the same, browsers take one.
  const harmless = rule === "duplicate-header" && severity === "low";
  return (harmless ? undefined : BY_RULE[rule]) ?? (severity === "low" ? "fair" : "weak");
}

/** The security headers that came, in their order, and then what an audit says of others and of those that are missing. */
export function headerRows(headers: readonly Line[], findings: readonly Finding[]): readonly HeaderRow[] {
  const found = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.severity === "info" && !headers.some(([name]) => same(name, finding.header))) continue;
    const key = finding.header.toLowerCase();
    found.set(key, [...(found.get(key) ?? []), finding]);
  }
  const present = headers.map(([name]) => name).filter((name) => isSecurity(name) || found.has(name.toLowerCase()));
  const all = [...present, ...[...found.values()].map(([first]) => first?.header ?? "")];
  const names = all.filter((name, index) => all.findIndex((one) => same(one, name)) === index);
  return names.map((header) => {
    const values = headers.flatMap(([name, value]) => (same(name, header) ? [value] : []));
    return { header, verdict: verdictOn(found.get(header.toLowerCase()) ?? []), values };
  });
}

const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

const isSecurity = (name: string) => same(name, "Set-Cookie") || headerNamed(name) !== undefined;
