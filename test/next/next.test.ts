import { existsSync } from "node:fs";
import type { ConsoleMessage, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { CHROMIUM, newPage } from "../browser/support.js";
import { snippet } from "../docs/snippets.js";
import { howToGetNext, NEXT_BIN } from "../package/install.js";
import { skipWithout } from "../peers.js";
import { type Application, application, FRESH, PAGES_ROUTER, type Running, withoutTypes } from "./application.js";

const inDocs = (name: string) => snippet(`docs/next.md > ${name}`);
const fromDocs = (name: string) => withoutTypes(inDocs(name));

/** The snippets of docs/next.md, each in the file it is for, and the pages that have to work with it. */
const SITES = [
  {
    what: "all pages dynamic, proxy.ts with strictDynamic",
    files: { ...FRESH, "proxy.js": fromDocs("All pages dynamic > 1"), "app/layout.jsx": fromDocs("All pages dynamic > 2") },
    rendering: { "/": "ƒ", "/built": "ƒ", "/_not-found": "ƒ" },
    framing: "DENY",
    scripts: /^script-src 'nonce-[\w+/]{22}==' 'strict-dynamic'$/,
    others: { other: "loaded", inline: "ran", violations: [] },
    pages: ["/", "/built", "/nowhere"],
  },
  {
    what: "static pages too, proxy.ts with strict, hashes and a nonce",
    files: { ...FRESH, ...PAGES_ROUTER, "proxy.js": fromDocs("Static pages too > 1") },
    rendering: { "/": "◐", "/built": "○", "/old": "○", "/old-dynamic": "ƒ" },
    framing: "DENY",
    scripts: /^script-src 'self'( 'sha256-[^']+'){4,} 'nonce-[\w+/]{22}=='$/,
    others: { violations: ["script-src-elem https://widget.example/w.js", "script-src-elem inline"] },
    pages: ["/", "/built", "/nowhere", "/old", "/old-dynamic"],
  },
  {
    what: "static pages elsewhere, next.config with 'unsafe-inline'",
    files: { ...PAGES_ROUTER, "site.mjs": fromDocs("Static pages elsewhere > 1") },
    rendering: { "/": "ƒ", "/built": "○", "/old": "○", "/old-dynamic": "ƒ" },
    framing: null,
    scripts: /^script-src 'self' 'unsafe-inline'$/,
    others: { inline: "ran", violations: ["script-src-elem https://widget.example/w.js"] },
    pages: ["/", "/built", "/nowhere", "/old", "/old-dynamic"],
  },
] as const;

const PEERS = [{ name: "Next", found: existsSync(NEXT_BIN), get: howToGetNext }, CHROMIUM];

describe.skipIf(skipWithout("the policies of docs/next.md", PEERS))("Next", () => {
  it("takes the snippets by its own types", () => {
    const names = ["All pages dynamic > 1", "Static pages too > 1", "Static pages elsewhere > 1"];
    const files = Object.fromEntries(names.map((name, index) => [`snippets/${index}.ts`, inDocs(name)]));
    const app = application(files);
    try {
      expect(app.compile(Object.keys(files))).toBe("");
    } finally {
      app.remove();
    }
  }, 60_000);

  describe.each(SITES)("$what", ({ files, framing, rendering, scripts, others, pages }) => {
    let app: Application;
    let log: string;
    let server: Running;

    beforeAll(async () => {
      app = application(files);
      log = await app.build();
      server = await app.run("start");
    }, 240_000);

    afterAll(async () => {
      await server?.stop();
      app.remove();
    });

    it("renders each page as the table says", () => {
      const kinds = Object.keys(rendering).map((path) => [path, new RegExp(`([○●◐ƒ]) ${path}(?: |$)`, "m").exec(log)?.[1]]);
      expect(Object.fromEntries(kinds)).toEqual(rendering);
    });

    it("sends the scripts' directive that the table says", async () => {
      const csp = (await fetch(server.url)).headers.get("content-security-policy") ?? "";
      expect(csp.split("; ").find((directive) => directive.startsWith("script-src"))).toMatch(scripts);
    });

    it("is stronger than a route handler's own headers, which keeps those of other names", async () => {
      const { headers } = await fetch(`${server.url}/data`);
      expect([headers.get("x-frame-options"), headers.get("x-handler")]).toEqual(["DENY", "yes"]);
    });

    it("keeps or lifts the ban on frames below /embed", async () => {
      expect((await fetch(`${server.url}/embed/a`)).headers.get("x-frame-options")).toBe(framing);
    });

    it.each(pages)("%s hydrates, loads its <Script>, and has nothing blocked", async (path) => {
      expect(await walk(`${server.url}${path}`)).toEqual({ button: "clicked 1", widget: "loaded", violations: [], errors: [] });
    });

    it("runs the scripts of others that the table says", async () => {
      const { page, violations } = await open(`${server.url}/scripts`, async (page) => {
        const body = "document.documentElement.dataset.other = 'loaded';";
        await page.route("https://widget.example/*", (route) => route.fulfill({ contentType: "text/javascript", body }));
      });
      await clicked(page);
      const ran = async () => {
        const { widget, ...data } = (await page.evaluate("({ ...document.documentElement.dataset })")) as Record<string, string>;
        // Next tries each again, with the same answer.
        return { widget, ...data, violations: [...new Set(await violations())].sort() };
      };
      await vi.waitFor(async () => expect(await ran()).toEqual({ widget: "loaded", ...others }), WAIT);
    });

    it("blocks the style attributes of images, and shows them", async () => {
      const { page, violations } = await open(`${server.url}/image`);
      await clicked(page);
      expect([await page.evaluate(IMAGES), new Set(await violations())]).toEqual([
        ["10 static", "10 static"],
        new Set(["style-src-attr inline"]),
      ]);
    });

    it.each([
      ["'unsafe-inline'", ["10 static", "10 absolute"], []],
      ["'unsafe-hashes' 'sha256-zlqnbDt84zf1iSefLU/ImC54isoprH/MRiVZGskwexk='", ["10 static", "10 static"], ["style-src-attr inline"]],
    ])("allows the style attributes of images that the guide says with style-src-attr %s", async (sources, images, blocked) => {
      const { page, violations } = await open(`${server.url}/image`, async (page) => {
        await page.route("**/image", async (route) => {
          const response = await route.fetch();
          const headers = response.headers();
          const csp = `${headers["content-security-policy"]}; style-src-attr ${sources}`;
          await route.fulfill({ response, headers: { ...headers, "content-security-policy": csp } });
        });
      });
      await clicked(page);
      expect([await page.evaluate(IMAGES), [...(await violations())]]).toEqual([images, blocked]);
    });

    it("follows a link without loading the page again", async () => {
      const { page, violations } = await open(server.url);
      await clicked(page);
      await page.evaluate("globalThis.stayed = true; document.querySelector('a').click()");
      await vi.waitFor(async () => expect(await page.evaluate("document.querySelector('h1')?.textContent")).toBe("More"), WAIT);
      expect([await page.evaluate("globalThis.stayed"), await violations()]).toEqual([true, []]);
    });

    it("hydrates in development too, updates while it is looked at, and has nothing blocked", async () => {
      const development = await app.run("dev");
      try {
        const { page, violations, errors, said } = await open(development.url);
        await clicked(page);
        await vi.waitFor(() => expect(said).toContain("[HMR] connected"), WAIT);
        let attempt = 0;
        // More than once: Next does not see every change that comes while it compiles.
        await vi.waitFor(
          async () => {
            // Each time another text: what is written again as it was is no change.
            attempt += 1;
            app.edit("app/counter.jsx", /(?:clicked|pressed) \{count\}(?: \{\d+ && ""\})?/, `pressed {count} {${attempt} && ""}`);
            await vi.waitFor(async () => expect(await buttonOf(page)).toMatch(/^pressed [1-9]/), { timeout: 5_000, interval: 50 });
          },
          { timeout: 90_000, interval: 50 },
        );
        expect([await widgetOf(page), await violations(), errors]).toEqual(["loaded", [], []]);
      } finally {
        await development.stop();
      }
    }, 240_000);
  });
});

const WAIT = { timeout: 60_000, interval: 50 };

/** The width of each image's file, and whether it has the position that `fill` gives it. */
const IMAGES = "[...document.images].map((image) => image.naturalWidth + ' ' + getComputedStyle(image).position)";

const buttonOf = (page: Page) => page.evaluate("document.querySelector('button')?.textContent");
const widgetOf = (page: Page) => page.evaluate("document.documentElement.dataset.widget");

/** Clicks the button once it counts; a page that does not hydrate never does. */
async function clicked(page: Page): Promise<void> {
  await vi.waitFor(async () => {
    await page.evaluate("document.querySelector('button')?.textContent === 'clicked 0' && document.querySelector('button').click()");
    expect(await buttonOf(page)).toBe("clicked 1");
  }, WAIT);
}

/** A page as it was opened, with what its policy blocks and what its console calls an error. */
async function open(url: string, prepare: (page: Page) => Promise<void> = async () => undefined) {
  const page = await newPage();
  await prepare(page);
  const errors: string[] = [];
  const said: string[] = [];
  const hear = (message: ConsoleMessage) => {
    said.push(message.text());
    if (message.type() === "error" && !isAnswered404(message)) errors.push(message.text());
  };
  page.on("console", hear).on("pageerror", ({ message }) => errors.push(message));
  await page.goto(url, { timeout: WAIT.timeout });
  return { page, errors, said, violations: () => page.evaluate("violations") as Promise<string[]> };
}

/** Chromium reports the page itself where it is a 404. */
function isAnswered404(message: ConsoleMessage): boolean {
  return message.location().url.endsWith("/nowhere") && message.text().includes("404 (Not Found)");
}

async function walk(url: string) {
  const { page, errors, violations } = await open(url);
  await clicked(page);
  await vi.waitFor(async () => expect(await widgetOf(page)).toBe("loaded"), WAIT);
  return { button: await buttonOf(page), widget: await widgetOf(page), violations: await violations(), errors };
}
