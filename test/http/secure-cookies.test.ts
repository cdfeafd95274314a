import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import type express from "express";
import session from "express-session";
import { describe, expect, it } from "vitest";
import { sealHeaders, securityHeaders } from "../../src/index.js";
import { type SecureCookiesOptions, secureCookies } from "../../src/middleware/secure-cookies.js";
import { issuesOf } from "../messages.js";
import { CERTIFICATE, connect2, EXPRESSES, listen, serve, serveSecurely } from "./support.js";

/** The Set-Cookie lines of one answer, as they came over the wire. */
function cookiesOf(port: number, { secure = false, headers = {} as http.OutgoingHttpHeaders, path = "/" } = {}): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path, headers, agent: false, ca: CERTIFICATE.cert };
    const request = (secure ? https : http).get(options, (response) => {
      response.resume();
      response.on("end", () => resolve(response.headers["set-cookie"] ?? []));
    });
    request.on("error", reject);
  });
}

type Handler = (req: http.IncomingMessage, res: http.ServerResponse) => unknown;

/** Cookies of a plain node:http server that answers with `handler`. */
async function sent(handler: Handler, options?: SecureCookiesOptions): Promise<string[]> {
  const harden = secureCookies(options);
  const port = await serve((req, res) => {
    harden(req, res);
    handler(req, res);
    res.end();
  });
  return cookiesOf(port);
}

/** What becomes of one cookie. */
async function hardened(line: string, options?: SecureCookiesOptions): Promise<string> {
  const lines = await sent((_req, res) => res.setHeader("Set-Cookie", line), options);
  expect(lines).toHaveLength(1);
  return lines[0] as string;
}

const ALL = "Secure; HttpOnly; SameSite=Lax";

describe("what is missing is appended", () => {
  it.each([
    ["a=1", `a=1; ${ALL}`],
    ["a=1; Path=/; Max-Age=60", `a=1; Path=/; Max-Age=60; ${ALL}`],
    ["a=1; Secure", "a=1; Secure; HttpOnly; SameSite=Lax"],
    ["a=1; HttpOnly; Path=/", "a=1; HttpOnly; Path=/; Secure; SameSite=Lax"],
    ["a=1; SameSite=Lax", "a=1; SameSite=Lax; Secure; HttpOnly"],
    ["a=1; HttpOnly; Secure", "a=1; HttpOnly; Secure; SameSite=Lax"],
    [`a=1; ${ALL}`, `a=1; ${ALL}`],
  ])("%j becomes %j", async (line, result) => {
    expect(await hardened(line)).toBe(result);
  });

  it.each<[SecureCookiesOptions, string]>([
    [{ secure: false }, "a=1; HttpOnly; SameSite=Lax"],
    [{ httpOnly: false }, "a=1; Secure; SameSite=Lax"],
    [{ sameSite: false }, "a=1; Secure; HttpOnly"],
    [{ sameSite: "Lax" }, "a=1; Secure; HttpOnly; SameSite=Lax"],
    [{ sameSite: "Strict" }, "a=1; Secure; HttpOnly; SameSite=Strict"],
    [{ sameSite: "None" }, "a=1; Secure; HttpOnly; SameSite=None"],
    [{ secure: true, httpOnly: true }, "a=1; Secure; HttpOnly; SameSite=Lax"],
    [{ secure: false, httpOnly: false, sameSite: false }, "a=1"],
    [{ secure: undefined, httpOnly: undefined, sameSite: undefined, only: undefined, except: undefined }, `a=1; ${ALL}`],
  ])("with %j", async (options, result) => {
    expect(await hardened("a=1", options)).toBe(result);
  });

  it("a switch that is off takes nothing away", async () => {
    const line = "a=1; Secure; HttpOnly; SameSite=Strict";
    expect(await hardened(line, { secure: false, httpOnly: false, sameSite: false })).toBe(line);
  });
});

describe("what the app says of SameSite stays", () => {
  it.each([
    ["Strict", "Lax"],
    ["Strict", "None"],
    ["Lax", "Strict"],
    ["Lax", "None"],
    ["None", "Lax"],
    ["None", "Strict"],
  ] as const)("%j, under sameSite %j", async (own, sameSite) => {
    expect(await hardened(`a=1; Secure; HttpOnly; SameSite=${own}`, { sameSite })).toBe(`a=1; Secure; HttpOnly; SameSite=${own}`);
  });

  it("with the Secure that None needs", async () => {
    expect(await hardened("a=1; SameSite=None; HttpOnly")).toBe("a=1; SameSite=None; HttpOnly; Secure");
  });
});

describe("attributes are read as browsers read them", () => {
  it.each([
    // case
    ["a=1; SECURE; httponly; sAmEsItE=sTrIcT", "a=1; SECURE; httponly; sAmEsItE=sTrIcT"],
    // blanks, and none
    ["a=1;Secure;HttpOnly;SameSite=Lax", "a=1;Secure;HttpOnly;SameSite=Lax"],
    ["a=1 ;\tSecure ; \t HttpOnly\t;  SameSite \t=  Strict  ; Path=/", "a=1 ;\tSecure ; \t HttpOnly\t;  SameSite \t=  Strict  ; Path=/"],
    // no other white space is a blank
    ["a=1; Secure\u00a0; \u00a0HttpOnly; SameSite=Lax\u00a0", `a=1; Secure\u00a0; \u00a0HttpOnly; ${ALL}`],
    // a flag with a value is a flag
    ["a=1; Secure=false; HttpOnly=0; SameSite=Lax", "a=1; Secure=false; HttpOnly=0; SameSite=Lax"],
    // the first piece is the cookie, whatever it is called
    ["secure=1; Path=/", `secure=1; Path=/; ${ALL}`],
    ["HttpOnly=1", `HttpOnly=1; ${ALL}`],
    ["SameSite=Strict", `SameSite=Strict; ${ALL}`],
    ["SameSite=bogus; Path=/", `SameSite=bogus; Path=/; ${ALL}`],
    ["secure", `secure; ${ALL}`],
    // values that look like attributes, and attributes that look like others
    ["a=secure httponly samesite=strict", `a=secure httponly samesite=strict; ${ALL}`],
    ['a="secure"; Path=/', `a="secure"; Path=/; ${ALL}`],
    ["a=1; Path=/secure; Domain=httponly.example", `a=1; Path=/secure; Domain=httponly.example; ${ALL}`],
    ["a=1; Path=/,secure,HttpOnly", `a=1; Path=/,secure,HttpOnly; ${ALL}`],
    ["a=1; NotSecure; Secured; X-HttpOnly; SameSiteness=Strict", `a=1; NotSecure; Secured; X-HttpOnly; SameSiteness=Strict; ${ALL}`],
    ['a=1; "Secure"; Secure HttpOnly', `a=1; "Secure"; Secure HttpOnly; ${ALL}`],
    // a semicolon ends a value, in quotes too
    ['a="1; Secure; HttpOnly; SameSite=Lax; "', 'a="1; Secure; HttpOnly; SameSite=Lax; "'],
    ["a=1%3B%20Secure%3B%20HttpOnly", `a=1%3B%20Secure%3B%20HttpOnly; ${ALL}`],
    // names, and none
    ["=1", `=1; ${ALL}`],
    ["1", `1; ${ALL}`],
    ["a", `a; ${ALL}`],
    ["a=", `a=; ${ALL}`],
    ["=", `=; ${ALL}`],
    ["; Path=/", `; Path=/; ${ALL}`],
    ["a==b=c", `a==b=c; ${ALL}`],
    ["__proto__=1", `__proto__=1; ${ALL}`],
    ["user[name]=1", `user[name]=1; ${ALL}`],
    // commas do not part cookies
    ["a=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT; Path=/", `a=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT; Path=/; ${ALL}`],
    ["a=1, b=2; Secure", "a=1, b=2; Secure; HttpOnly; SameSite=Lax"],
    ["a=1, b=2; Path=/, c=3", `a=1, b=2; Path=/, c=3; ${ALL}`],
    // what is odd is kept
    [
      "a=1; Partitioned; Priority=High; Max-Age=soon; Expires=never; Domain=; Path=x; SameParty; é=ü",
      `a=1; Partitioned; Priority=High; Max-Age=soon; Expires=never; Domain=; Path=x; SameParty; é=ü; ${ALL}`,
    ],
    ["a=%zz%; Path=/%", `a=%zz%; Path=/%; ${ALL}`],
    ["a=1;", `a=1;; ${ALL}`],
    ["a=1;; ;Secure;;", "a=1;; ;Secure;;; HttpOnly; SameSite=Lax"],
    ["a=1; Secure; Secure; HttpOnly; HttpOnly", "a=1; Secure; Secure; HttpOnly; HttpOnly; SameSite=Lax"],
    ["a=1; SameSite=None; SameSite=Strict", "a=1; SameSite=None; SameSite=Strict; Secure; HttpOnly"],
  ])("%j becomes %j", async (line, result) => {
    expect(await hardened(line)).toBe(result);
  });

  it.each([
    ["a=1; SameSite=bogus; Path=/", `a=1; Path=/; ${ALL}`],
    ["a=1; SameSite", `a=1; ${ALL}`],
    ["a=1; SameSite=", `a=1; ${ALL}`],
    ["a=1;samesite = true ;Path=/", `a=1;Path=/; ${ALL}`],
    ['a=1; SameSite="Strict"', `a=1; ${ALL}`],
    ["a=1; SameSite=x; SameSite=y", `a=1; ${ALL}`],
  ])("a SameSite that no browser knows gives way: %j becomes %j", async (line, result) => {
    expect(await hardened(line)).toBe(result);
  });

  it("a SameSite that no browser knows stays where sameSite is off", async () => {
    expect(await hardened("a=1; SameSite=bogus", { sameSite: false })).toBe("a=1; SameSite=bogus; Secure; HttpOnly");
  });

  it.each([
    // The last counts, whether browsers know it or not.
    ["a=1; SameSite=Strict; SameSite=bogus", `a=1; ${ALL}`],
    ["a=1; SameSite=Strict; SameSite", `a=1; ${ALL}`],
    ["a=1; SameSite=bogus; SameSite=Strict", "a=1; SameSite=bogus; SameSite=Strict; Secure; HttpOnly"],
  ])("of several SameSite the last counts: %j becomes %j", async (line, result) => {
    expect(await hardened(line)).toBe(result);
  });

  const LONG = "x".repeat(1025);
  it.each([
    [`a=1; Secure=${LONG}; HttpOnly; SameSite=Lax`, `a=1; Secure=${LONG}; HttpOnly; SameSite=Lax; Secure`],
    [`a=1; Secure; HttpOnly=${LONG}; SameSite=Lax`, `a=1; Secure; HttpOnly=${LONG}; SameSite=Lax; HttpOnly`],
    [`a=1; Secure; HttpOnly; SameSite=Strict; SameSite=${LONG}`, `a=1; Secure; HttpOnly; SameSite=Strict; SameSite=${LONG}`],
    [`a=1; Secure=${LONG.slice(1)}; HttpOnly; SameSite=Lax`, `a=1; Secure=${LONG.slice(1)}; HttpOnly; SameSite=Lax`],
  ])("an attribute whose value has more than 1,024 bytes is not there", async (line, result) => {
    expect(await hardened(line)).toBe(result);
  });

  it("a long line takes no longer than it is long", async () => {
    const line = `a=1${";\t".repeat(3000)}${"; samesite".repeat(300)}x`;
    expect(await hardened(line, { sameSite: false })).toBe(`${line}; Secure; HttpOnly`);
  });
});

describe("prefixes", () => {
  it.each([
    ["__Secure-a=1", `__Secure-a=1; ${ALL}`],
    ["__Host-a=1; Path=/", `__Host-a=1; Path=/; ${ALL}`],
    ["__Host-a=1; Path=/; Secure; HttpOnly; SameSite=Strict", "__Host-a=1; Path=/; Secure; HttpOnly; SameSite=Strict"],
    // Browsers refuse these, and will go on to.
    ["__Host-a=1; Path=/app", `__Host-a=1; Path=/app; ${ALL}`],
    ["__Host-a=1", `__Host-a=1; ${ALL}`],
    ["__Host-a=1; Path=/; Domain=example.com", `__Host-a=1; Path=/; Domain=example.com; ${ALL}`],
  ])("%j becomes %j: neither Path nor Domain is touched", async (line, result) => {
    expect(await hardened(line)).toBe(result);
  });

  it.each(["__Secure-a=1", "__Host-a=1; Path=/", "__Http-a=1", "__Host-Http-a=1; Path=/", "__hOsT-a=1; Path=/"])(
    "%j gets its Secure under auto over plain http too",
    async (line) => {
      expect(await hardened(line, { secure: "auto" })).toBe(`${line}; ${ALL}`);
    },
  );

  it("a Partitioned cookie gets its Secure under auto over plain http too", async () => {
    expect(await hardened("a=1; Partitioned", { secure: "auto" })).toBe(`a=1; Partitioned; ${ALL}`);
  });

  it("a Partitioned that is too long is none", async () => {
    const line = `a=1; Partitioned=${"x".repeat(1025)}`;
    expect(await hardened(line, { secure: "auto" })).toBe(`${line}; HttpOnly; SameSite=Lax`);
  });

  it("__Http- lacks no HttpOnly that it needs, unless the middleware is told to leave HttpOnly as it is", async () => {
    expect(await hardened("__Http-a=1")).toBe(`__Http-a=1; ${ALL}`);
    expect(await hardened("__Http-a=1", { httpOnly: false })).toBe("__Http-a=1; Secure; SameSite=Lax");
  });

  it.each(["a__Host-b=1", "__Hostess=1", "_Secure-a=1", "=__Secure-a"])("%j has none", async (line) => {
    expect(await hardened(line, { secure: "auto" })).toBe(`${line}; HttpOnly; SameSite=Lax`);
  });

  it("are left alone with secure: false", async () => {
    expect(await hardened("__Secure-a=1", { secure: false })).toBe("__Secure-a=1; HttpOnly; SameSite=Lax");
  });
});

describe("only and except", () => {
  const lines = ["sid=1", "Sid=2", "sid.sig=3", "XSRF-TOKEN=4", "=sid", "sid"];
  const set: Handler = (_req, res) => res.setHeader("Set-Cookie", lines);

  it("only hardens those names, in that very case", async () => {
    expect(await sent(set, { only: ["sid"] })).toEqual([`sid=1; ${ALL}`, "Sid=2", "sid.sig=3", "XSRF-TOKEN=4", "=sid", "sid"]);
  });

  it("except leaves those names alone, in that very case", async () => {
    expect(await sent(set, { except: ["sid", "XSRF-TOKEN"] })).toEqual([
      "sid=1",
      `Sid=2; ${ALL}`,
      `sid.sig=3; ${ALL}`,
      "XSRF-TOKEN=4",
      `=sid; ${ALL}`,
      `sid; ${ALL}`,
    ]);
  });

  it("a name is read without the blanks around it", async () => {
    expect(await hardened(" sid \t= 1", { only: ["sid"] })).toBe(`sid \t= 1; ${ALL}`);
  });

  it("two middlewares can treat different cookies differently", async () => {
    const session = secureCookies({ except: ["XSRF-TOKEN"], sameSite: "Strict" });
    const token = secureCookies({ only: ["XSRF-TOKEN"], httpOnly: false });
    const port = await serve((req, res) => {
      session(req, res);
      token(req, res);
      res.setHeader("Set-Cookie", ["sid=1", "XSRF-TOKEN=2"]).end();
    });
    expect(await cookiesOf(port)).toEqual(["sid=1; Secure; HttpOnly; SameSite=Strict", "XSRF-TOKEN=2; Secure; SameSite=Lax"]);
  });
});

describe("secure: auto", () => {
  const auto = () => {
    const harden = secureCookies({ secure: "auto" });
    return (req: http.IncomingMessage, res: http.ServerResponse) => {
      harden(req, res);
      res.setHeader("Set-Cookie", "a=1").end();
    };
  };

  it.each([
    ["https", `a=1; ${ALL}`],
    ["https, http", `a=1; ${ALL}`],
    ["http", "a=1; HttpOnly; SameSite=Lax"],
  ])("goes by X-Forwarded-Proto %j", async (proto, result) => {
    expect(await cookiesOf(await serve(auto()), { headers: { "X-Forwarded-Proto": proto } })).toEqual([result]);
  });

  it("is on over TLS", async () => {
    expect(await cookiesOf(await serveSecurely(auto()), { secure: true })).toEqual([`a=1; ${ALL}`]);
  });

  it("is off over plain http", async () => {
    expect(await cookiesOf(await serve(auto()))).toEqual(["a=1; HttpOnly; SameSite=Lax"]);
  });

  it("takes no Secure away", async () => {
    expect(await hardened("a=1; Secure", { secure: "auto" })).toBe("a=1; Secure; HttpOnly; SameSite=Lax");
  });

  it("says no SameSite=None without Secure, for which browsers refuse a cookie", async () => {
    expect(await hardened("a=1", { secure: "auto", sameSite: "None" })).toBe("a=1; HttpOnly");
    expect(await hardened("a=1; Secure", { secure: "auto", sameSite: "None" })).toBe("a=1; Secure; HttpOnly; SameSite=None");
  });
});

describe("however it is set", () => {
  const BOTH = [`a=1; ${ALL}`, `b=2; ${ALL}`];

  it.each<[string, Handler, string[]]>([
    ["setHeader with a text", (_req, res) => res.setHeader("Set-Cookie", "a=1"), [`a=1; ${ALL}`]],
    ["setHeader with a list", (_req, res) => res.setHeader("set-cookie", ["a=1", "b=2"]), BOTH],
    ["setHeader with a number", (_req, res) => res.setHeader("Set-Cookie", 5), [`5; ${ALL}`]],
    ["setHeader with an empty list", (_req, res) => res.setHeader("Set-Cookie", []), []],
    ["setHeaders", (_req, res) => res.setHeaders(new Map([["Set-Cookie", ["a=1", "b=2"]]])), BOTH],
    ["appendHeader", (_req, res) => res.appendHeader("Set-Cookie", "a=1").appendHeader("set-cookie", "b=2"), BOTH],
    ["writeHead with an object", (_req, res) => res.writeHead(200, { "Set-Cookie": ["a=1", "b=2"] }), BOTH],
    ["writeHead with a text in an object", (_req, res) => res.writeHead(200, "Fine", { "SET-COOKIE": "a=1" }), [`a=1; ${ALL}`]],
    ["writeHead with a flat list", (_req, res) => res.writeHead(200, ["Set-Cookie", "a=1", "X-A", "1", "set-cookie", "b=2"]), BOTH],
    [
      "writeHead with a list of pairs",
      (_req, res) =>
        res.writeHead(200, [
          ["Set-Cookie", "a=1"],
          ["Set-Cookie", "b=2"],
        ] as never),
      BOTH,
    ],
    [
      "writeHead over setHeader",
      (_req, res) => res.setHeader("Set-Cookie", "x=0").writeHead(200, { "Set-Cookie": "a=1" }),
      [`a=1; ${ALL}`],
    ],
    ["writeHead beside setHeader", (_req, res) => res.setHeader("Set-Cookie", "a=1").writeHead(200, { "X-A": "1" }), [`a=1; ${ALL}`]],
    ["write", (_req, res) => res.setHeader("Set-Cookie", "a=1").write("A piece."), [`a=1; ${ALL}`]],
    ["flushHeaders", (_req, res) => res.setHeader("Set-Cookie", "a=1").flushHeaders(), [`a=1; ${ALL}`]],
    ["nothing", () => undefined, []],
    ["writeHead under two spellings", (_req, res) => res.writeHead(200, { "set-cookie": ["a=1"], "Set-Cookie": "b=2" }), BOTH],
    ["writeHead with headers in the third place", (_req, res) => res.writeHead(200, undefined, { "Set-Cookie": "a=1" }), [`a=1; ${ALL}`]],
    [
      "writeHead with headers in both places, of which Node takes the last",
      (_req, res) => res.writeHead(200, { "Set-Cookie": "x=0" } as never, { "Set-Cookie": "a=1" }),
      [`a=1; ${ALL}`],
    ],
  ])("by %s", async (_, handler, lines) => {
    expect(await sent(handler)).toEqual(lines);
  });

  it("by a wrapper of writeHead that was there before", async () => {
    const harden = secureCookies();
    const port = await serve((req, res) => {
      const inner = res.writeHead;
      res.writeHead = function (this: http.ServerResponse, status: number) {
        return inner.call(this, status, { "Set-Cookie": "b=2" } as never);
      } as typeof inner;
      harden(req, res);
      res.setHeader("Set-Cookie", "a=1").end();
    });
    expect(await cookiesOf(port)).toEqual([`b=2; ${ALL}`]);
  });

  it("before the middleware", async () => {
    const harden = secureCookies();
    const port = await serve((req, res) => {
      res.setHeader("Set-Cookie", "a=1");
      harden(req, res);
      res.end();
    });
    expect(await cookiesOf(port)).toEqual([`a=1; ${ALL}`]);
  });

  it("with an error and with a redirect", async () => {
    expect(await sent((_req, res) => res.writeHead(500, { "Set-Cookie": "a=1" }))).toEqual([`a=1; ${ALL}`]);
    expect(await sent((_req, res) => res.writeHead(302, { "Set-Cookie": "a=1", Location: "/" }))).toEqual([`a=1; ${ALL}`]);
  });

  it("beside sealHeaders, mounted on either side", async () => {
    const [protect, seal, harden] = [securityHeaders("none", { xFrameOptions: "DENY" }), sealHeaders(), secureCookies()];
    for (const order of [
      [protect, seal, harden],
      [harden, protect, seal],
    ]) {
      const port = await serve((req, res) => {
        for (const middleware of order) middleware(req, res);
        res.writeHead(200, { "Set-Cookie": ["a=1", "b=2"], "X-Frame-Options": "SAMEORIGIN" }).end();
      });
      expect(await cookiesOf(port)).toEqual(BOTH);
    }
  });
});

describe.each(EXPRESSES)("$version", ({ express }) => {
  type Set = (app: express.Express) => unknown;
  async function cookies(set: Set, question?: Parameters<typeof cookiesOf>[1]): Promise<string[]> {
    const app = express();
    app.set("env", "test");
    set(app);
    return cookiesOf(await serve(app), question);
  }
  const store = () => session({ secret: "not secret", name: "sid", resave: false, saveUninitialized: true });
  const SESSION = /^sid=s%3A[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/;

  it("hardens res.cookie and res.clearCookie, and leaves what they say", async () => {
    const lines = await cookies((app) =>
      app.use(secureCookies()).use((_req: express.Request, res: express.Response) => {
        res.cookie("a", "1; Secure").cookie("b", "2", { sameSite: "strict", secure: true }).cookie("c", "3", { sameSite: "none" });
        res.clearCookie("d").send("A page.");
      }),
    );
    expect(lines).toEqual([
      `a=1%3B%20Secure; Path=/; ${ALL}`,
      "b=2; Path=/; Secure; SameSite=Strict; HttpOnly",
      "c=3; Path=/; SameSite=None; Secure; HttpOnly",
      `d=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; ${ALL}`,
    ]);
  });

  it("hardens express-session's cookie, mounted before it", async () => {
    const [line, ...more] = await cookies((app) =>
      app
        .use(secureCookies())
        .use(store())
        .use((_req: express.Request, res: express.Response) => void res.send("A page.")),
    );
    expect(line).toMatch(SESSION);
    expect(more).toEqual([]);
  });

  it("hardens express-session's cookie, mounted after it", async () => {
    const [line, ...more] = await cookies((app) =>
      app
        .use(store())
        .use(secureCookies())
        .use((_req: express.Request, res: express.Response) => void res.send("A page.")),
    );
    expect(line).toMatch(SESSION);
    expect(more).toEqual([]);
  });

  it.each([
    ["before", () => [secureCookies(), store()]],
    ["after", () => [store(), secureCookies()]],
  ] as const)("keeps the app's cookies beside express-session's, mounted %s it", async (_, middlewares) => {
    const lines = await cookies((app) =>
      app.use(...middlewares()).use((_req: express.Request, res: express.Response) => {
        res.cookie("a", "1").writeHead(200, { "X-A": "1" }).end("A page.");
      }),
    );
    expect(lines).toEqual([`a=1; Path=/; ${ALL}`, expect.stringMatching(SESSION)]);
  });

  it("hardens once where it is mounted twice around express-session", async () => {
    const [line] = await cookies((app) =>
      app.use(secureCookies(), store(), secureCookies()).use((_req: express.Request, res: express.Response) => void res.send("A page.")),
    );
    expect(line).toMatch(SESSION);
  });

  it("hardens the cookie of an error page", async () => {
    const lines = await cookies((app) =>
      app.use(secureCookies()).use((_req: express.Request, res: express.Response) => {
        res.cookie("a", "1");
        throw new Error("no database");
      }),
    );
    expect(lines).toEqual([`a=1; Path=/; ${ALL}`]);
  });

  it.each([
    ["auto does not believe X-Forwarded-Proto of anybody", false, "a=1; Path=/; HttpOnly; SameSite=Lax"],
    ["auto believes X-Forwarded-Proto of a trusted proxy", true, `a=1; Path=/; ${ALL}`],
  ])("%s", async (_, trust, line) => {
    const lines = await cookies(
      (app) =>
        app
          .set("trust proxy", trust)
          .use(secureCookies({ secure: "auto" }))
          .use((_req: express.Request, res: express.Response) => void res.cookie("a", "1").send("A page.")),
      { headers: { "X-Forwarded-Proto": "https" } },
    );
    expect(lines).toEqual([line]);
  });

  it("says so where it comes too late", async () => {
    const app = express();
    let told: unknown;
    app.use((_req: express.Request, res: express.Response, next: express.NextFunction) => {
      res.write("Early.");
      next();
    });
    app.use(secureCookies());
    app.use(((error, _req, res, _next) => {
      told = error.code;
      res.end();
    }) satisfies express.ErrorRequestHandler);
    await cookiesOf(await serve(app));
    expect(told).toBe("headers-sent");
  });
});

describe("http/2", () => {
  async function cookies(secure: boolean, answer: (res: http2.Http2ServerResponse) => unknown): Promise<unknown> {
    const harden = secureCookies({ secure: "auto" });
    const listener = (req: http2.Http2ServerRequest, res: http2.Http2ServerResponse) => {
      harden(req, res);
      answer(res);
      res.end();
    };
    const client = connect2(await listen(secure ? http2.createSecureServer(CERTIFICATE, listener) : http2.createServer(listener)), secure);
    return new Promise((resolve, reject) => {
      const stream = client.request({ ":path": "/" });
      stream.on("response", (headers) => resolve(headers["set-cookie"]));
      stream.on("error", reject);
      stream.resume().end();
    });
  }

  it.each<[string, (res: http2.Http2ServerResponse) => unknown]>([
    ["setHeader", (res) => res.setHeader("Set-Cookie", ["a=1", "b=2; SameSite=None"])],
    ["writeHead", (res) => res.writeHead(200, { "Set-Cookie": ["a=1", "b=2; SameSite=None"] })],
    [
      "flushHeaders",
      (res) => {
        res.setHeader("Set-Cookie", ["a=1", "b=2; SameSite=None"]);
        (res as unknown as http.ServerResponse).flushHeaders(); // types of Node 20 do not know it
      },
    ],
  ])("hardens what %s sets", async (_, answer) => {
    expect(await cookies(true, answer)).toEqual([`a=1; ${ALL}`, "b=2; SameSite=None; Secure; HttpOnly"]);
  });

  it("knows plain http there too", async () => {
    expect(await cookies(false, (res) => res.setHeader("Set-Cookie", "a=1"))).toEqual(["a=1; HttpOnly; SameSite=Lax"]);
  });
});

describe("at boot", () => {
  const NAMES = 'Write a list of cookie names, such as ["session"].';

  it.each<[unknown, string]>([
    [{ secure: "yes" }, 'secureCookies.secure: "yes" is not one of its values. Write true, false or "auto".'],
    [{ httpOnly: "auto" }, 'secureCookies.httpOnly: "auto" is not true or false. Write true or false.'],
    [{ sameSite: "lax" }, 'secureCookies.sameSite: "lax" is not one of its values. Did you mean "Lax"?'],
    [{ sameSite: true }, 'secureCookies.sameSite: true is not one of its values. Write "Lax", "Strict", "None" or false.'],
    [{ only: "sid" }, `secureCookies.only: "sid" is not a list of one or more cookie names. ${NAMES}`],
    [{ only: [] }, `secureCookies.only: an empty list is not a list of one or more cookie names. ${NAMES}`],
    [{ except: [""] }, `secureCookies.except[0]: "" is not a cookie name. ${NAMES}`],
    [{ except: ["sid="] }, `secureCookies.except[0]: "sid=" is not a cookie name. ${NAMES}`],
    [{ except: [" sid"] }, `secureCookies.except[0]: " sid" is not a cookie name. ${NAMES}`],
    [{ except: ["sid", /x/] }, `secureCookies.except[1]: an object is not a cookie name. ${NAMES}`],
    [{ samesite: "Lax" }, 'secureCookies.samesite: unknown option. Did you mean "sameSite"?'],
    [null, "secureCookies: null is not an object of options. Write secureCookies({ … })."],
    [{ only: ["a"], except: ["b"] }, "secureCookies: only and except cannot be combined. Write one of them."],
    [
      { secure: false, sameSite: "None" },
      'secureCookies.sameSite: "None" requires Secure, and secure is false. Leave secure out: browsers reject SameSite=None without Secure.',
    ],
  ])("%j is refused", (options, message) => {
    expect(issuesOf(() => secureCookies(options as SecureCookiesOptions))).toEqual([message]);
  });

  it("all mistakes are told at once", () => {
    expect(issuesOf(() => secureCookies({ secure: 1, httpOnly: 0 } as never))).toEqual([
      'secureCookies.secure: 1 is not one of its values. Write true, false or "auto".',
      "secureCookies.httpOnly: 0 is not true or false. Write true or false.",
    ]);
  });

  it("mounting it without the call is told", () => {
    const res = new http.ServerResponse(new http.IncomingMessage(null as never));
    expect(issuesOf(() => (secureCookies as (...args: unknown[]) => unknown)({}, res, () => undefined))).toEqual([
      "secureCookies: was mounted without being called, and received a request. Write app.use(secureCookies()).",
    ]);
  });
});
