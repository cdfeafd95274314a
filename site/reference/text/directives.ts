import type { DirectiveKey } from "../../../src/headers/content-security-policy/directives.js";

/** What a reader of one directive's page has to know beside its doc comment. */
export interface DirectiveText {
  /** One to three sentences: when to write it, and what. */
  readonly text: string;
  /** A value as a policy writes it. */
  readonly example: string;
  /** What the example needs beside it: further keys of a policy. */
  readonly beside?: Readonly<Record<string, unknown>>;
}

/** A directive of the registry without a row here is a compile error. */
export const directiveTexts: Readonly<Record<DirectiveKey, DirectiveText>> = {
  defaultSrc: {
    text: 'Write `["none"]` and name each kind of file that the page loads, or `["self"]` as a start. It does not stand in for `base-uri`, `form-action` and `frame-ancestors`.',
    example: '["self"]',
  },
  scriptSrc: {
    text: 'This directive decides about XSS. Write `["self"]` where every script is a file of your own, or `[nonce, "strict-dynamic"]` where scripts load further scripts. `"unsafe-inline"` makes it almost worthless.',
    example: '["self", "https://cdn.example"]',
  },
  scriptSrcElem: {
    text: "Write it only where `<script>` elements need another list than inline handlers and `eval`; elsewhere `script-src` is enough. It replaces `script-src` for `<script>` elements, and does not add to it.",
    example: '["self", "https://cdn.example"]',
  },
  scriptSrcAttr: {
    text: 'Write `["none"]`: handlers belong into scripts, with `addEventListener`. The preset `recommended` sends that.',
    example: '["none"]',
  },
  styleSrc: {
    text: 'Write `["self"]` and your font or CDN hosts. `"unsafe-inline"` is less dangerous here than in `script-src`, but injected styles can cover the page and read parts of it.',
    example: '["self", "https://fonts.googleapis.com"]',
  },
  styleSrcElem: {
    text: "Write it where `<style>` elements and style sheets need another list than `style` attributes. It replaces `style-src` for them.",
    example: '["self"]',
  },
  styleSrcAttr: {
    text: 'Write `["unsafe-inline"]` here, and keep it out of `style-src`, where a library sets `style` attributes in HTML. Scripts that set `element.style` need nothing.',
    example: '["unsafe-inline"]',
  },
  imgSrc: {
    text: 'Write the hosts of your images, and `"data:"` where style sheets contain images. `"https:"` allows every host, to which injected markup can send data.',
    example: '["self", "data:", "https://images.example"]',
  },
  fontSrc: {
    text: "Write the hosts that serve font files. The style sheet that names them belongs into `style-src`.",
    example: '["self", "https://fonts.gstatic.com"]',
  },
  connectSrc: {
    text: "Write the origins of your APIs, and of WebSockets with `wss:`. It also limits where an injected script could send what it has read.",
    example: '["self", "https://api.example", "wss://live.example"]',
  },
  mediaSrc: {
    text: 'Write the hosts of audio and video files, and `"blob:"` where a player builds its stream in a script.',
    example: '["self", "https://media.example"]',
  },
  objectSrc: {
    text: 'Write `["none"]`: no current browser needs plugins, and `<object>` can run scripts of its own origin.',
    example: '["none"]',
  },
  childSrc: {
    text: "Write `frame-src` and `worker-src` instead, which say which of the two is meant.",
    example: '["self"]',
  },
  frameSrc: {
    text: "Write the origins of embedded videos, maps and payment forms. It does not decide who may frame this page: that is `frame-ancestors`.",
    example: '["https://www.youtube-nocookie.com"]',
  },
  workerSrc: {
    text: 'Write `["self"]`, and `"blob:"` where a library starts workers from text.',
    example: '["self", "blob:"]',
  },
  manifestSrc: {
    text: "Write it where the web app manifest is on another host than the list of `default-src` allows.",
    example: '["self"]',
  },
  fencedFrameSrc: {
    text: "Write it where the page uses `<fencedframe>`; only Chromium has that element.",
    example: '["https://ads.example"]',
  },
  baseUri: {
    text: 'Write `["none"]` or `["self"]`: an injected `<base>` would redirect every relative URL of the page, scripts included. `default-src` does not cover it.',
    example: '["self"]',
  },
  formAction: {
    text: 'Write `["self"]`: injected markup cannot send a form, and what a password manager fills in, to another host. `default-src` does not cover it.',
    example: '["self"]',
  },
  frameAncestors: {
    text: 'Write `["none"]` or `["self"]` against clickjacking, or the origins that may embed the page. It overrides X-Frame-Options, and is ignored in a `<meta>` element.',
    example: '["self", "https://partner.example"]',
  },
  sandbox: {
    text: "Write it for pages with content of strangers, such as uploads: `[]` allows neither scripts nor forms. Name what such a page may do.",
    example: '["allow-scripts"]',
  },
  webrtc: {
    text: 'It takes `"allow"` or `"block"`. Do not rely on it.',
    example: '"block"',
  },
  requireTrustedTypesFor: {
    text: "It stops DOM-based XSS: `innerHTML` and similar sinks refuse plain text. Send it report-only first, and write `trustedTypes` beside it.",
    example: '["script"]',
    beside: { contentSecurityPolicy: { trustedTypes: ["default"] } },
  },
  trustedTypes: {
    text: 'Write the names that your scripts and libraries pass to `trustedTypes.createPolicy()`, or `["none"]`. It has an effect only with `require-trusted-types-for`.',
    example: '["default", "dompurify"]',
    beside: { contentSecurityPolicy: { requireTrustedTypesFor: ["script"] } },
  },
  upgradeInsecureRequests: {
    text: "Write it while old pages still contain http addresses. It is left out of responses over plain http and of those on this machine, where it would break the page.",
    example: "true",
  },
  treatAsPublicAddress: {
    text: "Write it on a server inside a private network whose pages may contain scripts of strangers.",
    example: "true",
  },
  reportUri: {
    text: "Write the setting `reporting` instead, which adds this directive and `report-to`.",
    example: '["/csp-report"]',
  },
  reportTo: {
    text: "Write the setting `reporting` instead, which adds this directive and Reporting-Endpoints.",
    example: '"csp"',
    beside: { reportingEndpoints: { csp: "/csp-report" } },
  },
};
