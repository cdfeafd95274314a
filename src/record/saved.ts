import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod/mini";
import { policyError } from "../errors.js";
import { parseHeaders } from "../policy/parse.js";
import { makePolicy, type Policy } from "../policy/policy.js";
import { renderHeaders } from "../policy/render.js";
import { presetName } from "../presets/preset.js";
import type { Group } from "../reports/group.js";
import { readGroups } from "../reports/read-groups.js";
import { checkArgument } from "../values/options.js";
import { expecting, ownObject } from "../values/schema.js";
import { enforceable } from "./enforceable.js";
import { collectEvidence, type Evidence, type InlineCode } from "./evidence.js";
import { mergeGroups } from "./merge-groups.js";

/** A piece of inline code, and how often it was seen. Its hash is that of the whole text. */
export interface SavedCode extends Pick<InlineCode, "kind" | "directive" | "element" | "isServed" | "place" | "pages"> {
  readonly hash: `'sha256-${string}'`;
  /** The beginning, without what may be a secret. */
  readonly text: string;
  /** How many loads of documents had it. */
  readonly loads: number;
  /** In how many contexts of a browser, each a session of its own. */
  readonly sessions: number;
}

/** A document, and how often it was loaded. */
export interface SavedPage {
  /** Without query, and with `*` for what varies in its path. */
  readonly page: string;
  readonly loads: number;
  readonly sessions: number;
}

/** What a suite of tests has recorded. */
export interface SavedRecording {
  readonly portcullis: "recording";
  /** Of this format. */
  readonly version: 1;
  /** Which process has written it: another one that is still running may not. */
  readonly writer: string;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  /** What was observed: the preset, if it is one without changes, and the headers. */
  readonly policy: { readonly preset?: string | undefined; readonly headers: Readonly<Record<string, string>> };
  readonly sessions: number;
  readonly pages: readonly SavedPage[];
  readonly groups: readonly Group[];
  readonly inline: readonly SavedCode[];
  readonly violations: number;
  /** Pieces of inline code, groups and pages beyond those that are kept. */
  readonly dropped: number;
  readonly notes: readonly string[];
}

/** What is kept of each kind. */
export const MOST = { pages: 5_000, groups: 5_000, inline: 2_000, notes: 100 } as const;

const NONCE = "bm9uY2U=";
const WRITER = randomBytes(8).toString("hex");
/** When this process started. */
const STARTED = Date.now() - 1_000 * process.uptime();

/** A recording of nothing. What is observed in report-only headers is recorded as what is to be enforced. */
export function newSaved(given: Policy): SavedRecording {
  const policy = enforceable(given);
  const [layer, ...others] = policy.layers;
  const preset = layer !== undefined && others.length === 0 ? presetName(layer) : undefined;
  const headers = Object.entries(renderHeaders(policy, { nonce: NONCE })).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return {
    portcullis: "recording",
    version: 1,
    writer: WRITER,
    savedAt: Date.now(),
    policy: { ...(preset !== undefined && { preset }), headers: Object.fromEntries(headers) },
    ...{ sessions: 0, pages: [], groups: [], inline: [], violations: 0, dropped: 0, notes: [] },
  };
}

/** The policy that was observed. Throws PolicyError where its headers are not those of a policy. */
export function policyOfSaved({ policy: { preset, headers } }: SavedRecording): Policy {
  return preset === undefined ? parseHeaders(headers) : makePolicy([preset]);
}

/** Whether two recordings, or a recording and a policy, are about the same headers. */
export function isSamePolicy(one: SavedRecording, other: SavedRecording): boolean {
  const text = ({ policy: { headers } }: SavedRecording) => JSON.stringify(Object.entries(headers).sort());
  return text(one) === text(other);
}

/** One recording of two of the same policy: of two contexts, workers or shards. */
export function mergeSaved(one: SavedRecording, other: SavedRecording): SavedRecording {
  const pages = bounded(
    mergedBy([...one.pages, ...other.pages], ({ page }) => page, addPages),
    MOST.pages,
  );
  const inline = bounded(
    mergedBy([...one.inline, ...other.inline], ({ kind, hash }) => `${kind} ${hash}`, addCodes),
    MOST.inline,
  );
  const groups = bounded(mergeGroups([...one.groups, ...other.groups]), MOST.groups);
  return {
    ...one,
    sessions: one.sessions + other.sessions,
    pages: pages.kept,
    groups: groups.kept,
    inline: inline.kept,
    violations: one.violations + other.violations,
    dropped: one.dropped + other.dropped + pages.dropped + inline.dropped + groups.dropped,
    notes: [...new Set([...one.notes, ...other.notes])].slice(0, MOST.notes),
  };
}

function mergedBy<T>(all: readonly T[], keyOf: (one: T) => string, add: (one: T, other: T) => T): readonly T[] {
  const merged = new Map<string, T>();
  for (const one of all) {
    const before = merged.get(keyOf(one));
    merged.set(keyOf(one), before === undefined ? one : add(before, one));
  }
  return [...merged.values()];
}

const addPages = (one: SavedPage, other: SavedPage): SavedPage => ({ ...one, ...sums(one, other) });

const addCodes = (one: SavedCode, other: SavedCode): SavedCode => ({
  ...one,
  ...sums(one, other),
  isServed: one.isServed || other.isServed,
  pages: [...new Set([...one.pages, ...other.pages])],
});

const sums = (one: SavedPage | SavedCode, other: SavedPage | SavedCode) => ({
  loads: one.loads + other.loads,
  sessions: one.sessions + other.sessions,
});

function bounded<T>(all: readonly T[], most: number): { readonly kept: readonly T[]; readonly dropped: number } {
  return { kept: all.slice(0, most), dropped: Math.max(0, all.length - most) };
}

/** A recording as the evidence for a proposal. */
export interface SavedEvidence {
  readonly evidence: Evidence;
  /** Code that had no chance to be seen again: whether it stays the same is not known. */
  readonly seenOnce: readonly SavedCode[];
}

/**
 * Reads a recording as evidence. Code is stable that two sessions had, text for text; where all is of one session, two loads.
 */
export function evidenceOf(saved: SavedRecording): SavedEvidence {
  const pages = new Map(saved.pages.map((one) => [one.page, one]));
  const isStable = ({ loads, sessions }: SavedCode) => (saved.sessions > 1 ? sessions > 1 : loads > 1);
  const hadChance = (code: SavedCode) =>
    code.pages.some((page) => (saved.sessions > 1 ? (pages.get(page)?.sessions ?? 0) > 1 : (pages.get(page)?.loads ?? 0) > 1));
  const known = saved.inline.filter((code) => isStable(code) || hadChance(code));
  return {
    evidence: {
      ...collectEvidence(() => false).evidence(),
      groups: saved.groups,
      inline: known.map(({ loads, sessions, ...code }) => ({ ...code, ...UNKNOWN, isStable: isStable({ loads, sessions, ...code }) })),
      pages: saved.pages.map(({ page }) => page),
      violations: saved.violations,
      dropped: saved.dropped,
    },
    seenOnce: saved.inline.filter((code) => !isStable(code) && !hadChance(code)),
  };
}

/** What a recording of a suite does not have. */
const UNKNOWN = { hasNonce: false, isOnce: false, differsAround: "nowhere" } as const;

/** Bytes of a file with a recording that is read, as of the other files with reports. */
const MOST_BYTES = 67_108_864;

/** What this process has written so far, by file. */
const written = new Map<string, SavedRecording>();

/**
 * Adds a recording to a file. What an earlier run has left there is replaced.
 *
 * @throws {PolicyError} where another process of the same run has written the file, it was written for another policy, or the file is too
 *   large to see whose it is: then the recording is saved beside it.
 */
export function saveRecording(file: string, recording: SavedRecording): void {
  const before = written.get(file);
  if (before === undefined) {
    const bytes = sizeOf(file);
    if (bytes > MOST_BYTES) throw tooLarge(file, bytes, recording);
    refuseForeign(file);
  } else if (!isSamePolicy(before, recording)) {
    const hint = "Write one file for each policy.";
    throw policyError("conflict", ["recordViolations", "file"], `${file} has a recording of another policy`, hint);
  }
  const whole = before === undefined ? recording : mergeSaved(before, recording);
  write(file, whole);
  written.set(file, whole);
}

function write(file: string, whole: SavedRecording): void {
  const temporary = `${file}.${WRITER}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    // Whoever reads it meanwhile gets the last one, whole.
    writeFileSync(temporary, `${JSON.stringify({ ...whole, savedAt: Date.now() }, undefined, 2)}\n`);
    renameSync(temporary, file);
  } catch (cause) {
    const message = `${file} cannot be written: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`;
    throw policyError("invalid-value", ["recordViolations", "file"], message, "Write a path in a folder that can be written.", cause);
  }
}

/** Bytes of a regular file; 0 of what is none. */
function sizeOf(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.isFile() === true ? found.size : 0;
}

/** Neither the file is lost nor what was recorded. */
function tooLarge(file: string, bytes: number, recording: SavedRecording): Error {
  const beside = `${file.replace(/\.json$/, "")}.${WRITER}.json`;
  const before = written.get(beside);
  const whole = before === undefined ? recording : mergeSaved(before, recording);
  write(beside, whole);
  written.set(beside, whole);
  const message = `${file} has ${bytes} bytes, more than the ${MOST_BYTES} of a recording, and was not overwritten`;
  return policyError(
    "invalid-value",
    ["recordViolations", "file"],
    message,
    `Delete it or write another file. This recording is in ${beside}.`,
  );
}

/** Two workers that write one file would lose what the other one has seen. */
function refuseForeign(file: string): void {
  let found: Partial<SavedRecording> | undefined;
  try {
    found = JSON.parse(readFileSync(file, "utf8")) as Partial<SavedRecording>;
  } catch {
    return;
  }
  if (found?.portcullis !== "recording" || found.writer === WRITER || !(Number(found.savedAt) > STARTED)) return;
  const hint = "Write a file for each worker, such as `csp/worker-$" + "{workerIndex}.json`.";
  throw policyError("conflict", ["recordViolations", "file"], `${file} is written by another process too`, hint);
}

const HINT = "Record it again with recordViolations().";

function savedSchema() {
  const text = (most: number) => z.string(expecting("a string", HINT)).check(z.maxLength(most, expecting("shorter", HINT)));
  const count = z.number(expecting("a number", HINT)).check(z.gte(0, expecting("0 or more", HINT)));
  const list = (most: number, member: z.core.$ZodType) =>
    z.array(member, expecting("a list", HINT)).check(z.maxLength(most, expecting(`a list of at most ${most}`, HINT)));
  const address = text(4_000);
  const kinds: readonly InlineCode["kind"][] = ["script", "style", "event handler", "style attribute", "javascript: URL"];
  return ownObject(
    {
      portcullis: z.literal("recording", expecting('"recording"', HINT)),
      version: z.literal(1, expecting("1, the version of this format", "Read it with the version of portcullis that has written it.")),
      writer: text(100),
      savedAt: count,
      policy: z.object({ preset: z.optional(text(100)), headers: z.record(text(200), text(100_000)) }, expecting("a policy", HINT)),
      sessions: count,
      pages: list(MOST.pages, z.object({ page: address, loads: count, sessions: count }, expecting("a page", HINT))),
      groups: list(MOST.groups, z.unknown()),
      inline: list(
        MOST.inline,
        z.object(
          {
            kind: z.literal([...kinds], expecting("a kind of inline code", HINT)),
            directive: text(100),
            text: text(1_000),
            hash: z.string(expecting("a hash", HINT)).check(z.regex(/^'sha256-[A-Za-z0-9+/]{43}='$/, expecting("a hash", HINT))),
            element: text(1_000),
            place: address,
            isServed: z.boolean(expecting("true or false", HINT)),
            pages: list(MOST.pages, address),
            loads: count,
            sessions: count,
          },
          expecting("inline code", HINT),
        ),
      ),
      violations: count,
      dropped: count,
      notes: list(MOST.notes, address),
    },
    expecting("a recording", HINT),
  );
}

/** Whether parsed JSON claims to be a recording. */
export function isRecording(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "portcullis");
}

/** Reads a recording from parsed JSON. Throws PolicyError. */
export function readRecording(value: unknown): SavedRecording {
  checkArgument("learn", "recording", value, savedSchema());
  readGroups((value as SavedRecording).groups, ["learn", "recording", "groups"]);
  return value as SavedRecording;
}
