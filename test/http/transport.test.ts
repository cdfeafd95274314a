import http2 from "node:http2";
import connect from "connect";
import express from "express";
import { describe, expect, it } from "vitest";
import { override, securityHeaders } from "../../src/index.js";
import { declareScheme } from "../../src/middleware/transport.js";
import { ask, ask2, CERTIFICATE, connect2, EXPRESSES, listen, ours, say, serve, serveSecurely } from "./support.js";

const site = () =>
  securityHeaders("none", {
    contentSecurityPolicy: { defaultSrc: ["self"], upgradeInsecureRequests: true },
    strictTransportSecurity: { maxAge: 300 },
    xFrameOptions: "DENY",
  });

/** Known to be secure, or unknown and for a host elsewhere. */
const SECURE = {
  "Content-Security-Policy": "default-src 'self'; upgrade-insecure-requests",
  "Strict-Transport-Security": "max-age=300",
  "X-Frame-Options": "DENY",
};

/** Known to have come over plain http. */
const PLAIN = {
  "Content-Security-Policy": "default-src 'self'",
  "X-Frame-Options": "DENY",
};

/** Unknown, and for this very machine. */
const LOOPBACK = {
  "Content-Security-Policy": "default-src 'self'",
  "Strict-Transport-Security": "max-age=300",
  "X-Frame-Options": "DENY",
};

function listener() {
  const protect = site();
  return (req: Parameters<typeof protect>[0], res: Parameters<typeof protect>[1] & { end(text: string): unknown }) => {
    protect(req, res);
    res.end("A page.");
  };
}

describe("over a TLS socket", () => {
  it.each([
    { name: "without more", headers: {} },
    { name: "for localhost", headers: { Host: "localhost" } },
    { name: "for 127.0.0.1", headers: { Host: "127.0.0.1:3000" } },
    { name: "with X-Forwarded-Proto https", headers: { "X-Forwarded-Proto": "https" } },
    { name: "with X-Forwarded-Proto http, which anybody can write", headers: { "X-Forwarded-Proto": "http" } },
    { name: "with X-Forwarded-Proto junk", headers: { "X-Forwarded-Proto": "gopher" } },
  ])("sends both $name", async ({ headers }) => {
    expect(ours(await ask(await serveSecurely(listener()), "/", { headers, secure: true }))).toEqual(SECURE);
  });
});

/** An Express app that trusts the proxies that `trust` says, and the policy in it. */
function behind(trust: unknown, express: (typeof EXPRESSES)[number]["express"] = EXPRESSES[0].express): Promise<number> {
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", trust);
  app.use(site());
  app.get("/", (_req, res) => void res.send("A page."));
  return serve(app);
}

describe("behind a proxy that Express trusts", () => {
  it.each([["https"], ["HTTPS"], [" https "], ["https, http"], ["https,http"], ["https , http"], ["https,https,http"]])(
    "takes X-Forwarded-Proto %j for secure",
    async (proto) => {
      expect(ours(await ask(await behind(true), "/", { headers: { "X-Forwarded-Proto": proto, Host: "localhost" } }))).toEqual(SECURE);
    },
  );

  it.each([["http"], ["HTTP"], [" http "], ["http, https"], ["http,https"], ["http , https"], ["http,http,https"]])(
    "takes X-Forwarded-Proto %j for plain",
    async (proto) => {
      expect(ours(await ask(await behind(true), "/", { headers: { "X-Forwarded-Proto": proto, Host: "example.com" } }))).toEqual(PLAIN);
    },
  );

  it.each([
    [""],
    ["junk"],
    ["httpss"],
    ["http:"],
    ["https://"],
    ["ws"],
    [","],
    [", http"],
    [",https"],
    ["on"],
    ['"http"'],
    ["http https"],
    ["http;https"],
  ])("takes X-Forwarded-Proto %j for unknown", async (proto) => {
    const port = await behind(true);
    const away = ours(await ask(port, "/", { headers: { "X-Forwarded-Proto": proto, Host: "example.com" } }));
    const here = ours(await ask(port, "/", { headers: { "X-Forwarded-Proto": proto, Host: "localhost" } }));
    expect([away, here]).toEqual([SECURE, LOOPBACK]);
  });

  it("takes the first of two X-Forwarded-Proto lines", async () => {
    const port = await behind(true);
    const headers = (protos: string[]) => ({ "X-Forwarded-Proto": protos, Host: "example.com" });
    expect(ours(await ask(port, "/", { headers: headers(["http", "https"]) }))).toEqual(PLAIN);
    expect(ours(await ask(port, "/", { headers: headers(["https", "http"]) }))).toEqual(SECURE);
  });

  it("takes X-Forwarded-Proto http for plain on this machine too", async () => {
    expect(ours(await ask(await behind(true), "/", { headers: { "X-Forwarded-Proto": "http", Host: "localhost" } }))).toEqual(PLAIN);
  });

  it.each(EXPRESSES)("is known in $version", async ({ express }) => {
    const port = await behind("loopback", express);
    expect(ours(await ask(port, "/", { headers: { "X-Forwarded-Proto": "http", Host: "example.com" } }))).toEqual(PLAIN);
    expect(ours(await ask(port, "/", { headers: { "X-Forwarded-Proto": "https", Host: "localhost" } }))).toEqual(SECURE);
  });

  it.each<[string, unknown]>([
    ["one hop", 1],
    ["its address", "127.0.0.1"],
    ["a function", (address: string, hop: number) => address === "127.0.0.1" && hop === 0],
  ])("is trusted by %s", async (_, trust) => {
    expect(ours(await ask(await behind(trust), "/", { headers: { "X-Forwarded-Proto": "http" } }))).toEqual(PLAIN);
  });

  it("is known in an application that is mounted in the one that trusts it", async () => {
    const { express } = EXPRESSES[0];
    const outer = express().disable("x-powered-by").set("trust proxy", true);
    const inner = express().disable("x-powered-by");
    inner.use(site(), (_req, res) => void res.send("A page."));
    outer.use(inner);
    expect(ours(await ask(await serve(outer), "/", { headers: { "X-Forwarded-Proto": "http" } }))).toEqual(PLAIN);
  });
});

describe("X-Forwarded-Proto of nobody who is trusted", () => {
  const answers = async (port: number, proto: string) => {
    const away = ours(await ask(port, "/", { headers: { "X-Forwarded-Proto": proto, Host: "example.com" } }));
    const here = ours(await ask(port, "/", { headers: { "X-Forwarded-Proto": proto, Host: "127.0.0.1:3000" } }));
    return [away, here];
  };

  it.each(EXPRESSES.flatMap((one) => ["http", "https"].map((proto) => ({ ...one, proto }))))(
    "says nothing in $version: $proto",
    async ({ express, proto }) => {
      expect(await answers(await behind(false, express), proto)).toEqual([SECURE, LOOPBACK]);
    },
  );

  it.each<[string, unknown]>([
    ["no hop", 0],
    ["another address", "10.0.0.0/8"],
    ["a function", (address: string) => address !== "127.0.0.1"],
  ])("says nothing where Express trusts %s", async (_, trust) => {
    expect(await answers(await behind(trust), "http")).toEqual([SECURE, LOOPBACK]);
  });

  it.each(["http", "https"])("says nothing in node:http: %s", async (proto) => {
    expect(await answers(await serve(listener()), proto)).toEqual([SECURE, LOOPBACK]);
  });

  it.each(["http", "https"])("says nothing in Connect: %s", async (proto) => {
    const app = connect();
    app.use(site() as never);
    app.use(((_req: unknown, res: { end(text: string): void }) => res.end("A page.")) as never);
    expect(await answers(await serve(app), proto)).toEqual([SECURE, LOOPBACK]);
  });

  it("is not needed where the framework says itself that the request is secure", async () => {
    const protect = site();
    const port = await serve((req, res) => {
      protect(Object.assign(req, { secure: true }), res);
      res.end();
    });
    expect(await answers(port, "http")).toEqual([SECURE, SECURE]);
  });
});

describe("where nobody knows", () => {
  it.each([
    ["localhost"],
    ["LOCALHOST"],
    ["localhost:3000"],
    ["127.0.0.1"],
    ["127.0.0.1:3000"],
    ["127.0.0.2:8080"],
    ["[::1]"],
    ["[::1]:3000"],
    ["app.localhost"],
    ["app.localhost:3000"],
    ["a.b.localhost"],
  ])("leaves upgrade-insecure-requests out and HSTS in for Host %s", async (Host) => {
    expect(ours(await ask(await serve(listener()), "/", { headers: { Host } }))).toEqual(LOOPBACK);
  });

  it.each([
    ["example.com"],
    ["example.com:3000"],
    ["localhost.example.com"],
    ["notlocalhost"],
    ["my-localhost:80"],
    ["127.0.0.1.example.com"],
    ["128.0.0.1"],
    ["192.168.0.1"],
    ["[::2]"],
    ["[::1].example.com"],
  ])("sends both for Host %s", async (Host) => {
    expect(ours(await ask(await serve(listener()), "/", { headers: { Host } }))).toEqual(SECURE);
  });

  it("sends both where there is no Host at all", async () => {
    const answer = await say(await serve(listener()), ["GET / HTTP/1.0"]);
    expect(answer).toContain("\r\nContent-Security-Policy: default-src 'self'; upgrade-insecure-requests\r\n");
    expect(answer).toContain("\r\nStrict-Transport-Security: max-age=300\r\n");
  });
});

describe("http/2", () => {
  const LOWER_SECURE = {
    "content-security-policy": "default-src 'self'; upgrade-insecure-requests",
    "strict-transport-security": "max-age=300",
    "x-frame-options": "DENY",
  };
  const LOWER_PLAIN = { "content-security-policy": "default-src 'self'", "x-frame-options": "DENY" };
  const LOWER_LOOPBACK = { ...LOWER_PLAIN, "strict-transport-security": "max-age=300" };

  it.each([["localhost:3000"], ["127.0.0.1:3000"], ["[::1]:3000"], ["app.localhost"]])(
    "leaves upgrade-insecure-requests out in the clear for :authority %s",
    async (authority) => {
      const session = connect2(await listen(http2.createServer(listener())));
      expect(ours(await ask2(session, { ":authority": authority }))).toEqual(LOWER_LOOPBACK);
    },
  );

  it("sends both in the clear for :authority example.com", async () => {
    const session = connect2(await listen(http2.createServer(listener())));
    expect(ours(await ask2(session, { ":authority": "example.com" }))).toEqual(LOWER_SECURE);
  });

  it.each(["http", "https"])("says nothing in the clear by X-Forwarded-Proto %s", async (proto) => {
    const session = connect2(await listen(http2.createServer(listener())));
    expect(ours(await ask2(session, { ":authority": "example.com", "x-forwarded-proto": proto }))).toEqual(LOWER_SECURE);
    expect(ours(await ask2(session, { ":authority": "localhost", "x-forwarded-proto": proto }))).toEqual(LOWER_LOOPBACK);
  });

  it("sends both over TLS, whatever :authority and X-Forwarded-Proto say", async () => {
    const session = connect2(await listen(http2.createSecureServer(CERTIFICATE, listener())), true);
    expect(ours(await ask2(session, { ":authority": "localhost", "x-forwarded-proto": "http" }))).toEqual(LOWER_SECURE);
  });
});

describe("policies", () => {
  const PLAIN_REQUEST = { headers: { "X-Forwarded-Proto": "http" } };
  const LOCAL_REQUEST = { headers: { Host: "localhost:3000" } };

  /** What an Express app sends with this in front. */
  async function sent(question: Parameters<typeof ask>[2], ...middleware: readonly ReturnType<typeof site>[]) {
    const app = express();
    app.disable("x-powered-by").set("trust proxy", true);
    for (const one of middleware) app.use(one);
    app.get("/", (_req, res) => void res.send("A page."));
    return ours(await ask(await serve(app), "/", question));
  }

  it("send no CSP at all where upgrade-insecure-requests was all of it", async () => {
    const upgrade = securityHeaders("none", { contentSecurityPolicy: { upgradeInsecureRequests: true }, xFrameOptions: "DENY" });
    expect(await sent(PLAIN_REQUEST, upgrade)).toEqual({ "X-Frame-Options": "DENY" });
    expect(await sent(LOCAL_REQUEST, upgrade)).toEqual({ "X-Frame-Options": "DENY" });
    expect(await sent({ headers: { Host: "example.com" } }, upgrade)).toEqual({
      "Content-Security-Policy": "upgrade-insecure-requests",
      "X-Frame-Options": "DENY",
    });
  });

  it("leave the directives around upgrade-insecure-requests as they are", async () => {
    const middle = securityHeaders("none", {
      contentSecurityPolicy: { defaultSrc: ["self"], upgradeInsecureRequests: true, frameAncestors: ["none"] },
    });
    expect(await sent(PLAIN_REQUEST, middle)).toEqual({ "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'" });
  });

  it("leave HSTS out where an override writes it on a plain request", async () => {
    const longer = override({ strictTransportSecurity: { maxAge: 600 } });
    expect(await sent(PLAIN_REQUEST, site(), longer)).toEqual(PLAIN);
    expect(await sent(LOCAL_REQUEST, site(), longer)).toEqual({ ...LOOPBACK, "Strict-Transport-Security": "max-age=600" });
  });

  it("look at the request when an override is the first to need it", async () => {
    const quiet = securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self"] }, xFrameOptions: "DENY" });
    const louder = override({ strictTransportSecurity: { maxAge: 300 }, contentSecurityPolicy: { upgradeInsecureRequests: true } });
    expect(await sent(PLAIN_REQUEST, quiet, louder)).toEqual(PLAIN);
    expect(await sent(LOCAL_REQUEST, quiet, louder)).toEqual(LOOPBACK);
    expect(await sent({ headers: { Host: "example.com" } }, quiet, louder)).toEqual(SECURE);
  });

  it("change the right lines when an override takes the need away", async () => {
    const quieter = override({ strictTransportSecurity: false, contentSecurityPolicy: { upgradeInsecureRequests: false } });
    const QUIET = { "Content-Security-Policy": "default-src 'self'", "X-Frame-Options": "DENY" };
    expect(await sent(PLAIN_REQUEST, site(), quieter)).toEqual(QUIET);
    expect(await sent(LOCAL_REQUEST, site(), quieter)).toEqual(QUIET);
    expect(await sent({ headers: { Host: "example.com" } }, site(), quieter)).toEqual(QUIET);
  });

  it("are replaced on a plain request as on any other", async () => {
    const other = securityHeaders("none", { strictTransportSecurity: { maxAge: 600 }, referrerPolicy: "no-referrer" });
    expect(await sent(PLAIN_REQUEST, site(), other)).toEqual({ "Referrer-Policy": "no-referrer" });
    expect(await sent(LOCAL_REQUEST, site(), other)).toEqual({
      "Strict-Transport-Security": "max-age=600",
      "Referrer-Policy": "no-referrer",
    });
  });

  it("have neither under the preset development", async () => {
    const development = securityHeaders(
      "none",
      { contentSecurityPolicy: { defaultSrc: ["self"], upgradeInsecureRequests: true }, strictTransportSecurity: { maxAge: 300 } },
      "development",
    );
    expect(await sent({ headers: { Host: "example.com" } }, development)).toEqual({ "Content-Security-Policy": "default-src 'self'" });
  });
});

it("looking at the transport does not make Node build the whole headers object", async () => {
  const { securityHeaders: protect } = await import("../../src/index.js");
  const { IncomingMessage } = await import("node:http");
  const req = Object.assign(new IncomingMessage({} as never), { rawHeaders: ["Host", "localhost"] });
  let built = false;
  Object.defineProperty(req, "headers", {
    get() {
      built = true;
      return {};
    },
  });
  const sent: string[] = [];
  const res = { headersSent: false, setHeader: (name: string) => sent.push(name), removeHeader: () => undefined };
  protect("strictDynamic")(req, res);
  expect(sent).toContain("Strict-Transport-Security");
  expect(built).toBe(false);
});

describe("a request that only remembers its headers by name", () => {
  /** What is left of the site's policy for such a request, and which names were asked for. */
  function left(
    headers: Record<string, string | string[] | undefined>,
    more: { rawHeaders?: string[]; socket?: unknown; app?: unknown } = {},
  ) {
    const sent: Record<string, string> = {};
    const asked: string[] = [];
    const get = (target: typeof headers, name: string | symbol) => {
      asked.push(String(name));
      return target[String(name)];
    };
    const app = { get: (name: string) => name === "trust proxy fn" && (() => true) };
    const req = { app, ...more, headers: new Proxy(headers, { get }) };
    const setHeader = (name: string, value: string) => {
      sent[name] = value;
    };
    site()(req, { headersSent: false, setHeader, removeHeader: () => undefined });
    return { sent, asked };
  }

  it.each<[string, Record<string, string | string[] | undefined>, Record<string, string>, string[]]>([
    ["https by X-Forwarded-Proto", { "x-forwarded-proto": "https", host: "localhost" }, SECURE, ["x-forwarded-proto"]],
    ["http by X-Forwarded-Proto", { "x-forwarded-proto": "http" }, PLAIN, ["x-forwarded-proto"]],
    ["the first of a list", { "x-forwarded-proto": ["http", "https"] }, PLAIN, ["x-forwarded-proto"]],
    ["a Host of this machine", { host: "localhost:3000" }, LOOPBACK, ["x-forwarded-proto", "host"]],
    ["a Host elsewhere", { host: "site.example" }, SECURE, ["x-forwarded-proto", "host"]],
    ["an authority of this machine", { ":authority": "localhost" }, LOOPBACK, ["x-forwarded-proto", "host", ":authority"]],
    ["nothing", {}, SECURE, ["x-forwarded-proto", "host", ":authority"]],
  ])("is read for %s, and for no more than that", (_, headers, sent, asked) => {
    expect(left(headers)).toEqual({ sent, asked });
  });

  it("is read where its raw list is empty", () => {
    expect(left({ "x-forwarded-proto": "http" }, { rawHeaders: [] }).sent).toEqual(PLAIN);
  });

  it("is read from the raw list where there is one: names of any case, whole names only", () => {
    const rawHeaders = ["X-Forwarded-Protq", "https", "Host", "site.example", "x-FORWARDED-proto", "http"];
    expect(left({ "x-forwarded-proto": "https" }, { rawHeaders })).toEqual({ sent: PLAIN, asked: [] });
  });

  it("does not count with a framework that trusts nobody", () => {
    expect(left({ "x-forwarded-proto": "http", host: "site.example" }, { app: {} }).sent).toEqual(SECURE);
  });

  it("is plain where that was declared, without a look at a header", () => {
    const sent: string[] = [];
    const req = { headers: { "x-forwarded-proto": "https" } };
    declareScheme(req, "plain");
    site()(req, { headersSent: false, setHeader: (name) => sent.push(name), removeHeader: () => undefined });
    expect(sent).toEqual(["Content-Security-Policy", "X-Frame-Options"]);
  });

  it("is secure over an encrypted socket, without a look at a header", () => {
    expect(left({ "x-forwarded-proto": "http" }, { socket: { encrypted: true } })).toEqual({ sent: SECURE, asked: [] });
  });

  it("is not looked at by a policy to which it does not matter", () => {
    const req = {
      get headers(): never {
        throw new Error("looked");
      },
      get socket(): never {
        throw new Error("looked");
      },
    };
    const names: string[] = [];
    securityHeaders("none", { xFrameOptions: "DENY" })(req, {
      headersSent: false,
      setHeader: (name) => names.push(name),
      removeHeader: () => undefined,
    });
    expect(names).toEqual(["X-Frame-Options"]);
  });
});
