import { expect, it } from "vitest";
import { xEmbed } from "../../src/services/x-embed.js";
import { changes, fault } from "./support.js";

it("on strict", () => {
  expect(changes("strict", xEmbed())).toEqual({
    "script-src": "'self' https://platform.x.com https://platform.twitter.com",
    "img-src": "'self' https://syndication.twitter.com",
    "connect-src": "'self' https://syndication.twitter.com",
    "frame-src": "https://platform.x.com https://platform.twitter.com https://syndication.twitter.com",
  });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", xEmbed())).toEqual({
    "img-src": "'self' data: https://syndication.twitter.com",
    "connect-src": "'self' https://syndication.twitter.com",
    "frame-src": "https://platform.x.com https://platform.twitter.com https://syndication.twitter.com",
    "Cross-Origin-Embedder-Policy": "unsafe-none",
  });
});

it("on recommended", () => {
  expect(changes("recommended", xEmbed())).toEqual({
    "script-src": "'self' https://platform.x.com https://platform.twitter.com",
    "img-src": "'self' data: https://syndication.twitter.com",
    "connect-src": "'self' https://syndication.twitter.com",
    "frame-src": "'self' https://platform.x.com https://platform.twitter.com https://syndication.twitter.com",
  });
});

it("an option that it does not have", () => {
  expect(fault(() => xEmbed({ theme: "dark" } as never))).toMatch(/^xEmbed\.theme: unknown option\./);
});
