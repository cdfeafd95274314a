import type { Standard } from "./standards.js";
import type { Subject } from "./subject.js";

/** How much a finding matters, the worst first. */
export const SEVERITIES = ["high", "medium", "low", "info"] as const;

/** `"high"`: an attack works. `"medium"`: a defence is missing or off. `"low"`: a second line of defence. `"info"`: good to know. */
export type Severity = (typeof SEVERITIES)[number];

/** One thing that the audit found. */
export interface Finding extends Standard {
  /** The rule that found it: the name of its file in `rules/`. */
  readonly rule: string;
  readonly severity: Severity;
  /** The wire name of the header it is about. */
  readonly header: string;
  /** Where it is written in a policy, such as `contentSecurityPolicy.scriptSrc`; `""` where no policy writes it. */
  readonly path: string;
  /** What came, and what follows from it. */
  readonly message: string;
  /** What to send instead. */
  readonly fix: string;
}

/** A finding as its rule gives it; the path and the standards come from the header where the rule does not say. */
export interface Found extends Pick<Finding, "severity" | "header" | "message" | "fix"> {
  readonly path?: string;
  readonly standard?: Standard;
}

/** One rule: a file of its own, and a line in `rules/index.ts`. */
export interface Rule {
  readonly rule: string;
  /** Of all its findings; the header's own where absent. */
  readonly standard?: Standard;
  check(subject: Subject): readonly Found[];
}
