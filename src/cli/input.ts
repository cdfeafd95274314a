import { open } from "node:fs/promises";
import { Failure, systemFailure } from "./failure.js";

/** Bytes of each kind of file that is read; a file that is longer is none of them. */
export const LONGEST = {
  /** A server's configuration: as much as parseConfig takes. */
  config: 1_048_576,
  /** Headers that were written down, of several answers too. */
  headers: 1_048_576,
  /** A policy in JSON. */
  policy: 1_048_576,
  /** What `store.groups()` gives: some 10,000 groups. */
  groups: 67_108_864,
} as const;

/** Lists and objects in each other that JSON may have; a policy has six. */
export const DEEPEST = 100;

/**
 * Reads a file, or stdin for `-`, to its end or to a limit.
 *
 * @param path where it lies; `word` is how the user called it.
 * @param most bytes.
 * @throws {Failure} with exit code 2 where it cannot be read or is longer.
 */
export async function readInput(path: string, word: string, most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    const stream = path === "-" ? process.stdin : (await open(path)).createReadStream();
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > most) break;
    }
  } catch (error) {
    const { lines } = systemFailure(error, word);
    throw new Failure(lines, 2);
  }
  if (size > most) throw new Failure([`${word} is longer than ${most} bytes, which is as much as is read.`], 2);
  return Buffer.concat(chunks)
    .toString()
    .replace(/^\ufeff/, "");
}

/**
 * Reads JSON.
 *
 * @param word how the user called the file.
 * @param revive as `JSON.parse` takes it.
 * @throws {Failure} where the text is none, with the line where that is known; and where it is too deep.
 */
export function parseJson(text: string, word: string, revive?: (key: string, value: unknown) => unknown): unknown {
  if (depthOf(text) > DEEPEST) throw new Failure([`${word} has lists and objects in each other more than ${DEEPEST} deep.`]);
  try {
    return JSON.parse(text, revive);
  } catch (error) {
    const { message } = error as SyntaxError;
    const [, position] = /at position (\d+)/.exec(message) ?? [];
    const where =
      position === undefined || message.includes("line ") ? "" : ` (line ${text.slice(0, Number(position)).split("\n").length})`;
    throw new Failure([`${word} is not JSON: ${message}${where}.`]);
  }
}

/** The most brackets that are open at once, outside strings. */
export function depthOf(text: string): number {
  let [depth, deepest] = [0, 0];
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted && character === "\\") at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === "[" || character === "{")) deepest = Math.max(deepest, ++depth);
    else if (!quoted && (character === "]" || character === "}")) depth -= 1;
  }
  return deepest;
}
