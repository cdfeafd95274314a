import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { deflateRawSync } from "node:zlib";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { CHROMIUM } from "../browser/support.js";
import { skipWithout } from "../peers.js";
import { openPlayground, type Playground } from "./playground-support.js";
import { WINDOWS } from "./support.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const HOSTILE = `"><script>stolen = true</script><img src=x onerror="stolen = true">\u202e\u0000`;
const RESPONSE = `HTTP/2 200\ncontent-type: text/html\ncontent-security-policy: default-src 'self'; script-src 'self' 'unsafe-inline'\nserver: nginx/1.2\n\n<!doctype html>`;
const NGINX = `server {\n  server_name example.com;\n  add_header X-Frame-Options DENY always;\n}`;

const tab = (page: Page, name: string) => page.getByRole("tab", { name });
const statusOf = (page: Page, name: string) => page.locator(`#pg-${name}-status`);

/** Waits until a status matches. */
async function until(page: Page, name: string, text: RegExp): Promise<string> {
  await statusOf(page, name).filter({ hasText: text }).waitFor({ timeout: 20_000 });
  return (await statusOf(page, name).textContent()) ?? "";
}

/** Shows each tab with a result. */
const VIEWS: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  Build: async (page) => {
    await until(page, "build", /headers/);
    await page.locator(".pg-recipes summary").click();
    await page.locator("[data-recipe=stripe] [data-use]").check();
    await page.locator("#pg-build-result").filter({ hasText: "js.stripe.com" }).waitFor();
  },
  "Build with mistakes": async (page) => {
    await page.locator("#pg-policy").fill('{\n  "policy": ["strict",\n    { "xFrameOptions": "NO" }]\n}');
    await until(page, "build", /1 mistake/);
  },
  "Build with suggestions": async (page) => {
    await until(page, "build", /headers/);
    await page.locator(".pg-recipes summary").click();
    await page.locator("#pg-policy").fill('{ "policy": ["strict", { "contentSecurityPolicy": { "imgSrc": ["');
    await page.keyboard.press("Control+Space");
    await page.locator("[role=option]").first().waitFor();
    await until(page, "build", /1 mistake/);
  },
  Check: async (page) => {
    await tab(page, "Check").click();
    await page.locator("#pg-check").fill(RESPONSE);
    await until(page, "check", /grade/);
  },
  Compare: async (page) => {
    await tab(page, "Compare").click();
    await page.locator("#pg-before").fill("recommended");
    await page.locator("#pg-after").fill("strict");
    await until(page, "compare", /After is/);
  },
  Export: async (page) => {
    await tab(page, "Export").click();
    await until(page, "export", /file/);
  },
  Import: async (page) => {
    await tab(page, "Import").click();
    await page.locator("#pg-config").fill(NGINX);
    await until(page, "import", /Read as nginx/);
  },
};

async function seriousIn(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const found =
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, impact, nodes }) => `${impact} ${id} ${nodes[0].html}`))";
  return (await page.evaluate(found)) as string[];
}

async function clean({ messages, violations }: Playground): Promise<void> {
  expect([messages, await violations()]).toEqual([[], []]);
}

describe.skipIf(skipWithout("The playground", [CHROMIUM]))("the playground", () => {
  // In one page, whose layout and colours are those of style sheets alone: no script asks for the window.
  it.each(Object.keys(VIEWS))(
    "axe finds nothing, no policy is violated and nothing is wider than the page, in each window: %s",
    async (view) => {
      const playground = await openPlayground({ viewport: { width: 320, height: 640 } });
      const { page } = playground;
      await VIEWS[view]?.(page);
      const wide = () => page.evaluate("document.documentElement.scrollWidth");
      expect(await wide()).toBe(320);
      for (const { width, colorScheme } of WINDOWS) {
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ colorScheme });
        expect([width, colorScheme, await wide(), await seriousIn(page)]).toEqual([width, colorScheme, width, []]);
      }
      await clean(playground);
    },
  );

  it("shows a route that is weaker", async () => {
    const { page } = await openPlayground();
    await tab(page, "Compare").click();
    await page.locator("#pg-before").fill('["none", { "xFrameOptions": "DENY" }]');
    await page
      .locator("#pg-after")
      .fill('{ "policy": ["none", { "xFrameOptions": "DENY" }], "routes": [{ "path": "/admin/*", "layers": ["none"] }] }');
    await until(page, "compare", /After is weaker: something new is allowed/);
    expect(await page.locator("#pg-compare-result section h3").first().textContent()).toBe("Route /admin/* weaker");
  });

  it("is used in all five tabs with the keyboard alone", async () => {
    const playground = await openPlayground();
    const { page } = playground;
    const { keyboard } = page;
    const focused = () => page.evaluate("document.activeElement.id || document.activeElement.textContent");
    await until(page, "build", /headers/);
    await page.locator("#pg-tab-build").focus();
    const seen: unknown[] = [];
    // To the text of each tab: the tab, then Copy link and what comes before the text.
    const texts: Readonly<Record<string, string>> = { check: RESPONSE, compare: "strict", import: NGINX };
    for (const name of ["check", "compare", "export", "import"]) {
      await keyboard.press("ArrowRight");
      seen.push(await focused());
      const text = texts[name];
      if (text === undefined) continue;
      for (let step = 0; step < 8 && (await page.evaluate("document.activeElement.tagName")) !== "TEXTAREA"; step += 1)
        await keyboard.press("Tab");
      await keyboard.insertText(text);
      if (name === "compare") {
        await keyboard.press("Tab");
        seen.push(await focused());
        await keyboard.press("Tab");
        await keyboard.insertText("recommended");
      }
      await until(page, name, name === "check" ? /grade D/ : name === "compare" ? /After is weaker/ : /1 header/);
      for (let step = 0; step < 12 && (await focused()) !== `pg-tab-${name}`; step += 1) await keyboard.press("Shift+Tab");
    }
    await keyboard.press("ArrowRight");
    seen.push(await focused());
    await keyboard.press("End");
    seen.push(await focused());
    await keyboard.press("Home");
    seen.push(await focused());
    expect(seen).toEqual([
      "pg-tab-check",
      "pg-tab-compare",
      "pg-before-built",
      "pg-tab-export",
      "pg-tab-import",
      "pg-tab-build",
      "pg-tab-import",
      "pg-tab-build",
    ]);
    await clean(playground);
  });

  it("completes a key and a word with the keyboard", async () => {
    const { page } = await openPlayground();
    await page.locator("#pg-policy").fill("");
    await page.locator("#pg-policy").pressSequentially('{ "xFrameO');
    await page.locator("[role=option]").first().waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+Space");
    await page.locator("[role=option]", { hasText: "DENY" }).waitFor();
    await page.keyboard.press("Enter");
    expect(await page.locator("#pg-policy").inputValue()).toMatch(/^\{ "xFrameOptions": "(?:DENY|SAMEORIGIN)"$/);
  });

  it.each([
    ["a word", '{ "services": [{ "amplitude": { "region": "', ["us", "eu"]],
    ["a number", '{ "services": [{ "friendlyCaptcha": { "version": ', ["1", "2"]],
    ["a switch", '{ "services": [{ "stripe": { "link": ', ["true", "false"]],
    ["a list", '{ "services": [{ "cdnjs": { "use": ["st', ["style"]],
    ["a key", '{ "services": [{ "adobeFonts": { "', ["metrics", "script"]],
  ])("suggests what an option of a recipe may have: %s", async (_, text, words) => {
    const { page } = await openPlayground();
    await page.locator("#pg-policy").fill(text);
    await page.keyboard.press("Control+Space");
    await page.locator("[role=option]").first().waitFor();
    expect((await page.locator("#pg-suggestions code").allTextContents()).toSorted()).toEqual(words.toSorted());
  });

  it("leaves the editor by Tab, with or without suggestions", async () => {
    const { page } = await openPlayground();
    await page.locator("#pg-policy").fill("{ ");
    await page.keyboard.press("Control+Space");
    await page.locator("[role=option]").first().waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.id === 'pg-policy'")).toBe(false);
  });

  it("names the line of a mistake, and leads to it", async () => {
    const { page } = await openPlayground();
    await VIEWS["Build with mistakes"]?.(page);
    await page.getByRole("button", { name: "Line 3" }).click();
    expect(
      await page.evaluate(
        "(({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd))(document.activeElement)",
      ),
    ).toBe('    { "xFrameOptions": "NO" }]');
  });

  it("names the line of what is not JSON", async () => {
    const { page } = await openPlayground();
    await page.locator("#pg-policy").fill('{\n  "policy": [\n    "strict",\n  ]\n}');
    expect(await until(page, "build", /1 mistake/)).toBe("1 mistake in the policy, the first in line 4.");
  });

  it("writes the preset and the recipes into the policy file", async () => {
    const { page } = await openPlayground();
    await until(page, "build", /headers/);
    await page.locator("#pg-policy").fill('"strict"');
    await until(page, "build", /headers/);
    await page.locator("#pg-preset").selectOption("api");
    await page.locator(".pg-recipes summary").click();
    await page.locator("#pg-recipe-search").fill("strip");
    await page.locator("[data-recipe=stripe] [data-use]").check();
    await page.locator("[data-recipe=stripe] [data-option=link]").check();
    expect(JSON.parse(await page.locator("#pg-policy").inputValue())).toEqual({ policy: ["api"], services: [{ stripe: { link: true } }] });
  });

  it("takes the preset away for the empty choice", async () => {
    const { page } = await openPlayground();
    await until(page, "build", /headers/);
    await page.locator("#pg-preset").selectOption("");
    await until(page, "build", /\d/);
    expect(JSON.parse(await page.locator("#pg-policy").inputValue())["policy"]).toEqual([
      { contentSecurityPolicy: { imgSrc: { append: ["https://img.example"] } } },
    ]);
  });

  it("shows the headers of 20 routes, and says how many there are more", async () => {
    const { page } = await openPlayground();
    const routes = Array.from({ length: 25 }, (_, index) => ({ path: `/${index}`, layers: ["api"] }));
    await page.locator("#pg-policy").fill(JSON.stringify({ policy: "strict", routes }));
    await until(page, "build", /and 25 routes/);
    const result = page.locator("#pg-build-result");
    expect([await result.locator("h3").count(), await result.locator("> p").last().textContent()]).toEqual([
      20,
      "5 more routes are not shown; the policy has all.",
    ]);
  });

  it("another tab writes a text that can be undone", async () => {
    const { page } = await openPlayground();
    await tab(page, "Check").click();
    await page.locator("#pg-check").fill("Server: mine");
    await tab(page, "Build").click();
    await page.getByRole("button", { name: "Check this policy" }).click();
    await until(page, "check", /A policy/);
    await page.locator("#pg-check").focus();
    await page.keyboard.press("Control+z");
    expect(await page.locator("#pg-check").inputValue()).toBe("Server: mine");
  });

  it.each([
    ["a policy nested deeply", "#pg-policy", `${"[".repeat(30_000)}${"]".repeat(30_000)}`],
    ["a policy that is too long", "#pg-policy", `[${'"strict",'.repeat(8_000)}"strict"]`],
  ])("the controls of Build stay quiet beside %s", async (_, field, text) => {
    const playground = await openPlayground();
    const { page } = playground;
    await page.locator(field).fill(text);
    await until(page, "build", /1 mistake/);
    await page.getByRole("button", { name: "Format" }).click();
    await page.locator("#pg-toast").filter({ hasText: "The text is not JSON of a policy file" }).waitFor();
    await clean(playground);
  });

  it("shows hostile text as text", async () => {
    const playground = await openPlayground();
    const { page } = playground;
    await tab(page, "Check").click();
    await page.locator("#pg-check").fill(`X-Frame-Options: ${HOSTILE.replaceAll("\n", "")}\nServer: ${HOSTILE}`);
    await until(page, "check", /grade/);
    expect(await page.locator("#pg-check-result").textContent()).toContain("<script>stolen = true</script>");
    expect(await page.evaluate("[typeof stolen, document.querySelectorAll('main img').length]")).toEqual(["undefined", 0]);
    expect(await page.locator("#pg-check-result").textContent()).not.toMatch(/[\u202e\0]/);
    await clean(playground);
  });

  it.each([
    ["check", "Check", `default-src ${"x ".repeat(60_000)}`, /1 mistake/],
    ["import", "Import", "a {".repeat(50_000), /1 mistake/],
  ])("refuses too much text with a sentence: %s", async (name, label, text, status) => {
    const playground = await openPlayground();
    await tab(playground.page, label).click();
    await playground.page.locator(name === "check" ? "#pg-check" : "#pg-config").fill(text);
    await until(playground.page, name, status);
    await clean(playground);
  });

  it("opens a shared link", async () => {
    const { page, url } = await openPlayground();
    await VIEWS["Check"]?.(page);
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.waitForURL(/#1c\./);
    const link = page.url();
    await page.goto("about:blank");
    await page.goto(link);
    await until(page, "check", /grade D/);
    expect([link.startsWith(`${url}#1c.`), await page.locator("#pg-check").inputValue()]).toEqual([true, RESPONSE]);
  });

  describe("a link that is opened in the page", () => {
    const LINK = `#1p.${Buffer.from(JSON.stringify({ tab: "check", check: "Server: linked" })).toString("base64url")}`;
    const checked = (page: Page) => page.locator("#pg-check").inputValue();

    /** A page with a text of the visitor, whose address changes to a link. */
    async function offered(): Promise<Playground> {
      const playground = await openPlayground();
      const { page } = playground;
      await tab(page, "Check").click();
      await page.locator("#pg-check").fill("Server: mine");
      await page.evaluate(`location.hash = "${LINK}"`);
      await page.getByRole("alert").filter({ hasText: "would replace what you wrote" }).waitFor();
      return playground;
    }

    it("replaces nothing that was written before the visitor agrees", async () => {
      const playground = await offered();
      expect([await checked(playground.page), await seriousIn(playground.page)]).toEqual(["Server: mine", []]);
      await clean(playground);
    });

    it("replaces it when the visitor agrees", async () => {
      const { page } = await offered();
      await page.getByRole("button", { name: "Open the link" }).click();
      expect([await checked(page), await page.locator("#pg-offer").isVisible()]).toEqual(["Server: linked", false]);
    });

    it("is out of the address when the visitor keeps the text", async () => {
      const { page, url } = await offered();
      await page.getByRole("button", { name: "Keep what I wrote" }).click();
      expect([await checked(page), page.url(), await page.evaluate("document.activeElement.id")]).toEqual([
        "Server: mine",
        url,
        "pg-tab-check",
      ]);
    });

    it("is opened at once where nothing was written", async () => {
      const { page } = await openPlayground();
      await page.evaluate(`location.hash = "${LINK}"`);
      await until(page, "check", /grade/);
      expect([await checked(page), await page.locator("#pg-offer").isVisible()]).toEqual(["Server: linked", false]);
    });

    it.each([
      ["400 lines", 400],
      ["60,000 lines", 60_000],
    ])("draws the numbers of %s a few times, not for each line", async (_, lines) => {
      const { page } = await openPlayground();
      await until(page, "build", /headers/);
      await page.evaluate(`window.drawn = 0;
        new MutationObserver(() => { window.drawn += 1; }).observe(document.getElementById("pg-gutter"), { childList: true });`);
      const policy = `"strict"${"\n".repeat(lines)}`;
      const link = `#1p.${Buffer.from(JSON.stringify({ policy })).toString("base64url")}`;
      const packed = deflateRawSync(JSON.stringify({ policy })).toString("base64url");
      await page.evaluate(`location.hash = "${lines > 1_000 ? `#1c.${packed}` : link}"`);
      await page.waitForFunction(`document.getElementById("pg-policy").value.length === ${policy.length}`);
      await until(page, "build", /headers/);
      expect(await page.evaluate("window.drawn")).toBeLessThanOrEqual(5);
    });

    it("is opened at once where what was written is in a link that was copied", async () => {
      const { page } = await openPlayground();
      await tab(page, "Check").click();
      await page.locator("#pg-check").fill("Server: mine");
      await page.getByRole("button", { name: "Copy link" }).click();
      await page.waitForURL(/#1c\./);
      await page.evaluate(`location.hash = "${LINK}"`);
      await page.locator("#pg-check-result").filter({ hasText: "linked" }).waitFor();
      expect(await checked(page)).toBe("Server: linked");
    });
  });

  it.each([
    ["unknown", "#hello"],
    ["of another version", "#9c.AAAA"],
    ["damaged", "#1c.AAAA"],
    ["a script", "#<img src=x onerror=alert(1)>"],
  ])("refuses a fragment with a sentence: %s", async (_, fragment) => {
    const playground = await openPlayground({}, fragment);
    const notice = playground.page.getByRole("alert");
    await notice.filter({ hasText: "It was not opened." }).waitFor();
    await until(playground.page, "build", /headers/);
    await clean(playground);
  });

  it("stores and sends nothing", async () => {
    const { page } = await openPlayground();
    const asked: string[] = [];
    for (const name of Object.keys(VIEWS)) if (!name.startsWith("Build ")) await VIEWS[name]?.(page);
    page.on("request", (request) => asked.push(request.url()));
    await page.locator("#pg-config").fill(`${NGINX}\n`);
    await until(page, "import", /Read as nginx/);
    const kept = await page.evaluate("[localStorage.length, sessionStorage.length, document.cookie, location.hash]");
    expect([asked, kept]).toEqual([[], [0, 0, "", ""]]);
  });
});
