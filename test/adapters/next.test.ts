import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { nextHeaders, noInlineScripts, override } from "../../src/adapters/next.js";
import { append, definePolicy, nonce } from "../../src/index.js";

/** The major version that Next has in itself, here a dependency of @koa/router 12, which is one of routing-controllers. */
const { pathToRegexp } = ["routing-controllers", "@koa/router"].reduce(
  (require, name) => createRequire(require.resolve(name)),
  createRequire(import.meta.url),
)("path-to-regexp") as {
  pathToRegexp: (source: string, keys: unknown[], options: object) => RegExp;
};

/** The sources that mean a path, as Next reads them: without regard to case, and to one slash at the end. */
function matching(sources: readonly string[], path: string): string[] {
  return sources.filter((source) => {
    const { source: text, flags } = pathToRegexp(source, [], { strict: true, sensitive: false, delimiter: "/" });
    return new RegExp(text.replace(/\$$/, "(?:\\/)?$"), flags).test(path);
  });
}

const site = definePolicy("none", { xFrameOptions: "DENY", referrerPolicy: "no-referrer" });

it("gives one entry for all paths", () => {
  expect(nextHeaders("none", { xFrameOptions: "DENY", contentSecurityPolicy: { frameAncestors: ["self"] } })).toEqual([
    {
      source: "/:path*",
      headers: [
        { key: "Content-Security-Policy", value: "frame-ancestors 'self'" },
        { key: "X-Frame-Options", value: "DENY" },
      ],
    },
  ]);
});

it("starts from recommended, as everywhere", () => {
  expect(nextHeaders(noInlineScripts)[0]?.headers).toContainEqual({ key: "X-Content-Type-Options", value: "nosniff" });
});

it("gives an override's paths an entry of their own, whole, and keeps the site's from them: Next takes no header back", () => {
  expect(nextHeaders(site, override("/embed/:path*", { xFrameOptions: false, originAgentCluster: true }))).toEqual([
    {
      source: "/((?!(?:embed(?:/(?:[^/#?]+?)(?:/(?:[^/#?]+?))*)?)/?$).*)",
      headers: [
        { key: "X-Frame-Options", value: "DENY" },
        { key: "Referrer-Policy", value: "no-referrer" },
      ],
    },
    {
      source: "/embed/:path*",
      headers: [
        { key: "Referrer-Policy", value: "no-referrer" },
        { key: "Origin-Agent-Cluster", value: "?1" },
      ],
    },
  ]);
});

it("lays an override on the site's layers, edits too, wherever it stands among them", () => {
  const entries = nextHeaders(override("/shop", { contentSecurityPolicy: { imgSrc: append("https://img.example") } }), "none", {
    contentSecurityPolicy: { defaultSrc: ["self", "unsafe-inline"] },
  });
  expect(entries[1]).toEqual({
    source: "/shop",
    headers: [{ key: "Content-Security-Policy", value: "default-src 'self' 'unsafe-inline'; img-src 'self' https://img.example" }],
  });
});

it("gives no entry where an override switches everything off: Next refuses an empty one", () => {
  expect(nextHeaders(site, override("/bare", "none")).map(({ source }) => source)).toEqual(["/((?!(?:bare)/?$).*)"]);
});

describe("every path is meant by one entry alone", () => {
  it.each([
    ["/embed", ["/embed", "/embed/", "/EMBED"], ["/", "/embedded", "/embed/more", "/an/embed"]],
    ["/embed/:path*", ["/embed", "/embed/", "/embed/a", "/embed/a/b.c"], ["/", "/embedded", "/an/embed"]],
    ["/embed/:path+", ["/embed/a", "/embed/a/b/"], ["/embed", "/embed/"]],
    ["/embed/:path?", ["/embed", "/embed/a"], ["/embed/a/b"]],
    ["/:path*", ["/", "/a", "/a/b/"], []],
    ["/:lang", ["/en", "/en/"], ["/", "/en/a"]],
    ["/:lang/embed", ["/en/embed"], ["/embed", "/en/embed/a", "/en"]],
    ["/:lang(en|de)/:path*", ["/en", "/de/a/b"], ["/fr", "/english", "/"]],
    ["/post/:id(\\d{1,})", ["/post/1", "/post/23/"], ["/post", "/post/a", "/post/1/b"]],
    ["/api/(.*)", ["/api/", "/api/a", "/api/a/b"], ["/apian", "/"]],
    ["/(old|older)/:path*", ["/old", "/older/a"], ["/oldest", "/"]],
    ["/file.:ext", ["/file.js", "/file.js/"], ["/file", "/fileXjs", "/file.a/b"]],
    ["/a.b/$c", ["/a.b/$c"], ["/aXb/$c", "/a.b/c"]],
    ["/.well-known/:path*", ["/.well-known", "/.well-known/x"], ["/well-known", "/Xwell-known/x"]],
    ["/", ["/"], ["/a"]],
  ])("%s", (source, own, others) => {
    const [rest = "", ...sources] = nextHeaders(site, override(source, { xFrameOptions: false })).map((entry) => entry.source);
    expect(sources).toEqual([source]);
    for (const path of own) expect([path, matching([rest, source], path)]).toEqual([path, [source]]);
    for (const path of others) expect([path, matching([rest, source], path)]).toEqual([path, [rest]]);
  });

  it("the last of several overrides that mean it", () => {
    const entries = nextHeaders(
      site,
      override("/docs/:path*", { originAgentCluster: true }),
      override("/docs/embed", { xFrameOptions: false }),
      override("/:lang/embed", { xFrameOptions: "SAMEORIGIN" }),
    );
    const framing = (path: string) => {
      const sources = matching(
        entries.map(({ source }) => source),
        path,
      );
      return entries.filter(({ source }) => sources.includes(source)).map(({ headers }) => headers.map(({ value }) => value).join(" "));
    };
    expect(["/", "/docs/a", "/docs/embed", "/en/embed"].map(framing)).toEqual([
      ["DENY no-referrer"],
      ["DENY no-referrer ?1"],
      ["SAMEORIGIN no-referrer"],
      ["SAMEORIGIN no-referrer"],
    ]);
  });
});

describe("what next.config cannot say", () => {
  it("refuses a nonce, and says what to use instead", () => {
    expect(() => nextHeaders("strictDynamic")).toThrow(
      'nextHeaders: the policy of every path has a nonce or perRequest, and next.config is the same for every request. Set it in proxy.ts (middleware.ts before Next 16) with securityHeaders of "portcullis/fetch", or write hashes.',
    );
  });

  it("names the override that has the nonce", () => {
    const shop = override("/shop", { contentSecurityPolicy: { scriptSrc: [nonce] } });
    expect(() => nextHeaders(site, shop)).toThrow("the policy of /shop has a nonce or perRequest");
  });

  it.each(["embed", "//embed", "", "/:a{-:b}?", "/((?!api).*)", "/a b", "/a(b(c))", "/:", "/a?b", undefined])(
    "refuses %j as a source, at once",
    (source) => {
      expect(() => override(source as string, { xFrameOptions: false })).toThrow("is not a source that can be excluded from the others");
    },
  );

  it("says what is wrong with a layer", () => {
    expect(() => nextHeaders({ xFrameOptoins: "DENY" } as never)).toThrow("Did you mean");
    expect(() => nextHeaders(override("/a", { xFrameOptoins: "DENY" } as never))).toThrow("Did you mean");
  });
});

describe("a policy that blocks the inline scripts of Next's pages", () => {
  const REFUSED =
    'nextHeaders: "script-src \'self\'" in the policy of every path blocks the inline scripts that Next writes into its pages: no page would hydrate. Write scriptSrc: append("unsafe-inline"), or set the policy in proxy.ts with hashes and a nonce. If the pages have no inline scripts (the Pages Router, built by webpack), add noInlineScripts to the layers.';

  it("is refused, and told what to write", () => {
    expect(() => nextHeaders("strict")).toThrow(REFUSED);
  });

  it("is refused where nothing is written: recommended is one", () => {
    expect(() => nextHeaders()).toThrow(REFUSED);
  });

  it.each([
    ["default-src alone", { defaultSrc: ["self"] }],
    ["script-src-elem before script-src", { scriptSrc: ["self", "unsafe-inline"], scriptSrcElem: ["self"] }],
    ["a host", { scriptSrc: ["https://cdn.example"] }],
  ] as const)("is refused: %s", (_what, contentSecurityPolicy) => {
    expect(() => nextHeaders("none", { contentSecurityPolicy } as never)).toThrow("no page would hydrate");
  });

  it.each([
    ["'unsafe-inline'", "script-src 'self' 'unsafe-inline'"],
    ["script-src-elem with it", "script-src 'self'; script-src-elem 'self' 'unsafe-inline'"],
    ["a hash: somebody has thought of them", "script-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"],
    ["no script at all", "default-src 'none'"],
    ["nothing said of scripts", "frame-ancestors 'self'"],
  ])("is another than %s", (_what, csp) => {
    expect(nextHeaders("none", { contentSecurityPolicy: csp } as never)[0]?.headers).toEqual([
      { key: "Content-Security-Policy", value: csp },
    ]);
  });

  it("is let through in Report-Only", () => {
    expect(nextHeaders("none", { contentSecurityPolicyReportOnly: { scriptSrc: ["self"] } })[0]?.headers).toHaveLength(1);
  });

  it("is refused in an override, by its source", () => {
    const embed = override("/embed", { contentSecurityPolicy: { scriptSrc: ["self"] } });
    expect(() => nextHeaders(site, embed)).toThrow("in the policy of /embed blocks the inline scripts");
  });

  it("is let through in an override for paths without scripts", () => {
    expect(nextHeaders(site, override("/api/(.*)", "api"))).toHaveLength(2);
  });

  it("is let through where the caller says that there are none", () => {
    const headers = nextHeaders("none", { contentSecurityPolicy: { scriptSrc: ["self"] } }, noInlineScripts)[0]?.headers;
    expect(headers).toEqual([{ key: "Content-Security-Policy", value: "script-src 'self'" }]);
  });
});

it("has its literals checked by the compiler, beside an override too", () => {
  const call = () => [
    // @ts-expect-error unknown header
    nextHeaders({ xFrameOptoins: "DENY" }),
    // @ts-expect-error unknown header, beside an override
    nextHeaders({ xFrameOptoins: "DENY" }, override("/a", { xFrameOptions: false })),
    // @ts-expect-error one source per string
    override("/a", { contentSecurityPolicy: { scriptSrc: ["self https://a.example"] } }),
  ];
  expect(call).toThrow("Did you mean");
});
