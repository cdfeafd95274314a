import http from "node:http";
import express from "express";
import { describe, expect, it } from "vitest";
import {
  append,
  definePolicy,
  type Middleware,
  nonce,
  observe,
  override,
  type Policy,
  PolicyError,
  policyOf,
  remove,
  renderHeaders,
  reportOnly,
  sealHeaders,
  securityHeaders,
} from "../../src/index.js";
import { api } from "../../src/presets/index.js";
import { ask, EXPRESSES, listen, ours, serve, tellError } from "./support.js";

const site = () =>
  securityHeaders("none", {
    contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: ["self", "data:"], frameAncestors: ["none"] },
    xFrameOptions: "DENY",
    referrerPolicy: "no-referrer",
    permissionsPolicy: { camera: [], microphone: [] },
  });

const SITE = {
  "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": "camera=(), microphone=()",
};

function appWith(...middleware: readonly Middleware[]): express.Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("env", "test");
  for (const one of middleware) app.use(one);
  return app;
}

/** What is sent with these in front of a handler. */
async function sent(...middleware: readonly Middleware[]): Promise<Record<string, string>> {
  const app = appWith(...middleware);
  app.get("/", (_req, res) => void res.send("A page."));
  app.use(tellError);
  const answer = await ask(await serve(app));
  if (answer.status !== 200) throw new Error(answer.body);
  return ours(answer);
}

/** Status, headers and what the site's own error handler got. */
async function failed(app: express.Express): Promise<{ status: number; headers: Record<string, string>; error: Record<string, unknown> }> {
  app.get("/", (_req, res) => void res.json({ code: "no error" }));
  app.use(tellError);
  const answer = await ask(await serve(app));
  return { status: answer.status, headers: ours(answer), error: JSON.parse(answer.body) };
}

describe.each(EXPRESSES)("$version", ({ express }) => {
  function app() {
    const one = express();
    one.disable("x-powered-by");
    one.use(site());
    return one;
  }

  it("changes one route and leaves the others", async () => {
    const one = app();
    one.get("/embed", override({ xFrameOptions: "SAMEORIGIN" }), (_req, res) => void res.send("A page."));
    one.get("/page", (_req, res) => void res.send("A page."));
    const port = await serve(one);
    expect(ours(await ask(port, "/embed"))).toEqual({ ...SITE, "X-Frame-Options": "SAMEORIGIN" });
    expect(ours(await ask(port, "/page"))).toEqual(SITE);
  });

  it("changes a router and leaves what is outside", async () => {
    const one = app();
    const router = express.Router();
    router.use(override({ referrerPolicy: "origin" }));
    router.get("/page", (_req, res) => void res.send("A page."));
    one.use("/inner", router);
    one.get("/page", (_req, res) => void res.send("A page."));
    const port = await serve(one);
    expect(ours(await ask(port, "/inner/page"))).toEqual({ ...SITE, "Referrer-Policy": "origin" });
    expect(ours(await ask(port, "/page"))).toEqual(SITE);
  });

  it("stacks a route's on its router's", async () => {
    const one = app();
    const router = express.Router();
    router.use(override({ referrerPolicy: "origin", xFrameOptions: "SAMEORIGIN" }));
    router.get("/page", override({ xFrameOptions: false }), (_req, res) => void res.send("A page."));
    one.use("/inner", router);
    const { "X-Frame-Options": _, ...others } = SITE;
    expect(ours(await ask(await serve(one), "/inner/page"))).toEqual({ ...others, "Referrer-Policy": "origin" });
  });

  it("replaces the whole policy by a second securityHeaders on a path", async () => {
    const one = app();
    one.use("/api", securityHeaders("none", { xContentTypeOptions: true }));
    one.get("/api/data", (_req, res) => void res.send("Data."));
    one.get("/page", (_req, res) => void res.send("A page."));
    const port = await serve(one);
    expect(ours(await ask(port, "/api/data"))).toEqual({ "X-Content-Type-Options": "nosniff" });
    expect(ours(await ask(port, "/page"))).toEqual(SITE);
  });

  it("gives what is wrong on a request to the error handler", async () => {
    const one = express();
    one.disable("x-powered-by");
    one.get("/", override({ xFrameOptions: "DENY" }), (_req, res) => void res.send("A page."));
    one.use(tellError);
    const answer = await ask(await serve(one));
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([500, { name: "PolicyError", code: "no-policy" }]);
  });
});

describe("what an override says", () => {
  it("replaces a plain value", async () => {
    expect(await sent(site(), override({ referrerPolicy: "same-origin" }))).toEqual({ ...SITE, "Referrer-Policy": "same-origin" });
  });

  it("replaces one directive where it stands, and leaves the others", async () => {
    expect(await sent(site(), override({ contentSecurityPolicy: { imgSrc: ["https://img.example"] } }))).toEqual({
      ...SITE,
      "Content-Security-Policy": "default-src 'self'; img-src https://img.example; frame-ancestors 'none'",
    });
  });

  it("puts a new directive behind the others", async () => {
    expect(await sent(site(), override({ contentSecurityPolicy: { fontSrc: ["self"] } }))).toEqual({
      ...SITE,
      "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; font-src 'self'",
    });
  });

  it("replaces the whole CSP by a string", async () => {
    expect(await sent(site(), override({ contentSecurityPolicy: "default-src 'none'" }))).toEqual({
      ...SITE,
      "Content-Security-Policy": "default-src 'none'",
    });
  });

  it("appends to what stands", async () => {
    expect(await sent(site(), override({ contentSecurityPolicy: { imgSrc: append("https://img.example") } }))).toEqual({
      ...SITE,
      "Content-Security-Policy": "default-src 'self'; img-src 'self' data: https://img.example; frame-ancestors 'none'",
    });
  });

  it("appends to 'none' in its place", async () => {
    expect(await sent(site(), override({ contentSecurityPolicy: { frameAncestors: append("https://partner.example") } }))).toEqual({
      ...SITE,
      "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors https://partner.example",
    });
  });

  it("removes from what stands", async () => {
    expect(await sent(site(), override({ contentSecurityPolicy: { imgSrc: remove("data:") } }))).toEqual({
      ...SITE,
      "Content-Security-Policy": "default-src 'self'; img-src 'self'; frame-ancestors 'none'",
    });
  });

  it("really removes a header with false", async () => {
    const { "Content-Security-Policy": _, ...others } = SITE;
    expect(await sent(site(), override({ contentSecurityPolicy: false }))).toEqual(others);
  });

  it("really removes all headers with none", async () => {
    expect(await sent(site(), override("none"))).toEqual({});
  });

  it("lets a directive fall back with false", async () => {
    expect(await sent(site(), override({ contentSecurityPolicy: { imgSrc: false } }))).toEqual({
      ...SITE,
      "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    });
  });

  it("turns a header on with true", async () => {
    expect(await sent(site(), override({ xContentTypeOptions: true }))).toEqual({ ...SITE, "X-Content-Type-Options": "nosniff" });
  });

  it("leaves what stands with true", async () => {
    expect(await sent(site(), override({ xFrameOptions: true }))).toEqual(SITE);
  });

  it("says nothing with undefined", async () => {
    expect(await sent(site(), override({ xFrameOptions: undefined, contentSecurityPolicy: { imgSrc: undefined } }))).toEqual(SITE);
  });

  it("says nothing without a layer", async () => {
    expect(await sent(site(), override(false, "", undefined))).toEqual(SITE);
  });

  it("merges features one by one", async () => {
    expect(await sent(site(), override({ permissionsPolicy: { microphone: ["self"], geolocation: [] } }))).toEqual({
      ...SITE,
      "Permissions-Policy": "camera=(), microphone=(self), geolocation=()",
    });
  });

  it("adds and takes away headers without a key of their own", async () => {
    const own = override({ custom: { "X-Own": "1" } });
    expect(await sent(site(), own)).toEqual({ ...SITE, "X-Own": "1" });
    expect(await sent(site(), own, override({ custom: { "X-Own": false } }))).toEqual(SITE);
  });

  it("takes away a header without a key of its own in whatever case it is written", async () => {
    const owned = securityHeaders("none", { custom: { "X-Own": "1" } });
    expect(await sent(owned, override({ custom: { "x-own": false } }))).toEqual({});
  });

  it("replaces a header without a key of its own in whatever case it is written", async () => {
    const owned = securityHeaders("none", { custom: { "X-Own": "1" } });
    const headers = await sent(owned, override({ custom: { "x-own": "2" } }));
    expect(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])).toEqual([["x-own", "2"]]);
  });

  it("strips a header that stands on the response", async () => {
    const speak: Middleware = (_req, res, next) => {
      res.setHeader("X-Generator", "Chatty 1.0");
      next?.();
    };
    expect(await sent(site(), speak)).toEqual({ ...SITE, "X-Generator": "Chatty 1.0" });
    expect(await sent(site(), speak, override({ stripHeaders: ["X-Generator"] }))).toEqual(SITE);
  });

  it("writes only the difference: what a handler wrote on another line stays", async () => {
    const write: Middleware = (_req, res, next) => {
      res.setHeader("Referrer-Policy", "origin");
      next?.();
    };
    expect(await sent(site(), write, override({ xFrameOptions: "SAMEORIGIN" }))).toEqual({
      ...SITE,
      "Referrer-Policy": "origin",
      "X-Frame-Options": "SAMEORIGIN",
    });
  });

  it("can be mounted twice without appending twice", async () => {
    const images = override({ contentSecurityPolicy: { imgSrc: append("https://img.example") } });
    expect(await sent(site(), images, images)).toEqual({
      ...SITE,
      "Content-Security-Policy": "default-src 'self'; img-src 'self' data: https://img.example; frame-ancestors 'none'",
    });
  });

  it("serves two sites of different policies with one override", async () => {
    const images = override({ contentSecurityPolicy: { imgSrc: append("https://img.example") } });
    const app = express();
    app.disable("x-powered-by");
    app.use("/one", securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self"] } }));
    app.use("/two", securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["none"], imgSrc: ["data:"] } }));
    app.use(images, (_req, res) => void res.send("A page."));
    const port = await serve(app);
    const answers = [await ask(port, "/one"), await ask(port, "/two"), await ask(port, "/one"), await ask(port, "/two")];
    expect(answers.map(({ headers }) => headers["Content-Security-Policy"])).toEqual([
      "default-src 'self'; img-src 'self' https://img.example",
      "default-src 'none'; img-src data: https://img.example",
      "default-src 'self'; img-src 'self' https://img.example",
      "default-src 'none'; img-src data: https://img.example",
    ]);
  });
});

describe("presets and policies as overrides", () => {
  it("replaces all but what belongs to the whole site by a preset", async () => {
    expect(await sent(site(), override("streamlit"))).toEqual({
      "Content-Security-Policy":
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: https: blob:; connect-src 'self' ws: wss: https://basemaps.cartocdn.com https://*.basemaps.cartocdn.com https://data.streamlit.io https://api.mapbox.com https://events.mapbox.com; font-src 'self' data:; frame-ancestors 'self'",
      "X-Frame-Options": "SAMEORIGIN",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "strict-origin-when-cross-origin",
      "Permissions-Policy": "geolocation=(), microphone=(), camera=()",
      "X-XSS-Protection": "1; mode=block",
    });
  });

  it("replaces the whole by a policy", async () => {
    expect(await sent(site(), override(definePolicy("none", { xContentTypeOptions: true })))).toEqual({
      "X-Content-Type-Options": "nosniff",
    });
  });

  it("forgets what lies below a complete layer, and keeps what lies on it", async () => {
    expect(await sent(site(), override({ xContentTypeOptions: true }, "none", { referrerPolicy: "origin" }))).toEqual({
      "Referrer-Policy": "origin",
    });
  });

  it("lays the one patch among the presets on top", async () => {
    const https = securityHeaders("none", { strictTransportSecurity: { maxAge: 300 }, xFrameOptions: "DENY" });
    expect(await sent(https, override("development"))).toEqual({ "X-Frame-Options": "DENY" });
  });
});

describe("what belongs to the whole site", () => {
  const ramp = () => securityHeaders("none", { xFrameOptions: "DENY", strictTransportSecurity: { maxAge: 300 } });
  const hsts = async (...middleware: readonly Middleware[]) => (await sent(...middleware))["Strict-Transport-Security"];
  const reporting = () => securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self"] }, reporting: "/reports" });

  it.each([
    { name: "a preset's name", layer: "api" },
    { name: "a preset", layer: api },
    { name: "a policy with HSTS of its own", layer: definePolicy("api", { strictTransportSecurity: { maxAge: 63_072_000 } }) },
    { name: "a policy that switches HSTS off", layer: definePolicy("api", { strictTransportSecurity: false }) },
    { name: "none", layer: "none" },
  ])("an HSTS ramp stays under $name", async ({ layer }) => {
    expect(await hsts(ramp(), override(layer as never))).toBe("max-age=300");
  });

  it("a preset brings no HSTS where the site has none", async () => {
    expect(await hsts(securityHeaders("strict", "development"), override("api"))).toBeUndefined();
  });

  it.each([
    { name: "above the preset", layers: ["api", { strictTransportSecurity: { maxAge: 600 } }] },
    { name: "below the preset", layers: [{ strictTransportSecurity: { maxAge: 600 } }, "api"] },
  ])("a patch that names HSTS changes it, $name", async ({ layers }) => {
    expect(await hsts(ramp(), override(...(layers as never[])))).toBe("max-age=600");
  });

  it("a patch lies on the site's HSTS field by field", async () => {
    expect(await hsts(ramp(), override("api", { strictTransportSecurity: { includeSubDomains: true } }))).toBe(
      "max-age=300; includeSubDomains",
    );
  });

  it("development, which is a patch, switches HSTS off", async () => {
    expect(await hsts(ramp(), override("api", "development"))).toBeUndefined();
  });

  it("a second securityHeaders replaces it", async () => {
    expect(await hsts(ramp(), securityHeaders("none", { strictTransportSecurity: { maxAge: 1 } }))).toBe("max-age=1");
  });

  it("reports of the site's endpoint go on under a preset, also from its CSP", async () => {
    const headers = await sent(reporting(), override("api"));
    expect([headers["Content-Security-Policy"], headers["Reporting-Endpoints"]]).toEqual([
      "default-src 'none'; frame-ancestors 'none'; report-uri /reports; report-to default",
      'default="/reports"',
    ]);
  });

  it("a patch changes where they go", async () => {
    expect((await sent(reporting(), override("api", { reporting: "/other" })))["Reporting-Endpoints"]).toBe('default="/other"');
  });

  it("a patch ends them", async () => {
    expect((await sent(reporting(), override("api", { reporting: false })))["Reporting-Endpoints"]).toBeUndefined();
  });

  it("endpoints of the site stay", async () => {
    const endpoints = securityHeaders("none", { reportingEndpoints: { own: "/own" } });
    expect((await sent(endpoints, override("none")))["Reporting-Endpoints"]).toBe('own="/own"');
  });

  it("names to strip stay", async () => {
    const speak: Middleware = (_req, res, next) => {
      res.setHeader("X-Generator", "x");
      next?.();
    };
    const strip = securityHeaders("none", { stripHeaders: ["X-Generator"] });
    expect(await sent(strip, override("none"), speak, sealHeaders())).toEqual({});
  });

  it("what a patch of the site has switched off stays so under a preset and the seal", async () => {
    const off = securityHeaders("none", { strictTransportSecurity: false });
    const upstream: Middleware = (_req, res, next) => {
      res.setHeader("Strict-Transport-Security", "max-age=1");
      next?.();
    };
    expect(await hsts(off, override("api"), upstream, sealHeaders())).toBeUndefined();
  });

  it("what no layer speaks of is left to others under the seal", async () => {
    const upstream: Middleware = (_req, res, next) => {
      res.setHeader("Strict-Transport-Security", "max-age=1");
      next?.();
    };
    expect(await hsts(securityHeaders("none"), override("api"), upstream, sealHeaders())).toBe("max-age=1");
  });

  it("policyOf has it among its layers, so that the policy may be defined again", async () => {
    let again: unknown;
    const look: Middleware = (_req, res, next) => {
      again = renderHeaders(definePolicy(policyOf(res) as Policy));
      next?.();
    };
    const headers = await sent(ramp(), override("api"), look);
    expect(again).toEqual(headers);
    expect(headers["Strict-Transport-Security"]).toBe("max-age=300");
  });
});

describe("stacking", () => {
  const images = { contentSecurityPolicy: { imgSrc: append("https://img.example") } } as const;
  const fonts = { contentSecurityPolicy: { fontSrc: append("https://font.example") } } as const;
  const wider = { contentSecurityPolicy: { defaultSrc: ["self", "https://cdn.example"] } } as const;

  it.each([
    {
      name: "two headers",
      layers: [{ xFrameOptions: "SAMEORIGIN" }, { referrerPolicy: "origin" }],
      expected: {
        "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "origin",
        "Permissions-Policy": "camera=(), microphone=()",
      },
    },
    {
      name: "an append, then a change of what it falls back to",
      layers: [fonts, wider],
      expected: {
        "Content-Security-Policy":
          "default-src 'self' https://cdn.example; img-src 'self' data:; frame-ancestors 'none'; font-src 'self' https://cdn.example https://font.example",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=()",
      },
    },
    {
      name: "an append, then a remove of the same",
      layers: [images, { contentSecurityPolicy: { imgSrc: remove("https://img.example", "data:") } }],
      expected: {
        "Content-Security-Policy": "default-src 'self'; img-src 'self'; frame-ancestors 'none'",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=()",
      },
    },
    {
      name: "a CSP off, then an object over it",
      layers: [{ contentSecurityPolicy: false }, { contentSecurityPolicy: { defaultSrc: ["none"] } }],
      expected: {
        "Content-Security-Policy": "default-src 'none'",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=()",
      },
    },
    {
      name: "a directive off, then an append to it",
      layers: [{ contentSecurityPolicy: { imgSrc: false } }, images],
      expected: {
        "Content-Security-Policy": "default-src 'self'; img-src 'self' https://img.example; frame-ancestors 'none'",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=()",
      },
    },
    {
      name: "an append, then the CSP off, then removals alone",
      layers: [images, { contentSecurityPolicy: false }, { contentSecurityPolicy: { imgSrc: remove("data:") } }],
      expected: {
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=()",
      },
    },
    {
      name: "a patch, then a preset",
      layers: [{ xContentTypeOptions: true }, "none", { xFrameOptions: "SAMEORIGIN" }],
      expected: { "X-Frame-Options": "SAMEORIGIN" },
    },
  ])("is the same in one override and in several: $name", async ({ layers, expected }) => {
    const one = await sent(site(), override(...(layers as never[])));
    const several = await sent(site(), ...layers.map((layer) => override(layer as never)));
    expect([one, several]).toEqual([expected, expected]);
  });
});

describe("a second securityHeaders", () => {
  it("takes away what only the first has", async () => {
    expect(await sent(site(), securityHeaders("none", { xFrameOptions: "SAMEORIGIN" }))).toEqual({ "X-Frame-Options": "SAMEORIGIN" });
  });

  it("takes away the first's own headers too", async () => {
    const first = securityHeaders("none", { custom: { "X-Own": "1" }, contentSecurityPolicyReportOnly: { defaultSrc: ["self"] } });
    expect(await sent(first, securityHeaders("none"))).toEqual({});
  });

  it("takes away what overrides put on the first", async () => {
    expect(await sent(site(), override({ xContentTypeOptions: true }), securityHeaders("none", { referrerPolicy: "origin" }))).toEqual({
      "Referrer-Policy": "origin",
    });
  });

  it("starts from recommended, not from the first", async () => {
    expect(await sent(securityHeaders("none", { custom: { "X-Own": "1" } }), securityHeaders())).toEqual({
      "Content-Security-Policy":
        "default-src 'self'; base-uri 'self'; font-src 'self' data:; form-action 'self'; frame-ancestors 'self'; img-src 'self' data:; object-src 'none'; script-src 'self'; script-src-attr 'none'; style-src 'self' 'unsafe-inline'",
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
    });
  });

  it("is what later overrides lengthen", async () => {
    expect(await sent(site(), securityHeaders("none", { xFrameOptions: "DENY" }), override({ referrerPolicy: "origin" }))).toEqual({
      "X-Frame-Options": "DENY",
      "Referrer-Policy": "origin",
    });
  });

  it("replaces what stood on the response in another case", async () => {
    const write: Middleware = (_req, res, next) => {
      res.setHeader("x-frame-options", "SAMEORIGIN");
      next?.();
    };
    expect(await sent(write, securityHeaders("none", { xFrameOptions: "DENY" }))).toEqual({ "X-Frame-Options": "DENY" });
  });

  it("leaves headers that a handler wrote and neither has", async () => {
    const write: Middleware = (_req, res, next) => {
      res.setHeader("X-Own", "1");
      next?.();
    };
    expect(await sent(site(), write, securityHeaders("none", { xFrameOptions: "DENY" }))).toEqual({
      "X-Own": "1",
      "X-Frame-Options": "DENY",
    });
  });
});

describe("where nothing is in force", () => {
  it("goes to next(err), and writes nothing", async () => {
    const { status, headers, error } = await failed(appWith(override({ xFrameOptions: "DENY" })));
    expect([status, headers, error["name"], error["code"]]).toEqual([500, {}, "PolicyError", "no-policy"]);
  });

  it("says what to write", async () => {
    const { error } = await failed(appWith(override({ xFrameOptions: "DENY" })));
    expect(error["message"]).toBe(
      "override: there is no policy in force on this response. Write app.use(securityHeaders()) before this route.",
    );
  });

  it("goes to next(err) also with a complete layer", async () => {
    expect((await failed(appWith(override("strict")))).error["code"]).toBe("no-policy");
  });

  it("throws where there is no next", async () => {
    const framed = override({ xFrameOptions: "DENY" });
    const caught: unknown[] = [];
    const port = await serve((req, res) => {
      try {
        framed(req, res);
      } catch (error) {
        caught.push(error);
      }
      res.end();
    });
    const answer = await ask(port);
    expect(ours(answer)).toEqual({});
    expect(caught[0]).toBeInstanceOf(PolicyError);
    expect(caught[0]).toMatchObject({ code: "no-policy" });
  });
});

describe("after the headers are sent", () => {
  /** An app that answers its first bytes, then calls this middleware, then ends. */
  async function late(middleware: Middleware) {
    const errors: unknown[] = [];
    const app = appWith(site());
    app.get("/", (req, res) => {
      res.write("Half, ");
      middleware(req, res, (error) => {
        errors.push(error);
        res.end("whole.");
      });
    });
    const answer = await ask(await serve(app));
    return { headers: ours(answer), body: answer.body, errors };
  }

  it.each([
    { name: "override", middleware: override({ xFrameOptions: "SAMEORIGIN" }) },
    { name: "override that changes nothing", middleware: override({}) },
    { name: "securityHeaders", middleware: securityHeaders() },
  ])("$name goes to next(err), and writes nothing", async ({ middleware }) => {
    const { headers, body, errors } = await late(middleware);
    expect([headers, body]).toEqual([SITE, "Half, whole."]);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(PolicyError);
    expect(errors[0]).toMatchObject({ code: "headers-sent" });
  });

  it("leaves the policy that was sent in force", async () => {
    let seen: unknown;
    const app = appWith(site());
    app.get("/", (req, res) => {
      res.write("Half, ");
      override({ xFrameOptions: "SAMEORIGIN" })(req, res, () => {
        seen = policyOf(res)?.resolved["xFrameOptions"];
        res.end("whole.");
      });
    });
    await ask(await serve(app));
    expect(seen).toBe("DENY");
  });
});

describe("an override that does not fit the policy in force", () => {
  const STRICT_DYNAMIC_CSP =
    /^default-src 'none'; script-src 'nonce-[A-Za-z0-9+/]{22}==' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'; upgrade-insecure-requests$/;

  function app() {
    const one = appWith(securityHeaders("strictDynamic"));
    one.get("/", override({ contentSecurityPolicy: { scriptSrc: remove(nonce) } }), (_req, res) => void res.send("A page."));
    one.get("/page", (_req, res) => void res.send("A page."));
    one.use(tellError);
    return one;
  }

  it("goes to next(err) on the first request and on every later one", async () => {
    const port = await serve(app());
    const answers = [await ask(port), await ask(port), await ask(port)];
    expect(answers.map(({ status, body }) => [status, JSON.parse(body)])).toEqual(
      Array.from({ length: 3 }, () => [
        500,
        {
          name: "PolicyError",
          code: "conflict",
          path: "contentSecurityPolicy.scriptSrc[0]",
          message:
            'contentSecurityPolicy.scriptSrc[0]: "strict-dynamic" needs a nonce or a hash; without one no script runs. Add nonce (import { nonce } from "portcullis") or a hash, or take "strict-dynamic" out.',
        },
      ]),
    );
  });

  it("leaves the site's own headers in force", async () => {
    const port = await serve(app());
    const away = { headers: { Host: "example.com" } };
    for (const { headers } of [await ask(port, "/", away), await ask(port, "/", away)]) {
      expect(headers["Content-Security-Policy"]).toMatch(STRICT_DYNAMIC_CSP);
      expect([headers["X-Frame-Options"], headers["Cross-Origin-Embedder-Policy"]]).toEqual(["DENY", "require-corp"]);
    }
  });

  it("leaves other routes alone", async () => {
    const port = await serve(app());
    await ask(port);
    const answer = await ask(port, "/page", { headers: { Host: "example.com" } });
    expect([answer.status, answer.body]).toEqual([200, "A page."]);
    expect(answer.headers["Content-Security-Policy"]).toMatch(STRICT_DYNAMIC_CSP);
  });

  it("changes nothing of it, also where only one of its headers does not fit", async () => {
    const misfit = override({ xFrameOptions: "SAMEORIGIN", contentSecurityPolicy: { baseUri: append("https://base.example") } });
    const { status, headers, error } = await failed(appWith(site(), misfit));
    expect([status, headers, error["code"], error["path"]]).toEqual([500, SITE, "unresolved-edit", "contentSecurityPolicy.baseUri"]);
  });

  it("is refused by one site and taken by another", async () => {
    const base = override({ contentSecurityPolicy: { baseUri: append("https://base.example") } });
    const one = express();
    one.disable("x-powered-by");
    one.use("/without", site());
    one.use("/with", securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self"], baseUri: ["self"] } }));
    one.use(base, (_req, res) => void res.send("A page."));
    one.use(tellError);
    const port = await serve(one);
    const answers = [await ask(port, "/without"), await ask(port, "/with"), await ask(port, "/without"), await ask(port, "/with")];
    expect(answers.map(({ status }) => status)).toEqual([500, 200, 500, 200]);
    expect(answers[3] && ours(answers[3])).toEqual({
      "Content-Security-Policy": "default-src 'self'; base-uri 'self' https://base.example",
    });
  });

  it("is refused at once where the layer alone is wrong", () => {
    expect(() => override({ xFrameOption: "DENY" } as never)).toThrow('xFrameOption: unknown header. Did you mean "xFrameOptions"?');
    expect(() => override({ contentSecurityPolicy: { scriptSrc: append("slef" as never) } })).toThrow('Did you mean "self"?');
    expect(() => override({ contentSecurityPolicy: null } as never)).toThrow(PolicyError);
  });
});

describe("mounted without the call", () => {
  it.each([
    { name: "securityHeaders", factory: securityHeaders, hint: "Write app.use(securityHeaders())." },
    { name: "override", factory: override, hint: 'Write app.get("/path", override({ … }), handler).' },
  ])("$name says so", async ({ name, factory, hint }) => {
    const app = express();
    app.use(factory as never);
    const { status, error } = await failed(app);
    expect([status, error["name"], error["code"], error["path"]]).toEqual([500, "PolicyError", "not-called", name]);
    expect(error["message"]).toBe(`${name}: was mounted without being called, and received a request. ${hint}`);
  });
});

describe("policyOf", () => {
  /** What policyOf gives behind these, on a real response. */
  async function policyBehind(...middleware: readonly Middleware[]) {
    let seen: ReturnType<typeof policyOf>;
    const app = appWith(...middleware);
    app.get("/", (_req, res) => {
      seen = policyOf(res);
      res.send("A page.");
    });
    await ask(await serve(app));
    return seen;
  }

  it("is undefined where nothing is in force", async () => {
    expect(await policyBehind()).toBeUndefined();
  });

  it("is the very policy that was mounted", async () => {
    const policy = await policyBehind(site());
    expect(policy?.resolved).toEqual({
      contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: ["self", "data:"], frameAncestors: ["none"] },
      xFrameOptions: "DENY",
      referrerPolicy: "no-referrer",
      permissionsPolicy: { camera: [], microphone: [] },
    });
  });

  it("is lengthened by overrides", async () => {
    const policy = await policyBehind(site(), override({ xFrameOptions: "SAMEORIGIN" }), override({ referrerPolicy: false }));
    expect(policy?.layers.slice(-2)).toEqual([{ xFrameOptions: "SAMEORIGIN" }, { referrerPolicy: false }]);
    expect(policy?.resolved["xFrameOptions"]).toBe("SAMEORIGIN");
    expect(policy?.resolved).not.toHaveProperty("referrerPolicy");
  });

  it("is what a second securityHeaders says", async () => {
    const policy = await policyBehind(site(), securityHeaders("none", { xContentTypeOptions: true }));
    expect(policy?.resolved).toEqual({ xContentTypeOptions: "nosniff" });
  });

  it("renders to what is sent", async () => {
    const policy = await policyBehind(site(), override({ contentSecurityPolicy: false }));
    expect(policy && renderHeaders(policy)).toEqual({
      "X-Frame-Options": "DENY",
      "Referrer-Policy": "no-referrer",
      "Permissions-Policy": "camera=(), microphone=()",
    });
  });

  it("is frozen", async () => {
    const policy = await policyBehind(site(), override({ xFrameOptions: "SAMEORIGIN" }));
    expect([Object.isFrozen(policy), Object.isFrozen(policy?.layers), Object.isFrozen(policy?.resolved)]).toEqual([true, true, true]);
  });

  it("stays the site's where an override fails", async () => {
    let seen: unknown;
    const app = appWith(site(), override({ contentSecurityPolicy: { baseUri: append("https://base.example") } }));
    app.use(((_error, _req, res, _next) => {
      seen = policyOf(res)?.resolved["contentSecurityPolicy"];
      res.status(500).end();
    }) as express.ErrorRequestHandler);
    await ask(await listen(http.createServer(app)));
    expect(seen).toEqual({ defaultSrc: ["self"], imgSrc: ["self", "data:"], frameAncestors: ["none"] });
  });
});

describe("on a site that only observes its policy", () => {
  const CSP = "Content-Security-Policy-Report-Only";
  const policy = definePolicy("none", {
    contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: ["self", "data:"], sandbox: [] },
    crossOriginOpenerPolicy: { policy: "same-origin" },
    referrerPolicy: "no-referrer",
  });
  const OBSERVED = {
    [CSP]: "default-src 'self'; img-src 'self' data:",
    "Cross-Origin-Opener-Policy-Report-Only": "same-origin",
    "Referrer-Policy": "no-referrer",
  };
  const observing = () => securityHeaders(reportOnly(policy));

  it.each<[string, Middleware, Record<string, string>]>([
    [
      "an edit changes what is observed",
      override({ contentSecurityPolicy: { imgSrc: append("blob:") } }),
      { ...OBSERVED, [CSP]: "default-src 'self'; img-src 'self' data: blob:" },
    ],
    [
      "a list is observed",
      override({ contentSecurityPolicy: { frameAncestors: ["https://partner.example"] } }),
      { ...OBSERVED, [CSP]: "default-src 'self'; img-src 'self' data:; frame-ancestors https://partner.example" },
    ],
    [
      "a text is observed, without what browsers ignore",
      override({ contentSecurityPolicy: "default-src *; upgrade-insecure-requests" }),
      { ...OBSERVED, [CSP]: "default-src *" },
    ],
    [
      "true is the default",
      override({ permissionsPolicy: true }),
      { ...OBSERVED, "Permissions-Policy-Report-Only": "geolocation=(), microphone=(), camera=()" },
    ],
    [
      "false switches off",
      override({ contentSecurityPolicy: false, crossOriginOpenerPolicy: false }),
      { "Referrer-Policy": "no-referrer" },
    ],
    ["what browsers ignore changes nothing", override({ contentSecurityPolicy: { sandbox: ["allow-forms"] } }), OBSERVED],
    [
      "a text that browsers ignore leaves nothing",
      override({ contentSecurityPolicy: "sandbox", crossOriginOpenerPolicy: false }),
      { "Referrer-Policy": "no-referrer" },
    ],
    [
      "the other headers are in force",
      override({ referrerPolicy: "same-origin", xFrameOptions: "DENY" }),
      { ...OBSERVED, "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY" },
    ],
    [
      "a report-only header is what it says",
      override({ contentSecurityPolicyReportOnly: { imgSrc: append("blob:") } }),
      { ...OBSERVED, [CSP]: "default-src 'self'; img-src 'self' data: blob:" },
    ],
    [
      "a policy replaces what is observed",
      override(definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["none"] } })),
      { [CSP]: "default-src 'none'" },
    ],
    [
      "what observe makes replaces it",
      override(observe("none", { contentSecurityPolicy: { defaultSrc: ["none"] } })),
      { ...OBSERVED, [CSP]: "default-src 'none'" },
    ],
  ])("%s", async (_, middleware, expected) => {
    expect(await sent(observing(), middleware)).toEqual(expected);
  });

  it("an override above another one is observed, above a policy too", async () => {
    const first = override("none", { contentSecurityPolicy: { defaultSrc: ["self"] } });
    const second = override({ contentSecurityPolicy: { imgSrc: append("blob:") } });
    expect(await sent(observing(), first, second)).toEqual({ [CSP]: "default-src 'self'; img-src 'self' blob:" });
  });

  it("patches above the policy are below the override", async () => {
    const site = securityHeaders(reportOnly(policy), { referrerPolicy: "origin", contentSecurityPolicyReportOnly: { fontSrc: ["self"] } });
    expect(await sent(site, override({ contentSecurityPolicy: { fontSrc: append("data:") }, referrerPolicy: "same-origin" }))).toEqual({
      ...OBSERVED,
      [CSP]: "default-src 'self'; img-src 'self' data:; font-src 'self' data:",
      "Referrer-Policy": "same-origin",
    });
  });

  it("a route that observes leaves the rest of the site enforced", async () => {
    const route = override(reportOnly(policy));
    expect(await sent(site(), route, override({ contentSecurityPolicy: { imgSrc: append("blob:") } }))).toEqual({
      ...OBSERVED,
      [CSP]: "default-src 'self'; img-src 'self' data: blob:",
    });
    expect(await sent(site(), override({ contentSecurityPolicy: { imgSrc: ["blob:"] } }))).toMatchObject({
      "Content-Security-Policy": "default-src 'self'; img-src blob:; frame-ancestors 'none'",
    });
  });

  it("reporting is added to what a route observes", async () => {
    const reporting = securityHeaders(reportOnly(definePolicy(policy, { reporting: "/r" })));
    expect(await sent(reporting, override("none", { contentSecurityPolicy: { defaultSrc: ["none"] } }))).toEqual({
      [CSP]: "default-src 'none'; report-uri /r; report-to default",
      "Reporting-Endpoints": 'default="/r"',
    });
  });

  it("both forms of a header are a conflict", async () => {
    const both = override({ contentSecurityPolicy: { imgSrc: ["self"] }, contentSecurityPolicyReportOnly: { imgSrc: ["self"] } });
    const { status, error } = await failed(appWith(observing(), both));
    expect([status, error]).toMatchObject([500, { name: "PolicyError", code: "conflict", path: "contentSecurityPolicyReportOnly" }]);
  });

  it("a policy that is both enforced and observed has overrides of what is enforced", async () => {
    const both = securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["https:"] } }, observe(policy));
    expect(await sent(both, override({ contentSecurityPolicy: { imgSrc: append("blob:") } }))).toEqual({
      "Content-Security-Policy": "default-src https:; img-src https: blob:",
      [CSP]: "default-src 'self'; img-src 'self' data:",
      "Cross-Origin-Opener-Policy-Report-Only": "same-origin",
    });
  });
});
