import { describe, expect, it } from "vitest";
import { audit } from "../../src/audit/index.js";

/** What is found in one Set-Cookie, without the cookie's name and the advice. */
const found = (line: string) =>
  audit({}, { cookies: [line] }).findings.flatMap(({ rule, severity, message }) =>
    rule === "weak-cookie" ? [`${severity}: ${message.replace(/^The cookie ".*?" /, "")}`] : [],
  );

const NO_SECURE = "medium: has no Secure: it is sent over plain http, where anyone on the network can read it.";
const UNKNOWN_SAME_SITE = "medium: has a SameSite that no browser knows.";
const REFUSED_PARTITIONED = "medium: has Partitioned without Secure, and browsers reject it.";
const prefix = (needs: string) => `medium: breaks the rules of its prefix, and browsers reject it: it needs ${needs}.`;

describe("A Set-Cookie is read as browsers read it (RFC 6265bis §5.6)", () => {
  it.each<[name: string, line: string, expected: readonly string[]]>([
    ["the names of attributes in any case", "a=1; SECURE; samesite=LAX", []],
    ["Secure with a value is Secure", "a=1; Secure=false; SameSite=Lax", []],
    ["the last SameSite counts", "a=1; Secure; SameSite=Never; SameSite=Lax", []],
    ["an unknown last SameSite counts too", "a=1; Secure; SameSite=Lax; SameSite=Never", [UNKNOWN_SAME_SITE]],
    ["an attribute with more than 1024 characters is ignored", `a=1; Secure=${"x".repeat(1025)}; SameSite=Lax`, [NO_SECURE]],
    ["an attribute with 1024 characters is not", `a=1; Secure=${"x".repeat(1024)}; SameSite=Lax`, []],
    ["an over-long SameSite leaves the one before in force", `a=1; Secure; SameSite=Lax; SameSite=${"x".repeat(1025)}`, []],
    ["blanks and tabs around an attribute play no part", "a=1;\tSecure ; SameSite\t=  Lax\t", []],
    ["a no-break space is part of the name", "a=1; Secure\u00a0; SameSite=Lax", [NO_SECURE]],
    ["an attribute in the value of another is none", "a=1; Path=Secure; SameSite=Lax", [NO_SECURE]],
    ["a text without '=' is a value", "Secure; SameSite=Lax", [NO_SECURE]],
    ["the value may hold '='", "a=b=c; Secure; SameSite=Lax", []],
  ])("%s", (_, line, expected) => {
    expect(found(line)).toEqual(expected);
  });

  it.each<[name: string, line: string]>([
    ["a control character", "a=1\u0001; Secure; SameSite=Lax"],
    ["more than 4096 characters of name and value", `a=${"x".repeat(4096)}; Secure; SameSite=Lax`],
    ["neither name nor value", "=; Secure; SameSite=Lax"],
  ])("browsers refuse %s", (_, line) => {
    expect(found(line)).toEqual(["medium: is rejected by browsers: it is empty, too long, or contains a control character."]);
  });

  it("4096 characters of name and value are kept", () => {
    expect(found(`a=${"x".repeat(4095)}; Secure; SameSite=Lax`)).toEqual([]);
  });
});

describe("Partitioned", () => {
  it("with Secure is fine", () => {
    expect(found("a=1; Secure; SameSite=None; Partitioned")).toEqual([]);
  });

  it("without Secure is refused", () => {
    expect(found("a=1; SameSite=Lax; Partitioned")).toEqual([NO_SECURE, REFUSED_PARTITIONED]);
  });
});

describe("Prefixes", () => {
  it.each<[line: string, needs: string]>([
    ["__Secure-a=1; SameSite=Lax", "Secure"],
    ["__Http-a=1; SameSite=Lax", "Secure, HttpOnly"],
    ["__Http-a=1; Secure; SameSite=Lax", "HttpOnly"],
    ["__Host-a=1; SameSite=Lax", "Secure, Path=/"],
    ["__Host-a=1; Secure; SameSite=Lax", "Path=/"],
    ["__Host-a=1; Secure; Path=/app; SameSite=Lax", "Path=/"],
    ["__Host-a=1; Secure; Path=/; Path=/app; SameSite=Lax", "Path=/"],
    ["__Host-a=1; Secure; Path=/; Domain=site.example; SameSite=Lax", "no Domain"],
    ["__Host-Http-a=1; Secure; Path=/; SameSite=Lax", "HttpOnly"],
    ["__Host-Http-a=1; Domain=site.example; SameSite=Lax", "Secure, HttpOnly, Path=/, no Domain"],
    ["__host-http-a=1; Secure; HttpOnly; SameSite=Lax", "Path=/"],
    ["__HTTP-a=1; Secure; SameSite=Lax", "HttpOnly"],
  ])("%s needs %s", (line, needs) => {
    expect(found(line).filter((one) => one !== NO_SECURE)).toEqual([prefix(needs)]);
  });

  it.each([
    "__Secure-a=1; Secure; SameSite=Lax",
    "__Secure-a=1; Secure; Domain=site.example; Path=/app; SameSite=Lax",
    "__Http-a=1; Secure; HttpOnly; SameSite=Lax",
    "__Host-a=1; Secure; Path=/; SameSite=Lax",
    "__Host-a=1; Secure; Path=/app; Path=/; SameSite=Lax",
    "__Host-a=1; Secure; Path=/; Domain=; SameSite=Lax",
    "__Host-Http-a=1; Secure; HttpOnly; Path=/; SameSite=Lax",
    "a__Host-=1; Secure; SameSite=Lax",
    "__Hostile=1; Secure; SameSite=Lax",
  ])("%s keeps the rules", (line) => {
    expect(found(line)).toEqual([]);
  });

  it("in the value of a cookie without a name is refused", () => {
    expect(found("=__Host-a=1; Secure; Path=/; SameSite=Lax")).toEqual([
      "medium: has no name, and a value that begins with a prefix: browsers reject it.",
    ]);
  });
});

describe("What a name says", () => {
  it("the router's affinity cookie is no session", () => {
    expect(found("heroku-session-affinity=1; Secure; SameSite=Lax")).toEqual([]);
  });

  it("Express's own session cookie is one", () => {
    expect(found("connect.sid=1; Secure; SameSite=Lax")).toEqual([
      "medium: is a session cookie by its name and has no HttpOnly: an injected script can read it.",
    ]);
  });

  it("the advice for a broken prefix says what to write", () => {
    const [finding] = audit({}, { cookies: ["__Host-a=1; Secure; SameSite=Lax"] }).findings.filter(({ rule }) => rule === "weak-cookie");
    expect(finding?.fix).toBe("Add what is missing, or remove the prefix.");
  });
});

// 100,000 attributes and values cost no more than reading them.
it("a line of a megabyte is read within its deadline", { timeout: 5000 }, () => {
  expect(found(`a=1${"; \t ".repeat(250_000)}; Secure; SameSite=Lax`)).toEqual([]);
});
