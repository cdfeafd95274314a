import { cspPath } from "../../headers/content-security-policy/wire.js";
import { readSource } from "../../values/sources.js";
import type { AuditRule, Found } from "../finding.js";
import { trialEffect } from "../sources/trials.js";

/** Most policies have none, and are not read source by source. */
const MAY_HAVE_ONE = /'(?:url-|eval-|strict-dynamic-url)/i;

/** A kind of source that one browser has on trial, and that is not in CSP3. */
export const sourceOnTrial: AuditRule<"source-on-trial"> = {
  rule: "source-on-trial",

  check: ({ enforced }) =>
    enforced.flatMap(({ text, written }) =>
      [...(MAY_HAVE_ONE.test(text) ? written : [])].flatMap(([directive, values]) =>
        values.flatMap((value): readonly Found[] => {
          const source = readSource(value, "wire");
          if (source.kind !== "trial") return [];
          const message = `${value} in ${directive} is on trial in Chromium: ${trialEffect(source).besideOthers}.`;
          const fix = "Keep what other browsers need beside it: a nonce or a hash of the script itself.";
          return [{ header: "Content-Security-Policy", path: cspPath(directive), severity: "info", message, fix }];
        }),
      ),
    ),
};
