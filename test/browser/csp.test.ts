import { describe, expect, it, vi } from "vitest";
import { nonce, observe, type Patch, securityHeaders } from "../../src/index.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, newPage, see, serveSite } from "./support.js";

type Csp = Exclude<NonNullable<Patch["contentSecurityPolicy"]>, string | boolean>;

/** One thing that a page does: under the first policy it works, under the second the same page reports this. */
type Row = readonly [what: string, allows: Csp, blocks: Csp, html: string, works: string, violates: string];

/** Of `done = true`. */
const DONE_HASH = "'sha256-VvC0MHKqJMSM5+Dl7QakQsw4+kA991dhUvadgGZPh58='";
/** Of nothing. */
const OTHER_HASH = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

const OTHER = "http://other.test:*";
const INLINE = "<script>done = true</script>";
const GREY = "getComputedStyle(x).color === 'rgb(1, 2, 3)'";
const FRAMED = "x.contentDocument?.title === 'frame'";

const SCRIPTS: readonly Row[] = [
  [
    "a script of the site",
    { scriptSrc: ["self"] },
    { scriptSrc: ["none"] },
    "<script src=/done.js></script>",
    "done",
    "script-src-elem http://localhost/done.js",
  ],
  [
    "a script of a host",
    { scriptSrc: [OTHER] },
    { scriptSrc: ["self"] },
    "<script src=http://other.test:PORT/done.js></script>",
    "done",
    "script-src-elem http://other.test/done.js",
  ],
  [
    "a script of a folder",
    { scriptSrc: ["http://localhost:*/js/"] },
    { scriptSrc: ["http://localhost:*/lib/"] },
    "<script src=/js/done.js></script>",
    "done",
    "script-src-elem http://localhost/js/done.js",
  ],
  [
    "a script, by script-src-elem",
    { scriptSrcElem: ["self"] },
    { scriptSrcElem: ["none"] },
    "<script src=/done.js></script>",
    "done",
    "script-src-elem http://localhost/done.js",
  ],
  ["an inline script", { scriptSrc: ["unsafe-inline"] }, { scriptSrc: ["self"] }, INLINE, "done", "script-src-elem inline"],
  [
    "an inline script by its nonce",
    { scriptSrc: [nonce] },
    { scriptSrc: ["self"], styleSrc: [nonce] },
    "<script nonce=NONCE>done = true</script>",
    "done",
    "script-src-elem inline",
  ],
  ["an inline script by its hash", { scriptSrc: [DONE_HASH] }, { scriptSrc: [OTHER_HASH] }, INLINE, "done", "script-src-elem inline"],
  [
    "a script that a trusted one brings along",
    { scriptSrc: [nonce, "strict-dynamic"] },
    { scriptSrc: [nonce] },
    "<script nonce=NONCE>const s = document.createElement('script'); s.src = 'http://other.test:PORT/done.js'; document.head.append(s)</script>",
    "done",
    "script-src-elem http://other.test/done.js",
  ],
  [
    "a script by 'self', which 'strict-dynamic' takes away",
    { scriptSrc: ["self", nonce] },
    { scriptSrc: ["self", nonce, "strict-dynamic"] },
    "<script src=/done.js></script>",
    "done",
    "script-src-elem http://localhost/done.js",
  ],
  [
    "an inline handler",
    { scriptSrcAttr: ["unsafe-inline"] },
    { scriptSrcAttr: ["none"] },
    "<b id=x onclick='done = true'></b><script src=/click.js></script>",
    "done",
    "script-src-attr inline",
  ],
  [
    "an inline handler by its hash",
    { scriptSrc: ["self", "unsafe-hashes", DONE_HASH] },
    { scriptSrc: ["self", DONE_HASH] },
    "<b id=x onclick='done = true'></b><script src=/click.js></script>",
    "done",
    "script-src-attr inline",
  ],
  [
    "a javascript: address",
    { scriptSrc: ["self", "unsafe-inline"] },
    { scriptSrc: ["self"] },
    "<a id=x href='javascript:void(done = true)'></a><script src=/click.js></script>",
    "done",
    "script-src-elem inline",
  ],
  ["eval", { scriptSrc: ["self", "unsafe-eval"] }, { scriptSrc: ["self"] }, "<script src=/eval.js></script>", "done", "script-src eval"],
  [
    "WebAssembly",
    { scriptSrc: ["self", "wasm-unsafe-eval"] },
    { scriptSrc: ["self"] },
    "<script src=/wasm.js></script>",
    "done",
    "script-src wasm-eval",
  ],
  [
    "a string in the place of HTML",
    {},
    { requireTrustedTypesFor: ["script"] },
    "<b id=x></b><script>x.innerHTML = '<i></i>'</script>",
    "x.firstChild",
    "require-trusted-types-for trusted-types-sink",
  ],
  [
    "a Trusted Types policy",
    { trustedTypes: ["mine"] },
    { trustedTypes: ["yours"] },
    "<script>trustedTypes.createPolicy('mine', {}); done = true</script>",
    "done",
    "trusted-types trusted-types-policy",
  ],
  [
    "a second Trusted Types policy of one name",
    { trustedTypes: ["mine", "allow-duplicates"] },
    { trustedTypes: ["mine"] },
    "<script>trustedTypes.createPolicy('mine', {}); trustedTypes.createPolicy('mine', {}); done = true</script>",
    "done",
    "trusted-types trusted-types-policy",
  ],
];

const LOADS: readonly Row[] = [
  [
    "a style sheet",
    { styleSrc: ["self"] },
    { styleSrc: ["none"] },
    "<link rel=stylesheet href=/style.css><b id=x></b>",
    GREY,
    "style-src-elem http://localhost/style.css",
  ],
  [
    "an inline style sheet",
    { styleSrc: ["unsafe-inline"] },
    { styleSrc: ["self"] },
    "<style>#x { color: rgb(1, 2, 3) }</style><b id=x></b>",
    GREY,
    "style-src-elem inline",
  ],
  [
    "an inline style sheet by its nonce",
    { styleSrc: [nonce] },
    { styleSrc: ["self"], scriptSrc: [nonce] },
    "<style nonce=NONCE>#x { color: rgb(1, 2, 3) }</style><b id=x></b>",
    GREY,
    "style-src-elem inline",
  ],
  [
    "a style attribute",
    { styleSrcAttr: ["unsafe-inline"] },
    { styleSrcAttr: ["none"] },
    "<b id=x style='color: rgb(1, 2, 3)'></b>",
    GREY,
    "style-src-attr inline",
  ],
  [
    "an image",
    { imgSrc: ["self"] },
    { imgSrc: ["none"] },
    "<img id=x src=/image.svg>",
    "x.naturalWidth === 8",
    "img-src http://localhost/image.svg",
  ],
  [
    "an image, where only default-src stands",
    { defaultSrc: ["self"] },
    { defaultSrc: ["none"] },
    "<img id=x src=/image.svg>",
    "x.naturalWidth === 8",
    "img-src http://localhost/image.svg",
  ],
  [
    "an image in the page",
    { imgSrc: ["data:"] },
    { imgSrc: ["self"] },
    "<img id=x src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'/>\">",
    "x.naturalWidth === 8",
    "img-src data",
  ],
  [
    "a font",
    { fontSrc: ["self"] },
    { fontSrc: ["none"] },
    "<style>@font-face { font-family: f; src: url(/font.woff2) }</style><script>document.fonts.load('1em f').then(([font]) => { done = font?.status === 'loaded' }, () => {})</script>",
    "done",
    "font-src http://localhost/font.woff2",
  ],
  [
    "a sound",
    { mediaSrc: ["self"] },
    { mediaSrc: ["none"] },
    "<audio id=x src=/tone.wav preload=auto></audio>",
    "x.readyState > 0",
    "media-src http://localhost/tone.wav",
  ],
  [
    "an object",
    { objectSrc: ["self"] },
    { objectSrc: ["none"] },
    "<object id=x data=/frame.html type=text/html></object>",
    FRAMED,
    "object-src http://localhost/frame.html",
  ],
  [
    "a frame",
    { frameSrc: ["self"] },
    { frameSrc: ["none"] },
    "<iframe id=x src=/frame.html></iframe>",
    FRAMED,
    "frame-src http://localhost/frame.html",
  ],
  [
    "a frame, where only child-src stands",
    { childSrc: ["self"] },
    { childSrc: ["none"] },
    "<iframe id=x src=/frame.html></iframe>",
    FRAMED,
    "frame-src http://localhost/frame.html",
  ],
  [
    "fetch",
    { connectSrc: ["self"] },
    { connectSrc: ["none"] },
    "<script>fetch('/data.json').then(() => { done = true }, () => {})</script>",
    "done",
    "connect-src http://localhost/data.json",
  ],
  [
    "a WebSocket",
    { connectSrc: ["self"] },
    { connectSrc: ["none"] },
    "<script>new WebSocket('ws://localhost:PORT/socket').onopen = () => { done = true }</script>",
    "done",
    "connect-src ws://localhost/socket",
  ],
  [
    "a worker",
    { workerSrc: ["self"] },
    { workerSrc: ["none"] },
    "<script>new Worker('/worker.js').onmessage = () => { done = true }</script>",
    "done",
    "worker-src http://localhost/worker.js",
  ],
  [
    "a shared worker",
    { workerSrc: ["self"] },
    { workerSrc: ["none"] },
    "<script>new SharedWorker('/worker.js').port.onmessage = () => { done = true }</script>",
    "done",
    "worker-src http://localhost/worker.js",
  ],
  [
    "a service worker",
    { workerSrc: ["self"] },
    { workerSrc: ["none"] },
    "<script>navigator.serviceWorker.register('/worker.js').then(() => { done = true }, () => {})</script>",
    "done",
    "worker-src http://localhost/worker.js",
  ],
  [
    "a form",
    { formAction: ["self"] },
    { formAction: ["none"] },
    "<form id=y action=/frame.html target=t></form><iframe id=x name=t></iframe><script>onload = () => y.submit()</script>",
    FRAMED,
    "form-action http://localhost/frame.html?",
  ],
  [
    "a base",
    { baseUri: ["self"] },
    { baseUri: ["none"] },
    "<base href=/folder/><a id=x href=y></a>",
    "x.pathname === '/folder/y'",
    "base-uri http://localhost/folder/",
  ],
];

/** Scripts may run where a row says nothing of them, so that they can tell what happened. */
const pageOf = (csp: Csp, html: string) => ({
  policy: securityHeaders("none", { contentSecurityPolicy: { scriptSrc: ["self", "unsafe-inline"] } }, { contentSecurityPolicy: csp }),
  body: `<!doctype html>${html}`,
});

describe.skipIf(skipWithout("CSP in a browser", [CHROMIUM]))("Chromium", () => {
  it.each([...SCRIPTS, ...LOADS])("%s", async (_, allows, blocks, html, works, violates) => {
    const { port } = await serveSite({ "/allows": pageOf(allows, html), "/blocks": pageOf(blocks, html) });
    const page = await newPage();
    expect(await see(page, `http://localhost:${port}/allows`, works)).toEqual({ works: true, violations: [] });
    expect(await see(page, `http://localhost:${port}/blocks`, works)).toEqual({ works: false, violations: [violates] });
  });

  it("a nonce is good for its own response alone", async () => {
    const first = pageOf({ scriptSrc: [nonce] }, "<script nonce=NONCE>done = true</script>");
    const page = await newPage();
    const { port } = await serveSite({ "/": first });
    expect(await see(page, `http://localhost:${port}/`, "done")).toEqual({ works: true, violations: [] });
    const body = (await (await page.reload())?.text()) ?? "";
    expect(body).toMatch(/nonce=[\w+/]{22}==/);
    const replayed = await serveSite({ "/": { ...first, body } });
    expect(await see(page, `http://localhost:${replayed.port}/`, "done")).toEqual({
      works: false,
      violations: ["script-src-elem inline"],
    });
  });

  it("a manifest", async () => {
    const html = "<link rel=manifest href=/site.webmanifest>";
    const site = await serveSite({
      "/allows": pageOf({ manifestSrc: ["self"] }, html),
      "/blocks": pageOf({ manifestSrc: ["none"] }, html),
    });
    const page = await newPage();
    const inspector = await page.context().newCDPSession(page);
    const asked: boolean[] = [];
    for (const path of ["/blocks", "/allows"]) {
      await page.goto(`http://localhost:${site.port}${path}`);
      await inspector.send("Page.getAppManifest");
      asked.push(site.asked.some(({ what }) => what === "GET /site.webmanifest"));
    }
    expect(asked).toEqual([false, true]);
  });

  it("a Report-Only twin lets through what it reports", async () => {
    const policy = securityHeaders("none", observe("none", { contentSecurityPolicy: { scriptSrc: ["none"] } }));
    const { port } = await serveSite({ "/": { policy, body: INLINE } });
    expect(await see(await newPage(), `http://localhost:${port}/`, "done && violations.length > 0")).toEqual({
      works: true,
      violations: ["script-src-elem inline (report)"],
    });
  });

  it("what is blocked is posted to report-uri", async () => {
    const site = await serveSite({ "/": pageOf({ imgSrc: ["none"], reportUri: ["/reports"] }, "<img src=/image.svg>") });
    await see(await newPage(), `http://localhost:${site.port}/`, "false");
    await vi.waitFor(() => expect(site.asked.map(({ what }) => what)).toContain("POST /reports"));
  });

  it.each<[string, Csp, Csp, string, string]>([
    ["run scripts", { sandbox: ["allow-scripts"] }, { sandbox: [] }, "<script>document.title = 'ran'</script>", "document.title === 'ran'"],
    ["be of its origin", { sandbox: ["allow-same-origin"] }, { sandbox: ["allow-scripts"] }, "", "origin !== 'null'"],
    ["open windows", { sandbox: ["allow-scripts", "allow-popups"] }, { sandbox: ["allow-scripts"] }, "", "open('/frame.html') !== null"],
  ])("in a sandbox a page may %s if it is told so", async (_, allows, blocks, html, works) => {
    const { port } = await serveSite({ "/allows": pageOf(allows, html), "/blocks": pageOf(blocks, html) });
    const page = await newPage();
    const results: unknown[] = [];
    for (const path of ["/allows", "/blocks"]) {
      await page.goto(`http://localhost:${port}${path}`);
      results.push(await page.evaluate(works));
    }
    expect(results).toEqual([true, false]);
  });

  it("in a sandbox a page may send forms if it is told so", async () => {
    const html = "<form id=y action=frame.html></form><script>onload = () => y.submit()</script>";
    const site = await serveSite({
      "/blocks/": pageOf({ sandbox: ["allow-scripts"] }, html),
      "/allows/": pageOf({ sandbox: ["allow-scripts", "allow-forms"] }, html),
    });
    const page = await newPage();
    for (const path of ["/blocks/", "/allows/"]) await page.goto(`http://localhost:${site.port}${path}`);
    await page.waitForURL("**/allows/frame.html?");
    expect(site.asked.map(({ what }) => what)).toEqual(["GET /blocks/", "GET /allows/", "GET /allows/frame.html"]);
  });

  it("upgrade-insecure-requests fetches over https what is written as http", async () => {
    const html = "<script src=http://site.test:PORT/done.js></script>";
    const { port } = await serveSite(
      { "/with": pageOf({ scriptSrc: ["https:"], upgradeInsecureRequests: true }, html), "/without": pageOf({}, html) },
      { secure: true },
    );
    const page = await newPage();
    expect(await see(page, `https://site.test:${port}/with`, "done")).toEqual({ works: true, violations: [] });
    await page.goto(`https://site.test:${port}/without`);
    expect(await page.evaluate("done")).toBe(false);
  });
});
