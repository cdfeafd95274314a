import http from "node:http";
import { describe, expect, it } from "vitest";
import { compareAll, compareService, hostsIn, hostsOf, printed, readPage } from "../../build/services-fresh.mjs";
import { sentry, stripe } from "../../src/services/index.js";
import { listen } from "../http/support.js";

describe("hostsIn", () => {
  it.each([
    [
      "a host with and without a scheme",
      "https://js.stripe.com, wss://ws.stripe.com and api.stripe.com.",
      "api.stripe.com js.stripe.com ws.stripe.com",
    ],
    ["a host without the scheme that the page would have", "//js.stripe.com/v3/", "js.stripe.com"],
    ["a wildcard", "script-src https://*.js.stripe.com; img-src *.stripe.com", "*.js.stripe.com *.stripe.com"],
    ["a wildcard that is written as an entity", "https://&#42;.stripe.com", "*.stripe.com"],
    ["no wildcard within a name", "https://*.google.*", ""],
    ["one host once, in small letters", "API.stripe.com <b>api.stripe.com</b>", "api.stripe.com"],
    ["no port and no path", "https://js.stripe.com:443/v3/other.example/file.js", "js.stripe.com"],
    ["what is between tags", "<code>https://</code> <td>js.stripe.com</td>", "js.stripe.com"],
    ["nothing of a tag", '<a href="https://dashboard.stripe.com" title="a.example">Log in</a><!-- b.example -->', ""],
    [
      "the text of a page that is in JSON",
      String.raw`<script>{"md":"\njs.stripe.com\n- https:\/\/m.stripe.com"}</script>`,
      "js.stripe.com m.stripe.com",
    ],
    ["no address of mail", "Write to help@stripe.com.", ""],
    ["no name of a file", "index.html, stripe.js and csp.md", ""],
    ["no version, number or address of a machine", "v1.2.3, 3.5 and 127.0.0.1", ""],
    ["no name that begins or ends with a hyphen", "-a.example b-.example", ""],
  ])("finds %s", (_what, page, hosts) => {
    expect(hostsIn(page).join(" ")).toBe(hosts);
  });

  it("keeps 5000 hosts of a page at most", () => {
    expect(hostsIn(Array.from({ length: 5_001 }, (_, index) => `h${index}.example`).join(" "))).toHaveLength(5_000);
  });
});

describe("hostsOf", () => {
  it("calls a recipe with each of its options", () => {
    expect(hostsOf(stripe, { crypto: { type: "boolean" } }).join(" ")).toBe(
      "*.js.stripe.com api.stripe.com crypto-js.stripe.com crypto.link.com hooks.stripe.com js.stripe.com",
    );
  });

  it("leaves out the host of the example", () => {
    expect(hostsOf(sentry, { dsn: { type: "string" }, cdn: { type: "boolean" } })).toEqual(["browser.sentry-cdn.com"]);
  });
});

const ABOUT = {
  name: "shop",
  checked: "2026-11-26",
  pages: ["https://docs.shop.example/csp#list", "https://docs.shop.example/old"],
  hosts: ["shop.example", "www.shared.example/shop/"],
};

describe("compareService", () => {
  const compare = (hosts: readonly string[], ...pages: readonly (readonly string[])[]) => {
    const { gone, added } = compareService(
      ABOUT,
      hosts,
      new Map(pages.map((found, index) => [ABOUT.pages[index] ?? "", { hosts: found }])),
    );
    return { gone, added };
  };

  it("names hosts of the recipe that are on none of its pages", () => {
    const hosts = ["js.shop.example", "api.shop.example", "old.shop.example"];
    expect(compare(hosts, ["js.shop.example"], ["api.shop.example"])).toEqual({ gone: ["old.shop.example"], added: [] });
  });

  it("names hosts of the service that its pages have and the recipe has not", () => {
    const found = ["js.shop.example", "new.shop.example", "*.shop.example", "shop.example", "notshop.example", "www.shared.example"];
    expect(compare(["js.shop.example"], found)).toEqual({ gone: [], added: ["*.shop.example", "new.shop.example", "shop.example"] });
  });

  it("takes a host for allowed that a wildcard of the recipe covers", () => {
    expect(compare(["*.shop.example"], ["*.shop.example", "a.shop.example", "*.b.shop.example"])).toEqual({ gone: [], added: [] });
  });

  it("knows of nothing that is gone where no page can be read", () => {
    expect(compareService(ABOUT, ["js.shop.example"], new Map())).toEqual({
      name: "shop",
      checked: "2026-11-26",
      read: [],
      notRead: ABOUT.pages.map((url) => ({ url, failure: "not read" })),
      gone: [],
      added: [],
    });
  });
});

/** A `fetch` for which one local server is every host: the whole address is in its path. */
async function playing(pages: Readonly<Record<string, (res: http.ServerResponse) => void>>) {
  const asked: { readonly url: string; readonly agent: string | undefined }[] = [];
  let open = 0;
  let most = 0;
  const port = await listen(
    http.createServer((req, res) => {
      const url = decodeURIComponent((req.url ?? "").slice(1));
      asked.push({ url, agent: req.headers["user-agent"] });
      const page = pages[url];
      if (page === undefined) return void res.writeHead(404).end();
      page(res);
    }),
  );
  const get = (async (url: string, init: RequestInit) => {
    most = Math.max(most, ++open);
    return fetch(`http://127.0.0.1:${port}/${encodeURIComponent(url)}`, init).finally(() => open--);
  }) as typeof fetch;
  return { fetch: get, asked, most: () => most };
}

describe("readPage", () => {
  const read = async (url: string, pages: Parameters<typeof playing>[0], limits = {}) =>
    readPage(url, (await playing(pages)).fetch, limits);
  const to = (location: string) => (res: http.ServerResponse) => void res.writeHead(302, { Location: location }).end();

  it("returns the hosts of a page, after its redirects", async () => {
    const pages = {
      "https://a.example/": to("/new"),
      "https://a.example/new": (res: http.ServerResponse) => void res.end("js.stripe.com"),
    };
    expect(await read("https://a.example/", pages)).toEqual({ hosts: ["js.stripe.com"] });
  });

  it("reads a file of GitHub where its text is", async () => {
    const pages = { "https://raw.githubusercontent.com/o/r/main/csp.md": (res: http.ServerResponse) => void res.end("js.stripe.com") };
    expect(await read("https://github.com/o/r/blob/main/csp.md", pages)).toEqual({ hosts: ["js.stripe.com"] });
  });

  it.each([
    ["an address of http", "http://a.example/", {}, "it is not https"],
    ["a redirect to http", "https://a.example/", { "https://a.example/": to("http://a.example/") }, "it is not https"],
    [
      "a redirect to another host",
      "https://a.example/",
      { "https://a.example/": to("https://b.example/"), "https://b.example/": (res: http.ServerResponse) => void res.end("js.stripe.com") },
      "it redirects to another host: b.example",
    ],
    [
      "a redirect to this machine",
      "https://a.example/",
      { "https://a.example/": to("https://127.0.0.1/"), "https://127.0.0.1/": (res: http.ServerResponse) => void res.end("js.stripe.com") },
      "it redirects to another host: 127.0.0.1",
    ],
    ["a circle of redirects", "https://a.example/", { "https://a.example/": to("https://a.example/") }, "more than 5 redirects"],
    ["a page that is not there", "https://a.example/", {}, "status 404"],
    [
      "a page without a host",
      "https://a.example/",
      { "https://a.example/": (res: http.ServerResponse) => void res.end("Loading…") },
      "there is no host in its text",
    ],
    [
      "a large page",
      "https://a.example/",
      { "https://a.example/": (res: http.ServerResponse) => void res.end("a".repeat(1_001)) },
      "larger than 1000 bytes",
    ],
    [
      "a page that never ends",
      "https://a.example/",
      { "https://a.example/": (res: http.ServerResponse) => void res.write("js.stripe.com") },
      "no answer within 0.2 s",
    ],
  ])("says why it did not read %s", async (_what, url, pages, failure) => {
    expect(await read(url, pages, { size: 1_000, time: failure.startsWith("no answer") ? 200 : 10_000 })).toEqual({ failure });
  });

  it("says that a server cannot be reached", async () => {
    expect(
      await readPage("https://a.example/", () => Promise.reject(new TypeError("fetch failed", { cause: new Error("no network") }))),
    ).toEqual({
      failure: "no network",
    });
  });
});

describe("printed", () => {
  it("shows control characters of a failure, and a long one in part", () => {
    const notRead = [
      { url: "https://a.example/", failure: "\u001b[2J\n\u202eno" },
      { url: "https://b.example/", failure: "a".repeat(400) },
    ];
    const text = printed([{ name: "shop", checked: "2026-11-26", read: [], notRead, gone: [], added: [] }]);
    expect(text.split("\n").slice(1, 3)).toEqual([
      String.raw`  not read: https://a.example/ (\u{1b}[2J\u{a}\u{202e}no)`,
      `  not read: https://b.example/ (${"a".repeat(300)})`,
    ]);
  });
});

describe("compareAll", () => {
  it("reads each page once, at most four at a time, and says who asks", async () => {
    const urls = Array.from({ length: 12 }, (_, index) => `https://docs.shop.example/${index}`);
    const played = await playing(Object.fromEntries(urls.map((url) => [url, (res) => void res.end("js.shop.example")])));
    const service = { about: { ...ABOUT, pages: urls }, hosts: ["js.shop.example"] };
    await compareAll([service, service], played.fetch);
    expect({ urls: played.asked.map(({ url }) => url).sort(), most: played.most() }).toEqual({ urls: [...urls].sort(), most: 4 });
    expect(new Set(played.asked.map(({ agent }) => agent))).toEqual(
      new Set(["portcullis-services-fresh (reads the documentation of Content-Security-Policy, one request a page)"]),
    );
  });

  it("gives a report of what changed, and of what was not read", async () => {
    const played = await playing({ "https://docs.shop.example/csp": (res) => void res.end("<li>js.shop.example<li>new.shop.example") });
    const services = [
      { about: ABOUT, hosts: ["js.shop.example", "old.shop.example"] },
      { about: { ...ABOUT, name: "same", pages: ["https://docs.shop.example/csp"] }, hosts: ["js.shop.example", "new.shop.example"] },
      { about: { ...ABOUT, name: "unknown", pages: ["https://docs.shop.example/old"] }, hosts: ["js.shop.example"] },
    ];
    expect(printed(await compareAll(services, played.fetch))).toBe(`shop (last read 2026-11-26; 1 of 2 pages)
  no longer on its pages: old.shop.example
  not in the recipe: new.shop.example
  not read: https://docs.shop.example/old (status 404)

unknown (last read 2026-11-26; 0 of 1 pages)
  not read: https://docs.shop.example/old (status 404)

3 services: 1 as their pages have them, 1 without a page that could be read.
`);
  });
});
