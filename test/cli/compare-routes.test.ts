import { describe, expect, it } from "vitest";
import { placesOf, type RoutedSide } from "../../src/cli/compare-routes.js";
import type { ExportRoute } from "../../src/export/index.js";
import { definePolicy, type Policy, renderHeaders } from "../../src/index.js";
import { issuesOf } from "../messages.js";

const SITE = definePolicy("none", { xFrameOptions: "DENY" });
const NOTHING: RoutedSide = { input: [], routes: [] };

/** What is sent on the path of each route. */
const sentBy = (...routes: readonly ExportRoute[]) =>
  Object.fromEntries(placesOf({ input: SITE, routes }, NOTHING).map(({ path, before }) => [path, { ...renderHeaders(before as Policy) }]));

describe("What is sent on the path of a route", () => {
  it("has the layers of broader routes too", () => {
    expect(
      sentBy({ path: "/api/*", layers: [{ referrerPolicy: "no-referrer" }] }, { path: "/api/v1", layers: [{ xFrameOptions: false }] }),
    ).toEqual({
      "/api/*": { "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer" },
      "/api/v1": { "Referrer-Policy": "no-referrer" },
    });
  });

  it("has those of the narrower one last, in whatever order they are written", () => {
    const narrow: ExportRoute = { path: "/api/v1", layers: [{ xFrameOptions: "SAMEORIGIN" }] };
    const broad: ExportRoute = { path: "/api/*", layers: [{ xFrameOptions: false }] };
    const sent = { "/api/*": {}, "/api/v1": { "X-Frame-Options": "SAMEORIGIN" } };
    expect([sentBy(narrow, broad), sentBy(broad, narrow)]).toEqual([sent, sent]);
  });
});

it("a mistake names the route that it is in, as it is written", () => {
  const routes = [
    { path: "/b", layers: [] },
    { path: "/a", layers: ["strcit"] },
  ] as never as readonly ExportRoute[];
  expect(issuesOf(() => placesOf({ input: SITE, routes }, NOTHING))).toEqual(['routes[1].strcit: unknown preset. Did you mean "strict"?']);
});
