import { describe, expect, it } from "vitest";
import { compare, type Verdict } from "../../src/audit/compare.js";
import { definePolicy } from "../../src/index.js";

const csp = (...texts: string[]) => ({ "Content-Security-Policy": texts });
const verdict = (before: string, after: string) => compare(csp(before), csp(after)).verdict;
const message = (before: string, after: string) => compare(csp(before), csp(after)).headers[0]?.message;

const OPPOSITE = { same: "same", stronger: "weaker", weaker: "stronger", incomparable: "incomparable" } as const;

/** Both ways, so that a row also states what the other way round is. */
function each(rows: readonly (readonly [before: string, after: string, verdict: Verdict])[]) {
  it.each(rows)("%s → %s: %s", (before, after, expected) => {
    expect(verdict(before, after)).toBe(expected);
    expect(verdict(after, before)).toBe(OPPOSITE[expected]);
  });
}

describe("what browsers ignore in a Content-Security-Policy that was sent counts for nothing", () => {
  each([
    ["img-src 'self'", "img-src 'self'; img-src: *", "same"],
    ["img-src 'self'", "img-src 'self' https:/a.example", "same"],
    ["img-src 'self'", "img-src 'self' //cdn.example", "same"],
    ["img-src 'self'", "img-src 'self' 'none'", "same"],
    ["img-src 'self'", "img-src 'self' self", "same"],
    ["img-src 'self'", "img-src 'self' https://[::1]", "same"],
    ["img-src 'self'", "img-src 'self'; img-src *", "same"],
    ["img-src 'self'; IMG-SRC *", "img-src *", "weaker"],
    ["img-src 'self'", "img-src 'self'; font-src é.example", "same"],
    ["img-src 'none'", "img-src https:/a.example", "same"],
    ["script-src 'self'", "script-src 'self' 'nonce-'", "same"],
    ["script-src 'self'", "script-src 'self' 'sha256-?'", "same"],
    ["script-src 'self'", "script-src 'self' 'unsafe-allow-redirects'", "same"],
    ["img-src 'none'; foo-src *", "img-src 'self'; foo-src *", "weaker"],
    ["script-src 'slef' 'self'", "script-src 'slef' 'self' https:", "weaker"],
  ]);
});

// Before, they counted as ignored: a browser of another make or version may know one, and then a side allows more without a word of it.
describe("a directive that is not known here", () => {
  each([
    ["img-src 'self'", "img-src 'self'; foo-src *", "incomparable"],
    ["foo-src 'none'", "foo-src *", "incomparable"],
    ["img-src *; foo-src 'none'", "img-src 'self'; foo-src 'none'", "stronger"],
    ["foo-src 'none'; img-src *", "IMG-SRC *;FOO-SRC  'none'", "same"],
    ["img-src 'self'", "img-src 'self', Invented", "incomparable"],
    ["img-src 'self'", "img-src 'self'; require-sri-for script", "incomparable"],
    ["img-src 'self'; navigate-to 'none'", "img-src 'self'; navigate-to *", "incomparable"],
    ["img-src 'self'", "img-src 'self'; prefetch-src 'none'", "incomparable"],
    ["img-src 'self'", "img-src 'self'; constructor x", "incomparable"],
  ]);

  it("is named", () => {
    expect(compare(csp("foo-src 'none'"), csp("foo-src *")).headers[0]?.directives).toEqual([
      {
        directive: "foo-src",
        verdict: "incomparable",
        before: "'none'",
        after: "*",
        added: ["*"],
        removed: ["'none'"],
        message: "Cannot be compared: what foo-src does is not known here.",
      },
    ]);
  });
  // Seen in Chromium: it blocks http: images on an https page by it, where it does not request them over https.
  it("does not include block-all-mixed-content, which Chromium enforces", () => {
    expect(verdict("img-src *; block-all-mixed-content", "img-src *")).toBe("weaker");
    expect(verdict("img-src *", "img-src *; block-all-mixed-content")).toBe("stronger");
  });
});

const DIGEST = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";

// Seen in Chromium: where it does not decode the digest, inline scripts run.
describe("a hash that browsers differ on", () => {
  const scripts = (hash: string, more = "") => `script-src 'self' ${more} 'sha${hash}'`;
  it.each(["256-abcde", "256-a", "512-abcde", "256-YWJj=", `256-${DIGEST}==`, "256-a-b/", `-256-${DIGEST}=`, `512-${"A".repeat(90)}`])(
    "'sha%s' does not make 'unsafe-inline' inert",
    (hash) => {
      expect(verdict(scripts(hash), scripts(hash, "'unsafe-inline'"))).toBe("weaker");
      expect(verdict("script-src 'self'", scripts(hash))).toBe("incomparable");
      expect(verdict("script-src 'self' 'unsafe-inline'", scripts(hash, "'unsafe-inline'"))).toBe("incomparable");
      expect(verdict(scripts(hash), scripts(hash))).toBe("same");
    },
  );
  it.each([`256-${DIGEST}=`, `256-${DIGEST}`, "256-YWJj", "256-YWJjZA=", "256-YWJjZA"])("'sha%s' is a hash", (hash) => {
    expect(verdict(scripts(hash), scripts(hash, "'unsafe-inline'"))).toBe("same");
  });
  it("may be a hash all the same: then a nonce beside it is what allows inline scripts", () => {
    expect(verdict(scripts("256-abcde", "'unsafe-inline'"), scripts("256-abcde", "'unsafe-inline' 'nonce-YQ=='"))).toBe("incomparable");
  });
  it("is told from another digest by its case", () => {
    expect(verdict(scripts(`-256-${DIGEST}=`), scripts(`-256-${DIGEST.toLowerCase()}=`))).toBe("incomparable");
  });
});

describe("what browsers read though it is odd", () => {
  each([
    ["img-src https://a.example", "img-src https://a.example?x=1", "same"],
    ["img-src https://a.example/x", "img-src https://a.example/x#y", "same"],
    ["img-src https://a.example", "img-src https://a.example.", "incomparable"],
    ["img-src 'SELF'", "img-src 'self'", "same"],
    ["img-src 'self'", "\timg-src\f'self' ", "same"],
    ["img-src 'self' https://a.example/X", "img-src 'self' https://a.example/x", "incomparable"],
    ["img-src *", "img-src *; treat-as-public-address", "stronger"],
    ["trusted-types Abc", "trusted-types abc", "incomparable"],
  ]);
});

describe("a word without its quotes is another one", () => {
  each([
    ["require-trusted-types-for 'script'", "require-trusted-types-for script", "weaker"],
    ["require-trusted-types-for 'script'", "require-trusted-types-for 'SCRIPT'", "incomparable"],
    ["img-src *", "img-src *; require-trusted-types-for 'SCRIPT'", "incomparable"],
    ["require-trusted-types-for 'SCRIPT'", "require-trusted-types-for 'SCRIPT'; img-src *", "stronger"],
    ["require-trusted-types-for 'script'", "require-trusted-types-for 'script' 'style'", "incomparable"],
    ["webrtc 'block'", "webrtc 'BLOCK'", "incomparable"],
    ["webrtc 'allow'", "webrtc 'future'", "incomparable"],
    ["trusted-types 'none'", "trusted-types 'NONE'", "same"],
    ["trusted-types 'none'", "trusted-types none", "weaker"],
    ["trusted-types 'none'", "trusted-types", "same"],
    ["trusted-types 'allow-duplicates' a", "trusted-types allow-duplicates a", "incomparable"],
    ["webrtc 'block'", "webrtc block", "weaker"],
    ["webrtc 'block'", "webrtc 'block' 'allow'", "weaker"],
  ]);

  it("is shown as it was sent", () => {
    expect(compare(csp("trusted-types 'none'"), csp("trusted-types none")).headers[0]?.directives).toMatchObject([
      { before: "'none'", after: "none", message: "Now allowed: the Trusted Types policy none." },
    ]);
  });
  it("a policy that somebody writes has them quoted", () => {
    const written = definePolicy("none", {
      contentSecurityPolicy: { requireTrustedTypesFor: ["script"], trustedTypes: ["none"], webrtc: "block" },
    });
    expect(compare(written, csp("require-trusted-types-for 'script'; trusted-types 'none'; webrtc 'block'")).verdict).toBe("same");
  });
});

describe("a host that some browsers take, and others do not", () => {
  it.each([
    "https://a.example/a|b/",
    "https://a.example//x/",
    "https://a.example/%zz/",
    "https://a.example/[x]/",
    "https://a.example/{x}/",
    "https://my_bucket.example",
    "sha256-x.example",
  ])("%s may allow more", (source) => {
    expect(verdict("img-src 'self'", `img-src 'self' ${source}`)).toBe("incomparable");
    expect(verdict(`img-src 'self' ${source}`, `img-src 'self' ${source}`)).toBe("same");
  });
  it("one of more than 2,000 characters may allow more", () => {
    expect(verdict("img-src 'self'", `img-src 'self' https://a.example/${"x".repeat(2_000)}/`)).toBe("incomparable");
  });
  it("is told from another path", () => {
    expect(verdict("img-src https://a.example//x/", "img-src https://a.example//X/")).toBe("incomparable");
  });
});

describe("'strict-dynamic' where workers are asked for, which Chromium takes for any worker", () => {
  each([
    ["worker-src 'self'", "worker-src 'self' 'strict-dynamic'", "weaker"],
    ["child-src 'self'", "child-src 'self' 'strict-dynamic'", "weaker"],
    ["default-src 'self'; worker-src 'self'", "default-src 'self'; worker-src 'self' 'strict-dynamic'", "weaker"],
    ["img-src 'self'", "img-src 'self' 'strict-dynamic'", "same"],
  ]);
});

describe("a kind of source that is not known here", () => {
  each([
    ["img-src 'self'", "img-src 'self' 'origin-of-the-moon'", "incomparable"],
    ["img-src 'self' 'origin-of-the-moon'", "img-src 'self' 'origin-of-the-moon' https:", "weaker"],
    ["script-src 'self'", "script-src 'self' 'url-sha256-YWJj'", "incomparable"],
    ["script-src 'self' 'url-sha256-YWJj'", "script-src 'self' 'url-sha256-YWJj'; img-src *", "stronger"],
    ["script-src 'unsafe-eval'", "script-src 'unsafe-eval' 'eval-sha256-YWJj'", "incomparable"],
    ["script-src 'self'", "script-src 'self' 'strict-dynamic-url'", "incomparable"],
    ["default-src 'url-sha256-YWJj'; script-src 'self'", "default-src 'none'; script-src 'self'", "same"],
    ["script-src 'URL-SHA256-YWJj'", "script-src 'url-sha256-YWJj'", "same"],
    ["script-src 'url-sha256-YWJj'", "script-src 'url-sha256-ywjj'", "incomparable"],
  ]);

  it("is named", () => {
    expect(message("img-src 'self'", "img-src 'self' 'origin-of-the-moon'")).toBe(
      "Now allowed: what 'origin-of-the-moon' allows in browsers that know it. No longer allowed: what 'origin-of-the-moon' allows in browsers that know it.",
    );
  });
});

describe("several policies: all of them have to allow", () => {
  each([
    ["img-src 'self'", "img-src 'self', img-src *", "same"],
    ["img-src *", "img-src *, img-src 'self'", "stronger"],
    ["img-src 'self'", "img-src 'self', script-src 'none'", "stronger"],
    ["img-src 'self'; script-src 'none'", "img-src 'self', script-src 'none'", "same"],
    ["img-src https://a.example https://b.example, img-src https://b.example https://c.example", "img-src https://b.example", "same"],
    ["img-src https:, img-src *.a.example", "img-src https://*.a.example", "same"],
    ["img-src https://a.example:*, img-src http://a.example:8443", "img-src https://a.example:8443", "same"],
    ["img-src https://a.example/x/, img-src https://a.example/x/y", "img-src https://a.example/x/y", "same"],
    ["img-src 'self' https://a.example, img-src 'self' https://b.example", "img-src 'self'", "same"],
    ["img-src https://a.example, img-src https://b.example", "img-src 'none'", "same"],
    // Seen in Chromium: port 80 of a scheme that it upgrades is 443 too.
    ["img-src 'none'", "img-src http://a.example:80, img-src https://a.example", "weaker"],
    ["img-src 'none'", "img-src http://a.example:80, img-src https://a.example:443/x", "weaker"],
    ["connect-src 'none'", "connect-src ws://a.example:80, connect-src wss://a.example", "weaker"],
    ["img-src http://a.example:80", "img-src http://a.example:80, img-src https://a.example", "stronger"],
    ["img-src http://a.example:81, img-src https://a.example", "img-src 'none'", "same"],
    ["script-src 'self' 'unsafe-inline', script-src 'self'", "script-src 'self'", "same"],
    ["script-src 'unsafe-eval', script-src 'wasm-unsafe-eval'", "script-src 'wasm-unsafe-eval'", "same"],
    ["script-src 'nonce-YQ==' 'strict-dynamic'", "script-src 'nonce-YQ==' 'strict-dynamic', default-src https:", "stronger"],
    ["frame-ancestors 'self', frame-ancestors 'none'", "frame-ancestors 'none'", "same"],
    ["sandbox allow-scripts, sandbox", "sandbox", "same"],
    ["img-src *, require-trusted-types-for 'script'", "img-src *; require-trusted-types-for 'script'", "same"],
  ]);

  it("an inline script with a nonce passes where one lets all in, and the other asks for the nonce", () => {
    expect(verdict("script-src 'strict-dynamic'", "script-src 'unsafe-inline', script-src 'nonce-YQ=='")).toBe("incomparable");
  });
  it("a style sheet with a nonce passes where one has its address, and the other the nonce", () => {
    expect(verdict("style-src 'none'", "style-src https://a.example, style-src 'nonce-YQ=='")).toBe("weaker");
  });
  it("inline speculation rules pass where one lets all in, and the other has their keyword", () => {
    expect(verdict("script-src 'none'", "script-src 'unsafe-inline', script-src 'inline-speculation-rules'")).toBe("weaker");
  });
  it("two lines are two policies, as a comma makes two", () => {
    expect(compare(csp("img-src *", "img-src 'self'"), csp("img-src *, img-src 'self'")).verdict).toBe("same");
  });
  it("what no other policy blocks is told by an example", () => {
    expect(message("img-src 'none', font-src 'none'", "img-src 'self', font-src 'none'")).toBe(
      "Now allowed: an image from https://(this site)/.",
    );
  });
  it("an example of one policy is not told as one of the whole", () => {
    expect(message("script-src 'none'", "script-src 'nonce-YQ==', script-src 'self'")).toBe(
      "Now allowed: what several policies allow together, as far as that is known here.",
    );
  });
  it("a policy that somebody writes is compared with them", () => {
    const written = definePolicy("none", { contentSecurityPolicy: { imgSrc: ["self"], scriptSrc: ["none"] } });
    expect(compare(csp("img-src 'self', script-src 'none'"), written).verdict).toBe("same");
  });
  it("X-Frame-Options stands in where none of them has frame-ancestors", () => {
    const both = { ...csp("img-src *", "font-src *"), "X-Frame-Options": "DENY" };
    expect(compare(both, csp("img-src *; font-src *; frame-ancestors 'none'")).verdict).toBe("same");
  });
});

describe("an example is newly allowed", () => {
  it.each([
    ["img-src https://*", "img-src *", "an image from https://anywhere.example:12345/ or http://anywhere.example/"],
    ["img-src https:", "img-src *", "an image from http://anywhere.example/"],
    ["img-src *:443", "img-src *:443 'self'", "an image from http://(this site)/, on a page that came over http"],
    ["img-src http://*:*", "img-src http://*:* 'self'", "an image from https://(this site)/, where no other source names it"],
    ["img-src https://*", "img-src https:", "an image from https://anywhere.example:12345/"],
    ["img-src https://anywhere.example", "img-src https:", "an image from https://anywhere.example:12345/"],
    ["img-src https://any.a.example", "img-src https://*.a.example", "an image from https://any-2.a.example/"],
    ["img-src https://a.example/x/any", "img-src https://a.example/x/", "an image from https://a.example/x/any-2"],
    ["img-src a.example", "img-src http://a.example", "an image from http://a.example/"],
  ])("%s → %s: %s", (before, after, example) => {
    expect(message(before, after)).toContain(`Now allowed: ${example}`);
  });
});

describe("a Permissions-Policy as Chromium reads it", () => {
  const feature = (list: string) => ({ "Permissions-Policy": `geolocation=${list}` });
  it.each([
    ['(self "https://b.example/")', "https://b.example/"],
    ['(self "https://b.example/x")', "https://b.example/"],
    ['(self "https://B.example")', "https://b.example/"],
    ['(self "https://b.example:443")', "https://b.example/"],
    ['(self "https:")', "https://anywhere.example/"],
    ['(self "https://*:*")', "https://anywhere.example:12345/"],
    ['(self "https://b.example:*")', "https://b.example:12345/"],
  ])("%s is more than (self)", (list, example) => {
    const { verdict: found, headers } = compare(feature("(self)"), feature(list));
    expect([found, headers[0]?.message]).toEqual(["weaker", `Now allowed: geolocation for ${example}.`]);
  });
  it('"*" in quotes is every origin', () => {
    expect(compare(feature("(self)"), feature('(self "*")')).headers[0]?.message).toBe(
      'Now allowed: geolocation for every frame with allow="geolocation".',
    );
  });
  it.each([
    ["geolocation", 'geolocation for every frame with allow="geolocation"'],
    ["sync-xhr", "sync-xhr for every frame, with an allow attribute or without"],
    ["made-up", "made-up for every origin"],
  ])("%s=* is more than %s=(self): %s", (name, example) => {
    const of = (list: string) => ({ "Permissions-Policy": `${name}=${list}` });
    expect(compare(of("(self)"), of("*")).headers[0]?.message).toBe(`Now allowed: ${example}.`);
  });
  it("a feature that is not known here is named where only one side has it", () => {
    expect(compare({ "Permissions-Policy": "camera=()" }, { "Permissions-Policy": "camera=(), made-up=(self)" }).headers[0]?.message).toBe(
      "Now allowed: what made-up allows in browsers that know it. No longer allowed: what made-up allows in browsers that know it.",
    );
  });
  it("'self' in both quotes is the site", () => {
    expect(compare(feature("(self)"), feature("(\"'self'\")")).verdict).toBe("same");
  });
  it.each(['("b.example")', '("//b.example")', '("self")', '("*.example")', '("none")', '("https://b.example?x")'])(
    "%s is nobody",
    (list) => {
      expect(compare(feature("()"), feature(list)).verdict).toBe("same");
    },
  );
});

describe("an Integrity-Policy as Chromium reads it", () => {
  const policy = (text: string) => ({ "Integrity-Policy": text });
  it.each([
    "blocked-destinations=(script), sources=()",
    "blocked-destinations=(script), sources=inline",
    'blocked-destinations=(script), sources=("inline")',
    'blocked-destinations=("script")',
    "blocked-destinations=script",
  ])("%s blocks nothing", (text) => {
    expect(compare(policy("blocked-destinations=(script)"), policy(text)).verdict).toBe("weaker");
    expect(compare({}, policy(text)).verdict).toBe("same");
  });
  it.each(["blocked-destinations=(script), sources=(inline)", "blocked-destinations=(script), endpoints=5"])(
    "%s blocks scripts",
    (text) => {
      expect(compare(policy("blocked-destinations=(script)"), policy(text)).verdict).toBe("same");
    },
  );
  it.each([
    "blocked-destinations=(script), sources=(inline foo)",
    "blocked-destinations=(script), sources=(foo)",
    "blocked-destinations=(script foo)",
    "blocked-destinations=(script), foo=1",
  ])("%s holds something that is not known here", (text) => {
    expect(compare(policy("blocked-destinations=(script)"), policy(text)).verdict).toBe("incomparable");
    expect(compare({}, policy(text)).verdict).toBe("incomparable");
  });
});

describe("a Cache-Control as caches read it", () => {
  const control = (text: string) => ({ "Cache-Control": text });
  it.each([
    ["no-store", "no-store, must-understand", "weaker"],
    ["no-store", 'private="no-store"', "weaker"],
    ["no-store", 'private="x, no-store, y"', "weaker"],
    ["no-store", "foo=, no-store", "same"],
    ["max-age=0, max-age=600", "max-age=600, max-age=0", "incomparable"],
    ["max-age=0, private", "private, max-age=0", "same"],
    ["private", "private, max-age=x", "incomparable"],
  ] as const)("%s → %s: %s", (before, after, expected) => {
    expect(compare(control(before), control(after)).verdict).toBe(expected);
  });
});

describe("an error that a getter throws", () => {
  const throwing = (thrown: unknown) =>
    Object.defineProperty({}, "Referrer-Policy", {
      enumerable: true,
      get() {
        throw thrown;
      },
    });

  it.each([
    ["a message", new Error("\u001b[2J\u0007gone\n")],
    ["text", "\u001b[2J\u0007gone\n"],
  ])("is quoted where it has control characters: %s", (_, thrown) => {
    expect(() => compare(throwing(thrown), {})).toThrow(
      'compare.before: the headers cannot be read: "\\u001b[2J\\u0007gone\\n". Write a policy, a Headers, pairs, or an object of strings.',
    );
  });
});
