import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/index.js";
import { proveSite } from "../../src/record/record.js";
import { skipWithout } from "../peers.js";
import { newBrowser, optionsOf, withoutPort } from "./proving.js";
import { blockedOf, CHROMIUM, notesOf, servePages, walkOver } from "./walking.js";

const STYLE = "<link rel=stylesheet href=/style.css>";

/** A browser whose reports are received some time after they were sent, as on a busy machine. */
async function browserWithLateReports(milliseconds: number) {
  const browser = await newBrowser();
  const open = browser.newBrowserCDPSession.bind(browser);
  browser.newBrowserCDPSession = async () => {
    const session = await open();
    const on = session.on.bind(session) as (name: string, handler: (event: { resourceType?: string }) => void) => typeof session;
    return Object.assign(session, {
      on: (name: string, handler: (event: { resourceType?: string }) => void) =>
        on(name, (event) => void setTimeout(() => handler(event), event.resourceType === "CSPViolationReport" ? milliseconds : 0)),
    });
  };
  return browser;
}

describe.skipIf(skipWithout("late reports", [CHROMIUM]))("reports that come late", { timeout: 120_000 }, () => {
  it("are waited for, and are about the page that was loaded then", async () => {
    const { port } = await servePages({ "/": `<a href=/a>a</a> ${STYLE}`, "/a": "<p>a</p>", "/b": "b" });
    const browser = await browserWithLateReports(1_500);
    const { evidence } = await walkOver(`http://localhost:${port}/`, { browser });
    expect(blockedOf(evidence)).toEqual(["style-src-elem self on /"]);
    expect(evidence.groups.map(({ pages }) => pages)).toEqual([[{ value: `http://localhost:${port}/`, count: 1 }]]);
  });

  it("of the last page are waited for", async () => {
    const { port } = await servePages({ "/": STYLE });
    const browser = await browserWithLateReports(1_500);
    const { evidence } = await walkOver(`http://localhost:${port}/`, { browser });
    expect(blockedOf(evidence)).toEqual(["style-src-elem self on /"]);
  });
});

describe.skipIf(skipWithout("floods", [CHROMIUM]))("a page is ended", { timeout: 240_000 }, () => {
  it("that has more violations than are read, and is not proven", async () => {
    const flood = `<p>x</p><script src=/flood.js></script>`;
    const { port } = await servePages({
      "/": flood,
      "/flood.js": (_, res) =>
        void res
          .writeHead(200, { "Content-Type": "text/javascript" })
          .end(`for (let i = 0; i < 5000; i += 1) new Image().src = "https://h" + i + ".test/"`),
    });
    const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"] } });
    // A busy machine needs a while for thousands of violations.
    const options = optionsOf(await newBrowser(), `http://localhost:${port}/`, { pictures: false, seconds: 60 });
    const { outcome, proof, walks } = await proveSite(policy, options);
    expect(outcome).toBe("not proven");
    expect(notesOf(walks[0])).toEqual(["http://localhost/: more than 2000 violations: the rest of the page was not seen."]);
    expect(withoutPort(proof?.pages.map(({ url, differences }) => [url, ...differences]))).toEqual([
      ["http://localhost/", "More than 2000 violations: the rest of the page was not seen."],
    ]);
  });

  it.each([
    ["100 dialogs", "for (let i = 0; i < 500; i += 1) alert(i)"],
    ["10000 console messages", "for (let i = 0; i < 20000; i += 1) console.log(i)"],
  ])("that has more than %s", async (what, script) => {
    const { port } = await servePages({ "/": `<a href=/a>a</a><script>${script}</script>`, "/a": "a" });
    const { walked } = await walkOver(`http://localhost:${port}/`);
    expect(notesOf(walked)).toEqual([`http://localhost/: more than ${what}: the rest of the page was not seen.`]);
  });
});
