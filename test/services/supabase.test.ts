import { expect, it } from "vitest";
import { supabase } from "../../src/services/supabase.js";
import { changes, fault } from "./support.js";

const url = "https://example.supabase.co";

it("on every preset", () => {
  expect(changes("strict", supabase({ url }))).toEqual({ "connect-src": "'self' https://example.supabase.co" });
  expect(changes("strictDynamic", supabase({ url }))).toEqual({ "connect-src": "'self' https://example.supabase.co" });
  expect(changes("recommended", supabase({ url }))).toEqual({ "connect-src": "'self' https://example.supabase.co" });
});

it("with Realtime", () => {
  expect(changes("strict", supabase({ url: `${url}/`, realtime: true }))).toEqual({
    "connect-src": "'self' https://example.supabase.co wss://example.supabase.co",
  });
});

it("with Realtime of the own machine", () => {
  expect(changes("recommended", supabase({ url: "http://127.0.0.1:54321", realtime: true }))).toEqual({
    "connect-src": "'self' http://127.0.0.1:54321 ws://127.0.0.1:54321",
  });
});

it("with images", () => {
  expect(changes("strictDynamic", supabase({ url, images: true }))).toEqual({
    "img-src": "'self' data: https://example.supabase.co",
    "connect-src": "'self' https://example.supabase.co",
    "Cross-Origin-Embedder-Policy": "credentialless",
  });
});

it("the name of a project instead of its address", () => {
  expect(fault(() => supabase({ url: "example" }))).toMatch(
    /^supabase\.url: "example" is not an origin such as "https:\/\/example\.supabase\.co", without a path, and with http only for localhost\./,
  );
});

it("an address without TLS on another machine", () => {
  expect(fault(() => supabase({ url: "http://example.supabase.co" }))).toMatch(
    /^supabase\.url: "http:\/\/example\.supabase\.co" is not an origin/,
  );
});

it("an address without TLS on this machine", () => {
  expect(changes("strict", supabase({ url: "http://127.0.0.1:54321" }))).toEqual({ "connect-src": "'self' http://127.0.0.1:54321" });
});

it("no address", () => {
  expect(fault(() => supabase({} as never))).toBe("supabase.url: is missing. Write supabase({ url: … }).");
});
