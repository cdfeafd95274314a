import http2 from "node:http2";
import express from "express";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  append,
  type Middleware,
  nonce,
  nonceOf,
  override,
  type PerRequestInput,
  PolicyError,
  perRequest,
  policyOf,
  remove,
  type SlotValue,
  securityHeaders,
  source,
} from "../../src/index.js";
import { type Answer, ask, ask2, connect2, EXPRESSES, listen, ours, serve, tellError } from "./support.js";

const NONCE = /^[A-Za-z0-9+/]{22}==$/;

function appWith(...middleware: readonly Middleware[]): express.Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("env", "test");
  for (const one of middleware) app.use(one);
  return app;
}

/** What a handler behind these gives as JSON, and what was sent with it; errors come as JSON too. */
async function seen(tell: (req: express.Request, res: express.Response) => unknown, ...middleware: readonly Middleware[]) {
  const app = appWith(...middleware);
  app.get("/", (req, res) => void res.json(tell(req, res) ?? null));
  app.use(tellError);
  const answer = await ask(await serve(app));
  return { status: answer.status, headers: ours(answer), told: JSON.parse(answer.body) };
}

/** Calls, and gives the code of the PolicyError that comes of it. */
function codeOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    if (error instanceof PolicyError) return error.code;
  }
  return "no PolicyError";
}

const nonced = () => securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: ["self", nonce] } });

describe.each(EXPRESSES)("a nonce under $version", ({ express }) => {
  function app(...middleware: readonly Middleware[]) {
    const one = express();
    one.disable("x-powered-by");
    one.use(nonced(), ...middleware);
    one.get("/", (_req, res) => void res.json({ nonce: nonceOf(res), local: res.locals["cspNonce"] }));
    return one;
  }

  it("is 16 bytes of base64", async () => {
    const { nonce } = JSON.parse((await ask(await serve(app()))).body);
    expect(nonce).toMatch(NONCE);
    expect(Buffer.from(nonce, "base64")).toHaveLength(16);
  });

  it("is the same in the CSP, from nonceOf and in res.locals", async () => {
    const { headers, body } = await ask(await serve(app()));
    const { nonce, local } = JSON.parse(body);
    expect(local).toBe(nonce);
    expect(headers["Content-Security-Policy"]).toBe(`default-src 'self'; script-src 'self' 'nonce-${nonce}'`);
  });

  it("is a new one for every response", async () => {
    const port = await serve(app());
    const nonces = new Set<string>();
    for (let round = 0; round < 30; round += 1) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => ask(port)));
      for (const { body } of answers) nonces.add(JSON.parse(body).nonce);
    }
    expect(nonces.size).toBe(300);
  });

  it("reaches a template through res.locals", async () => {
    const one = express();
    one.use(nonced());
    one.engine("txt", (_file, options, done) => done(null, `<script nonce="${(options as { cspNonce?: string }).cspNonce}">`));
    one.set("view engine", "txt");
    one.set("views", new URL("fixtures/public", import.meta.url).pathname);
    one.get("/", (_req, res) => res.render("page"));
    const { headers, body } = await ask(await serve(one));
    expect(headers["Content-Security-Policy"]).toBe(`default-src 'self'; script-src 'self' 'nonce-${body.slice(15, 39)}'`);
  });

  it("leaves res.locals alone where the policy has none", async () => {
    const one = express();
    one.use(securityHeaders());
    one.get("/", (_req, res) => void res.json("cspNonce" in res.locals));
    expect((await ask(await serve(one))).body).toBe("false");
  });

  it("is gone from res.locals where an override takes it out", async () => {
    const one = express();
    one.use(nonced(), override({ contentSecurityPolicy: { scriptSrc: remove(nonce) } }));
    one.get("/", (_req, res) => void res.json(["cspNonce" in res.locals, codeOf(() => nonceOf(res))]));
    const { headers, body } = await ask(await serve(one));
    expect(JSON.parse(body)).toEqual([false, "no-policy"]);
    expect(headers["Content-Security-Policy"]).toBe("default-src 'self'; script-src 'self'");
  });
});

describe("a nonce", () => {
  it("is a new one for every response of one connection", async () => {
    const protect = nonced();
    const port = await listen(
      http2.createServer((req, res) => {
        protect(req, res);
        res.end(nonceOf(res));
      }),
    );
    const session = connect2(port);
    const answers = await Promise.all(Array.from({ length: 300 }, () => ask2(session)));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(300);
    for (const { headers, body } of answers) {
      expect(headers["content-security-policy"]).toBe(`default-src 'self'; script-src 'self' 'nonce-${body}'`);
    }
  });

  it("is the same in several directives and in the Report-Only twin", async () => {
    const both = securityHeaders("none", {
      contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: [nonce], styleSrc: [nonce] },
      contentSecurityPolicyReportOnly: { defaultSrc: ["none"], scriptSrc: [nonce, "strict-dynamic"] },
    });
    const { headers, told } = await seen((_req, res) => nonceOf(res), both);
    expect(headers).toEqual({
      "Content-Security-Policy": `default-src 'self'; script-src 'nonce-${told}'; style-src 'nonce-${told}'`,
      "Content-Security-Policy-Report-Only": `default-src 'none'; script-src 'nonce-${told}' 'strict-dynamic'`,
    });
  });

  it("is there where it stands in the Report-Only twin alone", async () => {
    const twin = securityHeaders("none", { contentSecurityPolicyReportOnly: { defaultSrc: ["self"], scriptSrc: [nonce] } });
    const { headers, told } = await seen((_req, res) => nonceOf(res), twin);
    expect(headers).toEqual({ "Content-Security-Policy-Report-Only": `default-src 'self'; script-src 'nonce-${told}'` });
  });

  it("stays the same through overrides", async () => {
    const before: string[] = [];
    const look: Middleware = (_req, res, next) => {
      before.push(nonceOf(res));
      next?.();
    };
    const images = override({ contentSecurityPolicy: { imgSrc: ["self"] } });
    const styles = override({ contentSecurityPolicy: { styleSrc: ["self", nonce] } });
    const { headers, told } = await seen((_req, res) => nonceOf(res), nonced(), look, images, look, styles);
    expect(before).toEqual([told, told]);
    expect(headers).toEqual({
      "Content-Security-Policy": `default-src 'self'; script-src 'self' 'nonce-${told}'; img-src 'self'; style-src 'self' 'nonce-${told}'`,
    });
  });

  it("stays the same when an override takes it out and another puts it back", async () => {
    let before = "";
    const look: Middleware = (_req, res, next) => {
      before = nonceOf(res);
      next?.();
    };
    const off = override({ contentSecurityPolicy: { scriptSrc: remove(nonce) } });
    const on = override({ contentSecurityPolicy: { scriptSrc: append(nonce) } });
    const { headers, told } = await seen((_req, res) => [nonceOf(res), res.locals["cspNonce"]], nonced(), look, off, on);
    expect(told).toEqual([before, before]);
    expect(headers).toEqual({ "Content-Security-Policy": `default-src 'self'; script-src 'self' 'nonce-${before}'` });
  });

  it("stays the same through a second securityHeaders", async () => {
    let before = "";
    const look: Middleware = (_req, res, next) => {
      before = nonceOf(res);
      next?.();
    };
    const second = securityHeaders("none", { contentSecurityPolicy: { scriptSrc: [nonce] } });
    const { headers, told } = await seen((_req, res) => nonceOf(res), nonced(), look, second);
    expect(told).toBe(before);
    expect(headers).toEqual({ "Content-Security-Policy": `script-src 'nonce-${before}'` });
  });

  it("comes with an override on a site without one", async () => {
    const plain = securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self"] } });
    const inline = override({ contentSecurityPolicy: { scriptSrc: append(nonce) } });
    const { headers, told } = await seen((_req, res) => [nonceOf(res), res.locals["cspNonce"]], plain, inline);
    expect(told[0]).toMatch(NONCE);
    expect(told[1]).toBe(told[0]);
    expect(headers).toEqual({ "Content-Security-Policy": `default-src 'self'; script-src 'self' 'nonce-${told[0]}'` });
  });

  it("is none of a site's other routes when one route asks for it", async () => {
    const app = appWith(securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self"] } }));
    app.get("/inline", override({ contentSecurityPolicy: { scriptSrc: append(nonce) } }), (_req, res) => void res.send(nonceOf(res)));
    app.get("/page", (_req, res) => void res.send(codeOf(() => nonceOf(res))));
    const port = await serve(app);
    expect((await ask(port, "/inline")).body).toMatch(NONCE);
    const page = await ask(port, "/page");
    expect([page.body, ours(page)]).toEqual(["no-policy", { "Content-Security-Policy": "default-src 'self'" }]);
  });

  it.each([
    { name: "the directive's removal", layer: { contentSecurityPolicy: { scriptSrc: false } } },
    { name: "another list", layer: { contentSecurityPolicy: { scriptSrc: ["self"] } } },
    { name: "no CSP", layer: { contentSecurityPolicy: false } },
    { name: "a preset without one", layer: "none" },
  ])("is gone after an override with $name", async ({ layer }) => {
    const tell = (_req: unknown, res: express.Response) => [codeOf(() => nonceOf(res)), "cspNonce" in res.locals];
    const { headers, told } = await seen(tell, nonced(), override(layer as never));
    expect(told).toEqual(["no-policy", false]);
    expect(headers["Content-Security-Policy"] ?? "").not.toContain("nonce-");
  });

  it("is gone after a second securityHeaders without one", async () => {
    const tell = (_req: unknown, res: express.Response) => [codeOf(() => nonceOf(res)), "cspNonce" in res.locals];
    expect((await seen(tell, nonced(), securityHeaders())).told).toEqual(["no-policy", false]);
  });

  it("stays where the twin still has it", async () => {
    const both = securityHeaders("none", {
      contentSecurityPolicy: { scriptSrc: ["self", nonce] },
      contentSecurityPolicyReportOnly: { scriptSrc: [nonce] },
    });
    const { headers, told } = await seen(
      (_req, res) => nonceOf(res),
      both,
      override({ contentSecurityPolicy: { scriptSrc: remove(nonce) } }),
    );
    expect(headers).toEqual({
      "Content-Security-Policy": "script-src 'self'",
      "Content-Security-Policy-Report-Only": `script-src 'nonce-${told}'`,
    });
  });

  it("is refused by nonceOf where nothing is in force", async () => {
    const { status, told } = await seen((_req, res) => nonceOf(res));
    expect([status, told.code, told.message]).toEqual([
      500,
      "no-policy",
      "nonceOf: there is no policy in force on this response. Write app.use(securityHeaders()) before this route.",
    ]);
  });

  it("is refused by nonceOf where none stands in the policy, with what to write", async () => {
    const { status, told } = await seen((_req, res) => nonceOf(res), securityHeaders());
    expect([status, told.code, told.message]).toEqual([
      500,
      "no-policy",
      `nonceOf: the policy in force has no nonce, and would block the page's scripts. Write contentSecurityPolicy: { scriptSrc: append(nonce) }, with nonce from "portcullis".`,
    ]);
  });

  it("stays in the site's own 500", async () => {
    const app = appWith(nonced());
    let shown = "";
    app.get("/", (_req, res) => {
      shown = nonceOf(res);
      throw new Error("broken");
    });
    app.use(tellError);
    const answer = await ask(await serve(app));
    expect([answer.status, ours(answer)]).toEqual([
      500,
      { "Content-Security-Policy": `default-src 'self'; script-src 'self' 'nonce-${shown}'` },
    ]);
  });
});

const tenantOf = (req: { headers: Readonly<Record<string, unknown>> }) => `https://${String(req.headers["x-tenant"] ?? "default")}.example`;

describe("perRequest", () => {
  const withImages = (fn: (req: PerRequestInput, res: unknown) => SlotValue) =>
    securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: ["self", perRequest(fn), "data:"] } });

  it.each<{ name: string; given: SlotValue; csp: string }>([
    { name: "a source", given: "https://a.example", csp: "default-src 'self'; img-src 'self' https://a.example data:" },
    {
      name: "a list",
      given: ["https://a.example", "https://b.example"],
      csp: "default-src 'self'; img-src 'self' https://a.example https://b.example data:",
    },
    { name: "a list of one", given: [source("https:")], csp: "default-src 'self'; img-src 'self' https: data:" },
    {
      name: "a source of its own kind",
      given: source("https://a.example"),
      csp: "default-src 'self'; img-src 'self' https://a.example data:",
    },
    {
      name: "a wildcard below a domain",
      given: "https://*.a.example",
      csp: "default-src 'self'; img-src 'self' https://*.a.example data:",
    },
    { name: "a port", given: "a.example:8443", csp: "default-src 'self'; img-src 'self' a.example:8443 data:" },
    { name: "'self'", given: "self", csp: "default-src 'self'; img-src 'self' 'self' data:" },
    { name: "nothing", given: [], csp: "default-src 'self'; img-src 'self' data:" },
  ])("may give $name", async ({ given, csp }) => {
    const { status, headers } = await seen(
      () => null,
      withImages(() => given),
    );
    expect([status, headers]).toEqual([200, { "Content-Security-Policy": csp }]);
  });

  it("gives what each request asks for", async () => {
    const app = appWith(withImages(tenantOf));
    app.get("/", (_req, res) => void res.send("A page."));
    const port = await serve(app);
    const answers = await Promise.all(["one", "two"].map((tenant) => ask(port, "/", { headers: { "X-Tenant": tenant } })));
    expect(answers.map(({ headers }) => headers["Content-Security-Policy"])).toEqual([
      "default-src 'self'; img-src 'self' https://one.example data:",
      "default-src 'self'; img-src 'self' https://two.example data:",
    ]);
  });

  it("is called with the request and the response, where the policy is in force", async () => {
    const calls: unknown[][] = [];
    const fn = (...args: unknown[]) => {
      calls.push([...args, policyOf(args[1] as never) !== undefined]);
      return [];
    };
    let handled: unknown[] = [];
    await seen(
      (req, res) => {
        handled = [req, res];
      },
      withImages(fn as never),
    );
    expect(calls).toHaveLength(1);
    expect(calls[0]?.[0]).toBe(handled[0]);
    expect(calls[0]?.[1]).toBe(handled[1]);
    expect(calls[0]?.[2]).toBe(true);
  });

  it("runs once a response, wherever it stands and whatever overrides follow", async () => {
    let calls = 0;
    const slot = perRequest(() => {
      calls += 1;
      return `https://call-${calls}.example`;
    });
    const everywhere = securityHeaders("none", {
      contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: [slot], mediaSrc: ["self", slot] },
      contentSecurityPolicyReportOnly: { defaultSrc: ["self"], imgSrc: [slot] },
    });
    const fonts = override({ contentSecurityPolicy: { fontSrc: [slot] } });
    const twin = override({ contentSecurityPolicyReportOnly: { fontSrc: ["self", slot] } });
    const app = appWith(everywhere, fonts, twin);
    app.get("/", (_req, res) => void res.send("A page."));
    const port = await serve(app);
    const sets = [ours(await ask(port)), ours(await ask(port))];
    expect(sets).toEqual([
      {
        "Content-Security-Policy":
          "default-src 'self'; img-src https://call-1.example; media-src 'self' https://call-1.example; font-src https://call-1.example",
        "Content-Security-Policy-Report-Only": "default-src 'self'; img-src https://call-1.example; font-src 'self' https://call-1.example",
      },
      {
        "Content-Security-Policy":
          "default-src 'self'; img-src https://call-2.example; media-src 'self' https://call-2.example; font-src https://call-2.example",
        "Content-Security-Policy-Report-Only": "default-src 'self'; img-src https://call-2.example; font-src 'self' https://call-2.example",
      },
    ]);
    expect(calls).toBe(2);
  });

  it("runs once a response through a second securityHeaders", async () => {
    let calls = 0;
    const slot = perRequest(() => {
      calls += 1;
      return "https://a.example";
    });
    const one = securityHeaders("none", { contentSecurityPolicy: { defaultSrc: [slot] } });
    const other = securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self", slot] } });
    const { headers } = await seen(() => null, one, other);
    expect([calls, headers]).toEqual([1, { "Content-Security-Policy": "default-src 'self' https://a.example" }]);
  });

  it("leaves 'none' where it stands alone and gives nothing", async () => {
    const alone = securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self"], frameAncestors: [perRequest(() => [])] } });
    expect((await seen(() => null, alone)).headers).toEqual({ "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'" });
  });

  it("leaves 'none' where two stand alone and give nothing", async () => {
    const alone = securityHeaders("none", {
      contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: [perRequest(() => []), perRequest(() => [])] },
    });
    expect((await seen(() => null, alone)).headers).toEqual({ "Content-Security-Policy": "default-src 'self'; img-src 'none'" });
  });

  it("leaves out nothing where one of two alone gives nothing", async () => {
    const alone = securityHeaders("none", {
      contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: [perRequest(() => []), perRequest(() => "https://a.example")] },
    });
    expect((await seen(() => null, alone)).headers).toEqual({ "Content-Security-Policy": "default-src 'self'; img-src https://a.example" });
  });

  it("stands beside a nonce", async () => {
    const both = securityHeaders("none", { contentSecurityPolicy: { scriptSrc: [perRequest(() => "https://a.example"), nonce] } });
    const { headers, told } = await seen((_req, res) => nonceOf(res), both);
    expect(headers).toEqual({ "Content-Security-Policy": `script-src https://a.example 'nonce-${told}'` });
  });

  it("may come with an override, and be removed by another", async () => {
    const slot = perRequest(tenantOf);
    const plain = securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self"] } });
    const on = override({ contentSecurityPolicy: { imgSrc: append(slot) } });
    const off = override({ contentSecurityPolicy: { imgSrc: remove(slot) } });
    expect((await seen(() => null, plain, on)).headers).toEqual({
      "Content-Security-Policy": "default-src 'self'; img-src 'self' https://default.example",
    });
    expect((await seen(() => null, plain, on, off)).headers).toEqual({ "Content-Security-Policy": "default-src 'self'; img-src 'self'" });
  });

  it("is refused where it is no function", () => {
    expect(() => perRequest("https://a.example" as never)).toThrow(PolicyError);
  });
});

describe("a perRequest that fails", () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  beforeEach(() => {
    unhandled.length = 0;
    process.on("unhandledRejection", note);
  });
  afterEach(() => void process.off("unhandledRejection", note));

  const failures: { name: string; fn: () => unknown }[] = [
    {
      name: "throws an Error",
      fn: () => {
        throw new Error("no tenant");
      },
    },
    {
      name: "throws something else",
      fn: () => {
        throw undefined;
      },
    },
    { name: "gives a promise", fn: async () => "https://a.example" },
    { name: "gives a promise that is rejected", fn: () => Promise.reject(new Error("late")) },
    // biome-ignore lint/suspicious/noThenProperty: a promise of another library
    { name: "gives a thenable", fn: () => ({ then: () => undefined }) },
    { name: "gives undefined", fn: () => undefined },
    { name: "gives null", fn: () => null },
    { name: "gives false", fn: () => false },
    { name: "gives a number", fn: () => 5 },
    { name: "gives an object", fn: () => ({}) },
    { name: "gives a function", fn: () => () => "https://a.example" },
    { name: "gives a Set", fn: () => new Set(["https://a.example"]) },
    { name: "gives the nonce slot", fn: () => nonce },
    {
      name: "gives a list that cannot be read",
      fn: () =>
        new Proxy([], {
          get: () => {
            throw new Error("no");
          },
        }),
    },
    { name: "gives a list with holes", fn: () => new Array(2) },
    { name: "gives an empty text", fn: () => "" },
    { name: "gives two sources in one text", fn: () => "a b" },
    { name: "gives two good sources in one text", fn: () => "https://a.example https://b.example" },
    { name: "gives a second directive", fn: () => "x; script-src *" },
    { name: "gives a second policy", fn: () => "https://a.example,script-src" },
    { name: "gives a second header", fn: () => "\r\nX: y" },
    { name: "gives a second header behind a source", fn: () => "https://a.example\r\nX: y" },
    { name: "gives a NUL", fn: () => "https://a.example\0" },
    { name: "gives what is not ASCII", fn: () => "https://bücher.example" },
    { name: "gives none", fn: () => "none" },
    { name: "gives 'none' in quotes", fn: () => "'none'" },
    { name: "gives strict-dynamic", fn: () => "strict-dynamic" },
    { name: "gives 'strict-dynamic' in quotes", fn: () => "'strict-dynamic'" },
    { name: "gives an unknown word", fn: () => "slef" },
    { name: "gives a keyword of a list it does not take it in", fn: () => "unsafe-webtransport-hashes" },
    { name: "gives a list with a number", fn: () => ["https://a.example", 5] },
    { name: "gives a list with undefined", fn: () => [undefined] },
    { name: "gives a list of lists", fn: () => [["https://a.example"]] },
    { name: "gives a list with rubbish", fn: () => ["x; script-src *"] },
  ];

  it.each(failures)("sends the site's policy without it, and tells the error handler: it $name", async ({ fn }) => {
    const protect = securityHeaders("none", {
      contentSecurityPolicy: {
        defaultSrc: ["self"],
        scriptSrc: ["self", perRequest(fn as never), "https://cdn.example"],
        imgSrc: ["self", perRequest(() => "https://img.example")],
      },
      xFrameOptions: "DENY",
    });
    const { status, headers, told } = await seen(() => "handled", protect);
    await new Promise((resolve) => setImmediate(resolve));
    expect([status, told.name, told.code, told.path]).toEqual([500, "PolicyError", "slot-failed", "contentSecurityPolicy.scriptSrc"]);
    expect(headers).toEqual({
      "Content-Security-Policy": "default-src 'self'; script-src 'self' https://cdn.example; img-src 'self' https://img.example",
      "X-Frame-Options": "DENY",
    });
    expect(unhandled).toEqual([]);
  });

  it.each(failures)("leaves 'none' where it stands alone: it $name", async ({ fn }) => {
    const protect = securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self"], frameAncestors: [perRequest(fn as never)] } });
    const { headers, told } = await seen(() => "handled", protect);
    expect(told.path).toBe("contentSecurityPolicy.frameAncestors");
    expect(headers).toEqual({ "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'" });
  });

  it.each([
    ["unsafe-eval", "imgSrc"],
    ["unsafe-inline", "connectSrc"],
    ["unsafe-eval", "styleSrc"],
    ["'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='", "imgSrc"],
    ["report-sample", "frameAncestors"],
  ])("takes no %s in %s", async (given, directive) => {
    const csp = { defaultSrc: ["none"], [directive]: ["self", perRequest(() => given)] };
    const { told, headers } = await seen(() => "handled", securityHeaders("none", { contentSecurityPolicy: csp } as never));
    expect([told.code, told.path]).toEqual(["slot-failed", `contentSecurityPolicy.${directive}`]);
    expect(headers["Content-Security-Policy"]).not.toContain(given);
  });

  it("takes the keywords that its directive takes", async () => {
    const csp = { scriptSrc: [perRequest(() => ["self", source("unsafe-eval")]), "https://cdn.example"] } as const;
    const { status, headers } = await seen(() => null, securityHeaders("none", { contentSecurityPolicy: csp }));
    expect([status, headers]).toEqual([200, { "Content-Security-Policy": "script-src 'self' 'unsafe-eval' https://cdn.example" }]);
  });

  it.each([
    "unsafe-inline",
    "'unsafe-inline'",
    "unsafe-eval",
    "unsafe-hashes",
    "wasm-unsafe-eval",
    "report-sample",
    "'nonce-YWJj'",
    "*",
    "*:443",
    "*:*",
    "https://*",
    "https://*:8443/path",
    "https://*.example",
    "*.com",
    "https:",
    "data:",
  ])("takes no %s from text, which may be the request's", async (host) => {
    const slot = perRequest((req) => String(req.headers["x-forwarded-host"]));
    const app = appWith(securityHeaders("none", { contentSecurityPolicy: { scriptSrc: ["self", slot] } }));
    app.use(tellError);
    const answer = await ask(await serve(app), "/", { headers: { "X-Forwarded-Host": host } });
    expect([answer.status, ours(answer)]).toEqual([500, { "Content-Security-Policy": "script-src 'self'" }]);
    expect(JSON.parse(answer.body).code).toBe("slot-failed");
  });

  it("tells what to write where a weak source is meant", async () => {
    const protect = securityHeaders("none", { contentSecurityPolicy: { scriptSrc: ["self", perRequest(() => "unsafe-inline")] } });
    expect((await seen(() => "handled", protect)).told.message).toBe(
      'contentSecurityPolicy.scriptSrc: from perRequest: "unsafe-inline" allows more than a host, and might be the text of a request. Return hosts, "self" or hashes; if you mean it, source("unsafe-inline").',
    );
  });

  it.each([["'nonce-YWJj'"], ["*"], ["https://*"], ["https:"], ["unsafe-inline"]])("takes source(%o)", async (text) => {
    const protect = securityHeaders("none", { contentSecurityPolicy: { scriptSrc: [perRequest(() => source(text))] } });
    const quoted = text === "unsafe-inline" ? "'unsafe-inline'" : text;
    expect((await seen(() => null, protect)).headers).toEqual({ "Content-Security-Policy": `script-src ${quoted}` });
  });

  it("says how long a source is that is longer than any", async () => {
    const protect = securityHeaders("none", {
      contentSecurityPolicy: { scriptSrc: ["self", perRequest(() => `x${"'".repeat(15_000)}x`)] },
    });
    const { headers, told } = await seen(() => "handled", protect);
    expect(told.message).toContain(
      "has 15002 characters, and a source has at most 2000. Write the host without a path, or a shorter path.",
    );
    expect(headers).toEqual({ "Content-Security-Policy": "script-src 'self'" });
  });

  it("is left out where it would make the header longer than maxBytes", async () => {
    const long = perRequest(() => ["https://one.example", "https://two.example"]);
    const short = perRequest(() => "https://a.example");
    const protect = securityHeaders("none", {
      contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: ["self", long], fontSrc: ["self", short] },
      maxBytes: 80,
    });
    const { status, headers, told } = await seen(() => "handled", protect);
    expect([status, told.code, told.path]).toEqual([500, "slot-failed", "contentSecurityPolicy.imgSrc"]);
    expect(headers).toEqual({ "Content-Security-Policy": "default-src 'self'; img-src 'self'; font-src 'self' https://a.example" });
  });

  it("fits to the last byte of maxBytes", async () => {
    const slot = perRequest(() => "https://a.example");
    const protect = securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self", slot] }, maxBytes: 36 });
    expect((await seen(() => null, protect)).headers).toEqual({ "Content-Security-Policy": "default-src 'self' https://a.example" });
  });

  it("does not take the others of its list along, nor the nonce", async () => {
    let shown = "";
    const protect = securityHeaders("none", {
      contentSecurityPolicy: { scriptSrc: [perRequest(() => "a b"), nonce, perRequest(() => "https://a.example")] },
    });
    const app = appWith(protect);
    app.use(((_error, _req, res, _next) => {
      shown = nonceOf(res);
      res.status(500).end();
    }) as express.ErrorRequestHandler);
    expect(ours(await ask(await serve(app)))).toEqual({ "Content-Security-Policy": `script-src 'nonce-${shown}' https://a.example` });
  });

  it("does not take another along where slots are all of the list", async () => {
    const protect = securityHeaders("none", {
      contentSecurityPolicy: {
        defaultSrc: ["self"],
        imgSrc: [perRequest(() => "https://a.example"), perRequest(() => "a b"), perRequest(() => ["https://b.example"])],
      },
    });
    const { told, headers } = await seen(() => "handled", protect);
    expect([told.code, told.path]).toEqual(["slot-failed", "contentSecurityPolicy.imgSrc"]);
    expect(headers).toEqual({ "Content-Security-Policy": "default-src 'self'; img-src https://a.example https://b.example" });
  });

  it("does not take a directive along that takes what another does not", async () => {
    const slot = perRequest(() => source("unsafe-inline"));
    const protect = securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self"], styleSrc: [slot], imgSrc: ["self", slot] } });
    const { told, headers } = await seen(() => "handled", protect);
    expect([told.code, told.path]).toEqual(["slot-failed", "contentSecurityPolicy.imgSrc"]);
    expect(headers).toEqual({ "Content-Security-Policy": "default-src 'self'; style-src 'unsafe-inline'; img-src 'self'" });
  });

  it("names the Report-Only twin where it stands there", async () => {
    const protect = securityHeaders("none", {
      contentSecurityPolicyReportOnly: { defaultSrc: ["self"], imgSrc: ["self", perRequest(() => "a b")] },
    });
    const { told, headers } = await seen(() => "handled", protect);
    expect([told.code, told.path]).toEqual(["slot-failed", "contentSecurityPolicyReportOnly.imgSrc"]);
    expect(headers).toEqual({ "Content-Security-Policy-Report-Only": "default-src 'self'; img-src 'self'" });
  });

  it("keeps what was thrown as the cause", async () => {
    const cause = new Error("no tenant");
    let error: unknown;
    const protect = securityHeaders("none", {
      contentSecurityPolicy: {
        defaultSrc: [
          "self",
          perRequest(() => {
            throw cause;
          }),
        ],
      },
    });
    const app = appWith(protect);
    app.use(((caught, _req, res, _next) => {
      error = caught;
      res.status(500).end();
    }) as express.ErrorRequestHandler);
    await ask(await serve(app));
    expect(error).toBeInstanceOf(PolicyError);
    expect((error as Error).cause).toBe(cause);
  });

  it("fails one response and not the next", async () => {
    const protect = securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self", perRequest(tenantOf)] } });
    const app = appWith(protect);
    app.get("/", (_req, res) => void res.send("A page."));
    app.use(tellError);
    const port = await serve(app);
    const answers: Answer[] = [];
    for (const tenant of ["one", "t; script-src *", "two"]) answers.push(await ask(port, "/", { headers: { "X-Tenant": tenant } }));
    expect(answers.map((answer) => [answer.status, answer.headers["Content-Security-Policy"]])).toEqual([
      [200, "default-src 'self' https://one.example"],
      [500, "default-src 'self'"],
      [200, "default-src 'self' https://two.example"],
    ]);
  });

  it("goes to next(err) from an override too, with the override's other changes made", async () => {
    const plain = securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self"] }, xFrameOptions: "DENY" });
    const images = override({ xFrameOptions: "SAMEORIGIN", contentSecurityPolicy: { imgSrc: append(perRequest(() => "a b")) } });
    const { status, told, headers } = await seen(() => "handled", plain, images);
    expect([status, told.code, told.path]).toEqual([500, "slot-failed", "contentSecurityPolicy.imgSrc"]);
    expect(headers).toEqual({ "Content-Security-Policy": "default-src 'self'; img-src 'self'", "X-Frame-Options": "SAMEORIGIN" });
  });

  it("calls next once", async () => {
    const protect = securityHeaders("none", {
      contentSecurityPolicy: { defaultSrc: ["self", perRequest(() => "a b")], imgSrc: ["self", perRequest(() => "c d")] },
    });
    const calls: unknown[][] = [];
    const port = await serve((req, res) => {
      protect(req, res, (...args) => calls.push(args));
      res.end();
    });
    await ask(port);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.[0]).toMatchObject({ code: "slot-failed", path: "contentSecurityPolicy.defaultSrc" });
  });

  it("throws where there is no next, with the headers written", async () => {
    const protect = securityHeaders("none", {
      contentSecurityPolicy: { defaultSrc: ["self", perRequest(() => "a b")] },
      xFrameOptions: "DENY",
    });
    let code: unknown;
    const port = await serve((req, res) => {
      code = codeOf(() => protect(req, res));
      res.end();
    });
    expect(ours(await ask(port))).toEqual({ "Content-Security-Policy": "default-src 'self'", "X-Frame-Options": "DENY" });
    expect(code).toBe("slot-failed");
  });
});
