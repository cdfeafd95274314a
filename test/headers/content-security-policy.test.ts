import { describe, expect, it } from "vitest";
import { append, definePolicy, nonce, type Patch, parseHeaders, perRequest, remove, renderHeaders, source } from "../../src/index.js";
import { issuesOf } from "../messages.js";
import { testHeader } from "./tables.js";

const csp = (directives: unknown) =>
  renderHeaders(definePolicy("none", { contentSecurityPolicy: directives } as Patch), { nonce: "bm9uY2U=" })["Content-Security-Policy"];
const said = (directives: unknown) => issuesOf(() => csp(directives)).map((line) => line.replace(/^contentSecurityPolicy\.?/, ""));

describe("what goes out", () => {
  const cases: [written: unknown, text: string][] = [
    [{ defaultSrc: ["self"] }, "default-src 'self'"],
    [{ defaultSrc: ["'self'", "https:"] }, "default-src 'self' https:"],
    [
      { scriptSrc: ["self", "unsafe-eval", "wasm-unsafe-eval", "trusted-types-eval", "inline-speculation-rules"] },
      "script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval' 'trusted-types-eval' 'inline-speculation-rules'",
    ],
    [
      { scriptSrc: [nonce, "strict-dynamic", "'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='", "unsafe-hashes"] },
      "script-src 'nonce-bm9uY2U=' 'strict-dynamic' 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=' 'unsafe-hashes'",
    ],
    [
      { scriptSrc: ["self"], scriptSrcElem: ["self", "inline-speculation-rules"], scriptSrcAttr: ["none"] },
      "script-src 'self'; script-src-elem 'self' 'inline-speculation-rules'; script-src-attr 'none'",
    ],
    [
      { defaultSrc: ["self"], styleSrcElem: ["self", nonce], styleSrcAttr: ["unsafe-inline"] },
      "default-src 'self'; style-src-elem 'self' 'nonce-bm9uY2U='; style-src-attr 'unsafe-inline'",
    ],
    [
      { defaultSrc: ["self"], connectSrc: ["wss://a.com", "unsafe-webtransport-hashes"] },
      "default-src 'self'; connect-src wss://a.com 'unsafe-webtransport-hashes'",
    ],
    [
      { defaultSrc: ["none"], imgSrc: ["*.a.com", "https://*.b.com:*", "c.com:8443/x/", "data:", "*", "https://d.com/%3B"] },
      "default-src 'none'; img-src *.a.com https://*.b.com:* c.com:8443/x/ data: * https://d.com/%3B",
    ],
    [
      { frameAncestors: ["self", "https://a.com"], formAction: ["self"], baseUri: ["none"] },
      "frame-ancestors 'self' https://a.com; form-action 'self'; base-uri 'none'",
    ],
    [{ sandbox: [] }, "sandbox"],
    [{ sandbox: true }, "sandbox"],
    [{ sandbox: ["allow-scripts", "allow-forms"] }, "sandbox allow-scripts allow-forms"],
    [{ upgradeInsecureRequests: true }, "upgrade-insecure-requests"],
    [
      { requireTrustedTypesFor: ["script"], trustedTypes: ["script", "dompurify", "allow-duplicates"] },
      "require-trusted-types-for 'script'; trusted-types script dompurify 'allow-duplicates'",
    ],
    [{ trustedTypes: ["none"] }, "trusted-types 'none'"],
    [{ webrtc: "block" }, "webrtc 'block'"],
    [{ reportUri: ["/r", "https://r.example/x?y=1"] }, "report-uri /r https://r.example/x?y=1"],
    [
      { defaultSrc: ["self"], workerSrc: [source("intranet")], mediaSrc: ["localhost"] },
      "default-src 'self'; worker-src intranet; media-src localhost",
    ],
    [
      {
        defaultSrc: ["self"],
        fencedFrameSrc: ["https:"],
        manifestSrc: ["self"],
        childSrc: ["self"],
        frameSrc: ["none"],
        objectSrc: ["none"],
        fontSrc: ["data:"],
      },
      "default-src 'self'; fenced-frame-src https:; manifest-src 'self'; child-src 'self'; frame-src 'none'; object-src 'none'; font-src data:",
    ],
    ["default-src 'self'; img-src *", "default-src 'self'; img-src *"],
    ["  Default-Src 'SELF'  backend;; SANDBOX allow-forms ; ", "default-src 'self' backend; sandbox allow-forms"],
    [
      true,
      "default-src 'self'; base-uri 'self'; font-src 'self' data:; form-action 'self'; frame-ancestors 'self'; img-src 'self' data:; object-src 'none'; script-src 'self'; script-src-attr 'none'; style-src 'self' 'unsafe-inline'",
    ],
  ];

  it.each(cases)("%j is %s", (written, text) => {
    expect(csp(written)).toBe(text);
  });

  it("a perRequest slot alone that gives nothing is 'none'", () => {
    const slot = perRequest(() => []);
    const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: [slot] } });
    expect(renderHeaders(policy, { slots: new Map([[slot, []]]) })["Content-Security-Policy"]).toBe("default-src 'self'; img-src 'none'");
    expect(renderHeaders(policy, { slots: new Map([[slot, ["https://a.com", source("data:")]]]) })["Content-Security-Policy"]).toBe(
      "default-src 'self'; img-src https://a.com data:",
    );
    expect(renderHeaders(policy, { slots: new Map([[slot, "https://a.com"]]) })["Content-Security-Policy"]).toBe(
      "default-src 'self'; img-src https://a.com",
    );
  });
});

describe("what a source may not be", () => {
  const cases: [text: unknown, said: string][] = [
    ["", '"" is not a source. Leave it out.'],
    ["slef", '"slef" is not a source. Did you mean "self"?'],
    ["Self", '"Self" is not a source. Write "self".'],
    ["intranet", '"intranet" is not a source. For a host of that name write source("intranet").'],
    ["data", '"data" is not a source. Did you mean "data:"?'],
    ["'self", '"\'self" is misquoted. Write "self".'],
    ['"self"', '"\\"self\\"" is misquoted. Write "self".'],
    ["'slef'", '"\'slef\'" is not a keyword. Did you mean "self"?'],
    ["'https://a.com'", '"\'https://a.com\'" is quoted; only keywords, nonces and hashes are. Write "https://a.com".'],
    [
      "'nonce-abc'",
      '"\'nonce-abc\'" is a nonce written as text, the same on every response. Use the slot: import { nonce } from "portcullis".',
    ],
    ["nonce-abc", '"nonce-abc" is a nonce written as text, the same on every response. Use the slot: import { nonce } from "portcullis".'],
    [
      "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
      '"sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=" is a hash without its single quotes. Write "\'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=\'".',
    ],
    [
      "'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
      '"\'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=" is a hash without its single quotes. Write "\'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=\'".',
    ],
    ["'sha1-YWJj'", "\"'sha1-YWJj'\" names a hash algorithm that CSP does not have. Use sha256, sha384 or sha512."],
    ["'sha256-'", '"\'sha256-\'" is not a hash. Write the digest in base64; hashesOf() of "portcullis/hashes" computes it.'],
    ["a.com b.com", '"a.com b.com" contains a space. Write one source per string: "a.com", "b.com".'],
    ["a.com\tb.com", '"a.com\\tb.com" contains a space. Write one source per string: "a.com", "b.com".'],
    ["a.com\r\nX: y", '"a.com\\r\\nX: y" contains a line break, which no header may carry. Take it out.'],
    [
      "a.com;script-src",
      "\"a.com;script-src\" contains a ';', which ends a directive. Write each directive under its own key; in a path, %3B.",
    ],
    ["a.com,b.com", "\"a.com,b.com\" contains a ',', which ends a policy. Write each source as its own string; in a path, %2C."],
    ["a\0b", '"a\\u0000b" contains a control character, which no header may carry. Take it out.'],
    [
      "https://bücher.de",
      '"https://b\\u{fc}cher.de" is not ASCII; browsers drop the whole directive. Write the host in Punycode, "xn--bcher-kva.de", and a path with %XX.',
    ],
    [
      "https://a.com/ü",
      '"https://a.com/\\u{fc}" is not ASCII; browsers drop the whole directive. Write it in ASCII: a host in Punycode, a path with %XX.',
    ],
    ["https:/a.com", '"https:/a.com" is not a source. Write scheme://host, for example "https://a.com".'],
    ["//a.com", '"//a.com" is not a source. Write "https://a.com".'],
    ["https://", '"https://" names no host. Write "https:" for the whole scheme, or scheme://host.'],
    ["https://a.com/?x", '"https://a.com/?x" is not a source: a source ends with its path. Write "https://a.com/".'],
    ["https://u@a.com", '"https://u@a.com" is not a source: it cannot contain a user name. Write "https://a.com".'],
    ["http://[::1]:80", '"http://[::1]:80" is not a source: CSP cannot name an IPv6 address. Give the server a host name.'],
    ["a.com:70000", '"a.com:70000" is not a source: the highest port is 65535. Write a smaller port.'],
    ["a..com", '"a..com" is not a source. Write a keyword ("self"), a scheme ("https:") or a host ("https://cdn.example").'],
    [5, '5 is not a source. Write a string such as "self", or nonce, or perRequest(…).'],
    [null, "null is not a source. Take it out: ...(condition ? [source] : []) adds a source on a condition."],
    [["self"], "a list is not a source. Spread it: ...sources, or ...hosts.map(source) for strings that are not literals."],
  ];

  it.each(cases)("%j", (text, message) => {
    expect(said({ defaultSrc: ["https:", text] })).toEqual([`defaultSrc[1]: ${message}`]);
    const appended = () =>
      definePolicy(
        "none",
        { contentSecurityPolicy: { defaultSrc: ["self"] } },
        { contentSecurityPolicy: { defaultSrc: append(text as never) } },
      );
    const place = typeof text === "string" ? "contentSecurityPolicy.defaultSrc[0]" : "append[0]";
    expect(issuesOf(appended)).toEqual([`${place}: ${message}`]);
  });

  it("port 65535 is one", () => {
    expect(csp({ defaultSrc: ["a.com:65535"] })).toBe("default-src a.com:65535");
  });

  it.each(["https://cdn.example/a:70000/b", "cdn.example/a:70000", "https://cdn.example:443/:99999"])(
    "no port stands in the path of %s",
    (text) => {
      expect(csp({ defaultSrc: [text as never] })).toBe(`default-src ${text}`);
    },
  );

  it("a port too high is refused before a path that has a colon", () => {
    expect(said({ defaultSrc: ["https://a.com:70000/b:1"] })).toEqual([
      'defaultSrc[0]: "https://a.com:70000/b:1" is not a source: the highest port is 65535. Write a smaller port.',
    ]);
  });
});

describe("what stands in the wrong place", () => {
  const inline = "It belongs in scriptSrc or styleSrc.";
  const cases: [directives: unknown, ...said: string[]][] = [
    [
      { defaultSrc: ["self"], imgSrc: ["strict-dynamic"] },
      'imgSrc[0]: "strict-dynamic" has no meaning in imgSrc. It belongs in defaultSrc, scriptSrc, scriptSrcElem, scriptSrcAttr.',
    ],
    [
      { scriptSrc: ["self"], styleSrc: ["unsafe-eval"] },
      'styleSrc[0]: "unsafe-eval" has no meaning in styleSrc. It belongs in defaultSrc, scriptSrc.',
    ],
    [
      { defaultSrc: ["inline-speculation-rules"] },
      'defaultSrc[0]: "inline-speculation-rules" has no meaning in defaultSrc. It belongs in scriptSrc, scriptSrcElem.',
    ],
    [
      { frameAncestors: ["unsafe-inline"] },
      'frameAncestors[0]: "unsafe-inline" has no meaning in frameAncestors. It belongs in defaultSrc, scriptSrc, scriptSrcElem, scriptSrcAttr, styleSrc, styleSrcElem, styleSrcAttr.',
    ],
    [{ defaultSrc: ["self"], imgSrc: [nonce] }, `imgSrc[0]: a nonce has no meaning in imgSrc. ${inline}`],
    [
      { defaultSrc: ["self"], connectSrc: ["'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='"] },
      `connectSrc[0]: a hash has no meaning in connectSrc. ${inline}`,
    ],
    [
      { defaultSrc: ["unsafe-webtransport-hashes"] },
      'defaultSrc[0]: "unsafe-webtransport-hashes" has no meaning in defaultSrc. It belongs in connectSrc.',
    ],
    [{ defaultSrc: ["none", "self"] }, 'defaultSrc[0]: "none" has no effect beside other sources. Write ["none"] alone, or take it out.'],
    [{ defaultSrc: ["self", "'none'"] }, 'defaultSrc[1]: "none" has no effect beside other sources. Write ["none"] alone, or take it out.'],
    [{ defaultSrc: [] }, 'defaultSrc: an empty list says nothing. Write ["none"] to allow nothing, or false to fall back.'],
    [{ defaultSrc: "self" }, 'defaultSrc: "self" is not a list. Write ["self"].'],
    [{ defaultSrc: null }, "defaultSrc: null is not a list. Leave the key out, or write false."],
    [{ sandbox: ["allow-script"] }, 'sandbox[0]: "allow-script" is not a sandbox token. Did you mean "allow-scripts"?'],
    [{ trustedTypes: ["a b"] }, 'trustedTypes[0]: "a b" is not the name of a policy. Write a name, "*", "allow-duplicates" or "none".'],
    [{ trustedTypes: ["none", "a"] }, 'trustedTypes[0]: "none" has no effect beside other names. Write ["none"] alone, or take it out.'],
    [{ trustedTypes: [] }, 'trustedTypes: an empty list says nothing. Write the names, such as ["default"], or ["none"].'],
    [{ requireTrustedTypesFor: ["style"] }, 'requireTrustedTypesFor[0]: "style" is not a group of sinks. Write ["script"].'],
    [
      { reportUri: ["/a;b"] },
      'reportUri[0]: "/a;b" is not a URL to report to. Write a path ("/csp-report") or an https URL, ";" and "," as %3B and %2C.',
    ],
    [
      { reportUri: ["//evil.example"] },
      'reportUri[0]: "//evil.example" is not a URL to report to. Write a path ("/csp-report") or an https URL, ";" and "," as %3B and %2C.',
    ],
    [
      { reportUri: ["/\\evil.example"] },
      'reportUri[0]: "/\\\\evil.example" is not a URL to report to. Write a path ("/csp-report") or an https URL, ";" and "," as %3B and %2C.',
    ],
    [{ reportUri: [5] }, 'reportUri[0]: 5 is not a string. Write a path such as "/csp-report".'],
    [{ reportTo: "a b" }, 'reportTo: "a b" is not the name of an endpoint. Write the name of a key of reportingEndpoints.'],
    [
      { reportTo: "x" },
      'reportTo: "x" names no endpoint, so that nothing is reported. Write reportingEndpoints: { x: "/csp-report" }, or just reporting: "/csp-report".',
    ],
    [{ webrtc: "deny" }, `webrtc: "deny" is not one of its values. Write "allow", "block", "'allow'" or "'block'".`],
    [{ upgradeInsecureRequests: ["yes"] }, "upgradeInsecureRequests: a list is not true or false. Write true or false."],
    [
      { scriptSrc: ["strict-dynamic"] },
      'scriptSrc[0]: "strict-dynamic" needs a nonce or a hash; without one no script runs. Add nonce (import { nonce } from "portcullis") or a hash, or take "strict-dynamic" out.',
    ],
    [
      { scriptSrc: ["self", "report-sha256"] },
      'scriptSrc[1]: "report-sha256" has nowhere to report to. Write reporting: "/csp-report", or reportTo.',
    ],
    [
      { imgSrc: ["self"] },
      'scriptSrc: imgSrc is limited, but scripts may come from anywhere. Write scriptSrc or defaultSrc, for example defaultSrc: ["self"].',
    ],
    [
      { fontSrc: true },
      'scriptSrc: fontSrc is limited, but scripts may come from anywhere. Write scriptSrc or defaultSrc, for example defaultSrc: ["self"].',
    ],
    [
      { workerSrc: true },
      'workerSrc: true needs a default, and this directive has none. Write a list such as ["self", "https://cdn.example"].',
    ],
    [{ "script-src": ["self"] }, '["script-src"]: directives are written in camelCase. Write scriptSrc.'],
    [{ "Script-Src": ["self"] }, '["Script-Src"]: directives are written in camelCase. Write scriptSrc.'],
    [{ scirptSrc: ["self"] }, 'scirptSrc: unknown directive. Did you mean "scriptSrc"?'],
    [
      { blockAllMixedContent: true },
      "blockAllMixedContent: this directive is deprecated. Browsers block mixed content by themselves; use upgradeInsecureRequests: true.",
    ],
    [
      { "plugin-types": ["x"] },
      '["plugin-types"]: this directive is deprecated. No browser has plugins any more; use objectSrc: ["none"].',
    ],
    [{ reflectedXss: "block" }, "reflectedXss: this directive is deprecated. Use the key xXssProtection."],
    [{ defaultSrc: append() }, 'defaultSrc: append() names no source. Write append("https://cdn.example"), or leave the key out.'],
    [append("self"), ': append(…) edits a directive, not a header. Write it at a directive: { scriptSrc: append("https://cdn.example") }.'],
  ];

  it.each(cases)("%j", (directives, ...messages) => {
    expect(said(directives)).toEqual(messages);
  });

  it("a twin says that browsers ignore sandbox and upgrade-insecure-requests there", () => {
    const twin = { contentSecurityPolicyReportOnly: { defaultSrc: ["self"], sandbox: [], upgradeInsecureRequests: true } } as const;
    expect(issuesOf(() => definePolicy("none", twin))).toEqual([
      "contentSecurityPolicyReportOnly.sandbox: browsers ignore sandbox in a Report-Only policy. Write it under contentSecurityPolicy.",
      "contentSecurityPolicyReportOnly.upgradeInsecureRequests: browsers ignore upgrade-insecure-requests in a Report-Only policy. Write it under contentSecurityPolicy.",
    ]);
  });
});

describe("a CSP given as a string", () => {
  const cases: [text: string, ...said: string[]][] = [
    ["script-src self", "scriptSrc[0]: \"self\" is not a source. Write 'self', in single quotes."],
    [
      "script-src 'slef'; object-src",
      'scriptSrc[0]: "\'slef\'" is not a keyword. Did you mean "self"?',
      'objectSrc: an empty list says nothing. Write ["none"] to allow nothing, or false to fall back.',
    ],
    [
      "script-src 'nonce-YWJj'",
      "scriptSrc[0]: \"'nonce-YWJj'\" is a nonce written as text. Write the directives as an object, with the slot nonce in the list.",
    ],
    [
      "default-src 'self', img-src *",
      ": \"default-src 'self', img-src *\" contains a ',', which begins another policy. End a directive with ';'; in a path, write %2C.",
    ],
    ["default-src 'self'; DEFAULT-SRC *", ': "default-src" is written twice, and browsers drop the second. Write one list.'],
    ["default-src 'self'\n", ": \"default-src 'self'\\n\" is not a policy. Write visible ASCII on one line."],
    ["default-scr 'self'", ': "default-scr" is not a directive. Did you mean "default-src"?'],
    ["constructor 'self'", `: "constructor" is not a directive. Write a directive such as default-src 'self', or false for no header.`],
    [
      "block-all-mixed-content",
      ': "block-all-mixed-content" is deprecated. Browsers block mixed content by themselves; use upgradeInsecureRequests: true.',
    ],
    [
      "require-trusted-types-for script",
      "requireTrustedTypesFor[0]: \"script\" is not quoted, and browsers read it as something else. Write 'script'.",
    ],
    ["trusted-types none", "trustedTypes[0]: \"none\" is not quoted, and browsers read it as something else. Write 'none'."],
    ["upgrade-insecure-requests 1", "upgradeInsecureRequests: a list is not true or false. Write true or false."],
    ["report-to a b", 'reportTo: a list is not the name of an endpoint. Write "a".'],
    [";", `: ";" contains no directive. Write a directive such as default-src 'self', or false for no header.`],
    ["default-src 'self' é", ": \"default-src 'self' \\u{e9}\" is not a policy. Write visible ASCII on one line."],
  ];

  it.each(cases)("%j", (text, ...messages) => {
    expect(said(text)).toEqual(messages);
  });

  it("read from the wire, a list without a member is 'none' and a nonce is the slot", () => {
    const policy = parseHeaders({ "Content-Security-Policy": "object-src; script-src 'nonce-YWJj' backend; trusted-types" });
    expect(policy.resolved["contentSecurityPolicy"]).toMatchObject({ objectSrc: ["none"], trustedTypes: ["none"] });
    expect(renderHeaders(policy, { nonce: "ZGVm" })).toEqual({
      "Content-Security-Policy": "object-src 'none'; script-src 'nonce-ZGVm' backend; trusted-types 'none'",
    });
  });
});

describe("source()", () => {
  it("takes what the types cannot know, and checks it at once", () => {
    expect(csp({ defaultSrc: [source("self"), source("https://a.com"), source("intranet")] })).toBe(
      "default-src 'self' https://a.com intranet",
    );
    expect(issuesOf(() => source(undefined))).toEqual(["source: undefined is not a string. Is the environment variable set?"]);
    expect(issuesOf(() => source("a b"))).toEqual(['source: "a b" contains a space. Write one source per string: "a", "b".']);
    expect(issuesOf(() => source("Self"))).toEqual(["source: \"Self\" is not a source. Write 'self', in single quotes."]);
  });

  it("is held to its directive", () => {
    expect(said({ defaultSrc: ["self"], imgSrc: [source("unsafe-inline")] })[0]).toContain('"unsafe-inline" has no meaning in imgSrc');
    expect(csp({ defaultSrc: ["self", source("https://a.com")], imgSrc: remove("https://a.com") })).toBe(
      "default-src 'self' https://a.com; img-src 'self'",
    );
  });
});

describe("sources that are on trial in Chromium", () => {
  const TRIALS = ["'url-sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='", "'eval-sha384-YWJj'", "'strict-dynamic-url'"];
  it.each(TRIALS)("%s as text is refused, with the way to mean it", (text) => {
    expect(() => definePolicy("none", { contentSecurityPolicy: { scriptSrc: [text as never] } })).toThrow(
      `"${text}" is on trial in Chromium, and other browsers ignore it. If you mean it, write source("${text}").`,
    );
  });
  it.each(TRIALS)("%s in source() goes out as it is", (text) => {
    const policy = definePolicy("none", { contentSecurityPolicy: { scriptSrc: ["self", source(text)] } });
    expect(renderHeaders(policy)).toEqual({ "Content-Security-Policy": `script-src 'self' ${text}` });
  });
  it("have no meaning for images", () => {
    expect(() =>
      definePolicy("none", { contentSecurityPolicy: { imgSrc: [source("'url-sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='")] } }),
    ).toThrow("has no meaning in imgSrc. It belongs in scriptSrc.");
  });
  it("are read from a header", () => {
    expect(
      renderHeaders(parseHeaders({ "Content-Security-Policy": "script-src 'URL-SHA256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='" })),
    ).toEqual({
      "Content-Security-Policy": "script-src 'url-sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='",
    });
  });
});

it("a host may end with a dot", () => {
  const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["https://a.example."] } });
  expect(renderHeaders(policy)).toEqual({ "Content-Security-Policy": "default-src https://a.example." });
});

it("'unsafe-allow-redirects' is refused with the reason", () => {
  expect(() => definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["unsafe-allow-redirects" as never] } })).toThrow(
    '"unsafe-allow-redirects" belonged to navigate-to, which browsers have removed. Take it out.',
  );
});

it("treat-as-public-address is written, and read", () => {
  const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"], treatAsPublicAddress: true } });
  expect(renderHeaders(policy)).toEqual({ "Content-Security-Policy": "default-src 'self'; treat-as-public-address" });
});

testHeader({
  refused: [
    [
      { contentSecurityPolicy: { directives: { scriptSrc: ["'self'"] } } },
      'contentSecurityPolicy.directives: unknown directive. Directives are written directly: contentSecurityPolicy: { scriptSrc: ["self"] }. Or wrap helmet options in fromHelmet() from "portcullis/helmet".',
    ],
    [
      { contentSecurityPolicy: { scriptSrc: ["self", append("https://a.example")] } },
      'contentSecurityPolicy.scriptSrc[1]: append(…) cannot be a member of a list. Write it instead of the list: scriptSrc: append("https://cdn.example").',
    ],
    [{ contentSecurityPolicy: { scriptSrc: "self" } }, 'contentSecurityPolicy.scriptSrc: "self" is not a list. Write ["self"].'],
    [
      { contentSecurityPolicy: { scriptSrc: ["https://a.example; script-src *"] } },
      "contentSecurityPolicy.scriptSrc[0]: \"https://a.example; script-src *\" contains a ';', which ends a directive. Write each directive under its own key; in a path, %3B.",
    ],
  ],
});
