import { describe, expect, it } from "vitest";
import { load, noncesOf, start } from "./start.js";

/** What "recommended" sends beside its Content-Security-Policy. */
const RECOMMENDED = {
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  "X-Frame-Options": "SAMEORIGIN",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Permissions-Policy": "geolocation=(), microphone=(), camera=()",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Origin-Agent-Cluster": "?1",
  "X-DNS-Prefetch-Control": "off",
  "X-XSS-Protection": "0",
};

const csp = (nonce: string | undefined, frameAncestors: string) =>
  `default-src 'self'; base-uri 'self'; font-src 'self' data:; form-action 'self'; frame-ancestors ${frameAncestors}; ` +
  `img-src 'self' data:; object-src 'none'; script-src 'self' 'nonce-${nonce}'; script-src-attr 'none'; style-src 'self' 'unsafe-inline'`;

// The example imports the package by its name, and so what npm run build made of it.
describe("examples/nest", () => {
  it("sends the site's policy, and stamps the page's script with its nonce", async () => {
    const { status, headers, body } = await load(`${await start("nest")}/`);
    const [nonce, ...others] = noncesOf(body);
    expect({ status, others }).toEqual({ status: 200, others: [] });
    expect(nonce).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect(headers).toEqual({ ...RECOMMENDED, "Content-Security-Policy": csp(nonce, "'self'") });
  });

  it("lets one partner frame the page that is decorated so", async () => {
    const { headers, body } = await load(`${await start("nest")}/embed`);
    const { "X-Frame-Options": _off, ...rest } = RECOMMENDED;
    expect(headers).toEqual({
      ...rest,
      "Content-Security-Policy": csp(noncesOf(body)[0], "'self' https://partner.example"),
      "Cross-Origin-Resource-Policy": "cross-origin",
    });
  });

  it.each([
    ["/api/data", 200, "no-referrer"],
    ["/api/secret", 403, "same-origin"],
    ["/api/boom", 500, "no-referrer"],
  ])("sends the controller's preset with %s, %i included", async (path, status, referrerPolicy) => {
    const answer = await load(`${await start("nest")}${path}`);
    expect({ status: answer.status, headers: answer.headers }).toMatchObject({
      status,
      headers: { "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Referrer-Policy": referrerPolicy },
    });
  });

  it("sends the site's policy on a 404", async () => {
    const { status, headers } = await load(`${await start("nest")}/nowhere`);
    const [nonce] = noncesOf(headers["Content-Security-Policy"] ?? "");
    expect({ status, headers }).toEqual({
      status: 404,
      headers: { ...RECOMMENDED, "Content-Security-Policy": csp(nonce, "'self'") },
    });
  });
});
