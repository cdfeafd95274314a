import type http from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { placesIn } from "../../src/cli/input/sitemap.js";
import { statusLine } from "../../src/cli/progress-line.js";
import { serve } from "../http/support.js";
import { bundle, type Program, put, run } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

const portcullis = (...args: string[]) => run(program, args);

/** Serves paths: a page with these headers, or XML. */
async function site(paths: Readonly<Record<string, string | Readonly<Record<string, string>>>>) {
  const seen: (readonly [path: string, headers: http.IncomingHttpHeaders])[] = [];
  const port = await serve((req, res) => {
    const path = req.url ?? "";
    seen.push([path, req.headers]);
    const found = paths[path];
    if (found === undefined) return void res.writeHead(404).end();
    if (typeof found === "string")
      return void res.writeHead(200, { "Content-Type": "application/xml" }).end(found.replaceAll("SITE", `http://127.0.0.1:${port}`));
    res.writeHead(found["Location"] === undefined ? 200 : 302, { "Content-Type": "text/html", ...found }).end("<!doctype html>");
  });
  return { origin: `http://127.0.0.1:${port}`, seen };
}

const urlset = (...places: string[]) =>
  `<?xml version="1.0"?><urlset>${places.map((one) => `<url><loc>${one}</loc></url>`).join("")}</urlset>`;
const index = (...places: string[]) =>
  `<sitemapindex>${places.map((one) => `<sitemap><loc>${one}</loc></sitemap>`).join("")}</sitemapindex>`;
const GOOD = { "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY" };

describe("Several arguments of check", () => {
  it("are a table, and findings with where they are", async () => {
    const { origin } = await site({ "/": GOOD, "/login": { ...GOOD, "X-Powered-By": "PHP/5" } });
    const { code, out, err } = await portcullis("check", `${origin}/`, `${origin}/login`);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(`${origin}
Address  Status  Score  Grade  High  Medium  Low
/           200     75      B     1       0    4
/login      200     75      B     1       0    5

Findings
high    Content-Security-Policy (missing-header), on all 2
        Nothing limits where scripts come from: injected markup can run scripts
`);
    expect(out).toContain("low     X-Powered-By (information-leak), on 1 of 2: /login\n");
    expect(out).toMatch(/\nCheck one of the addresses alone, or write --json, for the fixes\.\n$/);
  });

  it("may be files and policies, shown by their names", async () => {
    put(program, { "h.txt": "X-Frame-Options: DENY\n" });
    expect((await portcullis("check", "h.txt", "strict")).out).toMatch(
      /^Address +Status +Score +Grade +High +Medium +Low\nh\.txt +- +\d+ .*\nstrict +- +\d+ /,
    );
  });

  it("show the status of each, its redirects, and how many are error pages", async () => {
    const { origin } = await site({ "/": GOOD, "/old": { Location: "/" }, "/far": { Location: "/gone" } });
    const { out, err } = await portcullis("check", `${origin}/`, `${origin}/old`, `${origin}/far`, `${origin}/missing`);
    expect(err).toBe("");
    expect(out).toContain(`${origin}
Address   Status  Score  Grade  High  Medium  Low
/            200     75      B     1       0    4
/            200     75      B     1       0    4
  ${origin}/old 302 -> ${origin}/ 200
/gone        404     50      C     1       2    4
  ${origin}/far 302 -> ${origin}/gone 404
/missing     404     50      C     1       2    4
2 addresses answered with an error: the headers judged there are those of an
  error page.

Findings
`);
  });

  it("that are redirects are counted", async () => {
    put(program, { "h.txt": "HTTP/2 302\nLocation: /a\n" });
    expect((await portcullis("check", "h.txt", "strict")).out).toContain(
      "\n1 address answered with a redirect: the headers judged there are not those of\n  the page that it leads to.\n",
    );
  });

  it("with one that cannot be read have the others all the same, and its exit code", async () => {
    put(program, { "h.txt": "X-Frame-Options: DENY\n" });
    const { code, out, err } = await portcullis("check", "h.txt", "http://127.0.0.1:1/");
    expect([code, err]).toEqual([1, "error: http://127.0.0.1:1/: nothing listens there.\n"]);
    expect(out).toMatch(/\nhttp:\/\/127\.0\.0\.1:1\/ {3}not read\n/);
    expect((await portcullis("check", "h.txt", "gone.txt")).code).toBe(2);
  });

  it("fail with the worst of them", async () => {
    put(program, { "h.txt": "X-Frame-Options: DENY\n" });
    const { code, err } = await portcullis("check", "strict", "h.txt", "--fail-on", "high");
    expect([code, err]).toEqual([1, "error: h.txt: --fail-on: 1 finding has severity high.\n"]);
  });

  it("are a list in JSON", async () => {
    put(program, { "h.txt": "X-Frame-Options: DENY\n" });
    const { out, err } = await portcullis("check", "h.txt", "http://127.0.0.1:1/", "--json");
    const { sites, notes } = JSON.parse(out);
    expect([sites[0].name, sites[0].score.grade, sites[1], notes, err]).toEqual([
      "h.txt",
      "C",
      { name: "http://127.0.0.1:1/", errors: ["http://127.0.0.1:1/: nothing listens there."] },
      [],
      "",
    ]);
  });

  it("are one run in SARIF, each result with its address", async () => {
    const { origin } = await site({ "/": {}, "/b": {} });
    const { runs } = JSON.parse((await portcullis("check", `${origin}/`, `${origin}/b`, "--sarif")).out);
    const places = runs[0].results.map(
      (one: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }) =>
        one.locations[0]?.physicalLocation.artifactLocation.uri,
    );
    expect([runs.length, [...new Set(places)]]).toEqual([1, ["", "b"].map((path) => `127.0.0.1%3A${new URL(origin).port}/${path}`)]);
  });

  it("are a checklist each", async () => {
    const { out } = await portcullis("check", "strict", "recommended", "--compliance");
    expect(out.match(/^(?:strict|recommended)$/gm)).toEqual(["strict", "recommended"]);
  });

  it.each([
    [["strict", "none", "--http", "http://a.example/"], "--http is for one site only."],
    [["strict", "none", "--page", "p.html"], "--page is for one site only."],
    [["strict", "none", "--html"], "--html is for one site only, or needs --json."],
    [["strict", "-"], "- is for one site only."],
  ])("do not go with everything: %j", async (args, line) => {
    expect((await portcullis("check", ...args)).err).toBe(`error: ${line}\nSee portcullis check --help.\n`);
  });
});

describe("--sitemap", () => {
  const names = async (...args: string[]) => {
    const { code, out, err } = await portcullis("check", "--json", ...args);
    if (code !== 0) return err || JSON.parse(out);
    const { sites, notes } = JSON.parse(out);
    return { paths: sites.map(({ name }: { name: string }) => new URL(name).pathname), notes };
  };

  it("checks the pages of the sitemap of a site", async () => {
    const { origin } = await site({ "/sitemap.xml": urlset("SITE/a", "SITE/b#part", "SITE/a"), "/a": {}, "/b": {} });
    expect(await names("--sitemap", origin)).toEqual({ paths: ["/a", "/b"], notes: [] });
  });

  it("follows an index of sitemaps", async () => {
    const paths = {
      "/index.xml": index("SITE/1.xml", "SITE/2.xml"),
      "/1.xml": urlset("SITE/a"),
      "/2.xml": urlset("SITE/b"),
      "/a": {},
      "/b": {},
    };
    const { origin } = await site(paths);
    expect(await names("--sitemap", `${origin}/index.xml`)).toEqual({ paths: ["/a", "/b"], notes: [] });
  });

  it("checks the arguments too", async () => {
    const { origin } = await site({ "/sitemap.xml": urlset("SITE/a"), "/a": {}, "/": {} });
    expect(await names(`${origin}/`, "--sitemap", origin)).toEqual({ paths: ["/", "/a"], notes: [] });
  });

  describe("that is compressed", () => {
    const packed = async (body: Buffer, headers: Record<string, string> = { "Content-Type": "application/gzip" }) => {
      const port = await serve((req, res) => {
        if (req.url === "/a.xml") return void res.end(urlset(`http://127.0.0.1:${port}/a`));
        if (req.url === "/sitemap.xml") return void res.end(index(`http://127.0.0.1:${port}/a.xml`, `http://127.0.0.1:${port}/b.xml.gz`));
        if (req.url === "/b.xml.gz") return void res.writeHead(200, headers).end(body);
        res.writeHead(200, { "Content-Type": "text/html" }).end("<p>");
      });
      return { origin: `http://127.0.0.1:${port}`, ...(await names("--sitemap", `127.0.0.1:${port}`)) };
    };
    // Pages of another origin are counted.
    const b = gzipSync(urlset("http://other.example/b"));
    const READ = { paths: ["/a"], notes: [expect.stringMatching(/^1 address of the sitemap not below /)] };

    it("is read, as a file and as an encoding", async () => {
      expect(await packed(b)).toMatchObject(READ);
      expect(await packed(b, { "Content-Type": "application/xml", "Content-Encoding": "x-gzip" })).toMatchObject(READ);
    });

    it("is read to 10 MB of its text", async () => {
      const { origin, notes } = await packed(gzipSync(`<urlset>${" ".repeat(50_000_000)}`));
      expect(notes).toEqual([`A sitemap was not read: ${origin}/b.xml.gz is longer than 10 MB when it is unpacked: it was not read.`]);
    });

    it("and broken says so", async () => {
      const { origin, notes } = await packed(b.subarray(0, 20));
      expect(notes).toEqual([`A sitemap was not read: ${origin}/b.xml.gz is not valid gzip: it was not read.`]);
    });
  });

  it("without a scheme on this machine has the reason of the scheme that answers", async () => {
    const { origin } = await site({ "/sitemap.xml": urlset() });
    const host = origin.slice("http://".length);
    expect(await names("--sitemap", host)).toEqual({ errors: [`${origin}/sitemap.xml has no page of ${origin}.`] });
  });

  it("stops after --max-pages", async () => {
    const { origin, seen } = await site({ "/sitemap.xml": urlset("SITE/a", "SITE/b", "SITE/c"), "/a": {}, "/b": {} });
    const { paths, notes } = await names("--sitemap", origin, "--max-pages", "2");
    expect([paths, notes]).toEqual([["/a", "/b"], ["The sitemap has more than 2 pages: --max-pages 3 checks more of them."]]);
    expect(seen.map(([path]) => path).filter((path) => path === "/c")).toEqual([]);
  });

  it("leaves other origins out, and requests nothing of them", async () => {
    const other = await site({ "/x": {}, "/x.xml": urlset() });
    const paths = { "/sitemap.xml": urlset("SITE/a", `${other.origin}/x`, "https://127.0.0.1/", "not an address"), "/a": {} };
    const { origin } = await site(paths);
    expect(await names("--sitemap", origin, "--cookie", "a=b")).toEqual({
      paths: ["/a"],
      notes: [`3 addresses of the sitemap not below ${origin}: left out.`],
    });
    expect(other.seen).toEqual([]);
  });

  it("sends --cookie for the sitemap and its pages", async () => {
    const { origin, seen } = await site({ "/sitemap.xml": urlset("SITE/a"), "/a": {} });
    await names("--sitemap", origin, "--cookie", "a=b");
    expect(seen.map(([path, { cookie }]) => [path, cookie])).toEqual([
      ["/sitemap.xml", "a=b"],
      ["/a", "a=b"],
    ]);
  });

  it("is refused where it redirects to another origin", async () => {
    const other = await site({ "/sitemap.xml": urlset("SITE/a"), "/a": {} });
    const { origin } = await site({ "/sitemap.xml": { Location: `${other.origin}/sitemap.xml` } });
    expect(await names("--sitemap", origin)).toEqual({
      errors: [`${origin}/sitemap.xml redirects to another origin. Write --sitemap ${other.origin}/sitemap.xml.`],
    });
  });

  it.each([
    ["is not there", {}, "answered 404, and is not a sitemap."],
    ["is a page", { "/sitemap.xml": {} }, "is not a sitemap: it has neither <urlset> nor <sitemapindex>."],
  ])("is refused where it %s", async (_, paths, line) => {
    const { origin } = await site(paths as Record<string, string>);
    expect(await names("--sitemap", origin)).toEqual({ errors: [`${origin}/sitemap.xml ${line}`] });
  });

  it("without pages says so", async () => {
    const { origin } = await site({ "/sitemap.xml": urlset() });
    expect(await names("--sitemap", origin)).toEqual({ errors: [`${origin}/sitemap.xml has no page of ${origin}.`] });
  });

  it("that names itself ends", async () => {
    const { origin, seen } = await site({ "/sitemap.xml": index("SITE/sitemap.xml", "SITE/1.xml"), "/1.xml": urlset("SITE/a"), "/a": {} });
    expect(await names("--sitemap", origin)).toEqual({ paths: ["/a"], notes: [] });
    expect(seen.filter(([path]) => path === "/sitemap.xml")).toHaveLength(1);
  });

  it("is read two levels deep and no deeper", async () => {
    const paths = {
      ...{ "/sitemap.xml": index("SITE/1.xml"), "/1.xml": index("SITE/2.xml", "SITE/a.xml"), "/a.xml": urlset("SITE/a"), "/a": {} },
      ...{ "/2.xml": index("SITE/3.xml"), "/3.xml": urlset("SITE/b"), "/b": {} },
    };
    const { origin } = await site(paths);
    expect(await names("--sitemap", origin)).toEqual({ paths: ["/a"], notes: [`A sitemap was not read: ${origin}/3.xml`] });
  });

  it("reads at most 50 sitemaps", async () => {
    const many = Array.from({ length: 60 }, (_, at) => `/s${at}.xml`);
    const paths = {
      "/sitemap.xml": index(...many.map((path) => `SITE${path}`)),
      "/a": {},
      ...Object.fromEntries(many.map((path) => [path, urlset("SITE/a")])),
    };
    const { origin, seen } = await site(paths);
    await names("--sitemap", origin);
    expect(seen.filter(([path]) => path.endsWith(".xml"))).toHaveLength(50);
  });

  it("longer than 10 MB is refused", async () => {
    const { origin } = await site({ "/sitemap.xml": urlset("x".repeat(10_000_001)) });
    expect((await names("--sitemap", origin)).errors).toEqual([
      `${origin}/sitemap.xml: The page is longer than 10 MB: only its beginning was read.`,
    ]);
  });
});

describe("The places of a sitemap", () => {
  it.each([
    ["entities", "<urlset><url><loc> https://a.example/?a=1&amp;b=&#50;&#x33; </loc></url></urlset>", ["https://a.example/?a=1&b=23"]],
    ["CDATA", "<urlset><url><loc><![CDATA[https://a.example/?a&b]]></loc></url></urlset>", ["https://a.example/?a&b"]],
    [
      "a comment",
      "<urlset><!-- <loc>https://no.example/</loc> --><url><loc>https://a.example/</loc></url></urlset>",
      ["https://a.example/"],
    ],
    [
      "images",
      "<urlset><url><loc>https://a.example/</loc><image:image><image:loc>https://no.example/</image:loc></image:image></url></urlset>",
      ["https://a.example/"],
    ],
    ["an end in the middle", "<urlset><url><loc>https://a.example/</loc></url><url><loc>https://b", ["https://a.example/"]],
  ])("with %s", (_, xml, places) => {
    expect(placesIn(xml)).toEqual({ kind: "urlset", places });
  });

  it("are found in linear time", () => {
    expect(placesIn(`<urlset ${"<loc>".repeat(1_000_000)}`).places).toEqual([]);
    expect(placesIn("<!--".repeat(1_000_000)).places).toEqual([]);
    expect(placesIn(`<urlset ${"<loc>".repeat(1_000_000)}${"x".repeat(5_000)}</loc>`).places).toEqual([]);
  });
});

describe("A line of progress", () => {
  const shown = (isTTY: boolean, env: NodeJS.ProcessEnv) => {
    let text = "";
    const write = (one: string) => {
      text += one;
    };
    const line = statusLine({ isTTY, columns: 20, write } as never, env);
    line.show("checking: 1 of 2, and more \x1b[31m");
    line.done();
    line.done();
    return text;
  };

  it("is cut to the terminal, and removed", () => {
    expect(shown(true, {})).toBe("\r\x1b[Kchecking: 1 of 2, a\r\x1b[K");
  });

  it.each([
    [false, {}],
    [true, { CI: "true" }],
  ])("is not there without a terminal or in CI", (isTTY, env) => {
    expect(shown(isTTY, env)).toBe("");
  });
});

it("a page in the place of one of several sitemaps is left out with a note", async () => {
  const { origin } = await site({
    "/sitemap.xml": index("SITE/a.xml", "SITE/gone"),
    "/a.xml": urlset("SITE/a"),
    "/gone": {},
    "/a": { "X-Frame-Options": "DENY" },
  });
  const { err, out } = await portcullis("check", "--sitemap", `${origin}/sitemap.xml`, "--json");
  expect(err).toBe("");
  expect(JSON.parse(out).sites).toHaveLength(1);
  expect(JSON.parse(out).notes[0]).toContain("/gone is not a sitemap");
});

it("a value of --header that a site sends back in lower case is hidden", async () => {
  const { origin } = await site({ "/": { "Content-Security-Policy": "abcdefghijkl-mnop 'self'" } });
  const { out } = await portcullis("check", `${origin}/`, "--header", "Authorization: Bearer AbCdEfGhIjKl-MnOp");
  expect(out).not.toContain("abcdefghijkl-mnop");
});
