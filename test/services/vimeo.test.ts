import { expect, it } from "vitest";
import { vimeo } from "../../src/services/vimeo.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", vimeo())).toEqual({ "frame-src": "https://player.vimeo.com" });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", vimeo())).toEqual({
    "frame-src": "https://player.vimeo.com",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", vimeo())).toEqual({ "frame-src": "'self' https://player.vimeo.com" });
});

it("with the script", () => {
  expect(changes("strict", vimeo({ api: true }))["script-src"]).toBe("'self' https://player.vimeo.com/api/player.js");
});

it("with players that the script makes", () => {
  expect(changes("strict", vimeo({ oembed: true }))["connect-src"]).toBe("'self' https://vimeo.com/api/oembed.json");
});

it("with preview pictures", () => {
  expect(changes("strict", vimeo({ thumbnails: true }))["img-src"]).toBe("'self' https://i.vimeocdn.com");
});

it("features of a player, where a policy restricts them", () => {
  expect(changes("none", { permissionsPolicy: { fullscreen: [] } }, vimeo())).toEqual({
    fullscreen: '(self "https://player.vimeo.com")',
  });
});

it("options that are not an object", () => {
  expect(fault(() => vimeo(true as never))).toBe("vimeo: true is not an object of options. Write vimeo({ … }).");
});
