import https from "node:https";
import { describe, expect, it } from "vitest";
import { CERTIFICATE } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { blockedOf, CHROMIUM, listen, newBrowser, notesOf, pathsOf, servePages, walkOver } from "./walking.js";

const HTML = { "Content-Type": "text/html; charset=utf-8" };
const STYLE = "<link rel=stylesheet href=/style.css>";

describe.skipIf(skipWithout("bad input of a walk", [CHROMIUM]))("a walk over a site that", { timeout: 120_000 }, () => {
  it("does not exist says that no host has this name", async () => {
    const { walked } = await walkOver("http://nowhere.invalid/");
    expect(walked.notes).toEqual(["http://nowhere.invalid/: no host has this name."]);
    expect(walked.pages).toEqual([]);
  });

  it("nobody serves says that nothing listens there", async () => {
    const { walked } = await walkOver("http://127.0.0.1:9/");
    expect(walked.notes).toEqual(["http://127.0.0.1:9/: browsers do not load from this port."]);
    const closed = await walkOver("http://127.0.0.1:1025/");
    expect(closed.walked.notes).toEqual(["http://127.0.0.1:1025/: nothing listens there."]);
  });

  it("has a certificate that is not trusted names --insecure, which accepts it", async () => {
    const port = await listen(https.createServer(CERTIFICATE, (_, res) => void res.writeHead(200, HTML).end(`secure ${STYLE}`)));
    const { walked } = await walkOver(`https://localhost:${port}/`);
    expect(notesOf(walked)).toEqual([
      "https://localhost/: its certificate is not valid (ERR_CERT_AUTHORITY_INVALID). --insecure accepts it.",
    ]);
    const accepted = await walkOver(`https://localhost:${port}/`, { context: { ignoreHTTPSErrors: true } });
    expect(accepted.walked.pages.map(({ text }) => text)).toEqual([["secure"]]);
    expect(blockedOf(accepted.evidence)).toEqual(["style-src-elem self on /"]);
  });

  it("redirects in a circle is told so", async () => {
    const { port } = await servePages({ "/": (_, res) => void res.writeHead(302, { Location: "/" }).end() });
    expect(notesOf((await walkOver(`http://localhost:${port}/`)).walked)).toEqual(["http://localhost/: it redirects more than 20 times."]);
  });

  it("redirects within itself is seen at the end of the chain", async () => {
    const { port } = await servePages({
      "/": (_, res) => void res.writeHead(302, { Location: "/one" }).end(),
      "/one": (_, res) => void res.writeHead(307, { Location: "/two" }).end(),
      "/two": `here ${STYLE}`,
    });
    const { walked, evidence } = await walkOver(`http://localhost:${port}/`);
    expect(pathsOf(walked)).toEqual(["200 /two"]);
    expect(blockedOf(evidence)).toEqual(["style-src-elem self on /two"]);
  });

  it.each([
    [404, "http://localhost/ answered 404: nothing to record. Write the address of a page."],
    [500, "http://localhost/ answered 500: nothing to record. Write the address of a page."],
    [
      401,
      "http://localhost/ answered 401: nothing to record. If it asks for a login, write --storage-state with the state of a logged-in visitor.",
    ],
  ])("answers its first page with %i is not recorded", async (status, note) => {
    const { port } = await servePages({
      "/": (_, res) => void res.writeHead(status, HTML).end(`broken ${STYLE} <a href=/a>a</a>`),
      "/a": "a",
    });
    const { walked, evidence } = await walkOver(`http://localhost:${port}/`);
    expect(pathsOf(walked)).toEqual([]);
    expect(walked.addresses).toEqual([]);
    expect(blockedOf(evidence)).toEqual([]);
    expect(notesOf(walked)).toEqual([note]);
  });

  it("answers one of two start addresses with an error is recorded from the other", async () => {
    const { port } = await servePages({ "/a": `a ${STYLE}` });
    const starts = [new URL(`http://localhost:${port}/gone`), new URL(`http://localhost:${port}/a`)];
    const { walked, evidence } = await walkOver(starts[0]?.href ?? "", { starts });
    expect(pathsOf(walked)).toEqual(["200 /a"]);
    expect(blockedOf(evidence)).toEqual(["style-src-elem self on /a"]);
  });

  it("has links to error pages is recorded without them, and they are named", async () => {
    const { port } = await servePages({
      "/": "<a href=/gone?token=secret>a</a><a href=/broken>b</a>",
      "/broken": (_, res) => void res.writeHead(500, HTML).end(`broken ${STYLE}`),
    });
    const { walked, evidence } = await walkOver(`http://localhost:${port}/`);
    expect(pathsOf(walked)).toEqual(["200 /"]);
    expect(blockedOf(evidence)).toEqual([]);
    expect(notesOf(walked)).toEqual([
      "2 links led to error pages, which are not recorded: http://localhost/gone (404), http://localhost/broken (500).",
    ]);
  });

  it("has more dead links than --pages is left at --pages", async () => {
    const { port, asked } = await servePages({ "/": Array.from({ length: 50 }, (_, index) => `<a href=/x${index}/y>x</a>`).join("") });
    await walkOver(`http://localhost:${port}/`, { pages: 4 });
    expect(asked).toHaveLength(4);
  });

  it("is left early has a note of what was not followed, and of what was not seen whole", async () => {
    const leave = new AbortController();
    const { port } = await servePages({ "/": "<a href=/a>a</a><a href=/b>b</a>", "/a": () => leave.abort() });
    const { walked } = await walkOver(`http://localhost:${port}/`, { signal: leave.signal });
    expect(pathsOf(walked)).toEqual(["200 /"]);
    expect(walked.left).toBe(0);
    expect(notesOf(walked)).toEqual([
      "http://localhost/a was not seen whole: the walk ended while it was loaded.",
      "1 link was not followed: the walk ended early.",
    ]);
  });

  it("shows a login form first names --storage-state", async () => {
    const { port } = await servePages({
      "/": (_, res) => void res.writeHead(302, { Location: "/login" }).end(),
      "/login": "<form><input type=password></form>",
    });
    expect(notesOf((await walkOver(`http://localhost:${port}/`)).walked)).toEqual([
      "http://localhost/ redirects to http://localhost/login, which shows a field for a password. If it asks for a login, write --storage-state with the state of a logged-in visitor.",
    ]);
  });

  it("asks for a password on its first page itself names --storage-state", async () => {
    const { port } = await servePages({ "/": "<form><input type=password></form>" });
    expect(notesOf((await walkOver(`http://localhost:${port}/?from=secret`)).walked)).toEqual([
      "http://localhost/ shows a field for a password. If it asks for a login, write --storage-state with the state of a logged-in visitor.",
    ]);
  });

  it("redirects to another origin first is not walked, and the origin is named", async () => {
    const { port } = await servePages({
      "/": ({ headers }, res) =>
        headers.host?.startsWith("localhost")
          ? void res.writeHead(302, { Location: `http://login.test:${headers.host.split(":")[1]}/` }).end()
          : void res.writeHead(200, HTML).end(`log in ${STYLE}`),
    });
    const { walked, evidence } = await walkOver(`http://localhost:${port}/`);
    expect(walked.pages).toEqual([]);
    expect(blockedOf(evidence)).toEqual([]);
    expect(notesOf(walked)).toEqual([
      "http://localhost/ redirects to another origin, http://login.test. If it asks for a login, write --storage-state with the state of a logged-in visitor; otherwise begin at http://login.test.",
    ]);
  });

  it("polls, streams events and asks without end is seen, and what it shows is kept", async () => {
    const { port } = await servePages({
      "/": `works ${STYLE}<script>
        fetch("/poll"); new EventSource("/events");
        const again = () => fetch("/data?" + Math.random()).then(again); again();
      </script>`,
      "/poll": () => undefined,
      "/events": (_, res) => void res.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: 1\n\n"),
      "/data": (_, res) => void res.end("{}"),
    });
    const { walked, evidence } = await walkOver(`http://localhost:${port}/`);
    expect(walked.pages.map(({ text }) => text)).toEqual([["works"]]);
    expect(blockedOf(evidence)).toEqual(["style-src-elem self on /"]);
    expect(walked.notes).toEqual([]);
  });

  it("never comes to rest is left after the time limit, and named", async () => {
    const { port } = await servePages({
      "/": `works<script>let n = 0; setInterval(() => fetch("/data" + n++), 50)</script>`,
    });
    const { walked } = await walkOver(`http://localhost:${port}/`, { seconds: 2 });
    expect(walked.pages.map(({ text }) => text)).toEqual([["works"]]);
    expect(notesOf(walked)).toEqual(["http://localhost/: The page did not come to rest within 2 s, the time of --timeout."]);
  });

  it("has an endless loop is left after the time limit, and the next page is visited", async () => {
    const { port } = await servePages({
      "/": "first <a href=/loop>loop</a> <a href=/next>next</a>",
      "/loop": "<script>for (;;);</script>",
      "/next": "next",
    });
    const { walked } = await walkOver(`http://localhost:${port}/`, { seconds: 2 });
    expect(pathsOf(walked)).toContain("200 /next");
    expect(notesOf(walked)).toContain("http://localhost/loop: it did not load within 2 s, the time of --timeout.");
  });

  it("streams a document without end is seen as far as it came, with the policy", async () => {
    const { port } = await servePages({
      "/": (_, res) => {
        res.writeHead(200, HTML).write(`<title>stream</title>first ${STYLE}<p>${"x".repeat(2_000)}</p>`);
        const timer = setInterval(() => res.write("more "), 50);
        res.on("close", () => clearInterval(timer));
      },
    });
    const { walked, evidence } = await walkOver(`http://localhost:${port}/`, { seconds: 3 });
    expect(walked.pages.map(({ status, title, text }) => [status, title, text[0]])).toEqual([[200, "stream", "first"]]);
    expect(blockedOf(evidence)).toEqual(["style-src-elem self on /"]);
    expect(notesOf(walked)).toEqual(["http://localhost/ was cut off: it did not end within 2 s."]);
  });

  it("sends a document that grows beyond the limit is cut off there", async () => {
    const chunk = "<!-- ".padEnd(100_000, "-");
    const { port } = await servePages({
      "/": (_, res) => {
        res.writeHead(200, HTML).write(`<title>large</title>first ${STYLE}`);
        const more = () => {
          while (!res.destroyed && res.write(chunk));
        };
        res.on("drain", more);
        more();
      },
    });
    const { walked, evidence } = await walkOver(`http://localhost:${port}/`, { documentBytes: 1_000_000 });
    expect(walked.pages.map(({ status, title }) => [status, title])).toEqual([[200, "large"]]);
    expect(blockedOf(evidence)).toEqual(["style-src-elem self on /"]);
    expect(notesOf(walked)).toEqual(["http://localhost/ was cut off: it is longer than 1000000 bytes."]);
  });

  it("links to downloads names them, and visits the other pages", async () => {
    const file = { "Content-Type": "application/octet-stream", "Content-Disposition": "attachment; filename=a.bin" };
    const { port } = await servePages({
      "/": "<a href=/file>file</a> <a href=/next>next</a>",
      "/file": (_, res) => void res.writeHead(200, file).end("bytes"),
      "/next": "next",
    });
    const { walked } = await walkOver(`http://localhost:${port}/`);
    expect(pathsOf(walked)).toEqual(["200 /", "200 /next"]);
    expect(notesOf(walked)).toEqual(["http://localhost/file: it is a download."]);
  });

  it("opens dialogs is not stopped by them", async () => {
    const { port } = await servePages({
      "/": `<p id=x></p><a href=/next>next</a><script>
        alert(1); x.textContent = [confirm("delete?"), prompt("name?")].join();
        onbeforeunload = (event) => event.preventDefault();
      </script>`,
      "/next": "next",
    });
    const { walked } = await walkOver(`http://localhost:${port}/`);
    expect(walked.pages.map(({ text }) => text)).toEqual([["false,", "next"], ["next"]]);
  });

  it("opens popups has their violations counted, and the popups closed", async () => {
    const { port } = await servePages({ "/": `opener<script>open("/popup")</script>`, "/popup": `popup ${STYLE}` });
    const { walked, evidence } = await walkOver(`http://localhost:${port}/`);
    expect(pathsOf(walked)).toEqual(["200 /"]);
    expect(blockedOf(evidence)).toEqual(["style-src-elem self on /popup"]);
  });

  it("opens popups without end is left", async () => {
    const { port } = await servePages({
      "/": `opener <a href=/next>next</a><script>setInterval(() => open("/popup"), 20)</script>`,
      "/popup": "popup",
      "/next": "next",
    });
    const { walked } = await walkOver(`http://localhost:${port}/`, { seconds: 2 });
    expect(pathsOf(walked)).toEqual(["200 /", "200 /next"]);
  });

  it("has an endless calendar has five of its pages visited, and the others counted", async () => {
    const pages = Object.fromEntries(
      Array.from({ length: 100 }, (_, day) => [
        `/day/${day}`,
        `day ${day} <a href=/day/${day + 1}>next</a> <a href=/day/${day + 2}>next but one</a>`,
      ]),
    );
    const { port } = await servePages({ "/": "<a href=/day/0>calendar</a>", ...pages });
    const { walked } = await walkOver(`http://localhost:${port}/`, { depth: 50, pages: 50 });
    expect(pathsOf(walked)).toEqual(["200 /", "200 /day/0", "200 /day/1", "200 /day/2", "200 /day/3", "200 /day/4"]);
    // /day/5 and /day/6.
    expect(walked.left).toBe(2);
  });

  it("has ten thousand links on a page has the ones counted that are not visited", async () => {
    const links = Array.from({ length: 10_000 }, (_, index) => `<a href="/page-${index}">${index}</a>`).join(" ");
    const { port } = await servePages({ "/": links, "/page-0": "zero", "/page-1": "one" });
    const { walked } = await walkOver(`http://localhost:${port}/`, { pages: 3 });
    expect(pathsOf(walked)).toEqual(["200 /", "200 /page-0", "200 /page-1"]);
    expect(walked.left).toBe(9_998);
    expect(walked.pages.map(({ links: kept }) => kept)).toEqual([[], [], []]);
  });

  it("is served by a service worker from its cache is loaded again without it, with the policy", async () => {
    const worker = `
      oninstall = (event) => event.waitUntil(caches.open("v1").then((cache) => cache.add("/cached")).then(() => skipWaiting()));
      onactivate = (event) => event.waitUntil(clients.claim());
      onfetch = (event) => event.respondWith(caches.match(event.request).then((found) => found ?? fetch(event.request)));`;
    const { port } = await servePages({
      "/": `first <a href=/cached>cached</a><script>navigator.serviceWorker.register("/worker.js")</script>`,
      "/worker.js": (_, res) => void res.writeHead(200, { "Content-Type": "text/javascript" }).end(worker),
      "/cached": `cached ${STYLE}`,
    });
    const { walked, evidence } = await walkOver(`http://localhost:${port}/`);
    expect(pathsOf(walked)).toEqual(["200 /", "200 /cached"]);
    expect(blockedOf(evidence)).toEqual(["style-src-elem self on /cached"]);
    expect(notesOf(walked)).toEqual([
      "http://localhost/cached came from its service worker, without the policy: pages are loaded without the worker.",
    ]);
  });

  describe("has a policy of its own", () => {
    const own = { ...HTML, "Content-Security-Policy": "script-src 'none'" };
    const pages = {
      "/": (_: unknown, res: import("node:http").ServerResponse) => void res.writeHead(200, own).end("works<script src=/a.js></script>"),
      "/a.js": (_: unknown, res: import("node:http").ServerResponse) =>
        void res
          .writeHead(200, { "Content-Type": "text/javascript" })
          .end(
            "const link = document.createElement('link'); link.rel = 'stylesheet'; link.href = '/style.css'; document.head.append(link)",
          ),
    };

    it("that hides what it needs is told so", async () => {
      const { port } = await servePages(pages);
      const { walked, evidence } = await walkOver(`http://localhost:${port}/`);
      expect(blockedOf(evidence)).toEqual([]);
      expect(walked.notes).toEqual([
        "The site's own Content-Security-Policy blocks something (script-src-elem): what that would need is not seen. --ignore-site-policy removes its headers.",
      ]);
    });

    it("is seen without it under --ignore-site-policy", async () => {
      const { port } = await servePages(pages);
      const { walked, evidence } = await walkOver(`http://localhost:${port}/`, { ignoresSitePolicy: true });
      expect(blockedOf(evidence)).toEqual(["style-src-elem self on /"]);
      expect(walked.notes).toEqual([]);
    });

    it("that only reports hides nothing", async () => {
      const reported = { ...HTML, "Content-Security-Policy-Report-Only": "script-src 'none'" };
      const { port } = await servePages({
        ...pages,
        "/": (_, res) => void res.writeHead(200, reported).end("works<script src=/a.js></script>"),
      });
      const { walked, evidence } = await walkOver(`http://localhost:${port}/`);
      expect(blockedOf(evidence)).toEqual(["style-src-elem self on /"]);
      expect(walked.notes).toEqual([]);
    });

    it("in its HTML, which --ignore-site-policy leaves, is told so", async () => {
      const meta = `<meta http-equiv=Content-Security-Policy content="script-src 'none'">`;
      const { port } = await servePages({ ...pages, "/": `${meta}works<script src=/a.js></script>` });
      const { walked } = await walkOver(`http://localhost:${port}/`, { ignoresSitePolicy: true });
      expect(walked.notes).toEqual([
        "The site's own Content-Security-Policy blocks something (script-src-elem): what that would need is not seen. It is in the HTML, where --ignore-site-policy does not remove it.",
      ]);
    });
  });

  it("loses its browser midway keeps what was seen", async () => {
    const browser = await newBrowser();
    const { port } = await servePages({ "/": `first ${STYLE}<a href=/end>end</a>`, "/end": () => void browser.close() });
    const { walked, evidence } = await walkOver(`http://localhost:${port}/`, { browser });
    expect(pathsOf(walked)).toEqual(["200 /"]);
    expect(blockedOf(evidence)).toEqual(["style-src-elem self on /"]);
    expect(walked.notes).toEqual(["The browser ended before the walk did."]);
  });

  it("is left by the user keeps what was seen", async () => {
    const leave = new AbortController();
    const { port } = await servePages({ "/": `first ${STYLE}<a href=/slow>slow</a>`, "/slow": () => leave.abort() });
    const { walked, evidence } = await walkOver(`http://localhost:${port}/`, { signal: leave.signal });
    expect(pathsOf(walked)).toEqual(["200 /"]);
    expect(blockedOf(evidence)).toEqual(["style-src-elem self on /"]);
    expect(notesOf(walked)).toEqual(["http://localhost/slow was not seen whole: the walk ended while it was loaded."]);
  });
});
