import { floodText } from "./flood.js";
import { type PictureStore, storeInMemory } from "./picture-store.js";
import { comparePictures } from "./pictures.js";
import type { PageSeen } from "./visit.js";

/** What a page showed under the enforced policy that it did not show without. */
export interface PageDifference {
  readonly url: string;
  readonly viewport: string;
  /** Sentences, the worst first; empty where the page is the same. */
  readonly differences: readonly string[];
  /** The share of the compared pixels that differ, from 0 to 1; undefined without pictures. */
  readonly pixels: number | undefined;
  /** Where the picture differs. */
  readonly pictures: PagePictures | undefined;
}

/** PNGs: before, with the policy, and the second with what differs in red and what is masked in blue. */
export interface PagePictures {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly marked: Uint8Array;
}

/** What visits without enforcement differed in: it says nothing about the policy. */
export interface Mask {
  readonly url: string;
  readonly viewport: string;
  /** Lines of text that were not in each visit. */
  readonly lines: number;
  /** Some of them: at most 20, each cut to 100 characters. */
  readonly texts: readonly string[];
  /** The share of the picture that is not compared, from 0 to 1. */
  readonly pixels: number;
}

/**
 * More differing pixels than that are a difference. Two pictures of a page that does not move are the same to the last pixel in one
 * browser, so the limit only forgives a hairline; an icon of 16 by 16 pixels has 256. It is not a share: on a large page a share would
 * forgive an icon.
 */
const MOST_PIXELS = 100;

/** What comparing a page has found. */
export interface ComparedPage {
  readonly difference: PageDifference;
  readonly mask: Mask;
  /** Whether at most its title, text and picture differ: that may be a matter of time. */
  readonly isLook: boolean;
}

/**
 * Compares a visit under the enforced policy with visits without.
 *
 * @param before at least two visits: what differs between them is not compared.
 * @param store where the picture with the differing pixels is kept; default: in memory.
 */
export function comparePages(
  before: readonly [PageSeen, PageSeen, ...PageSeen[]],
  after: PageSeen,
  store: PictureStore = storeInMemory(),
): ComparedPage {
  const [first] = before;
  const cut = [...before, after].find((one) => one.cut !== undefined)?.cut;
  if (cut !== undefined) return unseen(after, `${floodText(cut)}.`);
  const pictures = comparePictures(
    before.map(({ picture }) => picture),
    after.picture,
  );
  const text = compareLines(
    before.map(({ text }) => text),
    after.text,
  );
  const hasPictures = before.some(({ picture }) => picture !== undefined);
  const differs = pictures !== undefined && pictures.different > MOST_PIXELS;
  const broken = [
    ...(before.every(({ status }) => status !== after.status) ? [`The page has status ${after.status}, and had ${first.status}.`] : []),
    ...newOf(
      before.map(({ errors }) => errors),
      after.errors,
      shapeOf,
    ).map((one) => `New error: ${explained(one)}`),
    ...newOf(
      before.map(({ failed }) => failed),
      after.failed,
      failureShape,
    ).map((one) => `New failed request: ${explained(one)}`),
  ];
  const differences = [
    ...broken,
    ...(before.every(({ title }) => title === first.title) && after.title !== first.title
      ? [`The title is ${JSON.stringify(after.title)}, and was ${JSON.stringify(first.title)}.`]
      : []),
    ...text.missing.map((line) => `This text is missing: ${JSON.stringify(line)}`),
    ...text.added.map((line) => `This text is new: ${JSON.stringify(line)}`),
    ...(hasPictures && after.picture === undefined ? ["No picture could be taken."] : []),
    ...(differs ? [`${percentOf(pictures.share)} of the picture differs.`] : []),
  ];
  const { url, viewport } = after;
  return {
    difference: {
      url,
      viewport,
      differences,
      pixels: pictures?.share,
      pictures: differs ? kept(first, after, store(pictures.marked)) : undefined,
    },
    // Where a picture without the policy is missing, nothing of the page is compared.
    mask: { url, viewport, lines: text.masked.length, texts: someOf(text.masked), pixels: pictures?.masked ?? (hasPictures ? 1 : 0) },
    isLook: broken.length === 0,
  };
}

/** A page of which one visit was ended early: there is nothing to compare. */
function unseen({ url, viewport }: PageSeen, why: string): ComparedPage {
  const sentence = why.charAt(0).toUpperCase() + why.slice(1);
  return {
    difference: { url, viewport, differences: [sentence], pixels: undefined, pictures: undefined },
    mask: { url, viewport, lines: 0, texts: [], pixels: 0 },
    isLook: false,
  };
}

/** Headers that are not reported, by what the browser says where they have kept something from loading. */
const REASONS: readonly (readonly [says: RegExp, why: string])[] = [
  [/ MIME type /, "X-Content-Type-Options: nosniff needs the right Content-Type"],
  // Where the page's Cross-Origin-Embedder-Policy refuses it, more follows.
  [/ERR_BLOCKED_BY_RESPONSE$/, "Cross-Origin-Resource-Policy keeps it to its own origin or site"],
];

/** What the browser says, and the header that it is about, where that is known. */
function explained(text: string): string {
  const [, why] = REASONS.find(([says]) => says.test(text)) ?? [];
  return why === undefined ? text : `${text} (${why})`;
}

/**
 * The differences of a page that a second visit under the policy has too: what is the same as before in one of them is a matter of time.
 *
 * @param second the same page; undefined where it does not differ.
 */
export function inBoth(first: PageDifference, second: PageDifference | undefined): readonly string[] {
  const known = new Set(second?.differences.map(kindOf));
  return first.differences.filter((one) => known.has(kindOf(one)));
}

/** A sentence; of a picture, without the share of it that differs. */
const kindOf = (sentence: string) => sentence.replace(/^.* of the picture differs\.$/, "picture");

/** The pictures of a page, read when they are asked for: each page of a large site may differ. */
function kept(before: PageSeen, after: PageSeen, marked: () => Uint8Array | undefined): PagePictures {
  return {
    get before() {
      return before.picture as Uint8Array;
    },
    get after() {
      return after.picture as Uint8Array;
    },
    get marked() {
      return marked() as Uint8Array;
    },
  };
}

const someOf = (lines: readonly string[]) => lines.slice(0, MOST_TEXTS).map((line) => line.slice(0, LONGEST_TEXT));

/** Lines of a mask that are kept, and their length. */
const MOST_TEXTS = 20;
const LONGEST_TEXT = 100;

/** A share that differs is never printed as 0.0 %. */
const percentOf = (share: number) => (share < 0.0005 ? "less than 0.1 %" : `${(100 * share).toFixed(1)} %`);

/** Numbers differ from one visit to the next: clocks, counters, ids. */
const shapeOf = (text: string) => text.replace(/\d+/g, "0");

/** The same of a failed request; why it failed, such as its status, is compared as it is. */
function failureShape(text: string): string {
  const reason = text.lastIndexOf(": ");
  return shapeOf(text.slice(0, reason)) + text.slice(reason);
}

function newOf(before: readonly (readonly string[])[], after: readonly string[], keyOf: (text: string) => string): readonly string[] {
  const known = new Set(before.flat().map(keyOf));
  return [...new Set(after.filter((text) => !known.has(keyOf(text))))];
}

interface ComparedLines {
  readonly missing: readonly string[];
  readonly added: readonly string[];
  /** The lines that are not in each of the visits before. */
  readonly masked: readonly string[];
}

/**
 * Compares lines, each as often as it is there. A line is compared as it is where every visit before has it; a line whose numbers differed
 * is compared without them; other lines are not compared, and as many lines may be new.
 */
function compareLines(before: readonly (readonly string[])[], after: readonly string[]): ComparedLines {
  const stable = before.map(countsOf).reduce(leastOf);
  const varying = before.map((lines) => without(lines, stable));
  const rests = varying.map((lines) => lines.map(shapeOf));
  const shapes = rests.map(countsOf).reduce(leastOf);
  const volatile = Math.max(...rests.map((rest) => without(rest, shapes).length));

  const missing = without(listOf(stable), countsOf(after));
  const restAfter = without(after, stable);
  const missingShapes = without(listOf(shapes), countsOf(restAfter.map(shapeOf)));
  const added = withoutShapes(restAfter, shapes);
  return {
    missing: [...new Set([...missing, ...missingShapes])],
    added: added.length > volatile ? [...new Set(added)] : [],
    masked: varying.reduce((one, other) => (other.length > one.length ? other : one)),
  };
}

type Counts = ReadonlyMap<string, number>;

function countsOf(lines: readonly string[]): Counts {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

const leastOf = (one: Counts, other: Counts): Counts =>
  new Map([...one].map(([line, count]) => [line, Math.min(count, other.get(line) ?? 0)]));

const listOf = (counts: Counts): readonly string[] => [...counts].flatMap(([line, count]) => Array<string>(count).fill(line));

/** The lines that are left after as many of each as `counts` has. */
const without = (lines: readonly string[], counts: Counts) => leftOf(lines, counts, (line) => line);
const withoutShapes = (lines: readonly string[], shapes: Counts) => leftOf(lines, shapes, shapeOf);

function leftOf(lines: readonly string[], counts: Counts, keyOf: (line: string) => string): readonly string[] {
  const left = new Map(counts);
  return lines.filter((line) => {
    const count = left.get(keyOf(line)) ?? 0;
    left.set(keyOf(line), count - 1);
    return count <= 0;
  });
}
