import { expect, it } from "vitest";
import { mapbox } from "../../src/services/mapbox.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", mapbox())).toEqual({
    "img-src": "'self' data: blob:",
    "connect-src": "'self' https://api.mapbox.com https://events.mapbox.com",
    "worker-src": "'self' blob:",
  });
});

it("on strictDynamic, where scripts may start any worker", () => {
  expect(changes("strictDynamic", mapbox())).toEqual({
    "img-src": "'self' data: blob:",
    "connect-src": "'self' https://api.mapbox.com https://events.mapbox.com",
  });
});

it("on recommended", () => {
  expect(changes("recommended", mapbox())).toEqual({
    "img-src": "'self' data: blob:",
    "connect-src": "'self' https://api.mapbox.com https://events.mapbox.com",
    "worker-src": "'self' blob:",
  });
});

it("with the files of Mapbox's own host", () => {
  expect(changes("strict", mapbox({ cdn: true }))).toMatchObject({
    "script-src": "'self' https://api.mapbox.com/mapbox-gl-js/",
    "style-src": "'self' https://api.mapbox.com/mapbox-gl-js/",
  });
});

it("files of Mapbox's own host pass an isolated page without credentials", () => {
  expect(changes("strictDynamic", mapbox({ cdn: true }))["Cross-Origin-Embedder-Policy"]).toBe("credentialless");
});

it("with WebAssembly", () => {
  expect(changes("strict", mapbox({ wasm: true }))["script-src"]).toBe("'self' 'wasm-unsafe-eval'");
});

it("with the build for strict policies workers come from the own origin", () => {
  expect(changes("strict", mapbox({ cspBuild: true }))).not.toHaveProperty("worker-src");
});

it("with the tiles of older versions", () => {
  expect(changes("strict", mapbox({ olderTiles: true }))["connect-src"]).toBe(
    "'self' https://api.mapbox.com https://events.mapbox.com https://*.tiles.mapbox.com",
  );
});

it("a value that is not a flag", () => {
  expect(fault(() => mapbox({ cdn: "3.18.1" } as never))).toBe('mapbox.cdn: "3.18.1" is not true or false. Write true or false.');
});
