import { describe } from "vitest";
import { definePolicy } from "../../src/index.js";
import { CHROMIUM } from "../browser/support.js";
import { skipWithout } from "../peers.js";
import { itProposes, js, type Need } from "./needs.js";

const CDN = "https://cdn.test:PORT";
const WRITES = "x.textContent = 'works'";
const DONE = "fetch('https://cdn.test:PORT/data.json').then(() => postMessage(1))";

/** A page that starts a worker, and says so when the worker answers. */
const worker = (start: string, code: string) => ({
  html: "<script src=/a.js></script>",
  files: { "/a.js": js(`${start} = () => { ${WRITES} }`), "/w.js": js(code) },
});
const script = (body: string) => ({ html: "<script src=/a.js></script>", files: { "/a.js": js(body) } });

const FRAMED = { "frame-src": "'self'", "frame-ancestors": "'self'", "X-Frame-Options": "SAMEORIGIN" };

const FRAMES: readonly Need[] = [
  { it: "a frame of the site, which the site has to let itself be framed by", html: "<iframe src=/frame.html></iframe>", changes: FRAMED },
  { it: "a frame of another host", html: `<iframe src=${CDN}/frame.html></iframe>`, changes: { "frame-src": "https://cdn.test" } },
  {
    it: "nothing that the frame of another host needs",
    html: `<iframe src=${CDN}/f.html></iframe>`,
    files: { "/f.html": { body: "<script>1</script><img src=https://other.test:PORT/image.svg>frame" } },
    changes: { "frame-src": "https://cdn.test" },
  },
  {
    it: "frames within frames",
    html: "<iframe src=/f.html></iframe>",
    files: { "/f.html": { body: `<iframe src=${CDN}/frame.html></iframe>` } },
    changes: { ...FRAMED, "frame-src": "'self' https://cdn.test" },
  },
  {
    it: "a page that another host frames",
    html: `<iframe src=${CDN}/f.html></iframe>`,
    files: { "/f.html": { body: "<iframe src=https://site.test:PORT/g.html></iframe>" }, "/g.html": { body: "inner" } },
    accepted: ["frames"],
    changes: { "frame-src": "https://cdn.test", "frame-ancestors": "'self' https://cdn.test", "X-Frame-Options": "absent" },
  },
  {
    it: "what a srcdoc frame loads",
    html: `<iframe srcdoc="<img src=${CDN}/image.svg>"></iframe>`,
    changes: { "img-src": "'self' https://cdn.test" },
  },
  { it: "a frame of a data: URL", html: "<iframe src='data:text/html,hello'></iframe>", changes: { "frame-src": "data:" } },
  {
    it: "a frame of a blob: URL",
    html: "<iframe id=f></iframe><script src=/a.js></script>",
    files: { "/a.js": js("f.src = URL.createObjectURL(new Blob(['hello'], { type: 'text/html' }))") },
    changes: { "frame-src": "blob:" },
  },
  {
    it: "X-Frame-Options alone, which nothing reports before it is enforced",
    html: "<iframe src=/frame.html></iframe>",
    policy: definePolicy("strict", { contentSecurityPolicy: { frameAncestors: false, frameSrc: ["self"] } }),
    changes: { "X-Frame-Options": "SAMEORIGIN" },
  },
  {
    it: "a javascript: URL of a frame, which the site has to change",
    html: `<iframe src="javascript:'hello'"></iframe>`,
    needed: [
      "A javascript: URL, <iframe src=\"javascript:'hello'\"></iframe> at https://site.test/:1:0, cannot be allowed by a hash in all browsers. Write a button, and addEventListener in a script.",
    ],
  },
];

const WORKERS: readonly Need[] = [
  { it: "nothing for a worker of the site", ...worker("new Worker('/w.js').onmessage", "postMessage(1)") },
  { it: "nothing for a module worker", ...worker("new Worker('/w.js', { type: 'module' }).onmessage", "postMessage(1)") },
  {
    it: "a worker of a blob: URL",
    ...worker("new Worker(URL.createObjectURL(new Blob(['postMessage(1)'], { type: 'text/javascript' }))).onmessage", ""),
    changes: { "worker-src": "'self' blob:" },
  },
  { it: "what a worker fetches", ...worker("new Worker('/w.js').onmessage", DONE), changes: { "connect-src": "'self' https://cdn.test" } },
  {
    it: "what a shared worker fetches",
    ...worker("new SharedWorker('/w.js').port.onmessage", `onconnect = ({ ports: [port] }) => ${DONE.replace("post", "port.post")}`),
    changes: { "connect-src": "'self' https://cdn.test" },
  },
  {
    it: "what a service worker fetches",
    ...script(`navigator.serviceWorker.register("/w.js"); navigator.serviceWorker.ready.then(() => { ${WRITES} })`),
    files: {
      "/a.js": js(`navigator.serviceWorker.register("/w.js"); navigator.serviceWorker.ready.then(() => { ${WRITES} })`),
      "/w.js": js(`oninstall = (event) => event.waitUntil(fetch("${CDN}/data.json"))`),
    },
    changes: { "connect-src": "'self' https://cdn.test" },
  },
  {
    it: "what a worker imports as a script",
    ...worker("new Worker('/w.js').onmessage", `importScripts("${CDN}/done.js"); postMessage(1)`),
    changes: { "script-src": "'self' https://cdn.test" },
  },
  {
    it: "what a module worker imports, which only a blocked request shows",
    ...worker("new Worker('/w.js', { type: 'module' }).onmessage", `import "${CDN}/worker.js"`),
    changes: { "script-src": "'self' https://cdn.test" },
  },
  {
    it: "WebAssembly in a worker",
    ...worker(
      "new Worker('/w.js').onmessage",
      "WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)).then(() => postMessage(1))",
    ),
    changes: { "script-src": "'self' 'wasm-unsafe-eval'" },
  },
];

const BEYOND: readonly Need[] = [
  {
    it: "a feature that the page uses",
    ...script("navigator.geolocation.getCurrentPosition(() => {}, () => {})"),
    changes: { geolocation: "(self)" },
  },
  {
    it: "a feature that is reported only when it is refused",
    ...script("navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => {})"),
    changes: { microphone: "(self)" },
  },
  {
    it: "a feature that a frame of another host may use",
    html: `<iframe src=${CDN}/frame.html allow=camera></iframe>`,
    changes: { camera: '(self "https://cdn.test")', "frame-src": "https://cdn.test" },
  },
  {
    it: "a popup of another host that talks back",
    html: "<script src=/a.js></script>",
    files: {
      "/a.js": js(`onmessage = ({ data }) => { x.textContent = data }; open("${CDN}/popup.html")`),
      "/popup.html": { body: "<script>opener.postMessage('works', '*')</script>" },
    },
    changes: { "Cross-Origin-Opener-Policy": "same-origin-allow-popups" },
  },
  {
    it: "nothing for a popup that does not talk back",
    html: "<script src=/a.js></script>",
    files: { "/a.js": js(`open("${CDN}/frame.html")`) },
  },
  {
    it: "nothing for a frame that talks back",
    html: `<iframe src=${CDN}/f.html></iframe><script src=/a.js></script>`,
    files: {
      "/a.js": js("onmessage = ({ data }) => { x.textContent = data }"),
      "/f.html": { body: "<script>setTimeout(() => parent.postMessage('works', '*'), 100)</script>" },
    },
    changes: { "frame-src": "https://cdn.test" },
  },
  {
    it: "a resource without Cross-Origin-Resource-Policy",
    html: `<img src=${CDN}/image.svg>`,
    policy: definePolicy("strictDynamic"),
    changes: { "img-src": "'self' data: https://cdn.test", "Cross-Origin-Embedder-Policy": "credentialless" },
  },
  {
    it: "nothing for a resource with Cross-Origin-Resource-Policy",
    html: `<img src=${CDN}/a.svg>`,
    files: {
      "/a.svg": {
        type: "image/svg+xml",
        body: "<svg xmlns='http://www.w3.org/2000/svg'/>",
        headers: { "Cross-Origin-Resource-Policy": "cross-origin" },
      },
    },
    policy: definePolicy("strictDynamic"),
    changes: { "img-src": "'self' data: https://cdn.test" },
  },
  {
    it: "a frame without Cross-Origin-Embedder-Policy",
    html: `<iframe src=${CDN}/frame.html></iframe>`,
    policy: definePolicy("strictDynamic"),
    changes: { "frame-src": "https://cdn.test", "Cross-Origin-Embedder-Policy": "unsafe-none" },
  },
];

describe.skipIf(skipWithout("what a page needs for frames, workers and windows", [CHROMIUM]))(
  "record proposes exactly what a page needs:",
  () => {
    itProposes([...FRAMES, ...WORKERS, ...BEYOND]);
  },
);
