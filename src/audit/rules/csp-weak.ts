import { nameOf, rows } from "../../headers/content-security-policy/directives.js";
import { type CspPolicy, cspPath, effective, isBroad, isProof } from "../../headers/content-security-policy/wire.js";
import type { Found, Rule } from "../finding.js";
import { standard } from "../standards.js";

const HEADER = "Content-Security-Policy";
const CLICKJACKING = standard("A01", "CWE-1021", "https://www.w3.org/TR/CSP3/#directive-frame-ancestors");

/** What an enforced policy leaves open beside scripts. */
export const cspWeak: Rule = {
  rule: "csp-weak",

  check: ({ enforced, isDocument }) => {
    if (enforced.length === 0 || !isDocument) return [];
    // All policies are enforced together: only what every one of them leaves open is open.
    const found = OPENINGS.filter(({ open }) => enforced.every(open));
    const blocksWebrtc = enforced.some(({ directives }) => directives.get("webrtc")?.join(" ") === "'block'");
    return [...found, ...(blocksWebrtc ? [WEBRTC] : [])].map((one): Found => ({ ...one, header: HEADER, path: cspPath(one.directive) }));
  },
};

interface Opening extends Pick<Found, "severity" | "message" | "fix" | "standard"> {
  readonly directive: string;
  readonly open: (policy: CspPolicy) => boolean;
}

const holds = (policy: CspPolicy, name: string, test: (source: string) => boolean) => (effective(policy, name) ?? []).some(test);
const lists = Object.keys(rows).filter((key) => key === "defaultSrc" || rows[key]?.fallback !== undefined);
const unencrypted = (source: string) => /^(?:http|ftp|ws):$/.test(source);

const WEBRTC: Omit<Opening, "open"> = {
  directive: "webrtc",
  severity: "info",
  message: "webrtc 'block' is not known to be enforced by any browser: scripts of the page can still connect by WebRTC.",
  fix: "Do not count on it; what keeps scripts of others out of the page keeps them from WebRTC too.",
};

const OPENINGS: readonly Opening[] = [
  {
    directive: "style-src",
    severity: "low",
    message: "Inline styles may stand anywhere: markup that somebody gets into the page can cover it, and read it by selectors.",
    fix: "Take 'unsafe-inline' out of style-src, or give styles a nonce or a hash.",
    open: (policy) =>
      effective(policy, "style-src") === undefined ||
      (holds(policy, "style-src", (source) => source === "'unsafe-inline'") && !holds(policy, "style-src", isProof)),
  },
  {
    directive: "form-action",
    severity: "low",
    message: "form-action is missing, and default-src does not stand in for it: a form may be sent to any site.",
    fix: "Write form-action 'self'.",
    open: ({ directives }) => !directives.has("form-action"),
  },
  {
    directive: "base-uri",
    severity: "low",
    message: "base-uri is missing, and default-src does not stand in for it: a <base> may turn relative addresses to any site.",
    fix: "Write base-uri 'none' or 'self'.",
    // Where a nonce stands this is more than low, and csp-bypass says so.
    open: (policy) => !policy.directives.has("base-uri") && !holds(policy, "script-src", isProof),
  },
  {
    directive: "frame-ancestors",
    severity: "medium",
    message: "frame-ancestors lets every site frame this page, whatever X-Frame-Options says.",
    fix: "Write frame-ancestors 'self', 'none' or the origins that may.",
    standard: CLICKJACKING,
    open: ({ directives }) => (directives.get("frame-ancestors") ?? []).some(isBroad),
  },
  {
    directive: "default-src",
    severity: "low",
    message: "A whole scheme without encryption is allowed: anybody on the way may change what is loaded.",
    fix: "Write https: or wss: in place of http:, ftp: and ws:, or better the hosts.",
    open: (policy) => lists.some((key) => (policy.directives.get(nameOf(key)) ?? []).some(unencrypted)),
  },
];
