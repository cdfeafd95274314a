import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import type { PageSeen } from "./visit.js";

/** What a page showed under the enforced policy that it did not show without. */
export interface PageDifference {
  readonly url: string;
  readonly viewport: string;
  /** Sentences, the worst first; empty where the page is the same. */
  readonly differences: readonly string[];
  /** The share of the compared pixels that differ, from 0 to 1; undefined without pictures. */
  readonly pixels: number | undefined;
  /** PNGs where the picture differs: before, with the policy, and the differing pixels marked. */
  readonly pictures: { readonly before: Uint8Array; readonly after: Uint8Array; readonly marked: Uint8Array } | undefined;
}

/** What two visits without enforcement differed in: it says nothing about the policy. */
export interface Mask {
  readonly url: string;
  readonly viewport: string;
  readonly lines: number;
  /** The share of the picture that is not compared, from 0 to 1. */
  readonly pixels: number;
}

/** More differing pixels than that are a difference: text is not drawn the same to the last pixel each time. */
const PIXEL_SHARE = 0.002;

/** A moving part is masked with what surrounds it. */
const BLOCK = 16;

/** Compares a visit under the enforced policy with two before it. */
export function comparePages(
  before: readonly [PageSeen, PageSeen],
  after: PageSeen,
): { readonly difference: PageDifference; readonly mask: Mask } {
  const [one, other] = before;
  const pictures = comparePictures(one.picture, other.picture, after.picture);
  const differences = [
    ...(after.status !== one.status && after.status !== other.status
      ? [`The page has status ${after.status}, and had ${one.status}.`]
      : []),
    ...newOf(
      before.map(({ errors }) => errors),
      after.errors,
    ).map((text) => `New error: ${text}`),
    ...newOf(
      before.map(({ failed }) => failed),
      after.failed,
    ).map((text) => `New failed request: ${text}`),
    ...missingLines(before, after).map((text) => `This text is missing: ${JSON.stringify(text)}`),
    ...(pictures !== undefined && pictures.share > PIXEL_SHARE ? [`${(100 * pictures.share).toFixed(1)} % of the picture differs.`] : []),
  ];
  const { url, viewport } = after;
  const differs = pictures !== undefined && pictures.share > PIXEL_SHARE;
  return {
    difference: { url, viewport, differences, pixels: pictures?.share, pictures: differs ? pictures.pictures : undefined },
    mask: { url, viewport, lines: volatileLines(before), pixels: pictures?.masked ?? 0 },
  };
}

/** Numbers differ from one visit to the next: clocks, counters, ids. */
const shapeOf = (text: string) => text.replace(/\d+/g, "0");

function newOf(before: readonly (readonly string[])[], after: readonly string[]): readonly string[] {
  const known = new Set(before.flat().map(shapeOf));
  return [...new Set(after.filter((text) => !known.has(shapeOf(text))))];
}

/** Lines of both visits that are gone. */
function missingLines([one, other]: readonly [PageSeen, PageSeen], after: PageSeen): readonly string[] {
  const [second, now] = [new Set(other.text.map(shapeOf)), new Set(after.text.map(shapeOf))];
  return [...new Set(one.text.filter((line) => second.has(shapeOf(line)) && !now.has(shapeOf(line))))];
}

function volatileLines([one, other]: readonly [PageSeen, PageSeen]): number {
  const [first, second] = [new Set(one.text), new Set(other.text)];
  return [...first].filter((line) => !second.has(line)).length + [...second].filter((line) => !first.has(line)).length;
}

interface ComparedPictures {
  /** Of the pixels outside the mask. */
  readonly share: number;
  readonly masked: number;
  readonly pictures: NonNullable<PageDifference["pictures"]>;
}

function comparePictures(
  one: Uint8Array | undefined,
  other: Uint8Array | undefined,
  after: Uint8Array | undefined,
): ComparedPictures | undefined {
  if (one === undefined || other === undefined || after === undefined) return undefined;
  const decoded = (png: Uint8Array): PNG => PNG.sync.read(Buffer.from(png));
  const [first, second, third] = [decoded(one), decoded(other), decoded(after)];
  const { width, height } = first;
  if ([second, third].some((png) => png.width !== width || png.height !== height)) return undefined;
  const moving = new PNG({ width, height });
  pixelmatch(first.data, second.data, moving.data, width, height, { diffMask: true, includeAA: true });
  const mask = blocksOf(moving);
  const marked = new PNG({ width, height });
  pixelmatch(first.data, third.data, marked.data, width, height, { threshold: 0.15 });
  const changed = new PNG({ width, height });
  pixelmatch(first.data, third.data, changed.data, width, height, { diffMask: true, threshold: 0.15 });
  let [compared, different, masked] = [0, 0, 0];
  for (let index = 0; index < width * height; index += 1) {
    if (mask.has(blockOf(index, width))) masked += 1;
    else {
      compared += 1;
      if (changed.data[4 * index + 3] !== 0) different += 1;
    }
  }
  return {
    share: compared === 0 ? 0 : different / compared,
    masked: masked / (width * height),
    pictures: { before: one, after, marked: PNG.sync.write(marked) },
  };
}

const blockOf = (index: number, width: number) =>
  Math.floor(Math.floor(index / width) / BLOCK) * Math.ceil(width / BLOCK) + Math.floor((index % width) / BLOCK);

/** The blocks with a differing pixel. */
function blocksOf({ data, width, height }: PNG): ReadonlySet<number> {
  const blocks = new Set<number>();
  for (let index = 0; index < width * height; index += 1) if (data[4 * index + 3] !== 0) blocks.add(blockOf(index, width));
  return blocks;
}
