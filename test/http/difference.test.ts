import { describe, expect, it } from "vitest";
import { append, type Middleware, nonce, nonceOf, override, type Patch, perRequest, securityHeaders } from "../../src/index.js";

/** A response that only remembers what is written to it, by a site's policy and then by an override. */
function writes(site: Middleware, change: Middleware): string[] {
  const calls: string[] = [];
  const res = {
    headersSent: false,
    setHeader: (name: string, value: string) => calls.push(`${name}: ${value}`),
    removeHeader: (name: string) => calls.push(`- ${name}`),
  };
  const req = { headers: {}, rawHeaders: ["Host", "site.example"] };
  site(req, res);
  calls.length = 0;
  change(req, res);
  let drawn: string | undefined;
  try {
    drawn = nonceOf(res);
  } catch {
    drawn = undefined;
  }
  return calls.map((call) => (drawn === undefined ? call : call.replaceAll(drawn, "N")));
}

const cdn = perRequest(() => "https://cdn.example");
const other = perRequest(() => "https://other.example");

const nonced = securityHeaders("none", {
  xFrameOptions: "DENY",
  referrerPolicy: "no-referrer",
  contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: ["self", nonce] },
});
const dynamic = securityHeaders("none", { xFrameOptions: "DENY", contentSecurityPolicy: { scriptSrc: ["self"], imgSrc: ["self", cdn] } });

describe("an override writes no line but those that differ:", () => {
  it.each<[string, Middleware, Patch, string[]]>([
    ["a fixed one beside a nonce", nonced, { xFrameOptions: "SAMEORIGIN" }, ["X-Frame-Options: SAMEORIGIN"]],
    ["one switched off", nonced, { referrerPolicy: false }, ["- referrer-policy"]],
    ["none, where all stays as it is", nonced, { xFrameOptions: "DENY" }, []],
    [
      "the CSP, where its text before the nonce changes",
      nonced,
      { contentSecurityPolicy: { defaultSrc: ["none"] } },
      ["Content-Security-Policy: default-src 'none'; script-src 'self' 'nonce-N'"],
    ],
    [
      "the CSP, where its text after the nonce changes",
      nonced,
      { contentSecurityPolicy: { imgSrc: ["https://img.example"] } },
      ["Content-Security-Policy: default-src 'self'; script-src 'self' 'nonce-N'; img-src https://img.example"],
    ],
    [
      "the CSP, where it has one nonce more",
      nonced,
      { contentSecurityPolicy: { styleSrc: append(nonce) } },
      ["Content-Security-Policy: default-src 'self'; script-src 'self' 'nonce-N'; style-src 'self' 'nonce-N'"],
    ],
    [
      "the CSP, where its nonce goes",
      nonced,
      { contentSecurityPolicy: { scriptSrc: ["self"] } },
      ["Content-Security-Policy: default-src 'self'; script-src 'self'"],
    ],
    ["a fixed one beside a perRequest", dynamic, { xFrameOptions: "SAMEORIGIN" }, ["X-Frame-Options: SAMEORIGIN"]],
    [
      "the CSP, where another function stands in it",
      dynamic,
      { contentSecurityPolicy: { imgSrc: ["self", other] } },
      ["Content-Security-Policy: script-src 'self'; img-src 'self' https://other.example"],
    ],
    [
      "the CSP, where one function more stands in it",
      dynamic,
      { contentSecurityPolicy: { imgSrc: append(other) } },
      ["Content-Security-Policy: script-src 'self'; img-src 'self' https://cdn.example https://other.example"],
    ],
    ["none, where the same function stands again", dynamic, { contentSecurityPolicy: { imgSrc: ["self", cdn] } }, []],
  ])("%s", (_, site, patch, expected) => {
    expect(writes(site, override(patch))).toEqual(expected);
  });
});
