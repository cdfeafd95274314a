import { expect, it } from "vitest";
import { sentry } from "../../src/services/sentry.js";
import { changes, fault } from "./support.js";

const dsn = "https://0123456789abcdef@o42.ingest.us.sentry.io/4501";
const own = "https://0123456789abcdef@sentry.example.com:9000/team/7";

it("on strict", () => {
  expect(changes("strict", sentry({ dsn }))).toEqual({ "connect-src": "'self' https://o42.ingest.us.sentry.io" });
});

it("on strictDynamic", () => {
  expect(changes("strictDynamic", sentry({ dsn }))).toEqual({ "connect-src": "'self' https://o42.ingest.us.sentry.io" });
});

it("on recommended", () => {
  expect(changes("recommended", sentry({ dsn }))).toEqual({ "connect-src": "'self' https://o42.ingest.us.sentry.io" });
});

it("with the Loader Script", () => {
  expect(changes("strict", sentry({ dsn, loader: true }))).toEqual({
    "script-src": "'self' https://js.sentry-cdn.com https://browser.sentry-cdn.com",
    "connect-src": "'self' https://o42.ingest.us.sentry.io",
  });
});

it("with the Loader Script and a DSN of an old form", () => {
  expect(changes("strict", sentry({ dsn: "https://0123456789abcdef@sentry.io/4501", loader: true }))).toEqual({
    "script-src": "'self' https://js.sentry-cdn.com https://browser.sentry-cdn.com",
    "connect-src": "'self' https://sentry.io",
  });
});

it("with the Loader Script of a Sentry of one's own", () => {
  expect(changes("strict", sentry({ dsn: own, loader: true }))).toEqual({
    "script-src": "'self' https://sentry.example.com:9000/js-sdk-loader/ https://browser.sentry-cdn.com",
    "connect-src": "'self' https://sentry.example.com:9000",
  });
});

it("with the SDK of the CDN", () => {
  expect(changes("strict", sentry({ dsn, cdn: true }))).toMatchObject({ "script-src": "'self' https://browser.sentry-cdn.com" });
});

it("with Session Replay", () => {
  expect(changes("strict", sentry({ dsn, replay: true }))).toEqual({
    "connect-src": "'self' https://o42.ingest.us.sentry.io",
    "worker-src": "'self' blob:",
  });
});

it("without its DSN", () => {
  expect(fault(() => sentry({} as never))).toBe("sentry.dsn: is missing. Write sentry({ dsn: … }).");
});

it.each(["https://o42.ingest.us.sentry.io/4501", "https://key@o42.ingest.us.sentry.io", "o42.ingest.us.sentry.io", "https://key@[::1]/1"])(
  "%s is not a DSN",
  (text) => {
    expect(fault(() => sentry({ dsn: text }))).toBe(
      `sentry.dsn: "${text}" is not a DSN such as "https://key@o0.ingest.us.sentry.io/0". Write a DSN such as "https://key@o0.ingest.us.sentry.io/0".`,
    );
  },
);

it("with the Loader Script of a project in the EU", () => {
  expect(changes("strict", sentry({ dsn: "https://key@o42.ingest.de.sentry.io/4501", loader: true }))).toEqual({
    "script-src": "'self' https://js-de.sentry-cdn.com https://browser.sentry-cdn.com",
    "connect-src": "'self' https://o42.ingest.de.sentry.io",
  });
});

it.each(["notsentry.io", "sentry.io.example.com", "sentry.example.com"])("the Loader Script of %s is under its own host", (host) => {
  expect(changes("strict", sentry({ dsn: `https://key@${host}/1`, loader: true }))["script-src"]).toBe(
    `'self' https://${host}/js-sdk-loader/ https://browser.sentry-cdn.com`,
  );
});
