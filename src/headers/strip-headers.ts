import * as z from "zod/mini";
import { show } from "../values/text.js";
import { type Custom, checkName } from "./custom.js";
import type { Entry } from "./header.js";

/** Names of response headers to remove, such as `["X-Powered-By", "Server"]`. */
export type StripHeaders = readonly string[];

/** `keyOf` finds the key of a wire name, where there is one. */
export function stripHeadersSetting(keyOf: (name: string) => string | undefined): Entry<StripHeaders> {
  return {
    siteWide: true,
    example: '["X-Powered-By"]',
    value: () => z.array(z.string()),

    check(names, { policy, report }) {
      const custom = Object.keys((policy["custom"] ?? {}) as Custom).map((name) => name.toLowerCase());
      names.forEach((name, index) => {
        if (!checkName(name, [index], report, ["set-cookie"])) return;
        const key = keyOf(name);
        if (key !== undefined)
          report({ path: [index], code: "conflict", message: `${show(name)} has a key of its own`, hint: `Write ${key}: false.` });
        else if (custom.includes(name.toLowerCase())) {
          report({
            path: [index],
            code: "conflict",
            message: `${show(name)} is set under custom`,
            hint: "Take it out in one of the two places.",
          });
        }
      });
    },
  };
}
