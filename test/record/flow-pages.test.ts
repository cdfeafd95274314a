import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/index.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, servePages, walkOver } from "./walking.js";

const NO_SCRIPTS = { defaultSrc: ["*"], scriptSrc: ["none"] } as const;

describe.skipIf(skipWithout("pages that a script clicks to", [CHROMIUM]))("a page that the script of --script clicks to", () => {
  it("is a load of its own, and not one of the page before it", { timeout: 30_000 }, async () => {
    const { port } = await servePages({
      "/": "<title>start</title><a href=/guide>guide</a>",
      "/guide": "<title>guide</title><script>globalThis.guide = 1</script>",
    });
    const { evidence } = await walkOver(`http://localhost:${port}/`, {
      policy: definePolicy("none", { contentSecurityPolicy: NO_SCRIPTS }),
      flow: async ({ page, visit, snapshot }) => {
        await visit("/");
        await page.locator("a").click();
        await page.waitForURL("**/guide");
        await snapshot("guide");
      },
    });
    expect(evidence.inline.map(({ pages, isStable }) => ({ pages, isStable }))).toEqual([
      { pages: [`http://localhost:${port}/guide`], isStable: true },
    ]);
  });
});
