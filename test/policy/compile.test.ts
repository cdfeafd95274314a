import { describe, expect, it } from "vitest";
import { append, definePolicy, nonce, perRequest } from "../../src/index.js";
import { compile, type HeaderLine, variantChange } from "../../src/policy/compile.js";
import type { Policy } from "../../src/policy/policy.js";
import { issuesOf } from "../messages.js";

const custom = (name: string, value: string) => ({ layers: [], resolved: { custom: { [name]: value } } }) as unknown as Policy;

describe("a policy that no schema has checked", () => {
  it("is refused for a name with a blank", () => {
    expect(issuesOf(() => compile(custom("X A", "1")))).toEqual([
      '"X A": "1" has characters that a header cannot carry. Write visible ASCII on one line.',
    ]);
  });

  it("is refused for a value with a line break", () => {
    expect(issuesOf(() => compile(custom("X-A", "1\r\nX-B: 2")))).toEqual([
      '"X-A": "1\\r\\nX-B: 2" has characters that a header cannot carry. Write visible ASCII on one line.',
    ]);
  });

  it("is compiled where name and value are right", () => {
    expect(compile(custom("X-A", "1")).plain).toEqual({ names: ["X-A"], keys: ["x-a"], values: ["1"], rooms: [0] });
  });
});

describe("what a compiled policy depends on is", () => {
  it("the host where loopback hosts get other headers", () => {
    expect(compile(definePolicy("none", { contentSecurityPolicy: { upgradeInsecureRequests: true } })).dependsOn).toBe("host");
  });

  it("the scheme where http gets other headers", () => {
    expect(compile(definePolicy("none", { strictTransportSecurity: { maxAge: 1 } })).dependsOn).toBe("scheme");
  });

  it("nothing where all get the same", () => {
    expect(compile(definePolicy("none", { xFrameOptions: "DENY" })).dependsOn).toBe("nothing");
  });
});

describe("variants that do not differ are one object", () => {
  it("for http", () => {
    const { secure, plain } = compile(definePolicy("none", { xFrameOptions: "DENY" }));
    expect(plain).toBe(secure);
  });

  it("for loopback hosts, with a nonce and a perRequest slot too", () => {
    const scriptSrc = ["self", nonce, perRequest(() => [])] as const;
    const { secure, loopback } = compile(
      definePolicy("none", { contentSecurityPolicy: { scriptSrc }, strictTransportSecurity: { maxAge: 1 } }),
    );
    expect(loopback).toBe(secure);
  });
});

describe("removed from a sealed response", () => {
  const policy = definePolicy("strict", { xFrameOptions: false, stripHeaders: ["Server"] });

  it("is over https what is stripped or switched off", () => {
    expect(compile(policy).removed.secure).toEqual(["Server", "X-Frame-Options"]);
  });

  it("is over http what is not sent there too", () => {
    expect(compile(policy).removed.plain).toEqual(["Server", "X-Frame-Options", "Strict-Transport-Security"]);
  });

  it("is written in lower case as well", () => {
    expect(compile(policy).removedKeys.plain).toEqual(["server", "x-frame-options", "strict-transport-security"]);
  });

  it("is nothing that a preset only leaves out", () => {
    expect(compile(definePolicy("none")).removed.secure).toEqual([]);
  });

  it("is nothing that a layer above has switched on again", () => {
    expect(compile(definePolicy("none", { xFrameOptions: false }, { xFrameOptions: "DENY" })).removed.secure).toEqual([]);
  });
});

describe("slots of a compiled policy", () => {
  const withSlots = (...scriptSrc: ("self" | typeof nonce | ReturnType<typeof perRequest>)[]) =>
    compile(definePolicy("none", { contentSecurityPolicy: { scriptSrc } }));

  it("are none in a static one", () => {
    const { isStatic, hasNonce, hasPerRequest, nonceHeaders } = withSlots("self");
    expect([isStatic, hasNonce, hasPerRequest, nonceHeaders]).toEqual([true, false, false, []]);
  });

  it("are a nonce", () => {
    const { isStatic, hasNonce, hasPerRequest, nonceHeaders } = withSlots(nonce);
    expect([isStatic, hasNonce, hasPerRequest, nonceHeaders]).toEqual([false, true, false, ["Content-Security-Policy"]]);
  });

  it("are functions of the request", () => {
    const { isStatic, hasNonce, hasPerRequest, nonceHeaders } = withSlots(
      "self",
      perRequest(() => []),
    );
    expect([isStatic, hasNonce, hasPerRequest, nonceHeaders]).toEqual([false, false, true, []]);
  });
});

describe("the room for what perRequest returns", () => {
  it("is what the header leaves of maxBytes", () => {
    const scriptSrc = ["self", perRequest(() => [])] as const;
    // script-src 'self'
    expect(compile(definePolicy("none", { contentSecurityPolicy: { scriptSrc }, maxBytes: 100 })).secure.rooms).toEqual([83]);
  });

  it("counts a nonce as 24 bytes", () => {
    const scriptSrc = [nonce, perRequest(() => [])] as const;
    // script-src 'nonce-…'
    expect(compile(definePolicy("none", { contentSecurityPolicy: { scriptSrc }, maxBytes: 100 })).secure.rooms).toEqual([57]);
  });
});

describe("a change from one variant to another", () => {
  const variant = (policy: Policy) => compile(policy).secure;
  const change = (before: Policy, after: Policy, strip: readonly string[] = []) => variantChange(variant(before), variant(after), strip);
  const slot = perRequest(() => []);
  const scripts = (...scriptSrc: ("self" | typeof nonce | typeof slot)[]) =>
    definePolicy("none", { contentSecurityPolicy: { scriptSrc }, xFrameOptions: "DENY" });

  it("has the headers whose values differ", () => {
    const after = definePolicy("none", { xFrameOptions: "SAMEORIGIN", referrerPolicy: "no-referrer" });
    expect(change(definePolicy("none", { xFrameOptions: "DENY", referrerPolicy: "no-referrer" }), after)).toEqual({
      remove: [],
      names: ["X-Frame-Options"],
      keys: ["x-frame-options"],
      values: ["SAMEORIGIN"],
      rooms: [0],
    });
  });

  it("has the headers that are new", () => {
    expect(change(definePolicy("none"), definePolicy("none", { xFrameOptions: "DENY" })).names).toEqual(["X-Frame-Options"]);
  });

  it("removes in lower case what is no longer sent, and what is stripped", () => {
    expect(change(definePolicy("none", { xFrameOptions: "DENY" }), definePolicy("none"), ["Server"]).remove).toEqual([
      "x-frame-options",
      "server",
    ]);
  });

  it("has no header of the same slots", () => {
    expect(change(scripts("self", nonce, slot), scripts("self", nonce, slot)).names).toEqual([]);
  });

  it.each<[string, Policy, Policy]>([
    [
      "another perRequest function",
      scripts("self", slot),
      scripts(
        "self",
        perRequest(() => []),
      ),
    ],
    ["a nonce for a perRequest function", scripts("self", slot), scripts("self", nonce)],
    [
      "a second perRequest function",
      scripts("self", slot),
      scripts(
        "self",
        slot,
        perRequest(() => []),
      ),
    ],
    ["text for a slot", scripts("self", nonce), scripts("self")],
    ["a slot for text", scripts("self"), scripts("self", nonce)],
    ["more text beside a slot", scripts(nonce), definePolicy(scripts(nonce), { contentSecurityPolicy: { scriptSrc: append("self") } })],
  ])("has the header for %s", (_, before, after) => {
    expect(change(before, after).names).toEqual(["Content-Security-Policy"]);
  });

  it("keeps the room of a header with slots", () => {
    const lines: HeaderLine[] = [["A", ["a", { ...noSlots }], 7]];
    const after = { names: ["A"], keys: ["a"], values: [lines[0]?.[1] as never], rooms: [7] };
    expect(variantChange({ names: [], keys: [], values: [], rooms: [] }, after, []).rooms).toEqual([7]);
  });
});

const noSlots = { path: [], slots: [], join: () => "" };
