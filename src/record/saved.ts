import { randomBytes } from "node:crypto";
import { parseHeaders } from "../policy/parse.js";
import { makePolicy, type Policy } from "../policy/policy.js";
import { renderHeaders } from "../policy/render.js";
import { presets } from "../presets/index.js";
import { presetName } from "../presets/preset.js";
import type { Group } from "../reports/group.js";
import { enforceable } from "./enforceable.js";
import type { Evidence, InlineCode } from "./evidence.js";
import { mergeGroups } from "./merge-groups.js";

/** A piece of inline code, and how often it was seen. Its hash is that of the whole text. */
export interface SavedCode extends Pick<InlineCode, "kind" | "directive" | "element" | "isServed" | "place" | "pages" | "hash"> {
  /** The beginning, without what may be a secret. */
  readonly text: string;
  /** Whether its element has a nonce, wherever the code was. */
  readonly hasNonce: boolean;
  /** What surrounds it in the HTML of different addresses. */
  readonly around: readonly SavedSurroundings[];
  /** How many loads of documents had it. */
  readonly loads: number;
  /** In how many contexts of a browser, each a session of its own. */
  readonly sessions: number;
}

/** What surrounds a piece of inline code in the HTML of one address. All three are fingerprints. */
export interface SavedSurroundings {
  readonly address: string;
  readonly near: string;
  readonly top: string;
}

/** What is saved of the evidence beside groups, inline code and pages. */
export type SavedSigns = Pick<Evidence, "origins" | "policyNames" | "popups" | "framedBy" | "hasScriptFile">;

/** A document, and how often it was loaded. */
export interface SavedPage {
  /** Without query, and with `*` for what varies in its path. */
  readonly page: string;
  readonly loads: number;
  readonly sessions: number;
}

/** What a suite of tests has recorded. */
export interface SavedRecording extends SavedSigns {
  readonly portcullis: "recording";
  /** Of this format. The first one had no {@link SavedSigns}. */
  readonly version: 2;
  /** Which process has written it last. */
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
export const MOST = { pages: 5_000, groups: 5_000, inline: 2_000, around: 50, signs: 1_000, notes: 100 } as const;

/** Characters of an address in a recording. */
export const LONGEST_ADDRESS = 4_000;

const NONCE = "bm9uY2U=";

/** The name of this process: no other one has it. */
export const WRITER = randomBytes(8).toString("hex");

/** A recording of nothing. What is observed in report-only headers is recorded as what is to be enforced. */
export function newSaved(given: Policy): SavedRecording {
  const policy = enforceable(given);
  const [layer, ...others] = policy.layers;
  const name = layer !== undefined && others.length === 0 ? presetName(layer) : undefined;
  // Of other presets, the headers are kept: only these are read back by name.
  const preset = name !== undefined && Object.hasOwn(presets, name) ? name : undefined;
  const headers = Object.entries(renderHeaders(policy, { nonce: NONCE })).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return {
    portcullis: "recording",
    version: 2,
    writer: WRITER,
    savedAt: Date.now(),
    policy: { ...(preset !== undefined && { preset }), headers: Object.fromEntries(headers) },
    ...{ sessions: 0, pages: [], groups: [], inline: [], violations: 0, dropped: 0, notes: [] },
    ...{ origins: [], policyNames: [], popups: [], framedBy: [], hasScriptFile: false },
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
  const inline = bounded(mergedBy([...one.inline, ...other.inline], codeKey, addCodes), MOST.inline);
  const groups = bounded(mergeGroups([...one.groups, ...other.groups]), MOST.groups);
  return {
    ...one,
    ...mergeSigns(one, other),
    sessions: one.sessions + other.sessions,
    pages: pages.kept,
    groups: groups.kept,
    inline: inline.kept,
    violations: one.violations + other.violations,
    dropped: one.dropped + other.dropped + pages.dropped + inline.dropped + groups.dropped,
    notes: [...new Set([...one.notes, ...other.notes])].slice(0, MOST.notes),
  };
}

/** What one of two recordings has seen was seen. */
function mergeSigns(one: SavedSigns, other: SavedSigns): SavedSigns {
  const all = <T>(read: (signs: SavedSigns) => readonly T[]): readonly T[] => {
    const byText = new Map([...read(one), ...read(other)].map((each) => [JSON.stringify(each), each]));
    return [...byText.values()].slice(0, MOST.signs);
  };
  return {
    origins: all(({ origins }) => origins),
    policyNames: all(({ policyNames }) => policyNames),
    popups: all(({ popups }) => popups),
    framedBy: all(({ framedBy }) => framedBy),
    hasScriptFile: one.hasScriptFile || other.hasScriptFile,
  };
}

/** What makes two pieces of code one: the hash; without one, the place and the beginning. */
export const codeKey = ({ kind, hash, place, text }: Pick<InlineCode, "kind" | "hash" | "place" | "text">): string =>
  `${kind} ${hash ?? `${place} ${text}`}`;

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
  // An element without a nonce needs the hash.
  hasNonce: one.hasNonce && other.hasNonce,
  pages: [...new Set([...one.pages, ...other.pages])].slice(0, MOST.pages),
  around: mergedBy(
    [...one.around, ...other.around],
    (each) => JSON.stringify(each),
    (each) => each,
  ).slice(0, MOST.around),
});

const sums = (one: SavedPage | SavedCode, other: SavedPage | SavedCode) => ({
  loads: one.loads + other.loads,
  sessions: one.sessions + other.sessions,
});

function bounded<T>(all: readonly T[], most: number): { readonly kept: readonly T[]; readonly dropped: number } {
  return { kept: all.slice(0, most), dropped: Math.max(0, all.length - most) };
}
