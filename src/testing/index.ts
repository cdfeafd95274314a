/** Test helpers: whether a response has the headers of a policy, and what a browser blocks on a page. */
export type { ConsoleMessageLike } from "./console.js";
export { type SecuredCheck, type SecuredOptions, type SecuredPolicy, secured, toBeSecured } from "./secured.js";
export type { Violation } from "./violation.js";
export { collectViolations, type PageLike, type Violations } from "./violations.js";
