import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/index.js";
import { type Group, learn, policyHash, printLearned } from "../../src/reports/index.js";
import { AT, GROUP } from "./support.js";

const POLICY = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"] } });

/** A group with enough evidence for the patch. */
function group(directive: string, blocked: string, path = "/a.js"): Group {
  return {
    ...{ ...GROUP, id: `${directive} ${blocked}`, policyHash: policyHash("default-src 'self'"), firstSeen: AT - 172_800_000 },
    ...{ directive, blocked, urls: [{ value: `${blocked}${path}`, count: 40 }] },
  };
}

const callsOf = (...groups: readonly Group[]) =>
  learn(POLICY, groups).services.map(({ call, beyond }) => [call, ...beyond.map(({ directive, source }) => `${directive} ${source}`)]);

/** The lines of the section on third parties. */
const section = (...groups: readonly Group[]) =>
  printLearned(learn(POLICY, groups), "text").split("Third parties by name:\n")[1]?.split("\n\n")[0]?.trim();

describe("learn offers no recipe in place of what it cannot allow", () => {
  it.each([
    ["supabase({ url: … })", "https://evil.supabase.co"],
    ["auth0({ domain: … })", "https://evil.auth0.com"],
    ["matomo({ host: … })", "https://evil.matomo.cloud"],
    ["firebase()", "https://evil.firebaseapp.com"],
  ])("%s: scripts of a customer", (call, source) => {
    expect(callsOf(group("script-src-elem", source))).toEqual([[call, `scriptSrc ${source}`]]);
  });

  it("a version of a package that is not exact", () => {
    const vue = group("script-src-elem", "https://cdn.jsdelivr.net", "/npm/vue@latest/dist/vue.js");
    expect(callsOf(vue)).toEqual([["jsdelivr({ packages: … })", "scriptSrc https://cdn.jsdelivr.net"]]);
  });

  it("says so, and that any customer can publish there", () => {
    expect(section(group("script-src-elem", "https://evil.supabase.co"))).toBe(
      "Supabase: supabase({ url: … }) does not allow: scriptSrc https://evil.supabase.co. Any customer of Supabase can publish on evil.supabase.co: allow it only if it is yours.",
    );
  });
});

describe("learn names the options", () => {
  it.each([
    ["a word", 'intercom({ region: "eu" })', group("connect-src", "https://api-iam.eu.intercom.io")],
    ["a flag", "stripe({ checkout: true })", group("script-src-elem", "https://checkout.stripe.com")],
    [
      "a flag, by the address that was seen",
      "youtube({ nocookie: true })",
      group("frame-src", "https://www.youtube-nocookie.com", "/embed/x"),
    ],
    ["a flag beside what is required", "supabase({ url: …, images: true })", group("img-src", "https://acme.supabase.co")],
    ["a host", 'firebase({ authDomain: "acme.firebaseapp.com" })', group("frame-src", "https://acme.firebaseapp.com")],
    ["none beside what is required", "supabase({ url: … })", group("connect-src", "https://acme.supabase.co")],
    [
      "a path in the host of all customers",
      "matomo({ host: … })",
      group("script-src-elem", "https://cdn.matomo.cloud", "/a.matomo.cloud/m.js"),
    ],
    ["a package", "jsdelivr({ packages: … })", group("script-src-elem", "https://cdn.jsdelivr.net", "/npm/vue@3.5.13/dist/vue.js")],
  ])("%s", (_what, call, one) => {
    expect(callsOf(one)).toEqual([[call]]);
  });

  it("of all that was seen together", () => {
    const seen = [
      group("script-src-elem", "https://js.stripe.com"),
      group("script-src-elem", "https://checkout.stripe.com"),
      group("script-src-elem", "https://connect-js.stripe.com"),
    ];
    expect(callsOf(...seen)).toEqual([["stripe({ checkout: true, connect: true })"]]);
  });

  it("of Google Analytics alone, whose script is on a host of Tag Manager", () => {
    const seen = [
      group("script-src-elem", "https://www.googletagmanager.com", "/gtag/js"),
      group("connect-src", "https://region1.google-analytics.com"),
    ];
    expect(callsOf(...seen)).toEqual([["googleAnalytics()"]]);
  });

  it("of Google Analytics, by its documented tag alone", () => {
    expect(callsOf(group("script-src-elem", "https://www.googletagmanager.com", "/gtag/js"))).toEqual([["googleAnalytics()"]]);
  });

  it("of Tag Manager, by its container alone", () => {
    expect(callsOf(group("script-src-elem", "https://www.googletagmanager.com", "/gtm.js"))).toEqual([["googleTagManager()"]]);
  });

  it("of both, by their scripts on one host", () => {
    const tag = group("script-src-elem", "https://www.googletagmanager.com", "/gtm.js");
    const urls = [...tag.urls, { value: "https://www.googletagmanager.com/gtag/js", count: 40 }];
    const seen = [{ ...tag, urls }, group("connect-src", "https://region1.google-analytics.com")];
    expect(callsOf(...seen)).toEqual([["googleTagManager()"], ["googleAnalytics()"]]);
  });

  it("of Google Analytics, for a path of the host that both use", () => {
    const seen = [
      group("script-src-elem", "https://www.googletagmanager.com", "/gtag/js"),
      group("img-src", "https://www.googletagmanager.com", "/td"),
    ];
    expect(callsOf(...seen)).toEqual([["googleAnalytics()"]]);
  });

  it("of neither, where browsers reported the origin alone", () => {
    expect(callsOf(group("script-src-elem", "https://www.googletagmanager.com", ""))).toEqual([]);
  });

  it("of Google Analytics, where the origin of its tag and a host of its own were reported", () => {
    const seen = [
      group("script-src-elem", "https://www.googletagmanager.com", ""),
      group("connect-src", "https://region1.google-analytics.com"),
    ];
    expect(callsOf(...seen)).toEqual([["googleAnalytics()"]]);
  });

  it("of each service that has a path of one host", () => {
    const both = group("frame-src", "https://www.google.com", "/recaptcha/api2/anchor");
    const urls = [...both.urls, { value: "https://www.google.com/maps/embed", count: 40 }];
    expect(callsOf({ ...both, urls })).toEqual([["recaptcha()"], ["googleMaps()"]]);
  });

  it("of none, where another path of the host was seen as well", () => {
    const both = group("frame-src", "https://www.google.com", "/recaptcha/api2/anchor");
    const urls = [...both.urls, { value: "https://www.google.com/search", count: 40 }];
    expect(callsOf({ ...both, urls })).toEqual([]);
  });

  it("in the module that it prints", () => {
    const module = printLearned(learn(POLICY, [group("script-src-elem", "https://checkout.stripe.com")]), "typescript");
    expect(module).toContain('import { stripe } from "portcullis/services";');
    expect(module).toContain("export const services = [stripe({ checkout: true })];\n");
  });

  it("no code that the recipe refuses", () => {
    const real = learn(POLICY, [group("script-src-elem", "https://checkout.stripe.com")]);
    const forged = {
      ...real,
      services: real.services.map((one) => ({ ...one, options: { checkout: "x", "a: process.exit(), b": true } })),
    };
    expect(printLearned(forged, "typescript")).not.toMatch(/export const services|^[^/].*process/m);
  });
});
