import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedSite, serveSite } from "../../site/serve.js";
import { CHROMIUM, newPage } from "../browser/support.js";
import { skipWithout } from "../peers.js";
import { build, testPage } from "./support.js";

let served: ServedSite;

beforeAll(async () => {
  const body = "Of elephants.\n\n```sh\nnpm ci\n```\n";
  served = await serveSite(await build([testPage("", body, { title: "Start" }), testPage("guides/one", body, { title: "Elephants" })]), {
    port: 0,
  });
});

afterAll(() => served?.close());

async function opened(options: Parameters<typeof newPage>[0] = {}, before?: (page: Page) => Promise<unknown>): Promise<Page> {
  const page = await newPage(options);
  await before?.(page);
  await page.goto(served.url);
  return page;
}

const isOpen = (page: Page) => page.evaluate('document.querySelector("#search").open') as Promise<boolean>;

describe.skipIf(skipWithout("The scripts of the documentation site", [CHROMIUM]))("in Chromium", () => {
  it.each(["input", "textarea", "select", "div contenteditable"])(
    "a / that is typed in a field does not open the search: %s",
    async (kind) => {
      const page = await opened();
      await page.evaluate(`(([tag, editable]) => {
      const field = document.querySelector("main").appendChild(document.createElement(tag));
      if (editable) field.contentEditable = "true";
      field.focus();
    })(${JSON.stringify(kind.split(" "))})`);
      await page.keyboard.press("/");
      const whileTyping = await isOpen(page);
      await page.evaluate("document.activeElement.blur()");
      await page.keyboard.press("/");
      expect([whileTyping, await isOpen(page)]).toEqual([false, true]);
    },
  );

  it("the index of the search is asked for again after it could not be loaded", async () => {
    let fails = true;
    const page = await opened({}, (made) => made.route("**/search-*.json", (route) => (fails ? route.abort() : route.continue())));
    await page.keyboard.press("/");
    const status = page.locator("#search [role=status]");
    await status
      .filter({ hasText: "The search could not be loaded. Close it and try again." })
      .waitFor({ state: "attached", timeout: 5_000 });
    fails = false;
    await page.keyboard.press("Escape");
    await page.locator("#search").waitFor({ state: "hidden", timeout: 5_000 });
    await page.keyboard.press("/");
    await page.keyboard.type("elephants");
    await page.locator("#results [role=option]").first().waitFor({ timeout: 5_000 });
    expect(await page.locator(".result-title").first().textContent()).toBe("Elephants");
  });

  it.each([
    ["a click with Ctrl", "Control", "left"],
    ["a middle click", undefined, "middle"],
  ] as const)("%s opens a result in a new tab, and leaves the page as it is", async (_, key, button) => {
    const page = await opened();
    await page.keyboard.press("/");
    await page.keyboard.type("elephants");
    const [tab] = await Promise.all([
      page.context().waitForEvent("page", { timeout: 10_000 }),
      page
        .locator("#results [role=option]")
        .first()
        .click({ button, modifiers: key === undefined ? [] : [key] }),
    ]);
    await tab.waitForURL("**/guides/one/");
    expect([page.url(), await isOpen(page)]).toEqual([served.url, true]);
  });

  it("Ctrl+Enter opens a result in a new tab", async () => {
    const page = await opened();
    await page.keyboard.press("/");
    await page.keyboard.type("elephants");
    await page.locator("#results [role=option]").first().waitFor();
    const [tab] = await Promise.all([page.context().waitForEvent("page", { timeout: 10_000 }), page.keyboard.press("Control+Enter")]);
    await tab.waitForURL("**/guides/one/");
    expect(page.url()).toBe(served.url);
  });

  it("the switch of the theme follows the system while no choice was made", async () => {
    const page = await opened({ colorScheme: "light" });
    const pressed = () => page.locator("#theme").getAttribute("aria-pressed");
    const before = await pressed();
    await page.emulateMedia({ colorScheme: "dark" });
    await page.locator("#theme[aria-pressed=true]").waitFor({ timeout: 5_000 });
    expect([before, await pressed()]).toEqual(["false", "true"]);
  });

  it("the switch of the theme keeps a choice when the system changes", async () => {
    const page = await opened({ colorScheme: "dark" });
    await page.click("#theme");
    await page.emulateMedia({ colorScheme: "light" });
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await page.locator("#theme").getAttribute("aria-pressed")).toBe("false");
  });

  it.each([
    ["the browser refuses", "{ writeText: () => Promise.reject(new Error()) }"],
    ["there is no clipboard", "undefined"],
  ])("the button at a block says that it could not copy: %s", async (_, clipboard) => {
    const page = await opened({}, (made) =>
      made.addInitScript({ content: `Object.defineProperty(navigator, "clipboard", { value: ${clipboard} })` }),
    );
    await page.locator(".code").first().hover();
    await page.locator(".copy").first().click();
    await page.locator(".copy:has-text('Not copied')").waitFor({ timeout: 5_000 });
    expect(await page.locator("#announcements").textContent()).toBe("Not copied");
  });
});
