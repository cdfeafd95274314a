import { EventEmitter } from "node:events";
import type { BrowserContext, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { redirectGuard } from "../../src/record/redirects.js";
import type { PageSeen } from "../../src/record/visit.js";
import { newVisitor } from "../../src/record/visitor.js";
import { VIEWPORTS } from "../../src/record/walk.js";

/** A page without a browser, which shows nothing. */
function newPage(context: FakeContext) {
  const page = Object.assign(new EventEmitter(), {
    isOpen: true,
    goto: async () => null,
    url: () => "http://site.example/",
    isClosed: () => !page.isOpen,
    mainFrame: () => page,
    frames: () => [],
    context: () => context,
    evaluate: async () => undefined,
    setDefaultTimeout: () => undefined,
    waitForLoadState: async () => undefined,
    async close() {
      page.isOpen = false;
    },
  });
  return page;
}

type FakePage = ReturnType<typeof newPage>;
interface FakeContext {
  readonly all: FakePage[];
}

/** What comes of a script whose page sends events; `popups` are those that it has opened. */
async function ran(use: (page: FakePage, open: () => FakePage) => void) {
  const all: FakePage[] = [];
  const context = Object.assign(new EventEmitter(), {
    all,
    pages: () => all.filter(({ isOpen }) => isOpen),
    async newPage() {
      all.push(newPage(context));
      return all.at(-1);
    },
  });
  const notes: string[] = [];
  const kept: PageSeen[] = [];
  const options = { starts: [new URL("http://site.example/")], seconds: 2, quiet: 1, pictures: false, store: undefined };
  const host = {
    newContext: async () => context as unknown as BrowserContext,
    onVisit: () => undefined,
    onSeen: () => undefined,
    signal: new AbortController().signal,
    isAlive: () => true,
    redirects: redirectGuard([]),
  };
  const visitor = newVisitor(context as unknown as BrowserContext, VIEWPORTS.desktop, options, host, (note) => void notes.push(note));
  const popups: FakePage[] = [];
  let open: readonly boolean[] = [];
  await visitor.run(
    async ({ page }: { readonly page: Page }) => {
      const fake = page as unknown as FakePage;
      use(fake, () => {
        const popup = newPage(context);
        all.push(popup);
        popups.push(popup);
        fake.emit("popup", popup);
        return popup;
      });
      open = popups.map(({ isOpen }) => isOpen);
    },
    (seen) => void kept.push(seen),
  );
  return { notes, cut: kept.map(({ cut }) => cut), open, isLeft: all.some(({ isOpen }) => isOpen) };
}

const times = (count: number, use: () => unknown) => Array.from({ length: count }, use);

describe("a page that opens windows", () => {
  it("may open 100 in one visit", async () => {
    expect(await ran((_, open) => times(100, open))).toMatchObject({ notes: [], cut: [undefined] });
  });

  it("is ended where it opens more", async () => {
    expect(await ran((_, open) => times(101, open))).toMatchObject({
      notes: ["The script ended early: more than 100 windows."],
      cut: ["more than 100 windows"],
    });
  });

  it("has five of them at once, and the next ones are closed", async () => {
    const { open } = await ran((_, popup) => times(8, popup));
    expect(open).toEqual([true, true, true, true, true, false, false, false]);
  });

  it("has none of them left afterwards", async () => {
    expect((await ran((_, popup) => times(3, popup))).isLeft).toBe(false);
  });
});

describe("a dialog", () => {
  function dialog(type: string) {
    const answers: string[] = [];
    const answer = (name: string) => async () => void answers.push(name);
    return { answers, type: () => type, accept: answer("accept"), dismiss: answer("dismiss") };
  }

  it.each([
    ["alert", "dismiss"],
    ["confirm", "dismiss"],
    ["prompt", "dismiss"],
    ["beforeunload", "accept"],
  ])("%s is answered: %s", async (type, expected) => {
    const [own, ofPopup] = [dialog(type), dialog(type)];
    await ran((page, open) => {
      page.emit("dialog", own);
      open().emit("dialog", ofPopup);
    });
    expect([own.answers, ofPopup.answers]).toEqual([[expected], [expected]]);
  });

  it("ends the visit where there are more than 100, of the page and its windows together", async () => {
    const end = await ran((page, open) => {
      times(50, () => page.emit("dialog", dialog("alert")));
      const popup = open();
      times(51, () => popup.emit("dialog", dialog("alert")));
    });
    expect(end.cut).toEqual(["more than 100 dialogs"]);
  });
});

describe("what a page does in one visit", () => {
  const request = (address: string) => ({
    url: () => address,
    resourceType: () => "image",
    method: () => "GET",
    isNavigationRequest: () => false,
  });
  const message = { type: () => "log", text: () => "hello" };

  it.each<[string, number, (page: FakePage) => unknown, string | undefined]>([
    ["10000 requests", 10_000, (page) => page.emit("request", request("http://site.example/a")), undefined],
    ["more requests", 10_001, (page) => page.emit("request", request("http://site.example/a")), "more than 10000 requests"],
    ["10000 messages", 10_000, (page) => page.emit("console", message), undefined],
    ["more messages", 10_001, (page) => page.emit("console", message), "more than 10000 console messages"],
  ])("may be %s", async (_, count, use, cut) => {
    expect((await ran((page) => times(count, () => use(page)))).cut).toEqual([cut]);
  });
});
