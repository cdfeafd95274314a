import * as z from "zod/mini";
import { readGroups } from "../reports/read-groups.js";
import { checkArgument } from "../values/options.js";
import { expecting, ownObject } from "../values/schema.js";
import type { InlineCode } from "./evidence.js";
import { LONGEST_ADDRESS, MOST, type SavedRecording } from "./saved.js";

const HINT = "Record it again with recordViolations().";

const KINDS: readonly InlineCode["kind"][] = ["script", "style", "event handler", "style attribute", "javascript: URL"];

const text = (most: number) => z.string(expecting("a string", HINT)).check(z.maxLength(most, expecting("shorter", HINT)));
const count = () => z.number(expecting("a number", HINT)).check(z.gte(0, expecting("0 or more", HINT)));
const flag = () => z.boolean(expecting("true or false", HINT));
const list = (most: number, member: z.core.$ZodType) =>
  z.array(member, expecting("a list", HINT)).check(
    z.check<unknown[]>(({ value, issues }) => {
      const message = `a list of ${value.length} is longer than ${most}, the most that is read`;
      if (value.length > most) issues.push({ code: "custom", input: value, params: { message, hint: HINT } });
    }),
  );
const address = () => text(LONGEST_ADDRESS);
const hash = () => z.string(expecting("a hash", HINT)).check(z.regex(/^'sha256-[A-Za-z0-9+/]{43}='$/, expecting("a hash", HINT)));

/** The members that the first version of the format did not have are optional there. */
function savedSchema(version: 1 | 2) {
  const fresh = (schema: z.core.$ZodType) => (version === 1 ? z.optional(schema) : schema);
  const surroundings = z.object({ address: text(16), near: text(44), top: text(44) }, expecting("surroundings", HINT));
  const code = z.object(
    {
      kind: z.literal([...KINDS], expecting("a kind of inline code", HINT)),
      directive: text(100),
      text: text(1_000),
      hash: version === 1 ? hash() : z.optional(hash()),
      element: text(1_000),
      place: address(),
      isServed: flag(),
      hasNonce: fresh(flag()),
      around: fresh(list(MOST.around, surroundings)),
      pages: list(MOST.pages, address()),
      loads: count(),
      sessions: count(),
    },
    expecting("inline code", HINT),
  );
  const name = z.object({
    name: text(100),
    page: address(),
    disposition: z.enum(["enforce", "report", "none"], expecting("a disposition", HINT)),
  });
  return ownObject(
    {
      portcullis: z.literal("recording", expecting('"recording"', HINT)),
      version: z.literal(
        [1, 2],
        expecting("1 or 2, a version of this format", "Read it with the version of portcullis that has written it."),
      ),
      writer: text(100),
      savedAt: count(),
      policy: z.object({ preset: z.optional(text(100)), headers: z.record(text(200), text(100_000)) }, expecting("a policy", HINT)),
      sessions: count(),
      pages: list(MOST.pages, z.object({ page: address(), loads: count(), sessions: count() }, expecting("a page", HINT))),
      groups: list(MOST.groups, z.unknown()),
      inline: list(MOST.inline, code),
      origins: fresh(list(MOST.signs, address())),
      policyNames: fresh(list(MOST.signs, name)),
      popups: fresh(list(MOST.signs, address())),
      framedBy: fresh(list(MOST.signs, z.object({ by: address(), page: address() }, expecting("a frame", HINT)))),
      hasScriptFile: fresh(flag()),
      violations: count(),
      dropped: count(),
      notes: list(MOST.notes, address()),
    },
    expecting("a recording", HINT),
  );
}

/** Whether parsed JSON claims to be a recording. */
export function isRecording(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "portcullis");
}

/** Reads a recording from parsed JSON, that of an older version as one of this version. Throws PolicyError. */
export function readRecording(value: unknown): SavedRecording {
  const version = isRecording(value) && Object.hasOwn(value, "version") && (value as { version?: unknown }).version === 1 ? 1 : 2;
  checkArgument("learn", "recording", value, savedSchema(version));
  const saved = value as SavedRecording;
  readGroups(saved.groups, ["learn", "recording", "groups"]);
  return version === 1 ? upgraded(saved) : saved;
}

/** A recording of the first version, with what is safe for what it does not say: its pages may load script files. */
function upgraded(old: SavedRecording): SavedRecording {
  const pages = old.pages.map(({ page }) => page).filter((page) => URL.canParse(page));
  return {
    ...{ policyNames: [], popups: [], framedBy: [], hasScriptFile: true },
    ...old,
    version: 2,
    origins: [...new Set(pages.map((page) => new URL(page).origin))].slice(0, MOST.signs),
    inline: old.inline.map((code) => ({ ...code, hasNonce: false, around: [] })),
  };
}
