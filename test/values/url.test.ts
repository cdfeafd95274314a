import { expect, it } from "vitest";
import { urlOf } from "../../src/values/url.js";

it.each([
  ["https://a.example/b", undefined, "https://a.example/b"],
  ["/b", "https://a.example", "https://a.example/b"],
  ["https://bücher.example", undefined, "https://xn--bcher-kva.example/"],
  ["/b", undefined, undefined],
  ["https://a b", undefined, undefined],
])("the URL of %s with the base %s is %s", (text, base, url) => {
  expect(urlOf(text, base)?.href).toBe(url);
});
