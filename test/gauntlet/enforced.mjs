// What a proven policy does in a browser without the recorder: the main flow works, and injected scripts are blocked.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { ROOT } from "./applications.mjs";

const PROGRAM = process.env["CHROMIUM"] ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));

/** Starts Chromium. A fulfilled response has no address: without the last flag it could not talk to a server on loopback. */
export function launch() {
  return chromium.launch({
    ...(PROGRAM && { executablePath: PROGRAM }),
    args: ["--no-sandbox", "--disable-features=LocalNetworkAccessChecks"],
  });
}

/** The steps of `--script` in the arguments of an application; undefined where it has none. */
export async function flowOf(args) {
  const path = args[args.indexOf("--script") + 1];
  return args.includes("--script") ? (await import(pathToFileURL(join(ROOT, path)).href)).default : undefined;
}

/** What an attacker has put into a page. The host is answered by {@link withHeaders}. */
const FOREIGN = "http://foreign.test/foreign.js";
const INJECTED = `<script>globalThis.injectedInline = true</script><script src="${FOREIGN}"></script>`;

/** The nonce with which `portcullis record --json` prints the headers. */
const EXAMPLE_NONCE = "bm9uY2U=";

/**
 * Opens the page and walks through the flow with the headers of a policy on every document.
 *
 * @returns the version of the browser, and sentences about what is wrong: none where everything is as it should be.
 */
export async function checkEnforced(url, headers, flow) {
  const browser = await launch();
  try {
    const faults = [
      ...(await ranWithout(browser, url)),
      ...(await blockedWith(browser, url, headers)),
      ...(await flowWorks(browser, url, headers, flow)),
    ];
    return { browser: browser.version(), faults };
  } finally {
    await browser.close();
  }
}

/** Without a policy the injected scripts run; otherwise the next check would find nothing. */
async function ranWithout(browser, url) {
  const { inline, foreign } = await injectedInto(browser, url, {});
  return inline.ran && foreign.ran ? [] : ["The injected scripts do not run without the policy."];
}

async function blockedWith(browser, url, headers) {
  const injected = await injectedInto(browser, url, headers);
  return Object.entries(injected).flatMap(([name, { ran, blocked }]) =>
    ran || !blocked ? [`An injected script (${name}) ${ran ? "runs" : "is not reported as blocked"}.`] : [],
  );
}

async function injectedInto(browser, url, headers) {
  const { page, violations, close } = await open(browser, headers, INJECTED);
  try {
    await page.goto(url, { waitUntil: "load" });
    await page.waitForTimeout(500);
    const [inline, foreign] = await page.evaluate("[globalThis.injectedInline === true, globalThis.injectedForeign === true]");
    // The policy may have upgraded the address to https.
    const blocks = (what) => violations.some(({ directive, blocked }) => directive === "script-src-elem" && what.test(blocked));
    return {
      inline: { ran: inline, blocked: blocks(/^inline$/) },
      foreign: { ran: foreign, blocked: blocks(/^https?:\/\/foreign\.test(?:\/|$)/) },
    };
  } finally {
    await close();
  }
}

async function flowWorks(browser, url, headers, flow) {
  if (flow === undefined) return ["There is no script of its main flow."];
  const { page, violations, close } = await open(browser, headers, "");
  try {
    await flow({ page, visit: (address) => page.goto(new URL(address, url).href), snapshot: () => page.waitForTimeout(200) });
    return violations.map(({ directive, blocked }) => `Blocked in the main flow: ${directive} ${blocked}`);
  } catch (error) {
    return [`The main flow ends early: ${String(error.message).split("\n")[0]}`];
  } finally {
    await close();
  }
}

/** A page in a context of its own, whose documents have the headers and `html` at their end. */
async function open(browser, headers, html) {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, serviceWorkers: "block" });
  const violations = [];
  await context.exposeBinding("__gauntletBlocked", (_, directive, blocked) => void violations.push({ directive, blocked }));
  await context.addInitScript(`addEventListener("securitypolicyviolation", ({ disposition, effectiveDirective, blockedURI }) => {
    if (disposition === "enforce") __gauntletBlocked(effectiveDirective, blockedURI);
  }, true)`);
  await context.route("**/*", async (route) => {
    if (route.request().resourceType() !== "document") return route.continue();
    await withHeaders(route, headers, html).catch(() => route.abort().catch(() => undefined));
  });
  await context.route(FOREIGN, (route) =>
    route.fulfill({
      contentType: "text/javascript",
      headers: { "cross-origin-resource-policy": "cross-origin" },
      body: "globalThis.injectedForeign = true",
    }),
  );
  return { page: await context.newPage(), violations, close: () => context.close() };
}

/** The response of the application, with these headers instead of its own Content-Security-Policy and its own of these names. */
async function withHeaders(route, headers, html) {
  const response = await route.fetch({ maxRedirects: 0 });
  if (response.status() >= 300 && response.status() < 400) return route.continue();
  const own = response.headers();
  const [, nonce = EXAMPLE_NONCE] = /'nonce-([^']+)'/.exec(own["content-security-policy"] ?? "") ?? [];
  const replaced = /^content-(?:security-policy(?:-report-only)?|encoding|length)$/;
  const kept = Object.entries(own).filter(([name]) => !replaced.test(name));
  const added = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.replaceAll(EXAMPLE_NONCE, nonce)]);
  const isHtml = own["content-type"]?.includes("html") === true;
  const text = isHtml ? `${await response.text()}${html}` : await response.body();
  return route.fulfill({ status: response.status(), headers: Object.fromEntries([...kept, ...added]), body: text });
}
