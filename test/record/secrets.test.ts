import { describe, expect, it } from "vitest";
import { shownElement } from "../../src/record/element.js";
import { hideIn } from "../../src/record/hide-in.js";
import { hiderOf } from "../../src/record/secrets.js";

const hide = hiderOf(new Set(["viewport", "C00kie-value", "short"]));

describe("what may be a secret in a text", () => {
  it.each([
    ["a known value", "csrf is C00kie-value.", "csrf is ***."],
    ["a value of few characters within a word", "shortly", "shortly"],
    ["a query of an address", 'fetch("https://a.test/x?k=SECRET#f")', 'fetch("https://a.test/x?…")'],
    ["a query of a path in code", "go('/x?k=SECRET')", "go('/x?…')"],
    ["a query without =", "GET /api/v1?RAWSECRET failed", "GET /api/v1?… failed"],
    ["a query of a relative address", 'href="export?api_key=SECRET"', 'href="export?…"'],
    ["a user name and password", "cannot reach https://bob:SECRET@api.test/x", "cannot reach https://api.test/x"],
    ["a session in a path", "http://a.test/b;jsessionid=SECRET:1:2", "http://a.test/b;…:1:2"],
    ["a parameter of a path that is code", "let a=1;b=2", "let a=1;b=2"],
    ["a condition in code", "x = a ? b : c", "x = a ? b : c"],
    ["a question", "Is it /help?", "Is it /help?"],
    ["a hash", "'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='", "'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"],
  ])("%s", (_, text, expected) => {
    expect(hide(text)).toBe(expected);
  });

  it("is hidden in values, and never in keys or words of the output", () => {
    expect(hideIn({ viewport: "viewport", title: "viewport" }, hide)).toEqual({ viewport: "viewport", title: "***" });
    expect(hideIn({ url: "http://a.test/viewport", notes: ["a viewport"] }, hide)).toEqual({ url: "http://a.test/***", notes: ["a ***"] });
  });

  it("leaves one object one object", () => {
    const code = { text: "1" };
    const [one, other] = hideIn([code, code], hide);
    expect(one).toBe(other);
  });
});

describe("the element of a violation", () => {
  it.each([
    ['<div onclick="x()" data-token="SECRET" title="/q?sig=SECRET"></div>', "x()", '<div onclick="x()"></div>'],
    ['<a href="/export?api_key=SECRET" onclick="go()" class="b"></a>', "go()", '<a href="/export" onclick="go()" class="b"></a>'],
    ['<input value="SECRET" name="pw" style="color:red">', "color:red", '<input name="pw" style="color:red">'],
    ["<script></script>", "", "<script></script>"],
    ['<p id="a" data-token="SECRE', "", '<p id="a">'],
    ["", "", ""],
  ])("%s", (html, code, expected) => {
    expect(shownElement(html, code)).toBe(expected);
  });
});
