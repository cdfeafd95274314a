import { nameOf, rows } from "../../headers/content-security-policy/directives.js";
import { type CspPolicy, cspPath, effective, isBroad, isProof } from "../../headers/content-security-policy/wire.js";
import { readSource } from "../../values/sources.js";
import type { AuditRule, Found } from "../finding.js";
import { standard } from "../standard.js";

const HEADER = "Content-Security-Policy";
const CLICKJACKING = standard("A01", "CWE-1021", "https://www.w3.org/TR/CSP3/#directive-frame-ancestors");

/** What an enforced policy leaves open, except for scripts. */
export const cspWeak: AuditRule = {
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
const unencrypted = (text: string) => {
  const source = readSource(text, "wire");
  return source.kind === "scheme" && ["http", "ftp", "ws"].includes(source.scheme);
};

const WEBRTC: Omit<Opening, "open"> = {
  directive: "webrtc",
  severity: "info",
  message: "webrtc 'block' is not known to be enforced by any browser: scripts of the page can still connect by WebRTC.",
  fix: "Do not rely on it; a script-src that blocks injected scripts keeps them from WebRTC too.",
};

const OPENINGS: readonly Opening[] = [
  {
    directive: "style-src",
    severity: "low",
    message: "Inline styles are allowed: injected markup can cover the page, and read it by selectors.",
    fix: "Remove 'unsafe-inline' from style-src, or give styles a nonce or a hash.",
    open: (policy) =>
      effective(policy, "style-src") === undefined ||
      (holds(policy, "style-src", (source) => source === "'unsafe-inline'") && !holds(policy, "style-src", isProof)),
  },
  {
    directive: "form-action",
    severity: "low",
    message: "form-action is missing, and does not fall back to default-src: forms may be sent to any site.",
    fix: "Write form-action 'self'.",
    open: ({ directives }) => !directives.has("form-action"),
  },
  {
    directive: "base-uri",
    severity: "low",
    message: "base-uri is missing, and does not fall back to default-src: an injected <base> makes relative URLs point to another site.",
    fix: "Write base-uri 'none' or 'self'.",
    // With a nonce this is more severe than low, and csp-bypass reports it.
    open: (policy) => !policy.directives.has("base-uri") && !holds(policy, "script-src", isProof),
  },
  {
    directive: "frame-ancestors",
    severity: "medium",
    message: "frame-ancestors lets every site frame this page, whatever X-Frame-Options says.",
    fix: "Write frame-ancestors 'self', 'none' or the allowed origins.",
    standard: CLICKJACKING,
    open: ({ directives }) => (directives.get("frame-ancestors") ?? []).some(isBroad),
  },
  {
    directive: "default-src",
    severity: "low",
    message: "A whole scheme without encryption is allowed: anyone on the network can change what is loaded.",
    fix: "Write https: or wss: instead of http:, ftp: and ws:, or better the hosts.",
    open: (policy) => lists.some((key) => (policy.directives.get(nameOf(key)) ?? []).some(unencrypted)),
  },
];
