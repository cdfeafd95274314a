import type { AnyNode, Program } from "acorn";
import { STRING_METHODS } from "./javascript-methods.js";

/** The values of names that are assigned once. */
export interface Scope {
  readonly names: ReadonlyMap<string, AnyNode | undefined>;
  readonly parent: Scope | undefined;
}

/** A part of a program, with the names in its scope. */
export interface ScopedNode {
  readonly node: AnyNode;
  readonly scope: Scope;
}

/** The declarations of a program or a block, without those of nested blocks; `undefined` for a name that is not constant. */
export function scopeOf(
  body: { readonly body: readonly AnyNode[] },
  parent: Scope | undefined,
  parameters: readonly AnyNode[] = [],
): Scope {
  const names = new Map<string, AnyNode | undefined>();
  const declare = (name: string, node: AnyNode | undefined) => names.set(name, names.has(name) ? undefined : node);
  for (const name of parameters.flatMap(identifiersOf)) declare(name, undefined);
  for (const statement of body.body) {
    const node = statement.type === "ExportNamedDeclaration" && statement.declaration ? statement.declaration : statement;
    if (node.type === "FunctionDeclaration" && node.id) declare(node.id.name, node);
    if (node.type !== "VariableDeclaration") continue;
    for (const { id, init } of node.declarations) {
      if (id.type === "Identifier") declare(id.name, init ?? undefined);
      else for (const name of identifiersOf(id)) declare(name, undefined);
    }
  }
  return { names, parent };
}

/** Every node of a tree, itself first; nodes for which `enter` returns false without their children. */
function* nodesOf(root: AnyNode, enter: (node: AnyNode) => boolean = () => true): Generator<AnyNode> {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const one = open.pop();
    if (Array.isArray(one)) for (const item of one) open.push(item);
    else if (isNode(one) && enter(one)) {
      yield one;
      open.push(Object.values(one));
    }
  }
}

const isNode = (value: unknown): value is AnyNode => typeof value === "object" && value !== null && "type" in value && "start" in value;

/** Skips nested functions, whose `return` belongs to them. */
export function hasReturn(statement: AnyNode): boolean {
  for (const { type } of nodesOf(statement, (node) => !node.type.includes("Function"))) if (type === "ReturnStatement") return true;
  return false;
}

function identifiersOf(pattern: AnyNode): readonly string[] {
  return [...nodesOf(pattern)].flatMap((node) => (node.type === "Identifier" ? [node.name] : []));
}

/** Methods that do not change the object they are called on. */
const PURE = new Set([
  "concat",
  "entries",
  "filter",
  "find",
  "flat",
  "flatMap",
  "includes",
  "join",
  "keys",
  "map",
  "slice",
  "values",
  ...STRING_METHODS.keys(),
]);

/** Names of values that the program changes after their declaration: `list.push(…)`, `config.headers = …`, `Object.assign(config, …)`. */
export function changedNames(program: Program): ReadonlySet<string> {
  const changed = new Set<string>();
  // Each node is visited once, however long a chain of calls is.
  const visited = new Set<AnyNode>();
  const isNew = (node: AnyNode) => !visited.has(node) && visited.add(node).has(node);
  const change = (node: AnyNode) => {
    for (const one of nodesOf(rootOf(node), isNew)) if (one.type === "Identifier") changed.add(one.name);
  };
  const vars = new Set<string>();
  for (const node of nodesOf(program)) {
    if (node.type === "AssignmentExpression") change(node.left);
    else if ((node.type === "ForOfStatement" || node.type === "ForInStatement") && node.left.type !== "VariableDeclaration")
      change(node.left);
    else if (node.type === "VariableDeclaration" && node.kind === "var") {
      // A second var of the same name assigns to the first one, in whichever block it is.
      for (const name of node.declarations.flatMap(({ id }) => identifiersOf(id))) {
        if (vars.has(name)) changed.add(name);
        vars.add(name);
      }
    } else if (node.type === "UpdateExpression") change(node.argument);
    else if (node.type === "UnaryExpression" && node.operator === "delete") change(node.argument);
    else if (node.type === "ExpressionStatement" && node.expression.type === "CallExpression") node.expression.arguments.forEach(change);
    if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") continue;
    const { object, property } = node.callee;
    if (object.type === "Identifier" && object.name === "Object") node.arguments.slice(0, 1).forEach(change);
    if (property.type !== "Identifier" || !PURE.has(property.name)) change(object);
  }
  return changed;
}

/** `config` of `config.headers[0]`; any other expression, such as a call, is returned unchanged. */
function rootOf(node: AnyNode): AnyNode {
  let root = node;
  while (root.type === "MemberExpression") root = root.object;
  return root;
}
