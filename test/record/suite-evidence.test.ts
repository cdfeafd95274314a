import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/index.js";
import type { Detail } from "../../src/record/listen.js";
import { newSaved } from "../../src/record/saved.js";
import { readRecording } from "../../src/record/saved-schema.js";
import { collectSuite, type SuiteCollector } from "../../src/record/suite-evidence.js";
import type { Report } from "../../src/reports/parse.js";

const SITE = "https://site.example";
const EMPTY = newSaved(definePolicy("strict"));

/** What a recording has; it can be read again. */
function saved(use: (suite: SuiteCollector) => void) {
  const suite = collectSuite();
  use(suite);
  return readRecording(JSON.parse(JSON.stringify(suite.saved(EMPTY))));
}

const serve = (suite: SuiteCollector, path: string, load: number, html = "", origin = SITE) =>
  suite.addServed({ url: origin + path, kind: "document", status: 200, headers: [], html }, load);

const detail = (more: Partial<Detail> = {}): Detail => ({
  ...{ document: `${SITE}/`, directive: "script-src-elem", blocked: "inline", line: 3, column: 1, sourceFile: "", sample: "" },
  ...{ element: "<script>", text: "go()", hasNonce: false, policy: "" },
  ...more,
});

const report = (more: Partial<Report> = {}): Report => ({
  ...{ type: "csp-violation", disposition: "report", directive: "img-src", blocked: "https://img.example/a.png" },
  ...{ document: `${SITE}/`, policy: "", sourceFile: "", position: "", sample: "", userAgent: "" },
  ...more,
});

/** A path that is not taken for one that varies. */
const pathOf = (index: number) => `/${index.toString(36).replace(/\d/g, (digit) => "ghijklmnop"[Number(digit)] as string)}-`;
const paths = (count: number) => [...new Set(Array.from({ length: 2 * count }, (_, index) => pathOf(index)))].slice(0, count);

describe("the pages of a suite", () => {
  it("are counted by their addresses without queries and what varies", () => {
    const { pages } = saved((suite) => {
      for (const [load, path] of ["/a?token=1", "/a?token=2", "/users/1", "/users/2", "/b"].entries()) serve(suite, path, load + 1);
    });
    expect(pages).toEqual([
      { page: `${SITE}/a`, loads: 2, sessions: 1 },
      { page: `${SITE}/users/*`, loads: 2, sessions: 1 },
      { page: `${SITE}/b`, loads: 1, sessions: 1 },
    ]);
  });

  it("are kept up to 5000, and those beyond are counted as dropped", () => {
    const { pages, dropped } = saved((suite) => {
      for (const [load, path] of paths(5_003).entries()) serve(suite, path, load + 1);
    });
    expect([pages.length, dropped]).toEqual([5_000, 3]);
  });

  it("are documents, and not workers", () => {
    const { pages, origins } = saved((suite) =>
      suite.addServed({ url: `${SITE}/worker.js`, kind: "worker", status: 200, headers: [], html: "" }, 1),
    );
    expect([pages, origins]).toEqual([[], []]);
  });
});

describe("inline code of a suite", () => {
  it("is one piece, with its pages, loads, and a nonce where every element has one", () => {
    const { inline } = saved((suite) => {
      for (const [load, path] of ["/a", "/a", "/b"].entries()) serve(suite, path, load + 1, "<script>go()</script>");
      suite.addDetail(detail({ hasNonce: true }), 1);
      suite.addDetail(detail({ hasNonce: true }), 1);
      suite.addDetail(detail({ hasNonce: false }), 2);
      suite.addDetail(detail({ hasNonce: true }), 3);
    });
    expect(inline.map(({ pages, loads, sessions, hasNonce, isServed }) => ({ pages, loads, sessions, hasNonce, isServed }))).toEqual([
      { pages: [`${SITE}/a`, `${SITE}/b`], loads: 3, sessions: 1, hasNonce: false, isServed: true },
    ]);
  });

  it("is not served where no HTML has it", () => {
    const { inline } = saved((suite) => {
      serve(suite, "/", 1, "<script>other()</script>");
      suite.addDetail(detail(), 1);
    });
    expect(inline.map(({ isServed, around }) => [isServed, around])).toEqual([[false, []]]);
  });

  it("has no more pages than a recording is read with", () => {
    const { inline } = saved((suite) => {
      for (const [load, path] of paths(5_003).entries()) {
        serve(suite, path, load + 1);
        suite.addDetail(detail(), load + 1);
      }
    });
    expect(inline.map(({ pages, loads }) => [pages.length, loads])).toEqual([[5_000, 5_003]]);
  });

  it("of a load that there was not does not count, nor what is not inline", () => {
    const { inline } = saved((suite) => {
      serve(suite, "/", 1);
      suite.addDetail(detail(), 2);
      suite.addDetail(detail({ blocked: "eval" }), 1);
    });
    expect(inline).toEqual([]);
  });

  it("is kept up to 2000 pieces, and those beyond are counted as dropped", () => {
    const { inline, dropped } = saved((suite) => {
      serve(suite, "/", 1);
      for (let index = 0; index < 2_002; index += 1) suite.addDetail(detail({ text: `go(${index})` }), 1);
    });
    expect([inline.length, dropped]).toEqual([2_000, 2]);
  });

  it("has a place without what varies, however long it is", () => {
    const places = [`${SITE}/app.js?token=1`, `${SITE}/${"a/".repeat(40_000)}`, `http://${"a".repeat(90_000)}/`];
    const { inline } = saved((suite) => {
      serve(suite, "/", 1);
      for (const [index, sourceFile] of places.entries()) suite.addDetail(detail({ sourceFile, text: `go(${index})` }), 1);
    });
    expect(inline.map(({ place }) => place)).toEqual([
      `${SITE}/app.js:3:1`,
      `${SITE}/a/a/a/a/a/a/a/a/a/a/a:3:1`,
      `http://${"a".repeat(3_989)}:3:1`,
    ]);
  });

  it("has its beginning without what may be a secret, and the hash of all of it", () => {
    const { inline } = saved((suite) => {
      serve(suite, "/", 1);
      suite.addDetail(detail({ text: 'const csrf = "s3cr3tT0kenOfSomebody"' }), 1);
    });
    expect(inline.map(({ text, hash }) => [text, hash])).toEqual([
      ['const csrf = "…"', "'sha256-HDAmsQBG9wp0xH1edGEh+yfYdaFB981cJfVM8QFkwGM='"],
    ]);
  });
});

describe("reports of a suite", () => {
  const SECRET = { sourceFile: `${SITE}/u/123/app.js?key=1`, position: "3:1", sample: 'key("s3cr3tT0kenOfSomebody")' };

  it("are counted by what they block and the route, without what may be a secret", () => {
    const { groups, violations } = saved((suite) => {
      serve(suite, "/a", 1);
      suite.addReport(
        report({ document: `${SITE}/users/1?token=1`, blocked: "https://img.example/s/0123456789abcdef0?k=1", ...SECRET }),
        1,
      );
      suite.addReport(report({ document: `${SITE}/users/2`, blocked: "https://img.example/s/abcdef0123456789a", ...SECRET }), 1);
    });
    const lists = groups.map(({ pages, urls, files, samples }) =>
      [pages, urls, files, samples].map((list) => list.map(({ value }) => value)),
    );
    expect([violations, groups.map(({ blocked, route, count }) => ({ blocked, route, count })), lists]).toEqual([
      2,
      [{ blocked: "https://img.example", route: "/users/*", count: 2 }],
      [[[`${SITE}/users/*`], ["https://img.example/s/*"], [`${SITE}/u/*/app.js:3:1`], ['key("…")']]],
    ]);
  });

  it("of a worker without an address are about the page of its load", () => {
    const { groups } = saved((suite) => {
      serve(suite, "/a", 1);
      serve(suite, "/b", 2);
      suite.addReport(report({ document: "blob" }), 1);
      suite.addReport(report({ document: "blob" }), 9);
    });
    expect(groups.map(({ route, count }) => [route, count])).toEqual([["/a", 1]]);
  });

  it.each<[string, Partial<Report>, number]>([
    ["of other headers are about documents of the site", {}, 1],
    ["of other headers are not about documents of other origins", { document: "https://other.example/" }, 0],
    ["are not about frames of the site that COEP refuses", { type: "coep", directive: "navigation", blocked: `${SITE}/frame` }, 0],
  ])("%s", (_, more, count) => {
    const { violations } = saved((suite) => {
      serve(suite, "/", 1);
      suite.addReport(report({ type: "permissions-policy-violation", directive: "camera", blocked: "", ...more }), undefined);
    });
    expect(violations).toBe(count);
  });

  it("name the policies of Trusted Types on each page, each once", () => {
    const { policyNames } = saved((suite) => {
      for (const [load, path] of ["/a", "/b", "/b"].entries()) {
        serve(suite, path, load + 1);
        suite.addReport(
          report({ directive: "trusted-types", blocked: "trusted-types-policy", sample: "shop", document: SITE + path }),
          load + 1,
        );
      }
    });
    expect(policyNames).toEqual([
      { name: "shop", page: `${SITE}/a`, disposition: "report" },
      { name: "shop", page: `${SITE}/b`, disposition: "report" },
    ]);
  });
});

describe("signs of a suite", () => {
  it("are of the site's own documents, each once", () => {
    const { popups, framedBy, origins } = saved((suite) => {
      serve(suite, "/", 1);
      for (const document of [`${SITE}/?a=1`, `${SITE}/`, "https://other.example/", "about:blank", "http://site.example/"]) {
        suite.addPopupMessage({ document, origin: document.startsWith(SITE) ? "https://popup.example" : "https://other-popup.example" });
        suite.addFramed({ document, ancestors: [SITE, "https://outer.example"] });
      }
    });
    expect({ popups, framedBy, origins }).toEqual({
      popups: ["https://popup.example"],
      framedBy: [
        { by: "self", page: `${SITE}/` },
        { by: "https://outer.example", page: `${SITE}/` },
      ],
      origins: [SITE],
    });
  });

  it("say that a page loads a script file by an element without a nonce", () => {
    const has = (html: string) => saved((suite) => serve(suite, "/", 1, html)).hasScriptFile;
    expect([has("<script src=/a.js></script>"), has("<script nonce=abc src=/a.js></script>"), has("<script>go()</script>")]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("are 100 notes at most", () => {
    const { notes } = saved((suite) => {
      for (let index = 0; index < 150; index += 1) suite.addNote(`note ${index >> 1}`);
      for (let index = 0; index < 150; index += 1) suite.addNote(`other ${index}`);
    });
    expect([notes.length, notes[74], notes[99]]).toEqual([100, "note 74", "other 24"]);
  });
});
