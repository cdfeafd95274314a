import { beforeEach, describe, expect, it, vi } from "vitest";
import { definePolicy } from "../../src/index.js";
import { collectEvidence, type EvidenceCollector } from "../../src/record/evidence.js";
import type { Mode } from "../../src/record/headers.js";
import { storeInMemory } from "../../src/record/picture-store.js";
import { prove } from "../../src/record/prove.js";
import { proveSite, type RecordOptions, record } from "../../src/record/record.js";
import type { Recorder } from "../../src/record/run.js";
import type { Uncovered } from "../../src/record/uncovered.js";
import type { PageSeen } from "../../src/record/visit.js";
import type { Walked } from "../../src/record/walk.js";

const newRecorder = vi.hoisted(() => vi.fn());
vi.mock("../../src/record/run.js", () => ({ newRecorder }));

const SITE = "https://site.example/";
const POLICY = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"] } });

/** What one walk has seen of one page. */
interface Walking {
  readonly text?: readonly string[];
  readonly errors?: readonly string[];
  readonly notes?: readonly string[];
  readonly uncovered?: readonly Uncovered[];
  /** Images of other hosts that the policy reports. */
  readonly images?: readonly string[];
  /** Whether the page was seen. Default: true. */
  readonly isSeen?: boolean;
  /** Ends the walk. */
  readonly fails?: string;
  /** Ends the recording when the walk is over. */
  readonly aborts?: AbortController;
}

function seen({ text = ["hello"], errors = [] }: Walking): PageSeen {
  const rest = { url: SITE, viewport: "desktop", status: 200, title: "page", picture: undefined, failed: [], links: [], notes: [] };
  return { ...rest, text, errors };
}

const walked = (walking: Walking): Walked => ({
  pages: walking.isSeen === false ? [] : [seen(walking)],
  addresses: [SITE],
  left: 0,
  uncovered: walking.uncovered ?? [],
  documents: [],
  notes: walking.notes ?? [],
});

function report(collector: EvidenceCollector, image: string, mode: Mode): void {
  collector.addReport({
    ...{ type: "csp-violation", disposition: mode === "enforce" ? "enforce" : "report", directive: "img-src", blocked: image },
    ...{ document: SITE, policy: "", sourceFile: "", position: "", sample: "", userAgent: "" },
  });
}

/** A recorder whose walks are written down: each takes the next of its mode. */
function recorderOf(walks: Readonly<Record<Mode, readonly Walking[]>>): Recorder & { readonly modes: Mode[] } {
  const modes: Mode[] = [];
  const next = { observe: 0, enforce: 0 };
  return {
    modes,
    store: storeInMemory(),
    newEvidence: () => collectEvidence(() => true),
    close: async () => undefined,
    async walk(_policy, mode, collector) {
      modes.push(mode);
      const walking = walks[mode][next[mode]] as Walking;
      next[mode] += 1;
      if (walking.fails !== undefined) throw new Error(walking.fails);
      collector.visiting(SITE, "desktop");
      collector.addServed(SITE, "");
      for (const image of walking.images ?? []) report(collector, image, mode);
      collector.loaded();
      walking.aborts?.abort();
      return walked(walking);
    },
  };
}

/** A proof after two walks without enforcement; further walks are in `again`. */
async function proved(before: readonly [Walking, Walking], again: Readonly<Record<Mode, readonly Walking[]>>) {
  const recorder = recorderOf(again);
  const proof = await prove(POLICY, recorder, [walked(before[0]), walked(before[1])]);
  const { isClean, pages, notes } = proof;
  return { isClean, modes: recorder.modes, differences: pages.map(({ differences }) => differences), notes };
}

const SAME: readonly [Walking, Walking] = [{}, {}];
const OTHER: Walking = { text: ["goodbye"] };
const SENTENCES = ['This text is missing: "hello"', 'This text is new: "goodbye"'];

describe("a proof", () => {
  it("is clean after one walk where nothing differs", async () => {
    expect(await proved(SAME, { enforce: [{}], observe: [] })).toEqual({ isClean: true, modes: ["enforce"], differences: [], notes: [] });
  });

  it("is not clean where only the walk with the policy has a note", async () => {
    const { isClean, notes } = await proved(SAME, { enforce: [{ notes: ["slow"] }], observe: [{}] });
    expect({ isClean, notes }).toEqual({ isClean: false, notes: ["slow"] });
  });

  it("is clean where one of the walks without it has the note too", async () => {
    expect((await proved([{}, { notes: ["slow"] }], { enforce: [{ notes: ["slow"] }], observe: [] })).isClean).toBe(true);
  });

  it("is clean where the third walk without it has the note too", async () => {
    const { isClean, modes } = await proved(SAME, { enforce: [{ notes: ["slow"] }], observe: [{ notes: ["slow"] }] });
    expect({ isClean, modes }).toEqual({ isClean: true, modes: ["enforce", "observe"] });
  });

  it("is not clean where the second walk with the policy has a note that no other has", async () => {
    const { isClean, modes, notes } = await proved(SAME, { enforce: [OTHER, { notes: ["slow"] }], observe: [{}] });
    expect({ isClean, modes, slow: notes.includes("slow") }).toEqual({
      isClean: false,
      modes: ["enforce", "observe", "enforce"],
      slow: true,
    });
  });

  it("has no second walk with the policy where the first has a note of its own", async () => {
    const { isClean, modes } = await proved(SAME, { enforce: [{ ...OTHER, notes: ["slow"] }], observe: [{}] });
    expect({ isClean, modes }).toEqual({ isClean: false, modes: ["enforce", "observe"] });
  });

  it("is clean where the looks of a page differ in one of two walks with the policy, and says so", async () => {
    expect(await proved(SAME, { enforce: [OTHER, {}], observe: [{}] })).toEqual({
      isClean: true,
      modes: ["enforce", "observe", "enforce"],
      differences: [],
      notes: [`https://site.example/ (desktop) differed in one of two walks with the policy, and not in the other: ${SENTENCES.join(" ")}`],
    });
  });

  it("is not clean where the looks of a page differ in both walks with the policy", async () => {
    expect(await proved(SAME, { enforce: [OTHER, OTHER], observe: [{}] })).toMatchObject({ isClean: false, differences: [SENTENCES] });
  });

  it("is not clean where the second walk with the policy has a new error", async () => {
    expect(await proved(SAME, { enforce: [OTHER, { errors: ["Error: x"] }], observe: [{}] })).toMatchObject({
      isClean: false,
      differences: [["New error: Error: x"]],
    });
  });

  it("is not clean where the page was not seen in the second walk with the policy", async () => {
    expect((await proved(SAME, { enforce: [OTHER, { isSeen: false }], observe: [{}] })).isClean).toBe(false);
  });

  it("is not clean where the browser ends in the walk with the policy", async () => {
    const { isClean, notes } = await proved(SAME, { enforce: [{ fails: "the browser is gone\nat x" }], observe: [{}] });
    expect({ isClean, first: notes[0] }).toEqual({ isClean: false, first: "The walk ended early: the browser is gone" });
  });

  it("names what the second walk with the policy has loaded without it", async () => {
    const bare: Uncovered = { page: SITE, viewport: "desktop", url: `${SITE}frame`, kind: "bare", why: "it is a stream" };
    expect(await proved(SAME, { enforce: [OTHER, { uncovered: [bare] }], observe: [{}] })).toMatchObject({
      isClean: false,
      differences: [["https://site.example/frame was loaded without the policy: it is a stream."]],
    });
  });

  it("has no further walk where something was blocked", async () => {
    const { isClean, modes } = await proved(SAME, { enforce: [{ ...OTHER, images: ["https://img.example/a.png"] }], observe: [] });
    expect({ isClean, modes }).toEqual({ isClean: false, modes: ["enforce"] });
  });
});

describe("what proveSite and record conclude", () => {
  const OPTIONS = { accepted: new Set(), prove: true, signal: new AbortController().signal } as unknown as RecordOptions;
  const IMAGE = { images: ["https://img.example/a.png"] };

  beforeEach(() => newRecorder.mockReset());

  async function outcomeOf(task: typeof record, walks: Readonly<Record<Mode, readonly Walking[]>>) {
    newRecorder.mockResolvedValue(recorderOf(walks));
    const { outcome, proof } = await task(POLICY, OPTIONS);
    return [outcome, proof?.isClean];
  }

  it("is a proven policy where no walk had a violation", async () => {
    expect(await outcomeOf(proveSite, { observe: [{}, {}], enforce: [{}] })).toEqual(["proven", true]);
  });

  it.each([0, 1])(
    "is no proven policy where walk %i without enforcement had a violation, although the walk with it was clean",
    async (walk) => {
      const observe = [0, 1].map((index) => (index === walk ? IMAGE : {}));
      expect(await outcomeOf(proveSite, { observe, enforce: [{}] })).toEqual(["not proven", true]);
    },
  );

  it("is a proven proposal where the policy was extended by what the walks without enforcement needed", async () => {
    expect(await outcomeOf(record, { observe: [IMAGE, IMAGE], enforce: [{}] })).toEqual(["proven", true]);
  });

  it("is no proven proposal where what it allows is blocked, and it is not tried again", async () => {
    const recorder = recorderOf({ observe: [IMAGE, IMAGE], enforce: [IMAGE, {}] });
    newRecorder.mockResolvedValue(recorder);
    const { outcome, proof } = await record(POLICY, OPTIONS);
    expect([outcome, proof?.isClean, recorder.modes]).toEqual(["not proven", false, ["observe", "observe", "enforce"]]);
  });

  it("has no proof of an earlier proposal where the recording ends before the last one is tried", async () => {
    const aborts = new AbortController();
    newRecorder.mockResolvedValue(recorderOf({ observe: [{}, {}], enforce: [{ ...IMAGE, aborts }] }));
    const { outcome, proof } = await record(POLICY, { ...OPTIONS, signal: aborts.signal });
    expect([outcome, proof]).toEqual(["not proven", undefined]);
  });

  it("is a proven proposal where a second one allows what the first has blocked", async () => {
    expect(await outcomeOf(record, { observe: [{}, {}], enforce: [IMAGE, {}] })).toEqual(["proven", true]);
  });

  it("is no proven proposal after four that each were blocked by something else", async () => {
    const enforce = ["a", "b", "c", "d", "e"].map((name) => ({ images: [`https://${name}.example/a.png`] }));
    const recorder = recorderOf({ observe: [{}, {}], enforce });
    newRecorder.mockResolvedValue(recorder);
    const { outcome } = await record(POLICY, OPTIONS);
    expect([outcome, recorder.modes]).toEqual(["not proven", ["observe", "observe", "enforce", "enforce", "enforce", "enforce"]]);
  });
});
