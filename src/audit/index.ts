import { headerNamed } from "../headers/index.js";
import type { HeadersInput } from "../policy/parse.js";
import type { Policy } from "../policy/policy.js";
import { deepFreeze } from "../values/freeze.js";
import { bare } from "../values/own.js";
import { type Finding, type Rule, SEVERITIES } from "./finding.js";
import { rules } from "./rules/index.js";
import { type Score, scoreOf } from "./score.js";
import { standardOf } from "./standards.js";
import { type AuditContext, readSubject, type Subject } from "./subject.js";

export { type Comparison, compare, type DirectiveComparison, type HeaderComparison, type Verdict } from "./compare.js";
export { type Explained, explain } from "./explain.js";
export type { Finding, Severity } from "./finding.js";
export type { Grade, Score, TestResult, UnseenTest } from "./score.js";
export type { AuditContext, Hop } from "./subject.js";

/** What an audit comes to. */
export interface Audit {
  /** The worst first. */
  readonly findings: readonly Finding[];
  readonly score: Score;
}

/**
 * Says what is missing, weak, contradictory, deprecated or broken in a set of headers, and how they score.
 *
 * Nothing that is in the headers, the cookies or the page makes it throw: what is broken is a finding.
 *
 * @param subject a policy (its nonce is drawn as a sample; `perRequest` slots are left empty), or the headers of a response, their
 *   names in any case and what stands twice as a list: a record as Node gives it, pairs, or a Fetch `Headers`.
 * @param context what is known beside them. Tests of the score that need what is not given are in `score.unseen`.
 * @returns frozen plain data: the findings, the worst first, and the score after the figures of Mozilla's HTTP Observatory,
 *   algorithm 6. It is not the Observatory's own grade, which also looks at the site's network.
 * @throws {PolicyError} where an argument is of the wrong type, or `context` has an option that does not exist.
 */
export function audit(subject: Policy | HeadersInput, context?: AuditContext): Audit {
  const read = readSubject(subject, context);
  const findings = rules.flatMap((rule) => findingsOf(rule, read));
  const rank = ({ severity }: Finding) => SEVERITIES.indexOf(severity);
  return deepFreeze({ findings: findings.sort((one, other) => rank(one) - rank(other)), score: scoreOf(read) });
}

function findingsOf(rule: Rule, subject: Subject): Finding[] {
  const { rule: name, standard, check } = bare(rule);
  return check(subject).map((found) => {
    const { severity, header, path, message, fix, standard: its } = bare(found);
    return {
      rule: name,
      severity,
      header,
      path: path ?? headerNamed(header)?.key ?? "",
      message,
      fix,
      ...(its ?? standard ?? standardOf(header)),
    };
  });
}
