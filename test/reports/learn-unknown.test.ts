// What is not known is never safe: a directive and a kind of source that `learn` does not have, beside a comparison that sees no difference.
import { describe, expect, it, vi } from "vitest";
import { definePolicy } from "../../src/index.js";
import { type Group, learn } from "../../src/reports/index.js";
import { trustIn } from "../../src/reports/learn/sources.js";
import { GROUP } from "./support.js";

vi.mock(import("../../src/audit/index.js"), async (original) => {
  const real = await original();
  return { ...real, compare: () => ({ verdict: "same" as const, headers: [] }) };
});

vi.mock(import("../../src/headers/content-security-policy/directives.js"), async (original) => {
  const real = await original();
  const imaginarySrc = { takes: "basic", fallback: ["defaultSrc"] } as const;
  const keyOfName = new Map([...real.keyOfName.entries(), ["imaginary-src", "imaginarySrc"]]);
  return { ...real, directives: { ...real.directives, imaginarySrc }, rows: { ...real.rows, imaginarySrc }, keyOfName } as typeof real;
});

vi.mock(import("../../src/values/sources.js"), async (original) => {
  const real = await original();
  const readSource: typeof real.readSource = (text, spelling) => {
    const read = real.readSource(text, spelling);
    // For the policy it stays a host: only trustIn gets the new kind.
    const isForTrust = new Error().stack?.includes("trustIn") === true;
    return text === "https://imaginary.example" && isForTrust ? ({ kind: "imaginary", text } as never) : read;
  };
  return { ...real, readSource };
});

const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: ["self"] } });

function outcome(of: Partial<Group>) {
  const { suggestions, advice, leftOut, patch } = learn(policy, [{ ...GROUP, ...of }], { anyPolicy: true });
  return {
    suggestions: suggestions.map(({ source, confidence, why }) => [source, confidence, why]),
    advice: advice.map(({ directive }) => directive),
    allowed: leftOut.allowed,
    patch,
  };
}

describe("learn, where a comparison calls everything the same,", () => {
  it("calls a source of a known kind allowed", () => {
    expect(outcome({ blocked: "https://known.example" })).toEqual({ suggestions: [], advice: [], allowed: 1, patch: {} });
  });

  it("does not call a source of an imaginary kind allowed, and does not put it into the patch", () => {
    const why = "Reports cannot justify a source of this kind: add it yourself if the site needs it.";
    expect(outcome({ blocked: "https://imaginary.example" })).toEqual({
      suggestions: [["https://imaginary.example", "low", why]],
      advice: [],
      allowed: 0,
      patch: {},
    });
  });

  it("does not call a source of an imaginary directive allowed, and does not put it into the patch", () => {
    expect(outcome({ directive: "imaginary-src", blocked: "https://known.example" })).toEqual({
      suggestions: [],
      advice: ["imaginary-src"],
      allowed: 0,
      patch: {},
    });
  });
});

describe("the trust in a source", () => {
  it.each([
    ["self", "own"],
    ["data:", "own"],
    ["blob:", "own"],
    ["https:", "unknown"],
    ["unsafe-inline", "unknown"],
    ["'nonce-YWJj'", "unknown"],
    ["'sha256-CihokcEcBW4atb/CW/XWsvWwbTjqwQlE9nj9ii5ww5M='", "unknown"],
    ["https://cdn.example", "third-party"],
    ["wss://live.example", "third-party"],
    ["http://127.0.0.1:8080", "third-party"],
    ["http://app.localhost", "third-party"],
    ["http://localhost.evil.example", "plain-http"],
    ["http://127.evil.example", "plain-http"],
    ["ws://live.example", "plain-http"],
    ["https://imaginary.example", "unknown"],
    ["https://cdn.example;script-src *", undefined],
  ])("%s is %s", (source, trust) => {
    expect(trustIn(source)).toBe(trust);
  });
});
