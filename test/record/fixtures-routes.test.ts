import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { definePolicy } from "../../src/index.js";
import type { SavedRecording } from "../../src/record/saved.js";
import { readRecording } from "../../src/record/saved-schema.js";
import { provePolicy, recordViolations } from "../../src/testing/index.js";
import { CHROMIUM, launchChromium, type Served, serveSite } from "../browser/support.js";
import { skipWithout } from "../peers.js";

let browser: Browser;

async function newContext(): Promise<BrowserContext> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  return context;
}

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-routes-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "recording.json");
}

const read = (file: string): SavedRecording => readRecording(JSON.parse(readFileSync(file, "utf8")));
const blockedIn = ({ groups }: SavedRecording) => groups.map(({ directive, blocked }) => `${directive} ${blocked}`).sort();

/** What a test suite does itself: it answers the interface, and lets no image through. */
async function route(on: Pick<BrowserContext, "route">): Promise<void> {
  await on.route("**/api", (one) => one.fulfill({ json: { name: "mocked" } }));
  await on.route("**/*.svg", (one) => one.abort());
}

/** The page shows what the interface answers, and has an image of another host. */
const PAGES = (): Readonly<Record<string, Served>> => ({
  "/": {
    body: `<!doctype html><title>home</title><img src=http://images.test:PORT/image.svg><p id=p></p><script src=/app.js></script>`,
  },
  "/app.js": {
    type: "text/javascript",
    body: `fetch("http://api.test:PORT/api").then((response) => response.json()).then(({ name }) => { p.textContent = name }, (error) => { p.textContent = "failed" })`,
  },
});

describe.skipIf(skipWithout("routes of a suite beside recordViolations", [CHROMIUM]))("Routes of the suite itself", () => {
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it.each(["page", "context"] as const)("of the %s answer and block while a policy is observed", async (of) => {
    const { port, asked } = await serveSite(PAGES());
    const [context, file] = [await newContext(), newFile()];
    const tab = await context.newPage();
    const recording = await recordViolations(context, { policy: "strict", file });
    await route(of === "page" ? tab : context);
    await tab.goto(`http://localhost:${port}/`);
    await expect.poll(() => tab.evaluate("p.textContent"), { timeout: 15_000 }).toBe("mocked");
    await recording.save();
    expect(blockedIn(read(file))).toEqual([`connect-src http://api.test:${port}`, `img-src http://images.test:${port}`]);
    expect(asked.map(({ what }) => what)).toEqual(["GET /", "GET /app.js"]);
  });

  it("that came before recordViolations work too", async () => {
    const { port } = await serveSite(PAGES());
    const [context, file] = [await newContext(), newFile()];
    await route(context);
    const tab = await context.newPage();
    const recording = await recordViolations(tab, { policy: "strict", file });
    await tab.goto(`http://localhost:${port}/`);
    await expect.poll(() => tab.evaluate("p.textContent"), { timeout: 15_000 }).toBe("mocked");
    await recording.save();
    expect(blockedIn(read(file))).toEqual([`connect-src http://api.test:${port}`, `img-src http://images.test:${port}`]);
  });

  it("do not answer what an enforced policy blocks", async () => {
    const { port } = await serveSite(PAGES());
    const context = await newContext();
    const proof = await provePolicy(context, { policy: "strict" });
    await route(context);
    const tab = await context.newPage();
    await tab.goto(`http://localhost:${port}/`);
    await expect.poll(() => tab.evaluate("p.textContent"), { timeout: 15_000 }).toBe("failed");
    await expect(proof.expectNone()).rejects.toThrow("connect-src");
  });

  it("answer what an enforced policy allows", async () => {
    const { port } = await serveSite(PAGES());
    const context = await newContext();
    const allowed = [`http://api.test:${port}`, `http://images.test:${port}`] as string[] as "http://api.test"[];
    const policy = definePolicy("strict", {
      contentSecurityPolicy: { connectSrc: ["self", ...allowed], imgSrc: ["self", ...allowed], upgradeInsecureRequests: false },
    });
    const proof = await provePolicy(context, { policy });
    await route(context);
    const tab = await context.newPage();
    await tab.goto(`http://localhost:${port}/`);
    await expect.poll(() => tab.evaluate("p.textContent"), { timeout: 15_000 }).toBe("mocked");
    await proof.expectNone();
  });

  const MADE = { contentType: "text/html", body: "<!doctype html><script>1</script>" };

  it("that answer a page are named: the policy cannot be put on it", async () => {
    const { port } = await serveSite({});
    const [context, file] = [await newContext(), newFile()];
    const recording = await recordViolations(context, { policy: "strict", file });
    await context.route("**/made*", (one) => one.fulfill(MADE));
    await (await context.newPage()).goto(`http://localhost:${port}/made?token=secret#here`);
    await recording.save();
    const { notes, groups } = read(file);
    expect({ notes, groups }).toEqual({
      notes: [`http://localhost:${port}/made was loaded without the policy: page.route() or context.route() has answered it.`],
      groups: [],
    });
  });

  it("that answer a page do not prove the policy", async () => {
    const { port } = await serveSite({});
    const context = await newContext();
    const proof = await provePolicy(context, { policy: "strict" });
    await context.route("**/made", (one) => one.fulfill(MADE));
    await (await context.newPage()).goto(`http://localhost:${port}/made`);
    await expect(proof.expectNone()).rejects.toThrow(
      "/made was loaded without the policy: page.route() or context.route() has answered it.",
    );
  });

  it("that pass a page on unchanged prove it", async () => {
    const { port } = await serveSite({ "/": { body: "<!doctype html><title>home</title><iframe src=/frame.html></iframe>" } });
    const context = await newContext();
    const policy = definePolicy("strict", {
      contentSecurityPolicy: { frameAncestors: ["self"], frameSrc: ["self"] },
      xFrameOptions: false,
    });
    const proof = await provePolicy(context, { policy });
    await context.route("**/*", (one) => one.continue());
    const tab = await context.newPage();
    await tab.goto(`http://localhost:${port}/#top`);
    await tab.goto(`http://localhost:${port}/frame.html`);
    await proof.expectNone();
  });
});
