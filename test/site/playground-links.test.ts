import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM } from "../browser/support.js";
import { skipWithout } from "../peers.js";
import { buildOnce, openPlayground } from "./playground-support.js";

const tab = (page: Page, name: string) => page.getByRole("tab", { name, exact: true });
const checked = (page: Page) => page.locator("#pg-check").inputValue();
const selected = (page: Page) => page.evaluate('document.querySelector("[role=tab][aria-selected=true]").id') as Promise<string>;
const isShown = (page: Page, id: string) => page.locator(id).isVisible();

const linkTo = (state: Readonly<Record<string, string>>) => `#1p.${Buffer.from(JSON.stringify(state)).toString("base64url")}`;
const LINK = linkTo({ tab: "check", check: "Server: linked" });

/** Changes the address, and waits until the page has read it: until all that does not wait for a stream is done. */
const follow = (page: Page, fragment: string) =>
  page.evaluate(`new Promise((done) => {
    addEventListener("hashchange", () => setTimeout(done, 50), { once: true });
    location.hash = "${fragment}";
  })`);

/** A page whose next compressed link is unpacked only when \`release()\` is called. */
const HOLD = `(() => {
  const Real = DecompressionStream;
  const held = new Promise((release) => { window.release = release; });
  window.passed = new Promise((pass) => {
    window.DecompressionStream = class {
      constructor(format) {
        const real = new Real(format);
        const gate = new TransformStream({
          async transform(chunk, controller) { await held; controller.enqueue(chunk); },
          flush: () => void setTimeout(pass, 50),
        });
        this.writable = real.writable;
        this.readable = real.readable.pipeThrough(gate);
      }
    };
  });
})()`;

describe.skipIf(skipWithout("Links of the playground", [CHROMIUM]))("a link of the playground", () => {
  beforeAll(async () => void (await buildOnce()));

  it("that is still being unpacked gives way to a later one", async () => {
    const { page } = await openPlayground();
    await page.evaluate(`document.getElementById("pg-check").value = "Server: slow"`);
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.waitForURL(/#1c\./);
    const slow = new URL(page.url()).hash;
    await page.evaluate(HOLD);
    await follow(page, LINK);
    await follow(page, slow);
    await follow(page, linkTo({ tab: "check", check: "Server: quick" }));
    const before = await checked(page);
    await page.evaluate("(release(), passed)");
    expect([before, await checked(page)]).toEqual(["Server: quick", "Server: quick"]);
  });

  it("is opened at once where only another tab was chosen", async () => {
    const { page } = await openPlayground();
    await tab(page, "Export").click();
    await follow(page, LINK);
    expect([await checked(page), await isShown(page, "#pg-offer")]).toEqual(["Server: linked", false]);
  });

  it("is opened at once where only another server was chosen", async () => {
    const { page } = await openPlayground();
    await tab(page, "Export").click();
    await page.locator("#pg-target").selectOption("caddy");
    await follow(page, LINK);
    expect([await checked(page), await isShown(page, "#pg-offer")]).toEqual(["Server: linked", false]);
  });

  it("is not what leads to an anchor of the page", async () => {
    const { page } = await openPlayground();
    await follow(page, "#pg-check");
    expect([await isShown(page, "#pg-notice"), await isShown(page, "#pg-offer")]).toEqual([false, false]);
  });

  it("has the focus on its tab when the visitor opens it", async () => {
    const { page } = await openPlayground();
    await tab(page, "Check").click();
    await page.locator("#pg-check").fill("Server: mine");
    await follow(page, linkTo({ tab: "compare", before: "strict" }));
    await page.getByRole("button", { name: "Open the link" }).click();
    expect(await page.evaluate("document.activeElement.id")).toBe("pg-tab-compare");
  });

  it("is opened at once where it has the texts of the page", async () => {
    const { page } = await openPlayground();
    await tab(page, "Check").click();
    await page.locator("#pg-check").fill("Server: same");
    const names = ["policy", "check", "before", "after", "config", "server"];
    const texts = await Promise.all(names.map(async (name) => [name, await page.locator(`#pg-${name}`).inputValue()] as const));
    await follow(page, linkTo({ ...Object.fromEntries(texts), tab: "import" }));
    expect([await selected(page), await checked(page), await isShown(page, "#pg-offer")]).toEqual(["pg-tab-import", "Server: same", false]);
  });
});
