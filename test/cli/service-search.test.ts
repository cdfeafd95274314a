import { describe, expect, it } from "vitest";
import { ownersOf } from "../../src/audit/services.js";
import { Failure } from "../../src/cli/failure.js";
import { findServices } from "../../src/cli/service-search.js";
import { type Recipe, services } from "../../src/services/index.js";

const all = Object.values(services) as readonly Recipe<never>[];

function found(word: string): readonly string[] | string {
  try {
    const owners = ownersOf(word).flatMap(({ name }) => all.filter(({ about }) => about.name === name));
    return findServices(word, all, owners).recipes.map(({ about }) => about.name);
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

describe("portcullis services <word>", () => {
  it.each([
    ["stripe", ["stripe"]],
    ["Stripe()", ["stripe"]],
    ["google analytics 4", ["googleAnalytics"]],
    ["ga4", ["googleAnalytics"]],
    ["GA", ["googleAnalytics"]],
    ["gtm", ["googleTagManager"]],
    ["twitter", ["xEmbed"]],
    ["js.stripe.com", ["stripe"]],
    ["https://www.googletagmanager.com/gtag/js?id=G-1", ["googleAnalytics"]],
    ["https://www.googletagmanager.com", ["googleTagManager", "googleAnalytics"]],
    ["captcha", ["friendlyCaptcha"]],
    ["maps", ["googleMaps", "mapbox", "openStreetMap"]],
    ["pay", ["braintree", "chargebee", "paypal", "square", "stripe"]],
  ])("%s finds by whole names, hosts, and the starts of words", (word, names) => {
    expect(found(word)).toEqual(names);
  });

  it.each([
    ["strpie", "stripe"],
    ["recapcha", "recaptcha"],
    ["payments", "payment"],
    ["Plausable Analytics", "Plausible Analytics"],
  ])("%s asks whether %s is meant", (word, meant) => {
    expect(found(word)).toBe(`No recipe has ${JSON.stringify(word)} in its name, its kind or its hosts. Did you mean "${meant}"?`);
  });

  it("lists nothing for a word that is like none", () => {
    expect(found("zzzzzzzz")).toBe('No recipe has "zzzzzzzz" in its name, its kind or its hosts. portcullis services lists all.');
  });
});
