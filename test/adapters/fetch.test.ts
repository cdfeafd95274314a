import type http from "node:http";
import { Readable } from "node:stream";
import vm from "node:vm";
import { build } from "esbuild";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { describe, expect, it, vi } from "vitest";
import { nonceOf, override, policyOf, sealHeaders, securityHeaders } from "../../src/adapters/fetch.js";
import { append, nonce, perRequest } from "../../src/index.js";
import { ask, ours, serve } from "../http/support.js";

const site = () =>
  securityHeaders("none", {
    contentSecurityPolicy: { defaultSrc: ["self"], frameAncestors: ["none"] },
    xFrameOptions: "DENY",
    xContentTypeOptions: true,
    stripHeaders: ["X-Powered-By", "Server"],
  });

const SITE = {
  "content-security-policy": "default-src 'self'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

const EMBEDDED = {
  "content-security-policy": "default-src 'self'; frame-ancestors https://partner.example",
  "x-content-type-options": "nosniff",
};
const embedded = () => override({ xFrameOptions: false, contentSecurityPolicy: { frameAncestors: ["https://partner.example"] } });

/** The adapter as the package's other module format has it: a second copy of every module. */
async function otherCopy(): Promise<{ readonly securityHeaders: typeof securityHeaders }> {
  vi.resetModules();
  return import("../../src/adapters/fetch.js");
}

const nonced = () => securityHeaders("none", { contentSecurityPolicy: { scriptSrc: [nonce] } });

/** All headers but those that say what the body is and where to go. */
function headersOf(response: Response): Record<string, string> {
  const theirs = ["content-type", "content-length", "location", "set-cookie"];
  return Object.fromEntries([...response.headers].filter(([name]) => !theirs.includes(name)));
}

async function seen(response: Response | Promise<Response>): Promise<unknown[]> {
  const one = await response;
  return [one.status, headersOf(one), await one.text()];
}

const GET = (path = "/page") => new Request(`https://site.example${path}`);

describe("securityHeaders in Hono", () => {
  const app = () => {
    const one = new Hono();
    one.use(site());
    return one;
  };

  it("puts the headers on a 200", async () => {
    const one = app().get("/page", (c) => c.text("A page."));
    expect(await seen(one.request("/page"))).toEqual([200, SITE, "A page."]);
  });

  it("puts the headers on Hono's own 404, and on an own one", async () => {
    expect(await seen(app().request("/page"))).toEqual([404, SITE, "404 Not Found"]);
    const own = app().notFound((c) => c.text("Gone.", 404));
    expect(await seen(own.request("/page"))).toEqual([404, SITE, "Gone."]);
  });

  it("puts the headers on what onError answers to a thrown error", async () => {
    const one = app().get("/page", () => {
      throw new Error("Something broke.");
    });
    one.onError((error) => new Response(error.message, { status: 500 }));
    expect(await seen(one.request("/page"))).toEqual([500, SITE, "Something broke."]);
  });

  it("puts the headers on an HTTPException", async () => {
    const one = app().get("/page", () => {
      throw new HTTPException(403, { message: "Not for you." });
    });
    expect(await seen(one.request("/page"))).toEqual([403, SITE, "Not for you."]);
  });

  it("puts the headers on the answer to HEAD, a 204 and a redirect", async () => {
    const one = app()
      .get("/page", (c) => c.text("A page."))
      .get("/empty", (c) => c.body(null, 204))
      .get("/away", (c) => c.redirect("/page"));
    expect(await seen(one.request("/page", { method: "HEAD" }))).toEqual([200, SITE, ""]);
    expect(await seen(one.request("/empty"))).toEqual([204, SITE, ""]);
    expect(await seen(one.request("/away"))).toEqual([302, SITE, ""]);
  });

  it("puts the headers on a response that cannot be changed, and keeps its own", async () => {
    const one = app().get("/page", () => Response.redirect("https://site.example/elsewhere", 307));
    const response = await one.request("/page");
    expect([response.headers.get("Location"), ...(await seen(response))]).toEqual(["https://site.example/elsewhere", 307, SITE, ""]);
  });

  it("takes from what came of fetch() what is under stripHeaders", async () => {
    const port = await serve((_req, res) => {
      res.writeHead(200, { Server: "Something", "X-Powered-By": "Something", "X-Upstream": "yes" });
      res.end("From upstream.");
    });
    const response = await app()
      .get("/page", () => fetch(`http://127.0.0.1:${port}/`))
      .request("/page");
    expect([response.headers.get("X-Upstream"), response.headers.get("Server"), response.headers.get("X-Powered-By")]).toEqual([
      "yes",
      null,
      null,
    ]);
  });

  it("puts the headers on the routes of a nested app", async () => {
    const inner = new Hono().get("/page", (c) => c.text("A page."));
    expect(await seen(app().route("/inner", inner).request("/inner/page"))).toEqual([200, SITE, "A page."]);
  });

  it("lets what a handler sets win on its own response, however it is set", async () => {
    const one = app()
      .get("/header", (c) => {
        c.header("X-Frame-Options", "SAMEORIGIN");
        return c.text("A page.");
      })
      .get("/third", (c) => c.text("A page.", 200, { "X-Frame-Options": "SAMEORIGIN" }))
      .get("/raw", () => new Response("A page.", { headers: { "X-Frame-Options": "SAMEORIGIN" } }));
    const expected = [200, { ...SITE, "x-frame-options": "SAMEORIGIN" }, "A page."];
    for (const path of ["/header", "/third", "/raw"]) expect(await seen(one.request(path))).toEqual(expected);
  });

  it("is replaced whole by a second one", async () => {
    const one = app()
      .use("/admin/*", securityHeaders("none", { referrerPolicy: "no-referrer" }))
      .get("/admin/page", (c) => c.text("A page."));
    expect(await seen(one.request("/admin/page"))).toEqual([200, { "referrer-policy": "no-referrer" }, "A page."]);
  });

  it("changes the policy for one route, by override", async () => {
    const one = app()
      .get("/embed", embedded(), (c) => c.text("Embedded."))
      .get("/page", (c) => c.text("A page."));
    expect(await seen(one.request("/embed"))).toEqual([200, EMBEDDED, "Embedded."]);
    expect(await seen(one.request("/page"))).toEqual([200, SITE, "A page."]);
  });

  it("keeps a route's override on what onError answers", async () => {
    const one = app().get("/embed", embedded(), () => {
      throw new HTTPException(500, { message: "Sorry." });
    });
    expect(await seen(one.request("/embed"))).toEqual([500, EMBEDDED, "Sorry."]);
  });

  it("hands onError the error of an override that does not fit, and what is in force stays", async () => {
    const one = app().get("/page", override({ contentSecurityPolicy: { formAction: append("https://pay.example") } }), (c) =>
      c.text("A page."),
    );
    one.onError((error, c) => c.text((error as { code?: string }).code ?? "", 500));
    expect(await seen(one.request("/page"))).toEqual([500, SITE, "unresolved-edit"]);
  });

  it("hands onError the error of an override where nothing is in force", async () => {
    const one = new Hono().get("/page", embedded(), (c) => c.text("A page."));
    one.onError((error, c) => c.text((error as { code?: string }).code ?? "", 500));
    expect(await seen(one.request("/page"))).toEqual([500, {}, "no-policy"]);
  });

  it("gives the nonce before the response is there, by the context and by the request", async () => {
    const one = new Hono();
    one.use(nonced());
    one.get("/page", (c) => c.text(`${nonceOf(c)} ${nonceOf(c.req.raw)}`));
    const response = await one.request("/page");
    const [first, second] = (await response.text()).split(" ");
    expect(first).toMatch(/^[\w+/]{22}==$/);
    expect(second).toBe(first);
    expect(response.headers.get("Content-Security-Policy")).toBe(`script-src 'nonce-${first}'`);
  });

  it("hands onError what a perRequest function throws, and its answer has the policy without that source", async () => {
    const broken = perRequest(() => {
      throw new Error("No tenant.");
    });
    const one = new Hono();
    one.use(securityHeaders("none", { contentSecurityPolicy: { scriptSrc: ["self", broken] } }));
    one.get("/page", (c) => c.text("A page."));
    one.onError((error) => new Response((error as { code?: string }).code ?? "", { status: 500 }));
    expect(await seen(one.request("/page"))).toEqual([500, { "content-security-policy": "script-src 'self'" }, "slot-failed"]);
  });

  it("wins against what an upstream sends, by sealHeaders", async () => {
    const upstream = () =>
      new Response("A page.", { headers: { "X-Frame-Options": "SAMEORIGIN", "Content-Security-Policy": "default-src *" } });
    const one = app().use(sealHeaders()).get("/page", upstream);
    expect(await seen(one.request("/page"))).toEqual([200, SITE, "A page."]);
  });

  it("says what to write where it is mounted without the call", async () => {
    const one = new Hono();
    one.use(securityHeaders as never);
    one.get("/page", (c) => c.text("A page."));
    one.onError((error, c) => c.text(error.message, 500));
    expect(await (await one.request("/page")).text()).toContain("app.use(securityHeaders()).");
  });
});

describe("securityHeaders around a handler", () => {
  it("puts the headers on its response, and hands every argument on", async () => {
    const worker = {
      fetch: site()(async (request: Request, env: { name: string }) => new Response(`${new URL(request.url).pathname} ${env.name}`)),
    };
    expect(await seen(worker.fetch(GET(), { name: "env" }))).toEqual([200, SITE, "/page env"]);
  });

  it("writes on the response itself where it can be changed", async () => {
    const response = new Response("A page.");
    expect(await site()(() => response)(GET())).toBe(response);
  });

  it("copies what came from fetch(): status, text, body and every Set-Cookie", async () => {
    const port = await serve((_req, res) => {
      res.setHeader("Set-Cookie", ["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2"]);
      res.writeHead(203, "Mostly fine", { "X-Powered-By": "Something", Connection: "close" });
      res.end("From upstream.");
    });
    const response = await site()(() => fetch(`http://127.0.0.1:${port}/`))(GET());
    expect(response.statusText).toBe("Mostly fine");
    expect(response.headers.getSetCookie()).toEqual(["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2"]);
    expect([response.status, await response.text()]).toEqual([203, "From upstream."]);
    expect(headersOf(response)).toMatchObject(SITE);
    expect(response.headers.has("X-Powered-By")).toBe(false);
  });

  it("copies responses without a body", async () => {
    for (const status of [204, 205, 304]) {
      const frozen = new Proxy(new Response(null, { status }), {
        get: (target, key) => (key === "headers" ? immutable(target.headers) : Reflect.get(target, key, target)),
      });
      expect(await seen(site()(() => frozen)(GET()))).toEqual([status, SITE, ""]);
    }
  });

  it("leaves an upgrade, a network error and no response at all alone", async () => {
    const upgrade = Object.defineProperty(new Response(null), "status", { value: 101 });
    for (const response of [upgrade, Response.error(), undefined]) {
      expect(await site()(() => response)(GET())).toBe(response);
    }
    expect([...upgrade.headers]).toEqual([]);
  });

  it("lets what a handler throws through", async () => {
    const one = site()(() => {
      throw new Error("Something broke.");
    });
    await expect(one(GET())).rejects.toThrow("Something broke.");
  });

  it("changes the policy for one route, by override around its handler", async () => {
    const embed = embedded()((_request: Request) => new Response("Embedded."));
    const one = site()((request: Request) => (request.url.endsWith("/embed") ? embed(request) : new Response("A page.")));
    expect(await seen(one(GET("/embed")))).toEqual([200, EMBEDDED, "Embedded."]);
    expect(await seen(one(GET("/page")))).toEqual([200, SITE, "A page."]);
  });

  it("is replaced whole by one further in, around the same request or a request of its own", async () => {
    const inner = securityHeaders("none", { referrerPolicy: "no-referrer" })((_request: Request) => new Response("A page."));
    const expected = [200, { "referrer-policy": "no-referrer" }, "A page."];
    expect(await seen(site()((request: Request) => inner(request))(GET()))).toEqual(expected);
    expect(await seen(site()((request: Request) => inner(new Request(request)))(GET()))).toEqual(expected);
  });

  it("has headers of its own for every answer to the same request", async () => {
    const request = GET();
    const one = site()(() => new Response("A page."));
    expect(await seen(one(request))).toEqual([200, SITE, "A page."]);
    expect(await seen(one(request))).toEqual([200, SITE, "A page."]);
  });

  it("has headers of its own for every request that gets the same response", async () => {
    const empty = new Response(null, { status: 404 });
    const leave = override({ clearSiteData: ["cookies"] })((_request: Request) => empty);
    const one = site()((request: Request) => (request.url.endsWith("/leave") ? leave(request) : empty));
    const left = await one(GET("/leave"));
    expect(await seen(one(GET("/page")))).toEqual([404, SITE, ""]);
    expect(await seen(left)).toEqual([404, { ...SITE, "clear-site-data": '"cookies"' }, ""]);
  });

  describe("for a response that handlers share", () => {
    const tenants = () =>
      securityHeaders("none", {
        contentSecurityPolicy: {
          frameAncestors: [perRequest((request: Request) => `https://${new URL(request.url).searchParams.get("tenant")}`)],
        },
      });
    const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

    it("has the headers of its own request at once with others", async () => {
      const missing = new Response(null, { status: 404 });
      const one = tenants()(async (_request: Request) => {
        await pause();
        return missing;
      });
      const responses = await Promise.all(["a.example", "b.example", "c.example"].map((tenant) => one(GET(`/?tenant=${tenant}`))));
      expect(responses.map((response) => response.headers.get("Content-Security-Policy"))).toEqual([
        "frame-ancestors https://a.example",
        "frame-ancestors https://b.example",
        "frame-ancestors https://c.example",
      ]);
    });

    it("has no headers of another policy", async () => {
      const shared = new Response("A page.");
      const nosniff = securityHeaders("none", { xContentTypeOptions: true })(() => shared);
      await site()(() => shared)(GET());
      expect(headersOf(await nosniff(GET()))).toEqual({ "x-content-type-options": "nosniff" });
    });

    it("has no headers of the package's other copy", async () => {
      const other = await otherCopy();
      const shared = new Response("A page.");
      await other.securityHeaders("none", { referrerPolicy: "no-referrer" })(() => shared)(GET());
      expect(headersOf(await site()(() => shared)(GET()))).toEqual(SITE);
    });
  });

  it("is replaced whole by one of the package's other copy further in, around a request of its own", async () => {
    const other = await otherCopy();
    const inner = other.securityHeaders("none", { referrerPolicy: "no-referrer" })((_request: Request) => new Response("A page."));
    expect(await seen(site()(async (request: Request) => inner(new Request(request)))(GET()))).toEqual([
      200,
      { "referrer-policy": "no-referrer" },
      "A page.",
    ]);
  });

  it("puts the headers on both answers to a request that is passed twice at once", async () => {
    const request = GET();
    const open: (() => void)[] = [];
    const one = site()(() => new Promise<Response>((resolve) => open.push(() => resolve(new Response("A page.")))));
    const both = [one(request), one(request)];
    await Promise.resolve();
    open[0]?.();
    const first = await both[0];
    open[1]?.();
    expect([headersOf(first as Response), headersOf((await both[1]) as Response)]).toEqual([SITE, SITE]);
  });

  it("gives the nonce of its own header to each answer to a request that is passed twice at once", async () => {
    const request = GET();
    let calls = 0;
    const one = nonced()(async (same: Request) => {
      calls += 1;
      for (let turns = calls; turns > 0; turns -= 1) await new Promise(setImmediate);
      return new Response(`script-src 'nonce-${nonceOf(same)}'`);
    });
    for (const response of await Promise.all([one(request), one(request), one(request)])) {
      expect(response.headers.get("Content-Security-Policy")).toBe(await response.text());
    }
  });

  it("keeps what a handler sets on the response of a policy further in", async () => {
    const inner = securityHeaders("none", { referrerPolicy: "no-referrer", xFrameOptions: "DENY" })(
      (_request: Request) => new Response("A page."),
    );
    const one = site()(async (request: Request) => {
      const response = await inner(request);
      response.headers.set("X-Frame-Options", "SAMEORIGIN");
      return response;
    });
    expect(await seen(one(GET()))).toEqual([200, { "referrer-policy": "no-referrer", "x-frame-options": "SAMEORIGIN" }, "A page."]);
  });

  it("gives the nonce and the policy by the request", async () => {
    const one = nonced()((request: Request) => new Response(`${nonceOf(request)} ${policyOf(request)?.layers.length}`));
    const response = await one(GET());
    const [value, layers] = (await response.text()).split(" ");
    expect([response.headers.get("Content-Security-Policy"), layers]).toEqual([`script-src 'nonce-${value}'`, "2"]);
  });

  it("says by nonceOf that nothing is in force, and by policyOf nothing", () => {
    expect(() => nonceOf(GET())).toThrow("there is no policy in force on this response");
    expect(policyOf(GET())).toBeUndefined();
  });

  it("gives perRequest functions the very Request", async () => {
    const tenants = new WeakMap<Request, string>();
    const tenant = perRequest((request: Request) => `https://${tenants.get(request)}.example`);
    const one = securityHeaders("none", { contentSecurityPolicy: { scriptSrc: [tenant] } })(() => new Response());
    const request = GET();
    tenants.set(request, "acme");
    expect((await one(request)).headers.get("Content-Security-Policy")).toBe("script-src https://acme.example");
  });

  it("rejects where a perRequest function fails, further in too, and where an override finds nothing in force", async () => {
    const broken = perRequest(() => {
      throw new Error("No tenant.");
    });
    const one = securityHeaders("none", { contentSecurityPolicy: { scriptSrc: ["self", broken] } })(() => new Response());
    await expect(one(GET())).rejects.toMatchObject({ code: "slot-failed" });
    await expect(site()((request: Request) => one(request))(GET())).rejects.toMatchObject({ code: "slot-failed" });
    await expect(embedded()((_request: Request) => new Response())(GET())).rejects.toMatchObject({ code: "no-policy" });
  });

  it("takes away by sealHeaders what a patch has switched off, and leaves it without", async () => {
    const upstream = () => new Response("A page.", { headers: { "X-Frame-Options": "SAMEORIGIN" } });
    const loose = securityHeaders("none", { referrerPolicy: "no-referrer", xFrameOptions: false });
    expect(await seen(loose(sealHeaders()(upstream))(GET()))).toEqual([200, { "referrer-policy": "no-referrer" }, "A page."]);
    expect(await seen(loose(upstream)(GET()))).toEqual([
      200,
      { "referrer-policy": "no-referrer", "x-frame-options": "SAMEORIGIN" },
      "A page.",
    ]);
  });

  it("makes a handler that names its first parameter: Deno gives others no request", () => {
    expect([site(), embedded(), sealHeaders()].map((around) => around(() => new Response()).length)).toEqual([1, 1, 1]);
  });

  it("says what to write where it is called with the handler", () => {
    expect(() => securityHeaders((() => new Response()) as never)).toThrow("Write securityHeaders()(handler)");
  });
});

/** Headers as those of `fetch()` are: to be read only. */
function immutable(headers: Headers): Headers {
  return new Proxy(headers, {
    get: (target, key) => {
      if (key === "set" || key === "delete" || key === "append")
        return () => {
          throw new TypeError("immutable");
        };
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

describe("the transport of a Request", () => {
  const secured = securityHeaders("none", {
    strictTransportSecurity: { maxAge: 600 },
    contentSecurityPolicy: { defaultSrc: ["self"], upgradeInsecureRequests: true },
  })(() => new Response());
  const lines = async (url: string, forwarded?: string) => {
    const request = new Request(url, forwarded === undefined ? {} : { headers: { "X-Forwarded-Proto": forwarded } });
    return headersOf(await secured(request));
  };
  const UPGRADE = { "content-security-policy": "default-src 'self'; upgrade-insecure-requests" };
  const HSTS = { "strict-transport-security": "max-age=600" };

  it.each([
    ["https", "https://site.example/", undefined, { ...UPGRADE, ...HSTS }],
    ["https, whatever a proxy says", "https://site.example/", "http", { ...UPGRADE, ...HSTS }],
    ["http, whoever says https", "http://localhost:3000/", "https", { "content-security-policy": "default-src 'self'", ...HSTS }],
    ["http, whoever says http", "http://site.example/", "http", { ...UPGRADE, ...HSTS }],
    ["http, from who knows where", "http://site.example/", undefined, { ...UPGRADE, ...HSTS }],
    ["http of this very machine", "http://localhost:3000/", undefined, { "content-security-policy": "default-src 'self'", ...HSTS }],
  ] as const)("is known: %s", async (_what, url, forwarded, expected) => {
    expect(await lines(url, forwarded)).toEqual(expected);
  });

  it("is the same for an override, which looks at nothing more", async () => {
    const one = securityHeaders("none", { xFrameOptions: "DENY" })(
      override({ strictTransportSecurity: { maxAge: 600 } })((_request: Request) => new Response()),
    );
    const plain = await one(new Request("http://site.example/", { headers: { "X-Forwarded-Proto": "http" } }));
    expect(headersOf(plain)).toEqual({ ...HSTS, "x-frame-options": "DENY" });
  });
});

describe("a 304", () => {
  const policy = () => securityHeaders("none", { contentSecurityPolicy: { scriptSrc: [nonce] }, xFrameOptions: "DENY" });
  const unchanged = (headers: Record<string, string> = {}) => new Response(null, { status: 304, headers });

  it("carries no header with a nonce", async () => {
    expect(headersOf(await policy()(() => unchanged())(GET()))).toEqual({ "x-frame-options": "DENY" });
  });

  it("carries no CSP of the handler's own with the nonce", async () => {
    const own = policy()((request: Request) => unchanged({ "Content-Security-Policy": `script-src 'nonce-${nonceOf(request)}'` }));
    expect(headersOf(await own(GET()))).toEqual({ "x-frame-options": "DENY" });
  });

  it("keeps a CSP of the handler's own without a nonce", async () => {
    const own = policy()(() => unchanged({ "Content-Security-Policy": "script-src 'none'" }));
    expect(headersOf(await own(GET()))).toEqual({ "content-security-policy": "script-src 'none'", "x-frame-options": "DENY" });
  });

  it("carries no CSP at all where it is sealed", async () => {
    const sealed = policy()(sealHeaders()(() => unchanged({ "Content-Security-Policy": "script-src 'none'" })));
    expect(headersOf(await sealed(GET()))).toEqual({ "x-frame-options": "DENY" });
  });

  it("carries no header with a nonce in Hono", async () => {
    const one = new Hono();
    one.use(policy());
    one.get("/page", () => unchanged());
    expect(headersOf(await one.fetch(GET()))).toEqual({ "x-frame-options": "DENY" });
  });
});

it("goes over the wire once per header, from Hono behind node:http", async () => {
  const app = new Hono();
  app.use(site());
  app.get("/page", (c) => c.text("A page.", 200, { "X-Frame-Options": "SAMEORIGIN" }));
  const port = await serve(behindNode((request) => app.fetch(request)));
  const answer = await ask(port, "/page");
  expect([answer.status, ours(answer), answer.body]).toEqual([200, { ...SITE, "x-frame-options": "SAMEORIGIN" }, "A page."]);
  expect(new Set(answer.names).size).toBe(answer.names.length);
});

/** Serves what speaks Request and Response. */
function behindNode(answer: (request: Request) => Response | Promise<Response>): http.RequestListener {
  return async (req, res) => {
    const { status, headers, body } = await answer(new Request(`http://${req.headers.host}${req.url}`));
    res.writeHead(status, [...headers].flat());
    if (body === null) res.end();
    else Readable.fromWeb(body as never).pipe(res);
  };
}

describe("the bundle for places that are not Node", () => {
  const bundle = () =>
    build({
      entryPoints: [new URL("../../src/adapters/fetch.ts", import.meta.url).pathname],
      bundle: true,
      write: false,
      metafile: true,
      platform: "neutral",
      mainFields: ["module", "main"],
      format: "iife",
      globalName: "portcullis",
    });

  it("imports nothing from outside, so nothing of Node", async () => {
    const { metafile } = await bundle();
    expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
    expect(Object.values(metafile.inputs).flatMap(({ imports }) => imports.filter(({ external }) => external))).toEqual([]);
  });

  it("runs where there is neither Buffer nor process", async () => {
    const { outputFiles } = await bundle();
    const world = vm.createContext({ Request, Response, Headers, URL, crypto, btoa });
    vm.runInContext(outputFiles[0]?.text ?? "", world);
    const names = vm.runInContext("[typeof Buffer, typeof process, typeof require].join()", world);
    const handler = vm.runInContext(
      `portcullis.securityHeaders("strictDynamic")((request) => new Response(portcullis.nonceOf(request)))`,
      world,
    ) as (request: Request) => Promise<Response>;
    const response = await handler(GET());
    expect([names, response.headers.get("Content-Security-Policy")]).toEqual([
      "undefined,undefined,undefined",
      expect.stringContaining(`'nonce-${await response.text()}'`),
    ]);
  });
});
