import type { ApplicationName } from "../../../src/applications/index.js";
import type { PresetName } from "../../../src/presets/index.js";

/** What a reader of one preset's page has to know beside its doc comment. */
export interface PresetText {
  /** When to use it. */
  readonly purpose: string;
  /** What stops working under it, and what to write for that; each a whole sentence. */
  readonly breaks: readonly string[];
  /** The guide about it: its file in `docs/` without `.md`. */
  readonly guide: string;
  /** Of a patch: the preset below it on the page. */
  readonly over?: PresetName;
}

const INLINE_HANDLERS = "Inline event handlers such as `onclick` do not run: use `addEventListener`.";
const INLINE_SCRIPTS = "Inline scripts do not run: move them to files, or add their hashes to `scriptSrc`.";
const ISOLATED =
  "Files of other sites load only if they send Cross-Origin-Resource-Policy or are requested with CORS: `Cross-Origin-Embedder-Policy` is `require-corp`.";
const NO_FRAMES_AROUND = "No site may show the page in a frame, your own included: write `frameAncestors` and `xFrameOptions` for that.";

/** A preset without a row here is a compile error. */
export const presetTexts: Readonly<Record<PresetName | ApplicationName, PresetText>> = {
  recommended: {
    purpose: "Use it for a server-rendered site that serves its own files. It is what `securityHeaders()` sends without arguments.",
    breaks: [
      INLINE_SCRIPTS,
      INLINE_HANDLERS,
      "Scripts, images and connections of other sites are blocked: add their hosts, or a recipe.",
      "Other sites cannot embed your images and scripts: `Cross-Origin-Resource-Policy` is `same-origin`.",
    ],
    guide: "overrides",
  },
  strict: {
    purpose: "Use it for a site whose scripts and styles are all files of its own, and as the base that you add to.",
    breaks: [
      INLINE_SCRIPTS,
      INLINE_HANDLERS,
      "Inline styles and `style` attributes have no effect: use classes, or set `element.style` in a script.",
      "`data:` images, frames, workers, audio, video and the web app manifest are blocked: name them.",
      NO_FRAMES_AROUND,
    ],
    guide: "rollout",
  },
  strictDynamic: {
    purpose:
      "Use it where the server writes a nonce into every `<script>` of its pages. Scripts with a nonce may load further scripts, and no host needs to be listed.",
    breaks: [
      'Scripts without the nonce do not run: write `<script nonce="…">` with `res.locals.cspNonce`.',
      INLINE_HANDLERS,
      "`innerHTML` and similar sinks refuse plain text, and no Trusted Types policy may be created: name yours in `trustedTypes`.",
      ISOLATED,
      "Static files and caches cannot send a nonce: use hashes there.",
    ],
    guide: "nonces",
  },
  api: {
    purpose: "Use it for a service that answers with JSON or files, and never with a page. Responses are not stored in caches.",
    breaks: [
      "A page of documentation on the same service loads nothing: use another preset for its route, such as `override(swaggerUi)`.",
      "Pages of other origins cannot read responses without CORS headers, which you set yourself; `Cross-Origin-Resource-Policy` is `same-origin`.",
      "Nothing is cached: write `cacheControl` on routes that may be.",
    ],
    guide: "overrides",
  },
  streamlit: {
    purpose:
      "Use it for a Streamlit app with components and HTML that bring inline scripts, behind `portcullis proxy` or an exported server.",
    breaks: [
      "It blocks little: inline scripts and `eval` are allowed. It protects against framing, plain http and foreign scripts.",
      "Scripts, styles and frames of other hosts are blocked: add them, or a recipe.",
      "The camera and the microphone are off: add `streamlitMedia`.",
    ],
    guide: "streamlit",
  },
  streamlitStrict: {
    purpose: "Use it for a Streamlit app without components that bring inline scripts. All of Streamlit itself works.",
    breaks: [
      "Inline scripts of `st.components.v1.html` and of old components do not run.",
      "Images of other sites are blocked: add their hosts to `imgSrc`.",
      "The camera and the microphone are off: add `streamlitMedia`. Maps of Streamlit 1.40 and older need `streamlitMapbox`.",
      ISOLATED,
    ],
    guide: "streamlit",
  },
  streamlitMedia: {
    purpose: "Add it to `streamlit` or `streamlitStrict` where the app uses `st.camera_input` or `st.audio_input`.",
    breaks: ["It breaks nothing: it only allows more."],
    guide: "streamlit",
    over: "streamlitStrict",
  },
  streamlitMapbox: {
    purpose: "Add it to `streamlitStrict` where Streamlit 1.40 or older shows maps.",
    breaks: ["It breaks nothing: it only allows more."],
    guide: "streamlit",
    over: "streamlitStrict",
  },
  development: {
    purpose: "Add it on a developer's machine, where the site is at http://localhost. Do not use it in production.",
    breaks: ["It breaks nothing, and protects less: browsers do not insist on https."],
    guide: "frameworks",
    over: "strictDynamic",
  },
  none: {
    purpose: "Use it as a base on which you write every header yourself, and in tests.",
    breaks: ["It sends nothing and so blocks nothing."],
    guide: "overrides",
  },
  jupyter: {
    purpose: "Use it for JupyterLab with notebooks whose outputs contain scripts and images of other sites.",
    breaks: ["Scripts and connections of other hosts are blocked: add them where notebooks load libraries from a CDN."],
    guide: "applications",
  },
  jupyterStrict: {
    purpose: "Use it for JupyterLab where HTML outputs need no inline scripts.",
    breaks: ["Inline scripts in HTML outputs and HTML files do not run.", "Images of other sites are blocked.", ISOLATED],
    guide: "applications",
  },
  gradio: {
    purpose: "Use it for a Gradio application with `js=` of events or HTML of its own.",
    breaks: ["Scripts, images and connections of other hosts are blocked: add them where the application needs them."],
    guide: "applications",
  },
  gradioStrict: {
    purpose: "Use it for a Gradio application without inline scripts of its own.",
    breaks: [
      "The browser logs three violations on each page, because Gradio writes its configuration and address into inline scripts; only the resizing of a frame around the page is lost.",
      NO_FRAMES_AROUND,
      ISOLATED,
    ],
    guide: "applications",
  },
  dash: {
    purpose: "Use it for a Dash application with clientside callbacks or graphs in WebGL.",
    breaks: ["Scripts and style sheets of other hosts are blocked: serve them yourself, or add the hosts."],
    guide: "applications",
  },
  dashStrict: {
    purpose: "Use it for a Dash application whose clientside callbacks you can list by hash.",
    breaks: [
      "Clientside callbacks do not run: append the hashes of `app.csp_hashes()` to `scriptSrc`.",
      "Graphs in WebGL (`Scattergl`) do not draw: they need `unsafe-eval`.",
      "Images and fonts of other sites are blocked.",
      NO_FRAMES_AROUND,
      ISOLATED,
    ],
    guide: "applications",
  },
  swaggerUi: {
    purpose: "Use it for Swagger UI that calls an API on the same origin, also with OAuth2.",
    breaks: ["Requests to an API of another origin are blocked: add it to `connectSrc`."],
    guide: "applications",
  },
  swaggerUiStrict: {
    purpose: "Use it for Swagger UI where everything is on its own site.",
    breaks: [
      "Signing in with OAuth2 fails: write `crossOriginOpenerPolicy: false`, and the host of the tokens in `connectSrc`.",
      NO_FRAMES_AROUND,
      ISOLATED,
    ],
    guide: "applications",
  },
  nodeRed: {
    purpose: "Use it for the editor of Node-RED, which requests the list of nodes from catalogue.nodered.org.",
    breaks: ["Scripts and connections of other hosts are blocked: add what your nodes need."],
    guide: "applications",
  },
  nodeRedStrict: {
    purpose: "Use it for the editor of Node-RED without installing nodes from the catalogue.",
    breaks: ["The list of nodes that can be installed is empty: catalogue.nodered.org is blocked.", NO_FRAMES_AROUND],
    guide: "applications",
  },
};
