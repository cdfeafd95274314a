import * as z from "zod/mini";
import { type PolicyError, policyError } from "../errors.js";
import { didYouMean, show, trimmed } from "../values/text.js";
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
      const value = readDirectives(text, (part, name) => {
        throw misplaced(part, name);
      });
      if (value.maxAge > LONGEST) throw misplaced(`max-age=${value.maxAge}`);
      return value;
    },

    read: (text, report) =>
      readDirectives(text, (part, name) =>
        report({ path: [], message: `${show(part)} is not known, and browsers ignore it`, hint: hintFor(name) }),
      ),
  };

const LONGEST = 999_999_999_999_999;

const hintFor = (name: string) => didYouMean(name, NAMES) || "Write max-age=31536000; includeSubDomains.";

function misplaced(part: string, name = part): PolicyError {
  return policyError("invalid-value", [], `${show(part)} has no place here`, hintFor(name));
}

/** `unknown` hears of directives that have no meaning, which browsers ignore. RFC 6797 §6.1, rule 5. */
function readDirectives(text: string, unknown: (part: string, name: string) => void): StrictTransportSecurity {
  const seen = new Map<string, string>();
  for (const part of text.split(";").map((one) => trimmed(one))) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = trimmed(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? undefined : trimmed(part.slice(equals + 1));
    const known = NAMES.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
    // The RFC does not have `preload`: browsers ignore it, whatever follows it.
    if (known === undefined || (known === "preload" && value !== undefined)) {
      unknown(part, name);
      continue;
    }
    const wellFormed = known === "max-age" ? /^(?:\d+|"\d+")$/.test(value ?? "") : value === undefined;
    if (!wellFormed || seen.has(known)) throw misplaced(part, name);
    seen.set(known, (value ?? "").replaceAll('"', ""));
  }
  const maxAge = seen.get("max-age");
  if (maxAge === undefined) throw policyError("missing", ["maxAge"], "max-age is missing", "Write max-age=31536000.");
  return {
    // One that no number holds lasts no less.
    maxAge: Math.min(Number(maxAge), Number.MAX_SAFE_INTEGER),
    ...(seen.has("includeSubDomains") && { includeSubDomains: true }),
    ...(seen.has("preload") && { preload: true }),
  };
}
