/**
 * Recipes in Chromium, with the hosts of the vendors PLAYED, not real: every host name leads to one local server. The snippets are
 * those that the vendors document. What their scripts then request is a choice of what their documentation and the recipe's pages
 * name, with invented paths, and subdomains for wildcards, where only a host is documented. That the real products request nothing
 * else is not proven here, nor how the scripts of Turnstile and Sign in with Google behave under Trusted Types: no page says.
 * No played answer has a Cross-Origin-Resource-Policy or Cross-Origin-Embedder-Policy header, though some of the vendors send them.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Patch } from "../../src/index.js";
import { skipWithout } from "../peers.js";
import { ANALYTICS, FONTS, PAYPAL, PLAYED, type PlayedService, SIGN_IN, STRIPE, type Tag, TURNSTILE } from "./played/services.js";
import { openStage, type Scene, type Stage } from "./played/stage.js";
import { CHROMIUM } from "./support.js";

const NO_TRUSTED_TYPES: Patch = { contentSecurityPolicy: { requireTrustedTypesFor: false, trustedTypes: false } };

/** The snippet, with its inline scripts as files of the site's own, or with the nonce. */
function snippetOf({ snippet }: PlayedService, nonce: boolean): Pick<Scene, "html" | "files"> {
  const attribute = nonce ? ' nonce="NONCE"' : "";
  const html = snippet.map((tag: Tag, index) => {
    if ("html" in tag) return tag.html;
    if ("src" in tag) return `<script${attribute} src="${tag.src}" ${tag.attributes ?? ""}></script>`;
    return nonce ? `<script${attribute}>${tag.inline}</script>` : `<script src="/inline-${index}.js"></script>`;
  });
  const files = snippet.flatMap((tag, index) => ("inline" in tag ? [[`/inline-${index}.js`, tag.inline] as const] : []));
  return { html: `<!doctype html><title>shop</title><body>${html.join("")}`, files: Object.fromEntries(files) };
}

/** The same, after copies of the vendor's files on the site itself: so that all is requested that a blocked script would have requested. */
function withCopies(service: PlayedService): Pick<Scene, "html" | "files"> {
  const { html, files } = snippetOf(service, false);
  const copies = Object.entries(service.files).map(([url, text], index) => {
    const path = new URL(url).pathname.startsWith("/css") ? `/copy-${index}.css` : `/copy-${index}.js`;
    const tag = path.endsWith(".css") ? `<link rel="stylesheet" href="${path}">` : `<script src="${path}"></script>`;
    return { path, text, tag };
  });
  return {
    html: html.replace("<body>", `<body>${copies.map(({ tag }) => tag).join("")}`),
    files: { ...files, ...Object.fromEntries(copies.map(({ path, text }) => [path, text])) },
  };
}

/** A script, a style sheet, an image, a frame, a request and a socket that begin with this URL. */
function beyond(outside: string, nonce: boolean): Pick<Scene, "html" | "files"> {
  const html = `<!doctype html><script src="${outside}/x.js"></script><link rel="stylesheet" href="${outside}/x.css">
    <body><img src="${outside}/x.png" alt=""><iframe src="${outside}/x.html"></iframe><script${nonce ? ' nonce="NONCE"' : ""} src="/beyond.js"></script>`;
  const socket = outside.replace("https:", "wss:");
  return { html, files: { "/beyond.js": `play.fetch("${outside}/x.json"); play.socket("${socket}/x");` } };
}

function beyondBlocked(outside: string): readonly string[] {
  return [
    `connect-src ${outside}/x.json`,
    `connect-src ${outside.replace("https:", "wss:")}/x`,
    `frame-src ${new URL(outside).origin}`,
    `img-src ${outside}/x.png`,
    `script-src-elem ${outside}/x.js`,
    `style-src-elem ${outside}/x.css`,
  ];
}

/** What of it a server sees. */
const requests = (loads: readonly string[]) => loads.filter((text) => text.includes("://"));

const everything = ({ loads }: PlayedService) => ({ violations: [], worked: loads.toSorted(), arrived: requests(loads).toSorted() });

const nothing = (violations: readonly string[]) => ({ violations: violations.toSorted(), arrived: [] });

/** The recipes of a service without one header. */
function without(header: keyof Patch, { recipes }: PlayedService): readonly Patch[] {
  return recipes.map((recipe) => Object.fromEntries(Object.entries(recipe).filter(([name]) => name !== header)));
}

const trusting = PLAYED.filter(({ untrusted }) => untrusted.length === 0);
const untrusted = PLAYED.filter(({ untrusted: { length } }) => length > 0);

describe.skipIf(skipWithout("Recipes in a browser", [CHROMIUM])).concurrent("Chromium, with played hosts:", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage(Object.assign({}, ...PLAYED.map(({ files }) => files)));
  });
  afterAll(() => stage?.close());

  it.each(PLAYED)("strict alone blocks each request of $title", async (service) => {
    await stage.play({ policy: ["strict"], ...withCopies(service) }, ({ violations, arrived }) => {
      expect({ violations, arrived }).toEqual(nothing(service.blocked));
    });
  });

  it.each(PLAYED)("under strict with its recipe $title works", async (service) => {
    await stage.play({ policy: ["strict", ...service.recipes], ...snippetOf(service, false) }, (outcome) => {
      expect(outcome).toEqual(everything(service));
    });
  });

  it.each(PLAYED)("under strict the recipe of $title allows nothing else", async ({ recipes, outside }) => {
    await stage.play({ policy: ["strict", ...recipes], ...beyond(outside, false) }, ({ violations, arrived }) => {
      expect({ violations, arrived }).toEqual(nothing(beyondBlocked(outside)));
    });
  });

  it.each(trusting)("under strictDynamic with its recipe and the nonce $title works", async (service) => {
    await stage.play({ policy: ["strictDynamic", ...service.recipes], ...snippetOf(service, true) }, (outcome) => {
      expect(outcome).toEqual(everything(service));
    });
  });

  it.each(untrusted)("under strictDynamic with its recipe Trusted Types block code of $title", async (service) => {
    await stage.play({ policy: ["strictDynamic", ...service.recipes], ...snippetOf(service, true) }, ({ violations }) => {
      expect(violations).toEqual(service.untrusted);
    });
  });

  it.each(untrusted)("under strictDynamic without Trusted Types, with its recipe and the nonce, $title works", async (service) => {
    const policy = ["strictDynamic", ...service.recipes, NO_TRUSTED_TYPES] as const;
    await stage.play({ policy, ...snippetOf(service, true) }, (outcome) => {
      expect(outcome).toEqual(everything(service));
    });
  });

  it.each(PLAYED)("under strictDynamic the recipe of $title allows nothing else", async ({ recipes, outside }) => {
    await stage.play({ policy: ["strictDynamic", ...recipes], ...beyond(outside, true) }, ({ violations, arrived }) => {
      expect({ violations, arrived }).toEqual(nothing(beyondBlocked(outside)));
    });
  });

  it("under strict with all recipes all services work in one page", async () => {
    const snippet = PLAYED.flatMap((service) => service.snippet);
    const recipes = PLAYED.flatMap((service) => service.recipes);
    const loads = PLAYED.flatMap((service) => service.loads);
    const together: PlayedService = { ...(PLAYED[0] as PlayedService), snippet, recipes, loads };
    await stage.play({ policy: ["strict", ...recipes, { maxBytes: 60_000 }], ...snippetOf(together, false) }, (outcome) => {
      expect(outcome).toEqual(everything(together));
    });
  });

  it("under strictDynamic Google Analytics works with its policy of Trusted Types by name", async () => {
    const named: Patch = { contentSecurityPolicy: { trustedTypes: ["goog#html"] } };
    await stage.play({ policy: ["strictDynamic", ...ANALYTICS.recipes, named], ...snippetOf(ANALYTICS, true) }, (outcome) => {
      expect(outcome).toEqual(everything(ANALYTICS));
    });
  });

  it("under strictDynamic Stripe works with the default policy of Trusted Types that it documents", async () => {
    const byDefault: Patch = { contentSecurityPolicy: { trustedTypes: ["default"] } };
    const { html } = snippetOf(STRIPE, true);
    const accepting = `<script nonce="NONCE">
      trustedTypes.createPolicy("default", { createScriptURL(text) {
        if (/^(?:.*\\.)?js\\.stripe\\.com$/.test(new URL(text).host)) return text;
      } });
    </script>`;
    await stage.play(
      { policy: ["strictDynamic", ...STRIPE.recipes, byDefault], html: html.replace("<body>", `<body>${accepting}`) },
      (outcome) => {
        expect(outcome).toEqual(everything(STRIPE));
      },
    );
  });

  it("under strictDynamic require-corp keeps Google Fonts out: the recipe asks for credentialless", async () => {
    const policy = ["strictDynamic", ...without("crossOriginEmbedderPolicy", FONTS)] as const;
    // When the page is loaded, so is a style sheet, or never.
    await stage.play({ policy, ...snippetOf(FONTS, true) }, (outcome) => {
      expect(outcome).toEqual({
        violations: [],
        worked: [],
        arrived: ["style https://fonts.googleapis.com/css2?family=Roboto&display=swap"],
      });
    });
  });

  it("under strictDynamic credentialless keeps the frame of Turnstile out: the recipe asks for unsafe-none", async () => {
    const credentialless: Patch = { crossOriginEmbedderPolicy: { policy: "credentialless" } };
    await stage.play({ policy: ["strictDynamic", ...TURNSTILE.recipes, credentialless], ...snippetOf(TURNSTILE, true) }, (outcome) => {
      expect(outcome).toEqual({
        violations: [],
        worked: ["script https://challenges.cloudflare.com/turnstile/v0/api.js"],
        arrived: TURNSTILE.loads.toSorted(),
      });
    });
  });

  it.each([
    { recipes: STRIPE.recipes, how: "with the recipe", allowed: true },
    { recipes: without("permissionsPolicy", STRIPE), how: "without its Permissions-Policy", allowed: false },
  ])("under strict $how the frame of Stripe may request payments: $allowed", async ({ recipes, allowed }) => {
    await stage.play({ policy: ["strict", ...recipes], ...snippetOf(STRIPE, false) }, async ({ worked }, page) => {
      expect(worked).toEqual(STRIPE.loads.toSorted());
      const frame = page.frame({ url: "https://js.stripe.com/v3/controller.html" });
      expect(await frame?.evaluate("document.featurePolicy.allowsFeature('payment')")).toBe(allowed);
    });
  });

  const POPUPS = [
    { service: SIGN_IN, url: "https://accounts.google.com/gsi/select" },
    { service: PAYPAL, url: "https://www.paypal.com/checkoutnow" },
  ];

  it.each(POPUPS)("the popup of $service.title talks to the page under strict with the recipe", async ({ service, url }) => {
    const opened = once((page) => page.click("#opens"));
    await stage.play({ policy: ["strict", ...service.recipes], ...snippetOf(service, false) }, async ({ worked }, page) => {
      expect(worked).toEqual(expect.arrayContaining([...service.loads]));
      await opened(page);
      expect(worked).toContain(`popup ${url}`);
    });
  });

  it.each(POPUPS)("the popup of $service.title has no opener under the Cross-Origin-Opener-Policy of strict", async ({ service, url }) => {
    const opened = once(async (page) => {
      const popup = page.context().waitForEvent("page");
      await page.click("#opens");
      const there = await popup;
      await there.waitForURL(url);
      return there.evaluate("opener === null");
    });
    await stage.play(
      { policy: ["strict", ...without("crossOriginOpenerPolicy", service)], ...snippetOf(service, false) },
      async ({ worked }, page) => {
        expect(worked).toEqual(service.loads.toSorted());
        expect(await opened(page)).toBe(true);
      },
    );
  });
});

/** What is done to a page the first time, and its result each time. */
function once<Result>(act: (page: Page) => Promise<Result>): (page: Page) => Promise<Result> {
  let result: Promise<Result> | undefined;
  return (page) => {
    result ??= act(page);
    return result;
  };
}
