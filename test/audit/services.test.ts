import { describe, expect, it, vi } from "vitest";
import { audit, explain } from "../../src/audit/index.js";
import type { HeadersInput } from "../../src/index.js";

vi.mock("../../src/services/index.js", async () => (await import("./made-up-services.js")).madeUpServices());

const CSP = "Content-Security-Policy";
const found = (value: string | readonly string[]) =>
  audit({ [CSP]: value } as HeadersInput).findings.filter(({ rule }) => rule === "wide-service");
const messages = (value: string | readonly string[]) => found(value).map(({ message }) => message);
const named = (headers: HeadersInput) => audit(headers).services.map(({ title }) => title);
const directive = (value: string) => explain({ [CSP]: value })[0]?.directives[0]?.text;

describe("wide-service", () => {
  it("finds a wildcard that is wider than what the recipe has, and says what to write", () => {
    expect(found("script-src 'self' *.pay.test")).toEqual([
      {
        rule: "wide-service",
        severity: "info",
        header: CSP,
        path: "contentSecurityPolicy.scriptSrc",
        message:
          "*.pay.test in script-src allows more of Acme Pay than its recipe, which has https://js.pay.test and https://*.js.pay.test there.",
        fix: 'Write pay() from "portcullis/services", or the sources that the recipe has.',
        owasp: "A03:2021",
        cwe: "CWE-79",
        reference: "https://www.w3.org/TR/CSP3/",
      },
    ]);
  });

  it("finds the bare domain of a service of which the recipe has hosts below it only", () => {
    expect(messages("script-src https://pay.test")).toEqual([
      "https://pay.test in script-src allows more of Acme Pay than its recipe, which has https://js.pay.test and https://*.js.pay.test there.",
    ]);
  });

  it("finds a whole host of which the recipe has paths", () => {
    expect(found("script-src cdn.files.test").map(({ message, fix }) => [message, fix])).toEqual([
      [
        "cdn.files.test in script-src allows more of Files than its recipe, which has single places there, such as https://cdn.files.test/vue@3/.",
        'Write files({ packages: … }) from "portcullis/services".',
      ],
    ]);
  });

  it("finds what an option of the recipe narrows", () => {
    expect(messages("style-src https://cdn.files.test")).toEqual([
      "https://cdn.files.test in style-src allows more of Files than its recipe, which has single places there, such as https://cdn.files.test/vue@3/.",
    ]);
  });

  it("compares default-src with all that the recipe has", () => {
    expect(messages("default-src https://cdn.files.test; base-uri 'none'")).toEqual([
      "https://cdn.files.test in default-src allows more of Files than its recipe, which has single places in script-src, such as https://cdn.files.test/vue@3/.",
    ]);
  });

  it("compares script-src-elem with the scripts of the recipe", () => {
    expect(found("script-src-elem *.pay.test").map(({ path }) => path)).toEqual(["contentSecurityPolicy.scriptSrcElem"]);
  });

  it("finds a wildcard that the recipe has for another directive only", () => {
    expect(messages("frame-src https://*.pay.test")).toEqual([
      "https://*.pay.test in frame-src allows more of Acme Pay than its recipe, which has https://js.pay.test and https://hooks.pay.test there.",
    ]);
  });

  it("finds a wildcard that the recipe of a service has that the policy has not", () => {
    expect(messages("script-src https://*.lib.paynet.test")).toEqual([
      "https://*.lib.paynet.test in script-src allows more of Acme Pay than its recipe, which has https://a.lib.paynet.test there.",
    ]);
  });

  it("finds a wildcard of default-src that allows scripts, whatever the recipe has for images", () => {
    expect(messages("default-src https://*.pay.test")).toEqual([
      "https://*.pay.test in default-src allows more of Acme Pay than its recipe, which has https://js.pay.test and https://*.js.pay.test in script-src.",
    ]);
  });

  it("does not compare default-src with what the policy has a directive for", () => {
    expect(messages("default-src https://*.pay.test; script-src 'self'; frame-src 'self'; connect-src 'self'")).toEqual([]);
  });

  it("finds what the places of all customers are", () => {
    expect(found("script-src https://*.tenants.test").map(({ message, fix }) => [message, fix])).toEqual([
      [
        "https://*.tenants.test in script-src allows what any customer of Tenants publishes.",
        'Write tenants({ host: … }) from "portcullis/services".',
      ],
    ]);
  });

  it("finds the whole host on which each customer has a path", () => {
    expect(messages("script-src https://paths.tenants.test")).toEqual([
      "https://paths.tenants.test in script-src allows what any customer of Tenants publishes.",
    ]);
  });

  it("is reported once for two policies that both have it", () => {
    expect(messages(["script-src *.pay.test", "script-src *.pay.test"])).toHaveLength(1);
  });

  it.each([
    ["the recipe's own sources", "script-src https://js.pay.test https://*.js.pay.test"],
    ["its sources without a scheme, or with another", "script-src js.pay.test http://*.js.pay.test"],
    ["a narrower wildcard", "script-src https://*.a.js.pay.test"],
    ["a narrower path", "script-src https://js.pay.test/v3/"],
    ["a host that the recipe does not know", "script-src https://new.pay.test"],
    ["a wildcard of the service in which the recipe has nothing", "script-src https://*.other.paynet.test"],
    ["a wildcard that flags and words of the recipe allow together", "script-src https://*.eu.pay.test"],
    ["a host of a word of the recipe", "connect-src https://api-eu.pay.test"],
    ["a wildcard that the recipe of another service in the policy has", "script-src https://*.lib.paynet.test; frame-src shop.test"],
    ["a host in default-src that the recipe has for one kind", "default-src https://js.pay.test"],
    ["a host of one customer", "script-src https://acme.tenants.test; frame-src https://acme.tenants.test"],
    ["all customers, where the recipe needs that", "connect-src https://*.tenants.test"],
    ["the vendor's own host among those of customers", "script-src https://cdn.tenants.test"],
    ["a directive in which the recipe has nothing", "font-src https://pay.test"],
    ["a host that others share", "script-src https://www.shared.test"],
    ["other versions of files than the example's", "script-src https://cdn.files.test/react@18/"],
    ["hosts of nobody here", "script-src https://*.example.com https:"],
    ["hosts that 'strict-dynamic' makes inert", "script-src 'nonce-abcdefghijkl' 'strict-dynamic' *.pay.test"],
  ])("does not find %s", (_what, value) => {
    expect(messages(value)).toEqual([]);
  });

  it("does not find what another policy blocks", () => {
    expect(messages(["script-src *.pay.test", "script-src https://js.pay.test"])).toEqual([]);
  });

  it("does not look at what is only observed", () => {
    const { findings } = audit({ [`${CSP}-Report-Only`]: "script-src *.pay.test" });
    expect(findings.filter(({ rule }) => rule === "wide-service")).toEqual([]);
  });
});

describe("services of an audit", () => {
  it("are each once, in the order of the policy, with the call to write", () => {
    const policy = "script-src https://cdn.files.test/vue@3/ https://js.pay.test; frame-src https://js.pay.test";
    expect(audit({ [CSP]: policy }).services).toEqual([
      { name: "files", title: "Files", call: "files({ packages: … })" },
      { name: "pay", title: "Acme Pay", call: "pay()" },
    ]);
  });

  it("have the hosts on which any customer can publish", () => {
    const policy = "script-src https://a.tenants.test https://cdn.tenants.test; connect-src https://b.tenants.test https://a.tenants.test";
    expect(audit({ [CSP]: policy }).services).toEqual([
      { name: "tenants", title: "Tenants", call: "tenants({ host: … })", tenants: ["a.tenants.test", "b.tenants.test"] },
    ]);
  });

  it("are not those whose hosts another one uses", () => {
    const shop = "script-src https://lib.shop.test https://a.lib.paynet.test";
    expect([named({ [CSP]: shop }), named({ [CSP]: `${shop}; frame-src https://js.pay.test` })]).toEqual([["Shop"], ["Shop", "Acme Pay"]]);
  });

  it("are frozen", () => {
    expect(Object.isFrozen(audit({ [CSP]: "script-src https://js.pay.test" }).services)).toBe(true);
  });

  it.each([
    ["without a policy", {}],
    ["of a policy that allows all hosts", { [CSP]: "script-src https: *" }],
    ["of addresses that get reports", { [CSP]: "report-uri https://js.pay.test/" }],
    ["that another policy blocks", { [CSP]: ["script-src https://js.pay.test", "script-src 'self'"] }],
    ["that are only observed", { [`${CSP}-Report-Only`]: "script-src https://js.pay.test" }],
    ["that 'strict-dynamic' leaves out", { [CSP]: "script-src 'nonce-abcdefghijkl' 'strict-dynamic' https://js.pay.test" }],
  ])("are none %s", (_what, headers) => {
    expect(named(headers as HeadersInput)).toEqual([]);
  });

  it("are found among the first thousand sources of all policies", () => {
    const policy = (count: number) => `script-src ${"https://a.example ".repeat(count)}https://js.pay.test`;
    expect([named({ [CSP]: policy(999) }), named({ [CSP]: policy(1_000) })]).toEqual([["Acme Pay"], []]);
  });

  it("are found where another policy allows their scheme", () => {
    expect(named({ [CSP]: ["script-src https://js.pay.test", "default-src https:"] })).toEqual(["Acme Pay"]);
  });
});

describe("explain", () => {
  it("says whose a host is", () => {
    expect(directive("font-src https://img.pay.test")).toBe("Fonts: from https://img.pay.test. https://img.pay.test is Acme Pay's.");
  });

  it("has the recipe in place of the hosts that it allows", () => {
    expect(directive("script-src 'self' https://js.pay.test https://a.example https://*.js.pay.test")).toBe(
      "Scripts: from this site, Acme Pay (pay()) and https://a.example.",
    );
  });

  it("keeps a host in sight on which any customer can publish", () => {
    expect(directive("connect-src https://evil.tenants.test")).toBe(
      "Connections by fetch(), WebSocket and similar APIs: from https://evil.tenants.test. https://evil.tenants.test is Tenants', where any customer of Tenants can publish.",
    );
  });

  it("names the service that uses the hosts of another", () => {
    expect(directive("script-src https://lib.shop.test https://a.lib.paynet.test")).toBe("Scripts: from Shop (shop()).");
  });

  it("has one sentence for the hosts of one service", () => {
    expect(directive("font-src a.pay.test https://cdn.files.test b.pay.test")).toBe(
      "Fonts: from a.pay.test, https://cdn.files.test and b.pay.test. a.pay.test and b.pay.test are Acme Pay's. https://cdn.files.test is Files'.",
    );
  });
});
