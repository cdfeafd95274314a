import * as z from "zod/mini";
import { type PolicyError, policyError } from "../errors.js";
import { expecting } from "../values/schema.js";
import { didYouMean, show, trimmed } from "../values/text.js";
import type { Header, WithDefaults } from "./header.js";

const ONE_YEAR = 31_536_000;

/** For how long, and for which hosts, browsers use https only. */
export interface StrictTransportSecurity {
  /** Seconds for which browsers use https only; 0 ends it. */
  readonly maxAge: number;
  /** Also for all subdomains. */
  readonly includeSubDomains?: boolean | undefined;
  /** Consent to the lists built into browsers; hard to undo. See hstspreload.org. */
  readonly preload?: boolean | undefined;
}

const NAMES = ["max-age", "includeSubDomains", "preload"];

/** `Strict-Transport-Security`: browsers use https only, from the first visit on. RFC 6797 §6.1. */
export const strictTransportSecurity: Header<StrictTransportSecurity, "Strict-Transport-Security"> & WithDefaults = {
  name: "Strict-Transport-Security",
  defaults: { maxAge: ONE_YEAR, includeSubDomains: true },
  example: `{ maxAge: ${ONE_YEAR} }`,
  // Browsers store it for the host, not for the path.
  siteWide: true,
  required: ["maxAge"],
  fields: () => ({
    maxAge: seconds(),
    includeSubDomains: z.boolean(),
    preload: z.boolean(),
  }),

  checkWritten({ maxAge = 0 }, report) {
    if (maxAge <= 10 * ONE_YEAR || !Number.isSafeInteger(maxAge)) return;
    const meant = Math.round(maxAge / 1000);
    if (maxAge <= HUNDRED_YEARS) {
      if (maxAge % 1000 !== 0) return;
      const message = `${maxAge} seconds are ${Math.round(maxAge / ONE_YEAR)} years`;
      return report({ path: ["maxAge"], message, hint: `Is this in milliseconds? Write ${meant}.` });
    }
    const hint = meant <= HUNDRED_YEARS ? `If it is milliseconds, write ${meant}.` : `Write ${ONE_YEAR} for one year.`;
    report({ path: ["maxAge"], message: `${maxAge} seconds are more than 100 years`, hint });
  },

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

  parse: (text) =>
    readDirectives(text, (part, name) => {
      throw misplaced(part, name);
    }),

  read: (text, report) =>
    readDirectives(text, (part, name) =>
      report({ path: [], message: `${show(part)} is not known, and browsers ignore it`, hint: hintFor(name) }),
    ),
};

/** Above a hundred years a number of seconds is almost certainly one of milliseconds, above ten years one with three zeros at its end. */
const HUNDRED_YEARS = 100 * ONE_YEAR;

function seconds() {
  const words = expecting("a whole number of seconds", `Write seconds, such as ${ONE_YEAR} for one year.`);
  return z.int({ error: ({ code, input }) => (code === "too_small" ? undefined : (secondsAsText(input) ?? words)) }).check(z.gte(0));
}

/** The words of an error for digits in quotes. */
function secondsAsText(input: unknown): string | undefined {
  return typeof input === "string" && /^\d{1,10}$/.test(input)
    ? expecting("a whole number of seconds", `Write ${input}, without quotes.`)
    : undefined;
}

const hintFor = (name: string) => didYouMean(name, NAMES) || "Write max-age=31536000; includeSubDomains.";

function misplaced(part: string, name = part): PolicyError {
  return policyError("invalid-value", [], `${show(part)} is not a directive of Strict-Transport-Security`, hintFor(name));
}

/** `unknown` is called for directives without a meaning, which browsers ignore. RFC 6797 §6.1, rule 5. */
function readDirectives(text: string, unknown: (part: string, name: string) => void): StrictTransportSecurity {
  const seen = new Map<string, string>();
  for (const part of text.split(";").map((one) => trimmed(one))) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = trimmed(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? undefined : trimmed(part.slice(equals + 1));
    const known = NAMES.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
    // The RFC does not define `preload`: browsers ignore it, with or without a value.
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
    // A larger value means the same to browsers.
    maxAge: Math.min(Number(maxAge), Number.MAX_SAFE_INTEGER),
    ...(seen.has("includeSubDomains") && { includeSubDomains: true }),
    ...(seen.has("preload") && { preload: true }),
  };
}
