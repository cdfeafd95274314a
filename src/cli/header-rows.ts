import type { Finding } from "../audit/index.js";
import { headerNamed } from "../headers/index.js";
import type { HeaderLine } from "../policy/incoming.js";

/** The summary of a header in one word; `"fair"`: safe, but not as strict as possible. */
export type HeaderRating = "good" | "fair" | "weak" | "broken" | "missing" | "remove";

/** One header of a site. */
export interface HeaderRow {
  readonly header: string;
  readonly rating: HeaderRating;
  /** Every value, in order; empty where the header is missing. */
  readonly values: readonly string[];
}

/** The rating for a finding, by its rule; `"weak"` or `"fair"` for the others. */
const BY_RULE: Readonly<Record<string, HeaderRating>> = {
  "missing-header": "missing",
  "broken-value": "broken",
  "duplicate-header": "broken",
  "deprecated-header": "remove",
  "information-leak": "remove",
};

const WORST_FIRST: readonly HeaderRating[] = ["missing", "broken", "weak", "remove", "fair"];

/** Rules whose findings ask for another value, or for none, also where that matters little; of the others, `info` asks for nothing. */
const ASKING: readonly string[] = ["deprecated-header", "weak-value"];

/** The worst rating of the findings about one header. */
export function ratingOf(findings: readonly Finding[]): HeaderRating {
  const said = findings.filter(({ severity, rule }) => severity !== "info" || ASKING.includes(rule)).map(ratingBy);
  return WORST_FIRST.find((rating) => said.includes(rating)) ?? "good";
}

function ratingBy({ rule, severity }: Finding): HeaderRating {
  // Two equal headers work like one.
  const harmless = rule === "duplicate-header" && severity === "low";
  return (harmless ? undefined : BY_RULE[rule]) ?? (severity === "low" || severity === "info" ? "fair" : "weak");
}

/** A row for each security header in its order, then for other and missing headers with findings. */
export function headerRows(headers: readonly HeaderLine[], findings: readonly Finding[]): readonly HeaderRow[] {
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
    return { header, rating: ratingOf(found.get(header.toLowerCase()) ?? []), values };
  });
}

const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

const isSecurity = (name: string) => same(name, "Set-Cookie") || headerNamed(name) !== undefined;
