import { readFileSync } from "node:fs";
import type http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import express from "express";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { hashInlineScripts } from "../../src/hashes/index.js";
import {
  append,
  definePolicy,
  type Middleware,
  nonce,
  nonceOf,
  observe,
  override,
  type Patch,
  type Policy,
  renderHeaders,
  securityHeaders,
} from "../../src/index.js";
import { collectReports, type Group, type Learned, learn, memoryStore, printLearned } from "../../src/reports/index.js";
import { collectViolations } from "../../src/testing/index.js";
import { CERTIFICATE } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, program, startWholeBrowser } from "./support.js";

startWholeBrowser();

/** As in support.ts, but that the Reporting API may send, and soon; it does so only where it overlooks every certificate. */
const LAUNCH = {
  executablePath: program,
  ignoreDefaultArgs: ["--disable-background-networking"],
  args: [
    ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update", "--disable-sync"],
    ...["--short-reporting-delay", "--ignore-certificate-errors", "--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND"],
  ],
};

/** Chromium always goes by report-to where there is one; for this one the site writes what browsers without a Reporting API read. */
const OLD_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0";

/** Each from an address of its own, as a cookie says: on this machine all come from 127.0.0.1. */
const VISITORS = [
  { address: "127.0.0.2", userAgent: undefined },
  { address: "127.0.0.3", userAgent: undefined },
  { address: "127.0.0.4", userAgent: OLD_BROWSER },
  { address: "127.0.0.5", userAgent: OLD_BROWSER },
] as const;

const PATHS = ["/", "/products/1", "/about"] as const;

/** What the home page says of itself when all of it works. */
const WORKING = { greeted: "127.0.0.2", library: true, widget: "shown", clicked: true, styled: true, logo: true };

const PARTS = `({
  ...parts,
  styled: getComputedStyle(document.querySelector("h1")).color === "rgb(1, 2, 3)",
  logo: document.querySelector("img[src$='/logo.svg']").naturalWidth > 0,
})`;

const INJECTED = [
  "<script>parts.stolen = true</script>",
  "<img src=x onerror='parts.stolen = true'>",
  "<script src=https://evil.test:PORT/evil.js></script>",
];

/** What the site is at one time: its templates and its headers. */
interface Stage {
  readonly templates: "before" | "after";
  readonly headers: Middleware;
  readonly about?: Middleware;
}

const nothing: Middleware = (_req, _res, next) => next?.();
const NO_POLICY: Stage = { templates: "before", headers: nothing };

const observed = securityHeaders("none", observe("strict", { reporting: "/csp-report" }));
const observedOfOld = securityHeaders("none", observe("strict", { contentSecurityPolicy: { reportUri: ["/csp-report"] } }));
const OBSERVED: Stage = {
  templates: "before",
  headers: (req, res, next) => (req.headers["user-agent"] === OLD_BROWSER ? observedOfOld : observed)(req, res, next),
};

let stage = NO_POLICY;
let learned: Learned;
let policy: Policy;

/** What the site's reports came as, and the analytics' visits. */
const deliveries: { readonly type: string | undefined; readonly address: string }[] = [];
const beacons: string[] = [];

const store = memoryStore();
const reports = collectReports({
  store,
  hosts: ["site.test"],
  address: ({ headers }) => visitorOf(headers),
  // A first visit opens more groups than one request may by default.
  limits: { newGroups: 50 },
});

const origins = { site: "", cdn: "", analytics: "", widget: "" };
const closers: (() => Promise<unknown>)[] = [];
let browser: Browser;

function visitorOf(headers: http.IncomingHttpHeaders | Readonly<Record<string, unknown>>): string {
  return /\bvisitor=([\d.]+)/.exec(String(headers["cookie"]))?.[1] ?? "nobody";
}

const file = (path: string) => readFileSync(new URL(`site/${path}`, import.meta.url), "utf8");

/** The site under test; its search page writes what was looked for into the page, which is the fault that a CSP is for. */
function site() {
  const app = express();
  app.use("/csp-report", (req, _res, next) => {
    deliveries.push({ type: req.headers["content-type"], address: visitorOf(req.headers) });
    next();
  });
  app.use("/csp-report", reports);
  app.use((req, res, next) => stage.headers(req, res, next));
  app.get(["/", "/products/:id"], (req, res) => {
    const values: Readonly<Record<string, () => string>> = {
      ...Object.fromEntries(Object.entries(origins).map(([name, origin]) => [name, () => origin])),
      nonce: () => nonceOf(res),
      visitor: () => visitorOf(req.headers),
      query: () => String(req.query["q"] ?? ""),
    };
    res.send(file(`${stage.templates}/home.html`).replace(/\{\{(\w+)\}\}/g, (_, name) => (values[name] as () => string)()));
  });
  app.get(
    "/about",
    (req, res, next) => (stage.about ?? nothing)(req, res, next),
    (_req, res) => void res.send(file(`${stage.templates}/about.html`)),
  );
  app.get("/app.js", (_req, res) => void res.type("js").send(file(`${stage.templates}/app.js`)));
  return app;
}

/** Another company's server. */
function others(folder: string) {
  const app = express();
  app.post("/visit", express.text(), (req, res) => {
    beacons.push(req.body);
    res.end();
  });
  app.use(express.static(new URL(`site/${folder}`, import.meta.url).pathname));
  return app;
}

async function listen(name: keyof typeof origins, app: http.RequestListener): Promise<void> {
  const server = https.createServer(CERTIFICATE, app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origins[name] = `https://${name}.test:${(server.address() as AddressInfo).port}`;
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
  });
}

async function newContext({ address, userAgent }: (typeof VISITORS)[number]): Promise<BrowserContext> {
  const context = await browser.newContext(userAgent === undefined ? {} : { userAgent });
  await context.addCookies([{ name: "visitor", value: address, url: origins.site }]);
  return context;
}

async function newPage(visitor: (typeof VISITORS)[number] = VISITORS[0]): Promise<Page> {
  const context = await newContext(visitor);
  onTestFinished(() => context.close());
  return context.newPage();
}

/** Goes home, uses all that is there, and gives what works once nothing is missing or time is over. */
async function useHome(page: Page, expected: object, path = "/"): Promise<unknown> {
  await page.goto(origins.site + path);
  await page.click("button");
  const parts = () => page.evaluate(PARTS);
  await vi.waitFor(async () => expect(await parts()).toEqual(expected), { timeout: 10_000, interval: 50 }).catch(() => undefined);
  return parts();
}

/** What those reports speak of, ports aside. */
const nameOf = ({ directive, blocked }: Pick<Group, "directive" | "blocked">) => `${directive} ${blocked.replace(/:\d+$/, "")}`;

async function enforcedGroups(): Promise<readonly Group[]> {
  await reports.flush();
  return store.groups({ disposition: "enforce" });
}

/** The patch as its reader takes it: from the printed module. */
function asPrinted(proposal: Learned): Patch {
  const literal = printLearned(proposal, "typescript").match(/^export const learned = (\{.*\}) satisfies Patch;$/ms)?.[1];
  return new Function("append", `return ${literal}`)(append) as Patch;
}

const injection = () => `/?q=${encodeURIComponent(INJECTED.join("").replace("PORT", origins.cdn.split(":")[2] as string))}`;

// One story: every test goes on where the one before it stopped.
describe.skipIf(skipWithout("The road to an enforced policy in a browser", [CHROMIUM]))("from no policy to an enforced one", () => {
  beforeAll(async () => {
    await listen("site", site());
    for (const name of ["cdn", "analytics", "widget"] as const) await listen(name, others(name));
    browser = await chromium.launch(LAUNCH);
  });

  afterAll(async () => {
    await browser?.close();
    for (const close of closers) await close();
  });

  it("without a policy all of the site works", async () => {
    expect(await useHome(await newPage(), WORKING)).toEqual(WORKING);
  });

  it("without a policy an injected script runs", async () => {
    const page = await newPage();
    expect(await useHome(page, { ...WORKING, stolen: true }, injection())).toEqual({ ...WORKING, stolen: true });
  });

  it("observed, all of the site works as before", async () => {
    stage = OBSERVED;
    expect(await useHome(await newPage(), WORKING)).toEqual(WORKING);
  });

  it("browsers report by both ways, and each visitor's reports are counted", { timeout: 90_000 }, async () => {
    for (const visitor of VISITORS) {
      const page = await newPage(visitor);
      for (const path of PATHS) await page.goto(origins.site + path, { waitUntil: "load" });
    }
    await vi.waitFor(
      async () => {
        await reports.flush();
        const groups = await store.groups();
        expect(groups.filter(({ clients }) => clients === VISITORS.length).map(nameOf)).toHaveLength(15);
      },
      { timeout: 60_000, interval: 250 },
    );
    expect(new Set(deliveries.map(({ type, address }) => `${address} ${type}`))).toEqual(
      new Set([
        "127.0.0.2 application/reports+json",
        "127.0.0.3 application/reports+json",
        "127.0.0.4 application/csp-report",
        "127.0.0.5 application/csp-report",
      ]),
    );
  });

  it("nothing of the reports was shed", async () => {
    const { noise, evicted, shed } = await store.stats();
    expect([noise, evicted, ...Object.values(shed)].filter((count) => count > 0)).toEqual([]);
  });

  it("learn does not trust what so few days have shown", async () => {
    const { patch, suggestions } = learn(definePolicy("strict"), await store.groups(), { minDays: 30, minClients: 3 });
    // Two of them where this runs at midnight.
    expect([patch, new Set(suggestions.map(({ why }) => why.replace(/[12] of/, "1 of")))]).toEqual([
      {},
      new Set(["Too little evidence for a third-party host: 1 of 30 days."]),
    ]);
  });

  it("learn proposes the four origins that the site needs", async () => {
    learned = learn(definePolicy("strict"), await store.groups(), { minDays: 1, minClients: 3 });
    expect(renderHeaders(learned.proposal)["Content-Security-Policy"]?.split("; ")).toEqual([
      "default-src 'none'",
      `script-src 'self' ${origins.cdn}`,
      "style-src 'self'",
      `img-src 'self' ${origins.cdn}`,
      "font-src 'self'",
      `connect-src 'self' ${origins.analytics}`,
      "frame-ancestors 'none'",
      "base-uri 'self'",
      "form-action 'self'",
      `frame-src ${origins.widget}`,
    ]);
  });

  it("learn says what to do about each kind of inline code", () => {
    expect(learned.advice.map((one) => `${nameOf(one)}: ${one.message.split(/[:,]/)[0]}`).sort()).toEqual([
      "script-src-attr inline: Inline event handlers such as onclick are blocked. Call element.addEventListener(…) in a script instead.",
      "script-src-elem inline: Inline scripts are blocked; an attacker may have injected them. For your own",
      "style-src-elem inline: Inline styles are blocked. Write contentSecurityPolicy",
    ]);
  });

  it("learn has reports from every route but the one that nobody visited", async () => {
    const { coverage } = learn(definePolicy("strict"), await store.groups(), { routes: ["/", "/products/*", "/about", "/help"] });
    expect([coverage.reported.map(({ route }) => route).sort(), coverage.silent]).toEqual([["/", "/about", "/products/*"], ["/help"]]);
  });

  it("enforced without following the advice, inline code is blocked", async () => {
    stage = { templates: "before", headers: securityHeaders("strict", learned.patch) };
    const { greeted: _, clicked: __, ...rest } = WORKING;
    const expected = { ...rest, styled: false };
    expect(await useHome(await newPage(), expected)).toEqual(expected);
  });

  it("enforced after following the advice, all of the site works without a violation", async () => {
    // The advice, followed by hand: see how site/after differs from site/before.
    policy = definePolicy("strict", asPrinted(learned), {
      contentSecurityPolicy: { scriptSrc: append(nonce), styleSrc: append(nonce) },
      reporting: "/csp-report",
    });
    const about = override(await hashInlineScripts(file("after/about.html")));
    stage = { templates: "after", headers: securityHeaders(policy), about };
    beacons.length = 0;
    const page = await newPage();
    const seen = await collectViolations(page);
    const parts = [await useHome(page, WORKING)];
    for (const path of ["/products/1", "/about"]) await page.goto(origins.site + path);
    parts.push(await page.evaluate("parts"));
    await seen.expectNone();
    await vi.waitFor(() => expect(beacons).toEqual(["/", "/products/1"]));
    expect(parts).toEqual([WORKING, { about: true }]);
  });

  it("the widget is shown in its frame", async () => {
    const page = await newPage();
    await page.goto(origins.site);
    expect(await page.frames()[1]?.textContent("p")).toBe("How can we help?");
  });

  it("enforced, injected code is blocked, and nothing else", async () => {
    const page = await newPage();
    const seen = await collectViolations(page);
    expect(await useHome(page, WORKING, injection())).toEqual(WORKING);
    await vi.waitFor(() => expect(seen.violations.length).toBeGreaterThanOrEqual(INJECTED.length));
    expect(seen.violations.map(({ directive, blockedURL }) => `${directive} ${blockedURL.replace(/:\d+\//, "/")}`).sort()).toEqual([
      "script-src-attr inline",
      "script-src-elem https://evil.test/evil.js",
      "script-src-elem inline",
    ]);
    // A page that is closed takes with it what it had to report.
    await vi.waitFor(async () => expect(await enforcedGroups()).toHaveLength(INJECTED.length), { timeout: 20_000, interval: 250 });
  });

  it("what was blocked is reported as that, and by its origin", async () => {
    expect((await enforcedGroups()).map((group) => `${nameOf(group)} on ${group.route}`).sort()).toEqual([
      "script-src-attr inline on /",
      "script-src-elem https://evil.test on /",
      "script-src-elem inline on /",
    ]);
  });

  it("learn does not propose what was injected, even where one visitor is enough", async () => {
    const { patch, suggestions } = learn(policy, await store.groups(), { minDays: 1, minClients: 1 });
    expect([patch, suggestions.map(({ directive, source, why }) => [directive, source.replace(/:\d+$/, ""), why])]).toEqual([
      {},
      [
        [
          "scriptSrc",
          "https://evil.test",
          "Only an enforced policy blocked it: observe the policy in report-only mode before you widen it.",
        ],
      ],
    ]);
  });
});
