import * as z from "zod/mini";
import { policyError } from "../errors.js";
import { didYouMean, show } from "../values/text.js";
import type { Header, WithDefaults } from "./header.js";

const ONE_YEAR = 31_536_000;

/** How long, and for what, browsers insist on HTTPS. */
export interface StrictTransportSecurity {
  /** Seconds the browser keeps to HTTPS; 0 makes it forget. */
  readonly maxAge: number;
  /** Subdomains too. */
  readonly includeSubDomains?: boolean | undefined;
  /** Consent to browsers' built-in lists; hard to take back. See hstspreload.org. */
  readonly preload?: boolean | undefined;
}

const NAMES = ["max-age", "includeSubDomains", "preload"];

/** `Strict-Transport-Security`: HTTPS only, from the first visit on. RFC 6797 §6.1. */
export const strictTransportSecurity: Header<StrictTransportSecurity, "Strict-Transport-Security"> & WithDefaults<StrictTransportSecurity> =
  {
    name: "Strict-Transport-Security",
    defaults: { maxAge: ONE_YEAR, includeSubDomains: true },
    // Browsers keep it for the host, not for the path.
    siteWide: true,
    required: ["maxAge"],
    fields: () => ({
      maxAge: z.int().check(z.nonnegative()),
      includeSubDomains: z.boolean(),
      preload: z.boolean(),
    }),

    check({ maxAge, includeSubDomains, preload }, { report }) {
      if (preload && (maxAge < ONE_YEAR || !includeSubDomains)) {
        const hint = "Set maxAge to 31536000 or more and includeSubDomains: true.";
        report({ path: ["preload"], code: "conflict", message: "the preload lists refuse this policy", hint });
      }
    },

    // RFC 6797 §7.2: not over an insecure transport
    overPlainHttp: () => false,

    serialize: ({ maxAge, includeSubDomains, preload }) =>
      [`max-age=${maxAge}`, includeSubDomains && "includeSubDomains", preload && "preload"].filter(Boolean).join("; "),

    parse(text) {
      const seen = new Map<string, string>();
      for (const part of text.split(";")) {
        if (part.trim() === "") continue;
        const [, name = "", value = ""] = /^([^=\s]*)\s*(?:=\s*(.*))?$/s.exec(part.trim()) ?? [];
        const known = NAMES.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
        const wellFormed = known === "max-age" ? /^(?:\d{1,15}|"\d{1,15}")$/.test(value) : !part.includes("=");
        if (known === undefined || !wellFormed || seen.has(known)) {
          throw policyError(
            "invalid-value",
            [],
            `${show(part.trim())} has no place here`,
            didYouMean(name, NAMES) || "Write max-age=31536000; includeSubDomains.",
          );
        }
        seen.set(known, value.replaceAll('"', ""));
      }
      const maxAge = seen.get("max-age");
      if (maxAge === undefined) throw policyError("missing", ["maxAge"], "max-age is missing", "Write max-age=31536000.");
      return {
        maxAge: Number(maxAge),
        ...(seen.has("includeSubDomains") && { includeSubDomains: true }),
        ...(seen.has("preload") && { preload: true }),
      };
    },
  };
