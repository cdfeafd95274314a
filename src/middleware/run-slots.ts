import { type Path, type PolicyError, policyError } from "../errors.js";
import type { DynamicPart } from "../headers/header.js";
import { noRoom } from "../policy/size.js";
import type { PerRequest } from "../values/slots.js";
import { sourceText } from "../values/sources.js";
import { show, showThrown } from "../values/text.js";
import type { RequestLike, ResponseLike } from "./types.js";

/** What a perRequest function returned; no values where it failed. */
export interface SlotResult {
  readonly values: readonly unknown[];
  readonly error?: PolicyError;
}

/** One response that is being written. */
export interface Writing {
  readonly req: RequestLike;
  readonly res: ResponseLike;
  /** What the perRequest functions returned so far: each runs once a response. */
  readonly slotResults: Map<PerRequest, SlotResult> | undefined;
  /** The first slot that failed. */
  failed: PolicyError | undefined;
}

/** The text of a part with perRequest slots. A slot that failed, or has no room left in the header, is left out, and its error kept. */
export function slotText(part: DynamicPart, room: number, writing: Writing): string {
  const text = joinedText(part, writing);
  if (text.length <= room) return text;
  const empty = part.join(part.slots.map(() => []));
  if (text === empty) return text;
  for (const slot of part.slots) fail(slot as PerRequest, noRoom(part, text, room), writing);
  return empty;
}

function joinedText(part: DynamicPart, writing: Writing): string {
  const slots = part.slots as readonly PerRequest[];
  const lists = slots.map((slot) => {
    const { values, error } = slotResult(slot, part.path, writing);
    if (error !== undefined) fail(slot, error, writing);
    return values;
  });
  try {
    return part.join(lists);
  } catch (cause) {
    const good = lists.map((list, index) => (joinsAlone(part, lists, index) ? list : []));
    for (const [index, slot] of slots.entries()) if (good[index]?.length === 0) fail(slot, cause as PolicyError, writing);
    return part.join(good);
  }
}

/** A failed slot has no values from then on, and its error is reported once, so that the override of an error page can be applied. */
function fail(slot: PerRequest, error: PolicyError, writing: Writing): void {
  writing.failed ??= error;
  writing.slotResults?.set(slot, { values: [] });
}

/** Whether one of the lists is valid in its directive. */
function joinsAlone(part: DynamicPart, lists: readonly (readonly unknown[])[], only: number): boolean {
  try {
    part.join(lists.map((list, index) => (index === only ? list : [])));
    return true;
  } catch {
    return false;
  }
}

function slotResult(slot: PerRequest, path: Path, { req, res, slotResults }: Writing): SlotResult {
  const result = slotResults?.get(slot) ?? runSlot(slot, path, req, res);
  slotResults?.set(slot, result);
  return result;
}

/** Calls a perRequest function, and checks that it returned a source or a list. */
function runSlot(slot: PerRequest, path: Path, req: RequestLike, res: ResponseLike): SlotResult {
  const failed = (message: string, cause?: unknown): SlotResult => {
    const hint = "Return a source, a list of sources, or [] for none, synchronously.";
    return { values: [], error: policyError("slot-failed", path, message, hint, cause) };
  };
  try {
    const value: unknown = slot.fn(req as never, res as never);
    if (typeof value === "string" || sourceText(value) !== undefined) return { values: [value] };
    if (Array.isArray(value)) return { values: [...value] };
    if (!isThenable(value)) return failed(`perRequest returned ${show(value)}`);
    // Nothing awaits this promise, so its rejection is handled here.
    Promise.resolve(value).catch(() => undefined);
    return failed("perRequest returned a promise");
  } catch (cause) {
    return failed(`perRequest threw ${showThrown(cause)}`, cause);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
