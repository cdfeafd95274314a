import { expect, it } from "vitest";
import { youtube } from "../../src/services/youtube.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", youtube())).toEqual({ "frame-src": "https://www.youtube.com/embed/" });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", youtube())).toEqual({
    "frame-src": "https://www.youtube.com/embed/",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", youtube())).toEqual({ "frame-src": "'self' https://www.youtube.com/embed/" });
});

it("in the privacy-enhanced mode", () => {
  expect(changes("strict", youtube({ nocookie: true }))).toEqual({ "frame-src": "https://www.youtube-nocookie.com/embed/" });
});

it("with the IFrame Player API", () => {
  expect(changes("strict", youtube({ api: true }))).toEqual({
    "script-src": "'self' https://www.youtube.com/iframe_api https://www.youtube.com/s/player/",
    "frame-src": "https://www.youtube.com/embed/",
  });
});

it("with the IFrame Player API under Trusted Types", () => {
  expect(changes("strictDynamic", youtube({ api: true }))).toEqual({
    "frame-src": "https://www.youtube.com/embed/",
    "trusted-types": "youtube-widget-api",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("with preview pictures", () => {
  expect(changes("strict", youtube({ thumbnails: true }))["img-src"]).toBe("'self' https://i.ytimg.com");
});

it("with the movement of the phone", () => {
  expect(changes("strict", youtube({ motion: true }))).toMatchObject({
    accelerometer: '(self "https://www.youtube.com")',
    gyroscope: '(self "https://www.youtube.com")',
  });
});

it("features of a player, where a policy restricts them", () => {
  const restricted = { permissionsPolicy: { autoplay: [], encryptedMedia: [] } } as const;
  expect(changes("none", restricted, youtube())).toEqual({
    autoplay: '(self "https://www.youtube.com")',
    "encrypted-media": '(self "https://www.youtube.com")',
  });
});

it("an option that it does not have", () => {
  expect(fault(() => youtube({ noCookie: true } as never))).toBe('youtube.noCookie: unknown option. Did you mean "nocookie"?');
});

it("features of a player in the privacy-enhanced mode", () => {
  const restricted = {
    permissionsPolicy: { autoplay: [], clipboardWrite: [], encryptedMedia: [], fullscreen: [], pictureInPicture: [], webShare: [] },
  } as const;
  const player = '(self "https://www.youtube-nocookie.com")';
  expect(changes("none", restricted, youtube({ nocookie: true }))).toEqual({
    autoplay: player,
    "clipboard-write": player,
    "encrypted-media": player,
    fullscreen: player,
    "picture-in-picture": player,
    "web-share": player,
  });
});

it("the movement of the phone in the privacy-enhanced mode", () => {
  expect(changes("strict", youtube({ nocookie: true, motion: true }))).toMatchObject({
    accelerometer: '(self "https://www.youtube-nocookie.com")',
    gyroscope: '(self "https://www.youtube-nocookie.com")',
  });
});
