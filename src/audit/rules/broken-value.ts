import { PolicyError, type PolicyIssue } from "../../errors.js";
import { contentSecurityPolicy } from "../../headers/content-security-policy/index.js";
import { directiveTexts, MOST_POLICIES } from "../../headers/content-security-policy/wire.js";
import { type Registered, registered } from "../../headers/index.js";
import { show } from "../../values/text.js";
import type { AuditRule, Found, Severity } from "../finding.js";
import { headerKnowledge } from "../headers/index.js";
import type { Advice } from "../headers/knowledge.js";
import { ignoredTwice } from "../repeated.js";
import { partsOf, readOnce, type Subject } from "../subject.js";

/** A header that its own grammar refuses: browsers ignore it, or the part that is wrong. */
export const brokenValue: AuditRule<"broken-value"> = {
  rule: "broken-value",

  check: (subject) => [
    ...subject.odd.map(
      (name): Found => ({
        header: name,
        severity: "medium",
        message: "The value is not text.",
        fix: "Send a string, or a list of strings.",
      }),
    ),
    ...registered.flatMap((one) => broken(subject, one)),
  ],
};

/** A member of a header that browsers do not know, and ignore; the rest of the header is in effect. */
export const ignoredPart: AuditRule<"ignored-part"> = {
  rule: "ignored-part",

  check: (subject) =>
    LENIENT.flatMap(({ key, name, header }) => {
      const parts = partsOf(subject, name);
      if (parts.length === 0) return NOTHING;
      return [...new Set(parts)].flatMap((part) => {
        const { broken, issues } = issuesOf(subject, header, part);
        return broken ? NOTHING : issues.map((issue) => foundOf(issue, key, name, "low"));
      });
    }),
};

/** Headers of which browsers may ignore a part. */
const LENIENT = registered.filter(({ header }) => header.read !== undefined);

/** Headers whose loss costs a protection. */
const PROTECTS = [
  "Content-Security-Policy",
  "Strict-Transport-Security",
  "X-Frame-Options",
  "X-Content-Type-Options",
  "Cross-Origin-Opener-Policy",
  "Cross-Origin-Embedder-Policy",
  "Cross-Origin-Resource-Policy",
];

const NOTHING: readonly Found[] = [];

function broken(subject: Subject, { key, name, header }: Registered): readonly Found[] {
  const parts = partsOf(subject, name);
  if (parts.length === 0) return NOTHING;
  const protects = PROTECTS.includes(name);
  const values = [...new Set(parts)];
  const ofOne = (part: string): readonly PolicyIssue[] => {
    const { broken, issues } = issuesOf(subject, header, part);
    // duplicate-header reports several values, ignored-part ignored members.
    return broken && ignoredTwice(name, [part], () => broken) === undefined ? issues : [];
  };
  if (header.name === contentSecurityPolicy.name) {
    return cspIssues(subject, values).map((issue) => {
      // Losing a directive that no browser knows any more costs nothing.
      const gone = issue.code === "unknown-name" && issue.message.endsWith("is deprecated");
      return foundOf(issue, key, name, protects && !gone ? "medium" : "low");
    });
  }
  return values.flatMap((part) =>
    ofOne(part).map((issue) => {
      const advice: Advice | undefined = headerKnowledge(key)?.advise?.(part, issue);
      return { ...foundOf(issue, key, name, protects ? "medium" : "low"), ...advice };
    }),
  );
}

function foundOf({ path, message, hint }: PolicyIssue, key: string, header: string, severity: Severity): Found {
  const where = path === "" ? key : `${key}${path.startsWith("[") ? "" : "."}${path}`;
  return { header, path: where, severity, message: `${message}.`, fix: hint };
}

/** `broken`: browsers ignore the whole value, and not only what the issues name. */
function issuesOf(subject: Subject, header: Registered["header"], text: string): { broken: boolean; issues: readonly PolicyIssue[] } {
  const reading = readOnce(subject, header, text);
  return { broken: reading.kind === "broken", issues: reading.kind === "absent" ? [] : reading.issues };
}

// Each directive alone, as browsers do: one that is broken does not hide the next.
function cspIssues(subject: Subject, values: readonly string[]): readonly PolicyIssue[] {
  let left = MOST_POLICIES;
  return values.flatMap((value) => {
    const policies = value
      .split(",")
      .map(directiveTexts)
      .filter(({ length }) => length > 0);
    if (policies.length === 0) return issuesOf(subject, contentSecurityPolicy, value).issues;
    const judged = policies.slice(0, left);
    left -= judged.length;
    return judged.flatMap((directives) => {
      // Most policies are valid, and are read as a whole.
      if (issuesOf(subject, contentSecurityPolicy, directives.join("; ")).issues.length === 0) return [];
      return [...directives.flatMap((text) => issuesOf(subject, contentSecurityPolicy, text).issues), ...twice(directives)];
    });
  });
}

function twice(directives: readonly string[]): readonly PolicyIssue[] {
  const names = directives.map((text) => (text.split(/\s/)[0] as string).toLowerCase());
  const seen = new Set<string>();
  const repeated = new Set(names.filter((name) => seen.size === seen.add(name).size));
  return [...repeated].flatMap((name) => {
    const message = `${show(name)} is written twice, and browsers ignore the second one`;
    return new PolicyError([{ code: "conflict", path: "", message, hint: "Write one list." }]).issues;
  });
}
