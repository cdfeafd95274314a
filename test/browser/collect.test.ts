import type { Page } from "playwright-core";
import { describe, expect, it, vi } from "vitest";
import { append, definePolicy, nonce, observe, type Patch, type Policy, securityHeaders } from "../../src/index.js";
import { collectReports, learn } from "../../src/reports/index.js";
import { collectViolations, type Violations } from "../../src/testing/index.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, newPage, type Served, serveSite } from "./support.js";

const none = definePolicy("none");
const base = definePolicy("none", {
  contentSecurityPolicy: { defaultSrc: ["self"], baseUri: ["none"], formAction: ["none"], frameAncestors: ["self"] },
});
const embedder = definePolicy("none", { crossOriginEmbedderPolicy: "require-corp" });
const cameraFor = (camera: ["self"] | []) => definePolicy("none", { permissionsPolicy: { camera } });

const CAMERA = "<script>navigator.mediaDevices.getUserMedia({ video: true }).catch(() => {})</script>";
const CREATE = "<script>try { trustedTypes.createPolicy('two', {}) } catch {}</script>";
const NONE_OR_HASH = (key: string, hash: string) =>
  `Add contentSecurityPolicy: { ${key}: append(nonce) }, and nonce="…" to the element; or, if it never changes, contentSecurityPolicy: { ${key}: append("'sha256-${hash}'") }.`;

const served = (policy: Policy, body: string): Served => ({ policy: securityHeaders(policy), body: `<!doctype html>\n${body}` });

async function messageOf(seen: Violations): Promise<string> {
  return seen.expectNone().then(
    () => "",
    (error: Error) => error.message,
  );
}

/** Goes to the page, and waits for so many violations. */
async function visit(page: Page, port: number, count: number): Promise<Violations> {
  const seen = await collectViolations(page);
  await page.goto(`http://localhost:${port}/`);
  await vi.waitFor(() => expect(seen.violations.length).toBeGreaterThanOrEqual(count), { timeout: 15_000 });
  return seen;
}

describe.skipIf(skipWithout("collectViolations in a browser", [CHROMIUM]))("collectViolations", () => {
  it.each<[string, Policy, string, string[]]>([
    [
      "an image of another site",
      base,
      "<img src=http://other.test:PORT/image.svg>",
      [
        "1 violation:",
        "  Content-Security-Policy: img-src blocked http://other.test/image.svg",
        "    place: http://localhost/:2:44",
        '    Add contentSecurityPolicy: { imgSrc: append("http://other.test") }.',
      ],
    ],
    [
      "inline scripts, each with its hash",
      base,
      "<script>1</script>\n<script>2</script>",
      [
        "2 violations:",
        "  Content-Security-Policy: script-src-elem blocked inline",
        "    place: http://localhost/:2:9",
        `    ${NONE_OR_HASH("scriptSrc", "a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s=")}`,
        "  Content-Security-Policy: script-src-elem blocked inline",
        "    place: http://localhost/:3:9",
        `    ${NONE_OR_HASH("scriptSrc", "1HNeOiZeFu7gP1lxi5tdAwGcB9i2xR+Q2jpmbuwTqzU=")}`,
      ],
    ],
    [
      "scripts without the nonce, beside 'strict-dynamic'",
      definePolicy("none", { contentSecurityPolicy: { scriptSrc: [nonce, "strict-dynamic"] } }),
      "<script src=http://other.test:PORT/done.js></script>\n<script src=/done.js></script>",
      [
        "2 violations:",
        "  Content-Security-Policy: script-src-elem blocked http://other.test/done.js",
        "    place: http://localhost/",
        `    Add nonce="…" to the tag <script src="http://other.test/done.js"> in the HTML: beside 'strict-dynamic' neither hosts nor 'self' count.`,
        "  Content-Security-Policy: script-src-elem blocked http://localhost/done.js",
        "    place: http://localhost/",
        `    Add nonce="…" to the tag <script src="http://localhost/done.js"> in the HTML: beside 'strict-dynamic' neither hosts nor 'self' count.`,
      ],
    ],
    [
      "a script beside 'strict-dynamic' with a hash alone",
      definePolicy("none", {
        contentSecurityPolicy: { scriptSrc: ["'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='", "strict-dynamic"] },
      }),
      "<script src=/done.js></script>",
      [
        "1 violation:",
        "  Content-Security-Policy: script-src-elem blocked http://localhost/done.js",
        "    place: http://localhost/",
        `    Add contentSecurityPolicy: { scriptSrc: append(nonce) }. Add nonce="…" to the tag <script src="http://localhost/done.js"> in the HTML: beside 'strict-dynamic' neither hosts nor 'self' count.`,
      ],
    ],
    [
      "what no source is worth",
      base,
      "<script src=/eval.js></script>\n<b onclick=1></b>\n<b style='color: red'></b>",
      [
        "3 violations:",
        "  Content-Security-Policy: script-src blocked eval",
        "    place: http://localhost/eval.js:1:1",
        "    Do not allow this with a source: avoid eval, new Function, and timers with a string.",
        "  Content-Security-Policy: script-src-attr blocked inline",
        "    place: http://localhost/",
        "    Do not allow this with a source: write element.addEventListener(…) in a script instead of the attribute.",
        "  Content-Security-Policy: style-src-attr blocked inline",
        "    place: http://localhost/:4",
        "    Do not allow this with a source: write a class, or element.style in a script, instead of the attribute.",
      ],
    ],
    [
      "Trusted Types",
      definePolicy("none", { contentSecurityPolicy: { trustedTypes: ["one"], requireTrustedTypesFor: ["script"] } }),
      `${CREATE}\n<b id=x></b>\n<script>x.innerHTML = 'y'</script>`,
      [
        "2 violations:",
        '  Content-Security-Policy: trusted-types blocked trusted-types-policy ("two")',
        "    place: http://localhost/:2:28",
        '    Add contentSecurityPolicy: { trustedTypes: ["one", "two"] }.',
        '  Content-Security-Policy: require-trusted-types-for blocked trusted-types-sink ("Element innerHTML|y")',
        "    place: http://localhost/:4:21",
        "    No source allows this: assign a value that a Trusted Types policy created.",
      ],
    ],
    [
      "what a Report-Only twin would block",
      definePolicy("none", observe("none", { contentSecurityPolicy: { styleSrc: ["none"], scriptSrc: ["self"] } })),
      "<link rel=stylesheet href=/style.css>",
      [
        "1 violation:",
        "  Content-Security-Policy: style-src-elem would block http://localhost/style.css",
        "    place: http://localhost/:2:38",
        '    Add contentSecurityPolicyReportOnly: { styleSrc: append("self") }.',
      ],
    ],
    [
      "a page that may be framed by nobody",
      none,
      "<iframe src=http://127.0.0.1:PORT/framed></iframe>",
      [
        "1 violation:",
        "  Content-Security-Policy: frame-ancestors blocked http://127.0.0.1/",
        "    place: http://localhost/",
        '    Add contentSecurityPolicy: { frameAncestors: append("http://localhost") } to the framed page.',
      ],
    ],
    [
      "X-Frame-Options, of the site itself and of another",
      none,
      "<iframe src=/denied></iframe><iframe src=http://127.0.0.1:PORT/denied></iframe>",
      [
        "2 violations:",
        "  X-Frame-Options: DENY blocked http://127.0.0.1/",
        "    place: http://localhost/",
        '    Write xFrameOptions: false, contentSecurityPolicy: { frameAncestors: ["self", "http://localhost"] } on the framed page.',
        "  X-Frame-Options: DENY blocked http://localhost/",
        "    place: http://localhost/",
        '    Write xFrameOptions: "SAMEORIGIN" on the framed page.',
      ],
    ],
    [
      "a feature that the page may not use",
      cameraFor([]),
      CAMERA,
      [
        "1 violation:",
        "  Permissions-Policy: camera blocked",
        "    place: http://localhost/:2:32",
        '    Add permissionsPolicy: { camera: ["self"] }.',
      ],
    ],
    [
      "a feature that a frame may not use",
      cameraFor(["self"]),
      "<iframe src=http://127.0.0.1:PORT/camera></iframe>",
      [
        "1 violation:",
        "  Permissions-Policy: camera blocked",
        "    place: http://127.0.0.1/camera:2:32",
        '    Add permissionsPolicy: { camera: ["self", "http://127.0.0.1"] } to the page, and allow="camera" to the frame.',
      ],
    ],
    [
      "what does not agree to be embedded",
      embedder,
      "<img src=http://127.0.0.1:PORT/image.svg>",
      [
        "1 violation:",
        "  Cross-Origin-Embedder-Policy: corp blocked http://127.0.0.1/image.svg",
        "    place: http://localhost/",
        '    Put crossOriginResourcePolicy: "cross-origin" on the resource, or write crossOriginEmbedderPolicy: "credentialless".',
      ],
    ],
    [
      "a framed page without COEP",
      embedder,
      "<iframe src=/frame.html></iframe>",
      [
        "1 violation:",
        "  Cross-Origin-Embedder-Policy: navigation blocked http://localhost/frame.html",
        "    place: http://localhost/",
        '    Put crossOriginEmbedderPolicy: "require-corp" on the framed page as well.',
      ],
    ],
    [
      "a page that is sandboxed without scripts, where only the console tells",
      definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"], sandbox: [] } }),
      "<img src=http://other.test:PORT/image.svg>",
      [
        "1 violation:",
        "  Content-Security-Policy: img-src blocked http://other.test/image.svg",
        "    place: http://localhost/:2",
        '    Add contentSecurityPolicy: { imgSrc: append("http://other.test") }.',
      ],
    ],
  ])("tells of %s", async (_, policy, html, lines) => {
    const { port } = await serveSite({
      "/": served(policy, html),
      "/camera": served(none, CAMERA),
      "/framed": served(base, ""),
      "/denied": served(definePolicy("none", { xFrameOptions: "DENY" }), ""),
    });
    const count = Number.parseInt(lines[0] ?? "", 10);
    const message = await messageOf(await visit(await newPage(), port, count));
    // What two frames do comes in any order, and each violation is three lines.
    // The column of an attribute is that of its value or of the character before.
    const blocks = message
      .replaceAll(`:${port}`, "")
      .replace(/(style-src-attr .*\n.*):\d+$/m, "$1")
      .split(/\n(?= {2}\S)/);
    expect([blocks[0], ...(html.includes("/denied") ? blocks.slice(1).sort() : blocks.slice(1))].join("\n").split("\n")).toEqual(lines);
  });

  it.each<[string, Policy, string]>([
    ["an image of another site", base, "<img src=http://other.test:PORT/image.svg>"],
    ["an image in the page", base, "<img src='data:image/png;base64,AAAA'>"],
    ["a script of another site", base, "<script src=http://other.test:PORT/done.js></script>"],
    ["an inline script", base, "<script>done = true</script>"],
    ["an inline style sheet", base, "<style>b { color: red }</style>"],
    ["a style sheet of another site", base, "<link rel=stylesheet href=http://other.test:PORT/style.css>"],
    ["WebAssembly", base, "<script src=/wasm.js></script>"],
    ["a frame", base, "<iframe src=http://127.0.0.1:PORT/frame.html></iframe>"],
    ["a base", base, "<base href=/folder/>"],
    ["a Trusted Types policy", definePolicy("none", { contentSecurityPolicy: { trustedTypes: ["one"] } }), CREATE],
    [
      "a second Trusted Types policy of one name",
      definePolicy("none", { contentSecurityPolicy: { trustedTypes: ["two"] } }),
      CREATE + CREATE,
    ],
    [
      "fetch and WebSocket",
      definePolicy(base, { contentSecurityPolicy: { scriptSrc: ["unsafe-inline"], connectSrc: ["none"] } }),
      "<script>fetch('/data.json').catch(() => {}); new WebSocket('ws://localhost:PORT/')</script>",
    ],
    [
      "a script, by script-src-elem",
      definePolicy(base, { contentSecurityPolicy: { scriptSrcElem: ["none"] } }),
      "<script src=/done.js></script>",
    ],
    ["a camera", cameraFor([]), CAMERA],
    ["an image that does not agree to be embedded", embedder, "<img src=http://127.0.0.1:PORT/image.svg>"],
  ])("what it says to add is enough for %s", async (_, policy, html) => {
    const pages = { "/": served(policy, html) };
    const { port } = await serveSite(pages);
    const message = await messageOf(await visit(await newPage(), port, 1));
    // The last one that stands there: for what is inline the hash.
    const advice = message.match(/\w+Policy: (?:\{ .*? \}|"[a-z]+")(?=[.;,]|$)/gm)?.at(-1);
    const patch = new Function("append", "nonce", `return { ${advice} }`)(append, nonce) as Patch;
    pages["/"] = served(definePolicy(policy, patch), html);
    await (await visit(await newPage(), port, 0)).expectNone();
  });

  describe("beside 'strict-dynamic'", () => {
    const dynamic = definePolicy("none", { contentSecurityPolicy: { scriptSrc: [nonce, "strict-dynamic"], reportUri: ["/csp-report"] } });

    it("the nonce on the tag, as it says, is enough", async () => {
      const { port } = await serveSite({ "/": served(dynamic, "<script nonce=NONCE src=http://other.test:PORT/done.js></script>") });
      const page = await newPage();
      await (await visit(page, port, 0)).expectNone();
      expect(await page.evaluate("done")).toBe(true);
    });

    it("learn says the same of what Chromium reports", async () => {
      const reports = collectReports();
      const pages = { "/": served(dynamic, "<script src=http://other.test:PORT/done.js></script><script src=/done.js></script>") };
      const { port } = await serveSite({ ...pages, "/csp-report": { policy: reports, body: "" } });
      await visit(await newPage(), port, 2);
      await vi.waitFor(() => expect(reports.stats().accepted).toBe(2), { timeout: 15_000 });
      await reports.flush();
      const { advice, leftOut, suggestions } = learn(dynamic, await reports.store.groups());
      expect([leftOut, suggestions]).toEqual([{ otherPolicy: 0, ignored: 0, allowed: 0, unusable: 0 }, []]);
      expect(advice.map(({ message }) => message.replaceAll(`:${port}`, "")).sort()).toEqual([
        `Add nonce="…" to the tag <script src="http://localhost/done.js"> in the HTML: beside 'strict-dynamic' neither hosts nor 'self' count.`,
        `Add nonce="…" to the tag <script src="http://other.test/done.js"> in the HTML: beside 'strict-dynamic' neither hosts nor 'self' count.`,
      ]);
    });
  });

  it("advises a file for a script in a data: URL, which anybody can write", async () => {
    const { port } = await serveSite({ "/": served(base, "<script src=data:text/javascript,1></script>") });
    const message = await messageOf(await visit(await newPage(), port, 1));
    expect(message).toContain("  Content-Security-Policy: script-src-elem blocked data\n");
    expect(message).toContain("\n    Do not allow this with a source: serve the script as a file.");
  });

  it("passes where nothing is blocked", async () => {
    const { port } = await serveSite({ "/": served(base, "<img src=/image.svg>") });
    const seen = await visit(await newPage(), port, 0);
    await expect(seen.expectNone()).resolves.toBeUndefined();
    expect(seen.violations).toEqual([]);
  });

  it("expectNone waits for what was blocked just before it", async () => {
    const { port } = await serveSite({ "/": served(base, "") });
    const page = await newPage();
    const seen = await visit(page, port, 0);
    await page.evaluate("{ new Image().src = 'http://other.test/' }");
    await expect(seen.expectNone()).rejects.toThrow("img-src blocked http://other.test/");
  });

  it("keeps what was blocked before a navigation, each once", async () => {
    const { port } = await serveSite({
      "/": served(base, "<img src=http://other.test/1>"),
      "/2": served(base, "<img src=http://other.test/2>"),
    });
    const page = await newPage();
    const seen = await visit(page, port, 1);
    await page.reload();
    await page.goto(`http://localhost:${port}/2`);
    await vi.waitFor(() => expect(seen.violations.map(({ blockedURL }) => blockedURL)).toContain("http://other.test/2"));
    expect(seen.violations.map(({ blockedURL }) => blockedURL)).toEqual(["http://other.test/1", "http://other.test/2"]);
  });

  it("tells all that the browser says of a violation", async () => {
    const policy = definePolicy("none", { contentSecurityPolicy: { scriptSrc: ["self", "report-sample"] } });
    const { port } = await serveSite({ "/": served(policy, "<script>let sample</script>") });
    const { violations } = await visit(await newPage(), port, 1);
    expect(violations).toEqual([
      {
        header: "Content-Security-Policy",
        directive: "script-src-elem",
        blockedURL: "inline",
        documentURL: `http://localhost:${port}/`,
        sourceFile: `http://localhost:${port}/`,
        lineNumber: 2,
        columnNumber: 9,
        disposition: "enforce",
        sample: "let sample",
        originalPolicy: "script-src 'self' 'report-sample'",
      },
    ]);
  });

  it("is one collection for one page", async () => {
    const page = await newPage();
    expect(await collectViolations(page)).toBe(await collectViolations(page));
  });

  it("refuses a page that has gone somewhere, since what happened there is lost", async () => {
    const { port } = await serveSite({ "/": served(base, "") });
    const page = await newPage();
    await page.goto(`http://localhost:${port}/`);
    await expect(collectViolations(page)).rejects.toThrow(
      `collectViolations: the page shows "http://localhost:${port}/" already. Call it before page.goto().`,
    );
  });
});
