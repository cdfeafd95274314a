import { type BrowserContext, chromium, type Page } from "playwright-core";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { CHROMIUM, FLAGS, program } from "../browser/support.js";
import { skipWithout } from "../peers.js";
import { load, noncesOf, start } from "./start.js";
import { playVendors, type Vendors } from "./vendors.js";

const POLICIES = ["strict", "strictDynamic"] as const;

/** What every page asks of the vendors. */
const EVERYWHERE = [
  "GET fonts.googleapis.com/css2",
  "GET fonts.gstatic.com/s/inter.woff2",
  "GET fonts.intercomcdn.com/m.woff2",
  "GET js.intercomcdn.com/frame.js",
  "GET js.intercomcdn.com/notification.mp3",
  "GET js.sentry-cdn.com/0123456789abcdef.min.js",
  "GET static.intercomassets.com/avatar.svg",
  "GET widget.intercom.io/widget/example",
  "GET www.google-analytics.com/g/collect",
  "GET www.googletagmanager.com/gtag/js",
  "POST api-iam.intercom.io/messenger/web/ping",
  "POST region1.google-analytics.com/g/collect",
  "SOCKET nexus-websocket-a.intercom.io/pubsub",
];

/** Each page, what a visitor does there, and what is asked of the vendors beside that. */
const WALK: readonly (readonly [path: string, act: (page: Page) => Promise<unknown>, asked: readonly string[]])[] = [
  ["/", async () => undefined, []],
  ["/products/lantern", (page) => page.click("#add"), ["POST analytics.google.com/g/collect/add_to_cart"]],
  [
    "/checkout",
    (page) => page.click("button"),
    [
      "GET api.stripe.com/v1/elements/sessions",
      "GET b.js.stripe.com/chunk.js",
      "GET browser.sentry-cdn.com/10.0.0/bundle.min.js",
      "GET hooks.stripe.com/3d_secure",
      "GET js.stripe.com/dahlia/stripe.js",
      "GET js.stripe.com/elements-inner-payment.html",
      "GET js.stripe.com/payment-true",
      "POST o0.ingest.us.sentry.io/api/0/envelope/",
    ],
  ],
  [
    "/contact",
    async () => undefined,
    [
      "GET www.google.com/recaptcha/api.js",
      "GET www.google.com/recaptcha/api2/anchor",
      "GET www.google.com/recaptcha/api2/bframe",
      "GET www.gstatic.com/recaptcha/api2/logo_48.svg",
      "GET www.gstatic.com/recaptcha/releases/release/recaptcha__en.js",
    ],
  ],
];

const INLINE = "<script>document.title = 'taken over'</script>";
const STRANGER = '<script src="https://stranger.example/code.js"></script>';
const VENDOR = '<script src="https://www.googletagmanager.com/gtm.js"></script>';

describe("examples/shop", () => {
  it("gives every script of every page the nonce of the response", async () => {
    const url = await start("shop");
    for (const [path, scripts] of Object.entries({ "/": 4, "/products/lantern": 5, "/checkout": 6, "/contact": 5, "/nowhere": 4 })) {
      const { headers, body } = await load(`${url}${path}`);
      const [nonce] = noncesOf(headers["Content-Security-Policy"] ?? "");
      expect({ path, scripts: body.match(/<script/g)?.length, nonces: noncesOf(body) }).toEqual({
        path,
        scripts,
        nonces: Array(scripts).fill(nonce),
      });
    }
  });

  it("sends no ETag with a page, so that no browser keeps its nonce", async () => {
    const response = await fetch(await start("shop"));
    expect(response.headers.get("etag")).toBeNull();
  });

  it("lists no host of scripts under strictDynamic", async () => {
    const { headers } = await load(await start("shop", { POLICY: "strictDynamic" }));
    expect(headers["Content-Security-Policy"]).toMatch(/; script-src 'nonce-[^']+' 'strict-dynamic'; /);
  });

  it("names the policies there are for another one", async () => {
    await expect(start("shop", { POLICY: "lax" })).rejects.toThrow('POLICY is "lax". Write strict or strictDynamic.');
  });
});

describe.skipIf(skipWithout("examples/shop in a browser", [CHROMIUM]))("examples/shop in Chromium, with the vendors played", () => {
  it.each(POLICIES)("works under %s: nothing is blocked, and every request to a vendor arrives", async (policy) => {
    const { url, vendors, page, violations } = await open(policy);
    for (const [path, act, asked] of WALK) {
      vendors.forget();
      await page.goto(`${url}${path}`);
      await act(page);
      await arrive(vendors, [...EVERYWHERE, ...asked].sort());
    }
    expect(violations).toEqual([]);
  });

  it("blocks the installation code of Intercom, and nothing else of the first page, where Trusted Types are required too", async () => {
    const { url, vendors, page, violations } = await open("strictDynamic");
    await page.route(`${url}/`, async (route) => {
      const response = await route.fetch();
      const headers = response.headers();
      const csp = `${headers["content-security-policy"]}; require-trusted-types-for 'script'; trusted-types 'none'`;
      await route.fulfill({ response, headers: { ...headers, "content-security-policy": csp } });
    });
    await page.goto(`${url}/`);
    await vi.waitFor(() => expect(violations).toEqual(["require-trusted-types-for trusted-types-sink"]), { timeout: 10_000 });
    expect(vendors.asked().filter((what) => /intercom/.test(what))).toEqual([]);
    await arrive(
      vendors,
      EVERYWHERE.filter((what) => !/intercom/.test(what)),
    );
  });

  it.each([
    ["strict", INLINE + STRANGER, ["script-src-elem inline", "script-src-elem https://stranger.example/code.js"]],
    // What strict does not withstand: the hosts of vendors are in its list of script hosts.
    [
      "strictDynamic",
      INLINE + STRANGER + VENDOR,
      ["inline", "https://stranger.example/code.js", "https://www.googletagmanager.com/gtm.js"].map((what) => `script-src-elem ${what}`),
    ],
  ] as const)("blocks under %s the scripts that a visitor wrote", async (policy, attack, blocked) => {
    const { url, vendors, page, violations } = await open(policy);
    await page.goto(`${url}/?search=${encodeURIComponent(attack)}`);
    await arrive(vendors, EVERYWHERE);
    expect({ title: await page.title(), violations: [...violations].sort() }).toEqual({
      title: "Products",
      violations: [...blocked].sort(),
    });
  });
});

/** Waits until the vendors have been asked for these, and for nothing else. */
function arrive(vendors: Vendors, wanted: readonly string[]): Promise<void> {
  return vi.waitFor(() => expect(vendors.asked()).toEqual(wanted), { timeout: 10_000, interval: 20 });
}

interface Opened {
  readonly url: string;
  readonly vendors: Vendors;
  readonly page: Page;
  /** What was blocked on any page or frame so far: `"script-src-elem inline"`. */
  readonly violations: readonly string[];
}

/** The shop under a policy, and a browser for which one local server is the whole internet. */
async function open(policy: (typeof POLICIES)[number]): Promise<Opened> {
  const [url, vendors] = await Promise.all([start("shop", { POLICY: policy }), playVendors()]);
  // The last of two flags of a name counts. A response that a test passes on has no address, and would not reach a loopback host.
  const browser = await chromium.launch({
    executablePath: program,
    args: [...FLAGS, ...vendors.flags, "--disable-features=LocalNetworkAccessChecks"],
  });
  onTestFinished(() => browser.close());
  const context = await browser.newContext();
  return { url, vendors, violations: await watch(context), page: await context.newPage() };
}

async function watch(context: BrowserContext): Promise<readonly string[]> {
  const violations: string[] = [];
  await context.exposeFunction("violated", (what: string) => violations.push(what));
  const content = 'addEventListener("securitypolicyviolation", (e) => violated(e.effectiveDirective + " " + e.blockedURI), true)';
  await context.addInitScript({ content });
  return violations;
}
