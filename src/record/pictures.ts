import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

/** A picture under the enforced policy, compared with pictures without. */
export interface ComparedPictures {
  /** Pixels outside the mask that differ. */
  readonly different: number;
  /** Their share of the pixels outside the mask, from 0 to 1. */
  readonly share: number;
  /** The share of the picture that is masked, from 0 to 1. */
  readonly masked: number;
  /** A PNG: the picture under the policy, with what differs in red and what is masked in blue. */
  readonly marked: Uint8Array;
}

/** A moving part is masked with what surrounds it: in blocks of so many pixels, and the blocks next to them. */
const BLOCK = 16;

/** How far a colour may differ, from 0 to 1: pixelmatch's own default is 0.1. */
const THRESHOLD = 0.1;

/**
 * Compares pictures. They may have different sizes: what only one of them has differs.
 *
 * @param before PNGs without the policy, at least two: where they differ, nothing is compared.
 * @returns undefined where a picture is missing.
 */
export function comparePictures(before: readonly (Uint8Array | undefined)[], after: Uint8Array | undefined): ComparedPictures | undefined {
  if (before.length === 0 || after === undefined || before.includes(undefined)) return undefined;
  const [first, ...others] = before.map((png) => decoded(png as Uint8Array)) as [PNG, ...PNG[]];
  const last = decoded(after);
  const all = [first, ...others, last];
  const width = Math.max(...all.map((png) => png.width));
  const height = Math.max(...all.map((png) => png.height));
  const changes = ([one, other]: readonly [PNG, PNG], includeAA: boolean) => changedPixels(one, other, { width, height }, includeAA);
  const mask = maskOf(
    others.map((other) => changes([first, other], true)),
    { width, height },
  );
  const changed = changes([first, last], false);
  const marked = onCanvas(last, { width, height });
  let [different, masked] = [0, 0];
  for (let index = 0; index < width * height; index += 1) {
    if (mask.has(blockOf(index, width))) {
      masked += 1;
      paint(marked, index, BLUE);
    } else if (changed[index] === 1) {
      different += 1;
      paint(marked, index, RED);
    } else fade(marked, index);
  }
  const compared = width * height - masked;
  return {
    different,
    share: compared === 0 ? 0 : different / compared,
    masked: masked / (width * height),
    marked: PNG.sync.write(marked),
  };
}

const decoded = (png: Uint8Array): PNG => PNG.sync.read(Buffer.from(png));

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A picture on transparent ground of a larger size. */
function onCanvas(png: PNG, { width, height }: Size): PNG {
  const canvas = new PNG({ width, height });
  canvas.data.fill(0);
  PNG.bitblt(png, canvas, 0, 0, png.width, png.height, 0, 0);
  return canvas;
}

/** One for each pixel that differs, or that only one of the pictures has. */
function changedPixels(one: PNG, other: PNG, size: Size, includeAA: boolean): Uint8Array {
  const { width, height } = size;
  const output = new PNG({ width, height });
  pixelmatch(onCanvas(one, size).data, onCanvas(other, size).data, output.data, width, height, {
    diffMask: true,
    includeAA,
    threshold: THRESHOLD,
  });
  const isIn = (png: Size, index: number) => index % width < png.width && Math.floor(index / width) < png.height;
  return Uint8Array.from({ length: width * height }, (_, index) =>
    output.data[4 * index + 3] !== 0 || isIn(one, index) !== isIn(other, index) ? 1 : 0,
  );
}

const columnsOf = (width: number) => Math.ceil(width / BLOCK);

const blockOf = (index: number, width: number) =>
  Math.floor(Math.floor(index / width) / BLOCK) * columnsOf(width) + Math.floor((index % width) / BLOCK);

/** The blocks with a differing pixel, and their neighbours. */
function maskOf(changes: readonly Uint8Array[], { width, height }: Size): ReadonlySet<number> {
  const columns = columnsOf(width);
  const rows = Math.ceil(height / BLOCK);
  const blocks = new Set<number>();
  for (const changed of changes) {
    for (let index = 0; index < changed.length; index += 1) if (changed[index] === 1) blocks.add(blockOf(index, width));
  }
  const around = [...blocks].flatMap((block) => {
    const [row, column] = [Math.floor(block / columns), block % columns];
    return [-1, 0, 1].flatMap((down) =>
      [-1, 0, 1]
        .filter((right) => row + down >= 0 && row + down < rows && column + right >= 0 && column + right < columns)
        .map((right) => (row + down) * columns + column + right),
    );
  });
  return new Set(around);
}

type Colour = readonly [red: number, green: number, blue: number];
const RED: Colour = [220, 0, 60];
const BLUE: Colour = [150, 180, 240];

function paint({ data }: PNG, index: number, [red, green, blue]: Colour): void {
  data.set([red, green, blue, 255], 4 * index);
}

/** What is the same is pale, so that the marks are seen. */
function fade({ data }: PNG, index: number): void {
  const grey = ((data[4 * index] ?? 0) + (data[4 * index + 1] ?? 0) + (data[4 * index + 2] ?? 0)) / 3;
  const pale = Math.round(255 - (255 - grey) * 0.25);
  data.set([pale, pale, pale, 255], 4 * index);
}
