import { expect, it } from "vitest";
import { openStreetMap } from "../../src/services/open-street-map.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", openStreetMap())).toEqual({ "img-src": "'self' https://tile.openstreetmap.org" });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", openStreetMap())).toEqual({
    "img-src": "'self' data: https://tile.openstreetmap.org",
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("on recommended", () => {
  expect(changes("recommended", openStreetMap())).toEqual({ "img-src": "'self' data: https://tile.openstreetmap.org" });
});

it("tiles that are fetched", () => {
  expect(changes("strictDynamic", openStreetMap({ tiles: "fetch" }))).toEqual({
    "connect-src": "'self' https://tile.openstreetmap.org",
  });
});

it("with the old names of the servers", () => {
  expect(changes("strict", openStreetMap({ subdomains: true }))["img-src"]).toBe(
    "'self' https://tile.openstreetmap.org https://*.tile.openstreetmap.org",
  );
});

it("with vector tiles and Nominatim", () => {
  expect(changes("strict", openStreetMap({ vector: true, nominatim: true }))["connect-src"]).toBe(
    "'self' https://vector.openstreetmap.org https://nominatim.openstreetmap.org",
  );
});

it("with the map in a frame", () => {
  expect(changes("strictDynamic", openStreetMap({ embed: true }))).toMatchObject({
    "frame-src": "https://www.openstreetmap.org/export/embed.html",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("a way of loading tiles that there is not", () => {
  expect(fault(() => openStreetMap({ tiles: "xhr" } as never))).toBe(
    'openStreetMap.tiles: "xhr" is not one of its values. Write "img" or "fetch".',
  );
});
