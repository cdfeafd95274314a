import type { Policy } from "../policy/policy.js";
import { type ComparedPage, comparePages, inBoth, type Mask, type PageDifference } from "./differences.js";
import type { Evidence, EvidenceCollector } from "./evidence.js";
import type { PictureStore } from "./picture-store.js";
import type { Recorder } from "./run.js";
import { type Uncovered, uncoveredText } from "./uncovered.js";
import type { PageSeen } from "./visit.js";
import type { Walked } from "./walk.js";

/** One walk with the policy enforced, compared with walks without. */
export interface Proof {
  /** Whether nothing was blocked, and every page was the same. */
  readonly isClean: boolean;
  /** What the policy blocked. */
  readonly evidence: Evidence;
  /** Pages that differ, and pages with a document that was loaded without the policy. */
  readonly pages: readonly PageDifference[];
  /** What differed without the policy, and was not compared. */
  readonly masks: readonly Mask[];
  readonly notes: readonly string[];
}

/**
 * Visits the pages of two earlier walks again, with the policy enforced.
 *
 * Where pages differ although nothing was blocked, a third walk without enforcement follows: what changes rarely, such as the date or an
 * advertisement, may have been the same in the first two. Where they still differ, and in their looks only, a second walk with the policy
 * follows: a page is as before if each difference is missing in one of the two. Whole walks, since a page may depend on those before it.
 *
 * @param before two walks without enforcement, of the same addresses.
 */
export async function prove(policy: Policy, recorder: Recorder, before: readonly [Walked, Walked]): Promise<Proof> {
  const collector = recorder.newEvidence();
  const again = (mode: "enforce" | "observe") => walkAgain(policy, recorder, { mode, collector, addresses: before[0].addresses });
  const enforced = await again("enforce");
  let uncovered = enforced.uncovered;
  let compared = compareWalks(before, enforced, recorder.store);
  if (collector.violations === 0 && !isSame(compared)) {
    const observed = [...before, await again("observe")] as const;
    compared = compareWalks(observed, enforced, recorder.store);
    if (compared.isLook) {
      const second = await again("enforce");
      uncovered = [...uncovered, ...second.uncovered];
      compared = compareBoth(compared, compareWalks(observed, second, recorder.store));
    }
  }
  const evidence = collector.evidence();
  const { masks, notes } = compared;
  const pages = withUncovered(compared.pages, uncovered);
  return { isClean: evidence.violations === 0 && isSame(compared) && pages.length === 0, evidence, pages, masks, notes };
}

/** A page with a document that the policy was not put on may look the same: it is no proof. */
function withUncovered(pages: readonly PageDifference[], uncovered: readonly Uncovered[]): readonly PageDifference[] {
  const found = new Map(pages.map((page) => [`${page.viewport} ${page.url}`, page]));
  const known = new Set<string>();
  for (const one of uncovered) {
    const text = JSON.stringify(one);
    if (known.has(text)) continue;
    known.add(text);
    const key = `${one.viewport} ${one.page}`;
    const page = found.get(key) ?? { url: one.page, viewport: one.viewport, differences: [], pixels: undefined, pictures: undefined };
    found.set(key, { ...page, differences: [uncoveredText(one), ...page.differences] });
  }
  return [...found.values()];
}

/** A browser that is gone ends the walk, and not the recording: what was seen before is kept. */
async function walkAgain(
  policy: Policy,
  recorder: Recorder,
  walk: { readonly mode: "enforce" | "observe"; readonly collector: EvidenceCollector; readonly addresses: readonly string[] },
): Promise<Walked> {
  try {
    return await recorder.walk(policy, walk.mode, walk.collector, walk.addresses);
  } catch (error) {
    const [line] = String((error as Error)?.message ?? error).split("\n");
    return { pages: [], addresses: walk.addresses, left: 0, uncovered: [], documents: [], notes: [`The walk ended early: ${line}`] };
  }
}

interface Comparison extends Pick<Proof, "pages" | "masks" | "notes"> {
  /** Pages that one of the walks has not seen. */
  readonly lost: number;
  /** Notes that only the walk with the policy has. */
  readonly fresh: number;
  /** Whether pages differ, and in their looks only. */
  readonly isLook: boolean;
  /** The names of `pages`, in the same order. */
  readonly names: readonly string[];
}

const isSame = ({ pages, lost, fresh }: Comparison) => pages.length + lost + fresh === 0;

function compareWalks(before: readonly [Walked, Walked, ...Walked[]], enforced: Walked, store: PictureStore): Comparison {
  const [first, second, ...others] = before.map(({ pages }) => byName(pages)) as [Pages, Pages, ...Pages[]];
  const after = byName(enforced.pages);
  const names = [...new Set([...first.keys(), ...second.keys()])];
  const lost = names.filter((name) => ![first, second, after].every((pages) => pages.has(name)));
  const compared = names
    .filter((name) => !lost.includes(name))
    .map((name): ComparedPage & { readonly name: string } => {
      const visits = [first, second, ...others].flatMap((pages) => pages.get(name) ?? []) as [PageSeen, PageSeen, ...PageSeen[]];
      return { name, ...comparePages(visits, after.get(name) as PageSeen, store) };
    });
  const known = new Set(before.flatMap(({ notes }) => notes));
  const differing = compared.filter(({ difference }) => difference.differences.length > 0);
  const fresh = enforced.notes.filter((note) => !known.has(note)).length;
  return {
    pages: differing.map(({ difference }) => difference),
    names: differing.map(({ name }) => name),
    isLook: differing.length > 0 && lost.length + fresh === 0 && differing.every(({ isLook }) => isLook),
    masks: compared.map(({ mask }) => mask).filter(({ lines, pixels }) => lines > 0 || pixels > 0),
    notes: [...enforced.notes, ...lost.map((name) => `${name} could not be compared: it was not seen in each walk.`)],
    lost: lost.length,
    fresh,
  };
}

/** What differs in both of two walks with the policy; a note names what differed in the first only. */
function compareBoth(first: Comparison, second: Comparison): Comparison {
  const found = first.pages.map((page, index) => {
    const name = first.names[index] as string;
    const differences = inBoth(page, second.pages[second.names.indexOf(name)]);
    return { name, page: { ...page, differences }, once: page.differences.filter((one) => !differences.includes(one)) };
  });
  const notes = found.flatMap(({ name, once }) =>
    once.length === 0 ? [] : [`${name} differed in one of two walks with the policy, and not in the other: ${once.join(" ")}`],
  );
  // What is worse than a look, or not seen at all, in the second walk only is a difference too.
  const isWorse = second.pages.length > 0 && !second.isLook;
  return {
    ...(isWorse ? second : { ...first, pages: found.map(({ page }) => page).filter(({ differences }) => differences.length > 0) }),
    notes: [...new Set([...first.notes, ...second.notes, ...notes])],
    lost: first.lost + second.lost,
    fresh: first.fresh + second.fresh,
  };
}

type Pages = ReadonlyMap<string, PageSeen>;

/** Pages by address and viewport; a page that was visited several times has a number. */
function byName(pages: readonly PageSeen[]): Pages {
  const counts = new Map<string, number>();
  return new Map(
    pages.map((page) => {
      const name = `${page.url} (${page.viewport})`;
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      return [count === 1 ? name : `${name}, visit ${count}`, page];
    }),
  );
}
