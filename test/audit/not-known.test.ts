import { describe, expect, it, vi } from "vitest";
import { compare, explain } from "../../src/audit/index.js";

// Registries with one entry more than the audit knows: the compiler refuses that, and this is what happens all the same.
vi.mock("../../src/headers/content-security-policy/directives.js", async (original) => {
  const actual = await original<typeof import("../../src/headers/content-security-policy/directives.js")>();
  const moonSrc = { takes: "basic", fallback: ["defaultSrc"] } as const;
  return {
    ...actual,
    directives: { ...actual.directives, moonSrc, moonMode: { takes: "flag" } },
    rows: { ...actual.rows, moonSrc, moonMode: { takes: "flag" } },
    keyOfName: new Map([...actual.keyOfName.entries(), ["moon-src", "moonSrc"], ["moon-mode", "moonMode"]]),
    takesOf: (key: string) => (key === "moonSrc" ? actual.sourceLists.basic : actual.takesOf(key)),
  };
});
vi.mock("../../src/headers/index.js", async (original) => {
  const actual = await original<typeof import("../../src/headers/index.js")>();
  const header = { name: "Moon-Policy", serialize: String, parse: (text: string) => text };
  const moon = { key: "moonPolicy", name: "Moon-Policy", header, reportOnly: false };
  return {
    ...actual,
    registered: [...actual.registered, moon],
    headerNamed: (name: string) => (name.toLowerCase() === "moon-policy" ? moon : actual.headerNamed(name)),
  };
});
const csp = (text: string) => ({ "Content-Security-Policy": text });
const permissions = (text: string) => ({ "Permissions-Policy": text });
const moon = (text: string) => ({ "Moon-Policy": text });
const verdict = (before: Parameters<typeof compare>[0], after: Parameters<typeof compare>[0]) => compare(before, after).verdict;
const directiveText = (text: string) => explain(csp(text))[0]?.directives[0]?.text;

describe("a directive of the registry that the audit does not know", () => {
  it("is incomparable where it is added", () => {
    expect(verdict(csp("default-src 'none'"), csp("default-src 'none'; moon-src *"))).toBe("incomparable");
  });
  it("is incomparable where it is removed", () => {
    expect(verdict(csp("default-src 'none'; moon-src *"), csp("default-src 'none'"))).toBe("incomparable");
  });
  it("is incomparable where its value changes", () => {
    expect(verdict(csp("moon-src 'self'"), csp("moon-src 'self' https:"))).toBe("incomparable");
  });
  it("is incomparable where it is not a source list", () => {
    expect(verdict(csp("default-src 'none'"), csp("default-src 'none'; moon-mode"))).toBe("incomparable");
  });
  it("is the same as itself", () => {
    expect(verdict(csp("moon-src *"), csp("moon-src *"))).toBe("same");
  });
  it("leaves what is known beside it comparable", () => {
    expect(verdict(csp("moon-src *; img-src *"), csp("moon-src *; img-src 'self'"))).toBe("stronger");
  });
  it("is named in the message", () => {
    expect(compare(csp("moon-src 'self'"), csp("moon-src *")).headers[0]?.directives?.[0]?.message).toBe(
      "Cannot be compared: what moon-src does is not known here.",
    );
  });
  it("is not explained as ignored", () => {
    expect(directiveText("moon-src *")).toBe("What this directive does is not known here.");
  });
});

describe("a header of the registry that the audit does not know", () => {
  it("is incomparable where it is added", () => {
    expect(verdict({}, moon("on"))).toBe("incomparable");
  });
  it("is incomparable where its value changes", () => {
    expect(verdict(moon("on"), moon("off"))).toBe("incomparable");
  });
  it("is the same as itself", () => {
    expect(verdict(moon("on"), moon("on"))).toBe("same");
  });
  it("is named in the message", () => {
    expect(compare(moon("on"), moon("off")).headers[0]?.message).toBe("Cannot be compared: what Moon-Policy does is not known here.");
  });
  it("is explained as not known", () => {
    expect(explain(moon("on"))).toEqual([
      { header: "Moon-Policy", value: "on", text: "What this header does is not known here.", directives: [] },
    ]);
  });
});

describe("a feature of the registry that the audit does not know", () => {
  it("is incomparable where it is added, whatever its allowlist", () => {
    expect(verdict(permissions("camera=()"), permissions("camera=(), moon-walk=()"))).toBe("incomparable");
    expect(verdict(permissions("camera=()"), permissions("camera=(), moon-walk=*"))).toBe("incomparable");
  });
  it("is compared by its allowlist where both sides have one", () => {
    expect(verdict(permissions("moon-walk=()"), permissions("moon-walk=*"))).toBe("weaker");
  });
  it("is explained as not known", () => {
    expect(explain(permissions("moon-walk=*"))[0]?.text).toBe("moon-walk: not known here.");
  });
});

describe("a kind of source that the audit does not know", () => {
  it("is incomparable", () => {
    expect(verdict(csp("img-src 'self'"), csp("img-src 'self' 'moon-rock'"))).toBe("incomparable");
  });
  it("is explained as not known", () => {
    expect(directiveText("img-src 'self' 'moon-rock'")).toBe("Images: from this site. 'moon-rock' is not known here.");
  });
});
