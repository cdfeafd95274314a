import { describe, expect, it } from "vitest";
import { source } from "../../src/index.js";
import { isDecodable } from "../../src/values/source-faults.js";
import { isNarrow, readSource, type SourceExpression, sourceText, trustedSource } from "../../src/values/sources.js";
import { issuesOf } from "../messages.js";

/** base64 of 32, 48 and 64 bytes. */
const SHA256 = `${"A".repeat(43)}=`;
const SHA384 = "A".repeat(64);
const SHA512 = `${"A".repeat(86)}==`;

const host = (parts: Partial<Record<"scheme" | "host" | "port" | "path", string>>, text: string) => ({
  kind: "host",
  scheme: undefined,
  host: "",
  port: undefined,
  path: undefined,
  ...parts,
  text,
});

describe("a policy's source", () => {
  it.each<[string, unknown]>([
    ["self", { kind: "keyword", keyword: "self", text: "'self'" }],
    ["'self'", { kind: "keyword", keyword: "self", text: "'self'" }],
    [`'sha256-${SHA256}'`, { kind: "hash", algorithm: "sha256", digest: SHA256, text: `'sha256-${SHA256}'` }],
    [`'SHA384-${SHA384}'`, { kind: "hash", algorithm: "sha384", digest: SHA384, text: `'sha384-${SHA384}'` }],
    [`'sha512-${SHA512}'`, { kind: "hash", algorithm: "sha512", digest: SHA512, text: `'sha512-${SHA512}'` }],
    ["'nonce-AbC='", { kind: "nonce", nonce: "AbC=", text: "'nonce-AbC='" }],
    ["HTTPS:", { kind: "scheme", scheme: "https", text: "HTTPS:" }],
    ["web+app.x-1:", { kind: "scheme", scheme: "web+app.x-1", text: "web+app.x-1:" }],
    ["*", host({ host: "*" }, "*")],
    ["localhost", host({ host: "localhost" }, "localhost")],
    ["A.example", host({ host: "a.example" }, "A.example")],
    ["*.a.example.", host({ host: "*.a.example." }, "*.a.example.")],
    ["WSS://a.example:*", host({ scheme: "wss", host: "a.example", port: "*" }, "WSS://a.example:*")],
    [
      "https://a.example:65535/B/c%2f?".slice(0, -1),
      host({ scheme: "https", host: "a.example", port: "65535", path: "/B/c%2f" }, "https://a.example:65535/B/c%2f"),
    ],
    ["intranet:8080", host({ host: "intranet", port: "8080" }, "intranet:8080")],
  ])("%s is read", (text, read) => {
    expect(readSource(text, "policy")).toEqual(read);
  });

  it("of 2000 characters is read", () => {
    expect(readSource(`a.example/${"b".repeat(1990)}`, "policy").kind).toBe("host");
  });

  it.each<[string, string, string, true | undefined]>([
    [
      "a".repeat(2001),
      `"${"a".repeat(77)}…" has 2001 characters, and a source has at most 2000`,
      "Write the host without a path, or a shorter path.",
      true,
    ],
    ["", '"" is not a source', "Leave it out.", undefined],
    ["SELF", '"SELF" is not a source', 'Write "self".', undefined],
    ['"self"', String.raw`"\"self\"" is misquoted`, 'Write "self".', undefined],
    ["‘self’", String.raw`"\u{2018}self\u{2019}" is misquoted`, 'Write "self".', undefined],
    ["'https:'", `"'https:'" is quoted; only keywords, nonces and hashes are`, 'Write "https:".', undefined],
    ["'a.example'", `"'a.example'" is quoted; only keywords, nonces and hashes are`, 'Write "a.example".', undefined],
    ["'slef'", `"'slef'" is not a keyword`, 'Did you mean "self"?', true],
    ["'eval'", `"'eval'" is not a keyword`, 'Did you mean "unsafe-eval"?', true],
    ['"eval"', String.raw`"\"eval\"" is not a keyword`, 'Did you mean "unsafe-eval"?', undefined],
    ["inline", '"inline" is not a source', 'Did you mean "unsafe-inline"?', undefined],
    ["wasm", '"wasm" is not a source', 'Did you mean "wasm-unsafe-eval"?', undefined],
    ["dynamic", '"dynamic" is not a source', 'Did you mean "strict-dynamic"?', undefined],
    ["same-origin", '"same-origin" is not a source', 'Did you mean "self"?', undefined],
    ["deny", '"deny" is not a source', 'Did you mean "none"?', undefined],
    ["all", '"all" is not a source', 'Did you mean "*"?', undefined],
    ["any", '"any" is not a source', 'Did you mean "*"?', undefined],
    ["toString", '"toString" is not a source', 'For a host of that name write source("toString").', undefined],
    ["intranet", '"intranet" is not a source', 'For a host of that name write source("intranet").', undefined],
    ["in_tranet", '"in_tranet" is not a source', "Use a host name without an underscore.", true],
    ["DATA", '"DATA" is not a source', 'Did you mean "data:"?', undefined],
    ["a.example:65536", '"a.example:65536" is not a source: the highest port is 65535', "Write a smaller port.", undefined],
    ["nonce", '"nonce" is a string, not the nonce slot', 'Use the slot: import { nonce } from "portcullis".', undefined],
    [
      "nonce-abc",
      '"nonce-abc" is a nonce written as text, the same on every response',
      'Use the slot: import { nonce } from "portcullis".',
      undefined,
    ],
    ["a b", '"a b" contains a space', 'Write one source per string: "a", "b".', undefined],
    [" self ", '" self " contains a space', 'Write "self".', undefined],
    ["a\nb", String.raw`"a\nb" contains a line break, which no header may carry`, "Take it out.", undefined],
    ["a\x07", String.raw`"a\u0007" contains a control character, which no header may carry`, "Take it out.", undefined],
    ["a\x7f.b", '"a\\u{7f}.b" contains a control character, which no header may carry', "Take it out.", undefined],
    ["self;", `"self;" contains a ';', which ends a directive`, 'Write "self".', undefined],
    [
      "a.example;b",
      `"a.example;b" contains a ';', which ends a directive`,
      "Write each directive under its own key; in a path, %3B.",
      undefined,
    ],
    [";", `";" contains a ';', which ends a directive`, "Write each directive under its own key; in a path, %3B.", undefined],
    ["a.example, ", `"a.example, " contains a ',', which ends a policy`, 'Write "a.example".', undefined],
    ["a.example,b", `"a.example,b" contains a ',', which ends a policy`, "Write each source as its own string; in a path, %2C.", undefined],
    [
      "https://bücher.example/é",
      '"https://b\\u{fc}cher.example/\\u{e9}" is not ASCII; browsers drop the whole directive',
      'Write the host in Punycode, "xn--bcher-kva.example", and a path with %XX.',
      undefined,
    ],
    [
      "www.bücher.example",
      '"www.b\\u{fc}cher.example" is not ASCII; browsers drop the whole directive',
      'Write the host in Punycode, "www.xn--bcher-kva.example", and a path with %XX.',
      undefined,
    ],
    [
      "https://a.example/é",
      '"https://a.example/\\u{e9}" is not ASCII; browsers drop the whole directive',
      "Write it in ASCII: a host in Punycode, a path with %XX.",
      undefined,
    ],
    ["https://[::1]", '"https://[::1]" is not a source: CSP cannot name an IPv6 address', "Give the server a host name.", undefined],
    ["a.example/b?c", '"a.example/b?c" is not a source: a source ends with its path', 'Write "a.example/b".', true],
    ["a.example#b?c", '"a.example#b?c" is not a source: a source ends with its path', 'Write "a.example".', undefined],
    [
      "https://me@a.example",
      '"https://me@a.example" is not a source: it cannot contain a user name',
      'Write "https://a.example".',
      undefined,
    ],
    ["me:x@a.example", '"me:x@a.example" is not a source: it cannot contain a user name', 'Write "a.example".', undefined],
    ["//a.example", '"//a.example" is not a source', 'Write "https://a.example".', undefined],
    ["/js/", '"/js/" is not a source: a path needs its host', 'Write "self", or "https://site.example/js/".', undefined],
    [
      "*://a.example/b",
      '"*://a.example/b" is not a source: a scheme cannot be a wildcard',
      'Leave the scheme out: "a.example/b".',
      undefined,
    ],
    [
      "https://a.*.b.example:443",
      '"https://a.*.b.example:443" is not a source: "*" stands for the first labels of a host only',
      'Write each host, or "https://*.b.example:443" for all below b.example.',
      undefined,
    ],
    ["a*.example", '"a*.example" is not a source: "*" stands for the first labels of a host only', "Write each host.", undefined],
    [
      "a*b.example",
      '"a*b.example" is not a source: "*" stands for the first labels of a host only',
      'Write each host, or "*.b.example" for all below b.example.',
      undefined,
    ],
    [
      "a_b.example",
      '"a_b.example" is not a source: a host has letters, digits and hyphens',
      "Use a host name without an underscore.",
      true,
    ],
    ["https:/a.example", '"https:/a.example" is not a source', 'Write scheme://host, for example "https://a.example".', undefined],
    ["https::a.example", '"https::a.example" is not a source', 'Write "https://a.example".', undefined],
    ["https://a.example:b", '"https://a.example:b" is not a source', 'Write scheme://host, for example "https://cdn.example".', undefined],
    ["a.example:123456", '"a.example:123456" is not a source: the highest port is 65535', "Write a smaller port.", true],
    ["wss://a.example:123456/b", '"wss://a.example:123456/b" is not a source: the highest port is 65535', "Write a smaller port.", true],
    ["https://", '"https://" names no host', 'Write "https:" for the whole scheme, or scheme://host.', undefined],
    ["!", '"!" is not a source', 'Write a keyword ("self"), a scheme ("https:") or a host ("https://cdn.example").', undefined],
    [`sha256-${SHA256}`, `"sha256-${SHA256}" is a hash without its single quotes`, `Write "'sha256-${SHA256}'".`, undefined],
    ["sha-256-abc", '"sha-256-abc" is not a hash', `Write "'sha256-abc'".`, undefined],
    ["'sha-256-abc'", `"'sha-256-abc'" is not a hash`, `Write "'sha256-abc'".`, true],
    ["md5-abc", '"md5-abc" names a hash algorithm that CSP does not have', "Use sha256, sha384 or sha512.", undefined],
    ["'sha1-abc'", `"'sha1-abc'" names a hash algorithm that CSP does not have`, "Use sha256, sha384 or sha512.", undefined],
    ["'sha256-'", `"'sha256-'" is not a hash`, 'Write the digest in base64; hashesOf() of "portcullis/hashes" computes it.', undefined],
    [
      "'sha256-abc'",
      `"'sha256-abc'" has a digest of 3 characters, and sha256 has 43 (44 with padding)`,
      'Write the digest in base64; hashesOf() of "portcullis/hashes" computes it.',
      undefined,
    ],
    [
      `'sha384-${SHA256}'`,
      `"'sha384-${SHA256}'" has a digest of 43 characters, and sha384 has 64`,
      "This is the length of sha256: write 'sha256-…'.",
      undefined,
    ],
    [
      `'sha256-${"00".repeat(32)}'`,
      `"'sha256-${"00".repeat(32)}'" has a digest of 64 characters, and sha256 has 43 (44 with padding)`,
      `It is in hexadecimal. In base64: "'sha256-${SHA256}'".`,
      undefined,
    ],
    [
      `'sha512-${SHA384}'`,
      `"'sha512-${SHA384}'" has a digest of 64 characters, and sha512 has 86 (88 with padding)`,
      "This is the length of sha384: write 'sha384-…'.",
      undefined,
    ],
    [
      "'strict-dynamic-url'",
      `"'strict-dynamic-url'" is on trial in Chromium, and other browsers ignore it`,
      `If you mean it, write source("'strict-dynamic-url'").`,
      undefined,
    ],
  ])("%s is refused", (text, message, hint, unknownKind) => {
    const { kind, message: said, hint: written, unknownKind: unknown } = readSource(text, "policy") as never;
    expect({ kind, said, written, unknown }).toEqual({ kind: "fault", said: message, written: hint, unknown: unknownKind });
  });
});

describe("a source on the wire", () => {
  it.each<[string, unknown]>([
    ["'SELF'", { kind: "keyword", keyword: "self", text: "'self'" }],
    ["intranet", host({ host: "intranet" }, "intranet")],
    ["'sha256-abc'", { kind: "hash", algorithm: "sha256", digest: "abc", text: "'sha256-abc'" }],
    [`'URL-SHA256-${SHA256}'`, { kind: "trial", text: `'url-sha256-${SHA256}'` }],
    ["'STRICT-DYNAMIC-URL'", { kind: "trial", text: "'strict-dynamic-url'" }],
  ])("%s is read", (text, read) => {
    expect(readSource(text, "wire")).toEqual(read);
  });

  it.each<[string, string, string, true | undefined]>([
    ["self", '"self" is not a source', "Write 'self', in single quotes.", undefined],
    ["NONE", '"NONE" is not a source', "Write 'none', in single quotes.", undefined],
    ['"self"', String.raw`"\"self\"" is misquoted`, "Write 'self'.", undefined],
    ["'eval'", `"'eval'" is not a keyword`, "Did you mean 'unsafe-eval'?", true],
    ["'all'", `"'all'" is not a keyword`, 'Did you mean "*"?', true],
    ["''", `"''" is not a keyword`, KEYWORD_LIST(), undefined],
    [
      "'sha256-a'",
      `"'sha256-a'" has a digest that is not base64: browsers differ on whether it is a hash`,
      'Write the digest in base64; hashesOf() of "portcullis/hashes" computes it.',
      true,
    ],
    [
      "a_b.example",
      '"a_b.example" is not a source: a host has letters, digits and hyphens',
      "Use a host name without an underscore.",
      true,
    ],
  ])("%s is refused", (text, message, hint, unknownKind) => {
    const { kind, message: said, hint: written, unknownKind: unknown } = readSource(text, "wire") as never;
    expect({ kind, said, written, unknown }).toEqual({ kind: "fault", said: message, written: hint, unknown: unknownKind });
  });
});

function KEYWORD_LIST(): string {
  return 'Keywords are "none", "self", "unsafe-inline", "unsafe-eval", "unsafe-hashes", "strict-dynamic", "wasm-unsafe-eval", "trusted-types-eval", "report-sample", "inline-speculation-rules", "report-sha256", "report-sha384", "report-sha512", "unsafe-webtransport-hashes" or "unsafe-allow-redirects".';
}

it.each([
  ["AAAA", true],
  ["AAA", true],
  ["AAA=", true],
  ["AAA==", false],
  ["AA==", true],
  ["AA===", false],
  ["A", false],
  ["AAAA=", false],
  ["A+/A", true],
  ["A-_A", true],
  ["A+_A", false],
  ["A".repeat(88), true],
  ["A".repeat(92), false],
])("%s is decoded by every browser: %s", (digest, decodes) => {
  expect(isDecodable(digest)).toBe(decodes);
});

it.each([
  ["'self'", true],
  ["'unsafe-inline'", false],
  ["'none'", false],
  ["'nonce-abc'", false],
  [`'sha256-${SHA256}'`, true],
  ["https:", false],
  ["*", false],
  ["*.example", false],
  ["*.example.", false],
  ["*.a.example", true],
  ["https://*:443", false],
  ["a.example", true],
  ["'strict-dynamic-url'", false],
])("%s allows single places only: %s", (text, narrow) => {
  expect(isNarrow(readSource(text, "wire") as SourceExpression)).toBe(narrow);
});

describe("source()", () => {
  it.each([
    ["https://a.example", "https://a.example"],
    ["self", "'self'"],
    ["intranet", "intranet"],
    ["'strict-dynamic-url'", "'strict-dynamic-url'"],
  ])("of %s is %s", (text, wire) => {
    expect(sourceText(source(text))).toBe(wire);
  });

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "source: undefined is not a string. Is the environment variable set?"],
    ["an empty string", "", 'source: "" is not a source. Is the environment variable set?'],
    ["a number", 1, 'source: 1 is not a string. Write source("https://cdn.example").'],
    ["a list", [], "source: a list is not a string. Call it for each: hosts.map(source)."],
    ["a promise", Promise.resolve("a"), "source: a promise is not a string. Write await before it."],
    ["a space", "a b", 'source: "a b" contains a space. Write one source per string: "a", "b".'],
  ])("of %s is refused", (_, text, issue) => {
    expect(issuesOf(() => source(text as never))).toEqual([issue]);
  });

  it("is frozen", () => {
    expect(Object.isFrozen(trustedSource("a"))).toBe(true);
  });

  it.each<[unknown]>([[null], [{}], ["a"], [{ [Symbol.for("portcullis.source@1")]: 1 }]])("has no text of %o", (value) => {
    expect(sourceText(value)).toBe(undefined);
  });
});
