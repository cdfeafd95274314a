import { describe, expect, it } from "vitest";
import { outcomeText, readUnapplied, withUnapplied } from "../../src/cli/record/unapplied.js";
import { definePolicy } from "../../src/index.js";
import { collectEvidence } from "../../src/record/evidence.js";
import { propose } from "../../src/record/proposal.js";
import { proveSite, type Recording } from "../../src/record/record.js";
import type { PageSeen } from "../../src/record/visit.js";
import type { Walked } from "../../src/record/walk.js";
import { CHROMIUM } from "../browser/support.js";
import { skipWithout } from "../peers.js";
import { newBrowser, optionsOf, serveAnswers, withoutPort } from "./proving.js";

const policy = definePolicy("strict");
const evidence = collectEvidence(() => true).evidence();

const seen = (url: string): PageSeen => ({
  url,
  viewport: "desktop",
  status: 200,
  title: "",
  text: [],
  picture: undefined,
  errors: [],
  failed: [],
  links: [],
  notes: [],
});

const walked = (pages: readonly string[], documents: readonly string[] = []): Walked => ({
  pages: pages.map(seen),
  addresses: pages,
  left: 0,
  uncovered: [],
  documents,
  notes: [],
});

/** A proven recording of pages and of other documents. */
const proven = (pages: readonly string[], documents?: readonly string[]): Recording => ({
  outcome: "proven",
  observed: policy,
  proposal: propose(policy, evidence, new Set()),
  evidence,
  walks: [walked(pages, documents), walked(pages, documents)],
  proof: { isClean: true, evidence, pages: [], masks: [], notes: [] },
  notes: [],
});

const matched = (routes: readonly string[], pages: readonly string[], documents?: readonly string[]) => {
  const paths = readUnapplied(routes.map((path) => ({ path, layers: [] })));
  const recording = withUnapplied(proven(pages, documents), paths);
  return { outcome: recording.outcome, unapplied: recording.unapplied, text: outcomeText(recording) };
};

const SITE = "https://site.example";

describe("routes that a walk has not applied", () => {
  it("match a page by its path as servers read it", () => {
    const { outcome, unapplied } = matched(["/admin/*"], [`${SITE}/%61dmin/a`]);
    expect([outcome, unapplied?.pages]).toEqual(["not proven", [`${SITE}/%61dmin/a`]]);
  });

  it("match a page whose address has the name of a snapshot behind it", () => {
    const { outcome, unapplied } = matched(["/admin"], [`${SITE}/admin (script 1)`]);
    expect([outcome, unapplied?.pages]).toEqual(["not proven", [`${SITE}/admin`]]);
  });

  it("match a document in a frame of a page, which is not proven then", () => {
    expect(matched(["/embed/*"], [`${SITE}/`], [`${SITE}/`, `${SITE}/embed/w`])).toEqual({
      outcome: "not proven",
      unapplied: { routes: ["/embed/*"], pages: [], inPages: [`${SITE}/embed/w`] },
      text: `Not proven: the route /embed/* was not applied, and these frames, popups or workers in pages of the walk match one: ${SITE}/embed/w. With the policy of the site in its place, nothing was blocked.`,
    });
  });

  it("name a page once, though its document got the policy too", () => {
    const { unapplied } = matched(["/embed/*"], [`${SITE}/embed/w`], [`${SITE}/embed/w`]);
    expect(unapplied).toEqual({ routes: ["/embed/*"], pages: [`${SITE}/embed/w`], inPages: [] });
  });

  it("name five of many pages", () => {
    const { text } = matched(
      ["/a/*"],
      Array.from({ length: 7 }, (_, index) => `${SITE}/a/${index}`),
    );
    expect(text).toBe(
      `Not proven: the route /a/* was not applied, and these pages of the walk match one: ${SITE}/a/0, ${SITE}/a/1, ${SITE}/a/2, ${SITE}/a/3, ${SITE}/a/4 and 2 more. With the policy of the site in its place, nothing was blocked.`,
    );
  });

  it("leave a result that says where text was not compared", () => {
    const mask = { url: SITE, viewport: "desktop", lines: 21, texts: [], pixels: 0 };
    const recording = { ...proven([`${SITE}/`]), proof: { isClean: true, evidence, pages: [], masks: [mask], notes: [] } };
    expect(outcomeText(recording)).toBe(
      "Proven: with this policy enforced, every page of the walk worked as before, as far as it was compared, and nothing was blocked.",
    );
  });

  it("are named where nothing matches one", () => {
    expect(matched(["/a", "/b"], [`${SITE}/`], [`${SITE}/frame`]).text).toBe(
      "Proven without routes: every page of the walk worked as before, and nothing was blocked. The routes /a, /b were not applied; no page of the walk matches one, and no frame, popup or worker in one.",
    );
  });
});

describe.skipIf(skipWithout("documents of a walk", [CHROMIUM]))("the documents of a walk", { timeout: 120_000 }, () => {
  it("are those of pages, frames and workers that got the policy, without their queries", async () => {
    const url = await serveAnswers({
      "/": '<!doctype html><p>hello<iframe src="/embed/w?a=1"></iframe><iframe sandbox src="/embed/s"></iframe><script src="/a.js"></script>',
      "/embed/w": "<!doctype html><p>widget",
      "/embed/s": "<!doctype html><p>sandboxed",
      "/a.js": 'new Worker("/w.js")',
      "/w.js": "postMessage(1)",
    });
    const { walks } = await proveSite(definePolicy("none"), optionsOf(await newBrowser(), url, { pictures: false }));
    expect(withoutPort([...walks[0].documents].sort())).toEqual([
      "http://localhost/",
      "http://localhost/embed/s",
      "http://localhost/embed/w",
      "http://localhost/w.js",
    ]);
  });
});
