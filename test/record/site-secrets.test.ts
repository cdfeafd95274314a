import { describe, expect, it } from "vitest";
import { siteSecretsOf, walkSecrets } from "../../src/record/site-secrets.js";

describe("what is secret of a value that a site has set", () => {
  it.each<[string, string, readonly string[]]>([
    ["a token", "Zk9xQ17sLPwQ", ["Zk9xQ17sLPwQ"]],
    ["a short value", "dark", []],
    ["an origin", "https://api.example:8443", []],
    ["an origin, percent-encoded", "https%3A%2F%2Fapi.example", []],
    ["a host", "www.shop.example", []],
    ["this machine", "localhost:7406", []],
    ["a page", "https://shop.example/products/list", []],
    ["an address with a token", "https://shop.example/a/4711", ["https://shop.example/a/4711"]],
    ["a JSON web token", "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl9", ["eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl9"]],
    [
      "a signed session",
      "s%3AQwErTyUiOpAsDfGh.SIGNATUREsignature%2B",
      ["s%3AQwErTyUiOpAsDfGh.SIGNATUREsignature%2B", "QwErTyUiOpAsDfGh", "SIGNATUREsignature+"],
    ],
    ["a signed short value", "s:dark.SIGNATUREsignature", ["s:dark.SIGNATUREsignature", "SIGNATUREsignature"]],
  ])("%s", (_, value, secrets) => {
    expect(siteSecretsOf(value)).toEqual(secrets);
  });
});

describe("what a site sets is remembered", () => {
  it("up to 10,000 values, which is said", () => {
    const secrets = walkSecrets(["known-value"]);
    for (let index = 0; index < 10_000; index += 1) secrets.add(`a-value-${index}`);
    expect([secrets.all.size, secrets.note()]).toEqual([10_001, undefined]);
    secrets.add("a-value-0");
    secrets.add("dark");
    expect(secrets.note()).toBe(undefined);
    secrets.add("a-value-more");
    expect([secrets.all.size, secrets.all.has("a-value-more"), secrets.all.has("known-value")]).toEqual([10_001, false, true]);
    expect(secrets.note()).toBe(
      "The site set more cookies than are remembered (10000 values, 1000000 characters): what pages have shown of later ones is not replaced in this output. Read it before you share it.",
    );
  });

  it("up to 1,000,000 characters", () => {
    const secrets = walkSecrets([]);
    // A page of a hostile site sets 150 cookies of 3.9 kB; forty pages are 23 MB.
    for (let index = 0; index < 6_000; index += 1) secrets.add(`${index}`.padEnd(3_900, "x"));
    expect([secrets.all.size, secrets.note() === undefined]).toEqual([256, false]);
  });
});
