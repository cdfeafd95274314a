import { expect, it } from "vitest";
import { audit, explain } from "../../src/audit/index.js";
import { widestSources } from "../../src/audit/recipes.js";
import { definePolicy, type Patch } from "../../src/index.js";
import { type Recipe, serviceOf, services } from "../../src/services/index.js";
import { kebabCase } from "../../src/values/text.js";

const all = Object.values(services) as unknown as readonly Recipe<never>[];
const recipes = all.filter(({ about: { required = [], example } }) => required.length === 0 || example !== undefined);
const wide = (headers: Parameters<typeof audit>[0]) => audit(headers).findings.filter(({ rule }) => rule === "wide-service");

it.each(recipes.map((recipe) => [recipe.about.name, recipe] as const))("%s allows no more than its recipe", (_name, recipe) => {
  expect(wide(definePolicy("strict", recipe(recipe.about.example as never) as Patch))).toEqual([]);
});

it.each(recipes.map(({ about: { name } }) => name))("%s allows no more than its recipe with any of its options", (name) => {
  const directives = [...widestSources(name)].map(([key, sources]) => `${kebabCase(key)} ${sources.map(({ text }) => text).join(" ")}`);
  expect(directives.length).toBeGreaterThan(0);
  expect(wide({ "Content-Security-Policy": directives.join("; ") })).toEqual([]);
});

it.each(Object.keys(services))("%s is a service whose recipe is found by its name", (name) => {
  expect((services as unknown as Readonly<Record<string, Recipe<never>>>)[name]?.about.name).toBe(name);
});

it("Stripe is named, and what is wider than its recipe is found", () => {
  const headers = { "Content-Security-Policy": "script-src *.stripe.com" };
  expect(serviceOf("*.stripe.com")?.title).toBe("Stripe");
  expect(wide(headers).map(({ message }) => message)).toEqual([
    expect.stringMatching(/^\*\.stripe\.com in script-src allows more of Stripe than its recipe, which has https:\/\/js\.stripe\.com/),
  ]);
  expect(explain(headers)[0]?.directives[0]?.text).toMatch(/ \*\.stripe\.com is Stripe's\.$/);
});

it.each([
  ["default-src https://*.stripe.com", /which has https:\/\/js\.stripe\.com and https:\/\/\*\.js\.stripe\.com/],
  ["script-src https://*.supabase.co", /allows what any customer of Supabase publishes/],
  ["script-src https://*.firebaseapp.com", /allows what any customer of Firebase publishes/],
  ["script-src https://cdn.matomo.cloud", /allows what any customer of Matomo publishes/],
  ["script-src https://cdn.jsdelivr.net/npm/vue@latest/", /refuses: "npm\/vue@latest\/" names "latest" in place of an exact version\.$/],
  ["frame-src https://www.youtube.com", /which has https:\/\/www\.youtube\.com\/embed\/ there/],
])("%s is found", (policy, message) => {
  expect(wide({ "Content-Security-Policy": policy }).map((one) => one.message)).toEqual([expect.stringMatching(message)]);
});

it("exact versions of a public CDN are not found", () => {
  expect(wide({ "Content-Security-Policy": "script-src https://cdn.jsdelivr.net/npm/vue@3.4.0/ https://unpkg.com/vue@3.4.0/" })).toEqual(
    [],
  );
});

it("Google Analytics is not called Tag Manager", () => {
  expect(audit(definePolicy("strict", services.googleAnalytics())).services.map(({ name }) => name)).toEqual(["googleAnalytics"]);
});

it("Tag Manager is, without Google Analytics", () => {
  expect(audit(definePolicy("strict", services.googleTagManager())).services.map(({ name }) => name)).toEqual(["googleTagManager"]);
});

it("YouTube is named beside Intercom, which can show its videos", () => {
  const policy = definePolicy("strict", services.intercom(), services.youtube());
  expect(audit(policy).services.map(({ name }) => name)).toEqual(["intercom", "youtube"]);
});
