import http from "node:http";
import http2 from "node:http2";
import connect from "connect";
import type express from "express";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { securityHeaders } from "../../src/index.js";
import { type HttpsRedirectOptions, httpsRedirect } from "../../src/middleware/https-redirect.js";
import type { Middleware } from "../../src/middleware/types.js";
import { issuesOf } from "../messages.js";
import { ask, ask2, CERTIFICATE, connect2, EXPRESSES, listen, say, serve, serveSecurely, tellError } from "./support.js";

/** Answers what is let through with 200, and an error with 500 and its message. */
function listener(redirect: Middleware) {
  return (req: Parameters<Middleware>[0], res: Parameters<Middleware>[1] & { statusCode: number; end(text: string): unknown }) => {
    redirect(req, res, (error) => {
      res.statusCode = error === undefined ? 200 : 500;
      res.end(error === undefined ? "Passed." : String((error as Error).message));
    });
  };
}

/** Over plain http, from a server that lets through as much as Node can be told to. */
function plain(options?: HttpsRedirectOptions): Promise<number> {
  const open = { requireHostHeader: false, insecureHTTPParser: true };
  return listen(http.createServer(open, listener(httpsRedirect(options)) as http.RequestListener));
}

/** As much of a response as a redirect looks at. */
function fakeResponse() {
  const sent: Record<string, string> = {};
  return {
    sent,
    headersSent: false,
    statusCode: 200,
    getHeader: () => undefined,
    setHeader: (name: string, value: string) => {
      sent[name] = value;
    },
    removeHeader: () => undefined,
    end: () => undefined,
  };
}

/** What a 400 of ours says; Node's own has no body. */
const REFUSED = "400 This host or address is not served here.";

/** What came of a request said over a bare socket: where to, or the status and the text. */
async function saying(port: number, ...lines: string[]): Promise<string> {
  const text = await say(port, [...lines, "Connection: close"]);
  return /^Location: (.*)\r$/m.exec(text)?.[1] ?? `${text.slice(9, 12)} ${text.split("\r\n\r\n")[1]?.trim()}`;
}

describe("where a redirect goes", () => {
  it.each([
    ["example.com", "https://example.com/"],
    ["EXAMPLE.com:8080", "https://example.com/"],
    ["example.com:", "https://example.com/"],
    ["example.com.", "https://example.com./"],
    ["  example.com  ", "https://example.com/"],
    ["127.0.0.1:3000", "https://127.0.0.1/"],
    ["[::1]", "https://[::1]/"],
    ["[2001:DB8::1]:8080", "https://[2001:db8::1]/"],
    ["[::ffff:127.0.0.1]:80", "https://[::ffff:127.0.0.1]/"],
    ["my_app", "https://my_app/"],
    ["xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example/"],
  ])("of Host %j is %j", async (host, location) => {
    expect(await saying(await plain(), "GET / HTTP/1.1", `Host: ${host}`)).toBe(location);
  });

  it.each([
    ["/a/b?c=d&e=%20%2f%2F", "https://example.com/a/b?c=d&e=%20%2f%2F"],
    ["/?", "https://example.com/?"],
    ["/a??b?", "https://example.com/a??b?"],
    ["/../x//y/./z", "https://example.com/../x//y/./z"],
    ["//evil.example/x", "https://example.com//evil.example/x"],
    ["///evil.example", "https://example.com///evil.example"],
    ["/\\evil.example", "https://example.com/\\evil.example"],
    ["/@evil.example", "https://example.com/@evil.example"],
    ["/%0d%0aSet-Cookie:%20a=b", "https://example.com/%0d%0aSet-Cookie:%20a=b"],
    ['/a|"<>{}^`b', 'https://example.com/a|"<>{}^`b'],
    ["/?to=http://evil.example/", "https://example.com/?to=http://evil.example/"],
    ["http://example.com/x?y", "https://example.com/x?y"],
    ["HTTP://EXAMPLE.com:80//x", "https://example.com//x"],
    ["https://example.com/x", "https://example.com/x"],
    ["http://example.com?x", "https://example.com/?x"],
    ["http://example.com", "https://example.com/"],
  ])("of the target %j is %j", async (target, location) => {
    expect(await saying(await plain(), `GET ${target} HTTP/1.1`, "Host: example.com:8080")).toBe(location);
  });

  it.each([
    [443, "https://example.com/x"],
    [8443, "https://example.com:8443/x"],
    [80, "https://example.com:80/x"],
  ])("has the port %j where it is not 443", async (port, location) => {
    expect(await saying(await plain({ port }), "GET /x HTTP/1.1", "Host: example.com:8080")).toBe(location);
  });

  it("is where the site answers over https", async () => {
    const secure = await serveSecurely((req, res) => res.end(`${req.method} ${req.url}`));
    const { headers } = await ask(await plain({ port: secure }), "/a?b=%20c");
    expect(headers.Location).toBe(`https://127.0.0.1:${secure}/a?b=%20c`);
    expect((await ask(secure, "/a?b=%20c", { secure: true })).body).toBe("GET /a?b=%20c");
  });

  it("has the bytes of a path that is not ASCII", async () => {
    const redirect = httpsRedirect();
    const port = await serve((req, res) => redirect(Object.assign(req, { originalUrl: "/caf\xe9" }), res));
    expect((await ask(port, "/", { headers: { Host: "example.com" } })).headers.Location).toBe("https://example.com/caf\xe9");
  });
});

describe("400, and nothing else, gets", () => {
  it.each([
    "",
    "user@example.com",
    "user:password@example.com",
    "example.com@evil.example",
    "example.com:80@evil.example",
    "@example.com",
    "example.com/x",
    "example.com?x",
    "example.com#x",
    "example.com\\x",
    "example.com evil.example",
    "example.com\tevil.example",
    "example.com, evil.example",
    "example.com,evil.example",
    "example.com;x",
    '"example.com"',
    "//evil.example",
    "http://example.com",
    "*",
    "*.example.com",
    ".",
    ".example.com",
    "example..com",
    "example.com..",
    "ex%61mple.com",
    "example.com:port",
    "example.com:99999",
    "example.com:-1",
    "example.com:80:80",
    "example.com:+80",
    ":80",
    "1.2.3.256",
    "1.2.3.4.5",
    "xn--a",
    "::1",
    "[::1",
    "[::1]]",
    "[::1]x",
    "[]",
    "[1:2]",
    "[example.com]",
    "[fe80::1%eth0]",
    "[fe80::1%25eth0]",
    "[v1.a]",
    "exämple.com",
    "{example}",
  ])("Host %j", async (host) => {
    expect(await saying(await plain(), "GET / HTTP/1.1", `Host: ${host}`)).toBe(REFUSED);
  });

  it.each([
    ["no Host, in HTTP/1.1", "GET / HTTP/1.1", []],
    ["no Host, in HTTP/1.0", "GET / HTTP/1.0", []],
    ["two Hosts", "GET / HTTP/1.1", ["Host: example.com", "Host: evil.example"]],
    ["two Hosts, the empty one first", "GET / HTTP/1.1", ["Host:", "Host: example.com"]],
    ["the same Host twice", "GET / HTTP/1.1", ["Host: example.com", "hOST: example.com"]],
    ["a folded Host", "GET / HTTP/1.1", ["Host: example.com", " evil.example"]],
    ["another host in the target", "GET http://evil.example/x HTTP/1.1", ["Host: example.com"]],
    ["userinfo in the target", "GET http://user@example.com/ HTTP/1.1", ["Host: example.com"]],
    ["a host dressed up as userinfo", "GET http://example.com@evil.example/ HTTP/1.1", ["Host: example.com"]],
    ["a target without a host", "GET http:///x HTTP/1.1", ["Host: example.com"]],
    ["a port that does not exist in the target", "GET http://example.com:99999/ HTTP/1.1", ["Host: example.com"]],
    ["an absolute target without a Host", "GET http://example.com/ HTTP/1.1", []],
    ["an absolute target beside a malformed Host", "GET http://example.com/ HTTP/1.1", ["Host: a@b"]],
    ["another scheme", "GET ftp://example.com/x HTTP/1.1", ["Host: example.com"]],
    ["no path at all", "OPTIONS * HTTP/1.1", ["Host: example.com"]],
    ["a fragment behind the path", "GET /a#b HTTP/1.1", ["Host: example.com"]],
    ["a fragment behind the query", "GET /a?b#c HTTP/1.1", ["Host: example.com"]],
    ["a fragment in an absolute target", "GET http://example.com/#b HTTP/1.1", ["Host: example.com"]],
  ])("%s", async (_, line, headers) => {
    expect(await saying(await plain(), line, ...headers)).toBe(REFUSED);
  });

  it.each([
    ["a bare line feed in the Host", "GET / HTTP/1.1", ["Host: example.com\nX: y"]],
    ["a bare carriage return in the Host", "GET / HTTP/1.1", ["Host: example.com\rX: y"]],
    ["a blank before the colon", "GET / HTTP/1.1", ["Host : example.com"]],
    ["a target without its slash", "GET @evil.example HTTP/1.1", ["Host: example.com"]],
    ["a blank in the target", "GET /a b HTTP/1.1", ["Host: example.com"]],
  ])("%s, of Node itself", async (_, line, headers) => {
    const text = await say(await serve(listener(httpsRedirect()) as http.RequestListener), [line, ...headers]);
    expect([text.slice(0, 12), text.includes("Location")]).toEqual(["HTTP/1.1 400", false]);
  });

  it("a path that somebody rewrote to no path", async () => {
    const redirect = httpsRedirect();
    const port = await serve((req, res) => redirect(Object.assign(req, { originalUrl: "@evil.example/" }), res));
    expect((await ask(port)).status).toBe(400);
  });

  it("a path with a line break that somebody put there", async () => {
    const redirect = httpsRedirect();
    const port = await serve((req, res) => redirect(Object.assign(req, { originalUrl: "/a\r\nSet-Cookie: b" }), res));
    expect((await ask(port)).status).toBe(400);
  });
});

describe("with a list of hosts", () => {
  const hosts = ["Example.com", "[::1]", "*.tenants.example"];

  it.each([
    ["example.com", "https://example.com/"],
    ["EXAMPLE.COM:8080", "https://example.com/"],
    ["example.com.", "https://example.com/"],
    ["[::1]:80", "https://[::1]/"],
    ["a.tenants.example", "https://a.tenants.example/"],
    ["A.b.tenants.example.:80", "https://a.b.tenants.example/"],
  ])("redirects Host %j to %j", async (host, location) => {
    expect(await saying(await plain({ hosts }), "GET / HTTP/1.1", `Host: ${host}`)).toBe(location);
  });

  it.each([
    "evil.example",
    "www.example.com",
    "example.com.evil.example",
    "evil-example.com",
    "example.co",
    "tenants.example",
    "eviltenants.example",
    ".tenants.example",
    "*.tenants.example",
    "example.com@evil.example",
    "evil.example:80@example.com",
    "[::2]",
    "[0:0:0:0:0:0:0:1]",
  ])("gives Host %j a 400", async (host) => {
    expect(await saying(await plain({ hosts }), "GET / HTTP/1.1", `Host: ${host}`)).toBe(REFUSED);
  });

  it("does not believe X-Forwarded-Host where there is no Express", async () => {
    const port = await plain({ hosts });
    expect(await saying(port, "GET / HTTP/1.1", "Host: evil.example", "X-Forwarded-Host: example.com")).toBe(REFUSED);
  });

  const nasty = fc.string({
    unit: fc.constantFrom(
      "example.com",
      "evil.example",
      "http://",
      "/",
      "\\",
      "@",
      ":",
      ".",
      "?",
      "#",
      "[",
      "]",
      "%",
      "80",
      " ",
      "\t",
      "\r\n",
      "é",
    ),
    maxLength: 8,
  });
  const name = fc.oneof(
    fc.constant("example.com"),
    fc.constant("EXAMPLE.com.:80"),
    nasty,
    nasty.map((text) => `example.com${text}`),
    fc.string(),
  );
  const target = fc.oneof(
    nasty,
    nasty.map((text) => `/${text}`),
    fc.webPath(),
    nasty.map((text) => `http://${text}`),
    nasty.map((text) => `http://example.com${text}`),
    fc.string(),
  );

  it("answers 400 where Express has the name of no host", () => {
    const res = fakeResponse();
    const req = { headers: {}, rawHeaders: ["Host", "a.example.com"], url: "/", hostname: "a b" };
    httpsRedirect({ hosts: ["*.example.com"] })(req as never, res);
    expect(res.statusCode).toBe(400);
  });

  it("sends whatever comes to a host on the list, with its own path, or nowhere", () => {
    const redirect = httpsRedirect({ hosts: ["example.com"] });
    let redirected = 0;
    fc.assert(
      fc.property(name, target, (host, url) => {
        const res = fakeResponse();
        redirect({ headers: {}, rawHeaders: ["Host", host], url } as never, res);
        if (res.statusCode === 400) {
          expect(res.sent["Location"]).toBeUndefined();
          return;
        }
        redirected += 1;
        expect(res.statusCode).toBe(308);
        expect(res.sent["Location"]).toMatch(/^https:\/\/example\.com\/[^\s]*$/);
        expect(new URL(res.sent["Location"] as string).origin).toBe("https://example.com");
        expect(`${url}/${url}`).toContain((res.sent["Location"] as string).slice("https://example.com/".length));
      }),
      { numRuns: 3000 },
    );
    expect(redirected).toBeGreaterThan(100);
  });
});

describe("what counts as secure", () => {
  it.each([
    ["https", "200 Passed."],
    ["HTTPS", "200 Passed."],
    ["https, http", "200 Passed."],
    ["http", "https://example.com/"],
    ["http, https", "https://example.com/"],
    ["httpss", "https://example.com/"],
    ["", "https://example.com/"],
  ])("without Express, X-Forwarded-Proto %j gives %j", async (proto, result) => {
    expect(await saying(await plain(), "GET / HTTP/1.1", "Host: example.com", `X-Forwarded-Proto: ${proto}`)).toBe(result);
  });

  it("a TLS socket", async () => {
    const { status, body } = await ask(await serveSecurely(listener(httpsRedirect())), "/", { secure: true });
    expect([status, body]).toEqual([200, "Passed."]);
  });

  it("a TLS socket whose Host is on no list, which is not the redirect's business", async () => {
    const port = await serveSecurely(listener(httpsRedirect({ hosts: ["example.com"] })));
    expect((await ask(port, "/", { secure: true, headers: { Host: "localhost" } })).status).toBe(200);
  });

  it("nothing else: a plain socket is redirected", async () => {
    expect((await ask(await plain())).status).toBe(308);
  });
});

describe("the answer", () => {
  it.each([301, 302, 307, 308] as const)("has status %j where it is asked for", async (status) => {
    expect((await ask(await plain({ status }))).status).toBe(status);
  });

  it.each(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "PROPFIND"])("is the same for %s", async (method) => {
    const { status, headers } = await ask(await plain(), "/a?b", { method, headers: { Host: "example.com" } });
    expect([status, headers.Location]).toEqual([308, "https://example.com/a?b"]);
  });

  it("has a short text", async () => {
    const { headers, body } = await ask(await plain());
    expect([headers["Content-Type"], body]).toEqual(["text/plain; charset=utf-8", "This site is served over https.\n"]);
  });

  it("has no body for HEAD", async () => {
    const { status, body } = await ask(await plain(), "/", { method: "HEAD" });
    expect([status, body]).toEqual([308, ""]);
  });

  it("comes for a request whose body nobody reads", async () => {
    const text = await say(await plain(), [
      "POST /form HTTP/1.1",
      "Host: example.com",
      "Content-Length: 3",
      "Connection: close",
      "",
      "a=b",
    ]);
    expect(text).toContain("Location: https://example.com/form\r\n");
  });

  it("has a short text where it is a 400, and repeats nothing of the request", async () => {
    const { status, headers, body } = await ask(await plain(), "/<script>", { headers: { Host: "<script>" } });
    expect([status, headers["Content-Type"], body]).toEqual([
      400,
      "text/plain; charset=utf-8",
      "This host or address is not served here.\n",
    ]);
  });

  it("varies by X-Forwarded-Proto where that decided", async () => {
    expect((await ask(await plain(), "/", { headers: { "X-Forwarded-Proto": "http" } })).headers.Vary).toBe("X-Forwarded-Proto");
  });

  it("keeps what it varied by before", async () => {
    const redirect = httpsRedirect();
    const port = await serve((req, res) => redirect(req, res.setHeader("Vary", "Origin")));
    expect((await ask(port, "/", { headers: { "X-Forwarded-Proto": "http" } })).headers.Vary).toBe("Origin, X-Forwarded-Proto");
  });

  it("does not vary where no proxy said anything", async () => {
    expect((await ask(await plain())).headers.Vary).toBeUndefined();
  });
});

describe("except", () => {
  const except = ["/health", "/a%20b/"];

  it.each([
    ["/health", "200 Passed."],
    ["/health?deep=1", "200 Passed."],
    ["http://example.com/health", "200 Passed."],
    ["/a%20b/", "200 Passed."],
    ["/health/", "https://example.com/health/"],
    ["/Health", "https://example.com/Health"],
    ["/healthy", "https://example.com/healthy"],
    ["/x/../health", "https://example.com/x/../health"],
    ["/%68ealth", "https://example.com/%68ealth"],
    ["//health", "https://example.com//health"],
    ["/a?/health", "https://example.com/a?/health"],
  ])("as a list gives %j %j", async (target, result) => {
    expect(await saying(await plain({ except }), `GET ${target} HTTP/1.1`, "Host: example.com")).toBe(result);
  });

  it("comes before a look at the Host, which health checks have none of", async () => {
    expect(await saying(await plain({ except }), "GET /health HTTP/1.0")).toBe("200 Passed.");
  });

  it("as a function decides by the request", async () => {
    const port = await plain({ except: (req) => req.headers["user-agent"] === "probe" });
    expect(await saying(port, "GET / HTTP/1.1", "Host: example.com", "User-Agent: probe")).toBe("200 Passed.");
    expect(await saying(port, "GET / HTTP/1.1", "Host: example.com", "User-Agent: browser")).toBe("https://example.com/");
  });

  const failing = () => {
    throw new Error("no database");
  };

  it("as a function that throws goes to next", async () => {
    const { status, body } = await ask(await plain({ except: failing }));
    expect([status, body]).toEqual([500, "no database"]);
  });

  it("as a function that throws does not run over https", async () => {
    expect((await ask(await serveSecurely(listener(httpsRedirect({ except: failing }))), "/", { secure: true })).status).toBe(200);
  });

  it("as a function that throws throws where there is no next", () => {
    const res = { headersSent: false, setHeader: () => undefined, removeHeader: () => undefined };
    expect(() => httpsRedirect({ except: failing })({ headers: {} }, res)).toThrow("no database");
  });

  it("as an async function that rejects is an error of the request, not of the process", async () => {
    expect((await ask(await plain({ except: (async () => failing()) as never }))).status).toBe(500);
  });

  it("as an async function is an error, and lets nobody through", async () => {
    const { status, body } = await ask(await plain({ except: (async () => true) as never }));
    expect([status, body]).toEqual([500, "httpsRedirect.except: the function returned a promise. Return true or false, synchronously."]);
  });
});

describe.each(EXPRESSES)("$version", ({ express }) => {
  async function appWith(options: HttpsRedirectOptions<express.Request>, trust?: unknown): Promise<number> {
    const app = express();
    app.set("env", "test");
    if (trust !== undefined) app.set("trust proxy", trust);
    app.use(securityHeaders("none", { xFrameOptions: "DENY", strictTransportSecurity: { maxAge: 300 }, stripHeaders: ["X-Powered-By"] }));
    app.use(httpsRedirect(options));
    app.use((_req: express.Request, res: express.Response) => void res.send("Passed."));
    app.use(tellError);
    return serve(app);
  }
  const proxied = (name: string, proto = "http") => [
    "GET /a?b HTTP/1.1",
    "Host: internal:3000",
    `X-Forwarded-Host: ${name}`,
    `X-Forwarded-Proto: ${proto}`,
  ];

  it("redirects whatever is asked for, known or not", async () => {
    expect(await saying(await appWith({}), "DELETE //x/../y?z=%zz HTTP/1.1", "Host: example.com")).toBe(
      "https://example.com//x/../y?z=%zz",
    );
  });

  it("does not believe X-Forwarded-Proto of anybody", async () => {
    expect(await saying(await appWith({}), ...proxied("example.com", "https"))).toBe("https://internal/a?b");
  });

  it("does not believe it of a proxy that is not trusted", async () => {
    expect(await saying(await appWith({}, "10.0.0.1"), ...proxied("example.com", "https"))).toBe("https://internal/a?b");
  });

  it("believes X-Forwarded-Proto of a trusted proxy", async () => {
    expect(await saying(await appWith({}, "loopback"), ...proxied("example.com", "https"))).toBe("200 Passed.");
  });

  it.each(["HTTPS", "Https"])("believes it in capitals too, which Express does not call secure: %s", async (proto) => {
    expect(await saying(await appWith({}, true), ...proxied("example.com", proto))).toBe("200 Passed.");
  });

  it("does not believe capitals of anybody else", async () => {
    expect(await saying(await appWith({}), ...proxied("example.com", "HTTPS"))).toBe("https://internal/a?b");
  });

  it("redirects what a trusted proxy got over http", async () => {
    expect(await saying(await appWith({}, true), "GET / HTTP/1.1", "Host: example.com", "X-Forwarded-Proto: http")).toBe(
      "https://example.com/",
    );
  });

  it("goes by the Host without a list, even of a trusted proxy: not every one overwrites X-Forwarded-Host", async () => {
    expect(await saying(await appWith({}, true), ...proxied("evil.example"))).toBe("https://internal/a?b");
  });

  it("goes by X-Forwarded-Host of a trusted proxy with a list", async () => {
    expect(await saying(await appWith({ hosts: ["example.com"] }, true), ...proxied("example.com:8080"))).toBe("https://example.com/a?b");
  });

  it.each([
    "evil.example",
    "evil.example, example.com",
    "evil.example:80@example.com",
    "user@example.com",
    "example.com/x",
    "//example.com",
  ])("gives X-Forwarded-Host %j a 400 with a list", async (name) => {
    expect(await saying(await appWith({ hosts: ["example.com"] }, true), ...proxied(name))).toBe(REFUSED);
  });

  it("does not believe X-Forwarded-Host of anybody else with a list", async () => {
    expect(await saying(await appWith({ hosts: ["example.com"] }), ...proxied("example.com"))).toBe(REFUSED);
  });

  it("gives a malformed Host a 400 whatever X-Forwarded-Host says", async () => {
    const lines = ["GET / HTTP/1.1", "Host: a@b", "X-Forwarded-Host: example.com"];
    expect(await saying(await appWith({ hosts: ["example.com"] }, true), ...lines)).toBe(REFUSED);
  });

  it("gives another host in the target a 400", async () => {
    expect(await saying(await appWith({}), "GET http://evil.example/x HTTP/1.1", "Host: example.com")).toBe(REFUSED);
  });

  it("keeps the path that a router has taken its part of", async () => {
    const app = express();
    app.use("/api", httpsRedirect({ except: ["/api/health"] }), (_req: express.Request, res: express.Response) => void res.send("Passed."));
    const port = await serve(app);
    expect(await saying(port, "GET /api/users?x=1 HTTP/1.1", "Host: example.com")).toBe("https://example.com/api/users?x=1");
    expect(await saying(port, "GET /api/health HTTP/1.1", "Host: example.com")).toBe("200 Passed.");
  });

  it("takes an exception that knows Express's request", async () => {
    const port = await appWith({ except: (req) => req.path === "/health" });
    expect(await saying(port, "GET /health?x HTTP/1.1", "Host: example.com")).toBe("200 Passed.");
    expect(await saying(port, "GET /x HTTP/1.1", "Host: example.com")).toBe("https://example.com/x");
  });

  it("hands an exception's error to the error handler", async () => {
    const port = await appWith({
      except: () => {
        throw new Error("no database");
      },
    });
    const { status, body } = await ask(port);
    expect([status, JSON.parse(body).message]).toEqual([500, "no database"]);
  });

  it.each([
    ["the redirect", "example.com", 308],
    ["the 400", "a@b", 400],
  ])("sends what is in force with %s, and no HSTS where it came over http", async (_, host, expected) => {
    const { status, names } = await ask(await appWith({}, true), "/", { headers: { Host: host, "X-Forwarded-Proto": "http" } });
    expect(status).toBe(expected);
    expect(names).toContain("X-Frame-Options");
    expect(names).not.toContain("Strict-Transport-Security");
  });

  it("sends HSTS with what came over https", async () => {
    const { status, headers } = await ask(await appWith({}, true), "/", { headers: { "X-Forwarded-Proto": "https" } });
    expect([status, headers["Strict-Transport-Security"]]).toEqual([200, "max-age=300"]);
  });

  it("says so where it comes too late", async () => {
    const app = express();
    let told: unknown;
    app.use((_req: express.Request, res: express.Response, next: express.NextFunction) => {
      res.write("Early.");
      next();
    });
    app.use(httpsRedirect());
    app.use(((error, _req, res, _next) => {
      told = error.code;
      res.end();
    }) satisfies express.ErrorRequestHandler);
    await ask(await serve(app));
    expect(told).toBe("headers-sent");
  });
});

it("in Connect keeps the path that a mount has taken its part of", async () => {
  const app = connect();
  app.use("/api", httpsRedirect());
  expect(await saying(await serve(app), "GET /api/x?y HTTP/1.1", "Host: example.com")).toBe("https://example.com/api/x?y");
});

describe("http/2", () => {
  const session = async (options?: HttpsRedirectOptions) => connect2(await listen(http2.createServer(listener(httpsRedirect(options)))));
  const answer = async (headers: http2.OutgoingHttpHeaders, options?: HttpsRedirectOptions) => {
    const { status, headers: sent } = await ask2(await session(options), headers);
    return sent["location"] ?? status;
  };

  it.each([
    ["the authority", { ":authority": "example.com:8080", ":path": "/a?b" }, "https://example.com/a?b"],
    ["the Host where there is no authority", { host: "example.com", ":path": "/a?b" }, "https://example.com/a?b"],
    ["both where they agree", { ":authority": "example.com", host: "EXAMPLE.com", ":path": "/" }, "https://example.com/"],
    ["the bytes of a path that is not ASCII", { ":authority": "example.com", ":path": "/caf\xe9" }, "https://example.com/caf\xe9"],
    ["a path that looks like a host", { ":authority": "example.com", ":path": "//evil.example" }, "https://example.com//evil.example"],
  ])("redirects to %s", async (_, headers, location) => {
    expect(await answer(headers)).toBe(location);
  });

  it.each([
    ["an authority and a Host that disagree", { ":authority": "example.com", host: "evil.example" }],
    ["userinfo in the authority", { ":authority": "user@example.com" }],
    ["a zone", { ":authority": "[fe80::1%25eth0]" }],
    ["no path", { ":authority": "example.com", ":method": "OPTIONS", ":path": "*" }],
  ])("gives %s a 400", async (_, headers) => {
    expect(await answer(headers)).toBe(400);
  });

  it("gives an authority that is not on the list a 400", async () => {
    expect(await answer({ ":authority": "evil.example" }, { hosts: ["example.com"] })).toBe(400);
  });

  it("takes X-Forwarded-Proto https for secure", async () => {
    expect(await answer({ "x-forwarded-proto": "https" })).toBe(200);
  });

  it("takes a TLS session for secure", async () => {
    const server = http2.createSecureServer(CERTIFICATE, listener(httpsRedirect()));
    expect((await ask2(connect2(await listen(server), true))).status).toBe(200);
  });
});

describe("a request object that has no raw headers", () => {
  const location = (headers: Record<string, string | string[]>) => {
    const res = fakeResponse();
    httpsRedirect()({ headers, url: "/x" } as never, res);
    return res.sent["Location"] ?? res.statusCode;
  };

  it.each([
    [{ host: "example.com" }, "https://example.com/x"],
    [{ host: ["example.com"] }, "https://example.com/x"],
    [{ host: ["example.com", "evil.example"] }, 400],
    [{}, 400],
  ])("with %j gives %j", (headers, result) => {
    expect(location(headers as never)).toBe(result);
  });
});

describe("at boot", () => {
  const wrong = (options: unknown) => issuesOf(() => httpsRedirect(options as HttpsRedirectOptions));
  const STATUS = "Write 308, 301, 302 or 307.";
  const PORT = "is not a whole number from 1 to 65535. Write the port that serves https, from 1 to 65535.";
  const HOSTS = 'Write host names without scheme and port, in Punycode: ["example.com", "*.example.com"].';
  const EXCEPT = 'Write a list of paths without a query, such as ["/health"], or a function of the request.';

  it.each<readonly [unknown, string]>([
    [{ status: 303 }, `httpsRedirect.status: 303 is not one of its values. ${STATUS}`],
    [{ status: "308" }, `httpsRedirect.status: "308" is not one of its values. ${STATUS}`],
    [{ port: 0 }, `httpsRedirect.port: 0 ${PORT}`],
    [{ port: 65_536 }, `httpsRedirect.port: 65536 ${PORT}`],
    [{ port: 443.5 }, `httpsRedirect.port: 443.5 ${PORT}`],
    [{ port: "8443" }, `httpsRedirect.port: "8443" ${PORT}`],
    [{ hosts: "example.com" }, `httpsRedirect.hosts: "example.com" is not a list of one or more host names. ${HOSTS}`],
    [{ hosts: [] }, `httpsRedirect.hosts: an empty list is not a list of one or more host names. ${HOSTS}`],
    ...["", "example.com:443", "https://example.com", "example.com/", "example.com.", "*", "*.", "*.*.example.com"].map(
      (host) => [{ hosts: [host] }, `httpsRedirect.hosts[0]: "${host}" is not a host name. ${HOSTS}`] as const,
    ),
    [{ hosts: ["münchen.example"] }, `httpsRedirect.hosts[0]: "m\\u{fc}nchen.example" is not a host name. ${HOSTS}`],
    [{ hosts: ["example.com", 5] }, `httpsRedirect.hosts[1]: 5 is not a host name. ${HOSTS}`],
    [{ except: "/health" }, `httpsRedirect.except: "/health" is not a list of paths, or a function. ${EXCEPT}`],
    [{ except: ["health"] }, `httpsRedirect.except[0]: "health" is not a path without a query. ${EXCEPT}`],
    [{ except: ["/health?x"] }, `httpsRedirect.except[0]: "/health?x" is not a path without a query. ${EXCEPT}`],
    [{ except: [/health/] }, `httpsRedirect.except[0]: an object is not a path without a query. ${EXCEPT}`],
    [{ host: ["example.com"] }, 'httpsRedirect.host: unknown option. Did you mean "hosts"?'],
    [null, "httpsRedirect: null is not an object of options. Write httpsRedirect({ … })."],
    ["308", 'httpsRedirect: "308" is not an object of options. Write httpsRedirect({ … }).'],
  ])("%j is refused", (options, message) => {
    expect(wrong(options)).toEqual([message]);
  });

  it("all mistakes are told at once", () => {
    expect(wrong({ status: 303, port: 0 })).toEqual([
      `httpsRedirect.status: 303 is not one of its values. ${STATUS}`,
      `httpsRedirect.port: 0 ${PORT}`,
    ]);
  });

  it("undefined is an option that is not given", () => {
    expect(() => httpsRedirect({ status: undefined, port: undefined, hosts: undefined, except: undefined })).not.toThrow();
  });

  it("mounting it without the call is told", async () => {
    const res = new http.ServerResponse(new http.IncomingMessage(null as never));
    expect(issuesOf(() => (httpsRedirect as (...args: unknown[]) => unknown)({}, res, () => undefined))).toEqual([
      "httpsRedirect: was mounted without being called, and received a request. Write app.use(httpsRedirect()).",
    ]);
  });
});
