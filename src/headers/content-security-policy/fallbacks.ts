import type { ReportIssue } from "../../errors.js";
import { type Edit, editKind, isEdit } from "../../values/edits.js";
import { bare, record } from "../../values/own.js";
import { isNonce } from "../../values/slots.js";
import type { Queued, QueuedValue } from "../header.js";
import { type Directive, rows, type SourceListName, takesOf } from "./directives.js";
import { bareWord, canonicalItem, identityOf, keeps } from "./items.js";
import { type Directives, type DirectiveValue, type Item, wireText } from "./values.js";
import { PARTS, widen } from "./widen.js";

/** What was written for a directive. */
interface Written {
  /** Its value before the edits. */
  readonly base: DirectiveValue | undefined;
  /** Those that need a list to start from. */
  readonly edits: readonly Edit[];
  /** What is allowed where there is a list, without what a layer above removes. */
  readonly allows: readonly Allowed[];
  /** The number of the layer that replaced all below it; -1 where none did. */
  readonly since: number;
}

interface Allowed {
  readonly item: Item;
  readonly layer: number;
}

/**
 * Applies the queued values of every directive, parents of the fallback chain first, so that an edit
 * starts from what its directive falls back to in the finished policy.
 */
export function resolveDirectives(fields: Queued, defaults: Directives, report: ReportIssue): Directives {
  const written = new Map([...fields].map(([key, values]) => [key, accumulate(key, values, defaults, report)]));
  const resolved = new Map<string, DirectiveValue | undefined>();

  const resolve: Resolve = (key) => {
    if (!resolved.has(key)) {
      const { base, edits } = written.get(key) ?? NOTHING;
      resolved.set(key, edits.length === 0 ? base : applyEdits(key, base ?? seed(key, edits, resolve, report), edits));
    }
    return resolved.get(key);
  };

  const values = [...fields.keys()].flatMap((key) => {
    const value = resolve(key);
    return value === undefined ? [] : [[key, value] as const];
  });
  const directives = widen(record(values), allowedIn(written), reachedIn(fields, written));
  checkWorkers(fields, directives, report);
  return directives;
}

type Resolve = (key: string) => DirectiveValue | undefined;

const NOTHING: Written = { base: undefined, edits: [], allows: [], since: -1 };

/** Folds the values written for one directive: what is replaced is gone, and its edits with it. */
function accumulate(key: string, values: readonly QueuedValue[], defaults: Directives, report: ReportIssue): Written {
  let { base, since } = NOTHING;
  let edits: Edit[] = [];
  let allows: readonly Allowed[] = [];
  for (const { value, layer } of values) {
    if (editKind(value) === "allow") allows = [...allows, ...itemsOf(value as Edit).map((item) => ({ item, layer }))];
    else if (isEdit(value)) {
      edits.push(value);
      allows = without(allows, value, layer);
    } else if (value === true) base ??= edits.length > 0 ? undefined : turnedOn(key, defaults, report);
    else {
      base = value === false ? undefined : canonical(value as DirectiveValue);
      [edits, allows, since] = [[], [], layer];
    }
  }
  return { base, edits, allows, since };
}

const itemsOf = ({ sources }: Edit) => sources.map((item) => canonicalItem(item as Item));

/** What lower layers allow and a `remove(…)` of this layer does not take away. */
function without(allows: readonly Allowed[], edit: Edit, layer: number): readonly Allowed[] {
  if (allows.length === 0 || editKind(edit) !== "remove") return allows;
  const removed = new Set(itemsOf(edit).map(identityOf));
  return allows.filter((one) => one.layer >= layer || !removed.has(identityOf(one.item)));
}

type ByKey = ReadonlyMap<string, readonly Item[]>;

function allowedIn(written: ReadonlyMap<string, Written>): ByKey {
  return new Map([...written].flatMap(([key, { allows }]) => (allows.length === 0 ? [] : [[key, allows.map(({ item }) => item)]])));
}

/** What is allowed at a directive and reaches the list of a part of its requests: what no layer above replaces or removes there. */
function reachedIn(fields: Queued, written: ReadonlyMap<string, Written>): ByKey {
  const reached = new Map<string, readonly Item[]>();
  for (const [key, { allows }] of written) {
    for (const part of allows.length === 0 ? [] : (PARTS[key] ?? [])) {
      const values = fields.get(part) ?? [];
      const { since } = written.get(part) ?? NOTHING;
      const later = allows.filter(({ layer }) => layer > since);
      const left = values.reduce<readonly Allowed[]>((all, { value, layer }) => (isEdit(value) ? without(all, value, layer) : all), later);
      reached.set(
        part,
        left.map(({ item }) => item),
      );
    }
  }
  return reached;
}

const LIST = 'Write a list such as ["self", "https://cdn.example"].';

type OtherThanLists = Exclude<Directive["takes"], SourceListName | "flag" | "sandbox">;

/** What to write for a directive without a default, by what it takes. */
const EXAMPLES: Readonly<Record<string, string>> = bare<Record<OtherThanLists, string>>({
  trustedTypes: 'Write the names of policies, such as ["default"].',
  trustedTypesFor: 'Write ["script"].',
  urls: 'Write a list such as ["/csp-report"].',
  endpoint: 'Write the name of an endpoint, such as "csp".',
  webrtc: 'Write "allow" or "block".',
});

function turnedOn(key: string, defaults: Directives, report: ReportIssue): DirectiveValue | undefined {
  const { takes } = rows[key] ?? {};
  if (takes === "flag") return true;
  if (takes === "sandbox") return [];
  const value = defaults[key];
  if (value === undefined) {
    const hint = EXAMPLES[takes ?? ""] ?? LIST;
    report({ path: [key], code: "missing", message: "true needs a default, and this directive has none", hint });
  }
  return value;
}

/** Keywords without quotes, so that `"self"` and `"'self'"` are one source. */
function canonical(value: DirectiveValue): DirectiveValue {
  return typeof value === "object" ? value.map(canonicalItem) : bareWord(value);
}

/** The list that an edit of an absent directive starts from: the sources of its nearest fallback that this directive takes. */
function seed(key: string, edits: readonly Edit[], resolve: Resolve, report: ReportIssue): readonly Item[] {
  const takes = takesOf(key);
  const parent = (rows[key]?.fallback ?? []).find((name) => resolve(name) !== undefined);
  const kind = editKind(edits[0]);
  if (parent === undefined || takes === undefined) {
    const said = kind === "append" ? "an append has nothing to start from" : "a remove has nothing to remove from";
    const chain = rows[key]?.fallback === undefined ? "and it has no fallback" : "and neither is a directive that it falls back to";
    report({
      path: [key],
      code: "unresolved-edit",
      message: `${said}: ${key} is not set, ${chain}`,
      hint: `Write the list: ${key}: [${listed(edits) || '"none"'}].`,
    });
    return [];
  }
  const list = resolve(parent) as readonly Item[];
  const kept = list.filter((item) => keeps(item, key));
  // Of the directives that take no nonce, only those of workers load scripts: without 'strict-dynamic' they would allow something else.
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

/** The sources that the edits add, as a policy writes them. */
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
    const sources = itemsOf(edit);
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

/** Reports a child-src made by an edit that workers would use instead of script-src. */
function checkWorkers(fields: Queued, directives: Directives, report: ReportIssue): void {
  const { childSrc, scriptSrc, workerSrc } = directives;
  const madeByEdit = (fields.get("childSrc") ?? []).every(({ value }) => isEdit(value));
  if (!Array.isArray(childSrc) || !madeByEdit || !Array.isArray(scriptSrc) || workerSrc !== undefined) return;
  const kept = new Set(childSrc.map(identityOf));
  const lost = scriptSrc.filter((item: Item) => keeps(item, "workerSrc") && item !== "none" && !kept.has(identityOf(item)));
  if (lost.length === 0) return;
  report({
    path: ["childSrc"],
    code: "unresolved-edit",
    message: "with this edit workers would follow childSrc instead of scriptSrc, and lose what scriptSrc allows",
    hint: "For frames write frameSrc; for workers write workerSrc too.",
  });
}
