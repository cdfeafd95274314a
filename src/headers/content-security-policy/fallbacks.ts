import type { ReportIssue } from "../../errors.js";
import { type Edit, editKind, isEdit } from "../../values/edits.js";
import { record } from "../../values/own.js";
import { isNonce, nonce } from "../../values/slots.js";
import { readSource } from "../../values/sources.js";
import type { Queued } from "../header.js";
import { rows, takesOf } from "./directives.js";
import { type DirectiveValue, type Item, misplaced, wireText } from "./values.js";

/** The directives of a policy, every edit applied, in the order first written. */
export type Directives = Readonly<Record<string, DirectiveValue>>;

/** What a directive stands for before its edits are applied. */
interface Standing {
  readonly base: DirectiveValue | undefined;
  readonly edits: readonly Edit[];
}

/**
 * Applies the queued values of every directive, parents of the fallback chain first, so that an edit
 * starts from what its directive falls back to in the finished policy.
 */
export function resolveDirectives(fields: Queued, defaults: Directives, report: ReportIssue): Directives {
  const settled = new Map<string, DirectiveValue | undefined>();

  const settle = (key: string): DirectiveValue | undefined => {
    if (!settled.has(key)) {
      const { base, edits } = stand(key, fields.get(key) ?? [], defaults, report);
      settled.set(key, edits.length === 0 ? base : applyEdits(key, base ?? seed(key, edits, settle, report), edits));
    }
    return settled.get(key);
  };

  const written = [...fields.keys()].flatMap((key) => {
    const value = settle(key);
    return value === undefined ? [] : [[key, value] as const];
  });
  const directives = record(written);
  checkWorkers(fields, directives, report);
  return directives;
}

function stand(key: string, values: readonly unknown[], defaults: Directives, report: ReportIssue): Standing {
  let base: DirectiveValue | undefined;
  let edits: Edit[] = [];
  for (const value of values) {
    if (isEdit(value)) edits.push(value);
    else if (value === true) base ??= edits.length > 0 ? undefined : turnedOn(key, defaults, report);
    else {
      base = value === false ? undefined : canonical(value as DirectiveValue);
      edits = [];
    }
  }
  return { base, edits };
}

function turnedOn(key: string, defaults: Directives, report: ReportIssue): DirectiveValue | undefined {
  const { takes } = rows[key] ?? {};
  if (takes === "flag") return true;
  if (takes === "sandbox") return [];
  const value = defaults[key];
  if (value === undefined)
    report({ path: [key], code: "missing", message: "true turns nothing on here: the directive has no default", hint: "Write the value." });
  return value;
}

/** Keywords bare, so that `"self"` and `"'self'"` are one source. */
function canonical(value: DirectiveValue): DirectiveValue {
  return typeof value === "object" ? value.map(canonicalItem) : bareWord(value);
}

function canonicalItem(item: Item): Item {
  return typeof item === "string" ? (bareWord(item) as string) : item;
}

function bareWord(text: string | true): string | true {
  return typeof text === "string" && /^'[a-z-]+(?:256|384|512)?'$/.test(text) ? text.slice(1, -1) : text;
}

/** Where an edit of an absent directive starts: the nearest fallback, as far as this directive takes it. */
function seed(
  key: string,
  edits: readonly Edit[],
  settle: (key: string) => DirectiveValue | undefined,
  report: ReportIssue,
): readonly Item[] {
  const takes = takesOf(key);
  const parent = (rows[key]?.fallback ?? []).find((name) => settle(name) !== undefined);
  const kind = editKind(edits[0]);
  if (parent === undefined || takes === undefined) {
    const said = kind === "append" ? "an append has nothing to start from" : "a remove has nothing to take from";
    const chain = rows[key]?.fallback === undefined ? "it has no fallback" : "nor is any directive it falls back to";
    report({
      path: [key],
      code: "unresolved-edit",
      message: `${said}: ${key} is not set, ${chain}`,
      hint: `Write the list: ${key}: [${listed(edits) || '"none"'}].`,
    });
    return [];
  }
  const list = settle(parent) as readonly Item[];
  const kept = list.filter((item) => keeps(item, key));
  // Only workers are script-like among the directives that take no nonce: there a dropped 'strict-dynamic' changes what loads.
  const governsWorkers = key === "workerSrc" || key === "childSrc";
  if (governsWorkers && kept.length < list.length && list.some((item) => wireText(item) === "'strict-dynamic'")) {
    report({
      path: [key],
      code: "unresolved-edit",
      message: `an ${kind} cannot start from ${parent}: ${key} does not take its 'strict-dynamic', under which scripts may start any worker`,
      hint: `Write the list: ${key}: [${['"self"', listed(edits)].filter(Boolean).join(", ")}].`,
    });
  }
  return kept;
}

function keeps(item: Item, key: string): boolean {
  const takes = takesOf(key);
  if (takes === undefined) return true;
  if (isNonce(item)) return takes.inline;
  const text = wireText(item);
  const read = text === undefined ? undefined : readSource(text, "wire");
  return read === undefined || read.kind === "fault" || misplaced(read, takes, key) === undefined;
}

/** What the edits would add, as somebody would write it. */
function listed(edits: readonly Edit[]): string {
  const appended = edits.flatMap((edit) => (editKind(edit) === "append" ? (edit.sources as readonly Item[]) : []));
  return appended.map(spelled).join(", ");
}

function spelled(item: Item): string {
  if (typeof item === "string") return JSON.stringify(item);
  const text = wireText(item);
  if (text !== undefined) return `source(${JSON.stringify(text)})`;
  return isNonce(item) ? "nonce" : "perRequest(…)";
}

function applyEdits(key: string, start: DirectiveValue, edits: readonly Edit[]): DirectiveValue {
  let list: readonly Item[] = typeof start === "object" ? start : [];
  for (const edit of edits) {
    const sources = edit.sources.map((item) => canonicalItem(item as Item));
    if (editKind(edit) === "append") {
      const known = new Set(list.map(identityOf));
      const fresh = sources.filter((item) => known.size !== known.add(identityOf(item)).size);
      list = [...list.filter((item) => item !== "none"), ...fresh];
    } else {
      const removed = new Set(sources.map(identityOf));
      list = list.filter((item) => !removed.has(identityOf(item)));
      if (list.length === 0 && rows[key]?.takes !== "sandbox") list = ["none"];
    }
  }
  return list;
}

/** What two items have in common that are one source. */
function identityOf(item: Item): unknown {
  return wireText(item) ?? (isNonce(item) ? nonce : item);
}

/** A child-src that an edit has made takes workers away from script-src. */
function checkWorkers(fields: Queued, directives: Directives, report: ReportIssue): void {
  const { childSrc, scriptSrc, workerSrc } = directives;
  const madeByEdit = (fields.get("childSrc") ?? []).every(isEdit);
  if (!Array.isArray(childSrc) || !madeByEdit || !Array.isArray(scriptSrc) || workerSrc !== undefined) return;
  const kept = new Set(childSrc.map(identityOf));
  const lost = scriptSrc.filter((item: Item) => keeps(item, "workerSrc") && item !== "none" && !kept.has(identityOf(item)));
  if (lost.length === 0) return;
  report({
    path: ["childSrc"],
    code: "unresolved-edit",
    message: "with this edit workers would follow childSrc instead of scriptSrc, and lose what scriptSrc allows",
    hint: "Say frameSrc if frames are meant, else write workerSrc too.",
  });
}
