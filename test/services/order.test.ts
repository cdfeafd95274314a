import { describe, expect, it } from "vitest";
import { compare } from "../../src/audit/index.js";
import { definePolicy, type Layer, nonce, observe, type Patch, type Policy, renderHeaders } from "../../src/index.js";
import { presets } from "../../src/presets/index.js";
import { type Recipe, services } from "../../src/services/index.js";

const NONCE = { nonce: "bm9uY2U=" };
const all = (Object.values(services) as readonly Recipe<never>[]).map((recipe) => ({
  name: recipe.about.name,
  layer: recipe(recipe.about.example as never),
}));

/** Each header as a set: the order of sources, directives and features has no meaning. */
function meaning(policy: Policy): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(renderHeaders(policy, NONCE)).map(([name, value]) => {
      const parts = name === "Content-Security-Policy" ? value.split("; ").map((text) => text.split(" ")) : [value.split(", ")];
      const sorted = parts.map(([first = "", ...rest]) =>
        name === "Content-Security-Policy" ? [first, ...rest.sort()].join(" ") : [first, ...rest].sort().join(", "),
      );
      return [name, sorted.sort()];
    }),
  );
}

/** What Google recommends for pages with nonces. */
const GOOGLE = {
  contentSecurityPolicy: { scriptSrc: [nonce, "strict-dynamic"], objectSrc: ["none"], baseUri: ["none"] },
} as const satisfies Patch;

const BELOW: readonly (readonly [name: string, layers: readonly Layer[]])[] = [
  ...Object.entries(presets).map(([name, preset]) => [name, [preset]] as const),
  ["Google's strict CSP", ["none", GOOGLE]],
];

describe.each(BELOW)("on %s", (_, below) => {
  it("every recipe is accepted, and twice is once", () => {
    for (const { name, layer } of all) {
      const once = definePolicy(...below, layer);
      expect([name, meaning(definePolicy(...below, layer, layer))]).toEqual([name, meaning(once)]);
    }
  });

  it("all recipes together mean the same in any order", () => {
    const layers = all.map(({ layer }) => layer);
    const forward = definePolicy(...below, { maxBytes: 60_000 }, ...layers);
    const backward = definePolicy(...below, { maxBytes: 60_000 }, ...layers.toReversed());
    expect(meaning(forward)).toEqual(meaning(backward));
  });
});

/** Ten groups of five recipes, and all unions of two of them: every pair of recipes is in one of these 55 lists, with eight others at most. */
const GROUPS = Array.from({ length: 10 }, (_, group) => all.filter((_recipe, index) => index % 10 === group));
const UNIONS = GROUPS.flatMap((one, index) => GROUPS.slice(index).map((other) => (one === other ? one : [...one, ...other])));

it("every pair of recipes is in one of the unions", () => {
  const pairs = new Set(UNIONS.flatMap((union) => union.flatMap((one) => union.map((other) => `${one.name} ${other.name}`))));
  expect(pairs.size).toBe(all.length * all.length);
});

it.each(["strict", "strictDynamic"] as const)(
  "every pair of recipes means the same in both orders on %s",
  (preset) => {
    for (const union of UNIONS) {
      const names = union.map(({ name }) => name);
      const layers = union.map(({ layer }) => layer);
      const [forward, backward] = [layers, layers.toReversed()].map((list) => meaning(definePolicy(preset, { maxBytes: 60_000 }, ...list)));
      expect([names, forward]).toEqual([names, backward]);
    }
  },
  120_000,
);

it("compare calls both orders of neighbours the same", () => {
  for (const [index, one] of all.slice(1).entries()) {
    const other = all[index] as (typeof all)[number];
    const orders = [definePolicy("strict", one.layer, other.layer), definePolicy("strict", other.layer, one.layer)] as const;
    expect([one.name, compare(...orders).verdict]).toEqual([one.name, "same"]);
  }
});

it("a recipe never turns on a header, a directive or a feature", () => {
  for (const { name, layer } of all) {
    const policy = definePolicy("none", { contentSecurityPolicy: { baseUri: ["none"], frameAncestors: ["none"] } }, layer);
    const { "Content-Security-Policy": csp = "", ...others } = renderHeaders(policy);
    expect([name, Object.keys(others), csp.split("; ").map((text) => text.split(" ")[0])]).toEqual([
      name,
      [],
      ["base-uri", "frame-ancestors"],
    ]);
  }
});

it("a recipe widens a policy that is observed, too", () => {
  const policy = definePolicy("none", { contentSecurityPolicyReportOnly: { scriptSrc: ["self"] } }, services.stripe());
  expect(renderHeaders(policy)).toEqual({
    "Content-Security-Policy-Report-Only": "script-src 'self' https://js.stripe.com https://*.js.stripe.com",
  });
});

it("a recipe is part of what observe observes", () => {
  const headers = renderHeaders(
    definePolicy("none", observe(definePolicy("none", { contentSecurityPolicy: { scriptSrc: ["self"] } }, services.stripe()))),
  );
  expect(headers["Content-Security-Policy-Report-Only"]).toBe("script-src 'self' https://js.stripe.com https://*.js.stripe.com");
});
