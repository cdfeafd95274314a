import type { AuditRule } from "../finding.js";
import { brokenValue, ignoredPart } from "./broken-value.js";
import { connectionAllowlist } from "./connection-allowlist.js";
import { corsUniversal } from "./cors-universal.js";
import { cspBypass } from "./csp-bypass.js";
import { cspWeak } from "./csp-weak.js";
import { deprecatedHeader } from "./deprecated-header.js";
import { duplicateHeader } from "./duplicate-header.js";
import { embedderWithoutResourcePolicy } from "./embedder-without-resource-policy.js";
import { frameOptionsOverruled } from "./frame-options-overruled.js";
import { informationLeak } from "./information-leak.js";
import { insecureTransport } from "./insecure-transport.js";
import { largeHeader } from "./large-header.js";
import { missingHeader } from "./missing-header.js";
import { missingIntegrity } from "./missing-integrity.js";
import { nonceCached } from "./nonce-cached.js";
import { notJudged } from "./not-judged.js";
import { perRequestSlot } from "./per-request-slot.js";
import { preloadRefused } from "./preload-refused.js";
import { reportEndpoint } from "./report-endpoint.js";
import { sourceOnTrial } from "./source-on-trial.js";
import { strictDynamicInert } from "./strict-dynamic-inert.js";
import { timingUniversal } from "./timing-universal.js";
import { trustedTypes } from "./trusted-types.js";
import { unsafeInlineInert } from "./unsafe-inline-inert.js";
import { weakCookie } from "./weak-cookie.js";
import { weakValue } from "./weak-value.js";
import { wideService } from "./wide-service.js";

/** Every rule, in the order in which findings of one severity are listed: a new rule is a file and a line here. */
const registry = [
  /** What is missing. */
  missingHeader,
  insecureTransport,
  /** What has another effect than it seems. */
  brokenValue,
  ignoredPart,
  duplicateHeader,
  frameOptionsOverruled,
  reportEndpoint,
  embedderWithoutResourcePolicy,
  preloadRefused,
  strictDynamicInert,
  unsafeInlineInert,
  trustedTypes,
  connectionAllowlist,
  /** What could be stronger. */
  cspBypass,
  cspWeak,
  weakValue,
  weakCookie,
  corsUniversal,
  timingUniversal,
  missingIntegrity,
  wideService,
  nonceCached,
  /** What should not be there. */
  deprecatedHeader,
  informationLeak,
  largeHeader,
  /** What is new. */
  sourceOnTrial,
  /** What could not be checked. */
  notJudged,
  perRequestSlot,
] as const satisfies readonly AuditRule[];

/** The name of a rule: what is said of every rule elsewhere is a record by it. */
export type RuleName = (typeof registry)[number]["rule"];

/** As {@link AuditRule}, which is all that the audit asks of them. */
export const rules: readonly AuditRule<RuleName>[] = registry;
