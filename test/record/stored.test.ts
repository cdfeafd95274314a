import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/index.js";
import { collectEvidence } from "../../src/record/evidence.js";
import type { Detail } from "../../src/record/listen.js";
import { propose } from "../../src/record/proposal.js";

const SITE = "https://site.example";
const CODE = "<script>go()</script>";
const HASH = "'sha256-5KYv+PUboo5h+0+YAtGRPbwv5d/QxzHslP4YGnUaxRw='";

const detail: Detail = {
  ...{ document: `${SITE}/`, directive: "script-src-elem", blocked: "inline", line: 3, column: 1, sourceFile: `${SITE}/`, sample: "" },
  ...{ element: "<script>", text: "go()", hasNonce: false, policy: "" },
};

/** Two walks over the same pages, by their paths, and what is asked about the script that some of them have. */
function asked(pages: Readonly<Record<string, string>>) {
  const evidence = collectEvidence(() => true);
  for (const _walk of [1, 2]) {
    for (const [path, html] of Object.entries(pages)) {
      evidence.visiting(SITE + path, "desktop");
      evidence.addServed(SITE + path, html);
      if (html.includes(CODE)) evidence.addDetail(detail);
      evidence.loaded();
    }
  }
  const { pending, allowed, notes } = propose(definePolicy("strict"), evidence.evidence(), new Set());
  return { pending: pending.map(({ message }) => message), allowed: allowed.map(({ source }) => source), notes };
}

const post = (name: string, comment = "") => `<title>${name}</title><main><p>${name}</p><div>${comment}</div></main>`;
const suspect = (where: string) => ({
  pending: [`An inline script, <script> at ${SITE}/:3:1, is ${where}: it may be somebody's stored script.`],
  allowed: [],
  notes: [],
});
const ALLOWED = { pending: [], allowed: [HASH], notes: [] };

describe("A script in the HTML is asked about where it is", () => {
  it("on one page of several that differ in their queries only", () => {
    expect(asked({ "/?p=1": post("1"), "/?p=2": post("2", CODE), "/?p=3": post("3") })).toEqual(suspect("on one page of 3"));
  });

  it("on one page that has a second address with a slash at its end", () => {
    expect(asked({ "/post/1": post("1"), "/post/2": post("2", CODE), "/post/2/": post("2", CODE) })).toEqual(suspect("on one page of 2"));
  });

  it("on the only page of its route, which a link gave several addresses", () => {
    const book = post("guests", CODE);
    expect(asked({ "/": post("home"), "/guests": book, "/guests?x=1": book, "/guests?x=2": book })).toEqual(suspect("on one page of 2"));
  });

  it("on two pages of one route, and breaks out of the elements around it", () => {
    const comment = `</div></main>${CODE}`;
    const pages = { "/post/1": post("1"), "/post/2": post("2", comment), "/post/3": post("3", comment), "/post/4": post("4") };
    expect(asked(pages)).toEqual(suspect("on 2 pages of 4"));
  });

  it("on every page of a route with several pages, and on one of a route with others", () => {
    const pages = { "/": post("home"), "/post/1": post("1", CODE), "/post/2": post("2"), "/user/1": CODE, "/user/2": `${CODE}<p>2</p>` };
    expect(asked(pages)).toEqual(suspect("on 3 pages of 5"));
  });

  it("on every page of a route, within an outer element that differs", () => {
    const pages = { "/": post("home"), "/post/1": post("1", CODE), "/post/2": post("2", CODE) };
    expect(asked(pages)).toEqual(suspect("within content that differs between 2 pages"));
  });
});

describe("A script in the HTML is allowed without a question where it is", () => {
  it("on every page", () => {
    expect(asked({ "/": CODE + post("home"), "/about": CODE + post("about") })).toEqual(ALLOWED);
  });

  it("on every page, within an outer element that differs and an inner one that does not", () => {
    expect(asked({ "/": post("home", CODE), "/about": post("about", CODE) })).toEqual(ALLOWED);
  });

  it("on every page of its route, and nothing around it differs", () => {
    expect(asked({ "/": post("home"), "/post/1": CODE + post("1"), "/post/2": CODE + post("2") })).toEqual(ALLOWED);
  });

  it("on the one page that was visited, with a remark", () => {
    const note = "One page was visited: inline code on it could not be compared with other pages. Read it.";
    expect(asked({ "/": CODE })).toEqual({ ...ALLOWED, notes: [note] });
  });

  it("on all pages, which have the same HTML, with a remark", () => {
    const note = "All pages that were visited have the same HTML: inline code in it could not be compared with other pages. Read it.";
    expect(asked({ "/": CODE, "/about": CODE })).toEqual({ ...ALLOWED, notes: [note] });
  });

  it("on every page of HTML, beside a file that is not HTML", () => {
    expect(asked({ "/": CODE + post("home"), "/about": CODE + post("about"), "/feed": "" })).toEqual(ALLOWED);
  });
});
