import type { AuditRule } from "../../src/audit/finding.js";
import { audit, type Finding } from "../../src/audit/index.js";
import { type RuleName, rules } from "../../src/audit/rules/index.js";
import { type RuleText, ruleTexts } from "../../src/audit/rules/texts.js";
import { declarationsOf, importsOf } from "./doc-comments.js";
import { policyOf } from "./samples.js";
import { type RuleExample, ruleExamples } from "./text/rules.js";

/** A rule of the audit, and what it finds in its examples. */
export interface JudgedRule {
  readonly rule: AuditRule<RuleName>;
  readonly name: RuleName;
  /** Its doc comment. */
  readonly summary: string;
  readonly text: RuleText;
  /** The first example, and its findings. */
  readonly example: RuleExample;
  readonly exampleFindings: readonly Finding[];
  /** The findings of all examples, each message once. */
  readonly findings: readonly Finding[];
}

let judged: readonly JudgedRule[] | undefined;

/**
 * Every rule, in the order of the registry, with what the library finds in the examples of text/rules.ts.
 *
 * @throws {Error} that names a rule without a doc comment, or whose examples it finds nothing in.
 */
export function judgedRules(): readonly JudgedRule[] {
  judged ??= rules.map(judge);
  return judged;
}

function judge(rule: AuditRule<RuleName>): JudgedRule {
  const { rule: name } = rule;
  const examples = ruleExamples[name];
  const each = examples.map((one) => findingsIn(one, name));
  const empty = each.findIndex((found) => found.length === 0);
  if (empty >= 0) throw new Error(`text/rules.ts: the rule ${name} finds nothing in its example ${empty + 1}.`);
  const findings = [...new Map(each.flat().map((one) => [`${one.header} ${one.message}`, one])).values()];
  return {
    rule,
    name,
    summary: summaryOf(name),
    text: ruleTexts[name],
    example: examples[0],
    exampleFindings: each[0] as readonly Finding[],
    findings,
  };
}

function findingsIn({ headers, context, policy }: RuleExample, name: string): readonly Finding[] {
  const { findings } = audit(policy === undefined ? headers : policyOf(...policy.layers), context);
  return findings.filter(({ rule }) => rule === name);
}

/** The doc comment of the constant in src/audit/rules that has this rule. */
function summaryOf(name: string): string {
  const key = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const files = importsOf("src/audit/rules/index.ts");
  const text = files.map((file) => declarationsOf(file).get(key)?.text).find((one) => one !== undefined && one !== "");
  if (text === undefined) throw new Error(`src/audit/rules has no doc comment for ${key}.`);
  return text;
}

/** What the audit says of a header, by its wire name. */
export const findingsOn = (header: string): readonly Finding[] =>
  judgedRules().flatMap(({ findings }) => findings.filter((one) => one.header.replace(/-Report-Only$/, "") === header));

/** What the audit says of a place in a policy, such as `contentSecurityPolicy.scriptSrc`, also of its members. */
export const findingsAt = (path: string): readonly Finding[] =>
  judgedRules().flatMap(({ findings }) => findings.filter((one) => one.path === path || one.path.startsWith(`${path}[`)));
