import { expect, it } from "vitest";
import { readServed } from "../../src/record/served.js";

/** Where the script `1` of a page is. */
const placesIn = (html: string) => readServed(html).surroundings.get("1");

it("code in the head and directly in the body has nothing around it", () => {
  expect(placesIn("<head><script>1</script></head><body><script>1</script>")).toEqual([
    { near: "", top: "" },
    { near: "", top: "" },
  ]);
});

it("code in two pages has the same around it where the text of the element is the same, but for nonces", () => {
  const [one] = placesIn('<p>one</p><footer><script nonce="a">1</script></footer>') ?? [];
  const [other] = placesIn('<p>other</p><footer><script nonce="b">1</script></footer>') ?? [];
  expect(one?.near).not.toBe("");
  expect(one).toEqual(other);
});

it("code in two pages has the same near it and something else farther out", () => {
  const [one] = placesIn("<main>one<div><script>1</script></div></main>") ?? [];
  const [other] = placesIn("<main>other<div><script>1</script></div></main>") ?? [];
  expect([one?.near === other?.near, one?.top === other?.top]).toEqual([true, false]);
});

it("a script file counts unless its element has a nonce", () => {
  const pages = ["<script src=a.js></script>", "<script nonce=a src=a.js></script>", "<script>1</script>"];
  expect(pages.map((html) => readServed(html).hasScriptFile)).toEqual([true, false, false]);
});

it("a page nested more deeply than the call stack is read", () => {
  expect(placesIn(`${"<div>".repeat(50_000)}<script>1</script>`)).toHaveLength(1);
});
