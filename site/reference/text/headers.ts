import type { Headers } from "../../../src/headers/index.js";

/** What a reader of one header's page has to know beside its doc comment. */
export interface HeaderText {
  /** One or two sentences: what it protects against, and when to write it. */
  readonly text: string;
  /** Further specifications, with their names. */
  readonly specifications?: readonly (readonly [name: string, url: string])[];
  /** Guides about it: the file in `docs/` without `.md`, and the text of the link. */
  readonly guides?: readonly (readonly [file: string, text: string])[];
}

/** A header of the registry without a row here is a compile error. */
export const headerTexts: Readonly<Record<keyof Headers, HeaderText>> = {
  contentSecurityPolicy: {
    text: "It is the strongest defence of a page against injected scripts (XSS), and also decides who may frame the page and where its forms are sent. Start with a preset, send it report-only first, and add what your pages need.",
    guides: [
      ["rollout", "From no policy to an enforced one"],
      ["nonces", "Nonces, and sources that depend on the request"],
      ["report-only", "Report-only"],
    ],
  },
  strictTransportSecurity: {
    text: "Without it, the first request of a visit can be sent over plain http, where it can be read and changed on the network. Start with a short `maxAge` such as 300, and raise it once every page and subdomain works over https.",
    guides: [
      ["rollout", "From no policy to an enforced one: HSTS, slowly"],
      ["responses", "Responses: sealing, https, cookies"],
    ],
  },
  xFrameOptions: {
    text: 'It prevents clickjacking in browsers that do not read `frame-ancestors`. Write `"DENY"` or `"SAMEORIGIN"`, and `frameAncestors` in the Content-Security-Policy beside it.',
    specifications: [["RFC 7034", "https://www.rfc-editor.org/rfc/rfc7034"]],
  },
  xContentTypeOptions: {
    text: "It stops browsers from guessing: an upload that is served as text does not run as a script. Every response should have it, with the value `nosniff`.",
  },
  referrerPolicy: {
    text: 'URLs may contain search terms, identifiers and tokens, which the `Referer` header passes on. `"strict-origin-when-cross-origin"` sends other sites the origin only; `"no-referrer"` sends nothing.',
  },
  permissionsPolicy: {
    text: "It switches off the camera, the microphone, geolocation and other features for the page and for the frames in it, so that an injected script or an advertisement cannot ask for them. Write `[]` for a feature that nobody may use.",
    guides: [["overrides", "Overrides, and the keys of a policy"]],
  },
  crossOriginOpenerPolicy: {
    text: 'It cuts the link between this page and windows of other sites that open it or that it opens, which protects against cross-site leaks. Where pop-ups are used to log in or to pay, write `"same-origin-allow-popups"`.',
  },
  crossOriginEmbedderPolicy: {
    text: "Together with `Cross-Origin-Opener-Policy: same-origin` it makes the page cross-origin isolated, which `SharedArrayBuffer` and precise timers require. Every image, script and frame of another origin must then agree to be embedded.",
  },
  crossOriginResourcePolicy: {
    text: 'It keeps other sites from loading this response as an image, a script or a frame, and so from reading it with a side channel such as Spectre. Files that other sites may embed need `"cross-origin"`.',
  },
  originAgentCluster: {
    text: "A separate process protects the page's memory from other subdomains of the same site. The page can no longer set `document.domain`.",
  },
  documentIsolationPolicy: {
    text: "It gives a page `SharedArrayBuffer` and precise timers without any demand on the windows it opens or on the frames it embeds. Only Chromium supports it.",
  },
  documentPolicy: {
    text: "It lets a page refuse slow or risky features such as `document.write()` and synchronous requests. Only Chromium supports it; a key that is left out is not sent.",
    specifications: [["Document Policy", "https://wicg.github.io/document-policy/"]],
  },
  integrityPolicy: {
    text: "A script from a CDN that somebody has changed does not match its `integrity` attribute, and browsers do not run it; this header makes sure that no script goes without the attribute. Send it report-only first.",
    guides: [["hashes", "Hashes for built pages"]],
  },
  xDnsPrefetchControl: {
    text: 'Looking up hosts in advance is fast, and tells the DNS resolver which links a private page has. `"off"` switches it off in browsers that read the header.',
  },
  xDownloadOptions: {
    text: "No current browser reads it, and no preset sends it. Write it only where a checklist requires it.",
    specifications: [
      [
        "Microsoft, Internet Explorer 8 security",
        "https://learn.microsoft.com/archive/blogs/ie/ie8-security-part-v-comprehensive-protection",
      ],
    ],
  },
  xPermittedCrossDomainPolicies: {
    text: "No current browser runs the plugins that read it. `strict` sends `none`, because the OWASP Secure Headers Project lists it.",
    specifications: [["OWASP Secure Headers Project", "https://owasp.org/www-project-secure-headers/"]],
  },
  xXssProtection: {
    text: 'The filter that it controlled could be used to attack pages, and browsers have removed it. Write `"0"`, or leave the header out.',
  },
  cacheControl: {
    text: 'A page with personal data, or with a nonce, must not be stored by a shared cache: write `"no-store"`. Files whose name contains a hash of their content can be stored for a year.',
    guides: [["nonces", "Nonces: caching"]],
  },
  clearSiteData: {
    text: 'It makes the browser delete cookies, storage and caches of this site. Send it with the response to a logout: `override({ clearSiteData: ["cookies", "storage"] })`.',
    guides: [["overrides", "Overrides, and the keys of a policy"]],
  },
  reportingEndpoints: {
    text: "Other headers name these endpoints in `report-to`. Write the setting `reporting` instead, which adds this header and every `report-to`; write this key for several endpoints with names of your own.",
    guides: [["report-only", "Report-only"]],
  },
};
