import { expect, it } from "vitest";
import { algolia } from "../../src/services/algolia.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", algolia())).toEqual({ "connect-src": "'self' https://*.algolia.net https://*.algolianet.com" });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", algolia())).toEqual({ "connect-src": "'self' https://*.algolia.net https://*.algolianet.com" });
});

it("on recommended", () => {
  expect(changes("recommended", algolia())).toEqual({ "connect-src": "'self' https://*.algolia.net https://*.algolianet.com" });
});

it("of one application", () => {
  expect(changes("strict", algolia({ appId: "B1G2GM9NG0" }))).toEqual({
    "connect-src":
      "'self' https://b1g2gm9ng0-dsn.algolia.net https://b1g2gm9ng0-1.algolianet.com https://b1g2gm9ng0-2.algolianet.com https://b1g2gm9ng0-3.algolianet.com",
  });
});

it("with events", () => {
  expect(changes("strict", algolia({ insights: true }))).toEqual({
    "connect-src":
      "'self' https://*.algolia.net https://*.algolianet.com https://insights.algolia.io https://insights.us.algolia.io https://insights.de.algolia.io",
  });
});

it("a host in place of the application's ID", () => {
  expect(fault(() => algolia({ appId: "b1g2gm9ng0-dsn.algolia.net" }))).toBe(
    'algolia.appId: "b1g2gm9ng0-dsn.algolia.net" is not the ID of an application such as "B1G2GM9NG0". Write the ID of an application such as "B1G2GM9NG0".',
  );
});
