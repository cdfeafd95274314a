import type { Audit, Finding } from "../audit/index.js";
import { type HeaderRating, ratingOf } from "./header-rows.js";

/** One line of the checklist. */
export interface Requirement {
  readonly requirement: string;
  readonly header: string;
  readonly standard: string;
  /** `"weak"`: the header is there, and can be bypassed. `"unseen"`: not known. */
  readonly met: "yes" | "weak" | "no" | "unseen";
}

const ROWS = [
  ["prevent clickjacking", "X-Frame-Options", "OWASP A01, CWE-1021"],
  ["prevent MIME sniffing", "X-Content-Type-Options", "OWASP A04, CWE-79"],
  ["enforce HTTPS", "Strict-Transport-Security", "OWASP A02, CWE-319"],
  ["restrict content sources", "Content-Security-Policy", "OWASP A03, CWE-79"],
  ["limit browser features", "Permissions-Policy", "privacy regulations"],
  ["keep addresses private", "Referrer-Policy", "OWASP A01, CWE-200"],
  ["isolate windows", "Cross-Origin-Opener-Policy", "OWASP A01, CWE-668"],
  ["isolate resources", "Cross-Origin-Resource-Policy", "OWASP A01, CWE-668"],
  ["protect cookies", "Set-Cookie", "OWASP A05, CWE-614"],
] as const;

/** Tests of the score that may not be known, and the header of each: what was not tested is not met. */
const TESTS: Readonly<Record<string, string>> = { cookies: "Set-Cookie", "strict-transport-security": "Strict-Transport-Security" };

/** Results of the score that have no finding where the response is meant for other sites, which does not isolate it either. */
const NOT_ISOLATED: Readonly<Record<string, Requirement["met"]>> = { absent: "no", "cross-origin": "weak" };

/** Headers that do not work at all. */
const UNMET: readonly HeaderRating[] = ["missing", "broken"];

/** The checklist: which header meets which requirement. */
export function requirements({ findings, score }: Audit): readonly Requirement[] {
  const unseen = score.unseen.map(({ test }) => TESTS[test]);
  const rows = ROWS.map(([requirement, header, standard]): Requirement => {
    const own = findings.filter((finding) => finding.header.toLowerCase() === header.toLowerCase());
    const { result = "" } = score.tests.find(({ test }) => test === header.toLowerCase()) ?? {};
    const isolated = header === "Cross-Origin-Resource-Policy" ? NOT_ISOLATED[result] : undefined;
    return { requirement, header, standard, met: isolated ?? metBy(own, unseen.includes(header)) };
  });
  const reveals = findings.some(({ rule, severity }) => rule === "information-leak" && severity !== "info");
  const last = { requirement: "hide the software", header: "Server and others", standard: "OWASP A05, CWE-200" };
  return [...rows, { ...last, met: reveals ? "no" : "yes" }];
}

function metBy(findings: readonly Finding[], isUnseen: boolean): Requirement["met"] {
  const rating = ratingOf(findings);
  if (UNMET.includes(rating) || findings.some(({ rule }) => rule === "insecure-transport")) return "no";
  if (isUnseen) return "unseen";
  return rating === "weak" ? "weak" : "yes";
}
