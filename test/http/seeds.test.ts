import express from "express";
import { describe, expect, it } from "vitest";
import {
  append,
  definePolicy,
  type Middleware,
  nonce,
  nonceOf,
  override,
  PolicyError,
  parseHeaders,
  remove,
  reportOnly,
  securityHeaders,
} from "../../src/index.js";
import { ask, ours, serve } from "./support.js";

/** What an Express app sends with this in front, without what Express and Node send by themselves. */
async function sent(...middleware: readonly Middleware[]): Promise<Record<string, string>> {
  const app = express();
  app.disable("x-powered-by");
  for (const one of middleware) app.use(one);
  app.get("/", (_req, res) => void res.send("A page."));
  return ours(await ask(await serve(app)));
}

const STREAMLIT = {
  "X-Frame-Options": "DENY",
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy":
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; connect-src 'self' ws: wss:; font-src 'self' data:; frame-ancestors 'none'",
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  "X-XSS-Protection": "1; mode=block",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Permissions-Policy": "geolocation=(), microphone=(), camera=()",
};

/** The guide itself, from the preset: without what Streamlit's maps, components and charts ask for beyond it. */
const GUIDE = definePolicy("streamlit", {
  contentSecurityPolicy: {
    scriptSrc: remove("blob:"),
    imgSrc: remove("blob:"),
    connectSrc: remove(
      "https://basemaps.cartocdn.com",
      "https://*.basemaps.cartocdn.com",
      "https://data.streamlit.io",
      "https://api.mapbox.com",
      "https://events.mapbox.com",
    ),
    frameAncestors: ["none"],
  },
  xFrameOptions: "DENY",
});

describe("A: a Streamlit app behind a proxy", () => {
  it("is the preset streamlit without its extensions, seven headers and no more", async () => {
    expect(await sent(securityHeaders(GUIDE))).toEqual(STREAMLIT);
  });

  it("can be written out from none", async () => {
    const written = securityHeaders("none", {
      contentSecurityPolicy: {
        defaultSrc: ["self"],
        scriptSrc: ["self", "unsafe-inline", "unsafe-eval"],
        styleSrc: ["self", "unsafe-inline"],
        imgSrc: ["self", "data:", "https:"],
        connectSrc: ["self", "ws:", "wss:"],
        fontSrc: ["self", "data:"],
        frameAncestors: ["none"],
      },
      xFrameOptions: "DENY",
      xContentTypeOptions: "nosniff",
      strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
      xXssProtection: "1; mode=block",
      referrerPolicy: "strict-origin-when-cross-origin",
      permissionsPolicy: { geolocation: [], microphone: [], camera: [] },
    });
    expect(await sent(written)).toEqual(STREAMLIT);
  });

  it("can be read from the headers that a proxy sends", async () => {
    expect(await sent(securityHeaders(parseHeaders(STREAMLIT)))).toEqual(STREAMLIT);
  });

  it("goes out in Title-Case, each name once", async () => {
    const app = express();
    app.disable("x-powered-by");
    app.use(securityHeaders("streamlit"));
    app.get("/", (_req, res) => void res.send("A page."));
    const { names } = await ask(await serve(app));
    expect(names.slice(0, 7)).toEqual([
      "Content-Security-Policy",
      "Strict-Transport-Security",
      "X-Frame-Options",
      "X-Content-Type-Options",
      "Referrer-Policy",
      "Permissions-Policy",
      "X-XSS-Protection",
    ]);
    expect(names.slice(7).sort()).toEqual(["Connection", "Content-Length", "Content-Type", "Date", "ETag"]);
  });

  it("starts as report-only with a report-uri", async () => {
    const rollout = securityHeaders(reportOnly(definePolicy(GUIDE, { contentSecurityPolicy: { reportUri: ["/csp-report"] } })));
    expect(await sent(rollout)).toEqual({
      "X-Frame-Options": "DENY",
      "X-Content-Type-Options": "nosniff",
      "Content-Security-Policy-Report-Only":
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; connect-src 'self' ws: wss:; font-src 'self' data:; frame-ancestors 'none'; report-uri /csp-report",
      "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
      "X-XSS-Protection": "1; mode=block",
      "Referrer-Policy": "strict-origin-when-cross-origin",
      "Permissions-Policy-Report-Only": "geolocation=(), microphone=(), camera=()",
    });
  });

  it("starts with the CSP alone as report-only", async () => {
    const rollout = securityHeaders(GUIDE, {
      contentSecurityPolicy: false,
      contentSecurityPolicyReportOnly: "default-src 'self'; frame-ancestors 'none'; report-uri /csp-report",
    });
    const { "Content-Security-Policy": _, ...others } = STREAMLIT;
    expect(await sent(rollout)).toEqual({
      ...others,
      "Content-Security-Policy-Report-Only": "default-src 'self'; frame-ancestors 'none'; report-uri /csp-report",
    });
  });
});

const FLASK_WITHOUT_CSP = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "X-XSS-Protection": "1; mode=block",
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Permissions-Policy": "geolocation=(), microphone=(), camera=()",
};

const flask = definePolicy("none", {
  xContentTypeOptions: true,
  xFrameOptions: "DENY",
  xXssProtection: "1; mode=block",
  strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
  referrerPolicy: "strict-origin-when-cross-origin",
  permissionsPolicy: { geolocation: [], microphone: [], camera: [] },
});

describe("B: a secure Flask application", () => {
  it("1: sends the loosest CSP with the other six", async () => {
    expect(await sent(securityHeaders(flask, { contentSecurityPolicy: { defaultSrc: ["self"] } }))).toEqual({
      ...FLASK_WITHOUT_CSP,
      "Content-Security-Policy": "default-src 'self'",
    });
  });

  it("2: sends the CSP with inline styles", async () => {
    const csp = {
      defaultSrc: ["self"],
      scriptSrc: ["self"],
      styleSrc: ["self", "unsafe-inline"],
      imgSrc: ["self", "data:", "https:"],
      fontSrc: ["self"],
      connectSrc: ["self"],
      frameAncestors: ["none"],
    } as const;
    expect(await sent(securityHeaders(flask, { contentSecurityPolicy: csp }))).toEqual({
      ...FLASK_WITHOUT_CSP,
      "Content-Security-Policy":
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'",
    });
  });

  it("3: sends the strict CSP", async () => {
    const csp = {
      defaultSrc: ["none"],
      scriptSrc: ["self"],
      styleSrc: ["self"],
      imgSrc: ["self"],
      fontSrc: ["self"],
      connectSrc: ["self"],
      frameAncestors: ["none"],
      baseUri: ["self"],
      formAction: ["self"],
    } as const;
    expect(await sent(securityHeaders(flask, { contentSecurityPolicy: csp }))).toEqual({
      ...FLASK_WITHOUT_CSP,
      "Content-Security-Policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
    });
  });

  it("3: is the CSP of the preset strict", async () => {
    expect(await sent(securityHeaders("strict"))).toMatchObject({
      "Content-Security-Policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
    });
  });

  it("4: sends the CSP with two CDNs", async () => {
    const csp = {
      defaultSrc: ["self"],
      scriptSrc: ["self", "https://cdn.jsdelivr.net", "https://code.jquery.com"],
      styleSrc: ["self", "https://cdn.jsdelivr.net"],
      fontSrc: ["self", "https://cdn.jsdelivr.net"],
      imgSrc: ["self", "data:", "https:"],
    } as const;
    expect(await sent(securityHeaders(flask, { contentSecurityPolicy: csp }))).toEqual({
      ...FLASK_WITHOUT_CSP,
      "Content-Security-Policy":
        "default-src 'self'; script-src 'self' https://cdn.jsdelivr.net https://code.jquery.com; style-src 'self' https://cdn.jsdelivr.net; font-src 'self' https://cdn.jsdelivr.net; img-src 'self' data: https:",
    });
  });

  it("5: sends the CSP with a place for reports", async () => {
    const csp = { defaultSrc: ["self"], reportUri: ["/csp-violation-report"] } as const;
    expect(await sent(securityHeaders(flask, { contentSecurityPolicy: csp }))).toEqual({
      ...FLASK_WITHOUT_CSP,
      "Content-Security-Policy": "default-src 'self'; report-uri /csp-violation-report",
    });
  });

  it("5: answers the report's POST with 204 and all seven headers", async () => {
    const app = express();
    app.disable("x-powered-by");
    app.use(securityHeaders(flask, { contentSecurityPolicy: { defaultSrc: ["self"], reportUri: ["/csp-violation-report"] } }));
    app.post("/csp-violation-report", (_req, res) => void res.sendStatus(204));
    const answer = await ask(await serve(app), "/csp-violation-report", { method: "POST" });
    expect([answer.status, ours(answer)]).toEqual([
      204,
      { ...FLASK_WITHOUT_CSP, "Content-Security-Policy": "default-src 'self'; report-uri /csp-violation-report" },
    ]);
  });

  it("begins with a short HSTS", async () => {
    expect(await sent(securityHeaders("none", { strictTransportSecurity: { maxAge: 300 } }))).toEqual({
      "Strict-Transport-Security": "max-age=300",
    });
  });

  it("begins as report-only", async () => {
    const csp = { defaultSrc: ["self"], reportUri: ["/csp-violation-report"] } as const;
    expect(await sent(securityHeaders(flask, { contentSecurityPolicyReportOnly: csp }))).toEqual({
      ...FLASK_WITHOUT_CSP,
      "Content-Security-Policy-Report-Only": "default-src 'self'; report-uri /csp-violation-report",
    });
  });
});

const FASTAPI = {
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
  "Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self' https: 'unsafe-inline'",
  "X-Frame-Options": "DENY",
  "X-Content-Type-Options": "nosniff",
};

describe("C: FastAPI with a middleware like helmet", () => {
  it("sends its four headers and no more", async () => {
    const policy = securityHeaders("none", {
      strictTransportSecurity: { maxAge: 63_072_000, includeSubDomains: true },
      contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: ["self"], styleSrc: ["self", "https:", "unsafe-inline"] },
      xFrameOptions: "DENY",
      xContentTypeOptions: true,
    });
    expect(await sent(policy)).toEqual(FASTAPI);
  });

  it("sends the same from its own text, without the semicolon at the end", async () => {
    const policy = securityHeaders("none", {
      strictTransportSecurity: { maxAge: 63_072_000, includeSubDomains: true },
      contentSecurityPolicy: "default-src 'self'; script-src 'self'; style-src 'self' https: 'unsafe-inline';",
      xFrameOptions: "DENY",
      xContentTypeOptions: true,
    });
    expect(await sent(policy)).toEqual(FASTAPI);
  });
});

const talisman = definePolicy("none", {
  xFrameOptions: "SAMEORIGIN",
  xContentTypeOptions: true,
  contentSecurityPolicy: { defaultSrc: ["self"], objectSrc: ["none"] },
  referrerPolicy: "strict-origin-when-cross-origin",
  strictTransportSecurity: { maxAge: 31_556_926, includeSubDomains: true },
});

const TALISMAN = {
  "X-Frame-Options": "SAMEORIGIN",
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "default-src 'self'; object-src 'none'",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Strict-Transport-Security": "max-age=31556926; includeSubDomains",
};

const TALISMAN_EXAMPLE = {
  defaultSrc: ["self"],
  scriptSrc: ["self", "unsafe-inline", "https://cdn.jsdelivr.net", "https://cdn.tailwindcss.com"],
  styleSrc: ["self", "unsafe-inline", "https://cdn.jsdelivr.net"],
  imgSrc: ["self", "data:", "https:"],
  fontSrc: ["self", "data:", "https://fonts.gstatic.com"],
  connectSrc: ["self"],
  frameAncestors: ["none"],
  baseUri: ["self"],
  formAction: ["self"],
} as const;

const TALISMAN_EXAMPLE_CSP =
  "default-src 'self'; script-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net https://cdn.tailwindcss.com; style-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net; img-src 'self' data: https:; font-src 'self' data: https://fonts.gstatic.com; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";

describe("D: Flask-Talisman", () => {
  it("sends the defaults that its two versions share", async () => {
    expect(await sent(securityHeaders(talisman))).toEqual(TALISMAN);
  });

  it("sends the defaults of 1.0.0", async () => {
    expect(await sent(securityHeaders(talisman, { xXssProtection: "1; mode=block" }))).toEqual({
      ...TALISMAN,
      "X-XSS-Protection": "1; mode=block",
    });
  });

  it("sends the defaults of 1.1.0", async () => {
    expect(await sent(securityHeaders(talisman, { permissionsPolicy: { browsingTopics: [] } }))).toEqual({
      ...TALISMAN,
      "Permissions-Policy": "browsing-topics=()",
    });
  });

  it("sends the preload option", async () => {
    expect(await sent(securityHeaders(talisman, { strictTransportSecurity: { preload: true } }))).toEqual({
      ...TALISMAN,
      "Strict-Transport-Security": "max-age=31556926; includeSubDomains; preload",
    });
  });

  it("leaves HSTS out where the request is known not to be secure", async () => {
    const app = express();
    app.disable("x-powered-by").set("trust proxy", true);
    app.use(securityHeaders(talisman));
    app.get("/", (_req, res) => void res.send("A page."));
    const { "Strict-Transport-Security": _, ...others } = TALISMAN;
    expect(ours(await ask(await serve(app), "/", { headers: { "X-Forwarded-Proto": "http" } }))).toEqual(others);
  });

  it("sends its example policy", async () => {
    expect(await sent(securityHeaders("none", { contentSecurityPolicy: TALISMAN_EXAMPLE }))).toEqual({
      "Content-Security-Policy": TALISMAN_EXAMPLE_CSP,
    });
  });

  it("sends its example policy from a plain string", async () => {
    expect(
      await sent(
        securityHeaders("none", {
          contentSecurityPolicy:
            "default-src 'self'; script-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net https://cdn.tailwindcss.com; style-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net; img-src 'self' data: https:; font-src 'self' data: https://fonts.gstatic.com; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
        }),
      ),
    ).toEqual({ "Content-Security-Policy": TALISMAN_EXAMPLE_CSP });
  });

  it("omits the CSP where it is false", async () => {
    const { "Content-Security-Policy": _, ...others } = TALISMAN;
    expect(await sent(securityHeaders(talisman, { contentSecurityPolicy: false }))).toEqual(others);
  });

  it("appends the nonce last in its directive and hands it to the page", async () => {
    const app = express();
    app.use(securityHeaders(talisman, { contentSecurityPolicy: { scriptSrc: append("https://cdn.jsdelivr.net", nonce) } }));
    app.get("/", (_req, res) => void res.send(nonceOf(res)));
    const { headers, body } = await ask(await serve(app));
    expect(body).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect(headers["Content-Security-Policy"]).toBe(
      `default-src 'self'; object-src 'none'; script-src 'self' https://cdn.jsdelivr.net 'nonce-${body}'`,
    );
  });

  it("reports only, to a URL, and enforces no CSP", async () => {
    const { "Content-Security-Policy": _, ...others } = TALISMAN;
    const policy = reportOnly(definePolicy(talisman, { contentSecurityPolicy: { reportUri: ["/r"] } }));
    expect(await sent(securityHeaders(policy))).toEqual({
      ...others,
      "Content-Security-Policy-Report-Only": "default-src 'self'; object-src 'none'; report-uri /r",
    });
  });

  it("sends a Permissions-Policy with an allowed origin", async () => {
    const permissionsPolicy = { geolocation: [], camera: ["self", "https://a.com"] } as const;
    expect(await sent(securityHeaders("none", { permissionsPolicy }))).toEqual({
      "Permissions-Policy": 'geolocation=(), camera=(self "https://a.com")',
    });
  });

  it("sends what its guide writes as a Feature-Policy", async () => {
    const permissionsPolicy = { geolocation: [], camera: [], microphone: [], payment: ["self"] } as const;
    expect(await sent(securityHeaders("none", { permissionsPolicy }))).toEqual({
      "Permissions-Policy": "geolocation=(), camera=(), microphone=(), payment=(self)",
    });
  });

  it("sends X-Download-Options on request", async () => {
    expect(await sent(securityHeaders("none", { xDownloadOptions: "noopen" }))).toEqual({ "X-Download-Options": "noopen" });
  });

  it("sends a Document-Policy", async () => {
    expect(await sent(securityHeaders("none", { documentPolicy: { oversizedImages: false } }))).toEqual({
      "Document-Policy": "oversized-images=?0",
    });
  });

  it("changes the Document-Policy of one route", async () => {
    expect(await sent(securityHeaders(talisman), override({ documentPolicy: { oversizedImages: false } }))).toEqual({
      ...TALISMAN,
      "Document-Policy": "oversized-images=?0",
    });
  });

  it("lets one trusted site frame /embed", async () => {
    const embed = override({ xFrameOptions: false, contentSecurityPolicy: { frameAncestors: ["self", "https://trusted-site.com"] } });
    const { "X-Frame-Options": _, ...others } = TALISMAN;
    expect(await sent(securityHeaders(talisman, { contentSecurityPolicy: TALISMAN_EXAMPLE }), embed)).toEqual({
      ...others,
      "Content-Security-Policy":
        "default-src 'self'; object-src 'none'; script-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net https://cdn.tailwindcss.com; style-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net; img-src 'self' data: https:; font-src 'self' data: https://fonts.gstatic.com; connect-src 'self'; frame-ancestors 'self' https://trusted-site.com; base-uri 'self'; form-action 'self'",
    });
  });

  it("sends no CSP from /api/data", async () => {
    const { "Content-Security-Policy": _, ...others } = TALISMAN;
    expect(await sent(securityHeaders(talisman), override({ contentSecurityPolicy: false }))).toEqual(others);
  });

  it("changes frame options and permissions of one route", async () => {
    expect(
      await sent(securityHeaders(talisman), override({ xFrameOptions: "DENY", permissionsPolicy: { geolocation: ["self"] } })),
    ).toEqual({
      ...TALISMAN,
      "X-Frame-Options": "DENY",
      "Permissions-Policy": "geolocation=(self)",
    });
  });

  it("refuses ALLOW-FROM with the fix", () => {
    const make = () => securityHeaders({ xFrameOptions: "ALLOW-FROM https://trusted-site.com" } as never);
    expect(make).toThrow(PolicyError);
    expect(make).toThrow(
      'xFrameOptions: "ALLOW-FROM https://trusted-site.com" is not one of its values. Browsers ignore it: write contentSecurityPolicy: { frameAncestors: ["https://trusted-site.com"] }.',
    );
  });

  it("refuses the values that Talisman lets through", () => {
    expect(() => securityHeaders({ xFrameOptions: "BOGUS" } as never)).toThrow('xFrameOptions: "BOGUS" is not one of its values');
    expect(() => securityHeaders({ strictTransportSecurity: { maxAge: -1 } })).toThrow("strictTransportSecurity.maxAge");
    expect(() => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["self; img-src *"] } } as never)).toThrow(
      "contentSecurityPolicy.scriptSrc[0]",
    );
  });

  it("carries all headers on an error page of the site's own", async () => {
    const app = express();
    app.disable("x-powered-by");
    app.use(securityHeaders(talisman));
    app.use((_req, res) => void res.status(404).send("Not here."));
    const answer = await ask(await serve(app), "/nowhere");
    expect([answer.status, ours(answer)]).toEqual([404, TALISMAN]);
  });
});
