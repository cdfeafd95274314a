import { describe, expect, it } from "vitest";
import { parseHeaders, renderHeaders } from "../../src/index.js";
import { issuesOf } from "../messages.js";

describe("reading headers that exist", () => {
  it("takes pairs, a Fetch Headers and what Node gives, and passes other headers over", () => {
    const expected = { "X-Frame-Options": "DENY" };
    expect(
      renderHeaders(
        parseHeaders([
          ["x-frame-options", "DENY"],
          ["Content-Type", "text/html"],
        ]),
      ),
    ).toEqual(expected);
    expect(renderHeaders(parseHeaders(new Headers({ "X-Frame-Options": "DENY", Date: "now" })))).toEqual(expected);
    expect(
      renderHeaders(parseHeaders({ "x-frame-options": "DENY", "content-length": 5, "set-cookie": ["a=b", "c=d"], etag: undefined })),
    ).toEqual(expected);
  });

  it("says so of what is no set of headers", () => {
    expect(issuesOf(() => parseHeaders(null as never))).toEqual([
      'parseHeaders: null is not a set of headers. Pass a Headers, pairs, or an object such as { "X-Frame-Options": "DENY" }.',
    ]);
    expect(issuesOf(() => parseHeaders(Promise.resolve({}) as never))).toEqual([
      "parseHeaders: a promise is not a set of headers. Write await before it.",
    ]);
    expect(issuesOf(() => parseHeaders({ a: Symbol("x") } as never))).toEqual([
      "parseHeaders.a: its value is not a string. Pass a string, or a list of strings.",
    ]);
  });
});
