import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Takes a PNG, or the text of a page, and returns a function that reads it again. */
export type PictureStore = (bytes: Uint8Array | undefined) => () => Uint8Array | undefined;

/** Keeps pictures and texts in memory: for a few pages. */
export function storeInMemory(): PictureStore {
  return (bytes) => () => bytes;
}

let written = 0;

/**
 * Keeps pictures and texts as files, each read when it is asked for: a thousand pages have some hundred megabytes of them.
 *
 * @param folder exists, and is removed by the caller when nothing of it is needed any more.
 */
export function storeInFolder(folder: string): PictureStore {
  return (bytes) => {
    if (bytes === undefined) return () => undefined;
    written += 1;
    const file = join(folder, String(written));
    writeFileSync(file, bytes);
    return () => readFileSync(file);
  };
}
