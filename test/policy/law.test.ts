import { describe, expect, it } from "vitest";
import { append, definePolicy, type Layer, nonce, perRequest, remove, renderHeaders, source } from "../../src/index.js";
import { development, strict } from "../../src/presets/index.js";
import { issuesOf } from "../messages.js";

const define = (...layers: Layer[]) => definePolicy(...(layers as never[]));
const wire = (...layers: Layer[]) => renderHeaders(define(...layers), { nonce: "TTT" });
const csp = (...layers: Layer[]) => wire(...layers)["Content-Security-Policy"];
const said = (...layers: Layer[]) => issuesOf(() => define(...layers));

describe("1. layers are complete or patches", () => {
  it("without a complete layer the policy starts from recommended", () => {
    expect(wire({ contentSecurityPolicy: false, permissionsPolicy: false })).toEqual({
      "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
      "X-Frame-Options": "SAMEORIGIN",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "strict-origin-when-cross-origin",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Resource-Policy": "same-origin",
      "Origin-Agent-Cluster": "?1",
      "X-DNS-Prefetch-Control": "off",
      "X-XSS-Protection": "0",
    });
  });

  it("a preset replaces all below it, by name or imported", () => {
    expect(wire({ xDownloadOptions: true }, "none", { xFrameOptions: "DENY" })).toEqual({ "X-Frame-Options": "DENY" });
    expect(wire(strict)).toEqual(wire("strict"));
  });

  it("a policy replaces all below it, and is its layers", () => {
    const site = define("none", { xFrameOptions: "DENY" });
    expect(wire("strict", site)).toEqual({ "X-Frame-Options": "DENY" });
    expect(site.layers).toHaveLength(2);
    expect(define(site, { xContentTypeOptions: true }).layers).toHaveLength(3);
  });

  it("development is a patch", () => {
    const { "Strict-Transport-Security": hsts, ...rest } = wire("strict");
    expect(hsts).toBe("max-age=63072000; includeSubDomains");
    expect(wire("strict", "development")).toEqual(rest);
    expect(wire("strict", development)).toEqual(rest);
    expect(csp("none", "development")).toBeUndefined();
    expect(csp("none", { contentSecurityPolicy: { defaultSrc: ["self"], upgradeInsecureRequests: true } }, "development")).toBe(
      "default-src 'self'",
    );
  });

  it('false, "" and undefined are no layer', () => {
    expect(wire("none", false, "", undefined, { xFrameOptions: "DENY" })).toEqual({ "X-Frame-Options": "DENY" });
  });

  it("what is no layer is refused", () => {
    expect(said("stict" as never)).toEqual(['stict: unknown preset. Did you mean "strict"?']);
    expect(said("constructor" as never)[0]).toMatch(/^constructor: unknown preset\. Write "recommended"/);
    expect(said(null as never)).toEqual([
      'layers[0]: null is not a layer. Write a preset\'s name, or an object such as { xFrameOptions: "DENY" }.',
    ]);
    expect(said("none", [{}] as never)).toEqual(["layers[1]: a list is not a layer. Spread it: securityHeaders(...layers)."]);
    expect(said(true as never)).toEqual([
      'layers[0]: true is not a layer. Write a preset\'s name, or an object such as { xFrameOptions: "DENY" }.',
    ]);
    expect(said(new Map() as never)).toEqual([
      'layers[0]: an instance of Map is not a layer. Write a preset\'s name, or an object such as { xFrameOptions: "DENY" }.',
    ]);
  });
});

describe("a preset or policy copied into another object", () => {
  const policy = definePolicy("strict");

  it.each<[name: string, layer: object, message: string]>([
    [
      "a spread preset with a key",
      { ...strict, xFrameOptions: "SAMEORIGIN" },
      "layers[0]: a preset was copied into another object, which is not a layer. Write securityHeaders(strict, { xFrameOptions: … }).",
    ],
    [
      "a spread preset",
      { ...strict },
      "layers[0]: a preset was copied into another object, which is not a layer. Write securityHeaders(strict).",
    ],
    [
      "Object.assign",
      Object.assign({}, strict, { referrerPolicy: "origin", xFrameOptions: "DENY" }),
      "layers[0]: a preset was copied into another object, which is not a layer. Write securityHeaders(strict, { referrerPolicy: …, xFrameOptions: … }).",
    ],
    [
      "structuredClone",
      structuredClone(strict),
      "layers[0]: a preset was copied into another object, which is not a layer. Write securityHeaders(preset).",
    ],
    [
      "a spread policy with an unknown key",
      { ...policy, bogus: 1 },
      "layers[0]: a policy was copied into another object, which is not a layer. Write securityHeaders(policy, { bogus: … }).",
    ],
    [
      "both",
      { ...strict, ...policy, xFrameOptions: false },
      "layers[0]: a preset and a policy was copied into another object, which is not a layer. Write securityHeaders(policy, { xFrameOptions: … }).",
    ],
  ])("%s is refused with what to write", (_name, layer, message) => {
    expect(said(layer as never)).toEqual([message]);
  });

  it("a spread patch of a preset is a patch", () => {
    expect(wire("none", { ...development.patch, xFrameOptions: "DENY" })).toEqual({ "X-Frame-Options": "DENY" });
  });
});

describe("2. a plain value replaces", () => {
  it("objects merge field by field, lists do not concatenate", () => {
    const site = {
      contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: ["https:"] },
      strictTransportSecurity: { maxAge: 300, includeSubDomains: true },
    } as const;
    expect(wire("none", site, { contentSecurityPolicy: { imgSrc: ["data:"] }, strictTransportSecurity: { maxAge: 600 } })).toEqual({
      "Content-Security-Policy": "default-src 'self'; img-src data:",
      "Strict-Transport-Security": "max-age=600; includeSubDomains",
    });
  });

  it("a CSP string replaces the whole CSP, and patches lie on top of it", () => {
    expect(csp("strict", { contentSecurityPolicy: "default-src 'self'" })).toBe("default-src 'self'");
    expect(csp("strict", { contentSecurityPolicy: "default-src 'self'" }, { contentSecurityPolicy: { imgSrc: append("data:") } })).toBe(
      "default-src 'self'; img-src 'self' data:",
    );
  });

  it("a word replaces the whole of a header that also takes an object", () => {
    const endpoints = { reportingEndpoints: { coop: "/r" } };
    expect(
      wire(
        "none",
        endpoints,
        { crossOriginOpenerPolicy: { policy: "same-origin", reportTo: "coop" } },
        { crossOriginOpenerPolicy: "unsafe-none" },
      )["Cross-Origin-Opener-Policy"],
    ).toBe("unsafe-none");
    expect(
      wire("none", endpoints, { crossOriginOpenerPolicy: "same-origin" }, { crossOriginOpenerPolicy: { reportTo: "coop" } })[
        "Cross-Origin-Opener-Policy"
      ],
    ).toBe('same-origin;report-to="coop"');
  });

  it("directives and features keep the place where they were first written", () => {
    expect(
      csp(
        "none",
        { contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: ["self"], fontSrc: ["self"] } },
        { contentSecurityPolicy: { fontSrc: ["data:"], defaultSrc: ["none"] } },
      ),
    ).toBe("default-src 'none'; img-src 'self'; font-src data:");
    expect(
      csp(
        "none",
        { contentSecurityPolicy: { imgSrc: ["self"], defaultSrc: ["self"] } },
        { contentSecurityPolicy: { imgSrc: false } },
        { contentSecurityPolicy: { imgSrc: ["data:"] } },
      ),
    ).toBe("img-src data:; default-src 'self'");
    expect(
      wire("none", { permissionsPolicy: { camera: [], usb: [] } }, { permissionsPolicy: { midi: [], camera: ["self"] } })[
        "Permissions-Policy"
      ],
    ).toBe("camera=(self), usb=(), midi=()");
  });

  it("headers go out in one order, whatever the order in which they were written", () => {
    expect(
      Object.keys(
        wire("none", {
          custom: { "X-A": "b" },
          xFrameOptions: "DENY",
          reporting: "/r",
          contentSecurityPolicyReportOnly: { defaultSrc: ["self"] },
          contentSecurityPolicy: { defaultSrc: ["self"] },
        }),
      ),
    ).toEqual(["Content-Security-Policy", "Content-Security-Policy-Report-Only", "X-Frame-Options", "Reporting-Endpoints", "X-A"]);
  });
});

describe("3. an edit edits", () => {
  const site = { contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: ["self", "https://a.com"], imgSrc: ["none"] } } as const;

  it("append adds to what stands there, once, and drops none", () => {
    expect(csp("none", site, { contentSecurityPolicy: { scriptSrc: append("https://a.com", "https://b.com", "https://b.com") } })).toBe(
      "default-src 'self'; script-src 'self' https://a.com https://b.com; img-src 'none'",
    );
    expect(csp("none", site, { contentSecurityPolicy: { imgSrc: append("data:") } })).toBe(
      "default-src 'self'; script-src 'self' https://a.com; img-src data:",
    );
    expect(csp("none", site, { contentSecurityPolicy: { scriptSrc: append("'self'", source("https://a.com")) } })).toBe(
      "default-src 'self'; script-src 'self' https://a.com; img-src 'none'",
    );
  });

  it("append of a slot that is there changes nothing", () => {
    const slot = perRequest(() => []);
    const policy = definePolicy(
      "none",
      { contentSecurityPolicy: { scriptSrc: [nonce, slot, "self"] } },
      { contentSecurityPolicy: { scriptSrc: append(nonce, slot) } },
    );
    expect(policy.resolved["contentSecurityPolicy"]).toEqual({ scriptSrc: [nonce, slot, "self"] });
  });

  it("remove takes away, is silent of what is not there, and leaves none of the last", () => {
    expect(csp("none", site, { contentSecurityPolicy: { scriptSrc: remove("'self'", "https://nowhere.com") } })).toBe(
      "default-src 'self'; script-src https://a.com; img-src 'none'",
    );
    expect(csp("none", site, { contentSecurityPolicy: { scriptSrc: remove("self", "https://a.com") } })).toBe(
      "default-src 'self'; script-src 'none'; img-src 'none'",
    );
    expect(
      csp(
        "none",
        { contentSecurityPolicy: { sandbox: ["allow-scripts"] } },
        { contentSecurityPolicy: { sandbox: remove("allow-scripts") } },
      ),
    ).toBe("sandbox");
    expect(
      csp("none", { contentSecurityPolicy: { sandbox: ["allow-scripts"] } }, { contentSecurityPolicy: { sandbox: append("allow-forms") } }),
    ).toBe("sandbox allow-scripts allow-forms");
  });

  it("append to an absent directive starts from its fallback", () => {
    expect(csp("none", { contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: append("https://img.example") } })).toBe(
      "default-src 'self'; img-src 'self' https://img.example",
    );
    expect(
      csp("none", { contentSecurityPolicy: { defaultSrc: ["none"], childSrc: ["https://c.com"], frameSrc: append("https://f.com") } }),
    ).toBe("default-src 'none'; child-src https://c.com; frame-src https://c.com https://f.com");
    expect(csp("none", site, { contentSecurityPolicy: { scriptSrcElem: append("https://e.com") } })).toBe(
      "default-src 'self'; script-src 'self' https://a.com; img-src 'none'; script-src-elem 'self' https://a.com https://e.com",
    );
  });

  it("and keeps only what the directive takes", () => {
    const base = {
      contentSecurityPolicy: {
        defaultSrc: [
          "self",
          "unsafe-inline",
          "unsafe-eval",
          nonce,
          "'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='",
          "https://a.com",
        ],
      },
    } as const;
    expect(csp("none", base, { contentSecurityPolicy: { imgSrc: append("data:") } })).toBe(
      "default-src 'self' 'unsafe-inline' 'unsafe-eval' 'nonce-TTT' 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=' https://a.com; img-src 'self' https://a.com data:",
    );
    expect(csp("none", base, { contentSecurityPolicy: { styleSrc: append("https://s.com") } })).toContain(
      "style-src 'self' 'unsafe-inline' 'nonce-TTT' 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=' https://a.com https://s.com",
    );
  });

  it("remove from an absent directive starts there too", () => {
    expect(csp("none", { contentSecurityPolicy: { defaultSrc: ["self", "https:"], imgSrc: remove("https:") } })).toBe(
      "default-src 'self' https:; img-src 'self'",
    );
  });

  it("where there is nothing to start from, it says to write the list", () => {
    const none = { contentSecurityPolicy: { scriptSrc: ["self"] } } as const;
    expect(said("none", none, { contentSecurityPolicy: { imgSrc: append("https://a.com") } })).toEqual([
      'contentSecurityPolicy.imgSrc: an append has nothing to start from: imgSrc is not set, and neither is a directive that it falls back to. Write the list: imgSrc: ["https://a.com"].',
    ]);
    expect(
      said("none", none, {
        contentSecurityPolicy: {
          frameAncestors: append("https://a.com", source("intranet")),
          formAction: append("self"),
          baseUri: append("self"),
        },
      }),
    ).toEqual([
      'contentSecurityPolicy.frameAncestors: an append has nothing to start from: frameAncestors is not set, and it has no fallback. Write the list: frameAncestors: ["https://a.com", source("intranet")].',
      'contentSecurityPolicy.formAction: an append has nothing to start from: formAction is not set, and it has no fallback. Write the list: formAction: ["self"].',
      'contentSecurityPolicy.baseUri: an append has nothing to start from: baseUri is not set, and it has no fallback. Write the list: baseUri: ["self"].',
    ]);
    expect(said("none", none, { contentSecurityPolicy: { frameAncestors: remove("https://a.com") } })).toEqual([
      'contentSecurityPolicy.frameAncestors: a remove has nothing to remove from: frameAncestors is not set, and it has no fallback. Write the list: frameAncestors: ["none"].',
    ]);
  });

  it("a seed whose strict-dynamic would be lost for workers is refused with the list to write", () => {
    const base = { contentSecurityPolicy: { scriptSrc: [nonce, "strict-dynamic"] } } as const;
    expect(said("none", base, { contentSecurityPolicy: { workerSrc: append("https://w.com") } })).toEqual([
      'contentSecurityPolicy.workerSrc: an append cannot start from scriptSrc: workerSrc does not take its \'strict-dynamic\', under which scripts may start any worker. Write the list: workerSrc: ["self", "https://w.com"].',
    ]);
    expect(
      csp("none", { contentSecurityPolicy: { scriptSrc: ["self", nonce] } }, { contentSecurityPolicy: { workerSrc: append("blob:") } }),
    ).toBe("script-src 'self' 'nonce-TTT'; worker-src 'self' blob:");
  });

  it("a childSrc that an edit makes may not take workers away from scriptSrc", () => {
    const base = { contentSecurityPolicy: { defaultSrc: ["none"], scriptSrc: ["self"] } } as const;
    expect(said("none", base, { contentSecurityPolicy: { childSrc: append("https://c.com") } })).toEqual([
      "contentSecurityPolicy.childSrc: with this edit workers would follow childSrc instead of scriptSrc, and lose what scriptSrc allows. For frames write frameSrc; for workers write workerSrc too.",
    ]);
    expect(csp("none", base, { contentSecurityPolicy: { childSrc: append("https://c.com"), workerSrc: ["self"] } })).toBe(
      "default-src 'none'; script-src 'self'; child-src https://c.com; worker-src 'self'",
    );
    expect(csp("none", base, { contentSecurityPolicy: { childSrc: append("self") } })).toBe(
      "default-src 'none'; script-src 'self'; child-src 'self'",
    );
    expect(csp("none", base, { contentSecurityPolicy: { childSrc: ["https://c.com"] } })).toBe(
      "default-src 'none'; script-src 'self'; child-src https://c.com",
    );
  });
});

describe("4. false switches off, true turns on, undefined is silence", () => {
  it("false takes a header away, and a directive back to its parent", () => {
    expect(wire("none", { xFrameOptions: "DENY", xContentTypeOptions: true }, { xFrameOptions: false })).toEqual({
      "X-Content-Type-Options": "nosniff",
    });
    expect(
      csp("none", { contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: ["data:"] } }, { contentSecurityPolicy: { imgSrc: false } }),
    ).toBe("default-src 'self'");
    expect(
      csp(
        "none",
        { contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: ["data:"] } },
        { contentSecurityPolicy: { imgSrc: false } },
        { contentSecurityPolicy: { imgSrc: append("https:") } },
      ),
    ).toBe("default-src 'self'; img-src 'self' https:");
    expect(wire("none", { contentSecurityPolicy: { defaultSrc: ["self"] } }, { contentSecurityPolicy: { defaultSrc: false } })).toEqual({});
    expect(wire("none", { custom: { "X-A": "b", "X-C": "d" } }, { custom: { "X-A": false } })).toEqual({ "X-C": "d" });
  });

  it("true lets stand what stands, else turns the defaults on", () => {
    expect(wire("none", { xFrameOptions: "DENY" }, { xFrameOptions: true })).toEqual({ "X-Frame-Options": "DENY" });
    expect(wire("none", { xFrameOptions: true })).toEqual({ "X-Frame-Options": "SAMEORIGIN" });
    expect(
      csp("none", { contentSecurityPolicy: { defaultSrc: ["none"] } }, { contentSecurityPolicy: { defaultSrc: true, imgSrc: true } }),
    ).toBe("default-src 'none'; img-src 'self' data:");
    expect(
      csp(
        "none",
        { contentSecurityPolicy: { defaultSrc: ["self"] } },
        { contentSecurityPolicy: { fontSrc: append("data:") } },
        { contentSecurityPolicy: { fontSrc: true } },
      ),
    ).toBe("default-src 'self'; font-src 'self' data:");
    expect(csp("none", { contentSecurityPolicy: { sandbox: ["allow-forms"] } }, { contentSecurityPolicy: { sandbox: true } })).toBe(
      "sandbox allow-forms",
    );
  });

  it("undefined says nothing, nor does an empty object", () => {
    expect(
      wire(
        "none",
        { xFrameOptions: "DENY", strictTransportSecurity: { maxAge: 5 } },
        { xFrameOptions: undefined, strictTransportSecurity: { maxAge: undefined } },
      ),
    ).toEqual({ "Strict-Transport-Security": "max-age=5", "X-Frame-Options": "DENY" });
    expect(wire("none", { contentSecurityPolicy: {}, strictTransportSecurity: {} })).toEqual({});
  });

  it("an object over a header that is off starts from nothing", () => {
    expect(csp("strict", { contentSecurityPolicy: false }, { contentSecurityPolicy: { defaultSrc: ["self"] } })).toBe("default-src 'self'");
  });

  it("removals alone do not turn a header on", () => {
    expect(
      wire("none", { contentSecurityPolicy: { imgSrc: remove("self"), scriptSrc: false }, strictTransportSecurity: { preload: false } }),
    ).toEqual({});
    expect(
      wire("none", { contentSecurityPolicy: { imgSrc: remove("self") } }, { contentSecurityPolicy: { defaultSrc: ["self"] } }),
    ).toEqual({ "Content-Security-Policy": "default-src 'self'" });
  });

  it("false is a value of a document policy", () => {
    expect(wire("none", { documentPolicy: { oversizedImages: false } }, { documentPolicy: { syncXhr: false } })).toEqual({
      "Document-Policy": "oversized-images=?0, sync-xhr=?0",
    });
  });
});

describe("5. edits resolve once, at the end, parents first", () => {
  it("an append follows a later change of what it falls back to", () => {
    const appended = { contentSecurityPolicy: { imgSrc: append("https://img.example") } };
    expect(
      csp("none", { contentSecurityPolicy: { defaultSrc: ["self"] } }, appended, {
        contentSecurityPolicy: { defaultSrc: ["https://later.example"] },
      }),
    ).toBe("default-src https://later.example; img-src https://later.example https://img.example");
  });

  it("an edit of a parent is seen by an edit of its child, in whatever order they are written", () => {
    expect(
      csp("none", {
        contentSecurityPolicy: { scriptSrcElem: append("https://e.com"), scriptSrc: append("https://s.com"), defaultSrc: ["self"] },
      }),
    ).toBe("script-src-elem 'self' https://s.com https://e.com; script-src 'self' https://s.com; default-src 'self'");
  });

  it("edits apply in the order of the layers, and a plain value begins anew", () => {
    const base = { contentSecurityPolicy: { defaultSrc: ["self"] } } as const;
    expect(
      csp(
        "none",
        base,
        { contentSecurityPolicy: { defaultSrc: append("https://a.com") } },
        { contentSecurityPolicy: { defaultSrc: remove("https://a.com") } },
      ),
    ).toBe("default-src 'self'");
    expect(
      csp(
        "none",
        base,
        { contentSecurityPolicy: { defaultSrc: remove("https://a.com") } },
        { contentSecurityPolicy: { defaultSrc: append("https://a.com") } },
      ),
    ).toBe("default-src 'self' https://a.com");
    expect(
      csp(
        "none",
        base,
        { contentSecurityPolicy: { defaultSrc: append("https://a.com") } },
        { contentSecurityPolicy: { defaultSrc: ["https:"] } },
      ),
    ).toBe("default-src https:");
  });

  it("all mistakes are told at once, those of the shape and those of the meaning", () => {
    expect(
      said("none", { xFrameOptions: "deny" as never, strictTransportSecurity: { maxAge: 5, preload: true } }, {
        contentSecurityPolicy: { scriptSrc: ["strict-dynamic"] },
        foo: 1,
      } as never),
    ).toEqual([
      'xFrameOptions: "deny" is not one of its values. Did you mean "DENY"?',
      "foo: unknown header. Write a key such as xFrameOptions; other headers are written under custom.",
      'contentSecurityPolicy.scriptSrc[0]: "strict-dynamic" needs a nonce or a hash; without one no script runs. Add nonce (import { nonce } from "portcullis") or a hash, or take "strict-dynamic" out.',
      "strictTransportSecurity.preload: the preload lists refuse this policy. Set maxAge to 31536000 or more and includeSubDomains: true.",
    ]);
  });

  it("a header that names an endpoint is not blamed for an endpoint that was refused", () => {
    expect(
      said("none", { contentSecurityPolicy: { defaultSrc: ["self"], reportTo: "csp" }, reportingEndpoints: { csp: "http://a.com" } }),
    ).toHaveLength(1);
  });
});
