import { type Path, PolicyError, type ReportIssue, reportUnder } from "../errors.js";
import type { Entry, Schema } from "../headers/header.js";
import { keys } from "../headers/index.js";
import type { Patch } from "../headers/patch.js";
import { type Preset, presets } from "../presets/index.js";
import { preset, presetName } from "../presets/preset.js";
import { type Edit, edit, editKind, isEdit, isWhole, whole } from "../values/edits.js";
import { branded, own, record } from "../values/own.js";
import { checkShape } from "../values/schema.js";
import { isNonce, isPerRequest, nonce, perRequest } from "../values/slots.js";
import { sourceText, trustedSource } from "../values/sources.js";
import { didYouMean, show } from "../values/text.js";
import { reportUnknownKey } from "./unknown-key.js";

const POLICY: unique symbol = Symbol.for("portcullis.policy@1") as never;

/** What makes an object a policy, in both of the package's module formats. */
export interface PolicyBrand {
  readonly [POLICY]: true;
}

/** Makes a policy of its members; `hidden` are methods that are not enumerable. */
export function brandedPolicy<T extends object>(members: T, hidden: Readonly<Record<symbol, unknown>>): T & PolicyBrand {
  return branded({ ...hidden, [POLICY]: true }, members);
}

/** The layers of a policy; undefined for anything else. */
export function layersOf(value: unknown): readonly unknown[] | undefined {
  return own(value, POLICY) === true ? (value as { readonly layers: readonly unknown[] }).layers : undefined;
}

/** A layer whose keys, fields and sources are right; what stands in it is ours and frozen. */
export interface ReadLayer {
  readonly complete: boolean;
  readonly patch: Patch;
  /** As it is kept in `Policy.layers`. */
  readonly layer: Preset | Patch;
}

/** Keeps what was read; `name` of a preset. */
export function keep(patch: Patch, name?: string, complete = false): ReadLayer {
  const layer = name === undefined ? patch : preset(name, complete, () => patch);
  const read = { complete, patch, layer };
  trusted.set(layer, read);
  return read;
}

/** Read once, right for ever: our own presets, and the layers of policies that this copy made. */
const trusted = new WeakMap<object, ReadLayer>();
for (const known of Object.values(presets)) trusted.set(known, readPreset(known));

function readPreset(layer: Preset): ReadLayer {
  return {
    complete: layer.complete,
    get patch() {
      return layer.patch;
    },
    layer,
  };
}

/**
 * Copies layers out of whatever was given, and checks all that can be checked without the layers below:
 * names, types, sources. `groups` has a list for each of them, several long where it is a policy; `faulty` are the keys that
 * something was wrong with.
 */
export function readLayers(
  layers: readonly unknown[],
  report: ReportIssue,
): { groups: readonly (readonly ReadLayer[])[]; faulty: ReadonlySet<string> } {
  const faulty = new Set<string>();
  const noting: ReportIssue = (issue) => {
    faulty.add(String(issue.path[0]));
    report(issue);
  };
  return { groups: layers.map((layer, index) => readLayer(layer, ["layers", index], noting)), faulty };
}

function readLayer(layer: unknown, path: Path, report: ReportIssue): readonly ReadLayer[] {
  if (layer === false || layer === "" || layer === undefined) return [];
  if (typeof layer === "string") return readPresetName(layer, report);
  const known = typeof layer === "object" && layer !== null ? trusted.get(layer) : undefined;
  if (known !== undefined) return [known];
  try {
    const inner = layersOf(layer);
    if (inner !== undefined) return [...inner].flatMap((one, index) => readLayer(one, [...path, "layers", index], report));
    const name = presetName(layer);
    if (name !== undefined) return [readForeignPreset(layer as Preset, name, report)];
    if (isRecord(layer)) {
      const remains = REMAINS.filter(({ members }) => members.every((member) => Object.hasOwn(layer, member)));
      return remains.length === 0 ? [readPatch(layer, report)] : refuseSpread(layer, remains, path, report);
    }
  } catch (cause) {
    const message = `reading it threw ${cause instanceof Error ? show(cause.message) : show(cause)}`;
    report({ path, code: "unreadable", message, hint: "Give a plain object." });
    return [];
  }
  const [what, hint] = notALayer(layer);
  report({ path, code: "wrong-type", message: `${what} is not a layer`, hint });
  return [];
}

const AWAIT = "Write await before it.";

function notALayer(value: unknown): readonly [what: string, hint: string] {
  if (Array.isArray(value)) return [show(value), "Spread it: securityHeaders(...layers)."];
  if (value instanceof Promise) return ["a promise", AWAIT];
  return [show(value), 'Write a preset\'s name, or an object such as { xFrameOptions: "DENY" }.'];
}

/** What a spread, `Object.assign` or `structuredClone` leaves of a preset or a policy: its members without its mark. */
const REMAINS = [
  { what: "a preset", members: ["complete", "patch"] },
  { what: "a policy", members: ["layers", "resolved"] },
] as const;

function refuseSpread(
  layer: Record<string, unknown>,
  remains: readonly (typeof REMAINS)[number][],
  path: Path,
  report: ReportIssue,
): readonly ReadLayer[] {
  const what = remains.map((one) => one.what).join(" and ");
  const [name = "preset"] = Object.entries(presets).flatMap(([name, { patch }]) => (layer["patch"] === patch ? [name] : []));
  const first = remains.some((one) => one.what === "a policy") ? "policy" : name;
  const added = Object.keys(layer).filter((key) => !remains.some(({ members }) => (members as readonly string[]).includes(key)));
  const shown = added.slice(0, 3).map((key) => `${/^\w{1,60}$/.test(key) ? key : show(key)}: …`);
  const hint = `Write securityHeaders(${[first, ...(shown.length > 0 ? [`{ ${shown.join(", ")} }`] : [])].join(", ")}).`;
  report({ path, code: "wrong-type", message: `${what} was copied into another object, and is no layer there`, hint });
  return [];
}

function readPresetName(name: string, report: ReportIssue): readonly ReadLayer[] {
  if (Object.hasOwn(presets, name)) return [trusted.get(presets[name as keyof typeof presets]) as ReadLayer];
  const hint = didYouMean(name, Object.keys(presets)) || `Write ${Object.keys(presets).map(show).join(", ")}.`;
  report({ path: [name], code: "unknown-name", message: "unknown preset", hint });
  return [];
}

/** A preset of the package's other module format: the same data, and still nothing is taken on trust. */
function readForeignPreset({ complete, patch }: Preset, name: string, report: ReportIssue): ReadLayer {
  return keep(readPatch(patch as Record<string, unknown>, report).patch, name, complete === true);
}

function readPatch(layer: Record<string, unknown>, report: ReportIssue): ReadLayer {
  const patch = (copier(report)(layer, []) ?? {}) as Patch;
  for (const [key, value] of Object.entries(patch)) checkKey(key, value, report);
  return keep(patch);
}

function checkKey(name: string, value: unknown, report: ReportIssue): void {
  const key = keys.get(name);
  if (key === undefined) return reportUnknownKey(name, report);
  if (value === undefined || value === false) return;
  const { entry } = key;
  if (value === true) {
    if (entry.defaults !== undefined) return;
    return report({
      path: [name],
      code: "wrong-type",
      message: "true is no value: there is no default to turn on",
      hint: "Write the value.",
    });
  }
  if (entry.fields === undefined) return checkShape(once(entry.value as () => Schema), value, [name], report);
  if (typeof value === "string" && entry.takesText) return checkText(entry, value, reportUnder([name], report));
  if (!isRecord(value) || isEdit(value)) {
    const hint =
      editKind(value) === undefined
        ? (asObject(entry, value) ?? "Write an object, or false to switch it off.")
        : "Edits stand on one directive, not on a header.";
    return report({
      path: [name],
      code: "wrong-type",
      message: `${show(value)} is not ${entry.takesText ? "a string or an object" : "an object"}`,
      hint,
    });
  }
  if (entry.caseless) checkSpellings(Object.keys(value), reportUnder([name], report));
  for (const [field, inner] of Object.entries(value)) checkField(entry, field, inner, reportUnder([name], report));
}

/** The object that a header's text stands for, to be written instead of it. */
function asObject(entry: Entry<unknown>, text: unknown): string | undefined {
  if (typeof text !== "string" || text.length > 200) return undefined;
  try {
    const fields = Object.entries(entry.parse?.(text) ?? {}).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
    return fields.length === 0 ? undefined : `Write { ${fields.join(", ")} }.`;
  } catch {
    return undefined;
  }
}

function checkSpellings(names: readonly string[], report: ReportIssue): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase())) {
      report({ path: [name], code: "conflict", message: `${show(name)} is written twice, in two spellings`, hint: "Write it once." });
    }
    seen.add(name.toLowerCase());
  }
}

function checkText(entry: Entry<unknown>, text: string, report: ReportIssue): void {
  try {
    const fields = entry.parse?.(text, true) as Record<string, unknown>;
    for (const [field, value] of Object.entries(fields)) checkField(entry, field, value, report);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    for (const issue of error.issues) report({ ...issue, path: issue.path === "" ? [] : [issue.path] });
  }
}

/** Each key's schemas, built when a policy first writes that key. */
const built = new WeakMap<() => unknown, unknown>();

function once<T>(make: () => T): T {
  if (!built.has(make)) built.set(make, make());
  return built.get(make) as T;
}

function checkField(entry: Entry<unknown>, name: string, value: unknown, report: ReportIssue): void {
  const schemas = entry.fields === undefined ? {} : once(entry.fields);
  let reported = false;
  const noting: ReportIssue = (issue) => {
    reported = true;
    report(issue);
  };
  const schema = Object.hasOwn(schemas, name) ? schemas[name] : entry.otherField?.(name, noting);
  if (schema === undefined) {
    const names = Object.keys(schemas);
    const hint = didYouMean(name, names) || (names.length > 12 ? "See the README for those there are." : `It takes ${names.join(", ")}.`);
    if (!reported) report({ path: [name], code: "unknown-name", message: `unknown ${entry.fieldNoun ?? "option"}`, hint });
    return;
  }
  if (value === undefined || (value === false && !entry.falseIsAValue)) return;
  if (entry.resolve !== undefined && value === true) return;
  if (entry.resolve === undefined && isEdit(value)) {
    const hint = "Write the whole value: append and remove are for the directives of contentSecurityPolicy.";
    report({ path: [name], code: "wrong-type", message: `${editKind(value)}(…) does not fit here`, hint });
  } else if (entry.resolve !== undefined && isEdit(value)) checkEdit(schema, value.sources, editKind(value) as string, name, report);
  else checkShape(schema, value, [name], report);
}

function checkEdit(
  schema: Parameters<typeof checkShape>[0],
  sources: readonly unknown[],
  kind: string,
  field: string,
  report: ReportIssue,
): void {
  if (sources.length === 0) {
    report({ path: [field], message: `${kind}() names no source`, hint: `Write ${kind}("https://cdn.example"), or leave the key out.` });
  } else checkShape(schema, sources, [field], report);
}

const DEEPEST = 6;
const MOST_NODES = 100_000;

/** Copies plain data, frozen; says where a getter or a proxy threw, and where there is no end to it. */
function copier(report: ReportIssue) {
  let nodesLeft = MOST_NODES;
  let refused = 0;

  const refuse = (path: Path, message: string, hint = "Give plain objects, lists and strings."): undefined => {
    refused += 1;
    report({ path, code: "unreadable", message, hint });
  };

  const reading = <T>(path: Path, read: () => T): T | undefined => {
    try {
      return read();
    } catch (cause) {
      return refuse(path, `reading it threw ${cause instanceof Error ? show(cause.message) : show(cause)}`);
    }
  };

  /** What is not plain data stays itself, for the schemas to refuse. */
  const copy = (value: unknown, path: Path): unknown => {
    if (typeof value !== "object" || value === null) return value;
    nodesLeft -= 1;
    if (path.length > DEEPEST || nodesLeft < 0)
      return nodesLeft < -1 ? undefined : refuse(path, "it is nested without end, or far too large");
    return reading(path, () => copyObject(value, path));
  };

  const copyObject = (value: object, path: Path): unknown => {
    const text = sourceText(value);
    if (text !== undefined) return trustedSource(text);
    if (isNonce(value)) return nonce;
    if (isPerRequest(value)) return Object.isFrozen(value) ? value : perRequest(value.fn);
    const kind = editKind(value);
    if (kind !== undefined) {
      const sources = copyList((value as Edit).sources, path);
      return sources && edit(kind, sources);
    }
    if (Array.isArray(value)) return copyList(value, path);
    if (value instanceof Promise) return refuse(path, "a promise is not a value", AWAIT);
    if (!isRecord(value)) return refuse(path, `an instance of ${className(value)} is no plain object`);
    const fields = Object.keys(value).map(
      (name) =>
        [
          name,
          copy(
            reading([...path, name], () => value[name]),
            [...path, name],
          ),
        ] as const,
    );
    return isWhole(value) ? whole(record(fields)) : Object.freeze(record(fields));
  };

  /** A list whose every member could be read. */
  const copyList = (list: readonly unknown[], path: Path): readonly unknown[] | undefined => {
    const before = refused;
    if (list.length > nodesLeft) return refuse(path, "the list is far too long");
    const members = Array.from({ length: list.length }, (_, index) =>
      copy(
        reading([...path, index], () => own(list, index)),
        [...path, index],
      ),
    );
    return refused === before ? Object.freeze(members) : undefined;
  };

  return copy;
}

function className(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && /^\w{1,40}$/.test(name) ? name : "a class";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
