import { describe, expect, it } from "vitest";
import { onCommit, takeHead } from "../../src/middleware/commit.js";
import { removeNonceHeaders, type State } from "../../src/middleware/state.js";

/** A response as far as these functions use it; what is called is written down. */
class Response {
  readonly calls: unknown[][] = [];
  readonly headersSent: boolean = false;
  readonly sent = new Map<string, unknown>();
  getHeader(name: string) {
    return this.sent.get(name);
  }
  setHeader(name: string, value: unknown) {
    this.sent.set(name, value);
    this.calls.push(["setHeader", name, value]);
  }
  removeHeader(name: string) {
    this.sent.delete(name);
  }
  writeHead(...args: unknown[]) {
    this.calls.push(["writeHead", ...args]);
  }
}
const response = () => new Response() as Response & { writeHead(...args: unknown[]): unknown };

describe("a listener", () => {
  it("hears of the status before Node does", () => {
    const res = response();
    onCommit(res, (status) => res.calls.push(["listener", status]));
    res.writeHead(404);
    expect(res.calls).toEqual([
      ["listener", 404],
      ["writeHead", 404],
    ]);
  });

  it("follows those that were added before", () => {
    const res = response();
    for (const name of ["first", "second"]) onCommit(res, () => res.calls.push([name]));
    res.writeHead(200);
    expect(res.calls).toEqual([["first"], ["second"], ["writeHead", 200]]);
  });

  it("finds the headers that came with writeHead", () => {
    const res = response();
    let found: unknown;
    onCommit(res, () => {
      found = res.getHeader("A");
    });
    res.writeHead(200, "Fine", { A: "1" });
    expect([found, res.calls.at(-1)]).toEqual(["1", ["writeHead", 200, "Fine"]]);
  });

  it("does not run once the headers are sent", () => {
    const res = Object.assign(response(), { headersSent: true });
    onCommit(res, () => res.calls.push(["listener"]));
    res.writeHead(200);
    expect(res.calls).toEqual([["writeHead", 200]]);
  });

  it("runs again for a header that other code sets after it", () => {
    const res = response();
    const { writeHead } = res;
    res.writeHead = function (this: Response, ...args: unknown[]) {
      this.setHeader("A", "theirs");
      return writeHead.apply(this, args);
    };
    onCommit(res, () => res.setHeader("A", "ours"));
    res.writeHead(200);
    expect(res.getHeader("A")).toBe("ours");
  });

  it("leaves a response's own methods in their place", () => {
    const res = response();
    const setHeader = (name: string, value: unknown) => Response.prototype.setHeader.call(res, name, value);
    const { writeHead } = res;
    Object.assign(res, { setHeader, writeHead: (...args: unknown[]) => writeHead.apply(res, args) });
    onCommit(res, () => undefined);
    res.writeHead(200);
    expect([res.setHeader === setHeader, Object.hasOwn(res, "removeHeader")]).toEqual([true, false]);
  });
});

describe("headers that come with writeHead", () => {
  const taken = (first: unknown, second?: unknown) => {
    const res = response();
    const reason = takeHead(res as never, first, second);
    return { reason, sent: [...res.sent] };
  };

  it.each<[string, unknown[], { reason: string | undefined; sent: unknown[] }]>([
    ["none", [undefined], { reason: undefined, sent: [] }],
    ["a reason", ["Fine"], { reason: "Fine", sent: [] }],
    [
      "an object",
      [{ A: "1", B: ["2", "3"] }],
      {
        reason: undefined,
        sent: [
          ["A", "1"],
          ["B", ["2", "3"]],
        ],
      },
    ],
    ["a reason and an object", ["Fine", { A: "1" }], { reason: "Fine", sent: [["A", "1"]] }],
    [
      "a flat list",
      [["A", "1", "B", "2", "a", "3"]],
      {
        reason: undefined,
        sent: [
          ["A", ["1", "3"]],
          ["B", "2"],
        ],
      },
    ],
    [
      "pairs",
      [
        [
          ["A", "1"],
          ["B", ["2", "3"]],
        ],
      ],
      {
        reason: undefined,
        sent: [
          ["A", "1"],
          ["B", ["2", "3"]],
        ],
      },
    ],
    ["null", ["Fine", null], { reason: "Fine", sent: [] }],
    [
      "cookies in two spellings",
      [{ "Set-Cookie": "a=1", "set-cookie": ["b=2"] }],
      {
        reason: undefined,
        sent: [
          ["Set-Cookie", "a=1"],
          ["set-cookie", ["a=1", "b=2"]],
        ],
      },
    ],
  ])("are set from %s", (_, [first, second], result) => {
    expect(taken(first, second)).toEqual(result);
  });

  it("are refused in a flat list whose last name has no value", () => {
    expect(() => taken(["A", "1", "B"])).toThrow(new TypeError("writeHead was called with a list of headers whose last name has no value"));
  });
});

describe("headers with the nonce", () => {
  const state = { nonce: "abc", compiled: { nonceHeaders: ["A", "B"] } } as unknown as State;

  it("are removed, but not those that other code has replaced", () => {
    const res = response();
    res.setHeader("A", "'nonce-abc'");
    res.setHeader("B", "'self'");
    removeNonceHeaders(res as never, state);
    expect([...res.sent.keys()]).toEqual(["B"]);
  });

  it.each([undefined, { ...state, nonce: undefined } as State])("are none without a policy or a nonce", (none) => {
    const res = response();
    res.setHeader("A", "undefined");
    removeNonceHeaders(res as never, none);
    expect([...res.sent.keys()]).toEqual(["A"]);
  });
});
