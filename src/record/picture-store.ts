import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Takes a PNG, and returns a function that reads it again. */
export type PictureStore = (picture: Uint8Array | undefined) => () => Uint8Array | undefined;

/** Keeps pictures in memory: for a few pages. */
export function storeInMemory(): PictureStore {
  return (picture) => () => picture;
}

let written = 0;

/**
 * Keeps pictures as files, each read when it is asked for: a thousand pages have some hundred megabytes of them.
 *
 * @param folder exists, and is removed by the caller when no picture is needed any more.
 */
export function storeInFolder(folder: string): PictureStore {
  return (picture) => {
    if (picture === undefined) return () => undefined;
    written += 1;
    const file = join(folder, `${written}.png`);
    writeFileSync(file, picture);
    return () => readFileSync(file);
  };
}
