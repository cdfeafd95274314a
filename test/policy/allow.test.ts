import { describe, expect, it } from "vitest";
import { allow, append, definePolicy, nonce, type Patch, remove, renderHeaders } from "../../src/index.js";
import { faultOf } from "../messages.js";

/** The CSP of these layers alone. */
function csp(...layers: readonly Patch[]): string | undefined {
  return renderHeaders(definePolicy("none", ...layers), { nonce: "bm9uY2U=" })["Content-Security-Policy"];
}

/** A policy that does not limit scripts is refused. */
const SCRIPTS = { scriptSrc: ["self"] } as const satisfies Patch["contentSecurityPolicy"];

const header = (name: "Permissions-Policy" | "Cross-Origin-Opener-Policy" | "Cross-Origin-Embedder-Policy", ...layers: readonly Patch[]) =>
  renderHeaders(definePolicy("none", ...layers))[name];

describe("allow at a directive", () => {
  it.each<
    [what: string, below: NonNullable<Patch["contentSecurityPolicy"]>, edit: Patch["contentSecurityPolicy"], value: string | undefined]
  >([
    [
      "adds to the list",
      { ...SCRIPTS, imgSrc: ["self"] },
      { imgSrc: allow("https://a.example") },
      "script-src 'self'; img-src 'self' https://a.example",
    ],
    [
      "replaces none",
      { ...SCRIPTS, frameSrc: ["none"] },
      { frameSrc: allow("https://a.example") },
      "script-src 'self'; frame-src https://a.example",
    ],
    [
      "adds a source once",
      { ...SCRIPTS, imgSrc: ["self"] },
      { imgSrc: allow("self", "data:", "data:") },
      "script-src 'self'; img-src 'self' data:",
    ],
    [
      "copies the list that the directive falls back to",
      { defaultSrc: ["self"] },
      { connectSrc: allow("https://a.example") },
      "default-src 'self'; connect-src 'self' https://a.example",
    ],
    [
      "copies nothing of a fallback that allows nothing",
      { defaultSrc: ["none"] },
      { frameSrc: allow("https://a.example") },
      "default-src 'none'; frame-src https://a.example",
    ],
    ["changes nothing where nothing is restricted", SCRIPTS, { imgSrc: allow("https://a.example") }, "script-src 'self'"],
    [
      "changes nothing where every host is allowed",
      { ...SCRIPTS, imgSrc: ["*"] },
      { imgSrc: allow("https://a.example", "self") },
      "script-src 'self'; img-src *",
    ],
    ["adds data: to every host", { ...SCRIPTS, imgSrc: ["*"] }, { imgSrc: allow("data:") }, "script-src 'self'; img-src * data:"],
    [
      "reaches script-src-elem, which governs the files of scripts",
      { scriptSrc: ["self"], scriptSrcElem: ["self"] },
      { scriptSrc: allow("https://a.example") },
      "script-src 'self' https://a.example; script-src-elem 'self' https://a.example",
    ],
    [
      "adds no host to script-src-attr, where hosts have no meaning",
      { scriptSrc: ["self"], scriptSrcAttr: ["none"] },
      { scriptSrc: allow("https://a.example") },
      "script-src 'self' https://a.example; script-src-attr 'none'",
    ],
    [
      "adds eval to script-src only",
      { scriptSrc: ["self"], scriptSrcElem: ["self"] },
      { scriptSrc: allow("wasm-unsafe-eval") },
      "script-src 'self' 'wasm-unsafe-eval'; script-src-elem 'self'",
    ],
    [
      "reaches style-src-elem and style-src-attr for inline styles",
      { ...SCRIPTS, styleSrc: ["self"], styleSrcElem: ["self"], styleSrcAttr: ["none"] },
      { styleSrc: allow("unsafe-inline", "https://a.example") },
      "script-src 'self'; style-src 'self' 'unsafe-inline' https://a.example; style-src-elem 'self' 'unsafe-inline' https://a.example; style-src-attr 'unsafe-inline'",
    ],
    [
      "adds no host beside strict-dynamic, where browsers ignore hosts",
      { scriptSrc: [nonce, "strict-dynamic"] },
      { scriptSrc: allow("https://a.example", "self", "https:") },
      "script-src 'nonce-bm9uY2U=' 'strict-dynamic'",
    ],
    [
      "adds eval beside strict-dynamic",
      { scriptSrc: [nonce, "strict-dynamic"] },
      { scriptSrc: allow("wasm-unsafe-eval") },
      "script-src 'nonce-bm9uY2U=' 'strict-dynamic' 'wasm-unsafe-eval'",
    ],
    [
      "leaves workers as they are under strict-dynamic, where scripts may start any",
      { scriptSrc: [nonce, "strict-dynamic"] },
      { workerSrc: allow("blob:") },
      "script-src 'nonce-bm9uY2U=' 'strict-dynamic'",
    ],
    [
      "copies script-src for workers",
      { scriptSrc: ["self", "unsafe-inline"] },
      { workerSrc: allow("blob:") },
      "script-src 'self' 'unsafe-inline'; worker-src 'self' blob:",
    ],
    [
      "adds no hash beside an unsafe-inline that a hash would switch off",
      { ...SCRIPTS, styleSrc: ["self", "unsafe-inline"] },
      { styleSrc: allow("'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='") },
      "script-src 'self'; style-src 'self' 'unsafe-inline'",
    ],
    [
      "adds no unsafe-inline beside a nonce, where browsers ignore it",
      { ...SCRIPTS, styleSrc: [nonce] },
      { styleSrc: allow("unsafe-inline", "https://a.example") },
      "script-src 'self'; style-src 'nonce-bm9uY2U=' https://a.example",
    ],
    [
      "adds no hash beside an unsafe-inline that is allowed too",
      { ...SCRIPTS, styleSrc: ["self"] },
      { styleSrc: allow("'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='", "unsafe-inline") },
      "script-src 'self'; style-src 'self' 'unsafe-inline'",
    ],
    [
      "starts from what append made",
      { defaultSrc: ["self"], imgSrc: append("data:") },
      { imgSrc: allow("https://a.example") },
      "default-src 'self'; img-src 'self' data: https://a.example",
    ],
  ])("%s", (_, below, edit, value) => {
    expect(csp({ contentSecurityPolicy: below }, { contentSecurityPolicy: edit })).toBe(value);
  });

  it("turns on no header", () => {
    expect(csp({ contentSecurityPolicy: { imgSrc: allow("https://a.example") } })).toBeUndefined();
  });

  it("is gone where a later layer replaces the list", () => {
    const layers = [{ ...SCRIPTS, imgSrc: ["self"] }, { imgSrc: allow("https://a.example") }, { imgSrc: ["self"] }] as const;
    expect(csp(...layers.map((contentSecurityPolicy) => ({ contentSecurityPolicy })))).toBe("script-src 'self'; img-src 'self'");
  });

  it("widens a policy that is observed", () => {
    const policy = definePolicy(
      "none",
      { contentSecurityPolicyReportOnly: SCRIPTS },
      {
        contentSecurityPolicyReportOnly: { scriptSrc: allow("https://a.example") },
      },
    );
    expect(renderHeaders(policy)).toEqual({ "Content-Security-Policy-Report-Only": "script-src 'self' https://a.example" });
  });

  it("means the same in any order where one directive falls back to another", () => {
    const below = { contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: ["self"] } } as const;
    const scripts = { contentSecurityPolicy: { scriptSrc: allow("https://a.example") } };
    const workers = { contentSecurityPolicy: { workerSrc: allow("blob:") } };
    const value = "default-src 'self'; script-src 'self' https://a.example; worker-src 'self' blob:";
    expect([csp(below, scripts, workers), csp(below, workers, scripts)]).toEqual([value, value]);
  });

  it("reaches a directive for a part of the requests that another allow writes", () => {
    const below = { contentSecurityPolicy: { ...SCRIPTS, styleSrc: ["self"] } } as const;
    const elements = { contentSecurityPolicy: { styleSrcElem: allow("https://b.example") } };
    const styles = { contentSecurityPolicy: { styleSrc: allow("https://a.example") } };
    const value = "script-src 'self'; style-src 'self' https://a.example; style-src-elem 'self' https://a.example https://b.example";
    expect([csp(below, elements, styles), csp(below, styles, elements)]).toEqual([value, value]);
  });

  it.each([
    ["defaultSrc", "the directives of what is loaded, such as imgSrc and connectSrc"],
    ["childSrc", "frameSrc or workerSrc"],
  ])("is refused at %s", (name, instead) => {
    expect(faultOf(() => definePolicy({ contentSecurityPolicy: { [name]: allow("https://a.example") } } as Patch))).toBe(
      `contentSecurityPolicy.${name}: allow(…) is for what a page loads, and this directive is for several kinds of it. Write it at ${instead}.`,
    );
  });

  it("is refused without a source", () => {
    expect(faultOf(() => definePolicy({ contentSecurityPolicy: { imgSrc: allow() } }))).toBe(
      'contentSecurityPolicy.imgSrc: allow() names no source. Write allow("https://cdn.example"), or leave the key out.',
    );
  });
});

describe("allow at a feature", () => {
  it.each<[what: string, below: NonNullable<Patch["permissionsPolicy"]>, edit: Patch["permissionsPolicy"], value: string | undefined]>([
    [
      "adds origins to an empty list",
      { payment: [] },
      { payment: allow("self", "https://a.example") },
      'payment=(self "https://a.example")',
    ],
    ["adds an origin once", { payment: ["self"] }, { payment: allow("self", "https://a.example") }, 'payment=(self "https://a.example")'],
    ["changes nothing where everybody may", { payment: "*" }, { payment: allow("self") }, "payment=*"],
    ["changes nothing where the feature is not restricted", { camera: [] }, { payment: allow("self") }, "camera=()"],
  ])("%s", (_, below, edit, value) => {
    expect(header("Permissions-Policy", { permissionsPolicy: below }, { permissionsPolicy: edit })).toBe(value);
  });

  it("keeps the endpoint of its reports", () => {
    const below = { reportingEndpoints: { r: "/r" }, permissionsPolicy: { payment: { allow: [], reportTo: "r" } } } as const;
    expect(header("Permissions-Policy", below, { permissionsPolicy: { payment: allow("self") } })).toBe('payment=(self);report-to="r"');
  });

  it("turns on no header", () => {
    expect(header("Permissions-Policy", { permissionsPolicy: { payment: allow("self") } })).toBeUndefined();
  });

  it("is refused for what is not an origin", () => {
    expect(faultOf(() => definePolicy({ permissionsPolicy: { payment: allow("a.example") } } as never))).toBe(
      'permissionsPolicy.payment[0]: "a.example" is not an origin. Write "https://a.example".',
    );
  });

  it("is refused at the header", () => {
    expect(faultOf(() => definePolicy({ permissionsPolicy: allow("self") } as never))).toBe(
      'permissionsPolicy: allow(…) widens a field, not a header. Write it at a field: { payment: allow("self", "https://pay.example") }.',
    );
  });
});

describe("allow at Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy", () => {
  it.each([
    ["same-origin", "same-origin-allow-popups", "same-origin-allow-popups"],
    ["unsafe-none", "same-origin-allow-popups", "unsafe-none"],
    ["same-origin-allow-popups", "same-origin", "same-origin-allow-popups"],
  ] as const)("%s with allow(%j) is %s", (below, word, value) => {
    expect(
      header("Cross-Origin-Opener-Policy", { crossOriginOpenerPolicy: below }, { crossOriginOpenerPolicy: { policy: allow(word) } }),
    ).toBe(value);
  });

  it("takes the word that allows more of two, in any order", () => {
    const one = { crossOriginEmbedderPolicy: { policy: allow("credentialless") } } as const;
    const two = { crossOriginEmbedderPolicy: { policy: allow("unsafe-none") } } as const;
    const below = { crossOriginEmbedderPolicy: "require-corp" } as const;
    const values = [header("Cross-Origin-Embedder-Policy", below, one, two), header("Cross-Origin-Embedder-Policy", below, two, one)];
    expect(values).toEqual(["unsafe-none", "unsafe-none"]);
  });

  it("turns on no header", () => {
    expect(
      header("Cross-Origin-Opener-Policy", { crossOriginOpenerPolicy: { policy: allow("same-origin-allow-popups") } }),
    ).toBeUndefined();
  });

  it("takes one word", () => {
    expect(faultOf(() => definePolicy({ crossOriginOpenerPolicy: { policy: allow("same-origin", "unsafe-none") } }))).toContain(
      "crossOriginOpenerPolicy.policy: ",
    );
  });
});

describe("a layer above allow", () => {
  it("removes what is allowed", () => {
    expect(
      csp(
        { contentSecurityPolicy: { scriptSrc: ["self"] } },
        { contentSecurityPolicy: { scriptSrc: allow("https://a.example", "unsafe-eval") } },
        { contentSecurityPolicy: { scriptSrc: remove("unsafe-eval") } },
      ),
    ).toBe("script-src 'self' https://a.example");
  });

  it("removes what is allowed at a directive that is not in force", () => {
    expect(
      csp(
        { contentSecurityPolicy: { defaultSrc: ["none"] } },
        { contentSecurityPolicy: { frameSrc: allow("https://a.example", "https://b.example") } },
        { contentSecurityPolicy: { frameSrc: remove("https://a.example") } },
      ),
    ).toBe("default-src 'none'; frame-src https://b.example");
  });

  it("allows again what was removed", () => {
    expect(
      csp(
        { contentSecurityPolicy: { scriptSrc: ["self", "https://a.example"] } },
        { contentSecurityPolicy: { scriptSrc: remove("https://a.example") } },
        { contentSecurityPolicy: { scriptSrc: allow("https://a.example") } },
      ),
    ).toBe("script-src 'self' https://a.example");
  });

  it("removes a source by its meaning: quoted and unquoted keywords are the same", () => {
    expect(
      csp(
        { contentSecurityPolicy: { scriptSrc: ["self"] } },
        { contentSecurityPolicy: { scriptSrc: allow("unsafe-eval") } },
        { contentSecurityPolicy: { scriptSrc: remove("'unsafe-eval'") } },
      ),
    ).toBe("script-src 'self'");
  });

  it("replaces the list of a part: what is allowed for all scripts does not reach it", () => {
    expect(
      csp(
        { contentSecurityPolicy: { scriptSrc: ["self"] } },
        { contentSecurityPolicy: { scriptSrc: allow("https://a.example") } },
        { contentSecurityPolicy: { scriptSrcElem: ["self"] } },
      ),
    ).toBe("script-src 'self' https://a.example; script-src-elem 'self'");
  });

  it("replaces the list of style attributes", () => {
    expect(
      csp(
        { contentSecurityPolicy: { scriptSrc: ["self"], styleSrc: ["self"] } },
        { contentSecurityPolicy: { styleSrc: allow("unsafe-inline") } },
        { contentSecurityPolicy: { styleSrcAttr: ["none"] } },
      ),
    ).toBe("script-src 'self'; style-src 'self' 'unsafe-inline'; style-src-attr 'none'");
  });

  it("removes from the list of a part what is allowed for all scripts", () => {
    expect(
      csp(
        { contentSecurityPolicy: { scriptSrc: ["self"], scriptSrcElem: ["self"] } },
        { contentSecurityPolicy: { scriptSrc: allow("https://a.example", "https://b.example") } },
        { contentSecurityPolicy: { scriptSrcElem: remove("https://a.example") } },
      ),
    ).toBe("script-src 'self' https://a.example https://b.example; script-src-elem 'self' https://b.example");
  });

  it("appends to the list of a part, which what is allowed for all scripts reaches", () => {
    expect(
      csp(
        { contentSecurityPolicy: { scriptSrc: ["self"] } },
        { contentSecurityPolicy: { scriptSrc: allow("https://a.example") } },
        { contentSecurityPolicy: { scriptSrcElem: append("https://c.example") } },
      ),
    ).toBe("script-src 'self' https://a.example; script-src-elem 'self' https://c.example https://a.example");
  });

  it("allows at the part what a layer below removed there", () => {
    expect(
      csp(
        { contentSecurityPolicy: { scriptSrc: ["self"], scriptSrcElem: ["self", "https://a.example"] } },
        { contentSecurityPolicy: { scriptSrcElem: remove("https://a.example") } },
        { contentSecurityPolicy: { scriptSrc: allow("https://a.example") } },
      ),
    ).toBe("script-src 'self' https://a.example; script-src-elem 'self' https://a.example");
  });
});

describe("allow below the layer that turns a header on", () => {
  it("widens what that layer restricts", () => {
    expect(
      csp({ contentSecurityPolicy: { imgSrc: allow("https://a.example") } }, { contentSecurityPolicy: { defaultSrc: ["self"] } }),
    ).toBe("default-src 'self'; img-src 'self' https://a.example");
  });

  it("is replaced by that layer's list for the same directive", () => {
    expect(
      csp({ contentSecurityPolicy: { imgSrc: allow("https://a.example") } }, { contentSecurityPolicy: { ...SCRIPTS, imgSrc: ["self"] } }),
    ).toBe("img-src 'self'; script-src 'self'");
  });

  it("widens the default value", () => {
    expect(csp({ contentSecurityPolicy: { imgSrc: allow("https://a.example") } }, { contentSecurityPolicy: true })).toContain(
      "img-src 'self' data: https://a.example",
    );
  });

  it("is gone where the header is switched off in between", () => {
    expect(
      csp(
        { contentSecurityPolicy: { imgSrc: allow("https://a.example") } },
        { contentSecurityPolicy: false },
        { contentSecurityPolicy: { defaultSrc: ["self"] } },
      ),
    ).toBe("default-src 'self'");
  });

  it("does not turn the header on", () => {
    expect(csp({ contentSecurityPolicy: { imgSrc: allow("https://a.example") } })).toBeUndefined();
  });

  it("widens a word", () => {
    expect(
      header(
        "Cross-Origin-Opener-Policy",
        { crossOriginOpenerPolicy: { policy: allow("unsafe-none") } },
        { crossOriginOpenerPolicy: true },
      ),
    ).toBe("unsafe-none");
  });
});

describe("allow under 'strict-dynamic' in default-src", () => {
  const DYNAMIC = { contentSecurityPolicy: { defaultSrc: [nonce, "strict-dynamic"] } } as const;

  it.each([
    ["imgSrc", "img-src"],
    ["connectSrc", "connect-src"],
    ["frameSrc", "frame-src"],
    ["fontSrc", "font-src"],
  ] as const)("makes a list of its own for %s", (key, name) => {
    expect(csp(DYNAMIC, { contentSecurityPolicy: { [key]: allow("https://a.example") } })).toBe(
      `default-src 'nonce-bm9uY2U=' 'strict-dynamic'; ${name} https://a.example`,
    );
  });

  it("changes nothing for workers, since scripts may start any", () => {
    expect(csp(DYNAMIC, { contentSecurityPolicy: { workerSrc: allow("https://a.example") } })).toBe(
      "default-src 'nonce-bm9uY2U=' 'strict-dynamic'",
    );
  });
});

it("noopener-allow-popups is not wider than the other words", () => {
  expect(faultOf(() => definePolicy("strict", { crossOriginOpenerPolicy: { policy: allow("noopener-allow-popups") } }))).toBe(
    'crossOriginOpenerPolicy.policy: "noopener-allow-popups" is not one of its values. Write "same-origin", "same-origin-allow-popups" or "unsafe-none".',
  );
});

it("a page with noopener-allow-popups lets popups reach it already", () => {
  expect(
    header(
      "Cross-Origin-Opener-Policy",
      { crossOriginOpenerPolicy: "noopener-allow-popups" },
      { crossOriginOpenerPolicy: { policy: allow("same-origin-allow-popups") } },
    ),
  ).toBe("noopener-allow-popups");
});
