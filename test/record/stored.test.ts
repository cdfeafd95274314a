import { describe, expect, it } from "vitest";
import { definePolicy, type Policy } from "../../src/index.js";
import { collectEvidence } from "../../src/record/evidence.js";
import type { Detail } from "../../src/record/listen.js";
import { type Accepted, propose, wordFor } from "../../src/record/proposal.js";
import { pageOf } from "../../src/record/visited.js";
import type { Report } from "../../src/reports/parse.js";

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

const EVIL = "https://evil.example";
const report = (directive: string, blocked: string, path: string, type: Report["type"] = "csp-violation"): Report => ({
  ...{ type, disposition: "report", directive, blocked, document: SITE + path },
  ...{ policy: "", sourceFile: "", position: "", sample: "", userAgent: "" },
});

/** Two walks over pages of one route and a home page; what is proposed for violations on some of them. */
function proposed(
  violations: readonly (readonly [directive: string, blocked: string, type?: Report["type"]])[],
  paths: readonly string[],
  { accepted = new Set(), policy = definePolicy("strict") }: { readonly accepted?: Accepted; readonly policy?: Policy } = {},
) {
  const evidence = collectEvidence(() => true);
  for (const _walk of [1, 2]) {
    for (const path of ["/", "/post/1", "/post/2", "/post/3", "/post/4"]) {
      evidence.visiting(SITE + path, "desktop");
      evidence.addServed(SITE + path, post(path));
      if (paths.includes(path))
        for (const [directive, blocked, type] of violations) evidence.addReport(report(directive, blocked, path, type));
      evidence.loaded();
    }
  }
  const { pending, allowed, notes } = propose(policy, evidence.evidence(), accepted);
  return {
    pending: pending.map((one) => `${wordFor(one)}: ${one.message}`),
    allowed: allowed.map(({ directive, source }) => `${directive} ${source}`),
    notes,
  };
}

const ONE = "on one page of 5: somebody may have stored it there.";
const asks = (...messages: readonly string[]) => ({ pending: messages, allowed: [], notes: [] });

describe("A foreign host on one page of several is asked about where it", () => {
  it.each<[string, string, string]>([
    ["serves a script", "script-src-elem", `${EVIL} serves a script`],
    ["serves a worker", "worker-src", `${EVIL} serves a worker`],
    ["serves a plugin", "object-src", `${EVIL} serves a plugin or document of an <object> or <embed>`],
    ["gets what a form sends", "form-action", `${EVIL} gets what a form sends`],
  ])("%s", (_, directive, what) => {
    expect(proposed([[directive, `${EVIL}/x`]], ["/post/3"])).toEqual(asks(`${EVIL}: ${what} ${ONE}`));
  });

  it("gets a feature, by the allow attribute of its frame", () => {
    expect(proposed([["camera", `${EVIL}/x`, "permissions-policy-violation"]], ["/post/3"])).toEqual(
      asks(`${EVIL}: A frame of ${EVIL} gets camera ${ONE}`),
    );
  });

  it("frames the site, wherever that is", () => {
    const evidence = collectEvidence(() => true);
    evidence.visiting(`${SITE}/`, "desktop");
    evidence.addServed(`${SITE}/`, post("/"));
    evidence.addReport(report("frame-ancestors", EVIL, "/"));
    evidence.addFramed({ document: `${SITE}/`, ancestors: [EVIL, "https://other.example"] });
    const { allowed, pending } = propose(definePolicy("strict"), evidence.evidence(), new Set([EVIL] as const));
    expect(allowed.map(({ directive, source }) => `${directive} ${source}`)).toEqual([`frameAncestors ${EVIL}`, "xFrameOptions false"]);
    expect(pending.map(wordFor)).toEqual(["https://other.example"]);
  });
});

describe("What else pages with stored content may ask for", () => {
  it("a <base> that names the site itself is asked about on one page of several", () => {
    const policy = definePolicy("strictDynamic");
    expect(proposed([["base-uri", `${SITE}/uploads/`]], ["/post/3"], { policy })).toEqual(
      asks(`${SITE}: A <base> element changes where addresses of ${SITE} lead, ${ONE}`),
    );
  });

  it.each(["style-src-elem", "img-src", "font-src", "connect-src", "frame-src", "media-src"])(
    "a host of %s is allowed without a question",
    (directive) => {
      expect(proposed([[directive, `${EVIL}/x`]], ["/post/3"])).toMatchObject({ pending: [], allowed: [expect.stringContaining(EVIL)] });
    },
  );

  it("a feature of the site itself is kept where that of a foreign frame is asked about", () => {
    const features = [
      ["camera", `${EVIL}/x`, "permissions-policy-violation"] as const,
      ["camera", "", "permissions-policy-violation"] as const,
    ];
    expect(proposed(features, ["/post/3"]).allowed).toEqual(["permissionsPolicy.camera self"]);
  });
});

describe("A host that serves a script is allowed without a question", () => {
  it("on every page of its route", () => {
    const seen = proposed([["script-src-elem", `${EVIL}/x.js`]], ["/post/1", "/post/2", "/post/3", "/post/4"]);
    expect(seen).toEqual({ pending: [], allowed: [`scriptSrc ${EVIL}`], notes: [] });
  });

  it.each<[string, Accepted]>([
    ["once its origin is accepted", new Set([EVIL])],
    ["once its kind is accepted", new Set(["hosts"])],
  ])("%s", (_, accepted) => {
    const seen = proposed([["script-src-elem", `${EVIL}/x.js`]], ["/post/3"], { accepted });
    expect(seen).toEqual({ pending: [], allowed: [`scriptSrc ${EVIL}`], notes: [] });
  });
});

it("a report that comes when the next page is loading belongs to the load that its address names", () => {
  const evidence = collectEvidence(() => true);
  for (const [index, path] of ["/post/1", "/post/2", "/post/3"].entries()) {
    evidence.visiting(SITE + path, "desktop", index + 1);
    evidence.addServed(SITE + path, post(path));
  }
  evidence.addReport(report("script-src-elem", `${EVIL}/x.js`, "/post/2"), 2);
  const [{ pages, groups }, id] = [evidence.evidence().visits, pageOf(`${SITE}/post/2`).id];
  expect([pages.length, [...groups.values()].map((ids) => [...ids])]).toEqual([3, [[id]]]);
});

it("hosts of this machine are proposed over http too, with a remark", () => {
  const seen = proposed(
    [
      ["connect-src", "http://localhost:4106/api"],
      ["img-src", "http://127.0.0.1:4106/a.png"],
    ],
    ["/"],
  );
  expect(seen).toEqual({
    pending: [],
    allowed: ["connectSrc http://localhost:4106", "imgSrc http://127.0.0.1:4106"],
    notes: [
      "http://localhost:4106, http://127.0.0.1:4106 are of this machine only: in the policy of a published site, write the address that each has there.",
    ],
  });
});

it("a host that only begins like this machine is not proposed over http", () => {
  expect(proposed([["connect-src", "http://localhost.evil.example/api"]], ["/"]).allowed).toEqual([]);
});

describe("eval", () => {
  const evidence = collectEvidence(() => true);
  evidence.visiting(`${SITE}/`, "desktop");
  evidence.addServed(`${SITE}/`, post("home"));
  evidence.addReport({
    ...{ type: "csp-violation", disposition: "report", directive: "script-src", blocked: "eval", document: `${SITE}/` },
    ...{ policy: "", sourceFile: `${SITE}/app.js`, position: "1:1", sample: "1+1", userAgent: "" },
  });
  const seen = evidence.evidence();
  const of = (accepted: Accepted) => {
    const { pending, allowed } = propose(definePolicy("strict"), seen, accepted);
    return { pending: pending.map(wordFor), allowed: allowed.map(({ source }) => source) };
  };

  it.each<[string, Accepted]>([
    ["inline code", new Set(["inline"])],
    ["code that scripts added", new Set(["runtime"])],
    ["hosts", new Set(["hosts"])],
    ["an origin", new Set([SITE])],
  ])("is not allowed by a yes to %s", (_, accepted) => {
    expect(of(accepted)).toEqual({ pending: ["eval"], allowed: [] });
  });

  it("is allowed by its own word", () => {
    expect(of(new Set(["eval"]))).toEqual({ pending: [], allowed: ["unsafe-eval"] });
  });
});
