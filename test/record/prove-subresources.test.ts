import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/index.js";
import { proveSite } from "../../src/record/record.js";
import { isRefusedResource } from "../../src/record/resource-policy.js";
import { CHROMIUM, recordersBrowser } from "../browser/support.js";
import { serve } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { optionsOf, withoutPort } from "./proving.js";

/** A page at `a.test`; `/app` is a script, `/picture` is a picture of 16 by 16 pixels. Both have the type that is given. */
async function provePage(headers: object, body: string, type: string) {
  const port = await serve((req, res) => {
    res.setHeader("Content-Type", req.url === "/" ? "text/html; charset=utf-8" : type);
    if (req.url === "/app") return void res.end('x.textContent = "runs"');
    if (req.url === "/picture")
      return void res.end('<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16"><rect width="16" height="16"/></svg>');
    res.end(`<!doctype html><title>t</title><p id="x">waits</p>${body.replaceAll("PORT", String(port))}`);
  });
  const starts = [new URL(`http://a.test:${port}/`), new URL(`http://b.test:${port}/other`)];
  const policy = definePolicy("none", headers);
  const { outcome, proof } = await proveSite(policy, optionsOf(await recordersBrowser(), starts[0]?.href ?? "", { starts }));
  return withoutPort({ outcome, differences: proof?.pages.find(({ url }) => url === starts[0]?.href)?.differences });
}

describe("Cross-Origin-Resource-Policy", () => {
  it.each([
    ["same-origin", "https://a.example/x", "https://a.example", false],
    ["same-origin", "https://a.example/x", "https://www.a.example", true],
    ["same-origin", "http://localhost:1/x", "http://localhost:2", true],
    ["same-site", "http://localhost:1/x", "http://localhost:2", false],
    ["same-site", "https://cdn.a.example/x", "https://www.a.example", false],
    ["same-site", "https://a.example/x", "https://b.test", true],
    ["same-site", "https://a.example/x", "http://www.a.example", true],
    ["same-site", "http://10.0.0.1/x", "http://10.1.0.1", true],
    ["cross-origin", "https://a.example/x", "https://b.test", false],
    ["", "https://a.example/x", "https://b.test", false],
    ["same-origin", "https://a.example/x", "null", false],
  ])("%s keeps %s from %s: %s", (value, address, origin, refused) => {
    expect(isRefusedResource(value, address, origin)).toBe(refused);
  });
});

describe.skipIf(skipWithout("headers of subresources", [CHROMIUM]))("a policy is not proven", { timeout: 120_000 }, () => {
  it("where nosniff keeps a script from running", async () => {
    expect(await provePage({ xContentTypeOptions: true }, "<script src=/app></script>", "text/plain")).toEqual({
      outcome: "not proven",
      differences: [
        "New error: Refused to execute script from 'http://a.test/app' because its MIME type ('text/plain') is not executable, and strict MIME type checking is enabled. (X-Content-Type-Options: nosniff needs the right Content-Type)",
        'This text is missing: "runs"',
        'This text is new: "waits"',
        "less than 0.1 % of the picture differs.",
      ],
    });
  });

  it("where Cross-Origin-Resource-Policy keeps a picture from another origin of the site", async () => {
    const body = "<img src=http://b.test:PORT/picture>";
    expect(await provePage({ crossOriginResourcePolicy: "same-origin" }, body, "image/svg+xml")).toEqual({
      outcome: "not proven",
      differences: [
        "New failed request: GET http://b.test/picture: net::ERR_BLOCKED_BY_RESPONSE (Cross-Origin-Resource-Policy keeps it to its own origin or site)",
        "less than 0.1 % of the picture differs.",
      ],
    });
  });
});

describe.skipIf(skipWithout("headers of subresources", [CHROMIUM]))("a policy is proven", { timeout: 120_000 }, () => {
  it("where the page shows the headers of what its scripts ask for", async () => {
    const body = "<script>fetch('/data').then((answer) => { x.textContent = [...answer.headers.keys()].sort().join(); });</script>";
    const headers = { xContentTypeOptions: true, referrerPolicy: "no-referrer" };
    expect(await provePage(headers, body, "application/json")).toEqual({ outcome: "proven", differences: undefined });
  });

  it("where the script has its type, and CORP allows the picture", async () => {
    const body = "<script src=/app></script>";
    const headers = { xContentTypeOptions: true, crossOriginResourcePolicy: "same-origin" };
    expect(await provePage(headers, body, "text/javascript")).toEqual({ outcome: "proven" });
  });

  it("where another origin of the site is asked with CORS", async () => {
    const body = `<img crossorigin src=http://b.test:PORT/picture alt="">`;
    expect(await provePage({ crossOriginResourcePolicy: "cross-origin" }, body, "image/svg+xml")).toMatchObject({ outcome: "proven" });
  });
});
