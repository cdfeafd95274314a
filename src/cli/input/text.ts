import { closeSync, constants, createReadStream, fstatSync, openSync, readSync, statSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { Failure, systemFailure } from "../failure.js";
import { READ_SECONDS } from "../limits.js";

/** The most that is read of one input. */
export interface TextLimits {
  readonly bytes: number;
  /** Default: 60. */
  readonly seconds?: number;
}

/**
 * Reads a file to its end, or stdin for `-`.
 *
 * @param path the file; `word` is what the user wrote, as errors name it.
 * @returns its text, without a byte order mark.
 * @throws {Failure} with exit code 2 where it cannot be read, is longer than `bytes`, or does not end within `seconds`.
 */
export async function readText(path: string, word: string, limits: TextLimits): Promise<string> {
  const bytes = await readBytes(path, word, limits);
  return bytes.toString().replace(/^\ufeff/, "");
}

/** The same, of a file's bytes. */
export async function readBytes(path: string, word: string, { bytes, seconds = READ_SECONDS }: TextLimits): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  let late = false;
  let timer: NodeJS.Timeout | undefined;
  try {
    const stream = path === "-" ? process.stdin : openFile(path);
    timer = setTimeout(() => {
      late = true;
      stream.destroy();
    }, 1_000 * seconds);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > bytes) break;
    }
  } catch (error) {
    // A stream that is destroyed while it is read ends with an error.
    if (!late) throw new Failure(systemFailure(error, word).lines, 2);
  } finally {
    clearTimeout(timer);
  }
  if (late) throw new Failure([`${word} did not end within ${seconds} s.`], 2);
  if (size > bytes) throw new Failure([`${word} is longer than ${bytes} bytes, the most that is read.`], 2);
  return Buffer.concat(chunks);
}

/** Opens without waiting: opening a pipe without a writer would block a thread forever. */
function openFile(path: string): Readable {
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  return fstatSync(fd).isFIFO() ? new Socket({ fd, readable: true, writable: false }) : createReadStream(path, { fd });
}

/**
 * Refuses what is there and is no regular file of at most so many bytes: a pipe without a writer, or a link to a device, would not end.
 *
 * @throws {Failure} with exit code 2.
 */
export function checkFile(path: string, word: string, bytes: number): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isFile()) throw new Failure([`${word} is ${found.isDirectory() ? "a folder" : "not a regular file"}.`], 2);
  if (found.size > bytes) throw new Failure([`${word} is longer than ${bytes} bytes, the most that is read.`], 2);
}

/** The first bytes of a file, as text; throws {@link Failure}. */
export function beginningOf(path: string, word: string, bytes: number): string {
  try {
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const buffer = Buffer.alloc(bytes);
      return buffer.subarray(0, readSync(fd, buffer)).toString();
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw new Failure(systemFailure(error, word).lines, 2);
  }
}
