import { checkInvalidKeyword, checkMissingSemicolon, checkUnknownDirective } from "csp_evaluator/dist/checks/parser_checks.js";
import {
  checkDeprecatedDirective,
  checkIpSource,
  checkScriptAllowlistBypass as theirBypasses,
} from "csp_evaluator/dist/checks/security_checks.js";
import { Csp } from "csp_evaluator/dist/csp.js";
import { CspEvaluator, DEFAULT_CHECKS } from "csp_evaluator/dist/evaluator.js";
import { type Finding as GoogleFinding, Severity as GoogleSeverity, Type } from "csp_evaluator/dist/finding.js";
import { keyOfName } from "../headers/content-security-policy/directives.js";
import { type CspPolicy, directiveTexts, isProof } from "../headers/content-security-policy/wire.js";
import { readSource } from "../values/sources.js";
import { show } from "../values/text.js";
import { checkScriptAllowlistBypass } from "./bypasses.js";
import type { Severity } from "./finding.js";

/** What csp_evaluator found in one policy, in our words. */
export interface Evaluation {
  readonly severity: Severity;
  readonly directive: string;
  readonly message: string;
  readonly fix: string;
  /** Whether the directive is not there at all. */
  readonly missing: boolean;
}

// Its directives and keywords are older than CSP3; our own grammar judges both, in the rule broken-value.
const CHECKS = DEFAULT_CHECKS.filter(
  (check) => ![checkUnknownDirective, checkInvalidKeyword, checkDeprecatedDirective].includes(check),
).map((check) => (check === theirBypasses ? checkScriptAllowlistBypass : check));

/** Checks that are dear, and find nothing where no source looks so: an address, a directive's name. */
const ONLY_FOR = new Map([
  [checkIpSource, /[\d[]/],
  [checkMissingSemicolon, /^[a-z-]+$/],
]);

const SEVERITY: Readonly<Partial<Record<GoogleSeverity, Severity>>> = {
  [GoogleSeverity.HIGH]: "high",
  [GoogleSeverity.SYNTAX]: "medium",
  [GoogleSeverity.MEDIUM]: "medium",
  [GoogleSeverity.HIGH_MAYBE]: "medium",
  [GoogleSeverity.STRICT_CSP]: "info",
  [GoogleSeverity.MEDIUM_MAYBE]: "low",
  [GoogleSeverity.INFO]: "info",
};

interface Words {
  readonly message: (finding: GoogleFinding) => string;
  readonly fix: string;
  /** Where we think otherwise of how much it matters. */
  readonly severity?: Severity;
}

const NONCES = "Give each script a nonce or a hash, and add 'strict-dynamic'.";

const WORDS: Readonly<Partial<Record<Type, Words>>> = {
  [Type.SCRIPT_UNSAFE_INLINE]: {
    message: ({ directive }) => `'unsafe-inline' in ${directive} runs every script and handler that somebody gets into the page.`,
    fix: "Give inline scripts a nonce or a hash, and take 'unsafe-inline' out.",
  },
  [Type.SCRIPT_UNSAFE_EVAL]: {
    message: ({ directive }) => `'unsafe-eval' in ${directive} lets text become code through eval() and its like.`,
    fix: "Take it out; for WebAssembly alone write 'wasm-unsafe-eval'.",
    severity: "medium",
  },
  [Type.SCRIPT_UNSAFE_HASHES]: {
    message: ({ directive }) =>
      `'unsafe-hashes' in ${directive} lets a hashed script run as an event handler too, wherever somebody puts it.`,
    fix: "Write addEventListener in a script instead of onclick, and take 'unsafe-hashes' out.",
  },
  [Type.PLAIN_URL_SCHEMES]: {
    message: ({ directive, value }) => `${value} in ${directive} lets in scripts from everywhere.`,
    fix: NONCES,
  },
  [Type.PLAIN_WILDCARD]: { message: ({ directive, value }) => `${value} in ${directive} lets in every host.`, fix: NONCES },
  [Type.MISSING_DIRECTIVES]: {
    message: ({ directive }) =>
      directive === "base-uri"
        ? "base-uri is missing: a <base> that somebody gets into the page sends its relative scripts to another site."
        : `${directive} is missing, and so is default-src: nothing limits what it would govern.`,
    fix: "Write base-uri 'none', object-src 'none' and a script-src.",
  },
  [Type.SCRIPT_ALLOWLIST_BYPASS]: {
    message: ({ directive, value, severity, description }) =>
      severity === GoogleSeverity.HIGH
        ? `${value} in ${directive} lets in what gets around the policy: ${description}`
        : `${value} in ${directive} is as safe as every file there: JSONP, AngularJS or an upload would get around the policy.`,
    fix: NONCES,
  },
  [Type.OBJECT_ALLOWLIST_BYPASS]: {
    message: ({ directive, value }) => `${value} in ${directive} lets plugins in.`,
    fix: "Write object-src 'none'.",
  },
  [Type.NONCE_LENGTH]: {
    message: () => "The nonce is so short that it can be guessed.",
    fix: "Draw 128 random bits for every response.",
  },
  [Type.NONCE_CHARSET]: { message: () => "The nonce is not in base64, and browsers ignore it.", fix: "Write it in base64." },
  [Type.IP_SOURCE]: {
    message: ({ directive, value = "" }) =>
      `${show(value)} in ${directive} is an IP address: by CSP3 only 127.0.0.1 is matched, and browsers differ.`,
    fix: "Give the server a host name.",
  },
  [Type.SRC_HTTP]: {
    message: ({ directive, value = "" }) =>
      `${show(value)} in ${directive} is loaded over plain http, where anybody on the way may change it.`,
    fix: "Write https.",
  },
  [Type.MISSING_SEMICOLON]: {
    message: ({ directive, value = "" }) => `${show(value)} is a directive, and stands among the sources of ${directive}.`,
    fix: "Write a semicolon before it.",
  },
};

/** The one address that CSP3 §6.7.2.10 matches. */
const IS_MATCHED = /^(?:[a-z][a-z0-9+.-]*:\/\/)?127\.0\.0\.1(?:[:/]|$)/i;

// What no server sends: one list of hosts costs a million comparisons beyond it.
const LONGEST = 16_384;

/** Runs csp_evaluator on one policy; never throws. */
export function evaluate(policy: CspPolicy): readonly Evaluation[] {
  if (policy.text.length > LONGEST) return [TOO_LONG];
  return findingsOf(policy).flatMap((finding) => {
    if (finding.type === Type.IP_SOURCE && IS_MATCHED.test(finding.value ?? "")) return [];
    const severity = SEVERITY[finding.severity];
    if (severity === undefined) return [];
    const words = WORDS[finding.type];
    const { directive, description } = finding;
    const message = words?.message(finding) ?? description;
    const missing = finding.type === Type.MISSING_DIRECTIVES;
    return [{ severity: words?.severity ?? severity, directive, message, fix: words?.fix ?? "See csp_evaluator.", missing }];
  });
}

const TOO_LONG: Evaluation = {
  severity: "medium",
  directive: "",
  message: `The policy has more than ${LONGEST} characters, and its bypasses were not looked for.`,
  fix: "Write fewer sources.",
  missing: false,
};

function findingsOf({ text }: CspPolicy): readonly GoogleFinding[] {
  const csp = parse(text);
  try {
    return new CspEvaluator(csp).evaluate(undefined, checksFor(csp));
  } catch {
    // It takes every source for a URL, and throws at one that is none: each check for itself, without those that browsers drop too.
    const readable = new Csp(csp.directives);
    for (const [name, values] of Object.entries(csp.directives)) {
      if (keyOfName.has(name)) readable.directives[name as keyof Csp["directives"]] = (values ?? []).filter(isReadable);
      else delete readable.directives[name as keyof Csp["directives"]];
    }
    return CHECKS.flatMap((check) => attempt(() => new CspEvaluator(readable).evaluate(undefined, [check])));
  }
}

function checksFor({ directives }: Csp): typeof CHECKS {
  const sources = Object.values(directives).flatMap((values = []) => values.filter((value) => !value.startsWith("'")));
  return CHECKS.filter((check) => {
    const look = ONLY_FOR.get(check);
    return look === undefined || sources.some((source) => look.test(source));
  });
}

/** As its own parser does, which takes as long as all checks together. */
function parse(text: string): Csp {
  const directives: Record<string, string[]> = {};
  for (const directive of directiveTexts(text)) {
    const [name = "", ...values] = directive.split(/\s+/);
    const key = name.toLowerCase();
    if (!Object.hasOwn(directives, key)) directives[key] = [...new Set(values.map(normal))];
  }
  return new Csp(directives);
}

/** Keywords and schemes in lower case; hosts, paths, nonces and hashes as they stand. */
function normal(value: string): string {
  const caseless = value.startsWith("'") ? !isProof(value) : value.endsWith(":");
  return caseless ? value.toLowerCase() : value;
}

function isReadable(value: string): boolean {
  return value.startsWith("'") || readSource(value, "wire").kind !== "fault";
}

function attempt(run: () => readonly GoogleFinding[]): readonly GoogleFinding[] {
  try {
    return run();
  } catch {
    return [];
  }
}
