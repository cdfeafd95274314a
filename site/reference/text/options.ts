import type { settings } from "../../../src/headers/index.js";

/** What a reader of one setting's page has to know beside its doc comment. */
export interface SettingText {
  readonly text: string;
  /** Layers that show its effect, as code and as values. */
  readonly code: string;
  readonly layers: readonly unknown[];
  /** The guide about it: its file in `docs/` without `.md`. */
  readonly guide: string;
}

/** A setting of the registry without a row here is a compile error. */
export const settingTexts: Readonly<Record<keyof typeof settings, SettingText>> = {
  reporting: {
    text: "It adds Reporting-Endpoints, and `report-to` and `report-uri` to every header that is on. Write a path of your own site, or an https URL. With `sample`, only a share of the responses asks for reports.",
    code: 'securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self"] }, reporting: "/csp-report" })',
    layers: ["none", { contentSecurityPolicy: { defaultSrc: ["self"] }, reporting: "/csp-report" }],
    guide: "report-only",
  },
  custom: {
    text: "Use it for headers without a key of their own. Names that belong to the connection or to a single response, such as `Content-Length` and `Set-Cookie`, are refused. `false` removes a header that a lower layer has.",
    code: 'securityHeaders("none", { custom: { "X-Robots-Tag": "noindex" } })',
    layers: ["none", { custom: { "X-Robots-Tag": "noindex" } }],
    guide: "overrides",
  },
  stripHeaders: {
    text: "The names are removed from each response, even if the application sets them before the middleware; with `sealHeaders()` also if it sets them later. Presets remove `X-Powered-By`.",
    code: 'securityHeaders("recommended", { stripHeaders: ["X-Powered-By", "Server"] })',
    layers: ["recommended", { stripHeaders: ["X-Powered-By", "Server"] }],
    guide: "responses",
  },
  maxBytes: {
    text: "A longer value is refused at boot, before a proxy refuses the response. Raise it only where every server in front accepts headers of that size.",
    code: 'securityHeaders("strict", { maxBytes: 32768 })',
    layers: ["strict", { maxBytes: 32_768 }],
    guide: "overrides",
  },
  developmentOnly: {
    text: "`viteDev()`, `nextDev()` and `livereload()` set it. Write it in a layer of your own that must not reach production.",
    code: 'securityHeaders("strict", { developmentOnly: "our dev server", contentSecurityPolicy: { connectSrc: ["self", "ws:"] } })',
    layers: ["strict", { developmentOnly: "our dev server", contentSecurityPolicy: { connectSrc: ["self", "ws:"] } }],
    guide: "frameworks",
  },
};
