import { nameOf, rows } from "../../headers/content-security-policy/directives.js";
import { type CspPolicy, cspPath, effective, isBroad, isProof } from "../../headers/content-security-policy/wire.js";
import { readSource } from "../../values/sources.js";
import type { AuditRule, Found } from "../finding.js";
import { standard } from "../standard.js";

const HEADER = "Content-Security-Policy";
const CLICKJACKING = standard("A01", "CWE-1021", "https://www.w3.org/TR/CSP3/#directive-frame-ancestors");

/** What an enforced policy leaves open, except for scripts. */
export const cspWeak: AuditRule<"csp-weak"> = {
  rule: "csp-weak",

  check: ({ enforced, isDocument }) => {
    if (enforced.length === 0 || !isDocument) return [];
    // All policies are enforced together: only what every one of them leaves open is open.
    const found = [...inlineStyles(enforced), ...OPENINGS.filter(({ open }) => enforced.every(open))];
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

/** `<style>` elements and `style` attributes: each has a directive that replaces style-src for it. CSP3 §6.8.4. */
const INLINE_STYLES = {
  "style-src-elem": "<style> elements are allowed: injected ones can cover the page, and read it by selectors.",
  "style-src-attr": "Style attributes are allowed: injected markup can cover the page.",
} as const;

type InlineStyle = keyof typeof INLINE_STYLES;

/** The kinds of inline style that every policy allows: one finding where one list governs both. */
function inlineStyles(policies: readonly CspPolicy[]): readonly Omit<Opening, "open">[] {
  const open = (Object.keys(INLINE_STYLES) as InlineStyle[]).filter((name) => policies.every((policy) => allowsInline(policy, name)));
  const [governing, other] = open.map((name) => governingStyle(policies, name));
  if (open.length === 2 && governing === other) {
    return [styleFinding(governing, "Inline styles are allowed: injected markup can cover the page, and read it by selectors.")];
  }
  return open.map((name) => styleFinding(governingStyle(policies, name), INLINE_STYLES[name]));
}

/** `governing`: undefined where no policy has a list for styles. */
function styleFinding(governing: string | undefined, message: string): Omit<Opening, "open"> {
  const common = { severity: "low" } as const;
  switch (governing) {
    case undefined:
      return { ...common, directive: "style-src", message: `style-src and default-src are missing. ${message}`, fix: WRITE_STYLE_SRC };
    case "default-src":
      return { ...common, directive: "style-src", message, fix: `${WRITE_STYLE_SRC} It replaces default-src for styles.` };
    case "style-src-attr":
      return {
        ...common,
        directive: governing,
        message,
        fix: "Remove 'unsafe-inline' from style-src-attr: use classes, or set element.style in a script.",
      };
    default:
      return {
        ...common,
        directive: governing,
        message,
        fix: `Remove 'unsafe-inline' from ${governing}, or give styles a nonce or a hash.`,
      };
  }
}

const WRITE_STYLE_SRC = "Write style-src 'self', and give inline styles a nonce or a hash.";

function allowsInline(policy: CspPolicy, name: InlineStyle): boolean {
  const list = effective(policy, name);
  return list === undefined || (list.includes("'unsafe-inline'") && !list.some(isProof));
}

/** The directive whose list decides: the first of its fallbacks that a policy has. */
function governingStyle(policies: readonly CspPolicy[], name: InlineStyle): string | undefined {
  return [name, "style-src", "default-src"].find((one) => policies.some(({ directives }) => directives.has(one)));
}

const OPENINGS: readonly Opening[] = [
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
