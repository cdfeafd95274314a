import { describe, expect, it } from "vitest";
import { hiderOf } from "../../src/record/secrets.js";

/** A text that shows a secret, as the output has it. */
const hidden = (secret: string, text: string) => hiderOf(() => [secret])(text);

describe("a known secret is hidden", () => {
  it.each([
    ["as it is", "k3y/of&some=body", "token k3y/of&some=body", "token [hidden]"],
    ["in JSON", 'k3y"of\nsome', 'token k3y\\"of\\nsome', "token [hidden]"],
    ["in HTML", "k3y&of<some>\"'", "token k3y&amp;of&lt;some&gt;&quot;'", "token [hidden]"],
    ["in HTML with its apostrophe", "k3y&of'some", "token k3y&amp;of&#39;some", "token [hidden]"],
    ["percent-encoded", "k3y/of&some=body", "token k3y%2Fof%26some%3Dbody", "token [hidden]"],
    ["percent-encoded in lower case", "k3y/of&some=body", "token k3y%2fof%26some%3dbody", "token [hidden]"],
    ["percent-encoded with letters of other languages", "schlüssel", "token schl%C3%BCssel", "token [hidden]"],
    ["decoded, where it came percent-encoded", "k3y%2Fof%26some%3D", "token k3y/of&some=", "token [hidden]"],
    ["decoded and in HTML", "k3y%2Fof%26some%3D", "token k3y/of&amp;some=", "token [hidden]"],
    ["with half a surrogate pair", "k3y\ud800some", "token k3y\ud800some", "token [hidden]"],
    ["with a percent sign that encodes nothing", "100%secret", "token 100%secret", "token [hidden]"],
  ])("%s", (_, secret, text, expected) => {
    expect(hidden(secret, text)).toBe(expected);
  });

  it("by its whole text where another one is its beginning", () => {
    expect(hiderOf(() => ["secret-1", "secret-12345"])("token secret-12345")).toBe("token [hidden]");
  });

  it("by its whole text where the beginning of its text is another one, percent-encoded", () => {
    expect(hiderOf(() => ["%73%65%63%72%65%74%2D%31", "secret-12345"])("token secret-12345")).toBe("token [hidden]");
  });

  it("that a later page has set", () => {
    const secrets = new Set(["secret-1"]);
    const hide = hiderOf(() => secrets);
    expect(hide("secret-1 secret-2")).toBe("[hidden] secret-2");
    secrets.add("secret-2");
    expect(hide("secret-1 secret-2")).toBe("[hidden] [hidden]");
  });

  it("not where its decoded text is shorter than any secret", () => {
    expect(hidden("%61%62%63", "abc and %61%62%63")).toBe("abc and [hidden]");
  });

  it.each([
    ["%2Fproducts%2Flist", "http://site.example/products/list"],
    ["https%3A%2F%2Fcdn.example", "img-src https://cdn.example"],
    ["https%3A%2F%2Fcdn.example%3A8080%2Fa", "img-src https://cdn.example:8080/a"],
  ])("not where its decoded text is an address that pages have themselves: %s", (secret, text) => {
    expect(hidden(secret, `${text} ${secret}`)).toBe(`${text} [hidden]`);
  });

  it("where its decoded text only begins as a path does", () => {
    expect(hidden("%2Fx8fk2Zq%3D", "token /x8fk2Zq=")).toBe("token [hidden]");
  });

  it("where it has eight characters, and not with seven", () => {
    expect(hiderOf(() => ["eight888", "seven77"])("eight888 seven77")).toBe("[hidden] seven77");
  });
});
