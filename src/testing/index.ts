/** Test helpers: whether a response has the headers of a policy, and what a browser blocks on a page, or would block in a suite of tests. */
export type { ConsoleMessageLike } from "./console.js";
export {
  type ContextLike,
  type PageOfContext,
  type PolicyProof,
  type ProvePolicyOptions,
  provePolicy,
  type RecordViolationsOptions,
  recordViolations,
  type ViolationRecording,
} from "./record.js";
export { type SecuredCheck, type SecuredOptions, type SecuredPolicy, secured, toBeSecured } from "./secured.js";
export type { Violation } from "./violation.js";
export { collectViolations, type PageLike, type Violations } from "./violations.js";
