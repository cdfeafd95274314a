import { headerNamed } from "../headers/index.js";
import type { HeadersInput } from "../policy/parse.js";
import type { Policy } from "../policy/policy.js";
import { deepFreeze } from "../values/freeze.js";
import { bare } from "../values/own.js";
import { type AuditRule, type Finding, SEVERITIES } from "./finding.js";
import { standardOf } from "./headers/index.js";
import { rules } from "./rules/index.js";
import { type Score, scoreOf } from "./score/index.js";
import { type AllowedService, serviceSourcesIn, servicesIn } from "./services.js";
import { type AuditContext, readSubject, type Subject } from "./subject.js";

export { type Comparison, compare, type DirectiveComparison, type HeaderComparison, type Verdict } from "./compare.js";
export { type Explained, explain } from "./explain.js";
export type { Finding, Severity } from "./finding.js";
export type { Grade, Score, TestResult, UnseenTest } from "./score/index.js";
export type { AllowedService } from "./services.js";
export type { AuditContext, Hop } from "./subject.js";

/** The result of an audit. */
export interface Audit {
  /** The most severe first. */
  readonly findings: readonly Finding[];
  readonly score: Score;
  /** The third parties of `portcullis/services` of which the Content-Security-Policy allows a host, in the order of the policy. */
  readonly services: readonly AllowedService[];
}

/**
 * Finds what is missing, weak, contradictory, deprecated or broken in a set of headers, and scores them.
 *
 * No content of the headers, the cookies or the page makes it throw: what is broken is a finding.
 *
 * @param subject a policy (with a sample nonce, and without the sources of `perRequest` slots), or the headers of a response, with names
 *   in any case and repeated headers as a list: an object as Node has it, pairs, or a Fetch `Headers`.
 * @param context what is known beside them. Tests of the score that need something else are in `score.unseen`.
 * @returns frozen plain data: the findings, the most severe first, the score by the figures of Mozilla's HTTP Observatory,
 *   algorithm 6, and the third parties by name. The score is not the Observatory's own grade, which also depends on the site's network.
 * @throws {PolicyError} where an argument is of the wrong type, or `context` has an unknown option.
 */
export function audit(subject: Policy | HeadersInput, context?: AuditContext): Audit {
  const read = readSubject("audit", subject, context);
  const findings = rules.flatMap((rule) => findingsOf(rule, read));
  const rank = ({ severity }: Finding) => SEVERITIES.indexOf(severity);
  return deepFreeze({
    findings: findings.sort((one, other) => rank(one) - rank(other)),
    score: scoreOf(read),
    services: servicesIn(serviceSourcesIn(read.enforced)),
  });
}

function findingsOf(rule: AuditRule, subject: Subject): Finding[] {
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
