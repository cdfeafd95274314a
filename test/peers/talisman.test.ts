import express from "express";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { definePolicy, type Layer, nonce, override, type PolicyError, sealHeaders, securityHeaders } from "../../src/index.js";
import { type HttpsRedirectOptions, httpsRedirect } from "../../src/middleware/https-redirect.js";
import { type SecureCookiesOptions, secureCookies } from "../../src/middleware/secure-cookies.js";
import { serve, serveSecurely } from "../http/support.js";
import { peersRequired, skipWithout } from "../peers.js";
import {
  type Compared,
  type FlaskPorts,
  type FlaskSite,
  howToGetTalisman,
  installTalisman,
  question,
  type Request,
  startFlask,
  type Talisman,
  talismans,
} from "./talisman/support.js";

if (peersRequired()) installTalisman();
const here = talismans();

/** One configuration, said to both. */
interface Site extends FlaskSite {
  /** On top of Talisman's defaults. */
  readonly layers?: readonly Layer[];
  readonly redirect?: HttpsRedirectOptions | false;
  readonly cookies?: Omit<SecureCookiesOptions, "only">;
  /** Where the routes' own policies go. */
  readonly observed?: true;
  /** What Talisman puts at the end of every CSP. */
  readonly reportUri?: string;
  readonly sealed?: true;
}

/** Where 1.0.0 and 1.1.0 have other defaults, both are told. */
const SAME_DEFAULTS = { permissions_policy: {}, x_xss_protection: false };

/** What Talisman sends without being told. */
const DEFAULTS: readonly Layer[] = [
  "none",
  {
    contentSecurityPolicy: "default-src 'self'; object-src 'none'",
    strictTransportSecurity: { maxAge: 31_556_926, includeSubDomains: true },
    xFrameOptions: "SAMEORIGIN",
    xContentTypeOptions: true,
    referrerPolicy: "strict-origin-when-cross-origin",
  },
];

/** What a version sends on top of it. */
const OF_VERSION: Readonly<Record<string, Layer>> = {
  "1.0.0": { xXssProtection: "1; mode=block" },
  "1.1.0": { permissionsPolicy: { browsingTopics: [] } },
};

const EXAMPLE = {
  "default-src": "'self'",
  "script-src": ["'self'", "'unsafe-inline'", "https://cdn.jsdelivr.net", "https://cdn.tailwindcss.com"],
  "style-src": ["'self'", "'unsafe-inline'", "https://cdn.jsdelivr.net"],
  "img-src": ["'self'", "data:", "https:"],
  "font-src": "'self' data: https://fonts.gstatic.com",
  "connect-src": "'self'",
  "frame-ancestors": "'none'",
  "base-uri": "'self'",
  "form-action": "'self'",
};

const SITES: Readonly<Record<string, Site>> = {
  "the defaults": { talisman: {}, tls: true },
  "every header there is": {
    talisman: {
      force_https_permanent: true,
      force_file_save: true,
      frame_options: "DENY",
      strict_transport_security_preload: true,
      content_security_policy: EXAMPLE,
      referrer_policy: "no-referrer",
      x_xss_protection: true,
      permissions_policy: { geolocation: "()", camera: '(self "https://a.com")', fullscreen: "*" },
      document_policy: { "unsized-media": "?0", "oversized-images": "2.5" },
    },
    redirect: { status: 301 },
    layers: [
      { contentSecurityPolicy: false },
      {
        strictTransportSecurity: { preload: true },
        xDownloadOptions: true,
        xFrameOptions: "DENY",
        referrerPolicy: "no-referrer",
        xXssProtection: "1; mode=block",
        permissionsPolicy: { geolocation: [], camera: ["self", "https://a.com"], fullscreen: "*" },
        documentPolicy: { unsizedMedia: false, oversizedImages: 2.5 },
        contentSecurityPolicy: {
          defaultSrc: ["self"],
          scriptSrc: ["self", "unsafe-inline", "https://cdn.jsdelivr.net", "https://cdn.tailwindcss.com"],
          styleSrc: ["self", "unsafe-inline", "https://cdn.jsdelivr.net"],
          imgSrc: ["self", "data:", "https:"],
          fontSrc: ["self", "data:", "https://fonts.gstatic.com"],
          connectSrc: ["self"],
          frameAncestors: ["none"],
          baseUri: ["self"],
          formAction: ["self"],
        },
      },
    ],
  },
  "nothing that can be left out": {
    talisman: {
      content_security_policy: false,
      frame_options: null,
      x_content_type_options: false,
      strict_transport_security: false,
      force_https: false,
    },
    redirect: false,
    layers: ["none", { referrerPolicy: "strict-origin-when-cross-origin" }],
  },
  "a CSP as an empty dict": { talisman: { content_security_policy: {} }, layers: [{ contentSecurityPolicy: false }] },
  "a CSP as a string": {
    talisman: { content_security_policy: "default-src 'self'; img-src *" },
    layers: [{ contentSecurityPolicy: "default-src 'self'; img-src *" }],
  },
  "nonces in script-src and style-src": {
    talisman: {
      content_security_policy: { "default-src": "'self'", "script-src": "'self'", "style-src": ["'self'", "https:"], "img-src": "*" },
      content_security_policy_nonce_in: ["script-src", "style-src"],
    },
    layers: [
      { contentSecurityPolicy: false },
      { contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: ["self", nonce], styleSrc: ["self", "https:", nonce], imgSrc: ["*"] } },
    ],
  },
  "report-only": {
    talisman: { content_security_policy_report_only: true, content_security_policy_report_uri: "/r" },
    observed: true,
    reportUri: "/r",
    layers: [{ contentSecurityPolicy: false, contentSecurityPolicyReportOnly: "default-src 'self'; object-src 'none'; report-uri /r" }],
  },
  "enforced, with reports": {
    talisman: { content_security_policy_report_uri: "https://reports.example/r" },
    reportUri: "https://reports.example/r",
    layers: [{ contentSecurityPolicy: { reportUri: ["https://reports.example/r"] } }],
  },
  "HSTS without subdomains": {
    talisman: { strict_transport_security_include_subdomains: false, strict_transport_security_max_age: 300 },
    layers: [{ strictTransportSecurity: { maxAge: 300, includeSubDomains: false } }],
  },
  "Feature-Policy": {
    talisman: { feature_policy: { geolocation: "'none'", payment: "'self'" } },
    layers: [{ custom: { "Feature-Policy": "geolocation 'none'; payment 'self'" } }],
  },
  "debug: no redirect, session cookies without Secure": { talisman: {}, debug: true, redirect: false, cookies: { secure: false } },
  "session cookies for https and the same site": { talisman: { session_cookie_samesite: "Strict" }, cookies: { sameSite: "Strict" } },
  // Flask's own default is HttpOnly, which Talisman's option does not take away.
  "session cookies as Flask makes them": {
    talisman: { session_cookie_secure: false, session_cookie_http_only: false, session_cookie_samesite: null },
    cookies: { secure: false, sameSite: false },
  },
};

/** Sites that only show a difference. */
const ODD: Readonly<Record<string, FlaskSite>> = {
  "report-uri in a name": {
    talisman: {
      content_security_policy: { "default-src": "'self'", "connect-src": "https://me.report-uri.com" },
      content_security_policy_report_uri: "/r",
    },
  },
  "nothing is checked": {
    talisman: {
      frame_options: "BOGUS",
      strict_transport_security_max_age: -1,
      content_security_policy: { "default-src": "'self'; script-src *" },
      permissions_policy: { geolocation: "'none'" },
    },
  },
  "ALLOW-FROM": { talisman: { frame_options: "ALLOW-FROM", frame_options_allow_from: "https://trusted-site.com" } },
  "report-only without an address": { talisman: { content_security_policy_report_only: true } },
};

/** The same routes as app.py's. */
function expressSite({ layers = [], redirect = {}, cookies = {}, observed, reportUri, sealed }: Omit<Site, "talisman">): express.Express {
  const key = observed ? "contentSecurityPolicyReportOnly" : "contentSecurityPolicy";
  const own = (csp: string) => ({ [key]: reportUri === undefined ? csp : `${csp}; report-uri ${reportUri}` });
  const page: express.RequestHandler = (_req, res) => void res.send("A page.");
  const nonced = (element: string): express.RequestHandler => {
    return (_req, res) => void res.send(`<${element} nonce="${res.locals.cspNonce ?? ""}"></${element}>`);
  };
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", true);
  app.use(securityHeaders(...([...DEFAULTS, ...layers] as ["none"])));
  if (sealed) app.use(sealHeaders());
  if (redirect !== false) app.use(httpsRedirect({ status: 302, except: ["/plain"], ...redirect }));
  app.use(secureCookies({ only: ["session"], ...cookies }));
  app.all("/", nonced("script"));
  app.all(
    "/embed",
    override({ xFrameOptions: false, ...own("default-src 'self'; frame-ancestors 'self' https://trusted-site.com") } as Layer as "none"),
    page,
  );
  app.all("/api/data", override({ [key]: false } as Layer as "none"), (_req, res) => void res.json({ data: [1] }));
  app.all("/plain", page);
  app.all("/boom", () => {
    throw new Error("boom");
  });
  app.all("/login", (_req, res) => {
    res
      .cookie("session", "signed")
      .cookie("theme", "dark")
      .cookie("own", "1", { secure: true, httpOnly: true, sameSite: "strict" })
      .send("in");
  });
  app.all(
    "/features",
    override({ permissionsPolicy: false }, { permissionsPolicy: { geolocation: [], camera: ["self", "https://a.com"] } }),
    page,
  );
  app.all("/document", override({ documentPolicy: false }, { documentPolicy: { oversizedImages: false } }), page);
  const styled = { defaultSrc: ["self"], styleSrc: ["self", nonce], ...(reportUri && { reportUri: [reportUri] }) };
  app.all("/styled", override({ [key]: false } as Layer as "none", { [key]: styled } as Layer as "none"), nonced("style"));
  app.all(["/denied-above", "/denied-below"], override({ xFrameOptions: "DENY" }), page);
  app.all("/own", (_req, res) => void res.setHeader("X-Frame-Options", "DENY").send("own"));
  app.use((_req, res) => void res.status(404).send("Not here."));
  app.use(((_error, _req, res, _next) => void res.status(500).send("It failed.")) as express.ErrorRequestHandler);
  return app;
}

const PATHS = [
  "/",
  "/embed",
  "/api/data",
  "/plain",
  "/boom",
  "/nowhere",
  "/login",
  "/features",
  "/document",
  "/styled",
  "/denied-above",
  "/denied-below",
];

/** Routes with a policy of their own. */
const OVERRIDDEN = new Set(["/embed", "/api/data", "/features", "/document", "/styled", "/denied-above", "/denied-below"]);

const FORWARDED = (proto: string): Request => ({ headers: { "X-Forwarded-Proto": proto } });

const HSTS = "strict-transport-security";

/** What is known to differ in every configuration, taken out of an answer of ours. */
function knownApart(mine: Compared, how: string): Compared {
  const lines = Object.entries(mine.headers)
    // Where nobody says how the request came, HSTS goes out here. Browsers read it over https alone; behind a silent TLS proxy it is needed.
    .filter(([name]) => how !== "direct" || name !== HSTS)
    // Talisman draws no nonce for a redirect, which has no page. Here the policy is the same on every answer.
    .map(([name, value]) => [name, mine.location === undefined ? value : value.replaceAll(" 'nonce-…'", "")]);
  return { ...mine, headers: Object.fromEntries(lines) };
}

const wanted: Talisman = { version: "1.1.0", python: "" };

const suite = describe.skipIf(
  skipWithout("Flask-Talisman beside us", [{ name: "Flask-Talisman", found: here.length > 0, get: howToGetTalisman }]),
);

suite.each(here.length > 0 ? here : [wanted])("Beside Flask-Talisman $version", (talisman) => {
  let flask: { readonly sites: Readonly<Record<string, FlaskPorts>>; stop(): void };

  beforeAll(async () => {
    const named = Object.entries(SITES).map(([name, site]): [string, FlaskSite] => {
      return [name, { ...site, talisman: name === "the defaults" ? site.talisman : { ...SAME_DEFAULTS, ...site.talisman } }];
    });
    flask = await startFlask(talisman, { ...Object.fromEntries(named), ...ODD });
  });
  afterAll(() => flask?.stop());

  const flaskPort = (name: string) => flask.sites[name]?.port as number;

  const mySite = (name = "the defaults", more: Partial<Site> = {}): express.Express => {
    const { layers = [], ...rest } = SITES[name] as Site;
    return expressSite({ ...rest, layers: name === "the defaults" ? [OF_VERSION[talisman.version], ...layers] : layers, ...more });
  };

  const both = (port: number, path: string, request?: Request, name = "the defaults") =>
    Promise.all([question(flaskPort(name), path, request), question(port, path, request)]);

  describe("the same configuration gives the same headers, status, Location and cookies:", () => {
    it.each(Object.keys(SITES))("%s", async (name) => {
      const port = await serve(mySite(name));
      for (const [how, request] of Object.entries({ direct: {}, https: FORWARDED("https"), http: FORWARDED("http") })) {
        const home = await question(port, "/", request);
        for (const path of PATHS) {
          const [theirs, mine] = await both(port, path, request, name);
          if (mine.location === undefined || !OVERRIDDEN.has(path)) {
            expect([how, path, knownApart(mine, how)]).toEqual([how, path, theirs]);
          } else {
            // Known: the redirect is answered before the route, and carries the site's policy.
            expect([how, path, mine.status, mine.location]).toEqual([how, path, theirs.status, theirs.location]);
            expect(mine.headers).toEqual(home.headers);
          }
        }
      }
    });
  });

  it("the same over real https", async () => {
    const port = await serveSecurely(mySite());
    const tls = flask.sites["the defaults"]?.tls as number;
    for (const path of PATHS) {
      const [theirs, mine] = await Promise.all([tls, port].map((one) => question(one, path, { tls: true })));
      expect([path, mine]).toEqual([path, theirs]);
    }
  });

  it.each(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])("the same for %s, redirected and over https", async (method) => {
    const port = await serve(mySite());
    for (const path of ["/", "/login", "/boom", "/nowhere?a=b", "/plain"]) {
      for (const proto of ["https", "http"]) {
        const [theirs, mine] = await both(port, path, { method, ...FORWARDED(proto) });
        expect([path, proto, mine]).toEqual([path, proto, theirs]);
      }
    }
  });

  it.each([
    "/?a=1&b=2",
    "/?a=b%20c+d",
    "/x%20y",
    "/%C3%A9?q=%C3%A9",
    "/a//b",
    "/a/../b",
    "/?next=https://x.example/?a=b",
    "/?%zz",
    "/a;b=c,d",
    "http://site.example/absolute?x",
  ])("the same Location for %s", async (address) => {
    const [theirs, mine] = await both(await serve(mySite()), address, FORWARDED("http"));
    expect([mine.status, mine.location]).toEqual([theirs.status, theirs.location]);
    expect(mine.location).toBe(`https://site.example${address.replace("http://site.example", "")}`);
  });

  it.each(["site.example", "SITE.example", "site.example.", "127.0.0.1", "[::1]"])("the same Location for Host: %s", async (host) => {
    const [theirs, mine] = await both(await serve(mySite()), "/", { headers: { Host: host } });
    expect([mine.status, mine.location]).toEqual([theirs.status, theirs.location]);
    expect(mine.location).toBe(`https://${host.toLowerCase()}/`);
  });

  it.each([" https", "http, https", "http"])("the same for X-Forwarded-Proto: %s", async (proto) => {
    const [theirs, mine] = await both(await serve(mySite()), "/", FORWARDED(proto));
    expect(mine).toEqual(theirs);
  });

  it("the page carries its header's nonce under both", async () => {
    const name = "nonces in script-src and style-src";
    const [theirs, mine] = await both(await serve(mySite(name)), "/", FORWARDED("https"), name);
    expect([theirs.stamped, mine.stamped]).toEqual([true, true]);
    expect(mine.headers["content-security-policy"]).toBe(
      "default-src 'self'; script-src 'self' 'nonce-…'; style-src 'self' https: 'nonce-…'; img-src *",
    );
  });

  it("sealed, what a view sets itself is written over, as by Talisman", async () => {
    const [theirs, mine] = await both(await serve(mySite("the defaults", { sealed: true })), "/own", FORWARDED("https"));
    expect(mine).toEqual(theirs);
    expect(mine.headers["x-frame-options"]).toBe("SAMEORIGIN");
  });

  it("the same port in the Location, where httpsRedirect is told of it", async () => {
    const port = await serve(mySite("the defaults", { redirect: { port: 8443 } }));
    const [theirs, mine] = await both(port, "/a", { headers: { Host: "site.example:8443" } });
    expect([mine.location, theirs.location]).toEqual(["https://site.example:8443/a", "https://site.example:8443/a"]);
  });

  // The short list: what each of the two does, and why here it is otherwise. Three more stand in knownApart and beside the comparison.
  describe("what differs:", () => {
    it.each([
      // The first token is the client's side of the chain. RFC 7239 §4 orders its list so, and proxies order this header like it.
      ["https, http", [302, undefined], [200, "max-age=31556926; includeSubDomains"]],
      // A scheme is the same in any case, RFC 3986 §3.1. Talisman knows it in small letters only, and would redirect for ever.
      ["HTTPS", [302, undefined], [200, "max-age=31556926; includeSubDomains"]],
      // What is no scheme says nothing, as if the header were not there.
      ["ftp", [302, undefined], [302, "max-age=31556926; includeSubDomains"]],
    ])("X-Forwarded-Proto: %s", async (proto, talismans, ours) => {
      const [theirs, mine] = await both(await serve(mySite()), "/", FORWARDED(proto));
      expect([theirs.status, theirs.headers[HSTS]]).toEqual(talismans);
      expect([mine.status, mine.headers[HSTS]]).toEqual(ours);
    });

    // The port of plain http does not speak https: Talisman sends browsers there.
    it("the port of the Host is not the port of https", async () => {
      const [theirs, mine] = await both(await serve(mySite()), "/a", { headers: { Host: "site.example:8080" } });
      expect(theirs.location).toBe("https://site.example:8080/a");
      expect(mine.location).toBe("https://site.example/a");
    });

    // Flask leaves the host empty, and browsers take the path for one: `https:///evil.example` leads to evil.example.
    it.each(["user@site.example", "site.example/x", "a b"])("a malformed Host, %s, gets 400 and no Location", async (host) => {
      const [theirs, mine] = await both(await serve(mySite()), "/evil.example", { headers: { Host: host } });
      expect([theirs.status, theirs.location]).toEqual([302, "https:///evil.example"]);
      expect([mine.status, mine.location]).toEqual([400, undefined]);
    });

    // Werkzeug reads the address and writes it anew; here it is kept byte for byte.
    it.each([
      ["//evil.example/x", "https://site.example/evil.example/x"],
      ["/%2e%2e/b", "https://site.example/../b"],
      ["/%2F", "https://site.example/"],
      ["/?", "https://site.example/"],
      ["/?q=[1]", "https://site.example/?q=%5B1%5D"],
      ["/\\evil", "https://site.example/%5Cevil"],
    ])("the address %s stays itself", async (address, location) => {
      const [theirs, mine] = await both(await serve(mySite()), address, FORWARDED("http"));
      expect(theirs.location).toBe(location);
      expect(mine.location).toBe(`https://site.example${address}`);
    });

    // An application's own word counts here, unless the response is sealed.
    it("a header that a view sets itself stays", async () => {
      const [theirs, mine] = await both(await serve(mySite()), "/own", FORWARDED("https"));
      expect(theirs.headers["x-frame-options"]).toBe("SAMEORIGIN");
      expect(mine.headers["x-frame-options"]).toBe("DENY");
    });

    // Talisman looks for the text report-uri anywhere in the policy.
    it("a source whose name holds report-uri does not take the reports away", async () => {
      const theirs = await question(flaskPort("report-uri in a name"), "/", FORWARDED("https"));
      expect(theirs.headers["content-security-policy"]).toBe("default-src 'self'; connect-src https://me.report-uri.com");
      const layers: Layer[] = [
        { contentSecurityPolicy: false },
        { contentSecurityPolicy: { defaultSrc: ["self"], connectSrc: ["https://me.report-uri.com"], reportUri: ["/r"] } },
      ];
      const mine = await question(await serve(expressSite({ layers })), "/", FORWARDED("https"));
      expect(mine.headers["content-security-policy"]).toBe("default-src 'self'; connect-src https://me.report-uri.com; report-uri /r");
    });

    it("what is wrong goes out under Talisman, and is refused here at boot", async () => {
      const { headers } = await question(flaskPort("nothing is checked"), "/", FORWARDED("https"));
      expect(headers["x-frame-options"]).toBe("BOGUS");
      expect(headers[HSTS]).toBe("max-age=-1; includeSubDomains");
      expect(headers["content-security-policy"]).toBe("default-src 'self'; script-src *");
      expect(headers["permissions-policy"]).toBe("geolocation='none'");
      const patch: unknown = {
        xFrameOptions: "BOGUS",
        strictTransportSecurity: { maxAge: -1 },
        contentSecurityPolicy: { defaultSrc: ["'self'; script-src *"] },
        permissionsPolicy: { geolocation: ["'none'"] },
      };
      expect(issuesOf(patch)).toEqual([
        'xFrameOptions: "BOGUS" is not one of its values',
        "strictTransportSecurity.maxAge: -1 is negative",
        "contentSecurityPolicy.defaultSrc[0]: \"'self'; script-src *\" contains a ';', which ends a directive",
        "permissionsPolicy.geolocation[0]: \"'none'\" is spelt as in Feature-Policy",
      ]);
    });

    it("ALLOW-FROM, which no browser honours, is refused with what to write", async () => {
      const { headers } = await question(flaskPort("ALLOW-FROM"), "/", FORWARDED("https"));
      expect(headers["x-frame-options"]).toBe("ALLOW-FROM https://trusted-site.com");
      const refused = () => definePolicy({ xFrameOptions: "ALLOW-FROM https://trusted-site.com" as "DENY" });
      expect(refused).toThrow('write contentSecurityPolicy: { frameAncestors: ["https://trusted-site.com"] }.');
    });

    it("a misspelt option of a route is passed over by Talisman, and refused here", async () => {
      const theirs = await question(flaskPort("the defaults"), "/misspelt", FORWARDED("https"));
      expect(theirs.headers["x-frame-options"]).toBe("SAMEORIGIN");
      expect(() => override({ xFrameOption: "DENY" } as unknown as "none")).toThrow('Did you mean "xFrameOptions"?');
    });

    // A violation shows in the browser's console too.
    it("report-only without an address for the reports is refused by Talisman alone", () => {
      expect(flask.sites["report-only without an address"]?.error).toContain("requires a URI to be specified");
      expect(definePolicy({ contentSecurityPolicyReportOnly: { defaultSrc: ["self"] } }).resolved).toHaveProperty(
        "contentSecurityPolicyReportOnly",
      );
    });
  });
});

/** All that is wrong with a patch, as path and message. */
function issuesOf(patch: unknown): readonly string[] {
  try {
    definePolicy(patch as "none");
  } catch (error) {
    return (error as PolicyError).issues.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}
