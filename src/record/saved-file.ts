import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { policyError } from "../errors.js";
import { takeLock } from "./lock.js";
import { parsedJson } from "./parsed-json.js";
import { isSamePolicy, mergeSaved, type SavedRecording, WRITER } from "./saved.js";
import { isRecording, readRecording } from "./saved-schema.js";

/** Where a suite is recorded: one file, or a folder in which each process has a file of its own. */
export type SavedPlace = { readonly file: string } | { readonly folder: string };

/** Bytes of a file with a recording that is read, as of the other files with reports. */
const MOST_BYTES = 67_108_864;

/**
 * Adds a recording to a file, which other processes may write too. In a folder, each process has a file of its own name: files of several
 * machines can be copied into one folder.
 *
 * @throws {PolicyError} where the file has another policy, has no recording, is too large to be read, or cannot be written.
 */
export async function saveRecording(place: SavedPlace, recording: SavedRecording): Promise<void> {
  const option = "folder" in place ? "folder" : "file";
  const file = "folder" in place ? join(place.folder, `recording-${WRITER}.json`) : place.file;
  await locked(file, option, () => {
    const before = recordingIn(file, recording);
    if (before === undefined || isSamePolicy(before, recording)) {
      return write(file, before === undefined ? recording : mergeSaved(before, recording), option);
    }
    const hint = "Delete it, or write one file for each policy.";
    throw policyError("conflict", ["recordViolations", option], `${file} has a recording of another policy`, hint);
  });
}

/** The recording that is in a file; undefined where it has none. */
function recordingIn(file: string, fresh: SavedRecording): SavedRecording | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile() !== true) return undefined;
  if (found.size > MOST_BYTES) throw keptBeside(file, `${found.size} bytes, more than the ${MOST_BYTES} of a recording`, fresh);
  const text = readFileSync(file, "utf8");
  if (text.trim() === "") return undefined;
  const value = parsedJson(text);
  if (!isRecording(value)) throw keptBeside(file, "something else than a recording", fresh);
  return readRecording(value);
}

/** Neither the file is lost nor what was recorded. */
function keptBeside(file: string, content: string, recording: SavedRecording): Error {
  const beside = `${file.replace(/\.json$/, "")}.${WRITER}.json`;
  const before = recordingIn(beside, recording);
  write(beside, before === undefined ? recording : mergeSaved(before, recording), "file");
  const message = `${file} has ${content}, and was not overwritten`;
  return policyError(
    "invalid-value",
    ["recordViolations", "file"],
    message,
    `Delete it or write another file. This recording is in ${beside}.`,
  );
}

function write(file: string, whole: SavedRecording, option: string): void {
  const temporary = `${file}.${WRITER}.tmp`;
  try {
    // Whoever reads it meanwhile gets the last one, whole.
    writeFileSync(temporary, `${JSON.stringify({ ...whole, writer: WRITER, savedAt: Date.now() }, undefined, 2)}\n`);
    renameSync(temporary, file);
  } catch (cause) {
    throw unwritable(file, option, cause);
  }
}

function unwritable(file: string, option: string, cause: unknown): Error {
  const message = `${file} cannot be written: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`;
  return policyError("invalid-value", ["recordViolations", option], message, "Write a path in a folder that can be written.", cause);
}

/** Calls a function while no other process writes the file. */
async function locked(file: string, option: string, use: () => void): Promise<void> {
  const release = await lock(file).catch((cause: unknown) => {
    throw unwritable(file, option, cause);
  });
  try {
    use();
  } finally {
    release();
  }
}

async function lock(file: string): Promise<() => void> {
  mkdirSync(dirname(file), { recursive: true });
  return takeLock(`${file}.lock`);
}
