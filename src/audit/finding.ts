import type { Standard } from "./standard.js";
import type { Subject } from "./subject.js";

/** How much a finding matters, the most severe first. */
export const SEVERITIES = ["high", "medium", "low", "info"] as const;

/** `"high"`: an attack works. `"medium"`: a defence is missing or off. `"low"`: an additional defence is missing. `"info"`: good to know. */
export type Severity = (typeof SEVERITIES)[number];

/** One thing that the audit found. */
export interface Finding extends Standard {
  /** The rule that found it: the name of its file in `rules/`. */
  readonly rule: string;
  readonly severity: Severity;
  /** The wire name of the header it is about. */
  readonly header: string;
  /** Its place in a policy, such as `contentSecurityPolicy.scriptSrc`; `""` where a policy has none. */
  readonly path: string;
  /** What was sent, and what follows from it. */
  readonly message: string;
  /** What to send instead. */
  readonly fix: string;
}

/** A finding as its rule returns it; path and standard default to those of the header. */
export interface Found extends Pick<Finding, "severity" | "header" | "message" | "fix"> {
  readonly path?: string;
  readonly standard?: Standard;
}

/** One rule: a file in `rules/`, and a line in `rules/index.ts`. */
export interface AuditRule<Name extends string = string> {
  readonly rule: Name;
  /** Of all its findings; default: that of the header. */
  readonly standard?: Standard;
  check(subject: Subject): readonly Found[];
}
