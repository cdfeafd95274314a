import { expect, it } from "vitest";
import { allowedBy, described, isOld, optionsIn, servicesList, serviceText, togetherText } from "../../src/cli/service-text.js";
import { auth0, intercom, jsdelivr, paypal, recaptcha, stripe, youtube } from "../../src/services/index.js";

const plain = (text: string) => text;

it("what a recipe allows, as a policy writes it", () => {
  expect(allowedBy(stripe as never)).toEqual([
    ["script-src", ["https://js.stripe.com", "https://*.js.stripe.com"]],
    ["connect-src", ["https://api.stripe.com"]],
    ["frame-src", ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"]],
    ["permissions-policy payment", ["self", "https://js.stripe.com", "https://*.js.stripe.com"]],
    ["cross-origin-embedder-policy", ["unsafe-none"]],
  ]);
});

it("keywords without quotes", () => {
  expect(new Map(allowedBy(paypal as never)).get("style-src")).toContain("unsafe-inline");
});

it("a recipe that was last read more than a year ago is said to be so", () => {
  const checked = Date.parse(stripe.about.checked);
  const day = 86_400_000;
  expect([isOld(stripe.about, new Date(checked + 365 * day)), isOld(stripe.about, new Date(checked + 366 * day))]).toEqual([false, true]);
  expect(servicesList([stripe as never], new Date(checked + 366 * day), plain)).toContain("Stripe (last read more than a year ago)");
  expect(serviceText(stripe as never, new Date(checked + 366 * day), plain).replace(/\s+/g, " ")).toContain("That is more than a year ago");
});

const NOW = new Date("2026-11-26");
const textOf = (recipe: unknown, source?: string) => serviceText(recipe as never, NOW, plain, source);
/** The lines of a section, as one. */
const section = (text: string, title: string) => text.split(`\n${title}\n`)[1]?.split("\n\n")[0]?.replace(/\s+/g, " ").trim();

it("the options of a recipe, with what they take and do", () => {
  expect(optionsIn(intercom as never)).toEqual([
    {
      name: "region",
      takes: '"us" or "eu" or "au"',
      words: ["us", "eu", "au"],
      required: false,
      text: 'Where the workspace\'s data is. Default: "us".',
    },
    {
      name: "videos",
      takes: "true or false",
      required: false,
      text: "Videos of YouTube, Vimeo and Wistia in messages and articles. Default: false.",
    },
  ]);
});

it("options are printed, and those that are required are said to be so", () => {
  expect(section(textOf(auth0), "Options")).toMatch(
    /^domain: a host such as "example\.eu\.auth0\.com", without https:\/\/ and without a path \(required\) The domain of the tenant/,
  );
});

it("options are in JSON", () => {
  expect(described(stripe as never, NOW)).toMatchObject({
    options: expect.arrayContaining([expect.objectContaining({ name: "checkout" })]),
  });
});

it.each([
  [stripe, "checkout.stripe.com", "stripe({ checkout: true })", "https://checkout.stripe.com"],
  [youtube, "https://www.youtube-nocookie.com/embed/x", "youtube({ nocookie: true })", "https://www.youtube-nocookie.com/embed/"],
  [intercom, "api-iam.eu.intercom.io", 'intercom({ region: "eu" })', "https://api-iam.eu.intercom.io"],
])("a host that an option allows is printed with that option", (recipe, host, call, source) => {
  const text = textOf(recipe, host);
  expect(text).toContain(`  securityHeaders("strict", ${call});\n`);
  expect(text.replace(/\s+/g, " ")).toContain(`${call} allows ${host} in `);
  expect(section(text, "Allows, where a policy restricts it")).toContain(source);
});

it("a host that no option allows is said to be so", () => {
  expect(textOf(youtube, "https://studio.youtube.com").replace(/\s+/g, " ")).toContain(
    "https://studio.youtube.com is YouTube's; its recipe allows nothing there, with any option.",
  );
});

it("bypasses are those of the printed policy, and others with their option", () => {
  expect(section(textOf(recaptcha), "Bypasses")).toBe(
    'https://www.google.com/recaptcha/ also serves code that an injected script tag could load. recaptcha({ host: "recaptcha.net" }): https://www.recaptcha.net/recaptcha/ also serves code that an injected script tag could load. Prefer a nonce with "strict-dynamic".',
  );
  expect(section(textOf(stripe), "Bypasses")).toBe(
    'stripe({ address: true }): https://maps.googleapis.com also serves code that an injected script tag could load. Prefer a nonce with "strict-dynamic".',
  );
});

it("a bypass that no call allows is not printed", () => {
  expect(section(textOf(jsdelivr), "Bypasses")).toBeUndefined();
});

it("several recipes together say which one decides on a word", () => {
  const text = togetherText([recaptcha, paypal] as never, plain).replace(/\s+/g, " ");
  expect(text).toContain('securityHeaders("strict", recaptcha(), paypal());');
  expect(text).toContain("cross-origin-opener-policy same-origin-allow-popups, because of paypal");
});
