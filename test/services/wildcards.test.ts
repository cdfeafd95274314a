import { expect, it } from "vitest";
import {
  auth0,
  chargebee,
  clerk,
  firebase,
  livereload,
  matomo,
  mixpanel,
  plausible,
  posthog,
  sentry,
  supabase,
  viteDev,
} from "../../src/services/index.js";
import { fault } from "./support.js";

it.each([
  ["sentry.dsn", () => sentry({ dsn: "https://key@*/0" })],
  ["sentry.dsn", () => sentry({ dsn: "https://key@*.com/0" })],
  ["sentry.dsn", () => sentry({ dsn: "https://key@%2A.com/0" })],
  ["supabase.url", () => supabase({ url: "https://*" })],
  ["supabase.url", () => supabase({ url: "https://*.supabase.co" })],
  ["supabase.url", () => supabase({ url: "https://%2A.supabase.co" })],
  ["plausible.host", () => plausible({ host: "a.example:*" })],
  ["plausible.host", () => plausible({ host: "*" })],
  ["auth0.domain", () => auth0({ domain: "*.auth0.com" })],
  ["chargebee.site", () => chargebee({ site: "*.chargebee.com" })],
  ["clerk.frontendApi", () => clerk({ frontendApi: "*.accounts.dev" })],
  ["firebase.authDomain", () => firebase({ authDomain: "*.firebaseapp.com" })],
  ["matomo.host", () => matomo({ host: "*.matomo.cloud" })],
  ["mixpanel.host", () => mixpanel({ host: "a.example:*" })],
  ["posthog.host", () => posthog({ host: "a.example:*" })],
  ["viteDev.origin", () => viteDev({ origin: "http://*", force: true })],
  ["viteDev.hmr", () => viteDev({ hmr: "wss://*", force: true })],
  ["livereload.origin", () => livereload({ origin: "https://*.example", force: true })],
])("%s takes no wildcard (%#)", (path, call) => {
  expect(fault(call)).toMatch(new RegExp(`^${path.replace(".", "\\.")}: ".*" is not `));
});
