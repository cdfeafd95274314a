import { describe, expect, it } from "vitest";
import { cacheDirectives, isNeverStored } from "../../src/headers/cache-control.js";
import { headerNamed } from "../../src/headers/index.js";
import { endpointProblem, isReportAddress } from "../../src/headers/reporting-endpoints.js";

/** What a browser makes of a header, and what is reported: path, message, hint. */
function reading(name: string, text: string): readonly [value: unknown, ...issues: (readonly string[])[]] {
  const issues: (readonly string[])[] = [];
  const value = headerNamed(name)?.header.read?.(text, ({ path, message, hint }) =>
    issues.push([path.join("."), message, typeof hint === "function" ? hint() : (hint ?? "")]),
  );
  return [value, ...issues];
}

const REFERRERS =
  'Write "no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin", "strict-origin", "strict-origin-when-cross-origin" or "unsafe-url".';

it.each<[name: string, text: string, value: unknown, ...issues: (readonly string[])[]]>([
  ["Referrer-Policy", "Origin", "origin"],
  ["Referrer-Policy", "no-referrer,, origin", ["no-referrer", "origin"]],
  ["Referrer-Policy", "never, origin", "origin", ["", '"never" is not one of its values', REFERRERS]],
  ["Cache-Control", "no-store", "no-store"],
  ["Cache-Control", "no store", "no store", ["", '"no store" is not a list of cache directives', 'Write for example "no-store".']],
  ["Clear-Site-Data", '"cache", "*"', ["cache", "*"]],
  ["Clear-Site-Data", 'cache, "cookies"', ["cookies"], ["", '"cache" is not a kind of data', 'Write it in double quotes: "cache".']],
  ["Clear-Site-Data", '"cahce"', [], ["", '"cahce" is not a kind of data', 'Did you mean "cache"?']],
  [
    "Clear-Site-Data",
    "5",
    [],
    [
      "",
      '"5" is not a kind of data',
      'Write "cache", "cookies", "storage", "clientHints", "executionContexts", "prefetchCache", "prerenderCache" or "*".',
    ],
  ],
  [
    "Clear-Site-Data",
    '("cache")',
    [],
    [
      "",
      '"(\\"cache\\")" is not a kind of data',
      'Write "cache", "cookies", "storage", "clientHints", "executionContexts", "prefetchCache", "prerenderCache" or "*".',
    ],
  ],
  ["Document-Policy", "sync-xhr=?0, oversized-images=2.5", { syncXhr: false, oversizedImages: 2.5 }],
  ["Document-Policy", "sync-xhr=2.5", {}, ["syncXhr", '"sync-xhr=2.5" has a value that it does not take', "Write ?0 or ?1."]],
  ["Document-Policy", "sync-xhr=(a)", {}, ["syncXhr", '"sync-xhr=(a)" has a value that it does not take', "Write ?0 or ?1."]],
  [
    "Document-Policy",
    "oversized-images=a",
    {},
    ["oversizedImages", '"oversized-images=a" has a value that it does not take', "Write ?0 or ?1."],
  ],
  ["Document-Policy", "sync-xrh", {}, ["", '"sync-xrh" is not a configuration point', 'Did you mean "sync-xhr"?']],
  ["Document-Policy", "a", {}, ["", '"a" is not a configuration point', "Take it out."]],
  [
    "Integrity-Policy",
    "blocked-destinations=(script style), sources=(inline)",
    { blockedDestinations: ["script", "style"], sources: ["inline"] },
  ],
  [
    "Integrity-Policy",
    "blocked-destinations=(script image), endpoints=(a b)",
    { blockedDestinations: ["script"], endpoints: ["a", "b"] },
    ["blockedDestinations", '"image" is not one of its values', "Write blocked-destinations=(script)."],
  ],
  [
    "Integrity-Policy",
    'blocked-destinations=(script "style")',
    { blockedDestinations: ["script"] },
    ["blockedDestinations", '"\\"style\\"" is not one of its values', "Write blocked-destinations=(script)."],
  ],
  [
    "Integrity-Policy",
    "blocked-destinations=(script), endpoints=5",
    { blockedDestinations: ["script"] },
    ["endpoints", '"blocked-destinations=(script), endpoints=5" is not one of its values', "Write endpoints=(name)."],
  ],
  [
    "Integrity-Policy",
    "blocked-destinations=(script), source=(inline)",
    { blockedDestinations: ["script"] },
    ["", '"source" is not a member of Integrity-Policy', 'Did you mean "sources"?'],
  ],
  [
    "Integrity-Policy",
    "blocked-destinations=(script), a",
    { blockedDestinations: ["script"] },
    ["", '"a" is not a member of Integrity-Policy', "Take it out."],
  ],
  ["Reporting-Endpoints", 'csp="/a"', { csp: "/a" }],
  ["Reporting-Endpoints", 'csp="/a", b=c', { csp: "/a" }, ["b", "an object is not a string", "Write a quoted URL."]],
  ["Reporting-Endpoints", "csp=(a)", {}, ["csp", "undefined is not a string", "Write a quoted URL."]],
  [
    "Reporting-Endpoints",
    'csp="http://a.example"',
    {},
    ["csp", '"http://a.example" is not trustworthy, and browsers report nothing there', 'Write "https://a.example".'],
  ],
  ["Permissions-Policy", 'camera=*, usb=(self "https://a.example")', { camera: "*", usb: ["self", "https://a.example"] }],
  ["Permissions-Policy", 'camera=(self);report-to="r"', { camera: { allow: ["self"], reportTo: "r" } }],
  ["Permissions-Policy", "camera=self", { camera: ["self"] }],
  ["Permissions-Policy", 'ch-dpr=(self "https://a.example"), ch-ua-wow64=*', { chDpr: ["self", "https://a.example"], chUaWow64: "*" }],
  ["Permissions-Policy", "camera=(self *)", { camera: "*" }],
  ["Permissions-Policy", "caemra=()", { caemra: [] }, ["", '"caemra" is not a feature', 'Did you mean "camera"?']],
  ["Permissions-Policy", "a=()", { a: [] }, ["", '"a" is not a feature', "Take it out."]],
  [
    "Permissions-Policy",
    "camera=(src)",
    { camera: [] },
    ["camera", '"src" is not an origin', "Write self, or an origin in double quotes."],
  ],
  ["Permissions-Policy", "camera=5", { camera: [] }, ["camera", '"5" is not an origin', "Write self, or an origin in double quotes."]],
  [
    "Permissions-Policy",
    'camera=("self")',
    { camera: [] },
    ["camera", '"self" is not an origin', "Write self, or an origin in double quotes."],
  ],
  [
    "Permissions-Policy",
    'camera=("*")',
    { camera: "*" },
    ["camera", '"*" is not an origin, and Chromium reads it as *', "Write self, or an origin in double quotes."],
  ],
  [
    "Permissions-Policy",
    `camera=("'SELF'")`,
    { camera: ["self"] },
    ["camera.0", `"'SELF'" is not an origin, and Chromium reads it as self`, 'Write "self", or scheme://host.'],
  ],
  [
    "Permissions-Policy",
    'camera=(self "https://a.example/b")',
    { camera: ["self", "https://a.example"] },
    ["camera.1", '"https://a.example/b" is not an origin, and Chromium reads it as https://a.example', 'Write "https://a.example".'],
  ],
  [
    "Permissions-Policy",
    'camera=("a.example")',
    { camera: [] },
    ["camera.0", '"a.example" is not an origin', 'Write "https://a.example".'],
  ],
  [
    "Permissions-Policy",
    'camera=("HTTPS:")',
    { camera: ["https:"] },
    ["camera.0", '"HTTPS:" is not an origin, and Chromium reads it as https:', 'Write "self", or scheme://host.'],
  ],
  ["Strict-Transport-Security", "max-age=1; PRELOAD ;", { maxAge: 1, preload: true }],
  ["Strict-Transport-Security", 'MAX-AGE = "5";includesubdomains', { maxAge: 5, includeSubDomains: true }],
  [
    "Strict-Transport-Security",
    "max-age=1; preload=1",
    { maxAge: 1 },
    ["", '"preload=1" is not known, and browsers ignore it', 'Did you mean "preload"?'],
  ],
  [
    "Strict-Transport-Security",
    "max-age=1; a",
    { maxAge: 1 },
    ["", '"a" is not known, and browsers ignore it', "Write max-age=31536000; includeSubDomains."],
  ],
])("a browser reads %s: %s", (name, text, ...read) => {
  expect(reading(name, text)).toEqual(read);
});

it.each([
  ["Referrer-Policy", "never", `"never" is not one of its values. ${REFERRERS}`],
  ["Referrer-Policy", " , ", `" , " is not one of its values. ${REFERRERS}`],
  [
    "Integrity-Policy",
    "sources=(inline)",
    'blockedDestinations: blocked-destinations is missing. Write blocked-destinations=(script). It takes "script" or "style".',
  ],
  [
    "Integrity-Policy",
    "blocked-destinations=(script), sources=()",
    'sources: "blocked-destinations=(script), sources=()" names no source that browsers know, and blocks nothing. Write sources=(inline).',
  ],
  ["Document-Policy", "a=", '"a=" is not a structured field. See RFC 9651.'],
  [
    "Strict-Transport-Security",
    "max-age=1; max-age=2",
    '"max-age=2" is not a directive of Strict-Transport-Security. Did you mean "max-age"?',
  ],
  ["Strict-Transport-Security", "includeSubDomains", "maxAge: max-age is missing. Write max-age=31536000."],
])("a browser ignores %s: %s", (name, text, message) => {
  expect(() => reading(name, text)).toThrow(message);
});

it.each([
  [
    "no-store, MAX-AGE=5",
    [
      ["no-store", undefined],
      ["max-age", "5"],
    ],
  ],
  [
    'private="a, b" ,public',
    [
      ["private", "a, b"],
      ["public", undefined],
    ],
  ],
  ['private="a\\", b"', [["private", 'a\\", b']]],
  [", ,", []],
  ["", []],
  ["a=b=c", [["a", "b=c"]]],
])("caches read %j as %j", (text, directives) => {
  expect(cacheDirectives(text)).toEqual(directives);
});

it.each([
  ["no-store", true],
  ["private, No-Store", true],
  ["no-store, must-understand", false],
  ["no-store=1", false],
  ["no-cache", false],
])("no cache stores %s: %s", (text, never) => {
  expect(isNeverStored(text)).toBe(never);
});

it.each([
  ["/r", true],
  ["https://a.example/r", true],
  ["HTTP://a.example", true],
  ["r", false],
  ["//a.example", false],
  ["/\\a.example", false],
  ["https:///r", false],
  ["https://?r", false],
  ["wss://a.example", false],
  [" /r", false],
])("%j is the address of a report collector: %s", (text, is) => {
  expect(isReportAddress(text)).toBe(is);
});

const RELATIVE = "is a relative URL, and browsers report nothing there";
const UNTRUSTED = "is not trustworthy, and browsers report nothing there";
const URLS = 'Write a path such as "/reports", or an https URL.';

describe("an endpoint", () => {
  it.each(["/r", "https://a.example/r", "http://localhost/r", "HTTP://127.0.0.1:80"])("may be %s", (text) => {
    expect(endpointProblem(text)).toBe(undefined);
  });

  it.each([
    ["", "is not a URL", URLS],
    ["/a b", "is not a URL", URLS],
    ["/é", "is not a URL", URLS],
    ["https://a.example:99999", "is not a URL", URLS],
    ["a//b", RELATIVE, 'Write "/a//b", or an https URL.'],
    ["../r", RELATIVE, 'Write "/r", or an https URL.'],
    ["//a.example/r", RELATIVE, 'Write "https://a.example/r".'],
    ["https:a.example", RELATIVE, 'Write "https://a.example".'],
    ["https:\\\\a.example", RELATIVE, 'Write "https://a.example".'],
    ["HTTP://a.example", UNTRUSTED, 'Write "https://a.example".'],
    ["wss://a.example", UNTRUSTED, URLS],
    ["mailto:a@b.example", UNTRUSTED, URLS],
  ])("may not be %j", (text, message, hint) => {
    expect(endpointProblem(text)).toEqual([message, hint]);
  });
});
