import { describe, expect, it } from "vitest";
import { globOf } from "../../src/cli/record/options.js";
import { siteOrigins } from "../../src/record/links.js";
import { VIEWPORTS } from "../../src/record/walk.js";
import { skipWithout } from "../peers.js";
import { blockedOf, CHROMIUM, notesOf, pathsOf, servePages, walkOver } from "./walking.js";

const HTML = { "Content-Type": "text/html; charset=utf-8" };
const STYLE = "<link rel=stylesheet href=/style.css>";

/** Four pages in a row, and one beside each. */
const ROW = {
  "/": "<a href=/a>a</a> <a href=/docs/x>x</a>",
  "/a": "<a href=/b>b</a>",
  "/b": "<a href=/c>c</a>",
  "/c": "c",
  "/docs/x": "<a href=/docs/y?z=1>y</a>",
  "/docs/y": "y",
};

describe("the origins of a site", () => {
  it("are those of the start addresses, with and without TLS and www. where these have no port", () => {
    expect([...siteOrigins([new URL("https://www.site.example/"), new URL("http://localhost:3000/a")])]).toEqual([
      "https://www.site.example",
      "http://site.example",
      "https://site.example",
      "http://www.site.example",
      "http://localhost:3000",
    ]);
  });
});

describe.skipIf(skipWithout("walks", [CHROMIUM]))("a walk", { timeout: 120_000 }, () => {
  it("visits pages breadth first", async () => {
    const { port } = await servePages(ROW);
    const { walked } = await walkOver(`http://localhost:${port}/`);
    expect(pathsOf(walked)).toEqual(["200 /", "200 /a", "200 /docs/x", "200 /b", "200 /docs/y", "200 /c"]);
    expect(walked.left).toBe(0);
  });

  it("ends at its depth, and counts the links behind it", async () => {
    const { port } = await servePages(ROW);
    const { walked } = await walkOver(`http://localhost:${port}/`, { depth: 1 });
    expect(pathsOf(walked)).toEqual(["200 /", "200 /a", "200 /docs/x"]);
    expect(walked.left).toBe(2);
  });

  it("ends at its number of pages", async () => {
    const { port } = await servePages(ROW);
    const { walked } = await walkOver(`http://localhost:${port}/`, { pages: 2 });
    expect(pathsOf(walked)).toEqual(["200 /", "200 /a"]);
    expect(walked.left).toBe(2);
  });

  it("follows only what is included", async () => {
    const { port } = await servePages(ROW);
    const { walked } = await walkOver(`http://localhost:${port}/`, { include: [globOf("/docs/**")] });
    expect(pathsOf(walked)).toEqual(["200 /", "200 /docs/x", "200 /docs/y"]);
  });

  it("does not follow what is excluded, nor what logs out", async () => {
    const { port, asked } = await servePages({ ...ROW, "/": `${ROW["/"]} <a href=/logout>bye</a> <a href=/x>Delete all</a>` });
    const { walked } = await walkOver(`http://localhost:${port}/`, { exclude: [globOf("/docs/*")] });
    expect(pathsOf(walked)).toEqual(["200 /", "200 /a", "200 /b", "200 /c"]);
    expect(asked).not.toContain("GET localhost/logout");
    expect(asked).not.toContain("GET localhost/x");
  });

  it("begins at several addresses, and follows links within the origin of each", async () => {
    const { port } = await servePages({
      "/": "<a href=http://docs.test:PORT/b>other</a><a href=http://other.test:PORT/c>c</a>",
      "/a": "a",
      "/b": "b",
      "/c": "c",
    });
    const starts = [new URL(`http://localhost:${port}/`), new URL(`http://docs.test:${port}/a`)];
    const { walked } = await walkOver(`http://localhost:${port}/`, { starts });
    expect(pathsOf(walked)).toEqual(["200 /", "200 /a", "200 /b"]);
  });

  it("visits each page in each viewport", async () => {
    const { port } = await servePages({ "/": `<p id=x></p><script>x.textContent = innerWidth</script><a href=/a>a</a>`, "/a": "a" });
    const { walked } = await walkOver(`http://localhost:${port}/`, { viewports: [VIEWPORTS.desktop, VIEWPORTS.phone] });
    expect(walked.pages.map(({ viewport, text }) => [viewport, text[0]])).toEqual([
      ["desktop", "1280"],
      ["desktop", "a"],
      ["phone", "390"],
      ["phone", "a"],
    ]);
  });

  it("puts the policy on its own documents and frames, and not on those of other sites", async () => {
    const { port } = await servePages({
      "/": "<iframe src=/inner></iframe><iframe src=http://other.test:PORT/foreign></iframe>",
      "/inner": `inner ${STYLE}`,
      "/foreign": `foreign ${STYLE}`,
    });
    const { evidence } = await walkOver(`http://localhost:${port}/`);
    expect(blockedOf(evidence)).toEqual(["style-src-elem self on /inner"]);
  });

  it("puts the policy on a page that comes from the browser's cache", async () => {
    const cached = { ...HTML, "Cache-Control": "max-age=600" };
    const { port, asked } = await servePages({ "/": (_, res) => void res.writeHead(200, cached).end(`works ${STYLE}`) });
    const { evidence } = await walkOver(`http://localhost:${port}/`, {
      flow: async ({ visit }) => {
        await visit("/");
        await visit("/");
      },
    });
    expect(asked.filter((one) => one === "GET localhost/")).toHaveLength(1);
    expect(evidence.groups.map(({ count }) => count)).toEqual([3]);
  });

  it("sends its headers to the start addresses, and not after a redirect to another origin", async () => {
    const { port, asked } = await servePages({
      "/": `<a href=/away>away</a><img src=http://other.test:PORT/a.svg>`,
      "/away": ({ headers }, res) => void res.writeHead(302, { Location: `http://other.test:${headers.host?.split(":")[1]}/back` }).end(),
      "/back": "other",
    });
    await walkOver(`http://localhost:${port}/`, { headers: { Authorization: "Bearer token-1" } });
    expect(asked).toEqual([
      "GET localhost/ Bearer token-1",
      "GET other.test/a.svg",
      "GET localhost/away Bearer token-1",
      "GET other.test/back",
    ]);
  });

  it("has the cookies and the storage of a storage state", async () => {
    const { port } = await servePages({
      "/": (req, res) =>
        void res.writeHead(200, HTML).end(`<p>${req.headers.cookie}</p><p id=x></p><script>x.textContent = localStorage.theme</script>`),
    });
    const cookie = {
      name: "session",
      value: "s1",
      domain: "localhost",
      path: "/",
      expires: -1,
      httpOnly: true,
      secure: false,
      sameSite: "Lax" as const,
    };
    const storageState = {
      cookies: [cookie],
      origins: [{ origin: `http://localhost:${port}`, localStorage: [{ name: "theme", value: "dark" }] }],
    };
    const { walked } = await walkOver(`http://localhost:${port}/`, { context: { storageState } });
    expect(walked.pages[0]?.text).toEqual(["session=s1", "dark"]);
  });

  describe("with a script", () => {
    const pages = { "/": "home", "/form": `<button onclick="document.title = 'sent'">send</button>` };

    it("keeps each visit, each snapshot and the end", async () => {
      const { port } = await servePages(pages);
      const { walked } = await walkOver(`http://localhost:${port}/`, {
        flow: async ({ page, visit, snapshot }) => {
          await visit("/form");
          await page.click("button");
          await snapshot("sent");
        },
      });
      expect(walked.pages.map(({ url, title }) => [url.replace(/^.*:\d+/, ""), title])).toEqual([
        ["/", ""],
        ["/form (script 1)", ""],
        ["/form (sent)", "sent"],
        ["/form (script, end)", "sent"],
      ]);
      expect(walked.notes).toEqual([]);
    });

    it("says what error ended it, without the query of an address", async () => {
      const { port } = await servePages(pages);
      const { walked } = await walkOver(`http://localhost:${port}/`, {
        flow: async ({ visit }) => {
          await visit("/form");
          throw new Error("no button at http://localhost/form?token=secret-1");
        },
      });
      expect(pathsOf(walked)).toEqual(["200 /", "200 /form (script 1)", "200 /form (script, end)"]);
      expect(walked.notes).toEqual(["The script ended early: no button at http://localhost/form."]);
    });

    it("that waits for ever ends when the walk is ended", async () => {
      const leave = new AbortController();
      const { port } = await servePages(pages);
      const { walked } = await walkOver(`http://localhost:${port}/`, {
        signal: leave.signal,
        flow: () => {
          leave.abort();
          return new Promise(() => undefined);
        },
      });
      expect(pathsOf(walked)).toEqual(["200 /"]);
    });
  });

  it("names no query, fragment or password of an address", async () => {
    const { port } = await servePages({
      "/": `<a href="/gone?token=secret-1#secret-2">gone</a><script>
        fetch("/missing?token=secret-3"); console.error("cannot load /api?token=secret-4", "ws://localhost/x?token=secret-5");
      </script>`,
      "/gone": (req) => void req.socket.destroy(),
    });
    const { walked } = await walkOver(`http://localhost:${port}/?token=secret-7#secret-8`);
    expect(JSON.stringify({ ...walked, addresses: [] })).not.toContain("secret-");
    expect(notesOf(walked)).toEqual(["http://localhost/gone: the connection was closed before a response came."]);
    expect(walked.pages[0]?.errors).toEqual(["cannot load /api ws://localhost/x"]);
  });
});
