import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/index.js";
import { CHROMIUM } from "../browser/support.js";
import { skipWithout } from "../peers.js";
import { itProposes, js, type Need, page, recordSite } from "./needs.js";

const WRITES = "x.textContent = 'works'";
/** Of `x.textContent = 'works'`. */
const WRITES_HASH = "'sha256-MUZwq6Btn8l5mm85UmvOKdz3Ox8CS0nOe2pPQAkKPWY='";
const LONG = "/* a script of more than forty characters */ x.textContent = 'works'";
const LONG_HASH = "'sha256-3afMgp1Sc7y5D5MBuoGlePeVrw/Uv4zYzQAPiI0PfWY='";

/** The page's own policy, with the nonce that its elements have. */
const NONCED = { "Content-Security-Policy": "script-src 'nonce-cGFnZQ==' 'strict-dynamic'" };

const script = (body: string) => ({ html: "<script src=/a.js></script>", files: { "/a.js": js(body) } });
const nonced = (body: string) => ({
  html: "<script nonce=cGFnZQ== src=/a.js></script>",
  headers: NONCED,
  files: { "/a.js": js(body) },
  policy: definePolicy("strictDynamic"),
});
const adds = (code: string) => script(`const s = document.createElement("script"); s.textContent = "${code}"; document.body.append(s)`);

const INLINE: readonly Need[] = [
  { it: "an inline script", html: `<script>${WRITES}</script>`, changes: { "script-src": `'self' ${WRITES_HASH}` } },
  {
    it: "an inline module",
    html: "<script type=module>import '/a.js'</script>",
    files: { "/a.js": js(WRITES) },
    changes: { "script-src": "'self' 'sha256-av/ZMZA11vvbvD+CX6rNVYySwT3bTNKtDzwyLJcwtRM='" },
  },
  {
    it: "an import map",
    html: '<script type=importmap>{ "imports": { "a": "/a.js" } }</script><script type=module src=/b.js></script>',
    files: { "/a.js": js(WRITES), "/b.js": js("import 'a'") },
    changes: { "script-src": "'self' 'sha256-nDxlNQgAtD7IfeuCh7KYEERIez3Nw2Jc+Jq8Lg5E4aM='" },
  },
  { it: "no hash for JSON in a script element", html: '<script type=application/json>{ "a": 1 }</script>' },
  {
    it: "an inline script that removes itself",
    html: `<script>document.currentScript.remove(); ${WRITES}</script>`,
    changes: { "script-src": "'self' 'sha256-nEe63JNAbr7GPgSsXBsCvUyJtVqHhN4cVBA8WC2/ypQ='" },
  },
  {
    it: "an inline script in a srcdoc frame",
    html: `<iframe srcdoc="<script>parent.${WRITES}</script>"></iframe>`,
    changes: { "script-src": "'self' 'sha256-FxFWL+y/hVtda9KIER1hZ/ePnpCJd7peMW7JbVDpsqw='" },
  },
  {
    it: "an inline style",
    html: "<style>p { color: red }</style>",
    changes: { "style-src": "'self' 'sha256-ngewhhP73WDIbgwseeu52VAAJgKdGUsu1IUQQsAm8m4='" },
  },
  {
    it: "a style attribute",
    html: "<b style='color: red'>b</b>",
    changes: { "style-src-attr": "'unsafe-hashes' 'sha256-NerDAUWfwD31YdZHveMrq0GLjsNFMwxLpZl0dPUeCcw='" },
  },
  {
    it: "more style attributes than a policy has room for",
    html: Array.from({ length: 13 }, (_, index) => `<b style='margin: ${index}px'>b</b>`).join(""),
    changes: { "style-src-attr": "'unsafe-inline'" },
  },
  {
    it: "an event handler",
    html: `<b id=y onclick="${WRITES}">b</b><script src=/a.js></script>`,
    files: { "/a.js": js("y.click()") },
    changes: { "script-src-attr": `'unsafe-hashes' ${WRITES_HASH}` },
  },
  {
    it: "an event handler whose element is gone when it is reported",
    html: `<b id=y onclick="y.remove(); ${WRITES}">b</b><script src=/a.js></script>`,
    files: { "/a.js": js("y.click()") },
    changes: { "script-src-attr": "'unsafe-hashes' 'sha256-97Ny8U0pgQDJVJEXxADi3qR27Y/mdB5G1gB9XIvq/Gs='" },
  },
  {
    it: "a javascript: URL, which the site has to change",
    html: `<a id=y href="javascript:void(${WRITES})">b</a><script src=/a.js></script>`,
    files: { "/a.js": js("y.click()") },
    needed: [
      "A javascript: URL, at https://site.test/a.js:1:3, cannot be allowed by a hash in all browsers. Write a button, and addEventListener in a script.",
    ],
  },
];

const RUNTIME: readonly Need[] = [
  { it: "a script that another one added, shown with its text", ...adds(WRITES), pending: [`runtime: ${WRITES}`] },
  {
    it: "a script that another one added, once it is accepted",
    ...adds(WRITES),
    accepted: ["runtime"],
    changes: { "script-src": `'self' ${WRITES_HASH}` },
  },
  {
    it: "by the hash of the console, a script whose element is gone",
    html: "<script src=/a.js></script>",
    files: { "/a.js": js(`const s = document.createElement("script"); s.textContent = "${LONG}"; document.body.append(s); s.remove()`) },
    accepted: ["runtime"],
    changes: { "script-src": `'self' ${LONG_HASH}` },
  },
  {
    it: "once each, two scripts of one place whose elements are gone",
    html: "<script src=/a.js></script>",
    files: {
      "/a.js": js(
        `for (const name of ["first", "second"]) { const s = document.createElement("script"); s.textContent = "/* " + name + ", of more than forty characters */ x.textContent = 'works'"; document.body.append(s); s.remove() }`,
      ),
    },
    // Which of the two hashes is of which text is not known.
    pending: ["runtime: /* first, of more than forty characters ", "runtime: /* first, of more than forty characters "],
  },
  {
    it: "a style that a script added",
    ...script("const s = document.createElement('style'); s.textContent = 'p { color: blue }'; document.head.append(s)"),
    pending: ["runtime: p { color: blue }"],
  },
  {
    it: "a script in a blob: URL",
    ...script(`import(URL.createObjectURL(new Blob(["${WRITES}"], { type: "text/javascript" })))`),
    pending: ["runtime: A script made another one, from a blob: URL (https://site.test/a.js:1:12): a user's content may be in it."],
  },
  { it: "eval", ...script("x.textContent = eval('1 + 1')"), pending: [evalOf("a.js:1:1", "1 + 1")] },
  {
    it: "eval, once it is accepted",
    ...script("x.textContent = eval('1 + 1')"),
    accepted: ["eval"],
    changes: { "script-src": "'self' 'unsafe-eval'" },
  },
  {
    it: "new Function",
    ...script("x.textContent = new Function('return 2')()"),
    pending: [evalOf("a.js:1:17", "(function anonymous(\ufffd) {\ufffdreturn 2\ufffd})")],
  },
  { it: "a timer with a string", ...script("setTimeout('x.textContent = 2')"), pending: [evalOf("a.js:1:1", "x.textContent = 2")] },
  {
    it: "eval in a worker",
    html: "<script src=/a.js></script>",
    files: { "/a.js": js(`new Worker("/w.js").onmessage = () => { ${WRITES} }`), "/w.js": js("postMessage(eval('1'))") },
    pending: [evalOf("w.js:1:1", "1")],
  },
  {
    it: "eval in a shared worker",
    html: "<script src=/a.js></script>",
    files: {
      "/a.js": js(`new SharedWorker("/w.js").port.onmessage = () => { ${WRITES} }`),
      "/w.js": js("onconnect = ({ ports: [port] }) => port.postMessage(eval('1'))"),
    },
    pending: [evalOf("w.js:1:53", "1")],
  },
  {
    it: "eval in a service worker",
    html: "<script src=/a.js></script>",
    files: {
      "/a.js": js(`navigator.serviceWorker.register("/w.js"); navigator.serviceWorker.ready.then(() => { ${WRITES} })`),
      "/w.js": js("oninstall = () => eval('1')"),
    },
    pending: [evalOf("w.js:1:19", "1")],
  },
  { it: "WebAssembly", html: "<script src=/wasm.js></script>", changes: { "script-src": "'self' 'wasm-unsafe-eval'" } },
  {
    it: "'strict-dynamic' where an inline script loads others",
    html: "<script>for (const name of ['one', 'two']) { const s = document.createElement('script'); s.src = 'https://' + name + '.test:' + location.port + '/done.js'; document.body.append(s) }</script>",
    changes: { "script-src": "'self' 'sha256-G22seEwwbLRw9s491R7pa6XRP1ooQewUmoGOQlA119g=' 'strict-dynamic'" },
  },
];

const TRUSTED_TYPES: readonly Need[] = [
  {
    it: "the name of a Trusted Types policy",
    ...nonced(`x.innerHTML = trustedTypes.createPolicy("mine", { createHTML: (text) => text }).createHTML("works")`),
    changes: { "trusted-types": "mine" },
  },
  {
    it: "a Trusted Types policy that is created twice",
    ...nonced(
      `for (const i of [1, 2]) x.innerHTML = trustedTypes.createPolicy("mine", { createHTML: (text) => text }).createHTML("works")`,
    ),
    changes: { "trusted-types": "mine 'allow-duplicates'" },
  },
  {
    it: "a change of the site where a sink gets a string",
    ...nonced("x.innerHTML = 'works'"),
    needed: [
      "A sink gets a string (Element innerHTML), from https://site.test/a.js:1:13: assign a value that a Trusted Types policy created, or write requireTrustedTypesFor: false, trustedTypes: false.",
    ],
  },
];

function evalOf(place: string, sample: string): string {
  return `eval: eval, new Function or a timer with a string, from https://site.test/${place}: ${JSON.stringify(sample)}. With it, whoever can change a text that is evaluated can run code. It costs 20 points.`;
}

describe.skipIf(skipWithout("what a page needs for its code", [CHROMIUM]))("record proposes exactly what a page needs:", () => {
  itProposes([...INLINE, ...RUNTIME, ...TRUSTED_TYPES]);

  it("the nonce that the site sends, for an inline script with it that differs between loads", { timeout: 120_000 }, async () => {
    let count = 0;
    const differing = {
      headers: NONCED,
      get body() {
        count += 1;
        return page(`<script nonce=cGFnZQ==>window.state = ${count}; ${WRITES}</script>`).body;
      },
    };
    const { proposed } = await recordSite({ pages: { "/": differing } });
    expect(proposed).toEqual({ outcome: "proven", changes: { "script-src": "'self' 'nonce-bm9uY2U='" }, pending: [], needed: [] });
  });

  it("a nonce, by element and line, for an inline script that differs between loads", { timeout: 120_000 }, async () => {
    let count = 0;
    const differing = {
      get body() {
        return page(`\n<script id=state>window.state = ${++count}</script>`).body;
      },
    };
    const { proposed } = await recordSite({ pages: { "/": differing } });
    expect(proposed).toEqual({
      outcome: "not enforceable",
      changes: {},
      pending: [],
      needed: [
        'An inline script, <script id="state"></script> at https://site.test/:2:18, differs between loads: write nonce="…" on its element, and scriptSrc: append(nonce) in the policy.',
      ],
    });
  });

  it("and without a policy, the scripts that these tests inject run", { timeout: 120_000 }, async () => {
    const { blocks } = await recordSite({ pages: { "/": page("") } });
    expect(await blocks(definePolicy("none"))).toEqual(["ran: file"]);
  });

  const SHARED = "<script>x.textContent = 'shared'</script>";
  const EVERYWHERE = "<script>x.textContent = 'everywhere'</script>";

  it("confirmation for an inline script on one page of many", { timeout: 120_000 }, async () => {
    const pages = { "/": page(EVERYWHERE), "/a": page(EVERYWHERE + SHARED), "/b": page(EVERYWHERE) };
    const { proposed } = await recordSite({ pages, visits: ["/", "/a", "/b"] });
    expect(proposed).toEqual({
      outcome: "not enforceable",
      changes: { "script-src": "'self' 'sha256-QCW8VhqXy1L2zh4cWRvbI8UrM1LSNf2RE7XvpH2ZZUs='" },
      pending: ["inline: x.textContent = 'shared'"],
      needed: [],
    });
  });

  it("confirmation for an inline script within content that differs between pages", { timeout: 120_000 }, async () => {
    const comments = (text: string) => page(`${EVERYWHERE}<main>${text}<div>${SHARED}</div></main>`);
    const pages = { "/": page(EVERYWHERE), "/a": comments("one"), "/b": comments("two") };
    const { proposed } = await recordSite({ pages, visits: ["/", "/a", "/b"] });
    expect(proposed.pending).toEqual(["inline: x.textContent = 'shared'"]);
    expect(proposed.changes).toEqual({ "script-src": "'self' 'sha256-QCW8VhqXy1L2zh4cWRvbI8UrM1LSNf2RE7XvpH2ZZUs='" });
  });

  it("confirmation for code and hosts on one page of several that differ in their queries", { timeout: 120_000 }, async () => {
    const comment = `<script>x.textContent = 'stored'</script><script src=https://evil.test:PORT/done.js></script>`;
    const pages = { "/": page(EVERYWHERE), "/?p=1": page(EVERYWHERE), "/?p=2": page(EVERYWHERE + comment) };
    const { proposed } = await recordSite({ pages, visits: ["/", "/?p=1", "/?p=2"] });
    expect(proposed).toEqual({
      outcome: "not enforceable",
      changes: { "script-src": "'self' 'sha256-QCW8VhqXy1L2zh4cWRvbI8UrM1LSNf2RE7XvpH2ZZUs='" },
      pending: [
        "hosts: https://evil.test serves a script on one page of 3: somebody may have stored it there.",
        "inline: x.textContent = 'stored'",
      ],
      needed: [],
    });
  });

  it("no confirmation for an inline script in a part that is the same on several pages", { timeout: 120_000 }, async () => {
    const pages = { "/": page(`<main>one</main><footer>${SHARED}</footer>`), "/a": page(`<main>two</main><footer>${SHARED}</footer>`) };
    const { proposed } = await recordSite({ pages, visits: ["/", "/a"] });
    expect(proposed).toEqual({
      outcome: "proven",
      changes: { "script-src": "'self' 'sha256-r/F4Ue5g5rv15BKwf9xobBO3RK0glKXuxLrGgGwebEg='" },
      pending: [],
      needed: [],
    });
  });

  it("something smaller where the policy has more than 4 kB", { timeout: 120_000 }, async () => {
    const styles = Array.from({ length: 80 }, (_, index) => `<style>p { margin: ${index}px }</style>`).join("");
    const { recording, proposed } = await recordSite({ pages: { "/": page(styles) } });
    expect(proposed.outcome).toBe("proven");
    expect(recording.proposal.notes).toEqual([
      "One page was visited: inline code on it could not be compared with other pages. Read it.",
      "The policy has 4489 bytes: some proxies refuse responses whose headers are longer than 8 kB.",
      '80 hashes are of inline styles: with "unsafe-inline" in styleSrc instead, the policy has 185 bytes, and 10 points less.',
    ]);
  });
});
