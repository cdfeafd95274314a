import { expect, it } from "vitest";
import { spotify } from "../../src/services/spotify.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", spotify())).toEqual({ "frame-src": "https://open.spotify.com/embed/" });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", spotify())).toEqual({
    "frame-src": "https://open.spotify.com/embed/",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", spotify())).toEqual({ "frame-src": "'self' https://open.spotify.com/embed/" });
});

it("with the iFrame API", () => {
  expect(changes("strict", spotify({ api: true }))).toEqual({
    "script-src": "'self' https://open.spotify.com/embed/iframe-api/v1 https://embed-cdn.spotifycdn.com",
    "frame-src": "https://open.spotify.com/embed/",
  });
});

it("with the iFrame API under Trusted Types", () => {
  expect(changes("strictDynamic", spotify({ api: true }))["trusted-types"]).toBe("spotify-embed-api");
});

it("with eval", () => {
  expect(changes("strict", spotify({ api: true, eval: true }))["script-src"]).toBe(
    "'self' https://open.spotify.com/embed/iframe-api/v1 https://embed-cdn.spotifycdn.com 'unsafe-eval'",
  );
});

it("features of a player, where a policy restricts them", () => {
  expect(changes("none", { permissionsPolicy: { encryptedMedia: [] } }, spotify())).toEqual({
    "encrypted-media": '(self "https://open.spotify.com")',
  });
});

it("a value that is not a flag", () => {
  expect(fault(() => spotify({ api: "v1" } as never))).toBe('spotify.api: "v1" is not true or false. Write true or false.');
});
