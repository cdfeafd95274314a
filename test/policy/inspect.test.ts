import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { append, definePolicy, nonce, perRequest } from "../../src/index.js";
import { none } from "../../src/presets/index.js";

const secret = () => "https://tenant.example";

describe("console.log of a policy prints", () => {
  it("its layers and its headers", () => {
    const policy = definePolicy("none", { xFrameOptions: "DENY", custom: { "X-A": "b" } });
    expect(inspect(policy)).toBe("Policy none + { xFrameOptions, custom }\n  X-Frame-Options: DENY\n  X-A: b");
  });

  it("the names it removes", () => {
    const policy = definePolicy("none", { xFrameOptions: "DENY", stripHeaders: ["X-Powered-By", "Server"] });
    expect(inspect(policy)).toBe("Policy none + { xFrameOptions, stripHeaders }\n  X-Frame-Options: DENY\n  removes: X-Powered-By, Server");
  });

  it("a nonce and perRequest slots by what they are", () => {
    const policy = definePolicy("none", {
      contentSecurityPolicy: { scriptSrc: [nonce, "self", perRequest(secret)], imgSrc: [perRequest(secret)] },
    });
    expect(inspect(policy)).toBe(
      "Policy none + { contentSecurityPolicy }\n  Content-Security-Policy: script-src 'nonce-…' 'self' <perRequest>; img-src <perRequest>",
    );
  });

  it("each slot of a directive that has nothing else", () => {
    const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: [perRequest(secret), perRequest(secret)] } });
    expect(inspect(policy)).toBe(
      "Policy none + { contentSecurityPolicy }\n  Content-Security-Policy: default-src <perRequest> <perRequest>",
    );
  });

  it("only its layers where it has no header", () => {
    expect(inspect(definePolicy("none"))).toBe("Policy none");
  });

  it("why it cannot be sent", () => {
    const policy = definePolicy("none", { maxBytes: 3, xFrameOptions: "DENY" });
    expect(inspect(policy)).toBe(
      "Policy none + { maxBytes, xFrameOptions }\n  cannot be sent: xFrameOptions: X-Frame-Options has 4 bytes, and a header has 3 at most. Shorten it, or write maxBytes: 4 if every server and proxy on the way accepts it.",
    );
  });

  it("one word where it is nested too deeply", () => {
    expect(inspect({ a: { b: { c: definePolicy("none") } } })).toContain("c: [Policy]");
  });
});

describe("the method that prints a policy", () => {
  const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["none"], imgSrc: append("https://img.example") } });

  it("is no member of its JSON", () => {
    expect(Object.keys(JSON.parse(JSON.stringify(policy)))).toEqual(["layers", "resolved"]);
  });

  it("is not copied by a spread", () => {
    expect(Reflect.ownKeys({ ...policy })).toEqual(["layers", "resolved"]);
  });
});

it("console.log of a preset prints its name and its patch", () => {
  expect(inspect(none)).toBe("Preset none [Object: null prototype] {}");
});
