import express from "express";
import { describe, expect, it } from "vitest";
import { definePolicy, perRequest } from "../../src/index.js";
import {
  type Group,
  learn,
  memoryStore,
  policyHash,
  type ReportStore,
  type ReportsPageOptions,
  reportsPage,
} from "../../src/reports/index.js";
import { type Answer, ask, serve } from "../http/support.js";
import { GROUP, post } from "./support.js";

const POLICY = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: ["self"] } });
const HASH = policyHash("default-src 'self'; img-src 'self'");
const ON_POLICY: Group = { ...GROUP, policyHash: HASH };

/** A page of these groups. What is ignored is kept, but does not mark them: the tests of the stores do that. */
async function pageOf(groups: readonly Group[], options: Partial<ReportsPageOptions> = {}, more: Partial<ReportStore> = {}) {
  const store: ReportStore = { ...memoryStore(), groups: async () => groups, ...more };
  const port = await serve(express().use("/reports", reportsPage({ store, ...options })));
  return { port, store, get: (query = "") => ask(port, `/reports${query}`) };
}

const rowsOf = ({ body }: Answer) => [...body.matchAll(/<td class="source"><a [^>]*><code>([^<]*)/g)].map(([, source]) => source);
const todoOf = ({ body }: Answer) => [...body.matchAll(/<td class="todo"><span>(.*?)<\/span>/g)].map(([, text]) => text);
const hosts = (count: number): readonly Group[] =>
  Array.from({ length: count }, (_, index) => ({
    ...GROUP,
    id: String(index),
    blocked: `https://h${index}.example`,
    count: count - index,
  }));

describe("the rows of the page", () => {
  it("are one for each source, over all directives, routes and versions of the policy", async () => {
    const { get } = await pageOf([
      GROUP,
      { ...GROUP, id: "1", directive: "font-src", count: 2 },
      { ...GROUP, id: "2", route: "/other", policyHash: HASH, count: 3 },
      { ...GROUP, id: "3", blocked: "https://other.example", count: 7 },
    ]);
    const answer = await get();
    expect(rowsOf(answer)).toEqual(["https://img.example", "https://other.example"]);
    expect(answer.body).toContain('<td class="count"><i>Reports </i>45</td>');
  });

  it("are one for each directive, of what is no address", async () => {
    const inline = { ...GROUP, blocked: "inline" };
    const { get } = await pageOf([
      { ...inline, directive: "script-src-elem", count: 3 },
      { ...inline, id: "1", directive: "script-src-elem", route: "/b", count: 3 },
      { ...inline, id: "2", directive: "style-src-attr", count: 2 },
    ]);
    expect(rowsOf(await get())).toEqual(["inline script-src-elem", "inline style-src-attr"]);
  });

  it("are 20 on a page, with links to the others", async () => {
    const { get } = await pageOf(hosts(45));
    const [first, last] = [await get(), await get("?page=3")];
    expect([rowsOf(first).length, rowsOf(last)]).toEqual([20, [40, 41, 42, 43, 44].map((index) => `https://h${index}.example`)]);
    expect(first.body).toContain('<span>Page 1 of 3</span> <a rel="next" href="?page=2">Next</a>');
    expect(last.body).toContain('<a rel="prev" href="?page=2">Previous</a> <span>Page 3 of 3</span></nav>');
  });

  it.each(["0", "-1", "1.5", "x", "1e99"])("are those of the first page for the page %s", async (page) => {
    const { get } = await pageOf(hosts(45));
    expect(rowsOf(await get(`?page=${page}`))[0]).toBe("https://h0.example");
  });

  it("are those of the last page beyond it", async () => {
    const { get } = await pageOf(hosts(45));
    expect(rowsOf(await get("?page=99"))).toHaveLength(5);
  });

  it.each<[string, string, readonly string[]]>([
    ["reports, the most first", "", ["c", "a", "b"]],
    ["reports, the fewest first", "?order=ascending", ["b", "a", "c"]],
    ["source, backwards", "?sort=subject", ["c", "b", "a"]],
    ["source", "?sort=subject&order=ascending", ["a", "b", "c"]],
    ["clients", "?sort=clients", ["b", "c", "a"]],
    ["first seen", "?sort=firstSeen", ["a", "b", "c"]],
    ["last seen", "?sort=lastSeen", ["b", "a", "c"]],
    ["something else: reports", "?sort=__proto__", ["c", "a", "b"]],
  ])("are sorted by %s", async (_, query, expected) => {
    const { get } = await pageOf([
      { ...GROUP, blocked: "https://a", count: 2, clients: 1, firstSeen: 30, lastSeen: 50 },
      { ...GROUP, id: "1", blocked: "https://b", count: 1, clients: 9, firstSeen: 20, lastSeen: 60 },
      { ...GROUP, id: "2", blocked: "https://c", count: 3, clients: 5, firstSeen: 10, lastSeen: 40 },
    ]);
    expect(rowsOf(await get(query))).toEqual(expected.map((name) => `https://${name}`));
  });

  it("say by which column they are sorted", async () => {
    const { get } = await pageOf([GROUP]);
    expect((await get("?sort=clients")).body).toContain(
      '<th scope="col" class="count" aria-sort="descending"><a href="?sort=clients&amp;order=ascending">',
    );
  });

  it.each<[string, readonly string[]]>([
    ["IMG.example", ["https://img.example"]],
    ["font-src", ["https://font.example"]],
    ["/checkout", ["https://font.example"]],
    ["nothing like it", []],
  ])("are those that contain %s, where it is searched for", async (text, expected) => {
    const { get } = await pageOf([
      GROUP,
      { ...GROUP, id: "1", blocked: "https://font.example", directive: "font-src", route: "/checkout" },
    ]);
    expect(rowsOf(await get(`?q=${encodeURIComponent(text)}`))).toEqual(expected);
  });
});

describe("what to do about a source", () => {
  const todo = async (groups: readonly Group[], options: Partial<ReportsPageOptions> = { policy: POLICY }) =>
    todoOf(await (await pageOf(groups, options)).get());

  it("is to add it, where the patch has it", async () => {
    expect(await todo([ON_POLICY])).toEqual(["Add it to imgSrc: it is in the proposed patch."]);
  });

  it("is said with the reason, where it is not proposed", async () => {
    expect(await todo([{ ...ON_POLICY, clients: 2 }])).toEqual([
      "Not proposed for imgSrc: Too little evidence for a third-party host: 2 of 10 clients.",
    ]);
  });

  it("is the advice of learn, for code", async () => {
    expect(await todo([{ ...ON_POLICY, blocked: "inline", directive: "style-src-attr" }])).toEqual([
      "style attributes are blocked. Use a class, or set element.style in a script.",
    ]);
  });

  it("is nothing yet, on another version of the policy", async () => {
    expect(await todo([GROUP])).toEqual(["Nothing yet: it was reported on another version of the policy."]);
  });

  it("is nothing, where the policy allows it", async () => {
    expect(await todo([{ ...ON_POLICY, blocked: "self" }])).toEqual(["Nothing: the policy allows it already, or no policy can."]);
  });

  it("is general where the page knows no policy", async () => {
    expect(await todo([GROUP], {})).toEqual(["If the site needs it, write imgSrc: append(&quot;https://img.example&quot;)."]);
  });
});

describe("where there is no proposal, the top of the page says", () => {
  const top = async (
    groups: readonly Group[],
    options: Partial<ReportsPageOptions> = { policy: POLICY },
    more: Partial<ReportStore> = {},
  ) => {
    const { body } = await (await pageOf(groups, options, more)).get();
    const section = body.slice(body.indexOf('<section class="proposal">'), body.indexOf("</section>"));
    return section
      .replace(/<details>[\s\S]*?<\/details>|<[^>]+>/g, "")
      .replaceAll("&#39;", "'")
      .trim();
  };

  it("which other version of the policy the groups are about, and how it differs", async () => {
    const policy = "default-src 'self';font-src 'self'";
    const some = [1, 2].map((id): Group => ({ ...GROUP, id: String(id), policy, policyHash: policyHash(policy) }));
    expect(await top(some)).toContain("2 groups are of another version of the policy: it differs in font-src, img-src. They are not used.");
  });

  it("both texts of what differs", async () => {
    const policy = "default-src 'self';img-src 'none'";
    const { get } = await pageOf([{ ...GROUP, policy, policyHash: policyHash(policy) }], { policy: POLICY });
    expect((await get()).body).toContain("reported <code>img-src &#39;none&#39;</code>, now <code>img-src &#39;self&#39;</code>");
  });

  it("that the text of another version was not kept, by an earlier version of the collector", async () => {
    expect(await top([GROUP])).toContain("1 group is of another version of the policy: its text was not kept.");
  });

  it("no difference that a policy may have behind the 2,000 characters that were kept", async () => {
    const policy = `default-src 'self';font-src ${"x".repeat(2_000)}`.slice(0, 2_000);
    expect(await top([{ ...GROUP, policy, policyHash: "x" }])).toContain("it differs in what was not kept of it.");
  });

  it("nothing of other versions where the policy differs with each request", async () => {
    const dynamic = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: [perRequest(() => "a.example")] } });
    expect(await top([GROUP], { policy: dynamic })).not.toContain("version of the policy");
  });

  it("for which host names reports came, the most frequent first", async () => {
    const totals = new Map([
      ["other-host", 430],
      ["other-host a.example", 3],
      ["other-host shop.example", 427],
    ]);
    const store = memoryStore();
    await store.add({ writer: "w", seq: 1, at: 1, groups: [], totals, hours: new Map() });
    expect(await top([], { policy: POLICY }, { stats: store.stats })).toMatch(
      /^No proposal\n427 reports came for shop\.example, which is not in hosts\. 3 reports came for a\.example, which is not in hosts\./,
    );
  });

  it("that the page does not know the policy", async () => {
    expect(await top([GROUP], {})).toContain(
      "The page does not know the policy, so it proposes nothing. Write reportsPage({ store, policy }).",
    );
  });

  it("what is left out, and that the rows say why", async () => {
    const some: readonly Group[] = [
      { ...ON_POLICY, clients: 1 },
      { ...ON_POLICY, id: "1", blocked: "eval", directive: "script-src" },
      { ...ON_POLICY, id: "2", blocked: "https://ignored.example", ignored: true },
    ];
    expect(await top(some)).toContain(
      "Nothing to add to the policy: 1 source is not proposed; 1 violation is of a kind that no source should allow; 1 group is ignored.",
    );
  });
});

describe("the chart", () => {
  it("draws no axis where there is nothing in it", async () => {
    const { body } = await (await pageOf([GROUP])).get();
    expect([body.includes("<line"), body.includes("No reports in the last 31 days.")]).toEqual([false, true]);
  });
});

describe("times", () => {
  const at = Date.UTC(2026, 10, 21, 23, 30);

  it.each([
    [undefined, "2026-11-21 23:30", "times in UTC"],
    ["Europe/Berlin", "2026-11-22 00:30", "times in Europe/Berlin"],
    ["America/New_York", "2026-11-21 18:30", "times in America/New_York"],
  ])("are in the zone %s", async (timeZone, expected, said) => {
    const { body } = await (await pageOf([{ ...GROUP, lastSeen: at }], { timeZone })).get();
    expect(body).toContain(`<time datetime="2026-11-21T23:30:00.000Z">${expected}</time>`);
    expect(body).toContain(said);
  });

  it("decide to which day of the chart an hour belongs", async () => {
    const hour = new Date();
    hour.setUTCHours(23, 0, 0, 0);
    const start = hour.getTime() - 3 * 86_400_000;
    const timeline = async () => [{ start, enforce: 4, report: 0, none: 0 }];
    const { body } = await (await pageOf([GROUP], { timeZone: "Asia/Tokyo" }, { timeline })).get();
    expect(body).toContain(`<title>${new Date(start + 86_400_000).toISOString().slice(0, 10)}: 4 blocked, 0 observed, 0 other</title>`);
  });
});

describe("an export", () => {
  const odd: Group = {
    ...GROUP,
    id: "1",
    type: "csp-violation",
    blocked: `=cmd|"x"`,
    directive: "@x",
    route: "+1",
    count: 2,
    firstSeen: 0,
  };

  it("is CSV whose cells no spreadsheet runs", async () => {
    const { headers, body } = await (await pageOf([GROUP, odd])).get("?export=csv");
    expect([headers["Content-Type"], headers["Content-Disposition"], headers["X-Content-Type-Options"]]).toEqual([
      "text/csv; charset=utf-8",
      'attachment; filename="violation-reports.csv"',
      "nosniff",
    ]);
    expect(body.split("\r\n")).toEqual([
      "source,directives,whatToDo,reports,clients,firstSeen,lastSeen,routes,ignored",
      'https://img.example,img-src,"If the site needs it, write imgSrc: append(""https://img.example"").",40,12,2026-11-20T00:00:00.000Z,2026-11-21T00:00:00.000Z,/,false',
      `"'=cmd|""x"" @x","'@x",No source allows this. Look at what the pages do.,2,12,1970-01-01T00:00:00.000Z,2026-11-21T00:00:00.000Z,"'+1",false`,
      "",
    ]);
  });

  it.each(["=1", "+1", "-1", "@1", "\t=1", "\r=1"])("has an apostrophe before a cell that begins like %j", async (route) => {
    const { body } = await (await pageOf([{ ...GROUP, route }])).get("?export=csv");
    expect(body).toContain(`,"'${route}",false`);
  });

  it("is JSON with the patch as a policy file has it", async () => {
    const { headers, body } = await (await pageOf([ON_POLICY], { policy: POLICY })).get("?export=json");
    const { patch, sources } = JSON.parse(body);
    expect([headers["Content-Type"], patch, sources]).toEqual([
      "application/json; charset=utf-8",
      { contentSecurityPolicy: { imgSrc: { append: ["https://img.example"] } } },
      [
        {
          source: "https://img.example",
          directives: ["img-src"],
          whatToDo: ["Add it to imgSrc: it is in the proposed patch."],
          reports: 40,
          clients: 12,
          firstSeen: "2026-11-20T00:00:00.000Z",
          lastSeen: "2026-11-21T00:00:00.000Z",
          routes: ["/"],
          ignored: false,
        },
      ],
    ]);
  });

  it("has the rows of every page that the search finds", async () => {
    const { get } = await pageOf(hosts(45));
    const { body } = await get("?export=json&q=h4&page=2");
    expect(JSON.parse(body).sources.map(({ source }: { source: string }) => source)).toEqual(
      [4, 40, 41, 42, 43, 44].map((index) => `https://h${index}.example`),
    );
  });

  it("in another format is the page", async () => {
    expect((await (await pageOf([GROUP])).get("?export=constructor")).body).toContain("<h1>Violation reports</h1>");
  });
});

describe("ignoring", () => {
  const FORM = "application/x-www-form-urlencoded";
  const BODY = "subject=https%3A%2F%2Fimg.example&action=ignore";
  const own = { Host: "site.example", Origin: "http://site.example" };
  const send = async (port: number, body = BODY, headers: Record<string, string> = own, type = FORM, path = "/reports") => {
    const { statusCode, headers: received } = await post(port, body, { path, type, headers });
    return [statusCode, received.location];
  };

  it("is kept in the store, and leads back to where the form was", async () => {
    const { port, store } = await pageOf([GROUP]);
    expect(await send(port, BODY, own, FORM, "/reports?q=img&sort=clients&x=%0d%0a")).toEqual([303, "?q=img&sort=clients"]);
    expect(await store.ignored?.()).toEqual(["https://img.example"]);
  });

  it("ends with the other button", async () => {
    const { port, store } = await pageOf([GROUP]);
    await send(port);
    expect(await send(port, BODY.replace("=ignore", "=restore"), own, FORM, "/reports?source=a%26b")).toEqual([303, "?source=a%26b"]);
    expect(await store.ignored?.()).toEqual([]);
  });

  it("works behind a body parser", async () => {
    const store: ReportStore = { ...memoryStore(), groups: async () => [GROUP] };
    const port = await serve(express().use(express.urlencoded({ extended: false }), express().use("/reports", reportsPage({ store }))));
    expect([await send(port), await store.ignored?.()]).toEqual([[303, "?"], ["https://img.example"]]);
  });

  it.each<[string, Record<string, string>]>([
    ["of another site", { ...own, Origin: "http://evil.example" }],
    ["of another port", { ...own, Origin: "http://site.example:8080" }],
    ["of a sandboxed document", { ...own, Origin: "null" }],
    ["of no page", { Host: "site.example" }],
    ["of another site, as the browser says", { ...own, "Sec-Fetch-Site": "cross-site" }],
    ["of another subdomain, as the browser says", { ...own, "Sec-Fetch-Site": "same-site" }],
    ["of the address bar", { ...own, "Sec-Fetch-Site": "none" }],
    ["of the site over plain http, where it is secure", { ...own, "X-Forwarded-Proto": "https" }],
  ])("is refused for a request %s", async (_, headers) => {
    const store: ReportStore = { ...memoryStore(), groups: async () => [GROUP] };
    const app = express().set("trust proxy", true).use("/reports", reportsPage({ store }));
    expect([await send(await serve(app), BODY, headers), await store.ignored?.()]).toEqual([[403, undefined], []]);
  });

  it("is accepted behind a proxy that rewrites the Host, where the browser says that it is the page's", async () => {
    const { port } = await pageOf([GROUP]);
    const headers = { Host: "internal:8080", Origin: "https://site.example", "Sec-Fetch-Site": "same-origin" };
    expect((await send(port, BODY, headers))[0]).toBe(303);
  });

  it.each<[string, string, string]>([
    ["JSON", '{"subject":"https://img.example","action":"ignore"}', "application/json"],
    ["text/plain", BODY, "text/plain"],
    ["a form without a subject", "action=ignore", FORM],
    ["a form with another action", "subject=https%3A%2F%2Fimg.example&action=delete", FORM],
    ["a form of more than 16 kB", `${BODY}&x=${"x".repeat(20_000)}`, FORM],
  ])("takes no %s", async (_, body, type) => {
    const { port, store } = await pageOf([GROUP]);
    expect([await send(port, body, own, type), await store.ignored?.()]).toEqual([[400, undefined], []]);
  });

  it("takes nothing that is not on the page", async () => {
    const { port, store } = await pageOf([GROUP]);
    expect([await send(port, "subject=made-up&action=ignore"), await store.ignored?.()]).toEqual([[404, undefined], []]);
  });

  it("is not offered where the store cannot keep it", async () => {
    const { ignored, setIgnored, ...rest } = memoryStore();
    const port = await serve(express().use("/reports", reportsPage({ store: { ...rest, groups: async () => [GROUP] } })));
    const { body } = await ask(port, "/reports");
    expect([body.includes('method="post"'), (await send(port))[0]]).toEqual([false, 405]);
  });

  it("moves a row to what is ignored", async () => {
    const { get } = await pageOf([GROUP, { ...GROUP, id: "1", blocked: "https://ignored.example", ignored: true }]);
    expect([rowsOf(await get()), rowsOf(await get("?show=ignored"))]).toEqual([["https://img.example"], ["https://ignored.example"]]);
  });

  it("can be ended for what has no reports any more", async () => {
    const { port, store, get } = await pageOf([GROUP]);
    await store.setIgnored?.("https://gone.example", true);
    expect((await get("?show=ignored")).body).toContain(
      '<li><code>https://gone.example</code> <form method="post" action="?show=ignored">',
    );
    expect((await send(port, "subject=https%3A%2F%2Fgone.example&action=restore"))[0]).toBe(303);
    expect(await store.ignored?.()).toEqual([]);
  });

  it("keeps a source out of what learn proposes, on the page and for the groups of the store", async () => {
    const store = memoryStore();
    const { pages, browsers, urls, files, samples, days, clients, ...key } = ON_POLICY;
    const map = (list: Group["days"]) => new Map(list.map(({ value, count }) => [value, count]));
    const seen = new Map(Array.from({ length: 12 }, (_, index) => [`c${index}`, 1]));
    const tallies = {
      pages: map(pages),
      browsers: map(browsers),
      urls: map(urls),
      files: map(files),
      samples: map(samples),
      days: map(days),
      clients: seen,
    };
    await store.add({ writer: "w", seq: 1, at: Date.now(), groups: [{ ...key, tallies } as never], totals: new Map(), hours: new Map() });
    const port = await serve(express().use("/reports", reportsPage({ store, policy: POLICY })));
    const before = [(await ask(port, "/reports")).body.includes("Proposed patch"), learn(POLICY, await store.groups()).suggestions.length];
    await send(port);
    const after = [(await ask(port, "/reports")).body.includes("Proposed patch"), learn(POLICY, await store.groups()).suggestions.length];
    expect([before, after]).toEqual([
      [true, 1],
      [false, 0],
    ]);
  });
});
