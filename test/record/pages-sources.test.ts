import { describe } from "vitest";
import { definePolicy } from "../../src/index.js";
import { CHROMIUM } from "../browser/support.js";
import { skipWithout } from "../peers.js";
import { css, itProposes, js, type Need } from "./needs.js";

const CDN = "https://cdn.test:PORT";
const WRITES = "x.textContent = 'works'";
const script = (body: string) => ({ html: "<script src=/a.js></script>", files: { "/a.js": js(body) } });
const EVENTS = { type: "text/event-stream", body: "data: 1\n\n" };

const NEEDS: readonly Need[] = [
  { it: "nothing", html: "<script src=/done.js></script><link rel=stylesheet href=/style.css><img src=/image.svg>" },
  { it: "an image of another host", html: `<img src=${CDN}/image.svg>`, changes: { "img-src": "'self' https://cdn.test" } },
  {
    it: "an image in a data: URL",
    html: `<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>">`,
    changes: { "img-src": "'self' data:" },
  },
  {
    it: "an image in a blob: URL",
    ...script(
      `const i = new Image(); i.src = URL.createObjectURL(new Blob(["<svg xmlns='http://www.w3.org/2000/svg'/>"], { type: "image/svg+xml" })); x.append(i)`,
    ),
    changes: { "img-src": "'self' blob:" },
  },
  {
    it: "an image of another host in a style sheet",
    html: "<link rel=stylesheet href=/a.css>",
    files: { "/a.css": css(`p { background: url(${CDN}/image.svg) }`) },
    changes: { "img-src": "'self' https://cdn.test" },
  },
  { it: "a sound of the site", html: "<audio src=/tone.wav preload=auto></audio>", changes: { "media-src": "'self'" } },
  { it: "a sound of another host", html: `<audio src=${CDN}/tone.wav preload=auto></audio>`, changes: { "media-src": "https://cdn.test" } },
  {
    it: "a sound in a data: URL",
    html: "<audio src='data:audio/wav;base64,UklGRg==' preload=auto></audio>",
    changes: { "media-src": "data:" },
  },
  {
    it: "a video in a blob: URL",
    ...script("const v = document.createElement('video'); v.src = URL.createObjectURL(new Blob(['1'])); x.append(v)"),
    changes: { "media-src": "blob:" },
  },
  {
    it: "a font of another host",
    html: "<link rel=stylesheet href=/a.css>",
    files: { "/a.css": css(`@font-face { font-family: f; src: url(${CDN}/font.woff2) } body { font-family: f }`) },
    changes: { "font-src": "'self' https://cdn.test" },
  },
  {
    it: "a font in a data: URL",
    html: "<link rel=stylesheet href=/a.css>",
    files: { "/a.css": css("@font-face { font-family: f; src: url(data:font/woff2;base64,d09GMgABAAAAAADc) } body { font-family: f }") },
    changes: { "font-src": "'self' data:" },
  },
  {
    it: "a style sheet of another host",
    html: `<link rel=stylesheet href=${CDN}/style.css>`,
    changes: { "style-src": "'self' https://cdn.test" },
  },
  {
    it: "a style sheet that another one imports",
    html: "<link rel=stylesheet href=/a.css>",
    files: { "/a.css": css(`@import "${CDN}/style.css"`) },
    changes: { "style-src": "'self' https://cdn.test" },
  },
  { it: "a script of another host", html: `<script src=${CDN}/done.js></script>`, changes: { "script-src": "'self' https://cdn.test" } },
  {
    it: "a module that another one imports from another host",
    html: "<script type=module src=/a.js></script>",
    files: { "/a.js": js(`import "${CDN}/done.js"; ${WRITES}`) },
    changes: { "script-src": "'self' https://cdn.test" },
  },
  { it: "fetch", ...script(`fetch("${CDN}/data.json").then(() => { ${WRITES} })`), changes: { "connect-src": "'self' https://cdn.test" } },
  {
    it: "XMLHttpRequest",
    ...script(`const r = new XMLHttpRequest(); r.onload = () => { ${WRITES} }; r.open("GET", "${CDN}/data.json"); r.send()`),
    changes: { "connect-src": "'self' https://cdn.test" },
  },
  {
    it: "a WebSocket",
    ...script(`new WebSocket("wss://cdn.test:PORT/").onopen = () => { ${WRITES} }`),
    changes: { "connect-src": "'self' wss://cdn.test" },
  },
  {
    it: "an EventSource",
    html: "<script src=/a.js></script>",
    files: { "/a.js": js(`new EventSource("${CDN}/events").onmessage = ({ target }) => { target.close(); ${WRITES} }`), "/events": EVENTS },
    changes: { "connect-src": "'self' https://cdn.test" },
  },
  { it: "sendBeacon", ...script(`navigator.sendBeacon("${CDN}/data.json", "1")`), changes: { "connect-src": "'self' https://cdn.test" } },
  { it: "a preloaded image", html: `<link rel=preload as=image href=${CDN}/image.svg>`, changes: { "img-src": "'self' https://cdn.test" } },
  { it: "a preloaded module", html: `<link rel=modulepreload href=${CDN}/done.js>`, changes: { "script-src": "'self' https://cdn.test" } },
  {
    it: "a prefetch, which any directive allows",
    html: `<link rel=prefetch href=${CDN}/data.json>`,
    changes: { "connect-src": "'self' https://cdn.test" },
  },
  {
    it: "an object of another host, which is a frame too",
    html: `<object data=${CDN}/image.svg></object>`,
    changes: { "object-src": "https://cdn.test", "frame-src": "https://cdn.test" },
  },
  {
    it: "an embed element, which is a frame too",
    html: `<embed src=${CDN}/image.svg>`,
    changes: { "object-src": "https://cdn.test", "frame-src": "https://cdn.test" },
  },
  {
    it: "a manifest of another host",
    html: "",
    // In the head: Chromium does not read it elsewhere.
    files: { "/": { body: `<!doctype html><title>page</title><link rel=manifest href=${CDN}/site.webmanifest><body><p id=x>text</p>` } },
    changes: { "manifest-src": "https://cdn.test" },
  },
  {
    it: "a prefetch of speculation rules, which are an inline script",
    html: '<script type=speculationrules>{ "prefetch": [{ "urls": ["/frame.html"] }] }</script>',
    changes: { "script-src": "'self' 'sha256-NtF9UiYixy02p4g8I6BK6jxvALVYbt80lBLCDSBlLaY='" },
  },
  { it: "a base element", html: "<base href=/folder/>", policy: definePolicy("strictDynamic"), changes: { "base-uri": "'self'" } },
  {
    it: "a base element that names another host",
    html: `<base href=${CDN}/>`,
    needed: ["A <base> element is blocked; an attacker may have injected it. Write URLs that do not need one."],
  },
  {
    it: "a form that is sent to another host",
    html: `<form action=${CDN}/frame.html target=_blank></form><script src=/a.js></script>`,
    files: { "/a.js": js("document.forms[0].submit()") },
    changes: { "form-action": "'self' https://cdn.test" },
  },
  {
    it: "a script in a data: URL",
    html: "<script src='data:text/javascript,x.textContent=1'></script>",
    needed: ["Code from a data: URL is blocked, because any script can create one. Serve it as a file."],
  },
  {
    it: "a script file without a nonce under 'strict-dynamic'",
    html: "<script src=/done.js></script>",
    policy: definePolicy("strictDynamic"),
    needed: [
      "Add nonce=\"…\" to the tag <script src=\"https://site.test/done.js\"> in the HTML: beside 'strict-dynamic' neither hosts nor 'self' count.",
    ],
  },
];

describe.skipIf(skipWithout("what a page needs of hosts and schemes", [CHROMIUM]))("record proposes exactly what a page needs:", () => {
  itProposes(NEEDS);
});
