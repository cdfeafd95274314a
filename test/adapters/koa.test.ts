import http2 from "node:http2";
import { Readable } from "node:stream";
import { Router } from "@koa/router";
import Koa from "koa";
import { describe, expect, it } from "vitest";
import { nonceOf, override, policyOf, securityHeaders } from "../../src/adapters/koa.js";
import { append, nonce, type PerRequestInput, perRequest, sealHeaders } from "../../src/index.js";
import { type Answer, ask, ask2, connect2, listen, ours, serve, serveSecurely } from "../http/support.js";

const site = () =>
  securityHeaders("none", {
    contentSecurityPolicy: { defaultSrc: ["self"], frameAncestors: ["none"] },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
    xFrameOptions: "DENY",
    xContentTypeOptions: true,
    stripHeaders: ["X-Powered-By"],
  });

const SITE = {
  "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  "X-Frame-Options": "DENY",
  "X-Content-Type-Options": "nosniff",
};

const SITE2 = {
  "content-security-policy": "default-src 'self'; frame-ancestors 'none'",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
};

/** An app whose errors are not printed to the log. */
function app(): Koa {
  const one = new Koa();
  one.silent = true;
  return one;
}

const withSite = (handler: Koa.Middleware) => app().use(site()).use(handler);
const answerOf = async (one: Koa, question?: Parameters<typeof ask>[2]) => ask(await serve(one.callback()), "/page", question);
const seen = (answer: Answer) => [answer.status, ours(answer), answer.body];

describe("securityHeaders in Koa", () => {
  it("sends the headers with a 200", async () => {
    const one = withSite((ctx) => {
      ctx.body = "A page.";
    });
    expect(seen(await answerOf(one))).toEqual([200, SITE, "A page."]);
  });

  it("sends each header once, whatever else is set", async () => {
    const one = withSite((ctx) => {
      ctx.set("x-frame-options", "SAMEORIGIN");
      ctx.body = "A page.";
    });
    const { names } = await answerOf(one);
    expect(names.filter((name) => name.toLowerCase() === "x-frame-options")).toHaveLength(1);
  });

  it("lets what a handler sets win on its own response", async () => {
    const one = withSite((ctx) => {
      ctx.set("X-Frame-Options", "SAMEORIGIN");
      ctx.body = "A page.";
    });
    expect(seen(await answerOf(one))).toEqual([200, { ...SITE, "X-Frame-Options": "SAMEORIGIN" }, "A page."]);
  });

  it("takes away what is under stripHeaders", async () => {
    const one = app()
      .use((ctx, next) => {
        ctx.set("X-Powered-By", "Koa");
        return next();
      })
      .use(site());
    expect(seen(await answerOf(one))).toEqual([404, SITE, "Not Found"]);
  });

  it("sends the headers with a 204", async () => {
    const one = withSite((ctx) => {
      ctx.status = 204;
    });
    expect(seen(await answerOf(one))).toEqual([204, SITE, ""]);
  });

  it("sends the headers with Koa's own 404", async () => {
    expect(seen(await answerOf(withSite((_ctx, next) => next())))).toEqual([404, SITE, "Not Found"]);
  });

  it("sends the headers with a redirect", async () => {
    const answer = await answerOf(withSite((ctx) => ctx.redirect("/elsewhere")));
    expect([answer.status, answer.headers["Location"], ours(answer)]).toEqual([302, "/elsewhere", SITE]);
  });

  it("sends the headers with a stream", async () => {
    const one = withSite((ctx) => {
      ctx.type = "text";
      ctx.body = Readable.from(["A ", "page."]);
    });
    expect(seen(await answerOf(one))).toEqual([200, SITE, "A page."]);
  });

  it("sends the headers with the answer to HEAD", async () => {
    const one = withSite((ctx) => {
      ctx.body = "A page.";
    });
    expect(seen(await answerOf(one, { method: "HEAD" }))).toEqual([200, SITE, ""]);
  });

  it("sends the headers with what is written past Koa", async () => {
    const one = withSite((ctx) => {
      ctx.respond = false;
      ctx.res.writeHead(200, { "Content-Type": "text/plain" });
      ctx.res.end("A page.");
    });
    expect(seen(await answerOf(one))).toEqual([200, SITE, "A page."]);
  });

  it("sends the headers over http/2, with pages and with errors", async () => {
    const one = withSite((ctx) => {
      if (ctx.path === "/") ctx.throw(403);
      ctx.body = "A page.";
    });
    const session = connect2(await listen(http2.createServer(one.callback())));
    const page = await ask2(session, { ":path": "/page" });
    const error = await ask2(session);
    expect([page.status, ours(page), error.status, ours(error)]).toEqual([200, SITE2, 403, SITE2]);
  });

  it("leaves HSTS out over plain http, and sends it over TLS", async () => {
    const callback = Object.assign(
      withSite((_ctx, next) => next()),
      { proxy: true },
    ).callback();
    const plain = await ask(await serve(callback), "/", { headers: { "X-Forwarded-Proto": "http" } });
    const secure = await ask(await serveSecurely(callback), "/", { secure: true });
    expect([plain.headers["Strict-Transport-Security"], secure.headers["Strict-Transport-Security"]]).toEqual([
      undefined,
      "max-age=31536000; includeSubDomains",
    ]);
  });

  it("is replaced whole by a second one", async () => {
    const one = withSite((_ctx, next) => next()).use(securityHeaders("none", { referrerPolicy: "no-referrer" }));
    expect(seen(await answerOf(one))).toEqual([404, { "Referrer-Policy": "no-referrer" }, "Not Found"]);
  });

  it("can be sealed by the main entry's sealHeaders", async () => {
    const seal = sealHeaders();
    const one = app()
      .use(site())
      .use((ctx, next) => {
        seal(ctx.req, ctx.res);
        return next();
      })
      .use((ctx) => {
        ctx.set("X-Frame-Options", "SAMEORIGIN");
        ctx.body = "A page.";
      });
    expect(seen(await answerOf(one))).toEqual([200, SITE, "A page."]);
  });

  it("fits an app that declares a state of its own, and leaves its type alone", async () => {
    const one: Koa<{ user: string }> = new Koa<{ user: string }>().use(securityHeaders("none", { xFrameOptions: "DENY" }));
    one.use((ctx) => {
      ctx.state.user = "me";
      ctx.body = ctx.state.user;
    });
    expect(ours(await ask(await serve(one.callback())))).toEqual({ "X-Frame-Options": "DENY" });
  });

  it("says at once what is wrong with the policy", () => {
    const wrong = { xFrameOptions: "ALLOWALL" } as never;
    expect(() => securityHeaders(wrong)).toThrow("xFrameOptions: ");
  });

  it("says what to write where it is mounted without the call", async () => {
    let told: unknown;
    const one = app().use(securityHeaders as unknown as Koa.Middleware);
    one.on("error", (error) => {
      told = error;
    });
    await answerOf(one);
    expect(told).toMatchObject({ code: "not-called", hint: "Write app.use(securityHeaders())." });
  });

  it("rejects where the headers are sent, and so reaches the app's error event", async () => {
    let told: unknown;
    const one = app()
      .use((ctx, next) => {
        ctx.res.writeHead(200);
        ctx.res.end();
        return next();
      })
      .use(site());
    one.on("error", (error) => {
      told = error;
    });
    expect((await answerOf(one)).status).toBe(200);
    expect(told).toMatchObject({ name: "PolicyError", code: "headers-sent" });
  });
});

describe("an error in Koa", () => {
  it("has the headers where a handler throws", async () => {
    const one = withSite(() => {
      throw new Error("Something broke.");
    });
    expect(seen(await answerOf(one))).toEqual([500, SITE, "Internal Server Error"]);
  });

  it("has the headers where what is thrown is no error", async () => {
    const one = withSite(() => {
      throw "something";
    });
    expect(seen(await answerOf(one))).toEqual([500, SITE, "Internal Server Error"]);
  });

  it("has the headers of ctx.throw(403), and loses those of the handler as Koa has it", async () => {
    const one = withSite((ctx) => {
      ctx.set("X-Handler", "yes");
      ctx.set("X-Frame-Options", "SAMEORIGIN");
      ctx.throw(403, "Not for you.");
    });
    expect(seen(await answerOf(one))).toEqual([403, SITE, "Not for you."]);
  });

  it("keeps the headers that the error brings along", async () => {
    const one = withSite((ctx) => {
      ctx.throw(401, "Who are you?", { headers: { "WWW-Authenticate": "Basic", "x-frame-options": "SAMEORIGIN" } });
    });
    const { "X-Frame-Options": _, ...others } = SITE;
    const expected = { ...others, "WWW-Authenticate": "Basic", "x-frame-options": "SAMEORIGIN" };
    expect(seen(await answerOf(one))).toEqual([401, expected, "Who are you?"]);
  });

  it("keeps what the error brings along under a name that an override has switched off", async () => {
    const one = app()
      .use(site())
      .use(override({ xFrameOptions: false }))
      .use((ctx) => ctx.throw(403, { headers: { "X-Frame-Options": "SAMEORIGIN" } }));
    expect((await answerOf(one)).headers["X-Frame-Options"]).toBe("SAMEORIGIN");
  });

  it("is none where ctx.onerror is called without one: what was taken away stays away", async () => {
    const one = withSite((ctx) => {
      ctx.onerror(null as never);
      ctx.remove("X-Frame-Options");
      ctx.body = "A page.";
    });
    expect(ours(await answerOf(one))).not.toHaveProperty("X-Frame-Options");
  });

  it("has the headers where the body cannot be written as JSON", async () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const one = withSite((ctx) => {
      ctx.body = circle;
    });
    expect(seen(await answerOf(one))).toEqual([500, SITE, "Internal Server Error"]);
  });

  it("has what the route's override made of the policy, nonce and all", async () => {
    let stamped = "";
    const one = app()
      .use(site())
      .use(override({ xFrameOptions: false, contentSecurityPolicy: { scriptSrc: append(nonce) } }))
      .use((ctx) => {
        stamped = nonceOf(ctx);
        ctx.throw(403);
      });
    const answer = await answerOf(one);
    expect(ours(answer)).toEqual({
      "Content-Security-Policy": `default-src 'self'; frame-ancestors 'none'; script-src 'self' 'nonce-${stamped}'`,
      "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
      "X-Content-Type-Options": "nosniff",
    });
  });

  it("has the headers with the page of an own error middleware", async () => {
    const one = withSite(async (ctx, next) => {
      try {
        await next();
      } catch {
        ctx.status = 503;
        ctx.body = "Sorry.";
      }
    }).use(() => {
      throw new Error("Something broke.");
    });
    expect(seen(await answerOf(one))).toEqual([503, SITE, "Sorry."]);
  });

  it("leaves an app's own ctx.onerror in its place", async () => {
    const one = withSite(() => {
      throw new Error("Something broke.");
    });
    one.context.onerror = function onerror(this: Koa.Context, error: unknown) {
      if (error == null) return;
      for (const name of this.res.getHeaderNames()) this.res.removeHeader(name);
      this.res.statusCode = 502;
      this.res.end("Own page.");
    } as never;
    expect(seen(await answerOf(one))).toEqual([502, SITE, "Own page."]);
  });
});

describe("override in Koa", () => {
  function routed(router: Router): Koa {
    const one = app().use(site());
    one.use(router.routes());
    return one;
  }

  it("changes the policy for one route of @koa/router", async () => {
    const router = new Router();
    router.get(
      "/page",
      override({ xFrameOptions: false, contentSecurityPolicy: { frameAncestors: ["https://partner.example"] } }),
      (ctx) => {
        ctx.body = "Embedded.";
      },
    );
    router.get("/other", (ctx) => {
      ctx.body = "A page.";
    });
    const port = await serve(routed(router).callback());
    expect(seen(await ask(port, "/page"))).toEqual([
      200,
      {
        "Content-Security-Policy": "default-src 'self'; frame-ancestors https://partner.example",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
      },
      "Embedded.",
    ]);
    expect(seen(await ask(port, "/other"))).toEqual([200, SITE, "A page."]);
  });

  it("changes the policy for a whole router", async () => {
    const router = new Router();
    router.use(override({ xFrameOptions: "SAMEORIGIN" }));
    router.get("/page", (ctx) => {
      ctx.body = "A page.";
    });
    expect(seen(await answerOf(routed(router)))).toEqual([200, { ...SITE, "X-Frame-Options": "SAMEORIGIN" }, "A page."]);
  });

  it("rejects where nothing is in force", async () => {
    const one = app()
      .use(async (ctx, next) => {
        await next().catch((error: unknown) => {
          ctx.body = String(error);
        });
      })
      .use(override({ xFrameOptions: false }));
    expect((await answerOf(one)).body).toContain("override: there is no policy in force");
  });

  it("rejects where the layers do not fit the policy in force, which stays", async () => {
    const one = app()
      .use(site())
      .use(override({ contentSecurityPolicy: { formAction: append("https://pay.example") } }));
    expect(seen(await answerOf(one))).toEqual([500, SITE, "Internal Server Error"]);
  });

  it("says at once what is wrong with the layers", () => {
    expect(() => override({ xFrameOptoins: false } as never)).toThrow("Did you mean");
  });
});

describe("what stands in the policy per request in Koa", () => {
  const nonced = () => securityHeaders("none", { contentSecurityPolicy: { scriptSrc: [nonce] } });

  it("gives templates the nonce in ctx.state, and handlers by nonceOf", async () => {
    const one = app()
      .use(nonced())
      .use((ctx) => {
        ctx.body = `${ctx.state.cspNonce} ${nonceOf(ctx)}`;
      });
    const { body, headers } = await answerOf(one);
    const [first, second] = body.split(" ");
    expect(first).toMatch(/^[\w+/]{22}==$/);
    expect(second).toBe(first);
    expect(headers["Content-Security-Policy"]).toBe(`script-src 'nonce-${first}'`);
  });

  it("takes the nonce from templates where an override has no use for it", async () => {
    const one = app()
      .use(nonced())
      .use(override({ contentSecurityPolicy: { scriptSrc: ["self"] } }))
      .use((ctx) => {
        ctx.body = String("cspNonce" in ctx.state);
      });
    expect((await answerOf(one)).body).toBe("false");
  });

  it("says by nonceOf that no nonce stands in the policy", async () => {
    const one = withSite((ctx) => {
      try {
        nonceOf(ctx);
      } catch (error) {
        ctx.body = String(error);
      }
    });
    expect((await answerOf(one)).body).toContain("the policy in force has no nonce");
  });

  it("tells by policyOf what is in force", async () => {
    const one = withSite((ctx) => {
      ctx.body = policyOf(ctx)?.resolved;
    });
    expect(JSON.parse((await answerOf(one)).body)).toMatchObject({ xFrameOptions: "DENY" });
  });

  it("gives perRequest functions the context", async () => {
    const tenant = perRequest((ctx: Koa.Context) => `https://${ctx.state["tenant"]}.example`);
    const path = perRequest((req: PerRequestInput) => `https://img.example${req.url}`);
    const one = app()
      .use((ctx, next) => {
        ctx.state["tenant"] = "acme";
        return next();
      })
      .use(securityHeaders("none", { contentSecurityPolicy: { scriptSrc: [tenant, path] } }));
    expect((await answerOf(one)).headers["Content-Security-Policy"]).toBe("script-src https://acme.example https://img.example/page");
  });

  it("rejects where a perRequest function fails, and sends the policy without its source", async () => {
    const broken = perRequest(() => {
      throw new Error("No tenant.");
    });
    const one = app().use(securityHeaders("none", { contentSecurityPolicy: { scriptSrc: ["self", broken] } }));
    expect(seen(await answerOf(one))).toEqual([500, { "Content-Security-Policy": "script-src 'self'" }, "Internal Server Error"]);
  });
});

describe("a 304 of Koa", () => {
  const nonced = () => securityHeaders("none", { contentSecurityPolicy: { scriptSrc: [nonce] }, xFrameOptions: "DENY" });

  it("carries no header with a nonce where Koa finds the page fresh", async () => {
    const one = app().use(nonced());
    one.use((ctx) => {
      ctx.body = "A page.";
      ctx.etag = "one";
      if (ctx.fresh) ctx.status = 304;
    });
    const answer = await answerOf(one, { headers: { "If-None-Match": '"one"' } });
    expect([answer.status, ours(answer)]).toEqual([304, { "X-Frame-Options": "DENY" }]);
  });

  it("carries no header with a nonce where it is thrown", async () => {
    const answer = await answerOf(
      app()
        .use(nonced())
        .use((ctx) => ctx.throw(304)),
    );
    expect([answer.status, ours(answer)]).toEqual([304, { "X-Frame-Options": "DENY" }]);
  });
});

describe("how a request came to Koa", () => {
  const HSTS = "max-age=31536000; includeSubDomains";

  it.each([
    ["http from anybody", false, "http", HSTS],
    ["http from a proxy that Koa trusts", true, "http", undefined],
    ["HTTP, from that proxy", true, "HTTP", undefined],
    ["https from that proxy", true, "https", HSTS],
    ["nothing from that proxy", true, undefined, HSTS],
  ])("is known by X-Forwarded-Proto: %s", async (_, proxy, proto, expected) => {
    const one = withSite((ctx) => {
      ctx.body = "A page.";
    });
    one.proxy = proxy;
    const { headers } = await answerOf(one, { headers: proto === undefined ? {} : { "X-Forwarded-Proto": proto } });
    expect(headers["Strict-Transport-Security"]).toBe(expected);
  });

  it("is known to an override that is the first to need it", async () => {
    const one = app().use(securityHeaders("none", { xFrameOptions: "DENY" }));
    one.use(override({ strictTransportSecurity: { maxAge: 600 } })).use((ctx) => {
      ctx.body = "A page.";
    });
    one.proxy = true;
    expect(ours(await answerOf(one, { headers: { "X-Forwarded-Proto": "http" } }))).toEqual({ "X-Frame-Options": "DENY" });
  });
});
