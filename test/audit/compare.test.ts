import { describe, expect, it } from "vitest";
import { type Comparison, compare, type Verdict } from "../../src/audit/compare.js";
import { definePolicy, nonce, parseHeaders, perRequest, reportOnly } from "../../src/index.js";

const csp = (text: string) => ({ "Content-Security-Policy": text });
const ofCsp = (before: string, after: string) => compare(csp(before), csp(after));
const header = (comparison: Comparison, name: string) => comparison.headers.find((one) => one.header === name);
const directive = (comparison: Comparison, name: string) =>
  header(comparison, "Content-Security-Policy")?.directives?.find((one) => one.directive === name);

const OPPOSITE = { same: "same", stronger: "weaker", weaker: "stronger", incomparable: "incomparable" } as const;

/** Both ways, so that a row also states what the other way round is. */
function each(rows: readonly (readonly [before: string, after: string, verdict: Verdict])[], of: (text: string) => Record<string, string>) {
  it.each(rows)("%s → %s: %s", (before, after, verdict) => {
    expect(compare(of(before), of(after)).verdict).toBe(verdict);
    expect(compare(of(after), of(before)).verdict).toBe(OPPOSITE[verdict]);
  });
}

describe("addresses", () => {
  each(
    [
      ["img-src http://a.example", "img-src http://a.example https://a.example", "same"],
      ["img-src http://a.example", "img-src https://a.example", "stronger"],
      ["img-src a.example", "img-src https://a.example", "stronger"],
      ["img-src https://a.example", "img-src https://a.example:443", "same"],
      ["img-src https://a.example", "img-src https://a.example/", "same"],
      ["img-src https://a.example", "img-src https://A.example", "same"],
      ["img-src https://a.example:*", "img-src https://a.example:8443", "stronger"],
      ["img-src https://a.example", "img-src https://a.example:8443", "incomparable"],
      ["img-src https://a.example", "img-src https://a.example/x", "stronger"],
      ["img-src https://a.example/x/", "img-src https://a.example/x/y", "stronger"],
      ["img-src https://a.example/x/", "img-src https://a.example/x", "incomparable"],
      ["img-src https://a.example/x", "img-src https://a.example/%78", "same"],
      ["img-src https://a.example/x", "img-src https://a.example/X", "incomparable"],
      ["img-src https://a.example/x", "img-src https://a.example/x/y", "incomparable"],
      ["img-src https://a.example/x/", "img-src https://a.example/x/y/", "stronger"],
      ["img-src https://a.example/x/", "img-src https://a.example/y/z", "incomparable"],
      ["img-src https://a.example/x/y", "img-src https://a.example/z/y", "incomparable"],
      ["img-src https://*.a.example", "img-src https://b.a.example https://*.c.a.example", "stronger"],
      ["img-src https://*.a.example", "img-src https://a.example", "incomparable"],
      ["img-src https://*.a.example", "img-src https://ba.example", "incomparable"],
      ["img-src https:", "img-src https://*:*", "stronger"],
      ["img-src https://*", "img-src https://a.example", "stronger"],
      ["img-src https://*", "img-src https://a.example:8443", "incomparable"],
      ["img-src https://a.example:0443", "img-src https://a.example", "same"],
      ["img-src *", "img-src http:", "same"],
      ["img-src *", "img-src 'self'", "stronger"],
      ["img-src *", "img-src * data:", "weaker"],
      ["img-src https:", "img-src 'self'", "incomparable"],
      ["img-src data: blob:", "img-src blob: data: data:", "same"],
      ["img-src 'none'", "img-src", "same"],
      ["img-src https://a.example", "img-src 'none'", "stronger"],
      ["img-src 'self'", "img-src https://a.example", "incomparable"],
      ["connect-src ws://a.example", "connect-src ws://a.example wss://a.example", "same"],
      ["connect-src wss://a.example:443", "connect-src wss://a.example", "same"],
      ["connect-src wss://a.example", "connect-src https://a.example", "incomparable"],
      ["connect-src 'self'", "connect-src 'self' wss:", "weaker"],
      ["connect-src *", "connect-src wss://a.example", "stronger"],
      ["img-src custom://a.example", "img-src custom:", "weaker"],
    ],
    csp,
  );
});

describe("scripts and styles", () => {
  each(
    [
      ["script-src 'self' 'unsafe-inline' 'nonce-YQ=='", "script-src 'self' 'nonce-YQ=='", "same"],
      ["style-src 'unsafe-inline'", "style-src 'sha256-YWJj'", "stronger"],
      ["style-src 'sha256-YWJj' 'unsafe-inline'", "style-src 'sha256-YWJj'", "same"],
      ["style-src-attr 'sha256-YWJj'", "style-src-attr 'none'", "same"],
      ["style-src-attr 'sha256-YWJj' 'unsafe-hashes'", "style-src-attr 'none'", "stronger"],
      ["script-src 'self' 'sha256-YWJj'", "script-src 'self' 'sha256-ZGVm'", "incomparable"],
      ["style-src 'self'", "style-src 'self' 'sha256-YWJj'", "weaker"],
      ["style-src 'self'", "style-src 'self' 'nonce-YQ=='", "weaker"],
      ["style-src 'self' 'unsafe-inline'", "style-src 'self'", "stronger"],
      [
        "style-src 'self'; style-src-elem 'self' 'unsafe-inline'; style-src-attr 'none'",
        "style-src 'self'; style-src-attr 'none'",
        "stronger",
      ],
      ["script-src 'sha256-YWJj' 'unsafe-hashes'", "script-src 'sha256-YWJj'", "stronger"],
      ["script-src 'sha256-YWJj' 'unsafe-hashes'", "script-src 'sha256-YWJj' 'sha256-ZGVm' 'unsafe-hashes'", "weaker"],
      ["script-src-attr 'unsafe-inline'", "script-src-attr 'sha256-YWJj' 'unsafe-hashes'", "stronger"],
      ["script-src 'strict-dynamic' 'nonce-YQ=='; script-src-attr 'none'", "script-src 'strict-dynamic' 'nonce-YQ=='", "same"],
      ["script-src 'sha256-ab-_'", "script-src 'sha256-ab+/'", "same"],
      ["script-src 'self' 'unsafe-inline'", "script-src 'self' 'nonce-YQ=='", "incomparable"],
      ["script-src 'nonce-YQ==' 'strict-dynamic' https: 'unsafe-inline' 'self'", "script-src 'nonce-YQ==' 'strict-dynamic'", "same"],
      ["script-src 'nonce-YQ=='", "script-src 'nonce-YQ==' 'strict-dynamic'", "weaker"],
      ["script-src 'nonce-YQ==' 'self'", "script-src 'nonce-YQ==' 'strict-dynamic'", "incomparable"],
      ["script-src 'unsafe-eval'", "script-src 'unsafe-eval' 'wasm-unsafe-eval' 'trusted-types-eval'", "same"],
      ["script-src 'unsafe-eval'", "script-src 'wasm-unsafe-eval'", "stronger"],
      ["script-src 'self' 'wasm-unsafe-eval'", "script-src 'self'", "stronger"],
      ["script-src 'self' 'unsafe-eval'", "script-src 'self'", "stronger"],
      ["script-src 'unsafe-inline' 'strict-dynamic'", "script-src 'unsafe-inline'", "incomparable"],
      ["default-src 'nonce-YQ==' 'strict-dynamic'", "default-src 'nonce-YQ==' 'strict-dynamic'; worker-src *", "incomparable"],
      ["script-src 'trusted-types-eval'", "script-src 'none'", "same"],
      [
        "script-src 'trusted-types-eval'; require-trusted-types-for 'script'",
        "script-src 'none'; require-trusted-types-for 'script'",
        "stronger",
      ],
      [
        "script-src 'trusted-types-eval', require-trusted-types-for 'script'",
        "script-src 'none', require-trusted-types-for 'script'",
        "stronger",
      ],
      ["script-src 'self' 'report-sample'", "script-src 'self'", "same"],
      ["script-src 'self' 'inline-speculation-rules'", "script-src 'self'", "stronger"],
      ["script-src 'self'; script-src-attr 'unsafe-inline'", "script-src 'self'", "stronger"],
      ["connect-src 'self' 'unsafe-webtransport-hashes'", "connect-src 'self'", "stronger"],
    ],
    csp,
  );
});

describe("fallbacks", () => {
  each(
    [
      ["default-src 'self'", "default-src 'self'; img-src 'self'; script-src-elem 'self'", "same"],
      ["default-src 'none'; img-src 'self'", "default-src 'none'; img-src 'self' https://a.example", "weaker"],
      ["default-src 'self'; img-src 'none'", "default-src 'self'", "weaker"],
      ["script-src 'self'", "script-src 'self'; img-src 'self'", "stronger"],
      [
        "script-src 'self'; frame-src 'none'; worker-src 'none'",
        "script-src 'self'; frame-src 'none'; worker-src 'none'; child-src *",
        "same",
      ],
      ["default-src 'none'; frame-src 'self'; worker-src 'self'", "default-src 'none'; child-src 'self'", "same"],
      ["default-src 'none'; script-src 'self'", "default-src 'none'; script-src 'self'; worker-src 'none'", "stronger"],
      ["default-src 'none'; script-src 'self'; child-src 'none'", "default-src 'none'; script-src 'self'; worker-src 'none'", "same"],
      [
        "default-src 'none'; script-src 'nonce-YQ==' 'strict-dynamic'; worker-src *",
        "default-src 'none'; script-src 'nonce-YQ==' 'strict-dynamic'",
        "weaker",
      ],
    ],
    csp,
  );

  it("a directive that is absent now is told what stands in for it", () => {
    expect(directive(ofCsp("default-src 'self'; img-src 'none'", "default-src 'self'"), "img-src")).toEqual({
      directive: "img-src",
      verdict: "weaker",
      before: "'none'",
      after: "'self'",
      added: ["'self'"],
      removed: ["'none'"],
      message: "Absent now, default-src decides. Now allowed: an image from https://(this site)/.",
    });
  });
});

describe("other directives", () => {
  each(
    [
      ["sandbox", "sandbox allow-scripts", "weaker"],
      ["sandbox allow-scripts", "sandbox allow-forms", "incomparable"],
      ["sandbox allow-top-navigation", "sandbox allow-top-navigation-by-user-activation allow-top-navigation", "same"],
      ["sandbox allow-top-navigation", "sandbox allow-top-navigation-by-user-activation", "stronger"],
      ["sandbox allow-top-navigation", "sandbox allow-top-navigation allow-forms", "weaker"],
      ["sandbox allow-top-navigation", "sandbox allow-top-navigation allow-top-navigation-to-custom-protocols", "same"],
      ["sandbox allow-popups", "sandbox allow-popups allow-top-navigation-to-custom-protocols", "same"],
      ["sandbox allow-popups", "sandbox allow-top-navigation-to-custom-protocols", "stronger"],
      ["sandbox allow-forms", "sandbox allow-forms allow-top-navigation-to-custom-protocols", "weaker"],
      ["img-src *", "img-src *; sandbox", "stronger"],
      ["img-src *", "img-src *; upgrade-insecure-requests", "stronger"],
      ["img-src *", "img-src *; require-trusted-types-for 'script'", "stronger"],
      ["trusted-types a b", "trusted-types a", "stronger"],
      ["trusted-types *", "trusted-types a 'allow-duplicates'", "incomparable"],
      ["trusted-types", "trusted-types 'none'", "same"],
      ["trusted-types *", "trusted-types a b", "stronger"],
      ["trusted-types a", "trusted-types a 'allow-duplicates'", "weaker"],
      ["trusted-types a 'allow-duplicates'", "img-src *", "incomparable"],
      ["img-src *", "img-src *; trusted-types *", "stronger"],
      ["img-src *; webrtc 'block'", "img-src *; webrtc 'allow'", "weaker"],
      ["img-src *; webrtc 'allow'", "img-src *", "same"],
      ["img-src *", "img-src *; report-uri /r", "same"],
      ["img-src *", "img-src *; base-uri 'none'", "stronger"],
      ["form-action 'self'", "form-action *", "weaker"],
    ],
    csp,
  );
});

describe("slots", () => {
  const tenant = perRequest(() => "https://tenant.example");
  const other = perRequest(() => "https://tenant.example");
  const images = (...imgSrc: readonly (string | typeof tenant)[]) =>
    definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["none"], imgSrc: imgSrc as never } });

  it("a nonce is a nonce, whichever value it has", () => {
    const slot = definePolicy("none", { contentSecurityPolicy: { scriptSrc: [nonce] } });
    expect(compare(slot, csp("script-src 'nonce-YWJj'")).verdict).toBe("same");
  });
  it("a perRequest slot is the same as itself", () => {
    expect(compare(images("self", tenant), images(tenant, "self")).verdict).toBe("same");
  });
  it("a perRequest slot that goes makes it stronger", () => {
    expect(compare(images("self", tenant), images("self")).verdict).toBe("stronger");
  });
  it("a perRequest slot is named in the value", () => {
    expect(directive(compare(images("self", tenant), images("self")), "img-src")?.before).toBe("'self' (per request)");
  });
  it("a slot of attributes may give 'unsafe-hashes'", () => {
    const handlers = (...scriptSrcAttr: readonly unknown[]) =>
      definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["none"], scriptSrcAttr: scriptSrcAttr as never } });
    const hash = "'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk='";
    expect(compare(handlers(tenant), handlers(tenant, hash)).verdict).toBe("weaker");
  });
  it("of two perRequest slots nobody knows which gives more", () => {
    expect(compare(images(tenant), images(other)).verdict).toBe("incomparable");
  });
  it("a slot that may give a hash may make 'unsafe-inline' inert", () => {
    const styles = (...styleSrc: readonly unknown[]) =>
      definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["none"], styleSrc: styleSrc as never } });
    expect(compare(styles("unsafe-inline", tenant), styles("unsafe-inline")).verdict).toBe("incomparable");
  });
});

describe("headers", () => {
  const of =
    (name: string) =>
    (value: string): Record<string, string> =>
      value === "" ? {} : { [name]: value };

  describe("Strict-Transport-Security", () => {
    each(
      [
        ["max-age=300", "max-age=31536000", "stronger"],
        ["max-age=300", "max-age=300; includeSubDomains", "stronger"],
        ["max-age=600", "max-age=300; includeSubDomains", "incomparable"],
        ["max-age=300", "max-age=300; preload", "stronger"],
        ["", "max-age=300", "stronger"],
        ["", "max-age=0; includeSubDomains", "weaker"],
        ["max-age=300", 'MAX-AGE="300"', "same"],
        ["max-age=300", "", "weaker"],
        ["max-age=0", "max-age=0; includeSubDomains; preload", "same"],
      ],
      of("Strict-Transport-Security"),
    );
  });

  describe("Referrer-Policy", () => {
    each(
      [
        ["strict-origin-when-cross-origin", "no-referrer", "stronger"],
        ["", "strict-origin-when-cross-origin", "same"],
        ["", "unsafe-url", "weaker"],
        ["origin", "strict-origin", "stronger"],
        ["same-origin", "strict-origin", "incomparable"],
        ["no-referrer-when-downgrade", "origin-when-cross-origin", "incomparable"],
        ["no-referrer, strict-origin", "strict-origin", "same"],
      ],
      of("Referrer-Policy"),
    );
  });

  describe("Permissions-Policy", () => {
    each(
      [
        ["camera=()", "camera=(self)", "weaker"],
        ["camera=(self)", "", "weaker"],
        ["", "camera=*", "same"],
        ["", 'camera=(self "https://a.example")', "stronger"],
        ["", 'sync-xhr=("https://a.example")', "stronger"],
        ["", "sync-xhr=*", "same"],
        ['camera=("https://*.a.example")', 'camera=("https://b.a.example")', "stronger"],
        ["camera=(), midi=*", "camera=*, midi=()", "incomparable"],
        ["camera=(), midi=()", "midi=(), camera=()", "same"],
      ],
      of("Permissions-Policy"),
    );
  });

  const WORDS: readonly (readonly [name: string, before: string, after: string, verdict: Verdict])[] = [
    ["X-Content-Type-Options", "", "nosniff", "stronger"],
    ["X-Frame-Options", "SAMEORIGIN", "DENY", "stronger"],
    ["X-Frame-Options", "", "SAMEORIGIN", "stronger"],
    ["X-Frame-Options", "", "ALLOWALL", "same"],
    ["Cross-Origin-Opener-Policy", "unsafe-none", "", "same"],
    ["Cross-Origin-Opener-Policy", "same-origin-allow-popups", "same-origin", "stronger"],
    ["Cross-Origin-Opener-Policy", "noopener-allow-popups", "same-origin", "incomparable"],
    ["Cross-Origin-Opener-Policy", 'same-origin;report-to="x"', "same-origin", "same"],
    ["Cross-Origin-Embedder-Policy", "credentialless", "require-corp", "stronger"],
    ["Cross-Origin-Embedder-Policy", "", "credentialless", "stronger"],
    ["Cross-Origin-Resource-Policy", "", "cross-origin", "weaker"],
    ["Cross-Origin-Resource-Policy", "same-site", "same-origin", "stronger"],
    ["Document-Isolation-Policy", "none", "isolate-and-require-corp", "stronger"],
    ["Origin-Agent-Cluster", "?0", "?1", "stronger"],
    ["X-DNS-Prefetch-Control", "on", "off", "stronger"],
    ["X-Permitted-Cross-Domain-Policies", "all", "none", "stronger"],
    ["X-XSS-Protection", "1", "0", "incomparable"],
    ["Integrity-Policy", "blocked-destinations=(script)", "blocked-destinations=(style script)", "stronger"],
    ["Cache-Control", "public, max-age=60", "no-store", "stronger"],
    ["Cache-Control", "private, max-age=60", "max-age=60,  PRIVATE", "same"],
    ["Cache-Control", 'no-cache="Set-Cookie"', 'no-cache="set-cookie"', "same"],
    ["Cache-Control", "public", "private", "incomparable"],
    ["Cache-Control", "private, max-age=60", "private", "incomparable"],
    ["Cache-Control", "", "max-age=60", "incomparable"],
    ["Clear-Site-Data", '"cache"', '"*"', "stronger"],
    ["Document-Policy", "sync-xhr=?0", "sync-xhr", "incomparable"],
    ["Reporting-Endpoints", 'a="/r"', "", "same"],
    ["Content-Security-Policy-Report-Only", "default-src 'none'", "", "same"],
  ];
  it.each(WORDS)("%s: %s → %s: %s", (name, before, after, verdict) => {
    expect(compare(of(name)(before), of(name)(after)).verdict).toBe(verdict);
    expect(compare(of(name)(after), of(name)(before)).verdict).toBe(OPPOSITE[verdict]);
  });
});

describe("framing", () => {
  const deny = { "X-Frame-Options": "DENY" };

  it("frame-ancestors that says what X-Frame-Options said is the same", () => {
    expect(compare(deny, csp("frame-ancestors 'none'")).verdict).toBe("same");
    expect(compare({ "X-Frame-Options": "SAMEORIGIN" }, csp("frame-ancestors 'self'")).verdict).toBe("same");
  });
  it("a looser frame-ancestors overrules X-Frame-Options", () => {
    const after = compare(deny, { ...deny, ...csp("frame-ancestors https://a.example") });
    expect(after.verdict).toBe("weaker");
    expect(directive(after, "frame-ancestors")?.message).toBe(
      "Absent before, X-Frame-Options decides. Now allowed: this page in a frame of https://a.example/.",
    );
  });
  it("beside frame-ancestors X-Frame-Options changes nothing", () => {
    expect(compare({ ...deny, ...csp("frame-ancestors *") }, csp("frame-ancestors *")).verdict).toBe("same");
  });
});

describe("policies", () => {
  it("moved to Report-Only, nothing protects any more", () => {
    expect(compare(definePolicy("strict"), reportOnly(definePolicy("strict"))).verdict).toBe("weaker");
  });
  it("recommended to strict is stronger in every header", () => {
    expect(new Set(compare(definePolicy("recommended"), definePolicy("strict")).headers.map(({ verdict }) => verdict))).toEqual(
      new Set(["stronger", "same"]),
    );
  });
  it("an own header is compared as text", () => {
    const robots = (value: string) => definePolicy("none", { custom: { "X-Robots-Tag": value } });
    expect(compare(robots("all"), robots("all")).verdict).toBe("same");
    expect(compare(robots("all"), robots("noindex")).verdict).toBe("incomparable");
    expect(compare(robots("all"), { "x-robots-tag": "all" }).verdict).toBe("same");
  });
  it("a header that is taken away no more may come back", () => {
    const strip = definePolicy("none", { stripHeaders: ["Server"] });
    expect(compare(strip, definePolicy("none")).headers).toEqual([
      {
        header: "Server",
        verdict: "weaker",
        before: undefined,
        after: undefined,
        message: "Now allowed: Server, where something writes it.",
      },
    ]);
    expect(compare(strip, {}).verdict).toBe("same");
    expect(compare(strip, { server: "Apache" }).verdict).toBe("weaker");
  });
  it("a policy is the same as its headers", () => {
    const policy = definePolicy("strictDynamic");
    const nonced = csp("script-src 'nonce-YWJj'");
    expect(compare(parseHeaders(nonced), nonced).verdict).toBe("same");
    expect(
      compare(policy, policy)
        .headers.map(({ message }) => message)
        .every((message) => /^(Unchanged|frame-anc)/.test(message)),
    ).toBe(true);
  });
});

describe("what is now allowed is told by an example", () => {
  it.each([
    ["img-src 'none'", "img-src *", "an image from https://anywhere.example/"],
    ["img-src 'none'", "img-src http:", "an image from https://anywhere.example/"],
    ["img-src 'none'", "img-src https://*:8443", "an image from https://anywhere.example:8443/"],
    ["img-src 'none'", "img-src https://*.a.example:*/x/", "an image from https://any.a.example:12345/x/any"],
    ["img-src 'none'", "img-src https://a.example:443/x", "an image from https://a.example/x"],
    ["img-src https:", "img-src a.example", "an image from http://a.example/, on a page that came over http"],
    ["img-src 'none'", "img-src custom:", "an image from custom: URLs"],
    ["img-src 'none'", "img-src custom://a.example:99", "an image from custom://a.example:99/"],
    ["script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", "WebAssembly that is compiled on the page"],
    ["script-src 'self'", "script-src 'self' 'unsafe-eval'", "eval()"],
    ["script-src-attr 'none'", "script-src-attr 'unsafe-inline'", "any inline event handler"],
    ["script-src-attr 'none'", "script-src-attr 'sha256-YWJj' 'unsafe-hashes'", "the inline event handler that has the hash 'sha256-YWJj'"],
    [
      "style-src-elem 'none'",
      "style-src-elem 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
      "the inline style sheet that has the hash 'sha256-47DEQpj8HBSa+/…'",
    ],
    ["style-src-elem 'none'", "style-src-elem 'unsafe-inline'", "any inline style sheet"],
    ["style-src-elem 'none'", "style-src-elem 'nonce-YQ=='", "a style sheet from anywhere that carries the nonce"],
    ["style-src-elem 'none'", "img-src 'none'", "a style sheet from anywhere"],
    ["trusted-types a", "trusted-types a 'allow-duplicates'", "two Trusted Types policies of one name"],
    ["trusted-types a", "trusted-types a b", "the Trusted Types policy b"],
    ["trusted-types a", "img-src *", "Trusted Types policies of any name"],
  ])("%s → %s: %s", (before, after, example) => {
    expect(header(ofCsp(before, after), "Content-Security-Policy")?.message).toContain(`Now allowed: ${example}.`);
  });

  it.each([
    ["Strict-Transport-Security", "max-age=600", "max-age=300", "plain http after 300 seconds"],
    ["Strict-Transport-Security", "max-age=600", "max-age=0", "plain http at once"],
    ["Strict-Transport-Security", "max-age=600", "", "plain http"],
    ["Referrer-Policy", "no-referrer", "unsafe-url", "the whole URL of the page sent to its own origin"],
    ["Referrer-Policy", "no-referrer", "origin", "the origin of the page sent to its own origin"],
    ["Cache-Control", "no-store", "", "storing it by the default rules of caches"],
    ["Cache-Control", "no-store", "private", "storing it as private says"],
    ["Permissions-Policy", "camera=()", 'camera=("https://a.example")', "camera for https://a.example/"],
  ])("%s: %s → %s: %s", (name, before, after, example) => {
    const of = (value: string) => (value === "" ? {} : { [name]: value });
    expect(header(compare(of(before), of(after)), name)?.message).toContain(`Now allowed: ${example}.`);
  });

  it("a feature's list is told as it stands, and what was added and taken away", () => {
    const of = (value: string) => ({ "Permissions-Policy": value });
    const comparison = compare(of('camera=(self "https://a.example")'), of('camera=(self "https://b.example")'));
    expect(header(comparison, "Permissions-Policy")?.directives).toEqual([
      {
        directive: "camera",
        verdict: "incomparable",
        before: '(self "https://a.example")',
        after: '(self "https://b.example")',
        added: ['"https://b.example"'],
        removed: ['"https://a.example"'],
        message: "Now allowed: camera for https://b.example/. No longer allowed: camera for https://a.example/.",
      },
    ]);
  });

  it.each([
    ["img-src https://a.example; font-src 'none'", "img-src https://a.example; font-src 'self'", "img-src", "Unchanged."],
    ["img-src https://a.example 'self'", "img-src 'self' https://a.example", "img-src", "Written differently, allows the same."],
  ])("%s → %s: what is said of %s", (before, after, name, message) => {
    expect(directive(ofCsp(before, after), name)?.message).toBe(message);
  });

  it("a list of nothing that browsers read is 'none'", () => {
    expect(directive(ofCsp("img-src https:/a.example", "img-src *"), "img-src")?.before).toBe("'none'");
  });

  it("a directive without a value has an empty one", () => {
    expect(directive(ofCsp("img-src *", "img-src *; upgrade-insecure-requests"), "upgrade-insecure-requests")?.after).toBe("");
  });

  it("where reports go is none", () => {
    expect(directive(ofCsp("img-src *", "img-src *; report-uri /r"), "report-uri")?.message).toBe(
      "Says where reports go; it allows and blocks nothing.",
    );
  });
});

describe("what cannot be read", () => {
  it("a word that its header does not have is incomparable with anything else, and the same as itself", () => {
    const opener = (value: string) => ({ "Cross-Origin-Opener-Policy": value });
    expect(compare(opener("same-origin-plus"), opener("same-origin")).verdict).toBe("incomparable");
    expect(compare(opener("same-origin-plus"), opener("same-origin-plus")).verdict).toBe("same");
    expect(header(compare(opener("same-origin-plus"), opener("same-origin")), "Cross-Origin-Opener-Policy")?.message).toBe(
      'Cannot be compared: "same-origin-plus" is not one of its values.',
    );
  });
  it("a header of one word that is sent twice is ignored, whatever its words", () => {
    expect(compare({ "Cross-Origin-Opener-Policy": ["same-origin-plus", "same-origin"] }, {}).verdict).toBe("same");
  });
  it.each([
    [["DENY", "ALLOW-FROM https://a.example"], "weaker"],
    [["SAMEORIGIN", "ALLOW-FROM https://a.example"], "weaker"],
    [["ALLOWALL", "ALLOW-FROM https://a.example"], "weaker"],
    [["ALLOW-FROM https://a.example", "ALLOW-FROM https://b.example"], "same"],
  ])("X-Frame-Options %j → nothing: %s", (values, verdict) => {
    expect(compare({ "X-Frame-Options": values }, {}).verdict).toBe(verdict);
  });
  it("more policies than any site sends are not compared", () => {
    const many = Array.from({ length: 17 }, (_, index) => `img-src https://a${index}.example`).join(", ");
    expect(header(ofCsp(many, "img-src 'self'"), "Content-Security-Policy")?.message).toBe("Cannot be compared: it contains 17 policies.");
  });
  it.each([[null], [5], ["strict"], [undefined], [{ a: {} }], [["a"]]])("%j is refused", (input) => {
    expect(() => compare(input as never, {})).toThrow("compare.before:");
  });
});

it("what comes out is frozen to its last member", () => {
  const frozen = (value: unknown): boolean =>
    typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
  expect(frozen(compare(definePolicy("strict"), definePolicy("api")))).toBe(true);
});

describe("headers of two responses that no policy has a key for", () => {
  const changed = (before: readonly (readonly [string, string])[], after: readonly (readonly [string, string])[]) => {
    const { verdict, headers } = compare(before, after);
    return [verdict, ...headers.map((one) => [one.header, one.before, one.after])];
  };

  it.each([
    ["Access-Control-Allow-Origin", "https://a.example", "null"],
    ["Connection-Allowlist", "(response-origin)", '("https://*")'],
  ])("are incomparable where %s differs", (header, was, is) => {
    expect(changed([[header, was]], [[header, is]])).toEqual(["incomparable", [header, was, is]]);
  });

  it("are incomparable where a cookie has lost attributes", () => {
    expect(changed([["Set-Cookie", "a=1; Secure; HttpOnly"]], [["Set-Cookie", "a=2"]])).toEqual([
      "incomparable",
      ["Set-Cookie", "a=…; Secure; HttpOnly", "a=…"],
    ]);
  });

  it("are the same where only the value of a cookie differs", () => {
    expect(changed([["Set-Cookie", "a=1; Secure"]], [["Set-Cookie", "a=2; secure"]])).toEqual(["same"]);
  });
});
