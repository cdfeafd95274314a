import { describe, expect, it } from "vitest";
import { definePolicy, renderHeaders } from "../../src/index.js";
import { proveSite, record } from "../../src/record/record.js";
import { CHROMIUM, recordersBrowser } from "../browser/support.js";
import { skipWithout } from "../peers.js";
import { type Answers, newBrowser, optionsOf, serveAnswers, svg, withoutPort } from "./proving.js";

/** Proves a policy on the page at `/`. */
async function provePage(answers: Answers, csp: object) {
  const url = await serveAnswers(answers);
  const policy = definePolicy("strict", { contentSecurityPolicy: csp });
  const { outcome, proof, evidence } = await proveSite(policy, optionsOf(await recordersBrowser(), url));
  return withoutPort({
    outcome,
    blocked: evidence.groups.map((group) => `${group.directive} ${group.blocked}`),
    differences: proof?.pages.flatMap(({ differences }) => differences),
    masks: proof?.masks.map(({ lines, pixels }) => ({ lines, pixels: Math.round(pixels * 10_000) / 10_000 })),
    notes: proof?.notes,
  });
}

const html = (body: string) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>${body}`;

/** 144 blocks of 16 by 16 pixels, of 4,000: the 100 of a box of 160 by 160 pixels, and those around it. */
const BOX = 0.036;

describe.skipIf(skipWithout("proving a policy", [CHROMIUM]))("prove", { timeout: 240_000 }, () => {
  describe("what differs without the policy is masked and listed", () => {
    const place = "#x { position: absolute; left: 320px; top: 320px; width: 160px; height: 160px }";

    it.each<[string, Answers, { readonly lines: number; readonly pixels: number }[]]>([
      [
        "a clock",
        {
          "/": html('<link rel="stylesheet" href="/x.css"><p id="x"></p><script src="/x.js"></script>'),
          "/x.css": "#x { color: transparent }",
          "/x.js": (visit) => `x.textContent = "It is 10:41:0${visit}"`,
        },
        [{ lines: 1, pixels: 0 }],
      ],
      [
        "a text that is another each time",
        {
          "/": html('<link rel="stylesheet" href="/x.css"><p id="x"></p><script src="/x.js"></script>'),
          "/x.css": "#x { color: transparent }",
          "/x.js": (visit) => `x.textContent = ["Good", "Better", "Best", "Fine"][${visit - 1}]`,
        },
        [{ lines: 1, pixels: 0 }],
      ],
      [
        "an advertisement",
        {
          "/": html('<link rel="stylesheet" href="/x.css"><img id="x" src="/ad.svg" alt="">'),
          "/x.css": `${place} #x { object-fit: fill }`,
          "/ad.svg": (visit) =>
            svg(["red", "blue", "green", "black"][visit - 1] ?? "white").replace("<svg ", '<svg preserveAspectRatio="none" '),
        },
        [{ lines: 0, pixels: BOX }],
      ],
      [
        "a canvas",
        {
          "/": html('<link rel="stylesheet" href="/x.css"><canvas id="x" width="160" height="160"></canvas><script src="/x.js"></script>'),
          "/x.css": place,
          "/x.js": (visit) =>
            `const c = x.getContext("2d"); c.fillStyle = "rgb(${60 * visit}, 0, ${255 - 60 * visit})"; c.fillRect(0, 0, 160, 160)`,
        },
        [{ lines: 0, pixels: BOX }],
      ],
      [
        "an advertisement that was the same in the first two walks",
        {
          "/": html('<link rel="stylesheet" href="/x.css"><canvas id="x" width="160" height="160"></canvas><script src="/x.js"></script>'),
          "/x.css": place,
          "/x.js": (visit) => `const c = x.getContext("2d"); c.fillStyle = "${visit < 3 ? "red" : "blue"}"; c.fillRect(0, 0, 160, 160)`,
        },
        [{ lines: 0, pixels: BOX }],
      ],
      [
        "an animation, which pictures are taken without",
        {
          "/": html('<link rel="stylesheet" href="/x.css"><div id="x"></div>'),
          "/x.css": `${place} #x { background: red; animation: a 1s infinite } @keyframes a { to { background: blue; left: 640px } }`,
        },
        [],
      ],
    ])("%s", async (_, answers, masks) => {
      expect(await provePage(answers, {})).toEqual({ outcome: "proven", blocked: [], differences: [], masks, notes: [] });
    });
  });

  describe("a page whose text differs by its timing", () => {
    const answers = (text: (visit: number) => string): Answers => ({
      "/": html('<link rel="stylesheet" href="/x.css"><p id="x"></p><script src="/x.js"></script>'),
      "/x.css": "#x { color: transparent }",
      "/x.js": (visit) => `x.textContent = ${text(visit)}`,
    });

    // Two walks without the policy, one with it, one without it, one with it.
    it("is proven where a second walk with the policy shows what was there before", async () => {
      expect(
        await provePage(
          answers((visit) => (visit === 3 ? '"worker"' : '"no worker"')),
          {},
        ),
      ).toEqual({
        outcome: "proven",
        blocked: [],
        differences: [],
        masks: [],
        notes: [
          'http://localhost/ (desktop) differed in one of two walks with the policy, and not in the other: This text is missing: "no worker" This text is new: "worker"',
        ],
      });
    });

    it("is not proven where the text is missing in both walks with the policy", async () => {
      const policy = definePolicy("none", { permissionsPolicy: { geolocation: [] } });
      const url = await serveAnswers(answers(() => 'document.featurePolicy.allowsFeature("geolocation") ? "near you" : "anywhere"'));
      const { outcome, proof } = await proveSite(policy, optionsOf(await recordersBrowser(), url));
      expect(withoutPort({ outcome, differences: proof?.pages.map(({ differences }) => differences), notes: proof?.notes })).toEqual({
        outcome: "not proven",
        differences: [['This text is missing: "near you"', 'This text is new: "anywhere"']],
        notes: [],
      });
    });
  });

  describe("a page that the policy breaks is not proven", () => {
    it("a script that draws", async () => {
      const answers = {
        "/": html('<canvas width="320" height="160"></canvas><script src="/draw.js"></script>'),
        "/draw.js": 'document.querySelector("canvas").getContext("2d").fillRect(0, 0, 320, 160)',
      };
      expect(await provePage(answers, { scriptSrc: ["none"] })).toMatchObject({
        outcome: "not proven",
        blocked: ["script-src-elem self", "script-src-elem self"],
        differences: ["New failed request: GET http://localhost/draw.js: csp", "5.0 % of the picture differs."],
      });
    });

    it("a style", async () => {
      const answers = {
        "/": html('<link rel="stylesheet" href="/x.css"><div id="x"></div>'),
        "/x.css": "#x { width: 320px; height: 160px; background: red }",
      };
      expect(await provePage(answers, { styleSrc: ["none"] })).toMatchObject({
        outcome: "not proven",
        differences: ["New failed request: GET http://localhost/x.css: csp", "5.0 % of the picture differs."],
      });
    });

    it("an image", async () => {
      const answers = { "/": html('<img src="/x.svg" alt="" width="320" height="160">'), "/x.svg": svg("blue") };
      expect(await provePage(answers, { imgSrc: ["none"] })).toMatchObject({
        outcome: "not proven",
        differences: ["New failed request: GET http://localhost/x.svg: csp", "5.0 % of the picture differs."],
      });
    });

    it("text that a script writes", async () => {
      const answers = {
        "/": html('<link rel="stylesheet" href="/x.css"><p>Loading</p><script src="/x.js"></script>'),
        "/x.css": "p { color: transparent }",
        "/x.js": 'document.querySelector("p").textContent = "Ready"',
      };
      expect(await provePage(answers, { scriptSrc: ["none"] })).toMatchObject({
        outcome: "not proven",
        differences: ["New failed request: GET http://localhost/x.js: csp", 'This text is missing: "Ready"', 'This text is new: "Loading"'],
      });
    });

    it("a script that needs what is blocked, and logs an error", async () => {
      const answers = {
        "/": html('<script src="/x.js"></script>'),
        "/x.js": 'fetch("/data.json").catch(() => console.error("The data did not come."))',
        "/data.json": "{}",
      };
      expect(await provePage(answers, { connectSrc: ["none"] })).toMatchObject({
        outcome: "not proven",
        differences: ["New error: The data did not come."],
      });
    });

    it("an image that another header than the CSP refuses", async () => {
      const url = await serveAnswers({
        "/": html('<link rel="stylesheet" href="/x.css"><img src="http://other.test:PORT/x.svg" alt="">'),
        "/x.css": "img { width: 0; height: 0 }",
        "/x.svg": svg("blue"),
      });
      const policy = definePolicy("strict", {
        contentSecurityPolicy: { imgSrc: ["self", "http://other.test:*"] },
        crossOriginEmbedderPolicy: "require-corp",
      });
      const { outcome, proof } = await proveSite(policy, optionsOf(await recordersBrowser(), url));
      expect(withoutPort({ outcome, differences: proof?.pages.map(({ differences }) => differences) })).toEqual({
        outcome: "not proven",
        differences: [
          ["New failed request: GET http://other.test/x.svg: net::ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep"],
        ],
      });
    });
  });

  it("extends a proposal by what only shows when it is enforced", async () => {
    const url = await serveAnswers(chain(3), { headers: OWN_POLICY, secure: true });
    const { outcome, proposal } = await record(definePolicy("strict"), optionsOf(await recordersBrowser(), url));
    expect(withoutPort({ outcome, allowed: proposal.allowed.map(({ directive, source }) => `${directive} ${source}`) })).toEqual({
      outcome: "proven",
      allowed: ["scriptSrc https://a.test", "scriptSrc https://b.test", "scriptSrc https://c.test", "scriptSrc https://d.test"],
    });
  });

  it("extends a proposal three times at most", async () => {
    const url = await serveAnswers(chain(4), { headers: OWN_POLICY, secure: true });
    const { outcome, proposal, proof } = await record(definePolicy("strict"), optionsOf(await recordersBrowser(), url));
    const blocked = proof?.evidence.groups.map((group) => group.blocked);
    expect(withoutPort({ outcome, allowed: proposal.allowed.map(({ source }) => source), blocked })).toEqual({
      outcome: "not proven",
      allowed: ["https://a.test", "https://b.test", "https://c.test", "https://d.test"],
      blocked: ["https://e.test"],
    });
  });

  it("is not enforceable where inline code differs between loads, even if a load without it works", async () => {
    const url = await serveAnswers({ "/": (visit) => html(visit < 3 ? `<script>globalThis.n = ${visit}</script>` : "") });
    const { outcome, proof, proposal } = await record(definePolicy("strict"), optionsOf(await recordersBrowser(), url));
    expect({ outcome, isClean: proof?.isClean, needed: proposal.needed.length > 0 }).toEqual({
      outcome: "not enforceable",
      isClean: true,
      needed: true,
    });
  });

  it("is not proven where a page does not load with the policy", async () => {
    const url = await serveAnswers({ "/": (visit) => (visit < 3 ? html("hello") : undefined) });
    const { outcome, proof } = await record(definePolicy("strict"), optionsOf(await recordersBrowser(), url));
    expect(withoutPort({ outcome, notes: proof?.notes })).toEqual({
      outcome: "not proven",
      notes: [
        "http://localhost/: the connection was closed before a response came.",
        "http://localhost/ (desktop) could not be compared: it was not seen in each walk.",
      ],
    });
  });

  it("is not proven where the browser ends during the proof", async () => {
    const url = await serveAnswers({ "/": html("hello") });
    const browser = await newBrowser();
    const onProgress = ({ walk }: { readonly walk: number }) => {
      if (walk === 3) void browser.close();
    };
    const { outcome, walks, proof } = await record(definePolicy("strict"), optionsOf(browser, url, { onProgress }));
    expect({ outcome, seen: walks[0].pages.length, isClean: proof?.isClean }).toEqual({ outcome: "not proven", seen: 1, isClean: false });
  });

  it("proposes no hash for inline code where the second walk was interrupted", async () => {
    const url = await serveAnswers({ "/": html("<script>globalThis.n = 1</script>") });
    const ending = new AbortController();
    const onProgress = ({ walk }: { readonly walk: number }) => {
      if (walk === 2) ending.abort();
    };
    const options = optionsOf(await recordersBrowser(), url, { onProgress, signal: ending.signal });
    const { outcome, proposal } = await record(definePolicy("strict"), options);
    expect(withoutPort({ outcome, allowed: proposal.allowed, needed: proposal.needed.map(({ message }) => message) })).toEqual({
      outcome: "not enforceable",
      allowed: [],
      needed: [
        "An inline script, <script></script> at http://localhost/:1:78, was seen in one load only: whether it stays the same is not known. Record again, so that the page is loaded twice.",
      ],
    });
  });

  it("proposes an enforced policy for one in report-only headers", async () => {
    const url = await serveAnswers({ "/": html('<script src="/x.js"></script>'), "/x.js": "" });
    const policy = definePolicy("none", {
      contentSecurityPolicyReportOnly: { defaultSrc: ["none"], imgSrc: ["self"] },
      referrerPolicy: "no-referrer",
    });
    const { outcome, proposal, notes } = await record(policy, optionsOf(await recordersBrowser(), url));
    expect({ outcome, headers: renderHeaders(proposal.policy), notes }).toEqual({
      outcome: "proven",
      headers: { "Content-Security-Policy": "default-src 'none'; img-src 'self'; script-src 'self'", "Referrer-Policy": "no-referrer" },
      notes: ["The policy has report-only headers: they are proposed and proved as enforced headers."],
    });
  });

  it("says which requests failed in every walk, without their queries", async () => {
    const body = '<script src="/gone.js?token=secret"></script><script src="http://nowhere.invalid/a.js"></script>';
    const url = await serveAnswers({ "/": html(body) });
    const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["*"] } });
    const { outcome, notes } = await record(policy, optionsOf(await recordersBrowser(), url));
    expect(withoutPort({ outcome, notes })).toEqual({
      outcome: "proven",
      notes: [
        "2 requests failed in every walk: what they would have loaded is not seen (GET http://localhost/gone.js: status 404, GET http://nowhere.invalid/a.js: net::ERR_NAME_NOT_RESOLVED).",
      ],
    });
  });

  it("refuses a policy with an enforced and a report-only CSP before it visits anything", async () => {
    const policy = definePolicy("strict", { contentSecurityPolicyReportOnly: { defaultSrc: ["none"] } });
    const visited: string[] = [];
    const options = optionsOf(await recordersBrowser(), "http://localhost:1/", { onProgress: ({ address }) => void visited.push(address) });
    await expect(record(policy, options)).rejects.toThrow(
      "contentSecurityPolicyReportOnly: is in the policy already, and contentSecurityPolicy would replace it.",
    );
    expect(visited).toEqual([]);
  });

  it("is not proven where it was ended before the proof", async () => {
    const url = await serveAnswers({ "/": html("hello") });
    const ending = new AbortController();
    const onProgress = ({ walk }: { readonly walk: number }) => {
      if (walk === 2) ending.abort();
    };
    const options = optionsOf(await recordersBrowser(), url, { onProgress, signal: ending.signal });
    const { outcome, proof } = await record(definePolicy("strict"), options);
    expect({ outcome, proof }).toEqual({ outcome: "not proven", proof: undefined });
  });
});

/** The site's own policy, beside which the recorder observes its own, stops the first script. */
const OWN_POLICY = { "Content-Security-Policy": "script-src 'self'" };

/** A script from a.test that loads one from b.test, and so on. */
function chain(length: number): Answers {
  const names = ["a", "b", "c", "d", "e"].slice(0, length + 1);
  const scripts = names.map((name, index) => {
    const next = names[index + 1];
    const text =
      next === undefined
        ? ""
        : `document.head.append(Object.assign(document.createElement("script"), { src: "https://${next}.test:PORT/${next}.js" }))`;
    return [`/${name}.js`, text] as const;
  });
  return { "/": html('<p>hello</p><script src="https://a.test:PORT/a.js"></script>'), ...Object.fromEntries(scripts) };
}
