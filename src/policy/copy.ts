import type { Path, ReportIssue } from "../errors.js";
import { type Edit, edit, editKind, isWhole, whole } from "../values/edits.js";
import { own, record } from "../values/own.js";
import { recipeFaults } from "../values/recipe-layer.js";
import { isNonce, isPerRequest, nonce, perRequest } from "../values/slots.js";
import { sourceText, trustedSource } from "../values/sources.js";
import { isPromise, showKind, showThrown } from "../values/text.js";

const DEEPEST = 6;
const MOST_NODES = 100_000;

/** Reports what cannot be copied; the result is always undefined. */
type Refuse = (path: Path, message: string, hint?: string) => undefined;

interface Copying {
  readonly refuse: Refuse;
  nodesLeft: number;
  refused: number;
}

/**
 * Copies plain data, frozen. Values that are not objects stay as they are, for the schemas to refuse.
 *
 * @param report gets what cannot be copied: getters and proxies that throw, instances of classes, data deeper than 6 levels or larger
 *   than 100,000 objects.
 * @returns a function that copies one value.
 */
export function copier(report: ReportIssue): (value: unknown, path: Path) => unknown {
  const copying: Copying = {
    nodesLeft: MOST_NODES,
    refused: 0,
    refuse(path, message, hint = "Use plain objects, lists and strings.") {
      copying.refused += 1;
      report({ path, code: "unreadable", message, hint });
      return undefined;
    },
  };
  return (value, path) => copy(value, path, copying);
}

function copy(value: unknown, path: Path, copying: Copying): unknown {
  if (typeof value !== "object" || value === null) return value;
  copying.nodesLeft -= 1;
  if (path.length > DEEPEST || copying.nodesLeft < 0) {
    return copying.nodesLeft < -1 ? undefined : copying.refuse(path, "it is nested too deeply, or far too large");
  }
  return reading(path, copying, () => copyObject(value, path, copying));
}

function copyObject(value: object, path: Path, copying: Copying): unknown {
  const text = sourceText(value);
  if (text !== undefined) return trustedSource(text);
  if (isNonce(value)) return nonce;
  if (isPerRequest(value)) return Object.isFrozen(value) ? value : perRequest(value.fn);
  const kind = editKind(value);
  if (kind !== undefined) {
    const sources = copyList((value as Edit).sources, path, copying);
    return sources && edit(kind, sources);
  }
  if (Array.isArray(value)) return copyList(value, path, copying);
  if (isPromise(value)) return copying.refuse(path, "a promise is not a value", "Write await before it.");
  if (!isPlainObject(value)) return copying.refuse(path, `${showKind(value)} is not plain data`, plainForm(value));
  const misplaced = path.length === 0 ? undefined : recipeFaults(value)?.asValue;
  if (misplaced !== undefined) return copying.refuse(path, ...misplaced);
  const fields = Object.keys(value).map((name) => {
    const place = [...path, name];
    const inner = reading(place, copying, () => value[name]);
    return [name, copy(inner, place, copying)] as const;
  });
  return isWhole(value) ? whole(record(fields)) : Object.freeze(record(fields));
}

/** A list whose every member could be read. */
function copyList(list: readonly unknown[], path: Path, copying: Copying): readonly unknown[] | undefined {
  const before = copying.refused;
  if (list.length > copying.nodesLeft) return copying.refuse(path, "the list is far too long");
  const members = Array.from({ length: list.length }, (_, index) => {
    const place = [...path, index];
    const inner = reading(place, copying, () => own(list, index));
    return copy(inner, place, copying);
  });
  return copying.refused === before ? Object.freeze(members) : undefined;
}

function reading<T>(path: Path, { refuse }: Copying, read: () => T): T | undefined {
  try {
    return read();
  } catch (cause) {
    return refuse(path, `reading it threw ${showThrown(cause)}`);
  }
}

/** How the content of a class that people use here is written as plain data. */
function plainForm(value: object): string | undefined {
  if (value instanceof Set) return "Spread it: [...set].";
  if (value instanceof Map) return "Write Object.fromEntries(map).";
  if (value instanceof URL) return "Write url.origin for the host, or url.href for one file.";
  return undefined;
}

/** Whether an object has no class: made by `{ … }`, by `Object.create(null)`, or by either in another realm. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
