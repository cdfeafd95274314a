import { Readable } from "node:stream";
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";
import { nonceOf, override, policyOf, securityHeaders } from "../../src/adapters/fastify.js";
import { append, nonce, type PerRequestInput, perRequest, sealHeaders, securityHeaders as securityHeadersOfNode } from "../../src/index.js";
import { type Answer, ask, ask2, connect2, ours } from "../http/support.js";

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

const EMBEDDED = {
  "Content-Security-Policy": "default-src 'self'; frame-ancestors https://partner.example",
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  "X-Content-Type-Options": "nosniff",
};
const embedded = () => override({ xFrameOptions: false, contentSecurityPolicy: { frameAncestors: ["https://partner.example"] } });

type Set = (app: FastifyInstance) => unknown;

/** An application that listens until the test is over. */
async function listening(set: Set): Promise<number> {
  const app = Fastify();
  onTestFinished(() => app.close());
  await set(app);
  await app.listen({ port: 0, host: "127.0.0.1" });
  return (app.server.address() as { port: number }).port;
}

/** The site's policy, and one page. */
async function answerOf(set: Set, path = "/page", question?: Parameters<typeof ask>[2]): Promise<Answer> {
  const port = await listening((app) => {
    app.register(site());
    return set(app);
  });
  return ask(port, path, question);
}

const seen = (answer: Answer) => [answer.status, ours(answer)];
const codeOf = (answer: Answer) => (JSON.parse(answer.body) as { code: string }).code;

describe("securityHeaders in Fastify", () => {
  it("sends the headers with a 200, and each once", async () => {
    const answer = await answerOf((app) => app.get("/page", async () => "A page."));
    expect([...seen(answer), answer.body]).toEqual([200, SITE, "A page."]);
    expect(new Set(answer.names.map((name) => name.toLowerCase())).size).toBe(answer.names.length);
  });

  it("sends the headers with what a child plugin answers: it is not encapsulated", async () => {
    const answer = await answerOf((app) =>
      app.register(async (child) => {
        child.get("/page", async () => "A page.");
      }),
    );
    expect(seen(answer)).toEqual([200, SITE]);
  });

  it("shows the headers to inject()", async () => {
    const app = Fastify();
    app.register(site());
    app.get("/page", async () => "A page.");
    const { headers, statusCode } = await app.inject("/page");
    expect([statusCode, headers]).toMatchObject([200, SITE2]);
  });

  it("sends the headers over http/2", async () => {
    const app = Fastify({ http2: true });
    onTestFinished(() => app.close());
    app.register(site());
    app.get("/", async (_request, reply) => reply.header("x-content-type-options", "nosniff").send("A page."));
    await app.listen({ port: 0, host: "127.0.0.1" });
    const answer = await ask2(connect2((app.server.address() as { port: number }).port));
    expect(seen(answer)).toEqual([200, SITE2]);
  });

  it("sends the headers with Fastify's own 404", async () => {
    expect(seen(await answerOf(() => undefined, "/nowhere"))).toEqual([404, SITE]);
  });

  it("sends the headers with an own 404", async () => {
    const answer = await answerOf((app) => app.setNotFoundHandler((_request, reply) => reply.code(404).send("Gone.")), "/nowhere");
    expect([...seen(answer), answer.body]).toEqual([404, SITE, "Gone."]);
  });

  it("sends the headers with a thrown 500", async () => {
    const answer = await answerOf((app) =>
      app.get("/page", async () => {
        throw new Error("Something broke.");
      }),
    );
    expect(seen(answer)).toEqual([500, SITE]);
  });

  it("sends the headers with the page of an own error handler", async () => {
    const answer = await answerOf((app) => {
      app.setErrorHandler((_error, _request, reply) => reply.code(503).send("Sorry."));
      app.get("/page", async () => {
        throw new Error("Something broke.");
      });
    });
    expect([...seen(answer), answer.body]).toEqual([503, SITE, "Sorry."]);
  });

  it("sends the headers where the error handler throws too", async () => {
    const answer = await answerOf((app) => {
      app.setErrorHandler(() => {
        throw new Error("This broke as well.");
      });
      app.get("/page", async () => {
        throw new Error("Something broke.");
      });
    });
    expect(seen(answer)).toEqual([500, SITE]);
  });

  it("sends the headers with a 400 of Fastify's validation", async () => {
    const schema = { querystring: { type: "object", required: ["name"] } };
    expect(seen(await answerOf((app) => app.get("/page", { schema }, async () => "A page.")))).toEqual([400, SITE]);
  });

  it("sends the headers with a 400 of Fastify's body parser", async () => {
    const question = { method: "POST", headers: { "Content-Type": "application/json", "Content-Length": "0" } };
    expect(seen(await answerOf((app) => app.post("/page", async () => "A page."), "/page", question))).toEqual([400, SITE]);
  });

  it("sends the headers with a 401 of an onRequest hook behind it", async () => {
    const answer = await answerOf((app) => {
      app.addHook("onRequest", async (_request, reply) => reply.code(401).send("Who are you?"));
      app.get("/page", async () => "A page.");
    });
    expect([...seen(answer), answer.body]).toEqual([401, SITE, "Who are you?"]);
  });

  it("sends the headers with a 401 of an onRequest hook in front of it", async () => {
    const port = await listening((app) => {
      app.addHook("onRequest", async (_request, reply) => reply.code(401).send("Who are you?"));
      app.register(site());
      app.get("/page", async () => "A page.");
    });
    expect(seen(await ask(port, "/page"))).toEqual([401, SITE]);
  });

  it("sends the headers with an error of an onRequest hook in front of it", async () => {
    const port = await listening((app) => {
      app.addHook("onRequest", async () => {
        throw new Error("Something broke.");
      });
      app.register(site());
      app.get("/page", async () => "A page.");
    });
    expect(seen(await ask(port, "/page"))).toEqual([500, SITE]);
  });

  it("leaves alone what a hook in front of it has sent already", async () => {
    const port = await listening((app) => {
      app.addHook("onRequest", async (_request, reply) => {
        reply.raw.writeHead(200, { "Content-Type": "text/plain" });
        return reply.send(Readable.from(["A page."]));
      });
      app.register(site());
    });
    const answer = await ask(port, "/page");
    expect([...seen(answer), answer.body]).toEqual([200, {}, "A page."]);
  });

  it("sends the headers with a stream", async () => {
    const answer = await answerOf((app) =>
      app.get("/page", (_request, reply) => reply.type("text/plain").send(Readable.from(["A ", "page."]))),
    );
    expect([...seen(answer), answer.body]).toEqual([200, SITE, "A page."]);
  });

  it("sends the headers with a stream that breaks before its first byte", async () => {
    const broken = () =>
      new Readable({
        read() {
          this.destroy(new Error("No file."));
        },
      });
    expect(seen(await answerOf((app) => app.get("/page", (_request, reply) => reply.send(broken()))))).toEqual([500, SITE]);
  });

  it("sends the headers with a Response of the Fetch standard", async () => {
    const answer = await answerOf((app) => app.get("/page", async () => new Response("A page.", { status: 202 })));
    expect([...seen(answer), answer.body]).toEqual([202, SITE, "A page."]);
  });

  it("sends the headers with a hijacked reply", async () => {
    const answer = await answerOf((app) =>
      app.get("/page", (_request, reply) => {
        reply.hijack();
        reply.raw.writeHead(200, { "Content-Type": "text/plain" });
        reply.raw.end("A page.");
      }),
    );
    expect([...seen(answer), answer.body]).toEqual([200, SITE, "A page."]);
  });

  it("sends the headers with a redirect, and with the answer to HEAD", async () => {
    const redirect = await answerOf((app) => app.get("/page", (_request, reply) => reply.redirect("/elsewhere")));
    const head = await answerOf((app) => app.get("/page", async () => "A page."), "/page", { method: "HEAD" });
    expect([...seen(redirect), ...seen(head)]).toEqual([302, SITE, 200, SITE]);
  });

  it("lets what a handler sets win on its own response, once on the wire", async () => {
    const answer = await answerOf((app) =>
      app.get("/page", async (_request, reply) => reply.header("X-Frame-Options", "SAMEORIGIN").send("A page.")),
    );
    const { "X-Frame-Options": _, ...others } = SITE;
    expect(seen(answer)).toEqual([200, { ...others, "x-frame-options": "SAMEORIGIN" }]);
    expect(answer.names.filter((name) => name.toLowerCase() === "x-frame-options")).toHaveLength(1);
  });

  it("can be sealed by the main entry's sealHeaders", async () => {
    const seal = sealHeaders();
    const answer = await answerOf((app) => {
      app.addHook("onRequest", (request, reply, done) => seal(request.raw, reply.raw, done as () => void));
      app.get("/page", async (_request, reply) =>
        reply.header("X-Frame-Options", "SAMEORIGIN").header("X-Powered-By", "x").send("A page."),
      );
    });
    expect(seen(answer)).toEqual([200, SITE]);
  });

  it("is replaced whole by one in a child plugin, for the child alone", async () => {
    const port = await listening((app) => {
      app.register(site());
      app.get("/page", async () => "A page.");
      app.register(async (child) => {
        child.register(securityHeaders("none", { referrerPolicy: "no-referrer" }));
        child.get("/child", async () => "A page.");
        child.get("/own", { config: { securityHeaders: override({ originAgentCluster: true }) } }, async () => "A page.");
      });
    });
    expect(seen(await ask(port, "/page"))).toEqual([200, SITE]);
    expect(seen(await ask(port, "/child"))).toEqual([200, { "Referrer-Policy": "no-referrer" }]);
    expect(seen(await ask(port, "/own"))).toEqual([200, { "Referrer-Policy": "no-referrer", "Origin-Agent-Cluster": "?1" }]);
  });

  it("says at once what is wrong with the policy", () => {
    expect(() => securityHeaders({ xFrameOptions: "ALLOWALL" } as never)).toThrow("xFrameOptions: ");
  });

  it("says what to write where it is registered without the call", () => {
    const register = securityHeaders as (...args: unknown[]) => unknown;
    expect(() => register(Fastify(), {}, () => undefined)).toThrow("received an application. Write app.register(securityHeaders()).");
  });
});

describe("override in Fastify", () => {
  it("changes the policy for a route, by its config", async () => {
    const answer = await answerOf((app) => app.get("/page", { config: { securityHeaders: embedded() } }, async () => "Embedded."));
    expect(seen(answer)).toEqual([200, EMBEDDED]);
  });

  it("leaves other routes alone", async () => {
    const answer = await answerOf((app) => {
      app.get("/embed", { config: { securityHeaders: embedded() } }, async () => "Embedded.");
      app.get("/page", async () => "A page.");
    });
    expect(seen(answer)).toEqual([200, SITE]);
  });

  it("counts on the 401 of a hook behind the plugin, and of one in front of it", async () => {
    const refuse: Set = (app) => app.addHook("onRequest", async (_request, reply) => reply.code(401).send("Who are you?"));
    const page: Set = (app) => app.get("/page", { config: { securityHeaders: embedded() } }, async () => "Embedded.");
    const behind = await answerOf((app) => [refuse(app), page(app)].length);
    const inFront = await ask(await listening((app) => [refuse(app), app.register(site()), page(app)].length), "/page");
    expect([...seen(behind), ...seen(inFront)]).toEqual([401, EMBEDDED, 401, EMBEDDED]);
  });

  it("counts on a 400 and on a thrown 500 of its route", async () => {
    const config = { securityHeaders: embedded() };
    const schema = { querystring: { type: "object", required: ["name"] } };
    const invalid = await answerOf((app) => app.get("/page", { config, schema }, async () => "Embedded."));
    const thrown = await answerOf((app) =>
      app.get("/page", { config }, async () => {
        throw new Error("Something broke.");
      }),
    );
    expect([...seen(invalid), ...seen(thrown)]).toEqual([400, EMBEDDED, 500, EMBEDDED]);
  });

  it("changes the policy for a route as a hook, and for a plugin", async () => {
    const port = await listening((app) => {
      app.register(site());
      app.get("/page", { onRequest: embedded() }, async () => "Embedded.");
      app.register(async (child) => {
        child.addHook("onRequest", embedded());
        child.get("/child", async () => "Embedded.");
      });
    });
    expect(seen(await ask(port, "/page"))).toEqual([200, EMBEDDED]);
    expect(seen(await ask(port, "/child"))).toEqual([200, EMBEDDED]);
  });

  it("says at once what is wrong with the layers", () => {
    expect(() => override({ xFrameOptoins: false } as never)).toThrow("Did you mean");
  });

  it("says at boot that something else stands in a route's config", async () => {
    const app = Fastify();
    await app.register(site());
    const wrong = { config: { securityHeaders: { xFrameOptions: false } } } as never;
    expect(() => app.get("/page", wrong, async () => "A page.")).toThrow(
      "config.securityHeaders: an object is not an override. Write config: {",
    );
  });

  it("says so at the request where the route was there before the plugin", async () => {
    const wrong = { config: { securityHeaders: { xFrameOptions: false } } } as never;
    const answer = await answerOf((app) => app.get("/page", wrong, async () => "A page."));
    expect([...seen(answer), codeOf(answer)]).toEqual([500, SITE, "wrong-type"]);
  });

  it("goes to the error handler where the layers do not fit the policy in force, which stays", async () => {
    const config = { securityHeaders: override({ contentSecurityPolicy: { formAction: append("https://pay.example") } }) };
    const answer = await answerOf((app) => app.get("/page", { config }, async () => "A page."));
    expect([...seen(answer), codeOf(answer)]).toEqual([500, SITE, "unresolved-edit"]);
  });

  it("goes to the error handler where nothing is in force", async () => {
    const port = await listening((app) => app.get("/page", { onRequest: embedded() }, async () => "A page."));
    const answer = await ask(port, "/page");
    expect([answer.status, codeOf(answer)]).toEqual([500, "no-policy"]);
  });
});

describe("what stands in the policy per request in Fastify", () => {
  it("gives the nonce by nonceOf, before the reply is there", async () => {
    const port = await listening((app) => {
      app.register(securityHeaders("none", { contentSecurityPolicy: { scriptSrc: [nonce] } }));
      app.get("/page", async (_request, reply) => nonceOf(reply));
    });
    const { body, headers } = await ask(port, "/page");
    expect(body).toMatch(/^[\w+/]{22}==$/);
    expect(headers["Content-Security-Policy"]).toBe(`script-src 'nonce-${body}'`);
  });

  it("says by nonceOf that no nonce stands in the policy", async () => {
    const answer = await answerOf((app) => app.get("/page", async (_request, reply) => nonceOf(reply)));
    expect([answer.status, codeOf(answer)]).toEqual([500, "no-policy"]);
  });

  it("tells by policyOf what is in force", async () => {
    const answer = await answerOf((app) => app.get("/page", async (_request, reply) => policyOf(reply)?.resolved));
    expect(JSON.parse(answer.body)).toMatchObject({ xFrameOptions: "DENY" });
  });

  it("gives perRequest functions Fastify's request, of the route too", async () => {
    const tenant = perRequest((request: FastifyRequest<{ Params: { tenant: string } }>) => `https://${request.params.tenant}.example`);
    const path = perRequest((req: PerRequestInput) => `https://img.example${req.url}`);
    const port = await listening((app) => {
      app.register(securityHeaders("none", { contentSecurityPolicy: { scriptSrc: ["self", path] } }));
      const config = { securityHeaders: override({ contentSecurityPolicy: { scriptSrc: append(tenant) } }) };
      app.get("/:tenant", { config }, async () => "A page.");
    });
    const { headers } = await ask(port, "/acme");
    expect(headers["Content-Security-Policy"]).toBe("script-src 'self' https://img.example/acme https://acme.example");
  });

  it("goes to the error handler where a perRequest function fails, and sends the policy without its source", async () => {
    const broken = perRequest(() => {
      throw new Error("No tenant.");
    });
    const port = await listening((app) => {
      app.register(securityHeaders("none", { contentSecurityPolicy: { scriptSrc: ["self", broken] } }));
      app.get("/page", async () => "A page.");
    });
    const answer = await ask(port, "/page");
    expect([...seen(answer), codeOf(answer)]).toEqual([500, { "Content-Security-Policy": "script-src 'self'" }, "slot-failed"]);
  });
});

it("a URL that cannot be decoded is answered past every hook, with headers where frameworkErrors calls the main entry's middleware", async () => {
  const enforce = securityHeadersOfNode("none", { xFrameOptions: "DENY" });
  const app = Fastify({
    frameworkErrors: (error, request, reply) => {
      enforce(request.raw, reply.raw);
      reply.raw.writeHead(400);
      reply.raw.end(error.code);
    },
  });
  onTestFinished(() => app.close());
  app.register(site());
  await app.listen({ port: 0, host: "127.0.0.1" });
  const answer = await ask((app.server.address() as { port: number }).port, "/%zz");
  expect([...seen(answer), answer.body]).toEqual([400, { "X-Frame-Options": "DENY" }, "FST_ERR_BAD_URL"]);
});

describe("a 304 of Fastify", () => {
  it.each<[string, object | undefined]>([
    ["alone", undefined],
    ["with headers of the reply's own", { "X-One": "1" }],
  ])("carries no header with a nonce, %s", async (_, more) => {
    const port = await listening(async (app) => {
      await app.register(securityHeaders("none", { contentSecurityPolicy: { scriptSrc: [nonce] }, xFrameOptions: "DENY" }));
      app.get("/page", (_request, reply) =>
        reply
          .code(304)
          .headers({ ...more })
          .send(),
      );
    });
    const answer = await ask(port, "/page");
    const lower = Object.fromEntries(Object.entries(ours(answer)).map(([name, value]) => [name.toLowerCase(), value]));
    expect([answer.status, lower]).toEqual([304, { "x-frame-options": "DENY", ...(more && { "x-one": "1" }) }]);
  });
});

describe("how a request came to Fastify", () => {
  const HSTS = "max-age=31536000; includeSubDomains";
  const forwarded = { "X-Forwarded-For": "203.0.113.9" };

  it.each<[string, boolean | string, Record<string, string>, string | undefined]>([
    ["http from anybody", false, { ...forwarded, "X-Forwarded-Proto": "http" }, HSTS],
    ["http from a proxy that Fastify trusts", true, { ...forwarded, "X-Forwarded-Proto": "http" }, undefined],
    ["HTTP, from that proxy", true, { ...forwarded, "X-Forwarded-Proto": "HTTP" }, undefined],
    ["https from that proxy", true, { ...forwarded, "X-Forwarded-Proto": "https" }, HSTS],
    ["nothing from that proxy", true, forwarded, HSTS],
    ["http from another than the trusted one", "10.0.0.0/8", { ...forwarded, "X-Forwarded-Proto": "http" }, HSTS],
  ])("is known by X-Forwarded-Proto: %s", async (_, trustProxy, headers, expected) => {
    const app = Fastify({ trustProxy });
    onTestFinished(() => app.close());
    await app.register(site());
    app.get("/page", () => "A page.");
    await app.listen({ port: 0, host: "127.0.0.1" });
    const answer = await ask((app.server.address() as { port: number }).port, "/page", { headers });
    expect(answer.headers["Strict-Transport-Security"]).toBe(expected);
  });
});
