import { describe, expect, it } from "vitest";
import { isKnownSameSite, readSetCookie } from "../../src/values/set-cookie.js";

describe("a Set-Cookie", () => {
  it("is split at the first equals sign", () => {
    expect(readSetCookie("a=b=c")).toEqual({ name: "a", value: "b=c", attributes: new Map() });
  });

  it("has blanks taken from around its name and value", () => {
    expect(readSetCookie(" a\t= b ;")).toMatchObject({ name: "a", value: "b" });
  });

  it("without an equals sign has no name", () => {
    expect(readSetCookie("abc")).toMatchObject({ name: "", value: "abc" });
  });

  it("that begins with an equals sign has no name", () => {
    expect(readSetCookie("=abc")).toMatchObject({ name: "", value: "abc" });
  });

  it("may be empty", () => {
    expect(readSetCookie("")).toEqual({ name: "", value: "", attributes: new Map() });
  });

  it("has its attributes under lower-case names, their values as written", () => {
    expect([...readSetCookie("a=b; Path = /A ; SECURE").attributes]).toEqual([
      ["path", "/A"],
      ["secure", ""],
    ]);
  });

  it("keeps an equals sign in an attribute's value", () => {
    expect([...readSetCookie("a=b; Path=/?c=d").attributes]).toEqual([["path", "/?c=d"]]);
  });

  it("may have an attribute without a name", () => {
    expect([...readSetCookie("a=b; =c").attributes]).toEqual([["", "c"]]);
  });

  it("has the last of a repeated attribute", () => {
    expect([...readSetCookie("a=b; SameSite=Lax; samesite=None").attributes]).toEqual([["samesite", "None"]]);
  });

  it("keeps an attribute of 1024 bytes", () => {
    expect(readSetCookie(`a=b; Path=${"/".repeat(1024)}`).attributes.get("path")).toHaveLength(1024);
  });

  it("ignores an attribute of 1025 bytes", () => {
    expect([...readSetCookie(`a=b; Path=/; Path=${"/".repeat(1025)}`).attributes]).toEqual([["path", "/"]]);
  });
});

it.each([
  ["Strict", true],
  ["lax", true],
  ["NONE", true],
  ["", false],
  ["Default", false],
])("SameSite=%s is known to browsers: %s", (value, known) => {
  expect(isKnownSameSite(value)).toBe(known);
});
