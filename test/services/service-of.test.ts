import { describe, expect, it } from "vitest";
import { tenancyOf } from "../../src/audit/services.js";
import { serviceOf } from "../../src/services/index.js";

describe("serviceOf", () => {
  it.each([
    "https://www.google.com/recaptcha/../maps/x",
    "https://www.google.com/recaptcha/%2e%2e/url",
    "https://www.google.com/recaptcha/.%2E/url",
    "javascript://js.stripe.com",
    "ftp://js.stripe.com",
  ])("%s belongs to nobody, or not to reCAPTCHA", (source) => {
    expect(["recaptcha", "stripe"]).not.toContain(serviceOf(source)?.name);
  });

  it.each([
    ["https://www.google.com/a/../recaptcha/api.js", "recaptcha"],
    ["wss://js.stripe.com", "stripe"],
    ["http://js.stripe.com/v3?x=/../y", "stripe"],
    ["js.stripe.com", "stripe"],
  ])("%s is of %s", (source, name) => {
    expect(serviceOf(source)?.name).toBe(name);
  });
});

describe("tenancyOf", () => {
  it.each([
    ["https://evil.firebaseapp.com", { all: false, host: "evil.firebaseapp.com" }],
    ["https://*.supabase.co", { all: true, host: "*.supabase.co" }],
    ["https://cdn.matomo.cloud", { all: true, host: "cdn.matomo.cloud" }],
    ["https://cdn.matomo.cloud/acme.matomo.cloud/", { all: false, host: "cdn.matomo.cloud" }],
    ["https://firebasestorage.googleapis.com/v0/b/x", { all: false, host: "firebasestorage.googleapis.com" }],
  ])("%s is a place of customers", (source, tenancy) => {
    expect(tenancyOf(source)).toEqual(tenancy);
  });

  it.each(["https://cdn.auth0.com", "https://static.zdassets.com", "https://supabase.co", "https://js.stripe.com", "https://example.com"])(
    "%s is not",
    (source) => {
      expect(tenancyOf(source)).toBeUndefined();
    },
  );
});
