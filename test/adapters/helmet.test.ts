import express from "express";
import fc from "fast-check";
import helmet, { type HelmetOptions as TheirOptions } from "helmet";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { fromHelmet, type HelmetOptions } from "../../src/adapters/helmet.js";
import { append, definePolicy, nonce, type PolicyError, renderHeaders, securityHeaders } from "../../src/index.js";
import { ask, ours, serve, tellError } from "../http/support.js";

const { dangerouslyDisableDefaultSrc } = helmet.contentSecurityPolicy;

// It warns of options that it passes over.
beforeAll(() => void vi.spyOn(console, "warn").mockImplementation(() => undefined));

type Handler = (req: never, res: never, next: (error?: unknown) => void) => void;

/** A server whose middleware is set for each question; a nonce waits in `res.locals`, as in helmet's recipe. */
async function site(): Promise<{ port: number; use: (middleware: unknown) => void }> {
  let current: Handler = (_req, _res, next) => next();
  const app = express().set("trust proxy", true);
  app.use((req, res, next) => {
    res.locals["nonce"] = "cjRuZDBt";
    current(req as never, res as never, next);
  });
  app.get("/", (_req, res) => void res.send("A page."));
  app.use(tellError);
  const use = (middleware: unknown) => {
    current = middleware as Handler;
  };
  return { port: await serve(app), use };
}

const HTTPS = { "X-Forwarded-Proto": "https", "X-Tenant": "acme" };

async function sent(middleware: unknown, headers: Record<string, string> = HTTPS) {
  const { port, use } = await site();
  use(middleware);
  const answer = await ask(port, "/", { headers });
  return { status: answer.status, headers: ours(answer), body: answer.body };
}

/** Only one header of a policy. */
function only(name: string, options: HelmetOptions): string | undefined {
  return renderHeaders(fromHelmet(options))[name];
}

function refusal(options: unknown): PolicyError {
  try {
    fromHelmet(options as HelmetOptions);
  } catch (error) {
    return error as PolicyError;
  }
  throw new Error("nothing was refused");
}

const DEFAULTS = {
  "Content-Security-Policy":
    "default-src 'self'; base-uri 'self'; font-src 'self' https: data:; form-action 'self'; frame-ancestors 'self'; img-src 'self' data:; " +
    "object-src 'none'; script-src 'self'; script-src-attr 'none'; style-src 'self' https: 'unsafe-inline'; upgrade-insecure-requests",
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  "X-Frame-Options": "SAMEORIGIN",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Origin-Agent-Cluster": "?1",
  "X-DNS-Prefetch-Control": "off",
  "X-Download-Options": "noopen",
  "X-Permitted-Cross-Domain-Policies": "none",
  "X-XSS-Protection": "0",
};

describe("fromHelmet", () => {
  it("without options gives helmet's defaults, and takes X-Powered-By away", async () => {
    expect((await sent(securityHeaders(fromHelmet()))).headers).toEqual(DEFAULTS);
  });

  it("gives a complete policy: nothing of recommended is in it, and layers lie on top", () => {
    const policy = definePolicy("strict", fromHelmet(), {
      contentSecurityPolicy: { imgSrc: append("https://img.example") },
      xFrameOptions: false,
    });
    const { "X-Frame-Options": _, ...rest } = DEFAULTS;
    const csp = rest["Content-Security-Policy"].replace("img-src 'self' data:", "img-src 'self' data: https://img.example");
    expect(renderHeaders(policy)).toEqual({ ...rest, "Content-Security-Policy": csp });
  });

  it("takes what is of helmet's own type", () => {
    const theirs: TheirOptions = {
      contentSecurityPolicy: {
        directives: {
          scriptSrc: ["'self'", (req, res) => `'nonce-${req.method}${res.statusCode}'`],
          "style-src": new Set(["'self'"]),
          defaultSrc: helmet.contentSecurityPolicy.dangerouslyDisableDefaultSrc,
        },
      },
      hsts: false,
      referrerPolicy: { policy: ["no-referrer", "origin"] },
    };
    expect(fromHelmet(theirs).resolved["referrerPolicy"]).toEqual(["no-referrer", "origin"]);
  });

  it("takes functions that ask for Express's request and response", () => {
    const options: HelmetOptions = {
      contentSecurityPolicy: {
        directives: {
          scriptSrc: [
            (req: express.Request, res: express.Response) => `'nonce-${req.ip}${res.locals["nonce"]}'`,
            (_, res) => `${res.locals}`,
          ],
        },
      },
    };
    expect(fromHelmet(options).layers).toHaveLength(2);
  });
});

describe("Each option of helmet by its names", () => {
  it.each<[string, HelmetOptions, string, string | undefined]>([
    ["crossOriginEmbedderPolicy", {}, "Cross-Origin-Embedder-Policy", undefined],
    ["crossOriginEmbedderPolicy: true", { crossOriginEmbedderPolicy: true }, "Cross-Origin-Embedder-Policy", "require-corp"],
    [
      "crossOriginEmbedderPolicy.policy",
      { crossOriginEmbedderPolicy: { policy: "credentialless" } },
      "Cross-Origin-Embedder-Policy",
      "credentialless",
    ],
    ["crossOriginOpenerPolicy: false", { crossOriginOpenerPolicy: false }, "Cross-Origin-Opener-Policy", undefined],
    ["crossOriginOpenerPolicy.policy", { crossOriginOpenerPolicy: { policy: "unsafe-none" } }, "Cross-Origin-Opener-Policy", "unsafe-none"],
    ["crossOriginResourcePolicy: false", { crossOriginResourcePolicy: false }, "Cross-Origin-Resource-Policy", undefined],
    [
      "crossOriginResourcePolicy.policy",
      { crossOriginResourcePolicy: { policy: "same-site" } },
      "Cross-Origin-Resource-Policy",
      "same-site",
    ],
    ["originAgentCluster: false", { originAgentCluster: false }, "Origin-Agent-Cluster", undefined],
    ["referrerPolicy: false", { referrerPolicy: false }, "Referrer-Policy", undefined],
    ["referrerPolicy.policy", { referrerPolicy: { policy: "origin" } }, "Referrer-Policy", "origin"],
    [
      "referrerPolicy.policy as a list",
      { referrerPolicy: { policy: ["no-referrer", "unsafe-url"] } },
      "Referrer-Policy",
      "no-referrer, unsafe-url",
    ],
    ["strictTransportSecurity: false", { strictTransportSecurity: false }, "Strict-Transport-Security", undefined],
    [
      "strictTransportSecurity.maxAge",
      { strictTransportSecurity: { maxAge: 300.9 } },
      "Strict-Transport-Security",
      "max-age=300; includeSubDomains",
    ],
    [
      "strictTransportSecurity.includeSubDomains",
      { strictTransportSecurity: { includeSubDomains: false } },
      "Strict-Transport-Security",
      "max-age=31536000",
    ],
    ["hsts: false", { hsts: false }, "Strict-Transport-Security", undefined],
    ["hsts.preload", { hsts: { preload: true } }, "Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"],
    ["xContentTypeOptions: false", { xContentTypeOptions: false }, "X-Content-Type-Options", undefined],
    ["noSniff: false", { noSniff: false }, "X-Content-Type-Options", undefined],
    ["noSniff: true", { noSniff: true }, "X-Content-Type-Options", "nosniff"],
    ["xDnsPrefetchControl: false", { xDnsPrefetchControl: false }, "X-DNS-Prefetch-Control", undefined],
    ["xDnsPrefetchControl.allow", { xDnsPrefetchControl: { allow: true } }, "X-DNS-Prefetch-Control", "on"],
    ["dnsPrefetchControl: false", { dnsPrefetchControl: false }, "X-DNS-Prefetch-Control", undefined],
    ["dnsPrefetchControl.allow: false", { dnsPrefetchControl: { allow: false } }, "X-DNS-Prefetch-Control", "off"],
    ["xDownloadOptions: false", { xDownloadOptions: false }, "X-Download-Options", undefined],
    ["ieNoOpen: false", { ieNoOpen: false }, "X-Download-Options", undefined],
    ["xFrameOptions: false", { xFrameOptions: false }, "X-Frame-Options", undefined],
    ["xFrameOptions.action", { xFrameOptions: { action: "deny" } }, "X-Frame-Options", "DENY"],
    ["frameguard: false", { frameguard: false }, "X-Frame-Options", undefined],
    ["frameguard.action in capitals", { frameguard: { action: "DENY" } }, "X-Frame-Options", "DENY"],
    ["frameguard.action with a hyphen", { frameguard: { action: "same-origin" as "deny" } }, "X-Frame-Options", "SAMEORIGIN"],
    ["xPermittedCrossDomainPolicies: false", { xPermittedCrossDomainPolicies: false }, "X-Permitted-Cross-Domain-Policies", undefined],
    [
      "permittedCrossDomainPolicies.permittedPolicies",
      { permittedCrossDomainPolicies: { permittedPolicies: "master-only" } },
      "X-Permitted-Cross-Domain-Policies",
      "master-only",
    ],
    ["xXssProtection: false", { xXssProtection: false }, "X-XSS-Protection", undefined],
    ["xssFilter: false", { xssFilter: false }, "X-XSS-Protection", undefined],
    ["contentSecurityPolicy: false", { contentSecurityPolicy: false }, "Content-Security-Policy", undefined],
    ["contentSecurityPolicy: true", { contentSecurityPolicy: true }, "Content-Security-Policy", DEFAULTS["Content-Security-Policy"]],
    ["an option that is undefined", { xFrameOptions: undefined }, "X-Frame-Options", "SAMEORIGIN"],
  ])("%s", async (_name, options, header, value) => {
    expect(only(header, options)).toBe(value);
    // The real one says so too.
    expect((await sent(helmet(options as TheirOptions))).headers[header]?.replace(/[;,](?=\S)/g, "$& ")).toBe(value);
  });

  it.each(["xPoweredBy", "hidePoweredBy"] as const)("%s: false leaves X-Powered-By where it is", async (name) => {
    expect((await sent(securityHeaders(fromHelmet({ [name]: false })))).headers).toEqual({ ...DEFAULTS, "X-Powered-By": "Express" });
  });
});

describe("contentSecurityPolicy", () => {
  const csp = (contentSecurityPolicy: HelmetOptions["contentSecurityPolicy"]) => only("Content-Security-Policy", { contentSecurityPolicy });

  it("takes names in camelCase and as on the wire, lists, sets and several sources in one text", () => {
    const directives = {
      "default-src": "'self' https://a.example",
      imgSrc: new Set(["data:", "*"]),
      "script-src-elem": ["'self' b.example", "intranet"],
    };
    expect(csp({ useDefaults: false, directives })).toBe(
      "default-src 'self' https://a.example; img-src data: *; script-src-elem 'self' b.example intranet",
    );
  });

  it("puts a directive of the defaults in its place, and a new one at the end; null takes one away", () => {
    const directives = { mediaSrc: ["a.example"], "img-src": ["*"], upgradeInsecureRequests: null, fontSrc: null };
    expect(csp({ directives })).toBe(
      "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; img-src *; object-src 'none'; script-src 'self'; " +
        "script-src-attr 'none'; style-src 'self' https: 'unsafe-inline'; media-src a.example",
    );
  });

  it("goes without default-src where helmet's symbol says so", () => {
    expect(csp({ useDefaults: false, directives: { defaultSrc: dangerouslyDisableDefaultSrc, scriptSrc: ["'self'"] } })).toBe(
      "script-src 'self'",
    );
  });

  it("takes directives with a grammar of their own", () => {
    const directives = {
      defaultSrc: ["'self'"],
      sandbox: ["allow-forms", "allow-scripts"],
      trustedTypes: ["one", "'allow-duplicates'"],
      requireTrustedTypesFor: ["'script'"],
      webrtc: ["'block'"],
      reportUri: ["/a", "https://b.example/c"],
      upgradeInsecureRequests: [],
    };
    expect(csp({ useDefaults: false, directives })).toBe(
      "default-src 'self'; sandbox allow-forms allow-scripts; trusted-types one 'allow-duplicates'; require-trusted-types-for 'script'; " +
        "webrtc 'block'; report-uri /a https://b.example/c; upgrade-insecure-requests",
    );
  });

  it("reportOnly leaves out what browsers ignore there: upgrade-insecure-requests and sandbox", () => {
    const options: HelmetOptions = { contentSecurityPolicy: { reportOnly: true, directives: { sandbox: [], scriptSrc: ["'none'"] } } };
    expect(only("Content-Security-Policy", options)).toBe(undefined);
    expect(only("Content-Security-Policy-Report-Only", options)).toBe(
      "default-src 'self'; base-uri 'self'; font-src 'self' https: data:; form-action 'self'; frame-ancestors 'self'; img-src 'self' data:; " +
        "object-src 'none'; script-src 'none'; script-src-attr 'none'; style-src 'self' https: 'unsafe-inline'",
    );
  });

  it("takes Portcullis's own nonce among helmet's sources", () => {
    const policy = fromHelmet({
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'self'", nonce] } },
      hsts: false,
    });
    expect(renderHeaders(policy, { nonce: "abc" })["Content-Security-Policy"]).toBe("default-src 'self' 'nonce-abc'");
  });
});

describe("A function in a directive", () => {
  const only = (...sources: readonly unknown[]) =>
    ({
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'self'"], scriptSrc: ["'self'", ...sources] } },
    }) as HelmetOptions;
  const cspOf = async (options: HelmetOptions) => (await sent(securityHeaders(fromHelmet(options)))).headers["Content-Security-Policy"];

  it("gets the request and the response: helmet's nonce recipe", async () => {
    expect(await cspOf(only((_req: unknown, res: express.Response) => `'nonce-${res.locals["nonce"]}'`))).toBe(
      "default-src 'self'; script-src 'self' 'nonce-cjRuZDBt'",
    );
  });

  it("may give several sources in one text, or none", async () => {
    const options = only(
      (req: express.Request) => `https://${req.get("x-tenant")}.example 'unsafe-eval'`,
      () => "",
    );
    expect(await cspOf(options)).toBe("default-src 'self'; script-src 'self' https://acme.example 'unsafe-eval'");
  });

  it("runs as often as it stands there, as under helmet", async () => {
    let calls = 0;
    const count = () => `https://n${++calls}.example`;
    expect(await cspOf(only(count, count))).toBe("default-src 'self'; script-src 'self' https://n1.example https://n2.example");
  });

  it.each<[string, (req: unknown, res: unknown) => unknown, string]>([
    [
      "throws",
      () => {
        throw new Error("no tenant");
      },
      'perRequest threw "no tenant"',
    ],
    ["gives an unquoted keyword", () => "self", `perRequest threw "\\"self\\" is not a source. Write 'self', in single quotes."`],
    ["gives a ';'", () => "a.example; script-src *", "contains a ';', which ends a directive"],
    ["gives no string", () => undefined, "perRequest returned undefined"],
    ["gives a promise", async () => "https://a.example", "perRequest returned a promise"],
  ])("that %s is an error under helmet too; here the policy goes out without its source", async (_, fn, message) => {
    const theirs = await sent(helmet(only(fn) as TheirOptions));
    const mine = await sent(securityHeaders(fromHelmet(only(fn))));
    expect([theirs.status, mine.status]).toEqual([500, 500]);
    expect(JSON.parse(mine.body).message).toContain(message);
    expect(theirs.headers["Content-Security-Policy"]).toBe(undefined);
    expect(mine.headers["Content-Security-Policy"]).toBe("default-src 'self'; script-src 'self'");
  });

  it.each([
    ["'none'", "changes what the whole list means"],
    ["'strict-dynamic'", "changes what the whole list means"],
    ["intranet", "For a host of that name write source"],
    ["'unsafe-webtransport-hashes'", "has no meaning in scriptSrc"],
  ])("may give %s under helmet, and not here", async (text, message) => {
    const theirs = await sent(helmet(only(() => text) as TheirOptions));
    const mine = await sent(securityHeaders(fromHelmet(only(() => text))));
    expect([theirs.status, mine.status]).toEqual([200, 500]);
    expect(JSON.parse(mine.body).message).toContain(message);
  });
});

describe("Where the transport counts, and helmet sends all", () => {
  it.each([
    ["over known plain http", { "X-Forwarded-Proto": "http" }, ["Strict-Transport-Security"]],
    ["to this machine by nobody knows what", {}, []],
  ] as const)("%s upgrade-insecure-requests stays away, and over plain http HSTS", async (_, headers, absent) => {
    const theirs = await sent(helmet(), headers);
    const mine = await sent(securityHeaders(fromHelmet()), headers);
    expect(Object.keys(theirs.headers).filter((name) => !(name in mine.headers))).toEqual(absent);
    expect(theirs.headers["Content-Security-Policy"]).toMatch(/;upgrade-insecure-requests$/);
    expect(mine.headers["Content-Security-Policy"]).toMatch(/; style-src 'self' https: 'unsafe-inline'$/);
  });
});

const csp = (directives: Record<string, unknown>, rest: object = {}) => ({ contentSecurityPolicy: { directives, ...rest } });

/** What helmet accepts and Portcullis refuses: options, and the path and part of the message. The whole list. */
const REFUSED: readonly [reason: string, options: object, path: string, said: string][] = [
  ["an option that helmet does not have", { xFrameOption: true }, "xFrameOption", 'Did you mean "xFrameOptions"?'],
  ["an option that helmet had once", { expectCt: {} }, "expectCt", "browsers have removed Expect-CT"],
  ["a field that helmet does not have", { frameguard: { acton: "deny" } }, "frameguard.acton", 'Did you mean "action"?'],
  ["null, which helmet takes for on", { xContentTypeOptions: null }, "xContentTypeOptions", "null is not a valid value"],
  ["an object for a switch", { noSniff: {} }, "noSniff", "Write noSniff: true or false."],
  [
    "a word for an object, which helmet passes over",
    { frameguard: "deny" },
    "frameguard",
    "Write frameguard: { action: … }, true or false.",
  ],
  ["a list for an object", { hsts: [] }, "hsts", "a list is not a valid value"],
  [
    "another type for a switch in an object",
    { dnsPrefetchControl: { allow: "yes" } },
    "dnsPrefetchControl.allow",
    '"yes" is not a valid value',
  ],
  ["another type for includeSubDomains", { hsts: { includeSubDomains: 1 } }, "hsts.includeSubDomains", "1 is not true or false"],
  ["another type for reportOnly", csp({}, { reportOnly: 1 }), "contentSecurityPolicy.reportOnly", "1 is not a valid value"],
  ["an empty word in Referrer-Policy", { referrerPolicy: { policy: "" } }, "referrerPolicy.policy", '"" is not one of its values'],
  ["a maxAge beyond whole numbers", { hsts: { maxAge: 1e21 } }, "hsts.maxAge", "1e+21"],
  ["preload that the lists refuse", { hsts: { preload: true, maxAge: 300 } }, "hsts.preload", "the preload lists refuse this policy"],
  [
    "a directive that does not exist",
    csp({ scirptSrc: ["'self'"] }),
    "contentSecurityPolicy.directives.scirptSrc",
    'Did you mean "scriptSrc"?',
  ],
  [
    "a directive that browsers have given up",
    csp({ "block-all-mixed-content": [] }),
    'contentSecurityPolicy.directives["block-all-mixed-content"]',
    "browsers have removed this directive",
  ],
  [
    "report-to, without an endpoint",
    csp({ reportTo: "csp" }),
    "contentSecurityPolicy.directives.reportTo",
    "helmet sends no Reporting-Endpoints",
  ],
  [
    "an address of reports that is none",
    csp({ reportUri: ["csp"] }),
    "contentSecurityPolicy.directives.reportUri[0]",
    "not a URL to report to",
  ],
  ["a source that is none", csp({ imgSrc: ["data:", "https:/a.com"] }), "contentSecurityPolicy.directives.imgSrc[1]", "is not a source"],
  [
    "a source without ASCII",
    csp({ imgSrc: "'self' bücher.example" }),
    "contentSecurityPolicy.directives.imgSrc[1]",
    "xn--bcher-kva.example",
  ],
  ["a keyword that does not exist", csp({ imgSrc: ["'slef'"] }), "contentSecurityPolicy.directives.imgSrc[0]", 'Did you mean "self"?'],
  [
    "a keyword without quotes that helmet overlooks",
    csp({ scriptSrc: ["'self' unsafe-inline"] }),
    "contentSecurityPolicy.directives.scriptSrc[1]",
    "in single quotes",
  ],
  [
    "a keyword in the wrong directive",
    csp({ "img-src": ["'unsafe-eval'"] }),
    'contentSecurityPolicy.directives["img-src"][0]',
    "has no meaning in imgSrc",
  ],
  [
    "a hash in the wrong directive",
    csp({ imgSrc: ["'sha256-abc='"] }),
    "contentSecurityPolicy.directives.imgSrc[0]",
    "a hash has no meaning in imgSrc",
  ],
  [
    "'none' beside other sources",
    csp({ imgSrc: ["'none'", "data:"] }),
    "contentSecurityPolicy.directives.imgSrc[0]",
    "has no effect beside other sources",
  ],
  ["a nonce written as text", csp({ scriptSrc: ["'nonce-abc'"] }), "contentSecurityPolicy.directives.scriptSrc[0]", "import { nonce }"],
  [
    "strict-dynamic alone",
    csp({ scriptSrc: ["'strict-dynamic'"] }),
    "contentSecurityPolicy.directives.scriptSrc[0]",
    "needs a nonce or a hash",
  ],
  [
    "report-sha256 without an endpoint",
    csp({ scriptSrc: ["'self'", "'report-sha256'"] }),
    "contentSecurityPolicy.directives.scriptSrc[1]",
    "nowhere to report to",
  ],
  ["an empty list", csp({ scriptSrc: [] }), "contentSecurityPolicy.directives.scriptSrc", "Write [\"'none'\"], or null to leave it out."],
  ["an empty text", csp({ reportUri: " " }), "contentSecurityPolicy.directives.reportUri", "Write an address, or null to leave it out."],
  ["a member that is no text", csp({ scriptSrc: ["'self'", 5] }), "contentSecurityPolicy.directives.scriptSrc[1]", "5 is not a source"],
  [
    "a sandbox token that does not exist",
    csp({ sandbox: ["allow-form"] }),
    "contentSecurityPolicy.directives.sandbox[0]",
    'Did you mean "allow-forms"?',
  ],
  [
    "trusted-types without quotes",
    csp({ trustedTypes: ["allow-duplicates"] }),
    "contentSecurityPolicy.directives.trustedTypes[0]",
    "is not quoted",
  ],
  [
    "a value of upgrade-insecure-requests",
    csp({ upgradeInsecureRequests: ["1"] }),
    "contentSecurityPolicy.directives.upgradeInsecureRequests",
    "takes no value",
  ],
  [
    "a function outside source lists",
    csp({ reportUri: [() => "/r"] }),
    "contentSecurityPolicy.directives.reportUri[0]",
    "is not allowed in report-uri",
  ],
  [
    "limits without script-src and default-src",
    csp({ defaultSrc: dangerouslyDisableDefaultSrc, imgSrc: ["'self'"] }, { useDefaults: false }),
    "contentSecurityPolicy.directives.scriptSrc",
    "scripts may come from anywhere",
  ],
];

describe("What helmet accepts and Portcullis refuses", () => {
  it.each(REFUSED)("%s", (_, options, path, said) => {
    expect(() => helmet(options as TheirOptions)).not.toThrow();
    const { issues } = refusal(options);
    expect(issues).toHaveLength(1);
    expect(issues[0]?.path).toBe(path);
    expect(`${issues[0]?.message}. ${issues[0]?.hint}`).toContain(said);
  });
});

describe("What helmet refuses is refused here too", () => {
  it.each<[string, object, string, string]>([
    [
      "two names of one option",
      { xFrameOptions: true, frameguard: undefined },
      "frameguard",
      "is the older name of xFrameOptions, and both are set",
    ],
    ["a misspelt maxAge", { hsts: { maxage: 5 } }, "hsts.maxage", 'Did you mean "maxAge"?'],
    ["a misspelt includeSubDomains", { hsts: { includeSubdomains: true } }, "hsts.includeSubdomains", 'Did you mean "includeSubDomains"?'],
    ["a negative maxAge", { strictTransportSecurity: { maxAge: -1 } }, "strictTransportSecurity.maxAge", "-1 is negative"],
    ["ALLOW-FROM", { frameguard: { action: "ALLOW-FROM" } }, "frameguard.action", "Browsers ignore it"],
    ["an action that is no text", { frameguard: { action: ["deny"] } }, "frameguard.action", "a list"],
    [
      "an unknown word",
      { crossOriginOpenerPolicy: { policy: "same-orign" } },
      "crossOriginOpenerPolicy.policy",
      'Did you mean "same-origin"?',
    ],
    [
      "an unknown word under an alias",
      { permittedCrossDomainPolicies: { permittedPolicies: "x" } },
      "permittedCrossDomainPolicies.permittedPolicies",
      '"x"',
    ],
    ["no referrer policy", { referrerPolicy: { policy: [] } }, "referrerPolicy.policy", "an empty list says nothing"],
    ["a referrer policy twice", { referrerPolicy: { policy: ["origin", "origin"] } }, "referrerPolicy.policy[1]", "is listed twice"],
    [
      "an unknown referrer policy",
      { referrerPolicy: { policy: ["origin", "x"] } },
      "referrerPolicy.policy[1]",
      '"x" is not one of its values',
    ],
    ["null where helmet breaks", { crossOriginOpenerPolicy: null }, "crossOriginOpenerPolicy", "null is not a valid value"],
    [
      "a directive in two spellings",
      csp({ imgSrc: ["*"], "img-src": ["*"] }),
      'contentSecurityPolicy.directives["img-src"]',
      "is written twice",
    ],
    ["an undefined directive", csp({ imgSrc: undefined }), "contentSecurityPolicy.directives.imgSrc", "undefined is not a list"],
    [
      "true for a directive",
      csp({ upgradeInsecureRequests: true }),
      "contentSecurityPolicy.directives.upgradeInsecureRequests",
      "true is not a list",
    ],
    [
      "default-src taken away by null",
      csp({ defaultSrc: null }),
      "contentSecurityPolicy.directives.defaultSrc",
      "dangerouslyDisableDefaultSrc",
    ],
    [
      "another directive disabled",
      csp({ imgSrc: dangerouslyDisableDefaultSrc }),
      "contentSecurityPolicy.directives.imgSrc",
      "a symbol is not a list",
    ],
    ["no default-src", csp({ imgSrc: ["*"] }, { useDefaults: false }), "contentSecurityPolicy.directives.defaultSrc", "is missing"],
    [
      "no directive at all",
      csp({ defaultSrc: dangerouslyDisableDefaultSrc }, { useDefaults: false }),
      "contentSecurityPolicy.directives",
      "there are no directives",
    ],
    [
      "an unquoted keyword",
      csp({ scriptSrc: ["self"] }),
      "contentSecurityPolicy.directives.scriptSrc[0]",
      "Write 'self', in single quotes.",
    ],
    [
      "an unquoted hash",
      csp({ scriptSrc: ["sha256-abc="] }),
      "contentSecurityPolicy.directives.scriptSrc[0]",
      "a hash without its single quotes",
    ],
    ["a ';' in a source", csp({ scriptSrc: ["a.example;"] }), "contentSecurityPolicy.directives.scriptSrc[0]", "ends a directive"],
    ["a ';' in an address", csp({ reportUri: ["/r;"] }), "contentSecurityPolicy.directives.reportUri[0]", "without ';' and ','"],
  ])("%s", (_, options, path, said) => {
    expect(() => helmet(options as TheirOptions)).toThrow();
    const { issues } = refusal(options);
    expect(issues).toHaveLength(1);
    expect(issues[0]?.path).toBe(path);
    expect(`${issues[0]?.message}. ${issues[0]?.hint}`).toContain(said);
  });

  it.each([
    [{ frameAncestors: ["'none'", "'self'"] }, `"'none'" has no effect beside other sources. Write ["'none'"] alone, or take it out.`],
    [{ imgSrc: ["'unsafe-eval'"] }, `"'unsafe-eval'" has no meaning in imgSrc. It belongs in defaultSrc, scriptSrc.`],
  ])("%j is answered in helmet's spelling", (directives, said) => {
    const { issues } = refusal(csp(directives));
    expect(issues.map(({ message, hint }) => `${message}. ${hint}`)).toEqual([said]);
  });

  it("options that are no object", () => {
    expect(refusal([]).message).toBe("fromHelmet: a list is not a valid value. Write fromHelmet({ … }).");
  });

  it("all at once", () => {
    const options = { hsts: { maxAge: -1 }, noSniff: 1, xFrameOption: true, ...csp({ imgSrc: ["self"], x: [] }) };
    expect(refusal(options).issues.map(({ path }) => path)).toEqual([
      "xFrameOption",
      "contentSecurityPolicy.directives.imgSrc[0]",
      "contentSecurityPolicy.directives.x",
      "noSniff",
      "hsts.maxAge",
    ]);
  });
});

/** Members of a list as people write them, for each kind of directive. */
const HOSTS = ["'self'", "https:", "data:", "https://a.example", "*.b.example:443", "intranet", "c.example/path", "wss://d.example", "*"];
const INLINE = ["'unsafe-inline'", "'unsafe-hashes'", "'report-sample'", "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"];
const tenant = (req: express.Request) => `https://${req.get("x-tenant")}.example`;
const helmetNonce = (_req: unknown, res: express.Response) => `'nonce-${res.locals["nonce"]}'`;

const KINDS: Readonly<Record<string, readonly unknown[]>> = {
  hosts: [...HOSTS, tenant],
  style: [...HOSTS, ...INLINE, tenant, helmetNonce],
  script: [...HOSTS, ...INLINE, "'unsafe-eval'", "'wasm-unsafe-eval'", tenant, helmetNonce],
  sandbox: ["allow-forms", "allow-scripts", "allow-popups"],
  trustedTypes: ["one", "two", "'allow-duplicates'"],
  trustedTypesFor: ["'script'"],
  urls: ["/csp", "https://reports.example/csp?x=1"],
};

const LISTS: Readonly<Record<string, keyof typeof KINDS>> = {
  defaultSrc: "script",
  scriptSrc: "script",
  styleSrc: "style",
  styleSrcElem: "style",
  imgSrc: "hosts",
  fontSrc: "hosts",
  connectSrc: "hosts",
  mediaSrc: "hosts",
  objectSrc: "hosts",
  childSrc: "hosts",
  frameSrc: "hosts",
  workerSrc: "hosts",
  manifestSrc: "hosts",
  baseUri: "hosts",
  formAction: "hosts",
  frameAncestors: "hosts",
  sandbox: "sandbox",
  trustedTypes: "trustedTypes",
  requireTrustedTypesFor: "trustedTypesFor",
  reportUri: "urls",
};

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** As a list, as a set, or where there is only text as one text. */
const written = (members: readonly unknown[]) =>
  fc.constantFrom<unknown>(members, new Set(members), members.every((one) => typeof one === "string") ? members.join(" ") : members);

const directive = (kind: string) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.uniqueArray(fc.constantFrom(...(KINDS[kind] as string[])), { minLength: 1, maxLength: 4 }).chain(written) },
    {
      weight: kind === "hosts" || kind === "script" || kind === "style" ? 2 : 0,
      arbitrary: fc.constantFrom<unknown>(["'none'"], "'none'"),
    },
  );

/** Slips, and what only helmet takes. */
const WILD: readonly (readonly [string, unknown])[] = [
  ["scirptSrc", ["'self'"]],
  ["pluginTypes", ["application/pdf"]],
  ["reportTo", "csp"],
  ["scriptSrc", ["self"]],
  ["scriptSrc", ["'nonce-abc'"]],
  ["scriptSrc", ["'strict-dynamic'"]],
  ["imgSrc", []],
  ["imgSrc", undefined],
  ["imgSrc", ["'none'", "data:"]],
  ["imgSrc", ["https://a.example;"]],
  ["defaultSrc", null],
  ["defaultSrc", dangerouslyDisableDefaultSrc],
  ["Img-Src", ["*"]],
];

const directives = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...Object.keys(LISTS)), { maxLength: 6 }),
    fc.boolean(),
    fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constantFrom(...WILD) }),
    fc.constantFrom<unknown>(undefined, undefined, null, [], ""),
  )
  .chain(([names, camel, wild, upgrade]) =>
    fc
      .tuple(
        ...names.map((name) =>
          fc.oneof(
            { weight: 8, arbitrary: directive(LISTS[name] as string) },
            { weight: name === "defaultSrc" ? 0 : 1, arbitrary: fc.constant(null) },
          ),
        ),
      )
      .map((values) =>
        Object.fromEntries([
          ...names.map((name, index) => [camel ? name : kebab(name), values[index]]),
          ...(upgrade === undefined ? [] : [["upgradeInsecureRequests", upgrade]]),
          ...(wild === null ? [] : [wild]),
        ]),
      ),
  );

const contentSecurityPolicy = fc
  .record(
    { directives, useDefaults: fc.constantFrom(true, true, false), reportOnly: fc.constantFrom(false, false, true) },
    { requiredKeys: ["directives"] },
  )
  .map((options) =>
    options.useDefaults === false ? { ...options, directives: { defaultSrc: ["'self'"], ...options.directives } } : options,
  );

const object = (name: string, values: readonly unknown[]) => fc.constantFrom<unknown>({}, ...values.map((value) => ({ [name]: value })));
const switches = fc.constantFrom<unknown>(true, false, undefined);
const orSwitch = (objects: fc.Arbitrary<unknown>) => fc.oneof({ weight: 1, arbitrary: switches }, { weight: 3, arbitrary: objects });

/** Each option under one of its names, with what it may hold; the last ones are wrong. */
const OPTION: readonly (readonly [names: readonly string[], values: fc.Arbitrary<unknown>])[] = [
  [["contentSecurityPolicy"], orSwitch(contentSecurityPolicy)],
  [["crossOriginEmbedderPolicy"], orSwitch(object("policy", ["require-corp", "credentialless", "unsafe-none"]))],
  [
    ["crossOriginOpenerPolicy"],
    orSwitch(object("policy", ["same-origin", "same-origin-allow-popups", "noopener-allow-popups", "unsafe-none"])),
  ],
  [["crossOriginResourcePolicy"], orSwitch(object("policy", ["same-origin", "same-site", "cross-origin"]))],
  [["originAgentCluster"], switches],
  [
    ["referrerPolicy"],
    orSwitch(object("policy", ["origin", ["no-referrer", "strict-origin-when-cross-origin"], ["same-origin"], "unsafe-url"])),
  ],
  [
    ["strictTransportSecurity", "hsts"],
    orSwitch(
      fc.record(
        {
          maxAge: fc.constantFrom<unknown>(0, 300, 86400.5, 31_536_000, 63_072_000, undefined, 600, 1.2, -1),
          includeSubDomains: fc.boolean(),
          preload: fc.constantFrom(false, false, false, true),
        },
        { requiredKeys: [] },
      ),
    ),
  ],
  [["xContentTypeOptions", "noSniff"], switches],
  [["xDnsPrefetchControl", "dnsPrefetchControl"], orSwitch(object("allow", [true, false]))],
  [["xDownloadOptions", "ieNoOpen"], switches],
  [["xFrameOptions", "frameguard"], orSwitch(object("action", ["deny", "sameorigin", "DENY", "SameOrigin", "same-origin"]))],
  [
    ["xPermittedCrossDomainPolicies", "permittedCrossDomainPolicies"],
    orSwitch(object("permittedPolicies", ["none", "master-only", "by-content-type", "all"])),
  ],
  [["xPoweredBy", "hidePoweredBy"], switches],
  [["xXssProtection", "xssFilter"], switches],
];

const helmetOptions = fc
  .tuple(...OPTION.map(([names, values]) => fc.option(fc.tuple(fc.constantFrom(...names), values), { nil: undefined })))
  .map((entries) => Object.fromEntries(entries.filter((entry) => entry !== undefined)));

/** What may be refused though helmet accepts it, in the words of the list above. */
const SAID = REFUSED.map(([, , , said]) => said);

/** How helmet writes what we write otherwise, with the same meaning. */
function inOurWriting(headers: Readonly<Record<string, string>>): Record<string, string> {
  const lines = Object.entries(headers).map(([name, value]): [string, string] => {
    // Known: helmet puts no blank behind ';' and ',', and leaves one behind an empty text.
    const spaced = value.replace(/ +(?=;|$)/g, "").replace(/([;,])(?=\S)/g, "$1 ");
    // Known: browsers ignore these two in a Report-Only policy, and we leave them out.
    const observed = name.endsWith("Report-Only")
      ? spaced
          .split("; ")
          .filter((text) => !/^(?:upgrade-insecure-requests|sandbox)(?: |$)/.test(text))
          .join("; ")
      : spaced;
    return [name.toLowerCase(), observed];
  });
  return Object.fromEntries(lines);
}

const attempt = <T>(make: () => T): T | Error => {
  try {
    return make();
  } catch (error) {
    return error as Error;
  }
};

it("Over 400 sets of options both send the same, and what one refuses alone is on the list", { timeout: 240_000 }, async () => {
  const [theirs, mine] = [await site(), await site()];
  const seen = { same: 0, refusedByBoth: 0, refusedHere: 0 };
  await fc.assert(
    fc.asyncProperty(helmetOptions, async (options) => {
      const helmets = attempt(() => helmet(options as TheirOptions));
      const policy = attempt(() => fromHelmet(options as HelmetOptions));
      if (helmets instanceof Error) {
        seen.refusedByBoth += 1;
        expect((policy as PolicyError).name).toBe("PolicyError");
      } else if (policy instanceof Error) {
        seen.refusedHere += 1;
        const unlisted = (policy as PolicyError).issues.filter(
          ({ message, hint }) => !SAID.some((said) => `${message}. ${hint}`.includes(said)),
        );
        expect(unlisted).toEqual([]);
      } else {
        seen.same += 1;
        theirs.use(helmets);
        mine.use(securityHeaders(policy));
        const [one, other] = await Promise.all([theirs, mine].map(({ port }) => ask(port, "/", { headers: HTTPS })));
        const lowered = Object.fromEntries(Object.entries(ours(other as never)).map(([name, value]) => [name.toLowerCase(), value]));
        expect([other?.status, lowered]).toEqual([one?.status, inOurWriting(ours(one as never))]);
      }
    }),
    { numRuns: 400, seed: 20_261_121 },
  );

  expect(seen.same).toBeGreaterThan(250);
  expect(seen.refusedByBoth).toBeGreaterThan(15);
  expect(seen.refusedHere).toBeGreaterThan(15);
});
