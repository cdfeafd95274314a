import { issueCollector, PolicyError } from "../errors.js";
import { makePolicy, type Policy } from "../policy/policy.js";
import { none } from "../presets/index.js";
import { recordOf } from "./helmet/fields.js";
import { OPTIONS, readRow, reportUnknown, rowNamed } from "./helmet/options.js";
import { asWritten } from "./helmet/translate.js";
import type { Fields, HelmetOptions } from "./helmet/types.js";

export type {
  HelmetContentSecurityPolicy,
  HelmetOptions,
  HelmetResponse,
  HelmetSource,
  HelmetStrictTransportSecurity,
} from "./helmet/types.js";

/**
 * Converts helmet's options into a policy with the same headers and the same meaning. The policy is complete: it contains no part of
 * `recommended`. `securityHeaders(fromHelmet(options))` replaces `helmet(options)`.
 *
 * The text of a header may differ from helmet's: directives are separated by `; `, tokens of Referrer-Policy by `, `, sources by one
 * space, and keywords are in lower case. What browsers ignore is not sent: HSTS over plain http, `upgrade-insecure-requests` and
 * `sandbox` in a Report-Only policy, `upgrade-insecure-requests` over plain http and for loopback hosts. A function becomes
 * `perRequest`: if it fails, the policy is sent without its source, where helmet sends no CSP.
 *
 * Refused, although helmet accepts it: options, directives and `null`s that helmet ignores; inherited options; directives that browsers
 * do not know or have removed; `reportTo`, since helmet sends no endpoint for it; values that are not sources, sources in the wrong
 * directive or beside `'none'`; a nonce written as text; `'strict-dynamic'` without nonce or hash; an empty list, and an empty string
 * in `referrerPolicy`; a policy without script-src and default-src; functions outside source lists; report addresses that are neither
 * path nor URL; `preload` that the preload list refuses; a `maxAge` beyond safe integers; values of other types than helmet declares.
 *
 * @param options the options of helmet 8, aliases too. Default: helmet's defaults.
 * @returns a policy for `securityHeaders`, `override` and `definePolicy`; layers on top of it change it.
 * @throws {PolicyError} with all mistakes, under helmet's names: `contentSecurityPolicy.directives.scriptSrc[1]`, counted source by
 *   source.
 */
export function fromHelmet(options: HelmetOptions = {}): Policy {
  const { report, throwIfAny } = issueCollector();
  const given = recordOf(options, [], "fromHelmet({ … })", report) ?? {};
  for (const name of Object.keys(given)) if (rowNamed(name) === undefined) reportUnknown(name, report);
  const patch: Fields = Object.assign({}, ...OPTIONS.map((row) => readRow(row, given, report)));
  let policy: Policy | undefined;
  try {
    policy = makePolicy([none, patch], false);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    for (const issue of error.issues) report(asWritten(given, issue));
  }
  throwIfAny();
  return policy as Policy;
}
