import { describe, expect, it } from "vitest";
import { audit } from "../../src/audit/index.js";

const POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; script-src 'unsafe-inline'";
const audited = (source: string) =>
  audit(
    {
      "x-content-type-options": "nosniff",
      "strict-transport-security": "max-age=63072000; includeSubDomains",
      "referrer-policy": "no-referrer",
      "content-security-policy": `${POLICY} ${source}`,
    },
    { url: "https://a.example/" },
  );
const severe = (source: string) => audited(source).findings.flatMap(({ severity, message }) => (severity === "high" ? [message] : []));

// Seen in Chromium: inline scripts run beside each of them.
describe.each(["'sha256-abcde'", "'sha256-a'", "'sha512-abcde'", "'sha1-YWJj'", "'nonce-a!'", "'nonce-a==='"])(
  "%s, which is neither a hash nor a nonce",
  (source) => {
    it("leaves the finding of 'unsafe-inline'", () => {
      expect(severe(source)).toEqual(["'unsafe-inline' in script-src runs every injected script and event handler."]);
    });
    it("leaves the points of 'unsafe-inline'", () => {
      expect(audited(source).score.points).toBe(80);
    });
  },
);

it("a short nonce is found beside it", () => {
  const messages = audited("'sha256-abcde' 'nonce-abc'").findings.map(({ message }) => message);
  expect(messages.filter((message) => message.startsWith("The nonce"))).toEqual(["The nonce is so short that it can be guessed."]);
});

it("what is not a nonce is found once", () => {
  const messages = audited("'nonce-abcdefgh!'").findings.map(({ message }) => message);
  expect(messages.filter((message) => message.startsWith("The nonce"))).toEqual(["The nonce is not in base64, and browsers ignore it."]);
});
