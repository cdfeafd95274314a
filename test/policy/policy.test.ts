import { describe, expect, it } from "vitest";
import {
  append,
  definePolicy,
  type Layer,
  nonce,
  observe,
  override,
  type Patch,
  PolicyError,
  perRequest,
  renderHeaders,
  reportOnly,
  securityHeaders,
} from "../../src/index.js";
import { issuesOf } from "../messages.js";

const define = (...layers: Layer[]) => definePolicy(...(layers as never[]));
const wire = (...layers: Layer[]) => renderHeaders(define(...layers), { nonce: "TTT" });
const said = (...layers: unknown[]) => issuesOf(() => define(...(layers as Layer[])));

const STRICT_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";
const FEATURES_OFF =
  "accelerometer=(), camera=(), captured-surface-control=(), compute-pressure=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), keyboard-map=(), local-fonts=(), local-network-access=(), magnetometer=(), microphone=(), midi=(), otp-credentials=(), payment=(), screen-wake-lock=(), serial=(), storage-access=(), usb=(), window-management=(), xr-spatial-tracking=()";

describe("the presets", () => {
  it("recommended", () => {
    expect(wire("recommended")).toEqual({
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
    expect(define("recommended").resolved["stripHeaders"]).toEqual(["X-Powered-By"]);
  });

  it("strict", () => {
    expect(wire("strict")).toEqual({
      "Content-Security-Policy": STRICT_CSP,
      "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
      "X-Frame-Options": "DENY",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      "Permissions-Policy": FEATURES_OFF,
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Resource-Policy": "same-origin",
      "Origin-Agent-Cluster": "?1",
      "X-DNS-Prefetch-Control": "off",
      "X-Permitted-Cross-Domain-Policies": "none",
      "X-XSS-Protection": "0",
    });
    expect(define("strict").resolved["stripHeaders"]).toEqual(["X-Powered-By"]);
  });

  it("strictDynamic is strict with scripts by nonce, Trusted Types and COEP", () => {
    const { "Content-Security-Policy": csp, "Cross-Origin-Embedder-Policy": coep, ...rest } = wire("strictDynamic");
    const { "Content-Security-Policy": _, ...strict } = wire("strict");
    expect(csp).toBe(
      "default-src 'none'; script-src 'nonce-TTT' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'; upgrade-insecure-requests",
    );
    expect(coep).toBe("require-corp");
    expect(rest).toEqual(strict);
  });

  it("api", () => {
    expect(wire("api")).toEqual({
      "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
      "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
      "X-Frame-Options": "DENY",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      "Permissions-Policy": FEATURES_OFF,
      "Cross-Origin-Resource-Policy": "same-origin",
      "Cache-Control": "no-store",
    });
    expect(define("api").resolved["stripHeaders"]).toEqual(["X-Powered-By"]);
  });

  it("streamlit is system A and what Streamlit's own parts ask for, and strips nothing", () => {
    expect(wire("streamlit")).toEqual({
      "Content-Security-Policy":
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: https: blob:; connect-src 'self' ws: wss: https://basemaps.cartocdn.com https://*.basemaps.cartocdn.com https://data.streamlit.io https://api.mapbox.com https://events.mapbox.com; font-src 'self' data:; frame-ancestors 'self'",
      "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
      "X-Frame-Options": "SAMEORIGIN",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "strict-origin-when-cross-origin",
      "Permissions-Policy": "geolocation=(), microphone=(), camera=()",
      "X-XSS-Protection": "1; mode=block",
    });
  });

  it("none", () => {
    expect(define("none").resolved).toEqual({});
  });
});

describe("reporting", () => {
  const csp = { contentSecurityPolicy: { defaultSrc: ["self"] }, contentSecurityPolicyReportOnly: { defaultSrc: ["none"] } } as const;

  it("a string goes into every header that reports", () => {
    expect(
      wire("none", csp, {
        crossOriginOpenerPolicy: true,
        crossOriginEmbedderPolicyReportOnly: true,
        permissionsPolicy: { camera: [], usb: "*" },
        integrityPolicy: true,
        xFrameOptions: "DENY",
        reporting: "/csp-report",
      }),
    ).toEqual({
      "Content-Security-Policy": "default-src 'self'; report-uri /csp-report; report-to default",
      "Content-Security-Policy-Report-Only": "default-src 'none'; report-uri /csp-report; report-to default",
      "X-Frame-Options": "DENY",
      "Permissions-Policy": 'camera=();report-to="default", usb=*;report-to="default"',
      "Cross-Origin-Opener-Policy": 'same-origin;report-to="default"',
      "Cross-Origin-Embedder-Policy-Report-Only": 'require-corp;report-to="default"',
      "Integrity-Policy": "blocked-destinations=(script), endpoints=(default)",
      "Reporting-Endpoints": 'default="/csp-report"',
    });
  });

  it("csp has a place of its own, default has the rest", () => {
    expect(wire("none", csp, { crossOriginOpenerPolicy: true, reporting: { csp: "/r", default: "/s" } })).toEqual({
      "Content-Security-Policy": "default-src 'self'; report-uri /r; report-to csp",
      "Content-Security-Policy-Report-Only": "default-src 'none'; report-uri /r; report-to csp",
      "Cross-Origin-Opener-Policy": 'same-origin;report-to="default"',
      "Reporting-Endpoints": 'csp="/r", default="/s"',
    });
    expect(wire("none", csp, { crossOriginOpenerPolicy: true, reporting: { csp: "/r" } })["Cross-Origin-Opener-Policy"]).toBe(
      "same-origin",
    );
  });

  it("what reports elsewhere already goes on doing so, and own endpoints stay", () => {
    expect(
      wire("none", {
        contentSecurityPolicy: { defaultSrc: ["self"], reportUri: ["/own"], reportTo: "own" },
        crossOriginOpenerPolicy: { policy: "same-origin", reportTo: "own" },
        permissionsPolicy: { camera: { allow: [], reportTo: "own" } },
        integrityPolicy: { blockedDestinations: ["script"], endpoints: ["own"] },
        reportingEndpoints: { own: "/own", default: "/r" },
        reporting: "/r",
      }),
    ).toEqual({
      "Content-Security-Policy": "default-src 'self'; report-uri /own; report-to own",
      "Permissions-Policy": 'camera=();report-to="own"',
      "Cross-Origin-Opener-Policy": 'same-origin;report-to="own"',
      "Integrity-Policy": "blocked-destinations=(script), endpoints=(own)",
      "Reporting-Endpoints": 'default="/r", own="/own"',
    });
  });

  it("an override that turns a header on has it report, and one that takes reporting away silences all", () => {
    const site = define("none", csp, { reporting: "/r" });
    expect(wire(site, { crossOriginOpenerPolicy: true })["Cross-Origin-Opener-Policy"]).toBe('same-origin;report-to="default"');
    expect(wire(site, { reporting: false })).toEqual({
      "Content-Security-Policy": "default-src 'self'",
      "Content-Security-Policy-Report-Only": "default-src 'none'",
    });
  });
});

describe("reportOnly and observe", () => {
  const site = define("none", {
    contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: ["self", nonce], sandbox: [], upgradeInsecureRequests: true },
    crossOriginOpenerPolicy: true,
    permissionsPolicy: { camera: [] },
    xFrameOptions: "DENY",
    stripHeaders: ["Server"],
    reporting: "/r",
  });

  it("reportOnly moves every header that has a twin, without what browsers ignore there", () => {
    const observed = reportOnly(site);
    expect(renderHeaders(observed, { nonce: "TTT" })).toEqual({
      "Content-Security-Policy-Report-Only": "default-src 'self'; script-src 'self' 'nonce-TTT'; report-uri /r; report-to default",
      "X-Frame-Options": "DENY",
      "Permissions-Policy-Report-Only": 'camera=();report-to="default"',
      "Cross-Origin-Opener-Policy-Report-Only": 'same-origin;report-to="default"',
      "Reporting-Endpoints": 'default="/r"',
    });
    expect(observed.resolved["stripHeaders"]).toEqual(["Server"]);
  });

  it("reportOnly refuses a policy that has the twin already", () => {
    const both = define("none", {
      contentSecurityPolicy: { defaultSrc: ["self"] },
      contentSecurityPolicyReportOnly: { defaultSrc: ["none"] },
    });
    expect(issuesOf(() => reportOnly(both))).toEqual([
      "contentSecurityPolicyReportOnly: is in the policy already, and contentSecurityPolicy would replace it. Write contentSecurityPolicyReportOnly: false, or contentSecurityPolicy: false.",
    ]);
    expect(issuesOf(() => observe(both))).toEqual([
      "contentSecurityPolicyReportOnly: is in the policy already, and contentSecurityPolicy would replace it. Write contentSecurityPolicyReportOnly: false, or contentSecurityPolicy: false.",
    ]);
  });

  it("reportOnly of a policy with nothing but what is ignored there leaves nothing", () => {
    expect(renderHeaders(reportOnly(define("none", { contentSecurityPolicy: { upgradeInsecureRequests: true } })))).toEqual({});
  });

  it("observe lies beside what is enforced, and its reporting comes along", () => {
    expect(wire("none", { contentSecurityPolicy: { defaultSrc: ["https:"] } }, observe(site))).toEqual({
      "Content-Security-Policy": "default-src https:; report-uri /r; report-to default",
      "Content-Security-Policy-Report-Only": "default-src 'self'; script-src 'self' 'nonce-TTT'; report-uri /r; report-to default",
      "Permissions-Policy-Report-Only": 'camera=();report-to="default"',
      "Cross-Origin-Opener-Policy-Report-Only": 'same-origin;report-to="default"',
      "Reporting-Endpoints": 'default="/r"',
    });
  });

  it("observe replaces what was observed before, directive and all", () => {
    const before = observe("none", { contentSecurityPolicy: { defaultSrc: ["https:"], imgSrc: ["data:"] } });
    const after = observe("none", { contentSecurityPolicy: { defaultSrc: ["self"] } });
    expect(wire("none", before, after)).toEqual({ "Content-Security-Policy-Report-Only": "default-src 'self'" });
    expect(wire("none", before, after, { contentSecurityPolicyReportOnly: { imgSrc: append("data:") } })).toEqual({
      "Content-Security-Policy-Report-Only": "default-src 'self'; img-src 'self' data:",
    });
  });
});

const PROMISE = Promise.resolve(["self"]) as never;

it("a promise of a layer is refused with await", () => {
  expect(issuesOf(() => define("none", Promise.resolve({}) as never))).toEqual([
    "layers[1]: a promise is not a layer. Write await before it.",
  ]);
});

it.each([
  ["a header", { contentSecurityPolicy: PROMISE }, "contentSecurityPolicy"],
  ["a list of sources", { contentSecurityPolicy: { scriptSrc: PROMISE } }, "contentSecurityPolicy.scriptSrc"],
  ["one source", { contentSecurityPolicy: { scriptSrc: ["self", PROMISE] } }, "contentSecurityPolicy.scriptSrc[1]"],
])("a promise of %s is refused with await", (_, layer, path) => {
  expect(said("recommended", layer)).toEqual([`${path}: a promise is not a value. Write await before it.`]);
});

it("a promise that is appended is refused with await", () => {
  expect(issuesOf(() => append("self", PROMISE))).toEqual(["append[1]: a promise is not a source. Write await before it."]);
});

describe("renderHeaders", () => {
  it("leaves out what a transport does not get", () => {
    const policy = define("none", {
      contentSecurityPolicy: { defaultSrc: ["self"], upgradeInsecureRequests: true },
      strictTransportSecurity: { maxAge: 5 },
    });
    const hsts = { "Strict-Transport-Security": "max-age=5" };
    expect(renderHeaders(policy)).toEqual({ "Content-Security-Policy": "default-src 'self'; upgrade-insecure-requests", ...hsts });
    expect(renderHeaders(policy, { transport: "loopback" })).toEqual({ "Content-Security-Policy": "default-src 'self'", ...hsts });
    expect(renderHeaders(policy, { transport: "plain" })).toEqual({ "Content-Security-Policy": "default-src 'self'" });
    expect(renderHeaders(define("none", { contentSecurityPolicy: { upgradeInsecureRequests: true } }), { transport: "plain" })).toEqual({});
  });

  it("says which slot has no value", () => {
    const slot = perRequest(() => []);
    expect(issuesOf(() => renderHeaders(define("strictDynamic")))).toEqual([
      'nonce: the policy has a nonce slot, and there is no nonce. Write renderHeaders(policy, { nonce: "…" }).',
    ]);
    expect(issuesOf(() => renderHeaders(define("strictDynamic"), { nonce: "'nonce-x'" }))).toEqual([
      "nonce: \"'nonce-x'\" is not a nonce. Write base64, without 'nonce-.",
    ]);
    expect(issuesOf(() => renderHeaders(define("none", { contentSecurityPolicy: { defaultSrc: [slot] } })))).toEqual([
      "slots: the policy has a perRequest slot, and there is no value for it. Write renderHeaders(policy, { slots: new Map([[slot, value]]) }).",
    ]);
    expect(
      issuesOf(() => renderHeaders(define("none", { contentSecurityPolicy: { defaultSrc: [slot] } }), { slots: new Map([[slot, "a b"]]) })),
    ).toEqual(['contentSecurityPolicy.defaultSrc: from perRequest: "a b" contains a space. Write one source per string: "a", "b".']);
    expect(issuesOf(() => renderHeaders("strict" as never))).toEqual([
      'renderHeaders: "strict" is not a policy. Wrap it: renderHeaders(definePolicy(…)).',
    ]);
    expect(issuesOf(() => renderHeaders(define("none"), { nonse: "TTT" } as never))).toEqual([
      'renderHeaders.nonse: unknown option. Did you mean "nonce"?',
    ]);
    expect(issuesOf(() => renderHeaders(define("none"), { transport: "ftp" as never }))).toEqual([
      'renderHeaders.transport: "ftp" is not one of its values. Write "secure", "plain" or "loopback".',
    ]);
    expect(issuesOf(() => renderHeaders(define("none"), { slots: {} as never }))).toEqual([
      "renderHeaders.slots: an object is not a Map. Write new Map([[slot, value]]).",
    ]);
    expect(issuesOf(() => renderHeaders(define("none"), null as never))).toEqual([
      "renderHeaders: null is not an object of options. Write renderHeaders({ … }).",
    ]);
    expect(issuesOf(() => perRequest("x" as never))).toEqual([
      'perRequest: "x" is not a function. Write perRequest((req) => "https://tenant.example").',
    ]);
  });
});

describe("input that is not what it seems", () => {
  const boom = () => {
    throw new Error("boom");
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const loop: Record<string, unknown> = {};
  loop["contentSecurityPolicy"] = loop;
  const wide: unknown[] = [];
  wide.push(wide, wide, wide);

  it.each<[string, unknown, string]>([
    [
      "a getter that throws",
      {
        get xFrameOptions() {
          return boom();
        },
      },
      'xFrameOptions: reading it threw "boom". Use plain objects, lists and strings.',
    ],
    [
      "a getter further in",
      {
        contentSecurityPolicy: {
          get imgSrc() {
            return boom();
          },
        },
      },
      'contentSecurityPolicy.imgSrc: reading it threw "boom". Use plain objects, lists and strings.',
    ],
    [
      "a proxy that throws",
      new Proxy({ xFrameOptions: "DENY" }, { get: boom }),
      'xFrameOptions: reading it threw "boom". Use plain objects',
    ],
    ["a proxy without keys", new Proxy({}, { ownKeys: boom }), 'reading it threw "boom"'],
    [
      "a proxy further in",
      { contentSecurityPolicy: new Proxy({}, { ownKeys: boom }) },
      'contentSecurityPolicy: reading it threw "boom". Use plain objects, lists and strings.',
    ],
    ["a revoked proxy", revoked.proxy, "layers[0]: reading it threw"],
    [
      "a list of a proxy",
      { contentSecurityPolicy: { imgSrc: new Proxy([], { get: boom }) } },
      'contentSecurityPolicy.imgSrc: reading it threw "boom"',
    ],
    ["a loop", loop, "it is nested too deeply, or far too large"],
    ["a wide loop", { contentSecurityPolicy: { imgSrc: wide } }, "it is nested too deeply, or far too large"],
    [
      "a list of four thousand million",
      { contentSecurityPolicy: { imgSrc: Object.assign([], { length: 4_000_000_000 }) } },
      "contentSecurityPolicy.imgSrc: the list is far too long. Use plain objects, lists and strings.",
    ],
    [
      "an instance",
      { contentSecurityPolicy: new Map() },
      "contentSecurityPolicy: an instance of Map is not plain data. Write Object.fromEntries(map).",
    ],
    [
      "what throws a string",
      {
        get xFrameOptions() {
          throw "text";
        },
      },
      'xFrameOptions: reading it threw "text". Use plain objects, lists and strings.',
    ],
  ])("%s", (_name, layer, message) => {
    expect(said(layer).join("\n")).toContain(message);
  });

  it("prototype names are names like any other", () => {
    expect(said("none", JSON.parse('{"__proto__": {"xFrameOptions": "DENY"}}'))[0]).toMatch(/^__proto__: unknown header/);
    expect(said("none", { contentSecurityPolicy: JSON.parse('{"constructor": ["self"]}') })[0]).toMatch(
      /^contentSecurityPolicy\.constructor: unknown directive/,
    );
    expect(wire("none", { custom: JSON.parse('{"__proto__": "x"}') })).toEqual(JSON.parse('{"__proto__": "x"}'));
  });

  it("no input is kept: what changes later changes nothing", () => {
    const sources = ["self"];
    const patch = { contentSecurityPolicy: { defaultSrc: sources }, custom: { "X-A": "b" } };
    const edit = append(...(sources as ["self"]));
    const policy = define("none", patch as Patch, { contentSecurityPolicy: { defaultSrc: edit } });
    sources.push("https://evil.example");
    patch.custom["X-A"] = "c";
    expect(renderHeaders(define(policy, { xFrameOptions: "DENY" }))).toEqual({
      "Content-Security-Policy": "default-src 'self'",
      "X-Frame-Options": "DENY",
      "X-A": "b",
    });
    expect(Object.isFrozen(sources)).toBe(false);
  });

  it("a forged policy and a forged preset are checked like any layer", () => {
    const forged = {
      [Symbol.for("portcullis.policy@1")]: true,
      layers: [{ [Symbol.for("portcullis.preset@1")]: "mine", complete: true, patch: { xFrameOptions: "BOGUS" } }],
    };
    expect(said(forged)).toEqual(['xFrameOptions: "BOGUS" is not one of its values. Write "SAMEORIGIN" or "DENY".']);
  });

  it("a preset of another copy of the package is complete where it says so", () => {
    const other = { [Symbol.for("portcullis.preset@1")]: "mine", complete: true, patch: { xFrameOptions: "DENY" } };
    const policy = define(other as never);
    expect(renderHeaders(policy)).toEqual({ "X-Frame-Options": "DENY" });
    expect(renderHeaders(define(policy, { xContentTypeOptions: true }))).toEqual({
      "X-Frame-Options": "DENY",
      "X-Content-Type-Options": "nosniff",
    });
  });
});

describe("PolicyError", () => {
  it("names the first issue, holds all, and reads as a list", () => {
    let error: unknown;
    try {
      securityHeaders({ xFrameOptions: "deny" as "DENY" }, { contentSecurityPolicy: { scriptSrc: ["'slef'" as "self"] } });
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(PolicyError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "PolicyError",
      code: "invalid-value",
      path: "xFrameOptions",
      hint: 'Did you mean "DENY"?',
    });
    expect(String(error)).toBe(
      "PolicyError: 2 mistakes:\n" +
        '  xFrameOptions: "deny" is not one of its values. Did you mean "DENY"?\n' +
        '  contentSecurityPolicy.scriptSrc[0]: "\'slef\'" is not a keyword. Did you mean "self"?',
    );
    expect(Object.isFrozen((error as PolicyError).issues)).toBe(true);
    expect(new Error("x")).not.toBeInstanceOf(PolicyError);
    expect(null).not.toBeInstanceOf(PolicyError);
  });

  it("codes tell the kinds of mistakes apart", () => {
    const code = (make: () => unknown) => {
      try {
        make();
      } catch (error) {
        return (error as PolicyError).code;
      }
      return undefined;
    };
    expect(code(() => define({ foo: 1 } as never))).toBe("unknown-name");
    expect(code(() => define("foo" as never))).toBe("unknown-name");
    expect(code(() => define(5 as never))).toBe("wrong-type");
    expect(code(() => define({ xXssProtection: 0 as never }))).toBe("wrong-type");
    expect(code(() => define({ xXssProtection: "2" as never }))).toBe("invalid-value");
    expect(code(() => define({ strictTransportSecurity: { maxAge: 5, preload: true } }))).toBe("conflict");
    expect(code(() => define("none", { contentSecurityPolicy: { imgSrc: ["self"] } }))).toBe("missing");
    expect(code(() => define("none", { contentSecurityPolicy: { baseUri: append("self") } }))).toBe("unresolved-edit");
    expect(code(() => renderHeaders(define("strictDynamic")))).toBe("slot-empty");
    expect(
      code(() =>
        override({
          get xFrameOptions(): never {
            throw new Error();
          },
        }),
      ),
    ).toBe("unreadable");
  });
});
