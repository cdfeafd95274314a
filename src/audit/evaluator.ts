import { checkInvalidKeyword, checkMissingSemicolon, checkUnknownDirective } from "csp_evaluator/dist/checks/parser_checks.js";
import {
  checkDeprecatedDirective,
  checkIpSource,
  checkNonceLength,
  checkScriptAllowlistBypass as theirBypasses,
} from "csp_evaluator/dist/checks/security_checks.js";
import { Csp } from "csp_evaluator/dist/csp.js";
import { CspEvaluator, DEFAULT_CHECKS } from "csp_evaluator/dist/evaluator.js";
import { type Finding as GoogleFinding, Severity as GoogleSeverity, Type } from "csp_evaluator/dist/finding.js";
import { keyOfName } from "../headers/content-security-policy/directives.js";
import { type CspPolicy, directiveTexts, effective, isProof } from "../headers/content-security-policy/wire.js";
import { unreachable } from "../values/never.js";
import { readSource } from "../values/sources.js";
import { show } from "../values/text.js";
import { checkScriptAllowlistBypass } from "./bypasses.js";
import type { Severity } from "./finding.js";

/** What csp_evaluator found in one policy, in the words of this project. */
export interface Evaluation {
  readonly severity: Severity;
  readonly directive: string;
  readonly message: string;
  readonly fix: string;
  /** Whether the finding is that the directive is missing. */
  readonly missing: boolean;
}

// Its directives and keywords are older than CSP3; the rule broken-value checks both.
const CHECKS = DEFAULT_CHECKS.filter(
  (check) => ![checkUnknownDirective, checkInvalidKeyword, checkDeprecatedDirective].includes(check),
).map((check) => (check === theirBypasses ? checkScriptAllowlistBypass : check));

/** Checks that are slow, and find nothing unless a source matches: an address, the name of a directive. */
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
  readonly message: (finding: GoogleFinding, inline: Inline) => string;
  readonly fix: string | ((finding: GoogleFinding) => string);
  /** Where this project rates it differently. */
  readonly severity?: Severity;
}

/** What of inline code a list governs. */
type Inline = "both" | "elements" | "attributes" | "neither";

const INLINE_EFFECTS: Readonly<Record<Inline, string>> = {
  both: "runs every injected script and event handler.",
  elements: "runs every injected script.",
  attributes: "runs every injected event handler.",
  neither: "has no effect beside script-src-elem and script-src-attr, except in Firefox before 108 and Safari before 15.4.",
};

/** By the fallback of CSP3 §6.8.4: script-src-elem and script-src-attr replace script-src, and that default-src. */
function inlineIn(policy: CspPolicy, directive: string): Inline {
  const list = policy.directives.get(directive);
  const [elements, attributes] = ["script-src-elem", "script-src-attr"].map((name) => effective(policy, name) === list);
  if (elements) return attributes ? "both" : "elements";
  return attributes ? "attributes" : "neither";
}

/** What csp_evaluator says of -elem and -attr and what is not so: they do not govern eval, and -attr governs no address. CSP3 §4.4, §6.1.10. */
function isUntrue({ type, directive }: GoogleFinding): boolean {
  if (type === Type.SCRIPT_UNSAFE_EVAL) return directive === "script-src-elem" || directive === "script-src-attr";
  return directive === "script-src-attr" && ADDRESSES.includes(type);
}

const ADDRESSES: readonly Type[] = [Type.PLAIN_URL_SCHEMES, Type.PLAIN_WILDCARD];

const NONCES = "Give each script a nonce or a hash, and add 'strict-dynamic'.";

const WORDS: Readonly<Partial<Record<Type, Words>>> = {
  [Type.SCRIPT_UNSAFE_INLINE]: {
    message: ({ directive }, inline) => `'unsafe-inline' in ${directive} ${INLINE_EFFECTS[inline]}`,
    fix: "Give inline scripts a nonce or a hash, and remove 'unsafe-inline'.",
  },
  [Type.SCRIPT_UNSAFE_EVAL]: {
    message: ({ directive }) => `'unsafe-eval' in ${directive} lets text become code through eval() and similar functions.`,
    fix: "Remove it; for WebAssembly write 'wasm-unsafe-eval'.",
    severity: "medium",
  },
  [Type.SCRIPT_UNSAFE_HASHES]: {
    message: ({ directive }) =>
      `'unsafe-hashes' in ${directive} lets a script with an allowed hash run as an event handler too, wherever it is injected.`,
    fix: "Write addEventListener in a script instead of onclick, and remove 'unsafe-hashes'.",
  },
  [Type.PLAIN_URL_SCHEMES]: {
    message: ({ directive, value }) =>
      value === "data:"
        ? `data: in ${directive} runs every script that is written in a data: URL.`
        : `${value} in ${directive} allows scripts from everywhere.`,
    fix: NONCES,
  },
  [Type.PLAIN_WILDCARD]: { message: ({ directive, value }) => `${value} in ${directive} allows every host.`, fix: NONCES },
  [Type.MISSING_DIRECTIVES]: {
    message: ({ directive }) =>
      directive === "base-uri"
        ? "base-uri is missing: an injected <base> makes relative script URLs point to another site."
        : `${directive} is missing, and so is default-src: nothing limits what it would control.`,
    fix: ({ directive }) => `Write ${directive} ${directive === "script-src" ? "'self'" : "'none'"}.`,
  },
  [Type.SCRIPT_ALLOWLIST_BYPASS]: {
    message: ({ directive, value, severity, description }) =>
      severity === GoogleSeverity.HIGH
        ? `${value} in ${directive} allows a bypass of the policy: ${description}`
        : `${value} in ${directive} is only as safe as every file there: JSONP, AngularJS or an upload would bypass the policy.`,
    fix: NONCES,
  },
  [Type.OBJECT_ALLOWLIST_BYPASS]: {
    message: ({ directive, value }) => `${value} in ${directive} allows plugins.`,
    fix: "Write object-src 'none'.",
  },
  [Type.NONCE_LENGTH]: {
    message: () => "The nonce is so short that it can be guessed.",
    fix: "Generate 128 random bits for every response.",
  },
  [Type.NONCE_CHARSET]: { message: () => "The nonce is not in base64, and browsers ignore it.", fix: "Write it in base64." },
  [Type.IP_SOURCE]: {
    message: ({ directive, value = "" }) =>
      `${show(value)} in ${directive} is an IP address: by CSP3 only 127.0.0.1 is matched, and browsers differ.`,
    fix: "Give the server a host name.",
  },
  [Type.SRC_HTTP]: {
    message: ({ directive, value = "" }) =>
      `${show(value)} in ${directive} is loaded over plain http, where anyone on the network can change it.`,
    fix: "Write https.",
  },
  [Type.MISSING_SEMICOLON]: {
    message: ({ directive, value = "" }) => `${show(value)} is the name of a directive, and is among the sources of ${directive}.`,
    fix: "Write a semicolon before it.",
  },
};

/** Whether a source has the one IP address that CSP3 §6.7.2.10 matches. */
function isMatchedAddress(value: string): boolean {
  const source = readSource(value, "wire");
  return source.kind === "host" && source.host === "127.0.0.1";
}

// Longer than what servers send; beyond it, one list of hosts takes a million comparisons.
const LONGEST = 16_384;

/** Runs csp_evaluator on one policy; never throws. */
export function evaluate(policy: CspPolicy): readonly Evaluation[] {
  if (policy.text.length > LONGEST) return [TOO_LONG];
  return findingsOf(policy).flatMap((finding) => {
    if (isUntrue(finding) || (finding.type === Type.IP_SOURCE && isMatchedAddress(finding.value ?? ""))) return [];
    const severity = SEVERITY[finding.severity];
    if (severity === undefined) return [];
    const words = WORDS[finding.type];
    const { directive, description } = finding;
    const inline = inlineIn(policy, directive);
    const message = words?.message(finding, inline) ?? description;
    const missing = finding.type === Type.MISSING_DIRECTIVES;
    const isInert = finding.type === Type.SCRIPT_UNSAFE_INLINE && inline === "neither";
    const fix = typeof words?.fix === "function" ? words.fix(finding) : (words?.fix ?? "See csp_evaluator.");
    return [{ severity: isInert ? "low" : (words?.severity ?? severity), directive, message, fix, missing }];
  });
}

const TOO_LONG: Evaluation = {
  severity: "medium",
  directive: "",
  message: `The policy has more than ${LONGEST} characters, and was not checked for bypasses.`,
  fix: "Write fewer sources.",
  missing: false,
};

function findingsOf({ text }: CspPolicy): readonly GoogleFinding[] {
  const written = parse(text);
  const csp = withoutFalseProof(written);
  if (csp === written) return run(csp);
  const nonces = attempt(() => new CspEvaluator(written).evaluate(undefined, [checkNonceLength]));
  return [...run(csp), ...nonces.filter(({ value = "" }) => isFalseProof(value))];
}

const isFalseProof = (value: string) => /^'(?:nonce-|sha)/i.test(value) && !isProof(value);

/** Without what csp_evaluator takes as a nonce or a hash, and browsers do not: it leaves `'unsafe-inline'` in effect. */
function withoutFalseProof(csp: Csp): Csp {
  const entries = Object.entries(csp.directives);
  if (!entries.some(([, values]) => values?.some(isFalseProof))) return csp;
  return new Csp(Object.fromEntries(entries.map(([name, values = []]) => [name, values.filter((value) => !isFalseProof(value))])));
}

function run(csp: Csp): readonly GoogleFinding[] {
  try {
    return new CspEvaluator(csp).evaluate(undefined, checksFor(csp));
  } catch {
    // It parses every source as a URL, and throws where one is not: each check runs alone, without the sources that browsers ignore.
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

/** Parses as csp_evaluator does, whose own parser takes as long as all checks together. */
function parse(text: string): Csp {
  const directives: Record<string, string[]> = {};
  for (const directive of directiveTexts(text)) {
    const [name = "", ...values] = directive.split(/\s+/);
    const key = name.toLowerCase();
    if (!Object.hasOwn(directives, key)) directives[key] = [...new Set(values.map(normal))];
  }
  return new Csp(directives);
}

/** Keywords and schemes in lower case; hosts, paths, nonces and hashes as written. */
function normal(value: string): string {
  const source = readSource(value, "wire");
  switch (source.kind) {
    case "keyword":
    case "trial":
      return source.text;
    case "scheme":
      return value.toLowerCase();
    case "fault":
      return value.startsWith("'") && !isProof(value) ? value.toLowerCase() : value;
    case "nonce":
    case "hash":
    case "host":
      return value;
    default:
      return unreachable(source);
  }
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
