import { expect, it } from "vitest";
import { routeOf } from "../../src/reports/sighting.js";
import { hourOf } from "../../src/reports/stores/store.js";

it.each([
  ["/", "/"],
  ["/users/4711/edit", "/users/*/edit"],
  ["/v2/users", "/v2/users"],
  ["/o/123e4567-e89b-12d3-a456-426614174000", "/o/*"],
  ["/o/123E4567-E89B-12D3-A456-426614174000", "/o/*"],
  ["/o/abcdefab-abcd-abcd-abcd-abcdefabcdef", "/o/*"],
  ["/o/face0ff", "/o/face0ff"],
  ["/o/deadbeefdeadbee", "/o/deadbeefdeadbee"],
  ["/o/deadbeefdeadbeef", "/o/*"],
  ["/o/abcdefghijklmnopqrs1", "/o/*"],
  ["/o/abcdefghijklmnopqr1", "/o/abcdefghijklmnopqr1"],
  ["/o/a-long-title-without-any-number", "/o/a-long-title-without-any-number"],
  [`/o/${"x.".repeat(29)}x`, `/o/${"x.".repeat(29)}x`],
  [`/o/${"x.".repeat(30)}`, "/o/*"],
  ["/1/2/3/4/5/6/7/8/9/10/11/12", "/*/*/*/*/*/*/*/*/*/*/*"],
  ["/a/b/c/d/e/f/g/h/i/j/k/l/m", "/a/b/c/d/e/f/g/h/i/j/k"],
])("the route of %s is %s", (path, route) => {
  expect(routeOf(new URL(path, "https://site.example/"))).toBe(route);
});

it.each([
  [0, "0 report"],
  [3_599_999, "0 report"],
  [3_600_000, "3600000 report"],
  [18_000_123, "18000000 report"],
])("the hour of %i ms is %j", (at, hour) => {
  expect(hourOf(at, "report")).toBe(hour);
});
