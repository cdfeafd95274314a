import type { AnyNode, Program } from "acorn";
import { show } from "../../../values/text.js";
import type { Data } from "../data.js";
import type { Note } from "../limits.js";
import type { Source } from "../sources.js";
import { STRING_METHODS } from "./javascript-methods.js";
import { changedNames, hasReturn, type Scope, type ScopedNode, scopeOf } from "./scopes.js";

/** The program that is read. */
interface Reading {
  readonly program: Program;
  readonly source: Source;
  readonly note: Note;
  /** Names whose values the program changes. */
  readonly changed: ReadonlySet<string>;
}

/** Reads plain data from a program, without running it. */
export function evaluator(program: Program, source: Source, note: Note) {
  const reading: Reading = { program, source, note, changed: changedNames(program) };
  return {
    lineOf: (node: AnyNode) => lineOf(node, reading),
    sourceOf: (node: AnyNode) => sourceOf(node, reading),
    quoted: (node: AnyNode) => quoted(node, reading),
    resolve: (node: AnyNode, scope: Scope) => resolve(node, scope, reading),
    returned,
    dataOf: (node: AnyNode, scope: Scope, depth: number) => dataOf(node, scope, depth, reading),
    importedFrom: (node: AnyNode) => importedFrom(node, reading),
  };
}

const lineOf = (node: AnyNode, { source }: Reading) => source.first + (node.loc?.start.line ?? 1) - 1;
const sourceOf = (node: AnyNode, { source }: Reading) => source.text.slice(node.start, node.end);
const quoted = (node: AnyNode, reading: Reading) => show(sourceOf(node, reading).replace(/\s+/g, " ").slice(0, 60));

/** Resolves names to their values; undefined if unknown. */
function resolve(node: AnyNode, scope: Scope, { changed }: Reading): ScopedNode | undefined {
  let place: ScopedNode = { node, scope };
  for (let left = 100; left > 0; left--) {
    if (place.node.type !== "Identifier") return place;
    const { name } = place.node;
    let at: Scope | undefined = place.scope;
    while (at !== undefined && !at.names.has(name)) at = at.parent;
    const meant = at?.names.get(name);
    if (at === undefined || meant === undefined || changed.has(name)) return undefined;
    place = { node: meant, scope: at };
  }
  return undefined;
}

/** The return value of a function that is one expression; undefined for other functions. */
function returned(node: AnyNode, scope: Scope): ScopedNode | undefined {
  if (node.type !== "ArrowFunctionExpression" && node.type !== "FunctionExpression" && node.type !== "FunctionDeclaration")
    return undefined;
  if (node.body.type !== "BlockStatement") return { node: node.body, scope: scopeOf({ body: [] }, scope, node.params) };
  const last = node.body.body.at(-1);
  if (last?.type !== "ReturnStatement" || !last.argument || node.body.body.slice(0, -1).some(hasReturn)) return undefined;
  return { node: last.argument, scope: scopeOf(node.body, scope, node.params) };
}

function unknown(node: AnyNode, reading: Reading): Data {
  const line = lineOf(node, reading);
  reading.note(line, `${quoted(node, reading)} is not plain data: not read`);
  return { line, value: undefined };
}

/** A value of literals and constants; other expressions become notes. */
function dataOf(node: AnyNode, scope: Scope, depth: number, reading: Reading): Data {
  const line = lineOf(node, reading);
  reading.note.spend("directives", 1);
  reading.note.enter(depth, line);
  const inner = (one: AnyNode) => dataOf(one, scope, depth + 1, reading);
  switch (node.type) {
    case "Literal":
      return node.value instanceof RegExp || typeof node.value === "bigint" ? unknown(node, reading) : { line, value: node.value ?? null };
    case "Identifier": {
      const found = resolve(node, scope, reading);
      // The value's own line, so that notes point to it.
      return found === undefined ? unknown(node, reading) : dataOf(found.node, found.scope, depth + 1, reading);
    }
    case "TemplateLiteral":
      return joined(
        line,
        node.quasis.flatMap((quasi, index) => [
          { line, value: quasi.value.cooked ?? undefined },
          ...node.expressions.slice(index, index + 1).map(inner),
        ]),
        reading.note,
      );
    case "BinaryExpression":
      return node.operator === "+" ? joined(line, summands(node).map(inner), reading.note) : unknown(node, reading);
    case "ArrayExpression":
      return {
        line,
        value: node.elements.flatMap((one) =>
          one === null ? [] : one.type === "SpreadElement" ? spread(inner(one.argument)) : [inner(one)],
        ),
      };
    case "ObjectExpression":
      return { line, value: new Map(node.properties.flatMap((one) => membersOf(one, inner))) };
    case "CallExpression":
      return called(node, inner, reading);
    default:
      return unknown(node, reading);
  }
}

function membersOf(property: AnyNode, inner: (node: AnyNode) => Data): readonly (readonly [string, Data])[] {
  if (property.type === "SpreadElement") {
    const { value } = inner(property.argument);
    return value instanceof Map ? [...value] : [];
  }
  if (property.type !== "Property") return [];
  const { key, computed } = property;
  if (!computed && key.type === "Identifier") return [[key.name, inner(property.value)]];
  const name = inner(key).value;
  return typeof name === "string" ? [[name, inner(property.value)]] : [];
}

/** A concatenation of strings, or of strings and numbers. */
function joined(line: number, parts: readonly Data[], note: Note): Data {
  if (parts.some(({ value }) => value === undefined)) return { line, value: undefined };
  const value = parts.map(({ value }) => (typeof value === "string" || typeof value === "number" ? String(value) : "\0")).join("");
  note.spend("characters", value.length);
  // Numbers at the beginning of a sum are added, not concatenated.
  const isAdding = typeof parts[0]?.value === "number" && typeof parts[1]?.value === "number";
  if (!isAdding && !value.includes("\0") && parts.some(({ value }) => typeof value === "string")) return { line, value };
  note(line, "is not a sum of strings: not read");
  return { line, value: undefined };
}

/** `.trim()`, `.replace(/\n/g, "")`, `[…].join("; ")`. */
function called(node: AnyNode & { readonly type: "CallExpression" }, inner: (one: AnyNode) => Data, reading: Reading): Data {
  const { callee } = node;
  if (callee.type !== "MemberExpression" || callee.computed || callee.property.type !== "Identifier") return unknown(node, reading);
  const method = STRING_METHODS.get(callee.property.name);
  if (method === undefined) return unknown(node, reading);
  const on = inner(callee.object);
  if (on.value === undefined) return on;
  const value = method(on.value, node.arguments);
  if (value === undefined) return unknown(node, reading);
  reading.note.spend("characters", value.length);
  return { line: on.line, value };
}

/** The file of this project that a name is imported from: `./headers.mjs`. */
function importedFrom(node: AnyNode, { program }: Reading): string | undefined {
  if (node.type !== "Identifier") return undefined;
  const imports = program.body.flatMap((one) => (one.type === "ImportDeclaration" ? [one] : []));
  const file = imports.find(({ specifiers }) => specifiers.some(({ local }) => local.name === node.name))?.source.value;
  return typeof file === "string" && /^\.{1,2}\//.test(file) ? file : undefined;
}

/** An unknown list becomes one unknown item, which was noted. */
const spread = (list: Data): readonly Data[] => (Array.isArray(list.value) ? list.value : [{ line: list.line, value: undefined }]);

/** The operands of `a + b + c`, without recursion: the tree of such a sum is as deep as the sum is long. */
function summands(node: AnyNode): readonly AnyNode[] {
  const found: AnyNode[] = [];
  let left = node;
  while (left.type === "BinaryExpression" && left.operator === "+") {
    found.push(left.right);
    left = left.left as AnyNode;
  }
  return [left, ...found.reverse()];
}
