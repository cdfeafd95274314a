import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { definePolicy } from "../../src/index.js";
import { propose } from "../../src/record/proposal.js";
import { mergeSaved, policyOfSaved, type SavedRecording } from "../../src/record/saved.js";
import { evidenceOf } from "../../src/record/saved-evidence.js";
import { readRecording } from "../../src/record/saved-schema.js";
import { provePolicy, recordViolations } from "../../src/testing/index.js";
import { CHROMIUM, launchChromium, type Served, serveSite } from "../browser/support.js";
import { skipWithout } from "../peers.js";

const page = (body: string): Served => ({ body: `<!doctype html>\n${body}` });

const HASH_OF_1 = "'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='";

let browser: Browser;

async function newContext(): Promise<BrowserContext> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  return context;
}

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-recording-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "recordings/one.json");
}

const read = (file: string): SavedRecording => readRecording(JSON.parse(readFileSync(file, "utf8")));
const blockedIn = ({ groups }: SavedRecording) => groups.map(({ directive, blocked, route }) => `${directive} ${blocked} ${route}`).sort();

const message = (promise: Promise<unknown>) =>
  promise.then(
    () => "",
    (error: Error) => error.message,
  );

describe.skipIf(skipWithout("recordViolations in a browser", [CHROMIUM]))("recordViolations", () => {
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it("writes what the policy would block, by directive, source and route", async () => {
    const { port } = await serveSite({ "/": page("<script>1</script><img src=http://other.test:PORT/image.svg>") });
    const [context, file] = [await newContext(), newFile()];
    const recording = await recordViolations(context, { policy: "strict", file });
    await (await context.newPage()).goto(`http://localhost:${port}/`);
    await recording.save();
    expect(blockedIn(read(file))).toEqual([`img-src http://other.test:${port} /`, "script-src-elem inline /"]);
  });

  it("blocks nothing", async () => {
    const { port } = await serveSite({ "/": page("<script>done = true</script>") });
    const context = await newContext();
    await recordViolations(context, { policy: "strict", file: newFile() });
    const tab = await context.newPage();
    await tab.goto(`http://localhost:${port}/`);
    expect(await tab.evaluate("done")).toBe(true);
  });

  it("writes the preset's name and the headers that were observed", async () => {
    const [context, file] = [await newContext(), newFile()];
    const recording = await recordViolations(await context.newPage(), { policy: "strict", file });
    await recording.save();
    const { preset, headers } = read(file).policy;
    expect([preset, headers["X-Frame-Options"]]).toEqual(["strict", "DENY"]);
  });

  it("writes the whole code's hash, and whether the server's HTML has it", async () => {
    const { port } = await serveSite({ "/": page("<script>1</script>") });
    const [context, file] = [await newContext(), newFile()];
    const recording = await recordViolations(context, { file });
    await (await context.newPage()).goto(`http://localhost:${port}/`);
    await recording.save();
    expect(read(file).inline.map(({ kind, hash, isServed, loads }) => ({ kind, hash, isServed, loads }))).toEqual([
      { kind: "script", hash: HASH_OF_1, isServed: true, loads: 1 },
    ]);
  });

  it("writes no query, cookie or token of the site", async () => {
    const secret = "s3cr3tT0kenOfSomebody";
    const { port } = await serveSite({
      "/": page(`<script nonce=${secret}>const csrf = "${secret}"; fetch("http://other.test:PORT/data.json?key=${secret}")</script>`),
      [`/reset/${secret}`]: page("<script>1</script>"),
    });
    const [context, file] = [await newContext(), newFile()];
    await context.addCookies([{ name: "session", value: secret, url: `http://localhost:${port}/` }]);
    const recording = await recordViolations(context, { file });
    const tab = await context.newPage();
    await tab.goto(`http://localhost:${port}/?token=${secret}`);
    await tab.goto(`http://localhost:${port}/reset/${secret}`);
    await recording.save();
    const text = readFileSync(file, "utf8");
    expect([text.includes("script-src-elem"), text.includes("connect-src"), text.includes(secret)]).toEqual([true, true, false]);
  });

  it("sees frames of other sites, and workers of all kinds", async () => {
    const FETCH = "fetch('http://third.test:PORT/data.json').catch(() => {})";
    const { port } = await serveSite({
      "/": page(`<iframe src=http://other.test:PORT/framed.html></iframe>
        <script>new Worker('/dedicated.js'); new SharedWorker('/shared.js'); navigator.serviceWorker.register('/service.js')</script>`),
      "/framed.html": page("<iframe src=/inner.html></iframe>"),
      "/inner.html": page("<img src=http://third.test:PORT/image.svg>"),
      "/dedicated.js": { type: "text/javascript", body: FETCH },
      "/shared.js": { type: "text/javascript", body: FETCH },
      "/service.js": { type: "text/javascript", body: FETCH },
    });
    // A second context, so that no frame is found because there is no other.
    const [context, file] = [await newContext(), newFile()];
    await (await newContext()).newPage();
    const recording = await recordViolations(context, {
      policy: definePolicy("none", {
        contentSecurityPolicy: { scriptSrc: ["self", "unsafe-inline"], connectSrc: ["self"], imgSrc: ["self"] },
      }),
      file,
    });
    const tab = await context.newPage();
    await tab.goto(`http://localhost:${port}/`);
    await expect.poll(() => recording.violations, { timeout: 15_000 }).toBeGreaterThanOrEqual(4);
    await recording.save();
    expect(blockedIn(read(file))).toEqual([
      `connect-src http://third.test:${port} /dedicated.js`,
      `connect-src http://third.test:${port} /service.js`,
      `connect-src http://third.test:${port} /shared.js`,
      `img-src http://third.test:${port} /inner.html`,
    ]);
  });

  it("keeps contexts of one browser apart that are used at once", async () => {
    const frames = (name: string) => `<iframe src=/frame/${name}></iframe><iframe src=http://other.test:PORT/frame/${name}></iframe>`;
    const names = ["a", "b", "c"];
    const pages = names.flatMap((name) => [
      [`/${name}`, page(`<img src=http://${name}.test:PORT/image.svg>${frames(name)}`)] as const,
      [`/frame/${name}`, page(`<img src=http://${name}.test:PORT/image.svg>`)] as const,
    ]);
    const { port } = await serveSite(Object.fromEntries(pages));
    const files = [newFile(), newFile()];
    const policies = [
      definePolicy("none", { contentSecurityPolicy: { scriptSrc: ["self"], imgSrc: ["self"] } }),
      definePolicy("none", { contentSecurityPolicy: { scriptSrc: ["self"], imgSrc: ["self", "data:"] } }),
    ];
    // The third one is not recorded.
    const contexts = await Promise.all(names.map(newContext));
    const recordings = await Promise.all(
      files.map((file, index) =>
        recordViolations(contexts[index] as BrowserContext, { policy: policies[index] as (typeof policies)[0], file }),
      ),
    );
    const tabs = await Promise.all(contexts.map((context) => context.newPage()));
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(tabs.map((tab, index) => tab.goto(`http://localhost:${port}/${names[index]}`)));
    }
    await Promise.all(recordings.map((recording) => recording.save()));
    expect(
      files.map((file) =>
        read(file)
          .groups.map(({ blocked, route }) => `${blocked} ${route}`)
          .sort(),
      ),
    ).toEqual([
      [`http://a.test:${port} /a`, `http://a.test:${port} /frame/a`],
      [`http://b.test:${port} /b`, `http://b.test:${port} /frame/b`],
    ]);
  });

  it("adds the recordings of one process to one file", async () => {
    const { port } = await serveSite({ "/a": page("<script>1</script>"), "/b": page("<script>2</script>") });
    const file = newFile();
    for (const path of ["/a", "/b"]) {
      const context = await newContext();
      const recording = await recordViolations(context, { file });
      await (await context.newPage()).goto(`http://localhost:${port}${path}`);
      await recording.save();
    }
    expect([read(file).sessions, blockedIn(read(file))]).toEqual([2, ["script-src-elem inline /a", "script-src-elem inline /b"]]);
  });

  it("records what the page's script files, frames, popups and Trusted Types need, and its files run behind the learned patch", async () => {
    const other = "<script>opener?.postMessage('hello', '*')</script>";
    const { port } = await serveSite({
      "/x": page(`<p id=out></p><script src=/app.js></script><script>out.append("inline ")</script>
        <script src=http://cdn.test:PORT/cdn.js></script>`),
      "/around": page("<iframe src=/x></iframe>"),
      "/app.js": { type: "text/javascript", body: `document.querySelector("#out").append("app ")` },
      "/cdn.js": { type: "text/javascript", body: `trustedTypes.createPolicy("shop", {}); document.querySelector("#out").append("cdn")` },
      "/opener": page(`<script>onclick = () => open("http://other.test:PORT/popup")</script>`),
      "/popup": page(other),
    });
    const policy = definePolicy("strict", { contentSecurityPolicy: { trustedTypes: ["other"] } });
    const file = newFile();
    for (const _ of [1, 2]) {
      const context = await newContext();
      const recording = await recordViolations(context, { policy, file });
      const tab = await context.newPage();
      for (const path of ["/around", "/x"]) await tab.goto(`http://localhost:${port}${path}`);
      await tab.goto(`http://localhost:${port}/opener`);
      const opened = context.waitForEvent("page");
      await tab.click("html");
      await (await opened).waitForLoadState("load");
      await recording.save();
    }
    const saved = read(file);
    const { hasScriptFile, origins, policyNames, popups, framedBy } = saved;
    expect({ hasScriptFile, origins: [...origins].sort(), names: policyNames.map(({ name }) => name), popups, framedBy }).toEqual({
      hasScriptFile: true,
      origins: [`http://localhost:${port}`, `http://other.test:${port}`],
      names: ["shop"],
      popups: [`http://other.test:${port}`],
      framedBy: [{ by: "self", page: `http://localhost:${port}/x` }],
    });
    const proposal = propose(policyOfSaved(saved), evidenceOf(saved).evidence, new Set(["inline"]));
    expect(proposal.allowed.map(({ source }) => source)).not.toContain("strict-dynamic");
    const context = await newContext();
    await provePolicy(context, { policy: proposal.policy });
    const tab = await context.newPage();
    await tab.goto(`http://localhost:${port}/x`);
    await expect.poll(() => tab.textContent("#out")).toContain("app inline");
  });

  it("writes that an element has a nonce, and what surrounds it", async () => {
    const { port } = await serveSite({ "/": page("<div><script nonce=abc>1</script></div>") });
    const [context, file] = [await newContext(), newFile()];
    const recording = await recordViolations(context, { file });
    await (await context.newPage()).goto(`http://localhost:${port}/`);
    await recording.save();
    expect(read(file).inline.map(({ hasNonce, around }) => [hasNonce, around.length])).toEqual([[true, 1]]);
  });

  it("saves when the context is closed", async () => {
    const { port } = await serveSite({ "/": page("<script>1</script>") });
    const [context, file] = [await browser.newContext(), newFile()];
    const recording = await recordViolations(context, { file });
    await (await context.newPage()).goto(`http://localhost:${port}/`);
    await expect.poll(() => recording.violations).toBe(1);
    await context.close();
    await recording.save();
    expect(blockedIn(read(file))).toEqual(["script-src-elem inline /"]);
  });

  it("keeps what an earlier run, or another worker, has written into the file", async () => {
    const { port } = await serveSite({ "/": page("<script>1</script>") });
    const file = newFile();
    for (const writer of ["earlier", "another"]) {
      const [context, recorded] = [await newContext(), read];
      const recording = await recordViolations(context, { file });
      await (await context.newPage()).goto(`http://localhost:${port}/`);
      await recording.save();
      writeFileSync(file, JSON.stringify({ ...recorded(file), writer }));
    }
    const { sessions, inline } = read(file);
    expect([sessions, inline.map((code) => [code.hash, code.sessions])]).toEqual([2, [[HASH_OF_1, 2]]]);
  });

  it("writes a file of its own name into a folder, beside those of other shards", async () => {
    const file = newFile();
    const folder = file.replace("/one.json", "");
    await (await recordViolations(await newContext(), { folder })).save();
    const [own = ""] = readdirSync(folder);
    const other = join(folder, "recording-0000000000000000.json");
    writeFileSync(other, readFileSync(join(folder, own)));
    await (await recordViolations(await newContext(), { folder })).save();
    expect([read(join(folder, own)).sessions, read(other).sessions, readdirSync(folder).length]).toEqual([2, 1, 2]);
  });

  it("refuses a page that has navigated already, without its query", async () => {
    const { port } = await serveSite({ "/": page("") });
    const tab = await (await newContext()).newPage();
    await tab.goto(`http://localhost:${port}/?a=secret`);
    expect(await message(recordViolations(tab, { file: newFile() }))).toBe(
      `recordViolations: a page shows "http://localhost:${port}/" already. Call it before page.goto().`,
    );
  });

  it("refuses a second call for a context", async () => {
    const context = await newContext();
    await recordViolations(context, { file: newFile() });
    expect(await message(provePolicy(context, { policy: "strict" }))).toBe(
      "provePolicy: the context is in use by recordViolations already. Call it once for each context, and pass on what it returns.",
    );
  });
});

describe.skipIf(skipWithout("provePolicy in a browser", [CHROMIUM]))("provePolicy", () => {
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it("enforces the policy", async () => {
    const { port } = await serveSite({ "/": page("<script>done = true</script>") });
    const context = await newContext();
    await provePolicy(context, { policy: "strict" });
    const tab = await context.newPage();
    await tab.goto(`http://localhost:${port}/`);
    expect(await tab.evaluate("typeof done")).toBe("undefined");
  });

  it("fails with each violation, where it is, and what to add", async () => {
    const { port } = await serveSite({ "/": page("<script>1</script><img src=http://other.test:PORT/image.svg?a=secret>") });
    const context = await newContext();
    const proof = await provePolicy(context, { policy: "strict" });
    await (await context.newPage()).goto(`http://localhost:${port}/`);
    await expect.poll(() => proof.violations.length).toBe(2);
    expect((await message(proof.expectNone())).replaceAll(`:${port}`, "").split("\n").sort()).toEqual(
      [
        "2 violations:",
        '  Content-Security-Policy: script-src-elem blocked inline ("1")',
        "    place: http://localhost/:2:9",
        `    Add contentSecurityPolicy: { scriptSrc: append(nonce) }, and nonce="…" to the element; or, if it never changes, contentSecurityPolicy: { scriptSrc: append("${HASH_OF_1}") }.`,
        "  Content-Security-Policy: img-src blocked http://other.test/image.svg",
        "    place: http://localhost/:2:71",
        '    Add contentSecurityPolicy: { imgSrc: append("http://other.test") }.',
      ].sort(),
    );
  });

  it("lists what a worker was kept from", async () => {
    const { port } = await serveSite({
      "/": page("<script src=/start.js></script>"),
      "/start.js": { type: "text/javascript", body: "new Worker('/dedicated.js')" },
      "/dedicated.js": { type: "text/javascript", body: "fetch('http://third.test:PORT/data.json').catch(() => {})" },
    });
    const context = await newContext();
    const policy = definePolicy("none", { contentSecurityPolicy: { scriptSrc: ["self"], connectSrc: ["self"] } });
    const proof = await provePolicy(context, { policy });
    await (await context.newPage()).goto(`http://localhost:${port}/`);
    await expect.poll(() => proof.violations.length, { timeout: 15_000 }).toBe(1);
    expect(await message(proof.expectNone())).toContain('Add contentSecurityPolicy: { connectSrc: append("http://third.test');
  });

  it("passes where the policy allows everything", async () => {
    const { port } = await serveSite({ "/": page("<script>done = true</script><script src=/done.js></script>") });
    const context = await newContext();
    const policy = definePolicy("strict", {
      contentSecurityPolicy: { scriptSrc: ["self", "'sha256-VvC0MHKqJMSM5+Dl7QakQsw4+kA991dhUvadgGZPh58='"] },
    });
    const proof = await provePolicy(context, { policy });
    const tab = await context.newPage();
    await tab.goto(`http://localhost:${port}/`);
    await proof.expectNone();
    expect(await tab.evaluate("done")).toBe(true);
  });
});

const SAVED: SavedRecording = {
  ...{ portcullis: "recording", version: 2, writer: "one", savedAt: 1, policy: { preset: "strict", headers: {} }, sessions: 1 },
  ...{ pages: [{ page: "http://a.test/", loads: 1, sessions: 1 }], groups: [], violations: 1, dropped: 0, notes: [] },
  ...{ origins: ["http://a.test"], policyNames: [], popups: [], framedBy: [], hasScriptFile: false },
  inline: [
    {
      ...{ kind: "script", directive: "script-src-elem", text: "1", hash: HASH_OF_1, element: "<script>", isServed: true },
      ...{ hasNonce: false, around: [], place: "http://a.test/:2:9", pages: ["http://a.test/"], loads: 1, sessions: 1 },
    },
  ],
};

describe("Recordings of shards", () => {
  it("have code within content that differs between addresses, though each shard saw one of them", () => {
    const [code] = SAVED.inline;
    const at = (address: string, near: string): SavedRecording => ({
      ...SAVED,
      inline: [{ ...(code as (typeof SAVED.inline)[0]), around: [{ address, near, top: "1" }] }],
    });
    expect(evidenceOf(mergeSaved(at("a", "2"), at("b", "3"))).evidence.inline.map(({ differsAround }) => differsAround)).toEqual(["near"]);
  });

  it("load script files where one of them does", () => {
    expect(mergeSaved(SAVED, { ...SAVED, hasScriptFile: true }).hasScriptFile).toBe(true);
  });

  it("make code stable that two sessions had", () => {
    expect(evidenceOf(mergeSaved(SAVED, SAVED)).evidence.inline.map(({ isStable }) => isStable)).toEqual([true]);
  });

  it("do not make code stable that one session of two had, although both loaded its page", () => {
    const { evidence } = evidenceOf(mergeSaved(SAVED, { ...SAVED, inline: [] }));
    expect(evidence.inline.map(({ isStable }) => isStable)).toEqual([false]);
  });

  it("say nothing of code whose page was loaded once", () => {
    const { evidence, seenOnce } = evidenceOf(SAVED);
    expect([evidence.inline.length, seenOnce.map(({ place }) => place)]).toEqual([0, ["http://a.test/:2:9"]]);
  });
});

describe("Wrong arguments", () => {
  it.each<[string, () => Promise<unknown>, string]>([
    [
      "no context",
      () => recordViolations(undefined as never, { file: "a.json" }),
      'recordViolations: undefined is not a context. Write recordViolations(context, { policy: "strict", folder: "csp" }), with a context or a page of Playwright.',
    ],
    [
      "a folder and a file",
      () => recordViolations(fake(), { folder: "csp", file: "a.json" }),
      "recordViolations.file: there is a folder too. Write one of them.",
    ],
    [
      "no options",
      () => recordViolations(fake(), undefined as never),
      'recordViolations.folder: the folder is missing. Write recordViolations(context, { policy: "strict", folder: "csp" }).',
    ],
    [
      "no policy",
      () => provePolicy(fake(), {} as never),
      'provePolicy.policy: the policy is missing. Write provePolicy(context, { policy: "strict" }).',
    ],
    [
      "Firefox",
      () => provePolicy(fake({ browserType: () => ({ name: () => "firefox" }) }), { policy: "strict" }),
      "provePolicy: the browser is firefox, not chromium. Run these tests in Chromium: only its DevTools protocol puts headers on responses.",
    ],
    [
      "a context without a browser",
      () => recordViolations(fake(null), { file: "a.json" }),
      "recordViolations: the browser is unknown, not chromium. Run these tests in Chromium: only its DevTools protocol puts headers on responses.",
    ],
  ])("%s", async (_, call, expected) => {
    expect(await message(call())).toBe(expected);
  });
});

function fake(browser: object | null = {}): BrowserContext {
  const nothing = () => undefined;
  return {
    browser: () => browser,
    pages: () => [],
    exposeBinding: nothing,
    addInitScript: nothing,
    on: nothing,
  } as unknown as BrowserContext;
}
