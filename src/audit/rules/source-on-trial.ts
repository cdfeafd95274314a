import { cspPath } from "../../headers/content-security-policy/wire.js";
import { readSource } from "../../values/sources.js";
import type { Found, Rule } from "../finding.js";

const EFFECT: readonly (readonly [start: string, effect: string])[] = [
  ["'url-", "there it takes the place of hosts, and other browsers allow no script by it"],
  ["'eval-", "there it takes the place of 'unsafe-eval', and other browsers allow no eval by it"],
  ["'strict-dynamic-url'", "there scripts that run may load others, and other browsers ignore it"],
];

/** Most policies have none, and are not looked through. */
const LOOK = /'(?:url-|eval-|strict-dynamic-url)/i;

/** A kind of source that one browser has on trial, and that is not in CSP3. */
export const sourceOnTrial: Rule = {
  rule: "source-on-trial",

  check: ({ enforced }) =>
    enforced.flatMap(({ text, written }) =>
      [...(LOOK.test(text) ? written : [])].flatMap(([directive, values]) =>
        values.flatMap((value): readonly Found[] => {
          const effect = EFFECT.find(([start]) => value.toLowerCase().startsWith(start))?.[1];
          if (effect === undefined || readSource(value, "wire").kind !== "trial") return [];
          const message = `${value} in ${directive} is on trial in Chromium: ${effect}.`;
          const fix = "Keep what other browsers need beside it: a nonce or a hash of the script itself.";
          return [{ header: "Content-Security-Policy", path: cspPath(directive), severity: "info", message, fix }];
        }),
      ),
    ),
};
