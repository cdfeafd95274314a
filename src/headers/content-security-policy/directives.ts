import { type LazyMap, lazyMap } from "../../values/lazy.js";
import { bare, mapped, own } from "../../values/own.js";
import type { Keyword } from "../../values/sources.js";
import { kebabCase } from "../../values/text.js";

type Quoted<K extends string> = K | `'${K}'`;
type Algorithm = "sha256" | "sha384" | "sha512";

const BASIC = ["none", "self"] as const satisfies readonly Keyword[];
const INLINE = [...BASIC, "unsafe-inline", "unsafe-hashes", "report-sample"] as const satisfies readonly Keyword[];
const EVAL = ["unsafe-eval", "wasm-unsafe-eval", "trusted-types-eval"] as const satisfies readonly Keyword[];
const REPORT_HASH = ["report-sha256", "report-sha384", "report-sha512"] as const satisfies readonly Keyword[];

/** What a source list takes, by kind of directive. CSP3 §6 and the specifications that add keywords. */
export const sourceLists = {
  basic: { keywords: BASIC, inline: false },
  connect: { keywords: [...BASIC, "unsafe-webtransport-hashes"], inline: false },
  style: { keywords: INLINE, inline: true },
  default: { keywords: [...INLINE, "strict-dynamic", ...EVAL], inline: true },
  script: { keywords: [...INLINE, "strict-dynamic", ...EVAL, "inline-speculation-rules", ...REPORT_HASH], inline: true },
  scriptElement: { keywords: [...INLINE, "strict-dynamic", "inline-speculation-rules", ...REPORT_HASH], inline: true },
  scriptAttribute: { keywords: [...INLINE, "strict-dynamic", ...REPORT_HASH], inline: true },
} as const satisfies Record<string, SourceListKind>;

export interface SourceListKind {
  readonly keywords: readonly Keyword[];
  /** Whether it takes nonces and hashes, which apply to inline content. */
  readonly inline: boolean;
}

export type SourceListName = keyof typeof sourceLists;

/** What the source lists of one kind hold as text. */
export type SourceTexts<List extends SourceListName> =
  | Quoted<(typeof sourceLists)[List]["keywords"][number]>
  | SchemeText
  | HostText
  | ((typeof sourceLists)[List]["inline"] extends true ? `'${Algorithm}-${string}'` : never);

// `& {}` keeps the pattern from swallowing the schemes that an editor is to offer.
type SchemeText = "https:" | "http:" | "data:" | "blob:" | "ws:" | "wss:" | (`${string}:` & {});
type HostText = "*" | "localhost" | `${string}.${string}` | `${string}:${number}` | `${string}:*` | `${string}://${string}`;

/** The allowances of a sandbox. HTML §7.1.5. */
export const SANDBOX_TOKENS = [
  "allow-downloads",
  "allow-forms",
  "allow-modals",
  "allow-orientation-lock",
  "allow-pointer-lock",
  "allow-popups",
  "allow-popups-to-escape-sandbox",
  "allow-presentation",
  "allow-same-origin",
  "allow-scripts",
  "allow-storage-access-by-user-activation",
  "allow-top-navigation",
  "allow-top-navigation-by-user-activation",
  "allow-top-navigation-to-custom-protocols",
] as const;

export interface Directive {
  /** The kind of value: one of the source lists, or another grammar. */
  readonly takes: SourceListName | "sandbox" | "trustedTypes" | "trustedTypesFor" | "urls" | "endpoint" | "webrtc" | "flag";
  /** Its fallback directives, nearest first. CSP3 §6.8.3. */
  readonly fallback?: readonly string[];
  /** Has no meaning in a Report-Only policy. */
  readonly enforcedOnly?: true;
}

/** Every directive, one row each. */
export const directives = {
  /** `default-src`: what the other fetch directives fall back to. CSP3 §6.1.3. */
  defaultSrc: { takes: "default" },
  /** `script-src`: scripts, inline handlers, `eval`. CSP3 §6.1.10. */
  scriptSrc: { takes: "script", fallback: ["defaultSrc"] },
  /** `script-src-elem`: `<script>` elements. CSP3 §6.1.11. */
  scriptSrcElem: { takes: "scriptElement", fallback: ["scriptSrc", "defaultSrc"] },
  /** `script-src-attr`: inline event handlers such as `onclick`. CSP3 §6.1.12. */
  scriptSrcAttr: { takes: "scriptAttribute", fallback: ["scriptSrc", "defaultSrc"] },
  /** `style-src`: style sheets and inline styles. CSP3 §6.1.13. */
  styleSrc: { takes: "style", fallback: ["defaultSrc"] },
  /** `style-src-elem`: `<style>` elements and linked style sheets. CSP3 §6.1.14. */
  styleSrcElem: { takes: "style", fallback: ["styleSrc", "defaultSrc"] },
  /** `style-src-attr`: `style` attributes. CSP3 §6.1.15. */
  styleSrcAttr: { takes: "style", fallback: ["styleSrc", "defaultSrc"] },
  /** `img-src`: images and icons. CSP3 §6.1.6. */
  imgSrc: { takes: "basic", fallback: ["defaultSrc"] },
  /** `font-src`: fonts. CSP3 §6.1.4. */
  fontSrc: { takes: "basic", fallback: ["defaultSrc"] },
  /** `connect-src`: fetch, XMLHttpRequest, WebSocket, EventSource, beacons. CSP3 §6.1.2. */
  connectSrc: { takes: "connect", fallback: ["defaultSrc"] },
  /** `media-src`: audio, video and their tracks. CSP3 §6.1.8. */
  mediaSrc: { takes: "basic", fallback: ["defaultSrc"] },
  /** `object-src`: `<object>` and `<embed>`. CSP3 §6.1.9. */
  objectSrc: { takes: "basic", fallback: ["defaultSrc"] },
  /** `child-src`: frames and workers, where frame-src and worker-src are absent. CSP3 §6.1.1. */
  childSrc: { takes: "basic", fallback: ["defaultSrc"] },
  /** `frame-src`: what this page may show in frames. CSP3 §6.1.5. */
  frameSrc: { takes: "basic", fallback: ["childSrc", "defaultSrc"] },
  /** `worker-src`: workers, shared and service workers. CSP3 §6.1.16. */
  workerSrc: { takes: "basic", fallback: ["childSrc", "scriptSrc", "defaultSrc"] },
  /** `manifest-src`: the web app manifest. CSP3 §6.1.7. */
  manifestSrc: { takes: "basic", fallback: ["defaultSrc"] },
  /** `fenced-frame-src`: `<fencedframe>`. Fenced Frame §5. */
  fencedFrameSrc: { takes: "basic", fallback: ["frameSrc", "childSrc", "defaultSrc"] },
  /** `base-uri`: what `<base href>` may name; has no fallback. CSP3 §6.3.1. */
  baseUri: { takes: "basic" },
  /** `form-action`: where forms may be sent; has no fallback. CSP3 §6.4.1. */
  formAction: { takes: "basic" },
  /** `frame-ancestors`: who may show this page in a frame; has no fallback. CSP3 §6.4.2. */
  frameAncestors: { takes: "basic" },
  /** `sandbox`: the page is treated as in a sandboxed frame; `[]` allows nothing. CSP3 §6.3.2. */
  sandbox: { takes: "sandbox", enforcedOnly: true },
  /** `webrtc`: whether WebRTC connections are allowed; no browser is known to enforce it. CSP3 §6.2.1. */
  webrtc: { takes: "webrtc" },
  /** `require-trusted-types-for`: DOM sinks take Trusted Types only. Trusted Types §4.2.1. */
  requireTrustedTypesFor: { takes: "trustedTypesFor" },
  /** `trusted-types`: the names of the policies that may be made. Trusted Types §4.2.2. */
  trustedTypes: { takes: "trustedTypes" },
  /** `upgrade-insecure-requests`: http URLs of the page are fetched over https. Upgrade Insecure Requests §3.1. */
  upgradeInsecureRequests: { takes: "flag", enforcedOnly: true },
  /** `treat-as-public-address`: the page requests local addresses as a page from the public internet would; Chromium only. Private Network Access §3.4. */
  treatAsPublicAddress: { takes: "flag", enforcedOnly: true },
  /** `report-uri`: where browsers without support for `report-to` post violations. `reporting` writes both. CSP3 §6.5.1. */
  reportUri: { takes: "urls" },
  /** `report-to`: the endpoint, named in Reporting-Endpoints, that gets violations. CSP3 §6.5.2. */
  reportTo: { takes: "endpoint" },
} as const satisfies Record<string, Directive>;

/** The option's name of a directive: `"scriptSrc"`. */
export type DirectiveKey = keyof typeof directives;

/** The same table without the literal types. Missing properties of a row are not looked up on `Object.prototype`. */
export const rows: Readonly<Record<string, Directive>> = mapped<Directive, Directive>(directives, bare);

/** `script-src` for `scriptSrc`. */
export const nameOf = kebabCase;

/** Directives that were, and why they are not written any more. */
export const deprecated: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "block-all-mixed-content": "Browsers block mixed content by themselves; use upgradeInsecureRequests: true.",
    "prefetch-src": "No browser has it any more; defaultSrc covers prefetches.",
    "plugin-types": 'No browser has plugins any more; use objectSrc: ["none"].',
    referrer: "Use the key referrerPolicy.",
    "reflected-xss": "Use the key xXssProtection.",
    "navigate-to": "No browser ever shipped it; formAction covers forms.",
    "require-sri-for": "Use the key integrityPolicy.",
  }),
);

/** The key of a directive by its wire name, in lower case. */
export const keyOfName: LazyMap<string, string> = lazyMap(() => new Map(Object.keys(rows).map((key) => [nameOf(key), key])));

/** `scriptSrc and styleSrc`, for a keyword in the wrong directive. */
export function placesOf(keyword: Keyword): string[] {
  return Object.keys(rows).filter((key) => takesOf(key)?.keywords.includes(keyword));
}

/** What the source list of a directive takes; undefined if its value is not a source list. */
export function takesOf(key: string): SourceListKind | undefined {
  return own(sourceLists, rows[key]?.takes ?? "") as SourceListKind | undefined;
}
